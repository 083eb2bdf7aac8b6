"""Text as HTML: escaped, or from Markdown with nothing in it that could act or call somewhere."""

from functools import cache
from html import escape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from moa_tui.text import clean

LONGEST_MARKDOWN = 200_000
"""Characters; a longer text is shown as it was written."""

_SCHEMES = {"http", "https"}


def plain(value: object) -> str:
    """Return `value` as text that cannot be markup, in an attribute neither."""
    return escape(clean(str(value)))


def from_markdown(text: str) -> str:
    """Return Markdown as HTML; HTML in it is shown, not used, and so are pictures."""
    text = clean(text)
    if len(text) > LONGEST_MARKDOWN:
        return f"<pre>{escape(text)}</pre>\n"
    reader = _reader()
    tokens = reader.parse(text)
    for token in tokens:
        _harmless(token)
        for child in token.children or ():
            _harmless(child)
    rendered: str = reader.renderer.render(tokens, reader.options, {})
    return rendered


@cache
def _reader() -> MarkdownIt:
    # A picture would be fetched from wherever its author wants to know who reads.
    return (
        MarkdownIt("commonmark", {"html": False})
        .enable(["table", "strikethrough"])
        .disable("image")
    )


def _harmless(token: Token) -> None:
    """Leave links to web pages only, which are not told where they were followed from."""
    if token.type == "link_open":
        address = str(token.attrs.get("href", ""))
        token.attrs = {}
        if _is_web(address):
            token.attrs = {"href": address, "rel": "noreferrer noopener"}
    elif "style" in token.attrs:
        # The page's rule is that styles are in its head: columns are aligned by a class.
        side = str(token.attrs["style"]).removeprefix("text-align:")
        token.attrs = {"class": f"to-{side}"} if side in {"left", "center", "right"} else {}
    elif token.type not in {"fence", "ordered_list_open"}:
        token.attrs = {}


def _is_web(address: str) -> bool:
    try:
        return urlsplit(address).scheme in _SCHEMES
    except ValueError:
        return False
