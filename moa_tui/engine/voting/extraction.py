"""The exact answer in a text: what it says its answer is, not what it says on the way there.

Markers follow the habits of graded data sets: `\\boxed{}` (MATH), `#### 42` and `A: 42` (GSM8K),
"the answer is" (chain-of-thought prompts), and the line that our own instruction asks for.
"""

import re

from moa_tui.engine.voting.units import CODES, CURRENCIES, TIMES, known_unit, unit_in

MOST_CHARACTERS = 200_000
"""Of a longer text only the end is looked at: there the answer is."""

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
_BLANKS = re.compile(r"[ \t]{2,}")
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:/\d+)?(?!,?\d)"
_MONEY = "|".join((*map(re.escape, CURRENCIES), *CODES.split()))
_MONTH = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    "|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
_FOLLOWING = r"""[^\s\d,;:()\[\]{}|"'.!?]{1,24}"""
_NUMBER = re.compile(
    rf"""(?<![\w.])(?<!\d,)(?:
    \d{{4}}-\d\d?-\d\d? | (?:{_MONTH})\.?[ ]\d\d?(?:,?[ ]\d{{4}})?
    | \d\d?(?:st|nd|rd|th)?[ ](?:{_MONTH})\b\.?(?:,?[ ]\d{{4}})?
    | \d\d?(?:[:.]\d\d)?[ ]?[ap]\.?m\b\.? | \d\d?:\d\d
    | (?P<money>{_MONEY})?[ ]?[-+−]?{_DIGITS}(?:[ ]?(?:[-–]|to)[ ]?{_DIGITS})?
      (?P<after>[ ]?{_FOLLOWING}(?:[ ]{_FOLLOWING}){{0,3}})?
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_BOXED = "\\boxed{"


def exact_answer(text: str) -> str | None:
    """Return the answer that `text` comes to, as written there; None where there is none.

    The last one counts: a text may change its mind. Code is not looked at. A text without any
    mark counts whole if it is short, else by the last number of its last paragraph that has one.
    """
    # Blanks say nothing here, and many of them in a row cost the patterns below their square.
    text = _BLANKS.sub(" ", _FENCE.sub("\n", text[-MOST_CHARACTERS:])).strip()
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
    """Return the last number of the last paragraph that has one, with the unit it is given."""
    for paragraph in reversed(text.split("\n\n")):
        found = None
        for found in _NUMBER.finditer(paragraph):  # noqa: B007 - the last one is wanted
            pass
        if found:
            after = found["after"] or ""
            return found[0].removesuffix(after).strip() + _unit_at_start(after)
    return None


def _unit_at_start(words: str) -> str:
    """Return what of `words`, which follow a number, belongs to it: a known unit, or part of it."""
    parts = words.split(" ")
    for count in range(len(parts), 0, -1):
        start = " ".join(parts[:count])
        last = parts[count - 1].casefold()
        if last in TIMES or (unit_in(start) and known_unit(parts[count - 1])):
            return start
    # What is no unit, nor a word apart, changes the number: `5x`, `5π`.
    return parts[0] if words[:1] != " " else ""
