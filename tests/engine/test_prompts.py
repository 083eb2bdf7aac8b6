"""Prompts: what is sent to whom, to the letter."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.prompts import (
    CHARS_PER_TOKEN,
    Exchange,
    Reference,
    aggregating_messages,
    cut,
    question_messages,
    refining_messages,
    shuffled,
)
from moa_tui.engine.provider import Message
from moa_tui.roster.model import Prompts
from tests.engine.scripted import agent

MARK = " […]"
REFERENCES = [Reference("Ada", "Because it is."), Reference("Bob", "Because it\nwas.")]
PAST = (Exchange("Who?", "Me."), Exchange("Where?", "Here."))
ROLES = [
    pytest.param(refining_messages, id="refining"),
    pytest.param(aggregating_messages, id="aggregating"),
]


@pytest.mark.parametrize("system_prompt", ["", "Be brief."])
@pytest.mark.parametrize("past", [(), PAST[:1], PAST])
@pytest.mark.parametrize("make", ["question", "refining", "aggregating"])
def test_messages_are_system_then_conversation_then_question(
    make: str, past: tuple[Exchange, ...], system_prompt: str
) -> None:
    asked = agent("m", system_prompt=system_prompt)
    match make:
        case "question":
            messages = question_messages(asked, "Why?", past)
        case "refining":
            messages = refining_messages(asked, "Why?", REFERENCES, past)
        case _:
            messages = aggregating_messages(asked, "Why?", REFERENCES, past)
    expected = [Message("system", system_prompt)] if system_prompt else []
    for exchange in past:
        expected += [Message("user", exchange.question), Message("assistant", exchange.answer)]
    assert list(messages[:-1]) == expected
    assert messages[-1].role == "user"
    assert "Why?" in messages[-1].content


@pytest.mark.parametrize("question", ["Why?", "", "{references}", "a {question} b", "{x} {} %s"])
def test_a_question_is_sent_as_it_is(question: str) -> None:
    assert question_messages(agent("m"), question) == (Message("user", question),)


@pytest.mark.parametrize("prompts", [Prompts(), Prompts(proposer="", aggregator="")])
def test_own_templates_carry_question_and_numbered_references(prompts: Prompts) -> None:
    numbered = "Answer 1:\nBecause it is.\n\nAnswer 2:\nBecause it\nwas."
    refining = refining_messages(agent("m"), "Why?", REFERENCES, (), prompts)[-1].content
    aggregating = aggregating_messages(agent("m"), "Why?", REFERENCES, (), prompts)[-1].content
    assert refining.startswith("Why?\n\n")
    assert refining.endswith(numbered)
    assert aggregating.endswith(f"{numbered}\n\nQuestion:\nWhy?")
    for prompt in (refining, aggregating):
        assert not re.search(r"\{\w+\}", prompt)
        assert not re.search("Ada|Bob", prompt)


def test_templates_of_the_roster_come_first() -> None:
    prompts = Prompts(proposer="P {question} {references}", aggregator="A {references}{question}")
    one = REFERENCES[:1]
    refining = refining_messages(agent("m"), "Why?", one, (), prompts)
    aggregating = aggregating_messages(agent("m"), "Why?", one, (), prompts)
    assert refining == (Message("user", "P Why? Answer 1:\nBecause it is."),)
    assert aggregating == (Message("user", "A Answer 1:\nBecause it is.Why?"),)


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{question}{question}", "{references}{references}"),
        ("{references}/{question}", "Answer 1:\n{question} {references}/{references}"),
        ("{other} {question}", "{other} {references}"),
        ("{{question}}", "{{references}}"),
        ("{ question }", "{ question }"),
        ("no place", "no place"),
        ("{0} %s $question {question!r}", "{0} %s $question {question!r}"),
    ],
)
def test_all_places_are_filled_at_once(template: str, filled: str) -> None:
    """A placeholder inside a question or an answer is their own text."""
    references = [Reference("Ada", "{question} {references}")]
    prompts = Prompts(proposer=template, aggregator=template)
    for make in (refining_messages, aggregating_messages):
        (message,) = make(agent("m"), "{references}", references, (), prompts)
        assert message.content == filled


@given(st.text(), st.lists(st.text(), max_size=4))
def test_whatever_is_in_them_question_and_answers_are_sent_whole(
    question: str, texts: list[str]
) -> None:
    references = [Reference("Ada", text) for text in texts]
    prompts = Prompts(aggregator="{references}<>{question}")
    (message,) = aggregating_messages(agent("m"), question, references, (), prompts)
    numbered = "\n\n".join(f"Answer {i}:\n{text}" for i, text in enumerate(texts, 1))
    assert message.content == f"{numbered}<>{question}"


@given(st.lists(st.text(max_size=3), max_size=12), st.integers(0, 2**32))
def test_shuffled_is_a_permutation_of_the_seed(texts: list[str], seed: int) -> None:
    references = [Reference(f"a{i}", text) for i, text in enumerate(texts)]
    before = list(references)
    order = shuffled(references, seed)
    assert sorted(order, key=lambda r: r.agent) == sorted(before, key=lambda r: r.agent)
    assert order == shuffled(references, seed)
    assert references == before


def test_every_place_is_taken_by_every_reference_under_some_seed() -> None:
    references = [Reference(name, "") for name in "abcd"]
    orders = [shuffled(references, seed) for seed in range(200)]
    for place in range(4):
        assert {order[place].agent for order in orders} == set("abcd")


def test_an_order_stays_what_it_was_in_earlier_versions() -> None:
    """A turn can be asked again with the seed that the history holds."""
    order = "".join(r.agent for r in shuffled([Reference(name, "") for name in "abcdef"], 7))
    assert order == "eafdbc"


def text_cut_to(text: str, tokens: int | None) -> str:
    reference = cut(Reference("Ada", text), tokens)
    assert reference.agent == "Ada"
    return reference.text


@pytest.mark.parametrize(
    ("text", "tokens", "kept"),
    [
        pytest.param("Short.", None, "Short.", id="no-limit"),
        pytest.param("Short.", 0, "Short.", id="zero-is-no-limit"),
        pytest.param("x" * 40, 10, "x" * 40, id="exactly-fits"),
        pytest.param("x" * 41, 10, "x" * 36 + MARK, id="one-too-many"),
        pytest.param("One two three. " + "four " * 9, 6, "One two three." + MARK, id="sentence"),
        pytest.param("Is it a thing? " + "four " * 9, 6, "Is it a thing?" + MARK, id="question"),
        pytest.param("It is a thing!\n" + "four " * 9, 6, "It is a thing!" + MARK, id="line"),
        pytest.param("Yes. " + "abcd " * 20, 6, "Yes. abcd abcd abcd" + MARK, id="word"),
        pytest.param("Sentence of twenty 2. More follows.", 6, "Sentence of twenty" + MARK, id="n"),
        pytest.param("Sentence of twenty. More follows.", 6, "Sentence of twenty." + MARK, id="e"),
        pytest.param("Exactly to the end.. More.", 6, "Exactly to the end.." + MARK, id="at-limit"),
        pytest.param("a " + "x" * 60, 6, "a " + "x" * 18 + MARK, id="no-place-near"),
        pytest.param("他说：" + "天" * 60, 6, "他说：" + "天" * 17 + MARK, id="no-spaces"),
        pytest.param("天" * 15 + "。" + "地" * 60, 6, "天" * 15 + "。" + MARK, id="ideographic"),
        pytest.param("天" * 20 + "。" + "地" * 60, 6, "天" * 20 + MARK, id="ideographic-beyond"),
        pytest.param("3.14159265358979323846264338327", 6, "3.141592653589793238" + MARK, id="pi"),
        pytest.param("abcdefgh", 1, MARK, id="mark-only"),
    ],
)
def test_cut(text: str, tokens: int | None, kept: str) -> None:
    assert text_cut_to(text, tokens) == kept


_prose = st.text(st.sampled_from("ab .!?\n。天{}…"), max_size=200)


@given(st.one_of(_prose, st.text(max_size=200)), st.integers(1, 40))
def test_cut_text_is_a_beginning_and_never_longer_than_the_limit(text: str, tokens: int) -> None:
    limit = tokens * CHARS_PER_TOKEN
    kept = text_cut_to(text, tokens)
    assert len(kept) <= limit
    if len(text) <= limit:
        assert kept == text
    else:
        assert kept.endswith(MARK)
        assert text.startswith(kept.removesuffix(MARK))


@given(st.text(st.sampled_from("ab ."), min_size=200, max_size=400), st.integers(5, 40))
def test_cutting_wastes_at_most_half(text: str, tokens: int) -> None:
    room = tokens * CHARS_PER_TOKEN - len(MARK)
    kept = text_cut_to(text, tokens).removesuffix(MARK)
    # Blanks at its end are trimmed, and count for nothing.
    assert len(kept) >= len(text[: room // 2].rstrip())
