"""What the command palette offers: explained keys, and Textual's own commands."""

from collections.abc import Iterable, Iterator
from functools import partial

from textual.app import App, SystemCommand
from textual.screen import Screen

_BY_OTHERS = {"resume", "dismiss_interrupted", "command_palette"}
"""What is offered with or without a key, and what would open what is open."""
_MOVES = ("edit.", "text.")
"""Ids of keys that move about in a text: nobody looks for them in a list."""
_REPLACED = {"Maximize", "Minimize", "Quit", "Keys", "Screenshot"}
"""Textual's commands for which there are our own."""


def palette(
    app: App[None], screen: Screen[object], textual: Iterable[SystemCommand]
) -> Iterator[SystemCommand]:
    """Yield the commands for `screen`, each action once."""
    for command in textual:
        if command.title not in _REPLACED:
            yield command
    offered = set(_BY_OTHERS)
    for active in screen.active_bindings.values():
        binding = active.binding
        skipped = binding.action in offered or (binding.id or "").startswith(_MOVES)
        if binding.tooltip and binding.description and active.enabled and not skipped:
            offered.add(binding.action)
            run = partial(app.run_action, binding.action, active.node)
            about = f"{binding.tooltip}  ({app.get_key_display(binding)})"
            yield SystemCommand(binding.description, about, run)
