r"""Where maths stands in Markdown: `$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` on their own.

A dollar is most often money. What is not plainly a formula stays text.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

MAX_CHARACTERS = 1_000
MAX_LINES = 40
"""A formula is no longer: an opening mark is most often none if its end is farther away."""

_CLOSING = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}
_MATHS = re.compile(
    r"[\\^_{}=<>+]|[A-Za-z]\(|^[A-Za-z]{1,2}['′*]*$|^[A-Za-z](, ?[A-Za-z])+$"
    r"|^-?\d+(\.\d+)?$|\d[A-Za-z]|\w ?[/*-] ?\w"
)
_SIGN = re.compile(r"[\\^_{}=<>+]")
_PROSE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def add_maths(rules: MarkdownIt) -> None:
    """Have `rules` find formulas, as tokens `math_inline` and `math_block`."""
    rules.inline.ruler.before("escape", "math_inline", _inline)
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    rules.block.ruler.before("fence", "math_block", _block, {"alt": interrupts})


def _inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as markdown-it calls it
    source, start = state.src, state.pos
    opening = _opening(source, start)
    if not opening:
        return False
    begin, closing = start + len(opening), _CLOSING[opening]
    end = _end(source, begin, min(state.posMax, begin + MAX_CHARACTERS), closing)
    content = source[begin:end] if end > 0 else ""
    if not content.strip() or not _is_formula(source, begin, end, opening):
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = content.strip(), opening
        token.info = source[start : end + len(closing)]
    state.pos = end + len(closing)
    return True


def _opening(source: str, at: int) -> str:
    if source[at] == "$":
        return "$$" if source.startswith("$$", at) else "$"
    two = source[at : at + 2]
    return two if two in _CLOSING and source[at] == "\\" else ""


def _end(source: str, begin: int, limit: int, closing: str) -> int:
    """Return where `closing` stands that no backslash takes its meaning from; -1: nowhere."""
    end = source.find(closing, begin, limit)
    while end > 0 and source[end - 1] == "\\" and closing[0] == "$":
        end = source.find(closing, end + 1, limit)
    return end


def _is_formula(source: str, begin: int, end: int, mark: str) -> bool:
    """Tell `$x$` from `$5 and $6`, `$HOME/bin:$PATH` and `US$5 or CA$`."""
    content = source[begin:end]
    if mark[0] == "\\":
        # In Markdown it is a bracket that is none of a link.
        return (_MATHS if mark == r"\(" else _SIGN).search(content) is not None
    before, after = source[: begin - len(mark)][-1:], source[end + len(mark) :][:1]
    if before.isalnum() or after.isalnum() or "$" in {before, after} or "\n\n" in content:
        return False
    if mark == "$" and (content[0].isspace() or content[-1].isspace()):
        return False
    prose = "\\" not in content and _PROSE.search(content)
    return not prose and _MATHS.search(content) is not None


def _block(state: StateBlock, first: int, last: int, silent: bool) -> bool:  # noqa: FBT001 - likewise
    if state.is_code_block(first):
        return False
    opening = _line(state, first)[:2]
    if opening not in {"$$", r"\["}:
        return False
    closing = _CLOSING[opening]
    body: list[str] = []
    for number in range(first, min(last, first + MAX_LINES)):
        line = _line(state, number).rstrip()
        line = line[2:] if number == first else line
        if closing in line:
            # What is written after the end makes it a formula in a line.
            if line.index(closing) + len(closing) < len(line):
                return False
            body.append(line.removesuffix(closing))
            return _found(state, first, number, "\n".join(body).strip(), silent=silent)
        if not line and number > first:
            return False
        body.append(line)
    return False


def _found(state: StateBlock, first: int, last: int, content: str, *, silent: bool) -> bool:
    if not content:
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.content, token.block, token.map = content, True, [first, last + 1]
        state.line = last + 1
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]
