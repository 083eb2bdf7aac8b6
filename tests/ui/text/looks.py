"""What tests of text share: plain styles to tell parts by, and texts that are hard to lay out."""

import asyncio

from hypothesis import strategies as st
from rich.style import Style
from textual.strip import Strip

from moa_tui.ui.text import markdown
from moa_tui.ui.text.light import LightStyles

BASE = Style.parse("white on black")
STYLES = LightStyles(
    base=BASE,
    heading=Style.parse("red"),
    code=Style.parse("green on grey11"),
    marker=Style.parse("yellow"),
    quote=Style.parse("blue"),
    strong=Style(bold=True),
    emphasis=Style(italic=True),
)

_HARD = (
    *("a", "word", "longer-than-a-narrow-row", " ", "  ", " " * 30, "\n", "\n\n", "\t", "x" * 40),
    *("你", "好世界", "！", "한글", "\u3000", "é", "e\u0301", "\u0301", "’", "\u00a0", "—"),
    *("👍", "👩\u200d👩\u200d👧", "❤\ufe0f", "\u200d", "\ufe0f", "🇫🇷", "א", "ع"),
)
HARD_TEXTS = st.lists(st.sampled_from(_HARD) | st.characters(codec="utf-8"), max_size=40).map(
    "".join
)
_MARKS = (
    *("# ", "## ", "- ", "  - ", "1. ", "7) ", "> ", "```", "```py\n", "~~~", "\n", "\n\n", "    "),
    *("**", "*", "_", "~~", "`", "``", "[", "](", ")", "![", "|", "|-|-|", "\n|", "---", "\n===\n"),
    *(
        "<b>",
        "<br>",
        "<!--",
        "&amp;",
        "&#9;",
        "&#x202e;",
        "&#10;",
        "\\",
        "\n[r]: http://r\n",
        "[r]",
    ),
    *(
        "\n[r]: http://r\n",
        "http://a.b",
        "<http://a.b>",
        "- [ ] ",
        "+ ",
        "* ",
        "> - ",
        "::",
        "{",
        "'''",
        '"',
        "x = 1",
    ),
)
MARKDOWN = st.lists(st.sampled_from(_MARKS) | st.sampled_from(_HARD), max_size=60).map("".join)


def rendered(text: str, width: int = 60, *, dark: bool = True) -> list[Strip]:
    """Return `text` as rendered rows."""
    return asyncio.run(markdown.render(text, width, STYLES, dark=dark))


def lines(text: str, width: int = 60) -> list[str]:
    """Return `text` as rendered rows, without styles and the blanks at their ends."""
    return [strip.text.rstrip() for strip in rendered(text, width)]


def styles_at(strips: list[Strip], text: str) -> Style:
    """Return the style that `text` is painted in."""
    parts = [segment for strip in strips for segment in strip if text in segment.text]
    exact = [segment for segment in parts if segment.text == text]
    style = (exact or parts)[0].style
    assert style
    return style
