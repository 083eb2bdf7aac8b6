"""What is painted of a text that streams and is resized meanwhile: that text, and all of it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from itertools import cycle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import split_graphemes
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from moa_tui import paths
from moa_tui.transcript.history import load_turn
from moa_tui.transcript.record import record_of
from moa_tui.ui.text.rows import TextRows
from moa_tui.ui.text.wrapping import WrappedText
from moa_tui.ui.widgets.pane import Pane
from moa_tui.ui.widgets.text_view import TextView
from tests.double import Answer, CerebrasDouble, framing
from tests.sent_texts import CLEAN_TEXTS
from tests.ui.conftest import Screen
from tests.ui.text.looks import STYLES

Open = Callable[..., AbstractAsyncContextManager[Screen]]

WIDTHS = st.integers(2, 70)
RESIZED = st.sampled_from([20, 40]) | WIDTHS
"""Often back to a width that there was before."""
STEPS = st.lists(st.tuples(st.integers(0, 60), st.none() | RESIZED), max_size=20)
"""How much of the text comes next, and the width that the view has from then on."""


def pieces(text: str, sizes: Sequence[int]) -> list[str]:
    """Cut `text` into as many pieces as there are sizes, the last of which is the rest."""
    found = []
    for size in sizes[:-1]:
        found.append(text[:size])
        text = text[size:]
    return [*found, text] if sizes else []


def painted(rows: TextRows, width: int) -> list[Strip]:
    return [rows.strip(row, width, STYLES) for row in range(len(rows))]


def whole(text: str, width: int) -> list[Strip]:
    """Return the rows of a text that came at once, at a width that was never another one."""
    rows = TextRows(width)
    rows.extend(text)
    return painted(rows, width)


@settings(deadline=None)
@given(text=CLEAN_TEXTS, steps=STEPS, last=RESIZED, seen=st.integers(0, 30))
@example(text="word " * 7, steps=[(30, 20), (5, 40)], last=40, seen=1)
def test_rows_that_grew_and_were_resized_are_those_of_the_whole(
    text: str, steps: list[tuple[int, int | None]], last: int, seen: int
) -> None:
    width = 40
    rows = TextRows(width)
    steps = [*steps, (0, last)]
    for piece, (_, resized) in zip(pieces(text, [size for size, _ in steps]), steps, strict=True):
        rows.extend(piece)
        for row in range(max(0, len(rows) - seen), len(rows)):
            rows.strip(row, width, STYLES)
        if resized:
            width = resized
            rows.rewrap(width, min(seen, max(0, len(rows) - 1)))
    assert painted(rows, width) == whole(text, width)


@settings(deadline=None)
@given(text=CLEAN_TEXTS, width=WIDTHS)
def test_every_character_is_painted_whole_and_within_the_width(text: str, width: int) -> None:
    """As code, where nothing is formatted: half a wide character would be painted as a blank."""
    code = "~~~~\n" + text.replace("~", "-") + "\n~~~~"
    strips = whole(code, width)
    assert {strip.cell_length for strip in strips} == {width}
    assert "".join("".join(strip.text.split()) for strip in strips) == "".join(code.split())


@settings(deadline=None)
@given(text=CLEAN_TEXTS, width=WIDTHS)
def test_no_row_begins_inside_a_wide_character(text: str, width: int) -> None:
    wrapped = WrappedText(width, text)
    if width < 4:  # a terminal may take four cells for an emoji and its skin tone
        return
    for row in range(wrapped.height):
        line = wrapped.line(row)
        spans, _ = split_graphemes(line.source.text)
        wide = [(start, end) for start, end, cells in spans if cells == 2 and end - start < 12]
        assert not [line for start, end in wide if start < line.start < end]


class _Viewer(App[None]):
    CSS = "TextView { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.view = TextView()

    def compose(self) -> ComposeResult:
        yield self.view


@settings(max_examples=6, deadline=None)
@given(text=CLEAN_TEXTS, steps=STEPS, last=WIDTHS)
def test_a_view_resized_in_mid_stream_shows_the_rows_of_the_whole(
    text: str, steps: list[tuple[int, int | None]], last: int
) -> None:
    asyncio.run(_grow_a_view(text, [*steps, (0, last)]))


async def _grow_a_view(text: str, steps: list[tuple[int, int | None]]) -> None:
    app = _Viewer()
    async with app.run_test(size=(40, 12)) as pilot:
        view = app.view
        for piece, (_, width) in zip(pieces(text, [size for size, _ in steps]), steps, strict=True):
            view.extend(piece)
            if width:
                await pilot.resize_terminal(width + 1, 12)
                await pilot.pause()
        await pilot.resize_terminal(view.size.width, max(2, len(view.rows)))
        await pilot.pause()
        fresh = TextRows(view.text_width)
        fresh.extend(text)
        expected = [
            fresh.strip(row, view.size.width, view.styles_of_parts) for row in range(len(fresh))
        ]
        shown = view.render_lines(Region(0, 0, *view.size))
        assert shown[: len(expected)] == expected
        assert {strip.cell_length for strip in shown} == {view.size.width}


SIZES = ((80, 24), (120, 30), (41, 12), (170, 44), (63, 20))


def _text_of(name: str) -> str:
    return "".join(
        f"## {name} {number}\n- **wide** 你好世界 👩\u200d🚀 e\u0301 ❤\ufe0f\t{'word ' * 30}\n"
        f"```py\nx = '{'한글' * 20}'\n```\n"
        for number in range(6)
    )


async def test_a_turn_resized_in_mid_stream_is_kept_to_the_byte(
    open_app: Open, double: CerebrasDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {f"model-{letter}": _text_of(letter) for letter in "abcz"}
    layers = asyncio.Event(), asyncio.Event()
    for seed, (model, text) in enumerate(sent.items()):
        gate, splits = layers[model == "model-z"], framing.AnySplits(seed, longest=400)
        double.answers[model] = Answer(
            text, seed=seed, pace=0.001, gate=gate, gate_at=20, fault=splits
        )
    copied: list[str] = []
    async with open_app() as screen:
        monkeypatch.setattr(screen.app, "copy_to_clipboard", copied.append)
        await screen.ask("why?")
        sizes = cycle(SIZES)
        for count, gate in zip((3, 1), layers, strict=True):
            await double.wait_for_held(count)
            await _resize(screen, sizes)
            gate.set()
            for _ in range(3):
                await _resize(screen, sizes)
        await screen.pilot.resize_terminal(200, 50)
        await screen.shows("✓ complete")
        for pane in screen.app.query(Pane):
            assert pane.stream is not None
            text = sent[pane.stream.model]
            assert str(pane.stream.text).encode() == text.encode()
            if pane.text.size.width:
                pane.action_raw()
                await screen.wait(partial(_shows_as_written, pane, text), "showed it as written")
        screen.app.main.stage.focus_pane("answer")
        await screen.pilot.press("ctrl+y")
        state = screen.app._runner.state if screen.app._runner else None
    assert copied == [sent["model-z"]]
    assert state is not None
    for record in (load_turn(paths.history_file(), "last"), record_of(state).as_json()):
        kept = {stream["model"]: stream["text"].encode() for stream in record["streams"]}
        assert kept == {model: text.encode() for model, text in sent.items()}
        assert record["answer"].encode() == sent["model-z"].encode()


async def _resize(screen: Screen, sizes: "cycle[tuple[int, int]]") -> None:
    await screen.pilot.resize_terminal(*next(sizes))
    await screen.pilot.pause(0.01)


def _shows_as_written(pane: Pane, text: str) -> bool:
    view = pane.text
    fresh = TextRows(view.text_width)
    fresh.extend(text)
    rows = range(len(fresh))
    return not view.rendered and view.rows.plain(
        0, len(fresh), view.styles_of_parts
    ) == fresh.plain(0, rows[-1], view.styles_of_parts)
