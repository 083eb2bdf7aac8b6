"""Blocks of Markdown → rows, one after the other and only as they are asked for.

What cannot be read as Markdown at this width, or is nested too deeply, stays as it was written:
nothing that an agent wrote disappears.
"""

import re
from collections.abc import Iterable, Iterator

from markdown_it.token import Token
from rich.segment import Segment
from rich.style import Style

from moa_tui.markdown.fences import lengthened, unwrapped
from moa_tui.markdown.lists import aligned
from moa_tui.markdown.rules import parser
from moa_tui.ui.text import inline, maths
from moa_tui.ui.text.code import code_rows
from moa_tui.ui.text.runs import Look, Rows, Runs, wrap_runs
from moa_tui.ui.text.table import Cell, fits, table_rows

_MIN_WIDTH = 10
_DEEPEST = 14
"""Levels of lists and quotes (a list in a list is two); the parser gives up at twenty."""

_INDENT = "   "
"""Of code that is indented by four, beside the edge that all code has."""

_CELL_END = re.compile(r"(?<!\\)\|")
_PLAIN = Style.null()


class Blocks:
    """The blocks of one text."""

    def __init__(self, text: str, look: Look) -> None:
        source = aligned(lengthened(unwrapped(text.expandtabs(4))))
        self._look = look
        self._environment: inline.Environment = {}
        self._tokens = parser().parse(source, self._environment)
        self._lines = source.split("\n")
        references = self._environment.get("references", {}).values()
        self._definitions: list[tuple[int, int]] = [found["map"] for found in references]
        self._at = 0

    def rows(self, width: int) -> Rows:
        """Return the rows of the text, in at most `width` cells."""
        return _spaced(self._document(width))

    def _document(self, width: int) -> Iterator[Rows]:
        done = 0
        while self._at < len(self._tokens):
            first, last = self._tokens[self._at].map or (done, done)
            # Between and inside blocks stand the addresses of links: part of what was written.
            yield self._written(done, first, width, self._look.styles.quote)
            yield self._block(width, _PLAIN)
            for start, end in self._definitions:
                if first <= start < last:
                    yield self._written(start, end, width, self._look.styles.quote)
            done = max(done, last)
        yield self._written(done, len(self._lines), width, self._look.styles.quote)

    def _written(self, first: int, last: int, width: int, style: Style) -> Rows:
        """Return lines of the source as they are."""
        text = "\n".join(self._lines[first:last]).strip("\n")
        for line in text.split("\n") if text.strip() else ():
            yield from wrap_runs([Segment(line, style)], width)

    def _block(self, width: int, style: Style) -> Rows:
        token = self._tokens[self._at]
        match token.type:
            case "paragraph_open":
                return self._text(width, style)
            case "heading_open":
                return self._text(width, style + self._look.styles.heading)
            case "bullet_list_open" | "ordered_list_open" if self._has_room(token, width):
                return self._list(width, style)
            case "blockquote_open" if self._has_room(token, width):
                return self._quote(width, style)
            case "table_open" if self._is_readable(token, width):
                return self._table(width, style)
            case "fence" | "code_block":
                self._at += 1
                return self._code(token, width)
            case "hr" | "math_block" if drawn := self._drawn(token, width, style):
                self._at += 1
                return iter(drawn)
        self._skip(token)
        first, last = token.map or (0, 0)
        return self._written(first, last, width, style)

    def _code(self, token: Token, width: int) -> Rows:
        language, *more = token.info.split() or [""]
        if more:
            # Models forget the end of a line after a fence: then this is a part of the answer.
            yield from wrap_runs([Segment(token.info.strip(), self._look.styles.quote)], width)
        code = token.content
        if token.type == "code_block":
            # Code without a fence stays where it stands, below what is indented less.
            code = "\n".join(f"{_INDENT}{line}" if line else "" for line in code.split("\n"))
        yield from code_rows(code, language, width, self._look)

    def _drawn(self, token: Token, width: int, style: Style) -> list[Runs]:
        """Return a line or a formula; nothing where there is no way to draw it."""
        if token.type == "hr":
            return [[Segment("─" * width, self._look.styles.quote)]]
        rows = maths.on_rows(token.content, width - 2) or ()
        return [[Segment(f"  {row}", style)] for row in rows]

    def _has_room(self, token: Token, width: int) -> bool:
        marker = len(str(token.attrs.get("start", "")))
        return token.level < _DEEPEST and width >= _MIN_WIDTH + marker

    def _skip(self, token: Token) -> None:
        """Go on after the block that `token` opens."""
        self._at += 1
        while token.nesting == 1 and self._at < len(self._tokens):
            self._at += 1
            last = self._tokens[self._at - 1]
            if last.level == token.level and last.nesting == -1:
                return

    def _text(self, width: int, style: Style) -> Rows:
        opened, content = self._tokens[self._at], self._tokens[self._at + 1].content
        self._at += 3
        if opened.type == "paragraph_open" and opened.level == 0 and opened.map:
            first = self._lines[opened.map[0]]
            content = first[: len(first) - len(first.lstrip(" "))] + content
        if content.strip():
            yield from wrap_runs(self._inline(content, style), width)

    def _inline(self, content: str, style: Style) -> Runs:
        return inline.read_inline(content, self._environment, self._look, style)

    def _children(self, close: str, width: int, style: Style) -> Iterator[Rows]:
        self._at += 1
        while self._tokens[self._at].type != close:
            yield self._block(width, style)
        self._at += 1

    def _quote(self, width: int, style: Style) -> Rows:
        quote = style + self._look.styles.quote
        bar = Segment("▌ ", self._look.styles.quote)
        yield from _indented(
            _spaced(self._children("blockquote_close", width - 2, quote)), bar, bar
        )

    def _list(self, width: int, style: Style) -> Rows:
        start = self._tokens[self._at]
        self._at += 1
        loose = self._is_loose(start)
        numbers = self._numbers(start)
        first = True
        while self._tokens[self._at].type == "list_item_open":
            mark = f"{next(numbers)}{start.markup} " if start.type.startswith("ordered") else "• "
            children = self._children("list_item_close", width - len(mark), style)
            if loose and not first:
                yield []
            marker = Segment(mark, self._look.styles.marker)
            yield from _indented(
                _spaced(children, apart=loose), marker, Segment(" " * len(mark), _PLAIN)
            )
            first = False
        self._at += 1

    def _numbers(self, start: Token) -> Iterator[int]:
        """Return the numbers of a list as they were written; counted where all are the same."""
        at, written = self._at, []
        while (token := self._tokens[at]).level > start.level:
            if token.type == "list_item_open" and token.level == start.level + 1:
                written.append(int(token.info or 0))
            at += 1
        if len(set(written)) == 1:
            written = [written[0] + number for number in range(len(written))]
        return iter(written)

    def _is_loose(self, start: Token) -> bool:
        """Whether there are blank lines between the items: the parser says so by paragraphs."""
        at = self._at
        while (token := self._tokens[at]).level > start.level:
            if token.type == "paragraph_open" and token.level == start.level + 2:
                return not token.hidden
            at += 1
        return False

    def _is_readable(self, table: Token, width: int) -> bool:
        """Whether a table has room for its columns, and no row has cells beyond them to lose."""
        at = self._at
        while self._tokens[at].type != "thead_close":
            at += 1
        columns = sum(token.type == "th_open" for token in self._tokens[self._at : at])
        first, last = table.map or (0, 0)
        most = max(len(_CELL_END.split(line.strip(" >|"))) for line in self._lines[first:last])
        return fits(columns, width) and most <= columns

    def _table(self, width: int, style: Style) -> Rows:
        table: list[list[Cell]] = []
        while (token := self._tokens[self._at]).type != "table_close":
            if token.type == "tr_open":
                table.append([])
                yield None
            elif token.type in {"th_open", "td_open"}:
                align = str(token.attrs.get("style", "")).removeprefix("text-align:")
                content = self._tokens[self._at + 1].content
                table[-1].append(Cell(self._inline(content, style), align))
            self._at += 1
        self._at += 1
        yield from table_rows(table, width, self._look)


def _spaced(blocks: Iterable[Rows], *, apart: bool = True) -> Rows:
    """Join blocks, a blank row between any two that have rows."""
    blank = False
    for block in blocks:
        wrote = False
        for row in block:
            if row is not None:
                if blank:
                    yield []
                blank, wrote = False, True
            yield row
        blank = apart and (blank or wrote)


def _indented(rows: Rows, first: Segment, rest: Segment) -> Rows:
    """Put `first` before the first row and `rest` before the others; there is a first row."""
    mark = first
    for row in rows:
        if row is None:
            yield None
        else:
            yield [mark, *row]
            mark = rest
    if mark is first and first is not rest:
        yield [first]
