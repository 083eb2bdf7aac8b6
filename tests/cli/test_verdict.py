"""What a shell is told of an answer: whole or not, by exit code, standard error, and the text."""

import io
import json
from collections.abc import Iterator

import pytest

from moa_tui.cli.printing import AnswerPrinter
from moa_tui.engine.events import (
    Outcome,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
)
from tests.cli.conftest import Command
from tests.double import Answer, errors
from tests.double.faults import Cut

HALF = "This is a good half of the answer"
CUT = {
    "truncated": Answer(HALF, finish_reason="length"),
    "filtered": Answer(HALF, finish_reason="content_filter"),
    "partial": Answer(HALF, fault=Cut(after=4), tokens_per_event=(1, 1)),
}


@pytest.mark.parametrize(
    ("strategy", "outcome"),
    [("mixture", "truncated"), ("mixture", "filtered"), ("single", "partial")],
)
async def test_a_cut_answer_is_4_and_never_silent(
    command: Command, strategy: str, outcome: str
) -> None:
    writer = "model-z" if strategy == "mixture" else "model-a"
    command.double.answers[writer] = CUT[outcome]
    ran = await command.ask("-q", "--strategy", strategy, "why?")
    remark = ran.err.removeprefix("moa-tui: ").strip()
    assert ran.code == 4
    assert remark.startswith("This answer is not whole: ")
    assert ran.out.startswith("This is")
    assert ran.out.endswith(f"\n\n[{remark}]\n")
    kept = await command.inside("history", "show", "last", "--json")
    record = json.loads(kept.out)
    assert record["answer_outcome"] == outcome
    assert record["answer"] in HALF
    for form in ("md", "html"):
        shown = await command.inside("history", "export", "last", "-f", form)
        assert remark in shown.out


async def test_the_json_says_it_too_and_its_answer_is_the_text_alone(command: Command) -> None:
    command.double.answers["model-z"] = CUT["truncated"]
    ran = await command.ask("-q", "--json", "why?")
    told = json.loads(ran.out)
    assert ran.code == 4
    assert (told["answer"], told["answer_outcome"], told["outcome"]) == (
        HALF,
        "truncated",
        "degraded",
    )


async def test_a_cut_aggregator_whose_stand_in_is_whole_is_one_answer(command: Command) -> None:
    roster = command.roster.read_text().replace(
        "model: model-z}", "model: model-z, fallback: [ada]}"
    )
    command.roster.write_text(roster)
    command.double.answers["model-z"] = CUT["partial"]
    assert await command.ask("-q", "why?") == (0, "text of a\n", "")


async def test_degraded_is_5_on_request_only(command: Command) -> None:
    command.double.answers["model-b"] = Answer(failure=errors.WRONG_KEY)
    assert (await command.ask("-q", "why?")).code == 0
    ran = await command.ask("-q", "--fail-degraded", "why?")
    assert (ran.code, ran.out) == (5, "text of a\n")
    assert ran.err.startswith("moa-tui: the turn is degraded: 1 of 2 agents · 1 wrong key")


async def test_a_failed_turn_is_never_silent(command: Command) -> None:
    for model in ("model-a", "model-b"):
        command.double.answers[model] = Answer(failure=errors.PAYMENT_REQUIRED)
    ran = await command.ask("-q", "why?")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "no agent gave an answer" in ran.err


class Terminal(io.StringIO):
    """A standard output that somebody watches."""

    def isatty(self) -> bool:
        return True


def turn(*outcomes: Outcome, answered_by: int, answer: str) -> Iterator[TurnEvent]:
    """Yield a turn whose aggregators end so one after the other, each in the place of the last."""
    for number, outcome in enumerate(outcomes):
        before = f"s{number - 1}" if number else None
        name = f"s{number}"
        yield StreamPlanned(
            0, name, f"agent{number}", Role.AGGREGATOR, 2, "m", "p", (), instead_of=before
        )
        yield TextDelta(0, name, f"text {number}")
        yield StreamEnded(0, name, outcome)
    whole = TurnOutcome.COMPLETE if answer else TurnOutcome.FAILED
    outcome = outcomes[answered_by] if answered_by < len(outcomes) else Outcome.COMPLETE
    yield TurnEnded(0, whole, answer, f"s{answered_by}", answer_outcome=outcome)


def printed(out: io.StringIO, events: Iterator[TurnEvent]) -> str:
    tell = AnswerPrinter(out)
    for event in events:
        tell(event)
    return out.getvalue()


PARTIAL, COMPLETE = Outcome.PARTIAL, Outcome.COMPLETE


@pytest.mark.parametrize(
    ("outcomes", "answered_by", "answer"),
    [
        ((COMPLETE,), 0, "text 0"),
        ((PARTIAL, COMPLETE), 1, "text 1"),
        ((PARTIAL, PARTIAL, COMPLETE), 2, "text 2"),
        ((PARTIAL, COMPLETE), 7, "a proposal"),
        ((COMPLETE, COMPLETE), 1, "text 1"),
    ],
)
def test_a_pipe_gets_the_answer_and_nothing_else(
    outcomes: tuple[Outcome, ...], answered_by: int, answer: str
) -> None:
    events = list(turn(*outcomes, answered_by=answered_by, answer=answer))
    if outcomes[0] is COMPLETE and answered_by:
        events = events[3:]  # that of an interrupted turn, whose first aggregator is not told again
    assert printed(io.StringIO(), iter(events)) == f"{answer}\n"


def test_a_pipe_gets_it_as_soon_as_it_is_known_and_a_terminal_as_it_comes() -> None:
    events = list(turn(COMPLETE, answered_by=0, answer="text 0"))
    assert printed(io.StringIO(), iter(events[:2])) == ""
    assert printed(io.StringIO(), iter(events[:3])) == "text 0"
    assert printed(Terminal(), iter(events[:2])) == "text 0"
    assert printed(Terminal(), iter(events)) == "text 0\n"


@pytest.mark.parametrize(("answered_by", "answer"), [(1, "text 1"), (0, "text 0")])
def test_a_terminal_is_told_which_text_counts(answered_by: int, answer: str) -> None:
    second = COMPLETE if answered_by else PARTIAL
    shown = printed(Terminal(), turn(PARTIAL, second, answered_by=answered_by, answer=answer))
    *before, last = shown.split("[The text above was cut off and is not the answer. The answer:]")
    assert before[0].startswith("text 0")
    assert last.strip().startswith(answer)
    assert ("[This answer is not whole: " in last) is (not answered_by)


def test_a_terminal_is_told_where_nothing_counts() -> None:
    shown = printed(Terminal(), turn(Outcome.STOPPED, answered_by=0, answer=""))
    assert shown == "text 0\n\n[This is no answer: the turn ended before it was whole.]\n"
    assert printed(io.StringIO(), turn(Outcome.STOPPED, answered_by=0, answer="")) == ""
