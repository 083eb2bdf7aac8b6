"""One form for answers that mean the same: `$1,234.50` and `1234.5 dollars` are one vote.

Numbers become exact fractions with what they measure beside them, dates ISO 8601, choices their
letter; everything else is compared without case, quotes, articles and final punctuation. What is in
doubt is not the same: two votes too many cost a question to the aggregator, a false majority costs
the answer.
"""

import re
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from moa_tui.engine.voting.units import CODES, CURRENCIES, TIMES, known_unit, unit_in

_MOST_DIGITS = 60
"""Digits of a number that is computed with; longer ones are compared as text."""

LONGEST = 600
"""Characters beyond which an answer is only compared as it is written."""


class Form(NamedTuple):
    """What is compared of an answer: `value`, empty for nothing at all, and what it measures.

    `unit` may be missing on one side, and not differ (see `says_the_same`).
    """

    value: str
    unit: str = ""


def says_the_same(one: Form, other: Form) -> bool:
    """Whether two answers may be one vote: the same value, and no two different units.

    This is no equivalence: `5` may be `5 g` or `5 mg`, which are not the same (see tally.py).
    """
    same_unit = one.unit == other.unit or not one.unit or not other.unit
    return bool(one.value) and one.value == other.value and same_unit


_LATEX = (
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|operatorname|mbox)\s*\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r"(\1)/(\2)"),
    (re.compile(r"\\[dt]?frac\s*(\d)\s*(\d)"), r"(\1)/(\2)"),
    (re.compile(r"\^\s*\{?\s*\\?(?:circ|degree)\s*\}?|\\degree"), "°"),
    (re.compile(r"(?<=[\w}])~(?=[\\\w])"), " "),
    (re.compile(r"\\times\b|(?<=\d)\s*×(?=\s*10)"), "×"),
    (re.compile(r"\\(?:left|right|displaystyle|quad|qquad|,|;|!|:|\s)"), " "),
    (re.compile(r"\\(?=[%$#&_{}])"), ""),
    (re.compile(r"\\\(|\\\)|\\\[|\\\]"), " "),
)
_PARTS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8"}
_PARTS |= {"⅖": "2/5", "⅗": "3/5", "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅜": "3/8", "⅝": "5/8"}
_PART = re.compile(f"[{''.join(_PARTS)}]")
_QUOTES = "\"'`“”‘’«»*_ \t\n"
_MINUS = re.compile(r"^(?:minus|negative)\s+(?=[\d.$€£])|^[–—]\s*(?=[\d.$€£])")
_SIGN = "|".join(map(re.escape, CURRENCIES))
_MONEY = re.compile(
    rf"(?P<sign>[-+]?)\s*(?P<money>{_SIGN}|\b(?:{CODES.replace(' ', '|')})\b)\s*"
    r"(?P<inner>[-+]?)\s*(?P<rest>[\d.(].*)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\((-?[\d.]{1,40})\)")
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)\s*(?:(?P<whole>\d+)\s+)?(?P<number>\d+(?:\.\d*)?|\.\d+)"
    r"(?:e(?P<exponent>[-+]?\d{1,2})(?![\w.]))?(?:\s*/\s*(?P<below>\d+(?:\.\d+)?))?"
    rf"(?P<thousand>k(?![^\W_]))?(?:[\s-]*(?P<times>{'|'.join(TIMES)})(?![^\W_]))?(?P<unit>.*)",
    re.IGNORECASE | re.DOTALL,
)
_POWERS = re.compile(r"(?<=\d)\s*[×x*]\s*10\s*\^\s*\{?\s*([-+]?\d{1,2})\s*\}?", re.IGNORECASE)
_GROUPED = re.compile(
    r"(?<![\d.,])(?:[1-9]\d{0,2}(?:([,\u00a0\u202f' ])\d{3})(?:\1\d{3})*|[1-9]\d?(?:,\d\d)+,\d{3})"
    r"(?![\d,])"
)
_PER = re.compile(r"\s*/\s*|\s+(?:per|an?)\s+", re.IGNORECASE)
_NAMED = re.compile(r"^[a-z]\w* ?= ?(?=[-+\d.$€£])", re.IGNORECASE)
_CHOICE = re.compile(
    r"(?:option|choice|answer)?\s*\(?(?P<closed>[a-h])\)(?:\s.*)?"
    r"|(?P<dotted>[a-h])[.:](?:\s(?P<rest>.*))?"
    r"|(?:(?:option|choice|answer)\s+)?(?P<bare>[a-h])",
    re.DOTALL,
)
_ARTICLE = re.compile(r"^(?:the|an?|it is|it's|that is)\s+")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?(?::00)?\s*(?P<half>[ap])\.?\s?m\b\.?"
    r"|(?P<plain>[01]?\d|2[0-3]):(?P<past>[0-5]\d)(?::00)?"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("january jan", "february feb", "march mar", "april apr", "may", "june jun"),
            *("july jul", "august aug", "september sep sept", "october oct"),
            *("november nov", "december dec"),
        ),
        start=1,
    )
    for name in names.split()
}
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]+)\.?(?:,? (\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_LEAP = 2000


def normal_form(answer: str) -> Form:
    """Return the form by which `answer` is compared with others."""
    if len(answer) > LONGEST:
        return Form(" ".join(answer.split()).casefold())
    text = answer
    for pattern, plain in _LATEX:
        text = pattern.sub(plain, text)
    text = re.sub(r"\s+", " ", text.replace("−", "-").replace("\u2044", "/"))
    text = text.strip(_QUOTES).rstrip(".!,;").strip(_QUOTES)
    if len(text) > 2 and text[0] == text[-1] == "$":
        text = text[1:-1].strip(_QUOTES)  # maths, not money
    folded = text.casefold()
    if choice := _CHOICE.fullmatch(folded):
        letter = choice["closed"] or choice["dotted"] or choice["bare"]
        return Form(letter, _words(choice["rest"] or ""))
    return _date(folded) or _clock(folded) or _number(text) or Form(_words(folded))


def _number(text: str) -> Form | None:
    """Read a number and its unit; the case of units counts: `mW` is no `MW`."""
    text = _NAMED.sub("", _MINUS.sub("-", text))
    if len(text) > 2 * _MOST_DIGITS:
        return None
    money = ""
    if found := _MONEY.fullmatch(text):
        money = known_unit(found["money"]) or found["money"]
        text = f"{found['sign'] or found['inner']}{found['rest']}"
    text = _GROUPED.sub(lambda group: re.sub(r"\D", "", group[0]), _BRACKETS.sub(r"\1", text))
    text = _POWERS.sub(r"e\1", _PART.sub(lambda part: f" {_PARTS[part[0]]}", text)).strip()
    match = _NUMBER.fullmatch(text)
    if not match or len(text.removesuffix(match["unit"])) > _MOST_DIGITS:
        return None
    unit, value = match["unit"], _value(match)
    if money and (large := re.match(r"\s?[KMB](?![^\W_])", unit)):
        value = value and value * {"K": 10**3, "M": 10**6, "B": 10**9}[large[0].strip()]
        unit = unit[large.end() :]
    elif money and re.match(r"m(?![^\W_])", unit):
        value, unit = value and value * 10**6, unit[1:]
    elif unit[:1] in {"K", "M", "B", "T"} and not unit[1:2].isalpha():
        return None  # thousands, or kelvin: whoever writes it so means one of them
    name = _measured(money, unit)
    if value is None or name is None:
        return None
    return Form(str(-value if match["sign"] == "-" else value), name)


def _measured(money: str, rest: str) -> str | None:
    """Return the unit of a number that has `money` before it and `rest` after it."""
    if money and (per := _PER.match(rest)):
        name = unit_in(rest[per.end() :])
        return f"{money}/{name}" if name else None
    name = unit_in(rest)
    # `$5 USD` says it twice, `£3 each` says more.
    if not money or name is None:
        return name
    if not name or name == money or (money in {"$", "¥"} and name.endswith(money)):
        return name or money
    return f"{money} {name}"


def _value(match: re.Match[str]) -> Fraction | None:
    value = Fraction(match["number"].rstrip(".") or "0")
    if match["exponent"]:
        value *= Fraction(10) ** int(match["exponent"])
    if match["below"]:
        below = Fraction(match["below"])
        if not below:
            return None
        value /= below
    if match["whole"]:
        if not match["below"]:
            return None  # two numbers, one after the other
        value += int(match["whole"])
    if match["thousand"]:
        value *= 1000
    return value * TIMES.get((match["times"] or "").casefold(), 1)


def _date(text: str) -> Form | None:
    day = None
    if iso := _ISO.fullmatch(text):
        day = _day(*map(int, iso.groups()))
    elif found := _DAY_FIRST.fullmatch(text):
        day = _day(int(found[3] or 0), _MONTHS.get(found[2], 0), int(found[1]))
    elif found := _MONTH_FIRST.fullmatch(text):
        day = _day(int(found[3] or 0), _MONTHS.get(found[1], 0), int(found[2]))
    return Form(day) if day else None


def _day(year: int, month: int, day: int) -> str | None:
    """Return a day in ISO 8601; without its year where that is 0."""
    try:
        found = date(year or _LEAP, month, day).isoformat()
    except ValueError:
        return None
    return found if year else f"-{found[4:]}"


def _clock(text: str) -> Form | None:
    """Read a time of day: `2 pm` is `14:00`, and `2:00` may be either half of the day."""
    found = _CLOCK.fullmatch(text.removesuffix("o'clock").strip())
    if not found:
        return None
    hour, minute = int(found["hour"] or found["plain"]), found["minute"] or found["past"] or "00"
    half = f"{found['half']}m" if found["half"] else ""
    if found["plain"]:
        half = "pm" if hour > 12 else "am" if hour == 0 else ""
    elif not 1 <= hour <= 12:
        return None
    return Form(f"{hour % 12 or 12}:{minute}", half)


def _words(text: str) -> str:
    return _ARTICLE.sub("", text).strip(_QUOTES + "$")
