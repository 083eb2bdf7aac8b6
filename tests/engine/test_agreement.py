"""What answers agree and differ on, by their words."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from moa_tui.engine.agreement import MOST_SENTENCES, agreement, sentences_of

ADA = "The sky is blue because air scatters short wavelengths. Sunsets are red."
BOB = "Air scatters short wavelengths more, so the sky is blue. Clouds are white and thick."
CYD = "- **Short wavelengths**: the air scatters them, the sky is blue.\n- Violet is there too."


def test_what_most_say_is_shared_and_what_one_says_is_its_own() -> None:
    found = agreement([("ada", ADA), ("bob", BOB), ("cyd", CYD)])
    (shared,) = found.shared
    assert shared.text.startswith("The sky is blue because")
    assert shared.by == (0, 1, 2)
    own = {statement.text: statement.by for statement in found.alone}
    assert own["Clouds are white and thick."] == (1,)
    assert own["Violet is there too."] == (2,)


def test_equal_answers_are_alike_and_strangers_are_not() -> None:
    same, other = "One two three four. Five six seven.", "Lorem ipsum dolor. Sit amet elit."
    matrix = agreement([("a", same), ("b", same), ("c", other)]).matrix
    assert matrix[0][1] > 0.999
    assert matrix[0][2] == 0
    assert matrix[0][0] > 0.999


def test_code_and_marks_are_no_sentences() -> None:
    text = "# Title here\n\n```py\nx = 1. y = 2.\n```\n1. First point.\n2. Pi is 3.14 here."
    text += "\n\n你好吗。很好。"
    assert [sentence for sentence, _ in sentences_of(text)] == [
        "Title here",
        "First point.",
        "Pi is 3.14 here.",
        "你好吗。",
        "很好。",
    ]


def test_tables_formulas_and_every_fence_are_no_sentences() -> None:
    text = """~~~
code = 1. More code here.
~~~
| a | b | c |
|---|---|---|
| one two three | four | five |
The sum $\\sum_{i=1}^n i$ grows. It costs $5 and $6 today.
$$
\\int x dx
$$
\\[ a^2 + b^2 \\]
````
```
not prose here at all
````
> 1. A quoted point. \\(x^2\\) is left out"""
    assert [sentence for sentence, _ in sentences_of(text)] == [
        "The sum … grows.",
        "It costs $5 and $6 today.",
        "A quoted point.",
        "… is left out",
    ]


def test_work_is_bounded_and_what_was_left_out_is_told() -> None:
    draw = random.Random(5)
    words = [f"word{n}" for n in range(3000)]
    texts = [" ".join(f"{' '.join(draw.sample(words, 8))}." for _ in range(500)) for _ in range(8)]
    found = agreement([(str(n), text) for n, text in enumerate(texts)])
    assert (found.sentences, found.compared) == (4000, MOST_SENTENCES)


@settings(max_examples=50)
@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_texts_can_be_compared(texts: list[str]) -> None:
    found = agreement([(str(n), text) for n, text in enumerate(texts)])
    assert len(found.matrix) == len(texts)
    for row, line in enumerate(found.matrix):
        assert all(0 <= value <= 1 for value in line)
        assert all(abs(value - found.matrix[n][row]) < 1e-9 for n, value in enumerate(line))
    assert all(len(statement.by) == 1 for statement in found.alone)
    assert all(len(statement.by) > 1 for statement in found.shared)
