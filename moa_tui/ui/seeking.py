"""What is looked for in the history: how a key changes it, and what is said where there is none."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from moa_tui.engine.strategies import STRATEGIES
from moa_tui.text import clean_line
from moa_tui.transcript.browsing import Sought, TurnLine

OUTCOMES = ("complete", "degraded", "failed", "stopped", "interrupted")
FILTERS = (
    ("o", "outcome", "Outcome", "Only turns that ended in one way: the next way"),
    ("s", "strategy", "Strategy", "Only turns of one strategy: the next one"),
    ("l", "agents", "Same agents", "Only turns of this one's file and preset, or all again"),
    ("c", "conversation", "Conversation", "Only this turn's conversation, or all again"),
)
"""Key, field, name and explanation of each filter."""


def filtered(sought: Sought, field: str, line: TurnLine | None) -> Sought:
    """Return `sought` with one of its filters changed; `line` is the turn under the cursor."""
    match field:
        case "outcome":
            return replace(sought, outcome=_next(OUTCOMES, sought.outcome))
        case "strategy":
            return replace(sought, strategy=_next(tuple(STRATEGIES), sought.strategy))
        case "agents":
            if sought.preset is not None or line is None:
                return replace(sought, roster="", preset=None)
            return replace(sought, roster=line.roster, preset=line.preset)
    conversation = line.conversation if line and not sought.conversation else ""
    return replace(sought, conversation=conversation)


def lineup_words(sought: Sought) -> str:
    """Say whose turns are looked for: the file, and the preset in it."""
    if sought.preset is None:
        return ""
    name = Path(sought.roster).name or "the same"
    return clean_line(f"{name} ({sought.preset})" if sought.preset else name, 40)


def nothing(sought: Sought) -> str:
    """Say why there is no turn, and what can be done."""
    if sought == Sought():
        return "Nothing has been asked yet.\n\nEvery question you ask is kept here. Esc goes back."
    wanted = [
        f"with the words '{clean_line(sought.words, 80)}'" if sought.words else "",
        f"that ended {sought.outcome}" if sought.outcome else "",
        f"by {sought.strategy}" if sought.strategy else "",
        f"of {lineup_words(sought)}" if sought.preset is not None else "",
        "in this conversation" if sought.conversation else "",
    ]
    return f"There is no turn {', '.join(filter(None, wanted))}.\n\nEsc shows all of them again."


def _next(values: Sequence[str], value: str) -> str:
    """Return the value after `value`; after the last, and for one that is none of them, the first.

    Empty stands for all, before the first.
    """
    ring = ("", *values)
    return ring[(ring.index(value) + 1) % len(ring)] if value in ring else ""
