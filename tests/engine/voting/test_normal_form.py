"""Which answers are one vote, and which are not."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.voting.normal_form import Form, normal_form, says_the_same
from moa_tui.engine.voting.units import known_unit, unit_in

SAME = [
    (
        "1234.5",
        "$1,234.50",
        "USD 1,234.5",
        "1 234.5 dollars",
        "1234.5.",
        "1.2345e3",
        "US$1234.5",
        "1,234.50 USD",
    ),
    ("42", " **42** ", "42 apples", "x = 42", "42.0", "$42$", r"\(42\)", "'42'", "+42"),
    ("3/4", "0.75", r"\frac{3}{4}", r"\dfrac34", "(3)/(4)", ".75", r"\tfrac{6}{8}", "¾"),
    ("1 1/2", "1.5", "3/2", "1½"),
    ("2 million", "2,000,000", "2e6", "2x10^6", r"2\times 10^{6}"),
    ("b", "(B)", "B)", "B. Paris", "option B", "Option (b) because"),
    ("2024-03-05", "March 5, 2024", "5 March 2024", "5th of March 2024", "2024/3/5", "Mar 5 2024"),
    ("50%", "50", r"50\%", "50 percent", "50 per cent", "50 %", "50 pct."),
    ("90", r"90^\circ", "90°", "90 degrees"),
    ("30 min", "30 minutes", "30mins", "30 Minutes", "30 minutes in total"),
    ("5 mg", "5mg", "5 milligrams", "5 MG", r"5\,\text{mg}", r"5~\mathrm{mg}"),
    ("€5", "5 euros", "5€", "EUR 5", "5 EUR", "€5.00"),
    (
        "10 °C",
        "10°C",
        "10 degrees Celsius",
        "10 celsius",
        r"10^\circ C",
        r"10^{\circ}\text{C}",
        "10 C",
    ),
    ("60 km/h", "60 kph", "60 km per hour", "60 kilometers per hour"),
    (
        "5 m²",
        "5 square meters",
        "5 m^2",
        "5 sq m",
        "5 square metres",
        "5 meters squared",
        r"5\ \text{m}^2",
    ),
    ("$15/hour", "$15 per hour", "15 dollars per hour", "15 dollars an hour", "$15 an hour"),
    ("$5 million", "$5M", "5 million dollars", "$5,000,000", "USD 5m"),
    ("2 pm", "2 p.m.", "2:00 PM", "14:00", "2:00"),
    ("-5", "−5", "minus 5", "negative 5"),
    ("-$5", "$-5"),
    ("5k", "5000", "5 thousand", "5,000"),
    ("24", "2 dozen", "two dozen"[:0] or "24.0"),
    ("5 kg", "5 kilograms", "5 kilos", "5kg"),
    ("5 people", "5 persons"),
    ("16 GB", "16GB", "16 gigabytes"),
    ("5 ft", "5 feet", "5 foot"),
    ("44 BC", "44 BCE", "44 B.C."),
    ("100,000", "1,00,000", "100000"),
    ("42 km/h", "42", "42 kmh"),
    ("paris", "Paris.", "“Paris”", r"\text{Paris}", "PARIS"),
    ("moon", "the Moon", "The moon!"),
    ("yes", "Yes.", "YES"),
    ("250 µs", "250 μs", "250 microseconds"),
    ("3.5 kWh", "3.5 kilowatt-hours", "3.5kWh"),
    ("7 red apples", "7 red apple"),
]
DIFFERENT = [
    ("30 seconds", "30 minutes"),
    ("5 mg", "5 g"),
    ("$5", "€5"),
    ("3 km", "3 miles"),
    ("10 °C", "10 °F"),
    ("5k", "5"),
    ("5K", "5"),
    ("2 a.m.", "2 p.m."),
    ("2 am", "2 pm"),
    ("1/2", "2"),
    ("-5", "5"),
    ("5-10", "5"),
    ("5–10", "5"),
    ("5 to 10", "5"),
    ("not 5", "5"),
    ("1,234", "1.234"),
    ("0,234", "234"),
    ("5 mW", "5 MW"),
    ("5 Mb", "5 MB"),
    ("5x", "5"),
    ("3x", "3"),
    ("5i", "5"),
    ("2π", "2"),
    ("2pi", "2"),
    ("5²", "5"),
    ("5^2", "5"),
    ("5!", "6"),
    ("5 squared", "5"),
    ("5 m", "5 m²"),
    ("5 m^2", "5 m^3"),
    ("$5", "¢5"),
    ("5 cents", "5 dollars"),
    ("$5", "A$5"),
    ("5 dollars", "5 euros"),
    ("5 hundred", "5"),
    ("5 or 6", "5"),
    ("at least 5", "5"),
    ("5 apples", "5 pears"),
    ("5 March", "5 May"),
    ("March 5", "5"),
    ("5 March 2024", "2024"),
    ("C. elegans", "C. difficile"),
    ("5 million", "5 billion"),
    ("$5M", "$5B"),
    ("$5 per hour", "$5 per day"),
    ("60 km/h", "60 mph"),
    ("5 degrees north", "5 degrees south"),
    ("44 BC", "44 AD"),
    ("1:30", "130"),
    ("5.5", "55"),
    ("3:00 am", "3:00 pm"),
    ("5 kg", "5 lb"),
    ("5%", "5‰"),
    ("5 ns", "5 ms"),
    ("5 µs", "5 ms"),
    ("12345,678", "12345678"),
    ("5 below zero", "5"),
    ("5 Tausend", "5"),
    ("5 Millionen", "5"),
    ("5万", "5"),
    ("5 Dutzend", "5"),
    ("1/0", "0"),
    ("3 4", "34"),
    ("5 half", "5"),
    ("5 tenths", "5"),
    ("9" * 100, "9" * 101),
    ("5 C", "5 F"),
    ("5 and a half", "5"),
    ("5 x 3", "5"),
    ("5*3", "5"),
    ("5:1", "5"),
    ("5/6/2024", "5/6"),
    ("~5", "5"),
    ("<5", "5"),
    (">5", "<5"),
    ("5+", "5"),
    ("5±1", "5"),
    ("5e", "5"),
    ("5 + 3i", "5"),
    ("5th", "5"),
    ("1.2.3", "1.2"),
    ("3 km", "3 km/h"),
    ("5 dozen", "5"),
    ("£5", "5 lb"),
    ("5 mod 7", "5"),
    ("5 factorial", "5"),
    ("5-", "5"),
    ("5 years", "5 months"),
    ("5 Hz", "5 kHz"),
    ("5 mm", "5 cm"),
    ("1.234,56", "1.234"),
    ("no", "yes"),
    ("5 thousand", "5 million"),
    ("10 oz", "10 fl oz"),
    ("5 L", "5 mL"),
    ("$1,234", "$1.234"),
]


@pytest.mark.parametrize("forms", SAME, ids=lambda forms: forms[0])
def test_one_vote(forms: tuple[str, ...]) -> None:
    apart = [
        (one, other)
        for one, other in itertools.combinations(forms, 2)
        if not says_the_same(normal_form(one), normal_form(other))
    ]
    assert apart == []


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids="|".join)
def test_two_votes(one: str, other: str) -> None:
    assert not says_the_same(normal_form(one), normal_form(other))


UNITS = [
    *("seconds", "min", "hours", "mg", "g", "kg", "lb", "km", "miles", "m", "m²", "°C", "°F", "K"),
    *("%", "‰", "$", "€", "£", "yen", "MB", "Mb", "kB", "mW", "MW", "am", "pm", "km/h", "mph"),
    *("dollars per hour", "euros per hour", "apples", "pears", "red apples", "BC", "AD"),
]


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.integers(1, 10**6))
def test_two_units_are_never_one_vote(one: str, other: str, number: int) -> None:
    forms = normal_form(f"{number} {one}"), normal_form(f"{number} {other}")
    assert says_the_same(*forms) == (one == other)


@given(st.sampled_from(UNITS), st.integers(-(10**6), 10**6))
def test_the_unit_may_be_missing(unit: str, number: int) -> None:
    if unit not in {"am", "pm"}:  # a time of day is no number
        assert says_the_same(normal_form(f"{number} {unit}"), normal_form(str(number)))


@given(st.text(max_size=60), st.text(max_size=60))
def test_it_is_the_same_both_ways(one: str, other: str) -> None:
    forms = normal_form(one), normal_form(other)
    assert says_the_same(*forms) == says_the_same(*reversed(forms))
    assert says_the_same(forms[0], forms[0]) == bool(forms[0].value)


@given(st.fractions(max_denominator=1000))
def test_a_number_is_one_however_it_is_written(value: object) -> None:
    assert normal_form(str(value)) == normal_form(f"${value}$.") == Form(str(value))


@given(st.text(max_size=700))
def test_every_text_has_a_form(text: str) -> None:
    assert isinstance(normal_form(text).value, str)
    unit_in(text)
    known_unit(text)


@pytest.mark.parametrize("answer", ["\\frac" * 20_000, "1 " * 50_000, "$" * 99_999, "(" * 50_000])
def test_a_long_answer_is_compared_as_it_is(answer: str) -> None:
    assert normal_form(answer).unit == ""
