"""Markdown within a line: emphasis, code, links. Parsed one paragraph at a time."""

from collections.abc import MutableMapping
from typing import Any

from markdown_it.token import Token
from rich.segment import Segment
from rich.style import Style

from moa_tui.markdown.limits import has_too_many_marks
from moa_tui.markdown.rules import parser
from moa_tui.text import clean
from moa_tui.ui.text import maths
from moa_tui.ui.text.runs import Look, Runs

_STRUCK = Style(strike=True)
_LINK = Style(underline=True)

Environment = MutableMapping[str, Any]
"""What markdown-it remembers of a text: its link definitions."""


def read_inline(text: str, environment: Environment, look: Look, style: Style) -> Runs:
    """Return `text` as runs, `style` underneath what its marks ask for."""
    if has_too_many_marks(text):
        return [Segment(text, style)]
    tokens: list[Token] = []
    rules = parser()
    rules.inline.parse(text, rules, environment, tokens)
    return _Reader(look, style).read(tokens)


class _Reader:
    """Puts runs together from the inline tokens of one paragraph."""

    def __init__(self, look: Look, style: Style) -> None:
        self._look = look
        self._stack = [style]
        self._runs: Runs = []
        self._links: list[tuple[str, int]] = []

    def read(self, tokens: list[Token]) -> Runs:
        """Return the runs of `tokens`."""
        for token in tokens:
            if token.nesting == 1:
                self._enter(token)
            elif token.nesting == -1:
                self._leave(token)
            else:
                self._add(token)
        return self._runs

    def _enter(self, token: Token) -> None:
        styles = self._look.styles
        if token.type == "link_open":
            # An address between < and > is its own text.
            address = "" if token.markup == "autolink" else str(token.attrs.get("href", ""))
            self._links.append((address, len(self._runs)))
        known = {"strong_open": styles.strong, "em_open": styles.emphasis, "s_open": _STRUCK}
        self._stack.append(self._stack[-1] + known.get(token.type, _LINK))

    def _leave(self, token: Token) -> None:
        self._stack.pop()
        if token.type == "link_close":
            address, first = self._links.pop()
            self._write_address(address, "".join(segment.text for segment in self._runs[first:]))

    def _add(self, token: Token) -> None:
        style = self._stack[-1]
        match token.type:
            case "softbreak" | "hardbreak":
                # Models break lines where they mean it; joining them would run lists together.
                self._write("\n", style)
            case "code_inline":
                self._write(token.content, style + self._look.styles.code)
            case "math_inline":
                self._write(maths.in_line(token.content) or token.info, style)
            case "image":
                self._write(token.content or "image", style + _LINK)
                self._write_address(str(token.attrs.get("src", "")), token.content)
            case "html_inline" if token.content.replace(" ", "").lower() in {"<br>", "<br/>"}:
                self._write("\n", style)
            case _:
                self._write(token.content, style)

    def _write(self, text: str, style: Style) -> None:
        # Entities can spell what was cleaned away when the text arrived.
        self._runs.append(Segment(clean(text).replace("\t", " "), style))

    def _write_address(self, address: str, text: str) -> None:
        """Show where a link leads, as text: a terminal that made it clickable would hide it."""
        if address and address != text:
            self._write(f" ({address})", self._stack[-1] + self._look.styles.quote)
