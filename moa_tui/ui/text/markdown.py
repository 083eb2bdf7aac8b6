"""Finished text as Markdown: rendered once, into rows of the screen, without holding up a key.

One widget a block, as Textual's own Markdown makes them, freezes the screen for seconds on a long
answer. Rows cost a fiftieth, and are made a few milliseconds at a time.
"""

import asyncio
from collections.abc import Callable
from time import perf_counter
from weakref import WeakKeyDictionary

from textual.strip import Strip

from moa_tui.markdown.limits import has_too_many_parts
from moa_tui.state import TextLog
from moa_tui.ui.text import maths
from moa_tui.ui.text.blocks import Blocks
from moa_tui.ui.text.light import LightStyles
from moa_tui.ui.text.runs import Look

MAX_CHARACTERS = 64 * 1024
PARSED_AT_ONCE = 4 * 1024
"""Characters whose blocks are found on the event loop: a few milliseconds."""

SLICE = 0.004
"""Seconds of rendering after which other work has its turn, as a rule for as long again."""

_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def refusal(text: TextLog) -> str:
    """Say why `text` is not rendered as Markdown but stays as it streamed; empty: it is."""
    source = str(text) if text.length <= MAX_CHARACTERS else ""
    if (not source and text.length) or len(source) + 3 * source.count("\t") > MAX_CHARACTERS:
        return f"longer than {MAX_CHARACTERS // 1024} KB"
    if has_too_many_parts(source):
        return "too many lines, list marks and table cells"
    return ""


def renderable(text: TextLog) -> bool:
    """Return whether `text` is within the limits of what is rendered as Markdown."""
    return not refusal(text)


async def render(
    text: str,
    width: int,
    styles: LightStyles,
    *,
    dark: bool,
    clock: Callable[[], float] = perf_counter,
    rest: float = SLICE,
) -> list[Strip]:
    """Return `text` as rows of `width` cells, giving way to other work again and again.

    Texts are rendered one after another: many at once, a slice of each would add up to the wait
    of a key, or of the aggregator's request, which leaves when the last of them has ended.
    """
    rows: list[Strip] = []
    async with _locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        blocks = await _blocks(text, Look(styles, dark))
        resumed = clock()
        for row in blocks.rows(width):
            if row is not None:
                strip = Strip(row).apply_style(styles.base)
                rows.append(strip.adjust_cell_length(width, styles.base))
            if clock() - resumed >= SLICE:
                await asyncio.sleep(rest)
                resumed = clock()
    return rows


async def _blocks(text: str, look: Look) -> Blocks:
    """Find the blocks of `text`: in one go, so those of a long one in a thread."""
    if "$" in text or "\\" in text:
        await asyncio.to_thread(maths.load)
    if len(text) <= PARSED_AT_ONCE:
        return Blocks(text, look)
    return await asyncio.to_thread(Blocks, text, look)
