"""`moa-tui run --plain`: words only, whole lines, nothing painted over."""

import io

from moa_tui.cli.plain import PlainAnswer
from moa_tui.engine.events import Role, StreamPlanned, TextDelta, TurnEnded, TurnOutcome
from tests.cli.conftest import Command
from tests.double import Answer


async def test_a_turn_in_sentences(command: Command) -> None:
    command.double.answers["model-z"] = Answer("first line\nsecond, the last")
    ran = await command.ask("--plain", "why?")
    assert ran.code == 0
    assert ran.out == "first line\nsecond, the last\n"
    assert "ada was asked, model model-a.\n" in ran.err
    assert "bob: complete, " in ran.err
    assert "The turn is complete, 2 of 2 agents, " in ran.err
    assert ran.err.isascii(), "no sign stands for a word"
    assert not set("\x1b\r\b") & set(ran.out + ran.err)


async def test_quiet_is_the_answer_alone(command: Command) -> None:
    ran = await command.ask("--plain", "-q", "why?")
    assert (ran.out, ran.err) == ("text of z\n", "")


def test_the_answer_comes_by_whole_lines() -> None:
    written: list[str] = []

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            written.append(text)
            return len(text)

    tell = PlainAnswer(Terminal())
    tell(StreamPlanned(0, "s1", "zoe", Role.AGGREGATOR, 1, "m", "p", ()))
    for piece in ("a ", "line\nand", " more\n\nthe", " end"):
        tell(TextDelta(1, "s1", piece))
    tell(TurnEnded(2, TurnOutcome.COMPLETE, "a line\nand more\n\nthe end", "s1"))
    assert written == ["a line\n", "and more\n\n", "the end\n"]
