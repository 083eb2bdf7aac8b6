"""Texts made to hold up the program: refused with a reason, or rendered in small steps."""

import asyncio
import threading
from functools import partial
from itertools import count

import pytest
from textual.strip import Strip

from moa_tui.markdown import limits
from moa_tui.markdown.rules import parser
from moa_tui.state import TextLog
from moa_tui.ui.text import code, markdown
from moa_tui.ui.text.blocks import Blocks
from moa_tui.ui.text.runs import Look
from tests.ui.text.hostile import FRAMED, KB, SHAPES, WORDS, text_of
from tests.ui.text.looks import STYLES


def log_of(text: str) -> TextLog:
    return TextLog().append(text)


async def render_beside_other_work(text: str, width: int, tick: float) -> tuple[list[Strip], int]:
    """Render with a clock that goes on by `tick` whenever it is read; count others' turns."""
    turns = 0

    async def other_work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    clock = count(0, tick)
    beside = asyncio.create_task(other_work())
    await asyncio.sleep(0)
    ticks = partial(next, clock)
    rows = await markdown.render(text, width, STYLES, dark=True, clock=ticks, rest=0)
    beside.cancel()
    return rows, turns


@pytest.mark.parametrize("name", [*SHAPES, *FRAMED])
async def test_a_hostile_text_is_rendered_in_small_steps(name: str) -> None:
    text, width = text_of(name, 5 * KB), 40
    assert not markdown.refusal(log_of(text))
    rows, turns = await render_beside_other_work(text, width, tick=1.0)
    assert turns >= len(rows), "others had a turn after every row"
    assert all(row.cell_length == width for row in rows)


async def test_it_gives_way_as_often_as_the_clock_says() -> None:
    text = text_of("words in paragraphs", markdown.PARSED_AT_ONCE)
    rows, seldom = await render_beside_other_work(text, 80, tick=markdown.SLICE / 10)
    assert len(rows) / 12 < seldom < len(rows) / 6
    _, never = await render_beside_other_work(text, 80, tick=0.0)
    assert never == 1


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what was parsed or highlighted in one go."""
    sizes: list[int] = []
    parse, lexer = parser().inline.parse, code._lexer

    def parsing(text: str, *rest: object) -> object:
        sizes.append(sum(text.count(mark) for mark in limits._MARKS))
        assert len(text) <= limits.MAX_INLINE
        return parse(text, *rest)  # type: ignore[arg-type]

    class Lexer:
        def __init__(self, language: str) -> None:
            self._lexer = lexer(language)

        def get_tokens(self, text: str) -> object:
            sizes.append(len(text))
            return self._lexer.get_tokens(text)

    monkeypatch.setattr(parser().inline, "parse", parsing)
    monkeypatch.setattr(code, "_lexer", Lexer)
    return sizes


@pytest.mark.parametrize("name", ["brackets", "image brackets", "bracket lines", "emphasis"])
async def test_a_paragraph_of_marks_is_not_parsed(steps: list[int], name: str) -> None:
    await render_beside_other_work(text_of(name, 40 * KB), 100, tick=0.0)
    assert max(steps, default=0) <= limits.MAX_MARKS


async def test_code_is_highlighted_in_pieces_and_gives_way_within_a_line(steps: list[int]) -> None:
    text = text_of("fence of lines", 40 * KB)
    rows, turns = await render_beside_other_work(text, 100, tick=1.0)
    assert turns > 10 * len(rows)
    assert len(steps) >= 20
    assert max(steps) <= code.MAX_PIECE + 1


@pytest.mark.parametrize("name", ["fence of one line", "fence of java"])
async def test_a_long_line_of_code_is_not_highlighted(steps: list[int], name: str) -> None:
    rows, _ = await render_beside_other_work(text_of(name, 50 * KB), 100, tick=0.0)
    assert steps == []
    assert len(rows) > 500


TOO_MUCH = ("bullets apart", "numbers", "list in quote in list", "quoted paragraphs")


@pytest.mark.parametrize(
    "name", [*TOO_MUCH, "newlines", "headings", "definitions", "table of rows"]
)
def test_what_takes_long_to_parse_is_refused_with_a_reason(name: str) -> None:
    log = log_of(text_of(name, 64 * KB - 400))
    assert markdown.refusal(log) == "too many lines, list marks and table cells"
    assert not markdown.renderable(log)


def test_what_is_too_long_is_refused_with_a_reason() -> None:
    assert markdown.refusal(log_of("x" * (64 * KB + 1))) == "longer than 64 KB"
    assert markdown.refusal(log_of("\t" * 20_000)) == "longer than 64 KB"
    assert markdown.refusal(log_of("")) == ""
    assert markdown.renderable(log_of("x" * 64 * KB))


def test_a_long_ordinary_answer_is_not_refused() -> None:
    section = (
        "## Title\n\nSome *intro* with `code` and **bold** words, as answers have, and more.\n\n"
        "1. First of two\n2. Second\n   - nested\n   - nested too\n\n" + WORDS * 3 + "\n\n"
        "| a | b |\n|---|---|\n| one | two |\n| three | four |\n\n"
        "```python\ndef f(x):\n    return x + 1\n```\n\n> quote\n\n"
    )
    assert markdown.refusal(log_of(section * (63 * KB // len(section)))) == ""


async def test_the_blocks_of_a_long_text_are_not_found_on_the_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: dict[int, bool] = {}

    class Watched(Blocks):
        def __init__(self, text: str, look: Look) -> None:
            threads[len(text)] = threading.current_thread() is threading.main_thread()
            super().__init__(text, look)

    monkeypatch.setattr(markdown, "Blocks", Watched)
    for size in (markdown.PARSED_AT_ONCE, markdown.PARSED_AT_ONCE + 1):
        await markdown.render("a" * size, 80, STYLES, dark=True)
    assert list(threads.values()) == [True, False]
