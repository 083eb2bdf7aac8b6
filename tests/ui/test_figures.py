"""Words, glyphs and figures of every state."""

import pytest
from rich.cells import cell_len

from moa_tui.engine.events import Outcome
from moa_tui.engine.provider import Usage
from moa_tui.state import Phase, StreamState
from moa_tui.ui import figures
from tests.ui.states import stream, writing

PHASES = [stream(phase=phase) for phase in Phase if phase is not Phase.ENDED]
ENDED = [stream(phase=Phase.ENDED, outcome=outcome) for outcome in Outcome]
TONES = {"-idle", "-live", "-done", "-marked", "-failed"}


@pytest.mark.parametrize("state", [*PHASES, *ENDED], ids=lambda s: str(s.outcome or s.phase))
def test_every_state_has_a_word_a_tone_and_a_glyph_of_one_cell(state: StreamState) -> None:
    assert figures.state_words(state, 1.0)
    assert figures.tone(state) in TONES
    assert cell_len(figures.glyph(state)) == len(figures.glyph(state)) == 1


def test_how_it_ended_is_told_apart() -> None:
    by_outcome = {state.outcome: (figures.glyph(state), figures.tone(state)) for state in ENDED}
    assert by_outcome == {
        Outcome.COMPLETE: ("✓", "-done"),
        Outcome.TRUNCATED: ("✂", "-marked"),
        Outcome.FILTERED: ("✂", "-marked"),
        Outcome.PARTIAL: ("!", "-failed"),
        Outcome.FAILED: ("!", "-failed"),
        Outcome.STOPPED: ("■", "-marked"),
    }
    assert [figures.state_words(state, 9.0) for state in ENDED] == [str(o) for o in Outcome]
    assert (figures.glyph(None), figures.tone(None)) == ("○", "-idle")


def test_words_count_down_to_the_retry_and_show_how_much_is_read() -> None:
    retrying = stream(phase=Phase.RETRYING, retry_at=7.2)
    assert figures.state_words(retrying, 4.0) == "again in 3 s"
    assert figures.state_words(retrying, 9.0) == "again in 0 s"
    queued = stream(phase=Phase.QUEUED, queued_until=12.0)
    told = [figures.state_words(queued, now) for now in (0.0, 0.5, 11.9, 12.5)]
    assert told == ["queued, ~12 s", "queued, ~12 s", "queued, ~1 s", "queued"]
    reading = stream(phase=Phase.READING, prompt_read=(30, 120))
    assert figures.state_words(reading, 1.0) == "reading 25 %"
    assert figures.state_words(stream(phase=Phase.READING, prompt_read=(0, 0)), 1.0)


def test_figures_are_estimates_until_the_provider_counts() -> None:
    live = writing()
    assert figures.stream_figures(live, 2.0, 80) == "~100 tok · ~62 tok/s · 2.00 s · first 0.30 s"
    counted = writing(usage=Usage(10, 1_280), ended_at=2.5, outcome=Outcome.COMPLETE)
    expected = "1,280 tok · 800 tok/s · 2.50 s · first 0.30 s"
    assert figures.stream_figures(counted, 60.0, 80) == expected


def test_figures_are_dropped_from_the_end_until_they_fit() -> None:
    parts = figures.stream_figures(writing(), 2.0, 80).split(" · ")
    for width in range(80):
        shown = figures.stream_figures(writing(), 2.0, width)
        assert shown.split(" · ") == parts[: len(shown.split(" · "))]
        assert len(shown) <= width or shown == parts[0]
    assert figures.stream_figures(stream(), 3.0, 0) == "3.00 s"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((0, "0.00 s"), (0.126, "0.13 s"), (9.99, "9.99 s"), (9.999, "10.0 s"), (10, "10.0 s")),
        *((59.94, "59.9 s"), (59.96, "1:00 min"), (60, "1:00 min"), (119.7, "2:00 min")),
        *((125.2, "2:05 min"), (3_600, "60:00 min")),
    ],
)
def test_seconds(value: float, text: str) -> None:
    assert figures.seconds(value) == text
