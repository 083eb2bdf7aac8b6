r"""LaTeX maths → characters: in a line by pylatexenc, on rows of its own by TeXicode.

Neither is trusted: a formula is written by a stranger. What is long, nested, unknown to them, or
comes out without one of its letters is None, and its source is shown.
"""

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import Any

from rich.cells import cell_len

from moa_tui.text import clean

MAX_INLINE = 200
MAX_DISPLAY = 600
MAX_DEPTH = 8
"""Fractions in fractions cost TeXicode the square of their number: this is some milliseconds."""

MAX_ROWS = 24

_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(begin|end)\{[a-z]+\*?\}")
_SIZED = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\.?")
_BINOMIAL = re.compile(r"\\binom\{([^{}]*)\}\{([^{}]*)\}")
_ALIKE = (
    (re.compile(r"\\[dt](?=frac|binom)"), r"\\"),
    (re.compile(r"\\operatorname\*?"), r"\\mathrm"),
    (re.compile(r"\\boxed(?![A-Za-z])"), ""),
    (re.compile("~"), " "),
)
_SCRIPT = re.compile(r"([\^_])(\{((?:[^{}]|\{[^{}]*\})*)\}|\\[A-Za-z]+|[^\s{}\\])")
_PLAIN = re.compile(r"[\w\s()+=,.*'/<>|!:-]*")
_LETTER = re.compile(r"[A-Za-z0-9]")
_RAISED, _LOWERED = "\ue05e", "\ue05f"
_MARKS_BACK = str.maketrans({_RAISED: "^", _LOWERED: "_"})
"""Where no character is a script; LaTeX must not read the marks again."""

_BEGIN, _END = "\ue060", "\ue061"
"""Around a fraction in one row, until it is known what stands beside it."""

_FRACTION = re.compile(
    f"(?P<before>\\S?){_BEGIN}(?P<inner>[^{_BEGIN}{_END}]*){_END}(?P<after> ?\\S?)"
)
_SYMBOL = r"[^\W\d_][⁰¹²³⁴-₟′]*"
_FACTOR = re.compile(rf"√?(?:\d+(?:\.\d+)?|{_SYMBOL})|\([^()]*\)")
"""What may stand below a line in one row without brackets: a number, or one symbol."""


_SUPER = str.maketrans(
    "0123456789+-−=()abcdefghijklmnoprstuvwxyzTαβγδθ′*",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᵅᵝᵞᵟᶿ′*",
)
_SUB = str.maketrans(
    "0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ"
)


def load() -> None:
    """Have the libraries ready: a twelfth of a second, which need not be the event loop's."""
    in_line("x")
    on_rows("x", 1)


@lru_cache(maxsize=1_000)
def in_line(source: str) -> str | None:
    """Return a formula in one row of characters, or None where its source says more."""
    if len(source) > MAX_INLINE or _depth(source) > MAX_DEPTH:
        return None
    return next(filter(None, (convert(source) for convert in (_written_on, _typeset_on_one))), None)


def on_rows(source: str, width: int) -> list[str] | None:
    """Return a formula in two dimensions, at most `width` cells wide, or None."""
    if len(source) > MAX_DISPLAY or _depth(source) > MAX_DEPTH:
        return None
    try:
        rows = _typeset(source)
    except Exception:  # noqa: BLE001 - whatever a stranger's formula does to a stranger's library
        return None
    while rows and not rows[0].strip():
        rows = rows[1:]
    while rows and not rows[-1].strip():
        rows = rows[:-1]
    if not 0 < len(rows) <= MAX_ROWS or max(map(cell_len, rows)) > width:
        return None
    if not _says_all(source, "".join(rows)):
        return None
    indent = min(len(row) - len(row.lstrip()) for row in rows if row.strip())
    return [clean(row[indent:].rstrip()) for row in rows]


def _written_on(source: str) -> str | None:
    try:
        text = _converted(_BINOMIAL.sub(r"C(\1, \2)", _prepared(source)))
    except Exception:  # noqa: BLE001 - whatever a stranger's formula does to a stranger's library
        return None
    text = _with_brackets(" ".join(text.translate(_MARKS_BACK).split()))
    return clean(text) if text and _says_all(source, text) else None


