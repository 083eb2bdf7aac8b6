"""What the command palette offers: explained keys, and Textual's own commands."""

from collections.abc import Iterable, Iterator
from functools import partial

from textual.app import App, SystemCommand
from textual.screen import Screen

_REPLACED = {"Maximize", "Minimize", "Quit", "Keys"}
"""Textual's commands for which there are our own."""


def palette(
    app: App[None], screen: Screen[object], textual: Iterable[SystemCommand]
) -> Iterator[SystemCommand]:
    """Yield the commands for `screen`, each action once."""
    for command in textual:
        if command.title not in _REPLACED:
            yield command
    offered: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.tooltip and active.enabled and binding.action not in offered:
            offered.add(binding.action)
            run = partial(app.run_action, binding.action, active.node)
            yield SystemCommand(binding.description, binding.tooltip, run)
