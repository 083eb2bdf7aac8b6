"""Text as HTML: escaped, or from Markdown with nothing in it that could act or call somewhere."""

from collections.abc import Iterator, MutableMapping, Sequence
from functools import cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from moa_tui.markdown.fences import lengthened, unwrapped
from moa_tui.markdown.limits import has_too_many_marks, has_too_many_parts
from moa_tui.markdown.lists import aligned
from moa_tui.markdown.rules import parser
from moa_tui.text import clean

LONGEST_MARKDOWN = 200_000
"""Characters; a longer text is shown as it was written."""

_SCHEMES = {"http", "https"}
_NO_BREAK = "\u00a0"


def plain(value: object) -> str:
    """Return `value` as text that cannot be markup, in an attribute neither."""
    return escape(clean(str(value)))


def from_markdown(text: str) -> str:
    """Return Markdown as HTML; HTML in it is shown, not used, and so are pictures."""
    text = clean(text)
    if len(text) > LONGEST_MARKDOWN or has_too_many_parts(text):
        return f"<pre>{escape(text)}</pre>\n"
    source = aligned(lengthened(unwrapped(text)))
    environment: MutableMapping[str, Any] = {}
    lines = source.split("\n")
    reader = parser(pictures=False)
    tokens = reader.parse(source, environment)
    for token in tokens:
        if token.type == "inline":
            token.children = list(_inline(token.content, environment))
        elif token.type == "math_block" and token.map:
            token.type, token.content = "code_block", "\n".join(lines[slice(*token.map)])
        _harmless(token)
        for child in token.children or ():
            _harmless(child)
            # Entities can spell what was cleaned away when the text arrived.
            child.content = clean(child.content)
    _number(tokens)
    rendered: str = _renderer().render(tokens, reader.options, environment)
    return rendered


def _inline(text: str, environment: MutableMapping[str, Any]) -> Iterator[Token]:
    """Yield what stands in a paragraph, its lines where they are and indented as they are."""
    found: list[Token] = []
    if has_too_many_marks(text):
        for line in text.split("\n"):
            found += [Token("text", "", 0, content=line), Token("hardbreak", "br", 0)]
        found.pop()
    else:
        reader = parser(pictures=False)
        reader.inline.parse(text, reader, environment, found)
    begins = False
    for token in found:
        if begins and token.type == "text":
            words = token.content.lstrip(" ")
            token.content = _NO_BREAK * (len(token.content) - len(words)) + words
        begins = token.type in {"softbreak", "hardbreak"}
        if begins:
            token.type = "hardbreak"
        elif token.type == "math_inline":
            token.type, token.content = "code_inline", token.info
        elif token.type in {"html_inline", "text_special"}:
            token.type = "text"
        yield token


def _number(tokens: Sequence[Token]) -> None:
    """Have items say their numbers, where they are not those that a browser would count."""
    expected: list[int] = []
    for token in tokens:
        if token.type == "ordered_list_open":
            expected.append(int(token.attrs.get("start", 1)))
        elif token.type == "bullet_list_open":
            expected.append(-1)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            expected.pop()
        elif token.type == "list_item_open" and expected[-1] >= 0:
            number = int(token.info or 0)
            if number > expected[-1]:
                token.attrs = {"value": number}
                expected[-1] = number
            expected[-1] += 1


@cache
def _renderer() -> RendererHTML:
    return RendererHTML()


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
