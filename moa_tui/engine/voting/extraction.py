"""The exact answer in a text: what it says its answer is, not what it says on the way there.

Markers follow the habits of graded data sets: `\\boxed{}` (MATH), `#### 42` and `A: 42` (GSM8K),
"the answer is" (chain-of-thought prompts), and the line that our own instruction asks for.
"""

import re

_LONGEST = 120
"""Characters beyond which something is no exact answer but prose."""

_FENCE = re.compile(r"^ {0,3}(```+|~~~+).*?(?:^ {0,3}\1[`~]* *$|\Z)", re.MULTILINE | re.DOTALL)
_EMPHASIS = re.compile(r"\*\*|__")
_MARKED = re.compile(
    r"^[ \t>#*-]*(?:(?:the |my |so,? the |thus,? the |therefore,? the )?"
    r"(?:final |correct |exact )*(?:answer|result|solution)|a|ans)[ \t]*(?:is)?[ \t]*[:=][ \t]*"
    r"(?P<answer>\S[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_HASHES = re.compile(r"^[ \t]*####[ \t]*(?P<answer>\S[^\n]*)$", re.MULTILINE)
_SAID = re.compile(
    r"\b(?:final |correct )?answer (?:is|would be|should be|must be|equals)[: ]+"
    r"(?P<answer>[^\n]+?)(?=\.(?:\s|$)|\n|$)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:/\d+)?%?")
_BOXED = "\\boxed{"


def exact_answer(text: str) -> str | None:
    """Return the answer that `text` comes to, as written there; None where there is none.

    The last one counts: a text may change its mind. Code is not looked at. A text without any
    mark counts whole if it is short, else by the last number of its last paragraph that has one.
    """
    text = _FENCE.sub("\n", text).strip()
    if boxed := _last_boxed(text):
        return boxed
    plain = _EMPHASIS.sub("", text)
    for pattern in (_HASHES, _MARKED, _SAID):
        found = [match["answer"].strip() for match in pattern.finditer(plain)]
        short = [answer for answer in found if 0 < len(answer) <= _LONGEST]
        if short:
            return short[-1]
    if plain and len(plain) <= _LONGEST and "\n" not in plain:
        return plain
    return _last_number(plain)


def _last_boxed(text: str) -> str | None:
    """Return what stands in the last `\\boxed{…}`, whose braces may hold others."""
    start = text.rfind(_BOXED)
    if start < 0:
        return None
    depth, begin = 1, start + len(_BOXED)
    for place in range(begin, min(len(text), begin + 4 * _LONGEST)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return text[begin:place].strip() or None
    return None


def _last_number(text: str) -> str | None:
    for paragraph in reversed(text.split("\n\n")):
        if numbers := _NUMBER.findall(paragraph):
            return str(numbers[-1])
    return None
