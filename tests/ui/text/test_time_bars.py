"""The timeline's rows, from lists of events: what stands in which cell, in any width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from moa_tui.engine.events import (
    Outcome,
    ReasoningDelta,
    ReasoningRecognized,
    RequestSent,
    RetryScheduled,
    Role,
    StreamEnded,
    StreamPlanned,
    StreamQueued,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.engine.provider import Failure, FailureKind, Usage
from moa_tui.state import TurnState, fold
from moa_tui.state.spans import Doing, Span, spans
from moa_tui.ui.text.time_bars import cells, time_rows

FAILURE = Failure(FailureKind.OVERLOADED, "busy")


def planned(
    stream: str, agent: str, layer: int, at: float, role: Role = Role.PROPOSER
) -> TurnEvent:
    return StreamPlanned(at, stream, agent, role, layer, "m", "p", ())


EVENTS: list[TurnEvent] = [
    TurnStarted(0.0, "t", "why?", "mixture", 0.0),
    planned("s1", "ada", 1, 0.0),
    planned("s2", "bob", 1, 0.0),
    RequestSent(0.0, "s1", 1),
    StreamQueued(0.0, "s2", 3.0),
    ReasoningDelta(1.0, "s1", "hm"),
    TextDelta(2.0, "s1", "a" * 400),
    RequestSent(3.0, "s2", 1),
    RetryScheduled(4.0, "s2", 1, 1.0, FAILURE),
    TextDelta(4.0, "s1", "a" * 400),
    StreamEnded(4.0, "s1", Outcome.COMPLETE, "stop", Usage(10, 200)),
    RequestSent(5.0, "s2", 2),
    TextDelta(6.0, "s2", "b" * 400),
    StreamEnded(8.0, "s2", Outcome.COMPLETE, "stop", Usage(10, 100)),
    planned("s3", "zoe", 2, 8.0, Role.AGGREGATOR),
    RequestSent(8.0, "s3", 1),
    TextDelta(9.0, "s3", "c" * 40),
    StreamEnded(10.0, "s3", Outcome.COMPLETE, "stop", Usage(10, 10)),
    TurnEnded(10.0, TurnOutcome.COMPLETE, "c" * 40, "s3"),
]


def drawn(events: list[TurnEvent], width: int, now: float = 10.0) -> list[str]:
    rows = time_rows(fold(TurnState(), events), now, width)
    return ["".join(part.text for part in row) for row in rows]


def bars(events: list[TurnEvent], now: float) -> dict[str, str]:
    """Return the bars alone, by agent, in the signs of what is done."""
    rows = time_rows(fold(TurnState(), events), now, 100)
    kinds = {*Doing}
    return {
        row[0].text.split()[1]: "".join(part.text for part in row[1:-1]).strip()
        for row in rows
        if len(row) > 2 and kinds & {part.kind for part in row} and row[0].kind.startswith("-")
    }


def test_every_stream_has_its_bar_under_its_layer() -> None:
    rows = drawn(EVENTS, 100)
    assert [row for row in rows if row in {"layer 1", "the answer"}] == ["layer 1", "the answer"]
    found = bars(EVENTS, 10.0)
    assert list(found) == ["ada", "bob", "zoe"]
    assert ["".join(dict.fromkeys(bar)) for bar in found.values()] == ["─▒█", "┄─╳█", "─█"]
    ada = next(row for row in rows if "ada" in row)
    assert ada.index("█") - ada.index("▒") == pytest.approx(ada.index("▒") - ada.index("─"), abs=1)
    assert ada.endswith("200 tok  first 1.00 s  67 tok/s  4.00 s")
    assert "attempt 2" in next(row for row in rows if "bob" in row)


def test_what_is_not_over_lasts_until_now() -> None:
    found = bars(EVENTS[:6], 2.0)
    assert len(found["ada"]) == len(found["bob"]), "both go up to the present"
    assert set(found["bob"]) == {"┄"}


def test_the_scale_has_round_times_where_they_are() -> None:
    rows = drawn(EVENTS, 100)
    assert [word for word in rows[0].split() if word != "s"] == ["╵0", "╵2", "╵4", "╵6", "╵8"]
    # After four seconds bob's first attempt has failed, and his bar says so.
    bob, four = next(row for row in rows if "bob" in row), rows[0].index("╵4")
    assert bob[four - 1 : four + 1] == "─╳"


@given(width=st.integers(20, 220), count=st.integers(0, len(EVENTS)))
def test_no_row_is_wider_than_the_screen_and_no_stream_is_missing(width: int, count: int) -> None:
    rows = drawn(EVENTS[:count], width)
    assert all(cell_len(row) <= max(width, 40) for row in rows)
    if width >= 60:
        assert all(cell_len(row) <= width for row in rows)
        planned_now = [e.agent for e in EVENTS[:count] if isinstance(e, StreamPlanned)]
        assert all(any(agent in row for row in rows) for agent in planned_now)


def test_an_instant_is_seen_and_most_of_a_cell_wins() -> None:
    spans = [Span(Doing.WAITING, 0.0, 5.0), Span(Doing.WRITING, 9.0, 9.0)]
    assert cells(spans, 10.0, 5) == [Doing.WAITING] * 3 + [None, Doing.WRITING]
    mixed = [Span(Doing.WAITING, 0.0, 0.9), Span(Doing.WRITING, 0.9, 2.0)]
    assert cells(mixed, 2.0, 2) == [Doing.WAITING, Doing.WRITING]


def test_writing_that_turns_out_to_be_thinking_is_drawn_as_that() -> None:
    events: list[TurnEvent] = [
        planned("s1", "ada", 1, 0.0),
        RequestSent(0.0, "s1", 1),
        ReasoningDelta(1.0, "s1", "Hm."),
        TextDelta(2.0, "s1", "It is 4."),
        ReasoningRecognized(3.0, "s1"),
        TextDelta(4.0, "s1", "Four."),
        StreamEnded(5.0, "s1", Outcome.COMPLETE),
    ]
    assert spans(events)["s1"] == (
        Span(Doing.WAITING, 0.0, 1.0),
        Span(Doing.THINKING, 1.0, 4.0),
        Span(Doing.WRITING, 4.0, 5.0),
    )
