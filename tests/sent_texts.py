"""Texts that are easy to damage on their way: every script, half characters, marks of Markdown."""

from hypothesis import strategies as st

from moa_tui.engine.wire.thinking import ThinkingReader
from moa_tui.text import clean

_PARTS = (
    *("word ", "x" * 50, " ", "   ", "\n", "\n\n", "\t", "0", "null", '"', "\\", "\\u0041", "\\n"),
    *("```py\n", "```", "~~~\n", "# ", "- ", "**", "`", "| a | b |\n|---|---|\n", "> ", "<b>&amp;"),
    *(
        "<think>",
        "</think>",
        "data: ",
        "data: [DONE]\n\n",
        ": ping\n\n",
        "[/red]",
        '{"choices":[]}',
    ),
    *(
        "é",
        "e\u0301",
        "你好世界",
        "今日は",
        "한글",
        "שלום",
        "عربى",
        "ไทย",
        "हिन्दी",
        "\u3000",
        "\u00a0",
    ),
    *(
        "👍",
        "👩\u200d🚀",
        "👨\u200d👩\u200d👧",
        "👍🏽",
        "❤\ufe0f",
        "🇫🇷",
        "𝒳",
        "𠮷",
        "\u200d",
        "\ufe0f",
    ),
)
_DIRT = (
    "\x1b[31m",
    "\x00",
    "\r\n",
    "\u202e",
    "\u200b",
    "\u2028",
    "\ud83d",
    "\ude00",
    "\x7f",
    "\x9b",
)

RAW_TEXTS = st.lists(
    st.sampled_from(_PARTS) | st.sampled_from(_DIRT) | st.characters(), max_size=40
).map("".join)
"""As a server may send them: to be cleaned."""

CLEAN_TEXTS = (
    st.lists(st.sampled_from(_PARTS) | st.characters(codec="utf-8"), max_size=40)
    .map("".join)
    .map(clean)
)
"""Nothing in them is to be cleaned: what was sent is what must be there."""


def is_answer(text: str) -> bool:
    """Whether `text` is an answer as a whole: not blank, and without a mark of thinking.

    Half a surrogate pair, and nothing else, is none either.
    """
    whole = clean(text.removesuffix(text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""))
    reader = ThinkingReader()
    (_, answer), (_, rest) = reader.split(text), reader.flush()
    return bool(whole.strip()) and answer + rest == text and not reader.recognized
