"""What a terminal has shown of an answer, and turned out to be thinking."""

import io

from moa_tui.cli.printing import AnswerPrinter
from moa_tui.engine.events import (
    Outcome,
    ReasoningRecognized,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnOutcome,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_what_was_thinking() -> None:
    out = Terminal()
    printer = AnswerPrinter(out)
    for event in (
        StreamPlanned(0.0, "s1", "Judge", Role.AGGREGATOR, 2, "m", "acme", ()),
        TextDelta(1.0, "s1", "It may be 4."),
        ReasoningRecognized(2.0, "s1"),
        TextDelta(3.0, "s1", "Four."),
        StreamEnded(4.0, "s1", Outcome.COMPLETE),
        TurnEnded(4.0, TurnOutcome.COMPLETE, "Four.", "s1"),
    ):
        printer(event)
    thinking, told, answer = out.getvalue().split("\n\n")
    assert (thinking, answer) == ("It may be 4.", "Four.\n")
    assert "thinking" in told