def _typeset_on_one(source: str) -> str | None:
    rows = on_rows(source, MAX_INLINE)
    return rows[0].strip() if rows and len(rows) == 1 else None


def _typeset(source: str) -> list[str]:
    from texicode import arts  # noqa: PLC0415 - most answers have no maths
    from texicode.pipeline import render_tex_rows  # noqa: PLC0415 - likewise

    arts.font = arts.font_normal
    rows: list[str] = render_tex_rows(_prepared(source), debug=False)
    if rows and rows[0].startswith("TeXicode: "):
        raise ValueError(rows[0])
    if "?" in "".join(rows) and "?" not in source:
        raise ValueError("a command that it does not know")
    return rows


def _prepared(source: str) -> str:
    for pattern, instead in _ALIKE:
        source = pattern.sub(instead, source)
    return source


def _converted(text: str) -> str:
    text = _SIZED.sub("", text)
    for _ in range(MAX_DEPTH):
        before, text = text, _SCRIPT.sub(_script, text)
        if text == before:
            break
    return str(_latex().latex_to_text(text))


def _script(match: re.Match[str]) -> str:
    inner = match[3] if match[3] is not None else match[2]
    plain = (inner if _PLAIN.fullmatch(inner) else _converted(inner)).strip()
    raised = match[1] == "^"
    table = _SUPER if raised else _SUB
    # The braces end the name of a command before it.
    if plain and all(ord(sign) in table for sign in plain):
        return "{}" + plain.translate(table)
    mark = _RAISED if raised else _LOWERED
    return "{}" + mark + (f"({plain})" if len(plain) > 1 else plain)


@cache
def _latex() -> Any:
    """Return the converter, which brackets what it puts into one row, and knows what it knows."""
    from pylatexenc import latex2text  # noqa: PLC0415 - most answers have no maths

    macros = [latex2text.MacroTextSpec(name, simplify_repl=_fraction) for name in ("frac", "cfrac")]
    known = latex2text.get_default_latex_context_db()
    known.add_context_category("moa-tui", macros=macros, prepend=True)
    known.set_unknown_macro_spec(latex2text.MacroTextSpec("", simplify_repl=_unknown))
    return latex2text.LatexNodes2Text(
        latex_context=known, math_mode="text", strict_latex_spaces="based-on-source"
    )


def _fraction(node: Any, l2tobj: Any) -> str:
    above, below = (l2tobj.nodelist_to_text([each]).strip() for each in node.nodeargd.argnlist)
    return f"{_BEGIN}{_grouped(above)}/{_factor(below)}{_END}"


def _unknown(node: Any) -> str:
    raise ValueError(node.macroname)


def _grouped(text: str) -> str:
    return text if re.fullmatch(r"√?\w+|\([^()]*\)", text) else f"({text})"


def _factor(text: str) -> str:
    """Return what is below the line: `n σ` beside a slash would be n below, and σ not."""
    bare = text.replace(_BEGIN, "").replace(_END, "")
    return text if _FACTOR.fullmatch(bare) else f"({text})"


def _with_brackets(text: str) -> str:
    """Return `text` with brackets around fractions that something stands right beside."""
    while _BEGIN in text:
        replaced = _FRACTION.sub(_bracketed, text)
        if replaced == text:
            return text.replace(_BEGIN, "").replace(_END, "")
        text = replaced
    return text


def _bracketed(match: re.Match[str]) -> str:
    before, inner, after = match["before"], match["inner"], match["after"]
    beside = before.isalnum() or before in {")", "√"} or _is_beside(after.strip())
    return f"{before}{f'({inner})' if beside else inner}{after}"


def _is_beside(char: str) -> bool:
    return char.isalnum() or char in {"(", "√", "∑", "∫", "∏", "[", "|", "^", "!", _BEGIN}


def _depth(source: str) -> int:
    depth = deepest = 0
    for sign in source:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return max(deepest, source.count(r"\left"), source.count(r"\begin"))


def _says_all(source: str, shown: str) -> bool:
    """Whether every letter and digit of the formula, commands apart, is there, also as a script."""
    bare = _COMMAND.sub(" ", _ENVIRONMENT.sub(" ", source))
    plain = unicodedata.normalize("NFKD", shown)
    wanted, found = Counter(_LETTER.findall(bare)), Counter(_LETTER.findall(plain))
    return wanted <= found
