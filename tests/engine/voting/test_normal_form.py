"""Which answers are one vote, and which are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.voting.normal_form import normal_form

SAME = [
    ("1234.5", "$1,234.50", "1 234.5 dollars", "1234.5.", "1.2345e3", "USD 1,234.5", "€1,234.5"),
    ("42", " **42** ", "42 apples", "x = 42", "42.0", "$42$", r"\(42\)", "'42'", "+42", "42 km/h"),
    ("3/4", "0.75", r"\frac{3}{4}", r"\dfrac34", "(3)/(4)", ".75", r"\tfrac{6}{8}"),
    ("-1/2", "-0.5", "−0.5"),
    ("1 1/2", "1.5", "3/2"),
    ("2 million", "2,000,000", "2e6"),
    ("b", "(B)", "B)", "B. Paris", "option B", "Option (b) because"),
    ("2024-03-05", "March 5, 2024", "5 March 2024", "5th of March 2024", "2024/3/5", "Mar 5 2024"),
    ("paris", "Paris.", "“Paris”", r"\text{Paris}", "PARIS"),
    ("moon", "the Moon", "The moon!"),
    ("yes", "Yes.", "YES"),
    ("50%", "50", r"50\%", "50 percent"),
    ("90", r"90^\circ", "90°", "90 degrees"),
]


@pytest.mark.parametrize("forms", SAME, ids=lambda forms: forms[0])
def test_one_vote(forms: tuple[str, ...]) -> None:
    assert {form: normal_form(form) for form in forms} == dict.fromkeys(
        forms, normal_form(forms[0])
    )


def test_the_others_are_others() -> None:
    assert len({normal_form(forms[0]) for forms in SAME}) == len(SAME)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12", "21"),
        ("3/4", "4/3"),
        ("-5", "5"),
        ("x+1", "x-1"),
        ("1/0", "0"),
        ("3 4", "34"),
        ("2024-02-30", "2024-03-01"),
        ("9" * 100, "9" * 101),
        ("apple pie", "apple"),
        ("2 and 3", "2"),
    ],
)
def test_two_votes(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


@given(st.fractions(max_denominator=1000))
def test_a_number_is_one_however_it_is_written(value: object) -> None:
    assert (
        normal_form(str(value))
        == normal_form(f"${value}$.")
        == normal_form(normal_form(str(value)))
    )


@given(st.text(max_size=200))
def test_every_text_has_a_form(text: str) -> None:
    assert isinstance(normal_form(text), str)
