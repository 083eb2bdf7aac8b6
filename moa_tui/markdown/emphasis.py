"""Which asterisks, underscores and tildes are marks, and which are part of what is said.

CommonMark (section 6.2) takes `**重要：**请` for no mark, since scripts without spaces break its
rule; this is the rule of markdown-cjk-friendly. And it takes those of `2*3*4` and `__init__` for
marks, which then vanish: here they stay.
"""

import re
import unicodedata
from functools import lru_cache

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe1f\ufe30-\ufe4f"
    "\uff00-\uffef\U00016fe0-\U0001b2ff\U0001f200-\U0001f2ff\U00020000-\U0003ffff]"
)
_IDENTIFIER = re.compile(r"__[A-Za-z0-9]\w{0,60}?__(?![\w])", re.ASCII)


def emphasis(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as markdown-it calls it
    """Note the marks `*`, `_` and `~~`: whether each may begin and may end something."""
    start, mark = state.pos, state.src[state.pos]
    if silent or mark not in "*_~":
        return False
    if mark == "_" and (name := _IDENTIFIER.match(state.src, start, state.posMax)):
        state.append_pending(name[0])
        state.pos = name.end()
        return True
    length = _length(state, mark)
    if mark == "~" and length < 2:
        return False
    may_open, may_close = _flanks(state, start, length)
    size = 2 if mark == "~" else 1
    if length % size:
        state.push("text", "", 0).content = mark
    for _ in range(length // size):
        state.push("text", "", 0).content = mark * size
        state.delimiters.append(
            Delimiter(
                marker=ord(mark),
                length=0 if mark == "~" else length,
                token=len(state.tokens) - 1,
                end=-1,
                open=may_open,
                close=may_close,
            )
        )
    state.pos += length
    return True


def _length(state: StateInline, mark: str) -> int:
    end = state.pos
    while end < state.posMax and state.src[end] == mark:
        end += 1
    return end - state.pos


def _flanks(state: StateInline, start: int, length: int) -> tuple[bool, bool]:
    """Return whether the marks from `start` on may begin something, and whether they may end it."""
    mark = state.src[start]
    before = state.src[start - 1] if start else " "
    after = state.src[start + length] if start + length < state.posMax else " "
    space_before, space_after = before.isspace(), after.isspace()
    odd_before, odd_after = _is_punctuation(before), _is_punctuation(after)
    left = not space_after and (
        not odd_after or space_before or odd_before or _CJK.match(before) is not None
    )
    right = not space_before and (
        not odd_before or space_after or odd_after or _CJK.match(after) is not None
    )
    if mark == "_":
        return left and (not right or odd_before), right and (not left or odd_after)
    if mark == "*" and _is_word(before) and _is_word(after):
        # A product or a power: one alone is no mark, several may end what has begun before.
        return False, right and length > 1
    return left, right


@lru_cache(maxsize=4_096)
def _is_punctuation(char: str) -> bool:
    """Whether `char` is a mark of a script that has spaces."""
    return unicodedata.category(char)[0] in "PS" and not _CJK.match(char)


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()
