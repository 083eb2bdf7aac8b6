r"""Maths in answers: shown as maths, money left alone, and the source wherever that says more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.ui.text import maths
from tests.ui.text.looks import lines

IN_LINE = {
    r"x^2 + y_1": "x² + y₁",
    r"e^{i\pi}": "e^(iπ)",
    r"\frac{a+1}{b}": "(a+1)/b",
    r"\frac{a}{b}": "a/b",
    r"\sum_{i=1}^n x_i": "∑ᵢ₌₁ⁿ xᵢ",
    r"x_{ij}^T": "xᵢⱼᵀ",
    r"a_{b_{c}}": "a_(b_c)",
    r"\left(x\right)": "(x)",
    r"\binom{n}{k}": "C(n, k)",
    r"\operatorname{softmax}(z)_i": "softmax(z)ᵢ",
    r"\sqrt[3]{x}": "³√x̅",
    r"W_Q": "W_Q",
}


@pytest.mark.parametrize(("source", "shown"), IN_LINE.items())
def test_in_a_line(source: str, shown: str) -> None:
    assert lines(f"so ${source}$ is", 80) == [f"so {shown} is"]
    assert lines(rf"so \({source}\) is", 80) == [f"so {shown} is"]


MONEY = (
    "between $5 and $6",
    "$5-$6 or $5–$6, from $1k",
    "US$5 or CA$6 or A$ 7",
    "$100 + $200 = $300",
    "$HOME/bin:$PATH and $x",
    "a pid is $$ and $$ again",
    "costs $5. Not CA$, no",
    r"brackets \(optional\) and \[c\]",
    "it is $5 (about $4)",
    r"escaped \$5 and \$6",
)


@pytest.mark.parametrize("text", MONEY)
def test_money_and_shells_stay_text(text: str) -> None:
    assert lines(text, 80) == [text]


def test_on_rows_of_its_own_also_in_a_paragraph_and_in_a_list() -> None:
    fraction = ["    a", "  ╶───╴", "   b+1"]
    for source in (r"$$\frac{a}{b+1}$$", "\\[\n\\frac{a}{b+1}\n\\]"):
        assert lines(f"So:\n{source}\nand", 80) == ["So:", "", *fraction, "", "and"]
        inside = source.replace("\n", "\n  ")
        assert lines(f"- So:\n  {inside}", 80)[-3:] == [f"  {row}" for row in fraction]


@pytest.mark.parametrize(
    "source",
    [
        r"$$x = \nosuchcommand{y}$$",
        "$$\n\\frac{a}{\n$$",
        "$$never closed\n\nno",
        r"\[also not",
        r"$$" + "+x" * 400 + "$$",
        r"$$" + r"\sqrt{" * 9 + "x" + "}" * 9 + "$$",
    ],
)
def test_what_cannot_be_shown_stays_as_it_was_written(source: str) -> None:
    shown = "".join(lines(source, 2_000)).replace("\n", "")
    assert shown.lstrip("\\") == source.replace("\n", "").lstrip("\\")


def test_what_is_too_wide_stays_as_it_was_written() -> None:
    source = r"x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}"
    assert len(lines(f"$${source}$$", 40)) == 4
    assert "".join(lines(f"$${source}$$", 14)).replace(" ", "") == f"$${source}$$".replace(" ", "")


def test_a_letter_that_a_library_loses_is_not_lost() -> None:
    # TeXicode 1.0.5 drops the T of this one.
    assert lines("$$x_{ij}^T$$", 40) == ["$$x_{ij}^T$$"]


def test_code_is_no_maths() -> None:
    assert lines("`$x^2$` and\n\n```\n$$x^2$$\n```", 40) == ["$x^2$ and", "", " $$x^2$$"]


_PIECES = (
    *("x", "y1", "^", "_", "{", "}", "\\", r"\frac", r"\sqrt", r"\left(", r"\right)", r"\sum", " "),
    *(
        r"\begin{pmatrix}",
        r"\end{pmatrix}",
        "&",
        r"\\",
        r"\text{ab}",
        "好",
        "\u0301",
        "'",
        "%",
        "#",
    ),
    *("$", r"\char27", r"\symbol{27}", "^^[", r"\input{/etc/passwd}", r"\hat", "~", "\x07"),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join))
def test_a_stranger_s_formula_breaks_nothing_and_loses_no_letter(source: str) -> None:
    for shown in (maths.in_line(source), "\n".join(maths.on_rows(source, 60) or ())):
        assert shown is None or all(sign.isprintable() or sign == "\n" for sign in shown)
        assert not shown or shown.count("y") + shown.count("ʸ") >= source.count("y1")


@pytest.mark.parametrize(
    "source", ["{" * 25_000 + "}" * 25_000, r"\frac{" * 8_000 + "}{}" * 8_000, "x^" * 25_000]
)
def test_what_would_take_long_is_not_begun(source: str) -> None:
    maths.load()
    converted: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(maths, "_converted", converted.append)
        patched.setattr(maths, "_typeset", converted.append)
        assert maths.in_line(source) is None
        assert maths.on_rows(source, 100) is None
    assert converted == []
