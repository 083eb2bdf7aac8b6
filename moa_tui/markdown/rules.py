"""The parser: CommonMark with tables, struck out text and formulas, and nothing that disappears.

What it does not read as CommonMark does:

- a backslash stays: `C:\\new` and `\\(` would say something else without it;
- lines of a paragraph keep their indentation, and code in a line ends with the line: code and trees
  of folders come without a fence too;
- a line of dashes is a line, also below a text, which is then no heading;
- tags are text: a type such as `Vec<T>` must not vanish;
- emphasis as in emphasis.py, formulas as in formulas.py.
"""

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference
from markdown_it.rules_inline import StateInline

from moa_tui.markdown.emphasis import emphasis
from moa_tui.markdown.formulas import add_maths


@cache
def parser(*, pictures: bool = True) -> MarkdownIt:
    """Return the parser, which finds blocks; their inline text is parsed when it is its turn.

    Without `pictures` one is a link with a mark before it: nothing may be fetched for it.
    """
    rules = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    rules.inline.ruler.at("newline", _line_end)
    rules.inline.ruler.at("escape", _backslash)
    rules.inline.ruler.at("backticks", _code)
    rules.inline.ruler.at("emphasis", emphasis)
    rules.inline.ruler.disable("strikethrough")  # its marks are noted by `emphasis`
    rules.block.ruler.at("reference", _definition)
    add_maths(rules)
    if not pictures:
        rules.disable("image")
    return rules.disable(["html_block", "lheading", "inline", "text_join"])


def _definition(state: StateBlock, first: int, last: int, silent: bool) -> bool:  # noqa: FBT001 - as markdown-it calls it
    """Read where a link leads; the words of a footnote, `[^1]: see`, are no address."""
    note = state.src.startswith("[^", state.bMarks[first] + state.tShift[first])
    return not note and reference(state, first, last, silent)


def _line_end(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as markdown-it calls it
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.pending = state.pending.rstrip(" ")
        state.push("softbreak", "br", 0)
    state.pos += 1
    return True


def _backslash(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - likewise
    """Have what follows a backslash be no mark."""
    if state.src[state.pos] != "\\":
        return False
    end = min(state.pos + 2, state.posMax)
    end -= state.src[end - 1] == "\n"
    if not silent:
        state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def _code(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - likewise
    start = state.pos
    if state.src[start] != "`":
        return False
    begin = start
    while begin < state.posMax and state.src[begin] == "`":
        begin += 1
    mark = state.src[start:begin]
    line_end = state.src.find("\n", begin, state.posMax)
    last = line_end if line_end >= 0 else state.posMax
    end = _closing(state.src, mark, begin, last)
    if end < 0:
        if not silent:
            state.append_pending(mark)
        state.pos = begin
        return True
    if not silent:
        token = state.push("code_inline", "code", 0)
        content = state.src[begin:end]
        padded = content[:1] == " " == content[-1:] and content.strip()
        token.markup, token.content = mark, content[1:-1] if padded else content
    state.pos = end + len(mark)
    return True


def _closing(source: str, mark: str, begin: int, last: int) -> int:
    """Return where a run of backquotes as long as `mark` stands; -1: nowhere up to `last`."""
    at = source.find(mark, begin, last)
    while at >= 0:
        end = at + len(mark)
        while end < last and source[end] == "`":
            end += 1
        if end - at == len(mark):
            return at
        at = source.find(mark, end, last)
    return -1
