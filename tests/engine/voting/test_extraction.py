"""Where the exact answer of a text stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.voting.extraction import exact_answer

LONG = "This takes some time to think about, from more than one side of it. " * 2


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("So it is 3 + 4.\nFinal answer: 7", "7"),
        ("**Final answer:** 7 apples", "7 apples"),
        ("> **Answer**: B", "B"),
        ("Answer: 3\nNo, wait.\nAnswer: 4", "4"),
        ("A: 18", "18"),
        ("2 + 2 = <<2+2=4>>4\n#### 4", "4"),
        (r"Thus \boxed{\frac{1}{2}} is it, and 9 is not.", r"\frac{1}{2}"),
        (r"First \boxed{1}, then \boxed{x^{2}+1}.", "x^{2}+1"),
        ("The answer is 42. I am sure.", "42"),
        ("I think the correct answer is Paris", "Paris"),
        ("Therefore, the final answer = 3/4", "3/4"),
        ("Paris", "Paris"),
        ("It took 3 days.\n\nThen 1,250 more came.", "1,250"),
        ("Eins\n\nzwei", None),
        ("```\nanswer: 5\n```\nThe answer is 6", "6"),
        ("```python\nprint(5)", None),
        ("", None),
        (r"\boxed{never closed", r"\boxed{never closed"),
        ("Answer: " + "word " * 60 + "\n\nso 12", "12"),
        (LONG + "it takes 30 seconds of work", "30 seconds"),
        (LONG + "it costs $5 million in all", "$5 million"),
        (LONG + "that is 5x", "5x"),
        (LONG + "on March 5, 2024.", "March 5, 2024"),
        (LONG + "at 2 p.m. today", "2 p.m."),
        (LONG + "some 5-10 of them", "5-10"),
        (LONG + "it is −5 °C outside", "−5 °C"),
        (LONG + "it goes 5 kilometers per hour then", "5 kilometers per hour"),
        (LONG + "in the end 3 apples", "3"),
    ],
)
def test_it_is_found(text: str, answer: str | None) -> None:
    assert exact_answer(text) == answer


@given(st.text(max_size=300))
def test_any_text_has_one_or_none(text: str) -> None:
    found = exact_answer(text)
    assert found is None or (found and found == found.strip())


@pytest.mark.parametrize(
    "text",
    [
        "**" * 20_000,
        "Answer: " * 20_000,
        "\\boxed{" * 20_000,
        "1," * 50_000,
        "answer" + " " * 50_000,
        "\n" * 90_000,
    ],
)
def test_long_odd_texts_take_no_time(text: str) -> None:
    found = exact_answer(text)
    assert found is None or len(found) <= len(text)
