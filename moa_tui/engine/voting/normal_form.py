"""One form for answers that mean the same: `$1,234.50` and `1234.5 dollars` are one vote.

Numbers become exact fractions, dates ISO 8601, choices their letter; everything else is compared
without case, quotes, articles and final punctuation.
"""

import re
from datetime import date
from fractions import Fraction

_MOST_DIGITS = 60
"""Digits of a number that is computed with; longer ones are compared as text."""

_LATEX = (
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|operatorname|mbox)\s*\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r"(\1)/(\2)"),
    (re.compile(r"\\[dt]?frac\s*(\d)\s*(\d)"), r"(\1)/(\2)"),
    (re.compile(r"\^\s*\{?\s*\\?(?:circ|degree)\s*\}?"), ""),
    (re.compile(r"\\(?:left|right|displaystyle|quad|qquad|,|;|!|:|\s)"), " "),
    (re.compile(r"\\(?=[%$#&_{}])"), ""),
    (re.compile(r"\\\(|\\\)|\\\[|\\\]"), " "),
)
_QUOTES = "\"'`“”‘’«»*_ \t\n"
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)(?:(?P<whole>\d+)\s+)?(?P<number>\d+(?:\.\d*)?|\.\d+)"
    r"(?:e(?P<exponent>[-+]?\d{1,2}))?(?:\s*/\s*(?P<below>\d+(?:\.\d+)?))?"
    r"(?:\s*(?P<times>thousand|million|billion|trillion))?(?P<unit>\s*%|\s*[a-z°²³/. -]*)"
)
_TIMES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_CURRENCY = re.compile(r"(?:us|usd|eur|gbp)?\s*[$€£¥]\s*|\b(?:usd|eur|gbp)\s+(?=[\d.])")
_GROUPED = re.compile(r"(?<=\d)[,\u00a0\u202f' ](?=\d{3}(?!\d))")
_CHOICE = re.compile(
    r"(?:option|choice|answer)?\s*\(?([a-h])\)(?:\s.*)?|([a-h])[.:](?:\s.*)?"
    r"|(?:(?:option|choice|answer)\s+)?([a-h])"
)
_ARTICLE = re.compile(r"^(?:the|an?|it is|it's|that is)\s+")
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
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]+)\.?,? (\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")


def normal_form(answer: str) -> str:
    """Return the form by which `answer` is compared with others; empty for nothing at all."""
    text = answer
    for pattern, plain in _LATEX:
        text = pattern.sub(plain, text)
    text = re.sub(r"\s+", " ", text.replace("−", "-").replace("\u2044", "/"))
    text = text.strip(_QUOTES).rstrip(".!,;").strip(_QUOTES).casefold()
    if choice := _CHOICE.fullmatch(text):
        return next(letter for letter in choice.groups() if letter)
    return _date(text) or _number(text) or _words(text)


def _number(text: str) -> str | None:
    text = _CURRENCY.sub("", text.strip("$ ")).strip()
    text = re.sub(r"[()]", "", _GROUPED.sub("", text)) if len(text) <= 2 * _MOST_DIGITS else text
    # "x = 4" is 4; an equation with more than a name on its left is no number.
    text = re.sub(r"^[a-z]\w* ?= ?", "", text)
    match = _NUMBER.fullmatch(text)
    if not match or len(text) > _MOST_DIGITS:
        return None
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
    value *= _TIMES.get(match["times"] or "", 1)
    return str(-value if match["sign"] == "-" else value)


def _date(text: str) -> str | None:
    if iso := _ISO.fullmatch(text):
        return _day(*map(int, iso.groups()))
    if found := _DAY_FIRST.fullmatch(text):
        return _day(int(found[3]), _MONTHS.get(found[2], 0), int(found[1]))
    if found := _MONTH_FIRST.fullmatch(text):
        return _day(int(found[3]), _MONTHS.get(found[1], 0), int(found[2]))
    return None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _words(text: str) -> str:
    return _ARTICLE.sub("", text).strip(_QUOTES + "$")
