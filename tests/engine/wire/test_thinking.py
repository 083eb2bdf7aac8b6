"""Thinking is told apart from the answer, whatever pieces both arrive in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.wire.thinking import ThinkingReader

_START = "<|start|>assistant<|channel|>"


def split(*pieces: str) -> tuple[str, str]:
    """What is thinking and what is the answer, in the end."""
    reader, thinking, answer = ThinkingReader(), "", ""
    for piece in (*pieces, None):
        thought, text = reader.flush() if piece is None else reader.split(piece)
        if reader.recognized:
            thinking, answer, reader.recognized = thinking + answer, "", False
        thinking, answer = thinking + thought, answer + text
    return thinking, answer


@pytest.mark.parametrize(
    ("answer", "reasoning", "text"),
    [
        ("<think>why</think>because", "why", "because"),
        ("<think>why</think>\n\nbecause\n", "why", "because\n"),
        ("\n <think>\nwhy\n</think>\nbecause", "\nwhy\n", "because"),
        ("<think></think>because", "", "because"),
        ("<think/>because", "", "because"),
        ("<think>why</think>", "why", ""),
        # The block is not closed: no text, and no reasoning is lost.
        ("<think>why", "why", ""),
        ("<think>why</thi", "why</thi", ""),
        ("<think>1 </ 2 <</think>because", "1 </ 2 <", "because"),
        # In any case, and by any family's marks.
        ("<Think>why</THINK>because", "why", "because"),
        ("<thinking>why</thinking>because", "why", "because"),
        ('<thinking mode="long">why</thinking>because', "why", "because"),
        ("<thought>why</thought>because", "why", "because"),
        ("<reasoning>why</reasoning>because", "why", "because"),
        ("<reflection>why</reflection>because", "why", "because"),
        ("<seed:think>why</seed:think>because", "why", "because"),
        ("[THINK]why[/THINK]because", "why", "because"),
        ("◁think▷why◁/think▷because", "why", "because"),
        ("<|channel>thought\nwhy<channel|>because<turn|>", "why", "because"),
        ("<unused94>thought\nwhy<unused95>because", "why", "because"),
        ("<|reasoning_start|>why<|reasoning_end|>because", "why", "because"),
        ("<|think_start|>why<|think_end|>because", "why", "because"),
        ("<thinking_process>why</thinking_process>because", "why", "because"),
        ("<|START_THINKING|>why<|END_THINKING|><|START_RESPONSE|>ok<|END_RESPONSE|>", "why", "ok"),
        (
            "<|begin_of_thought|>why<|end_of_thought|>\n\n<|begin_of_solution|>because",
            "why",
            "because",
        ),
        (
            f"{_START}analysis<|message|>why<|end|>{_START}final<|message|>because<|return|>",
            "why",
            "because",
        ),
        (
            f"<|channel|>analysis<|message|>a<|end|>{_START}commentary<|message|>b<|end|>c",
            "ab",
            "c",
        ),
        # The opening mark is missing.
        ("why\n</think>\n\nbecause", "why\n", "because"),
        ("Why.</think>\n\nbecause", "Why.", "because"),
        ("Why.</think>Because", "Why.", "Because"),
        ("So 4. </think>\nBecause", "So 4. ", "Because"),
        ("</think>because", "", "because"),
        ("Use <think> well.\n</think>\n\nbecause", "Use <think> well.\n", "because"),
        ("why[/THINK]because", "why", "because"),
        ("why<channel|>because", "why", "because"),
        (
            "why<|end|><|start|>assistant<|channel|>final<|message|>because",
            "why",
            "because",
        ),
        ("analysisWe add.assistantfinalFour.", "analysisWe add.", "Four."),
        # Several blocks.
        ("<think>a</think><think>b</think>because", "ab", "because"),
        ("<think>a</think>b<think>c</think>d", "ac", "bd"),
        ("<think>a</think>\nOne.\n\n<think>b</think>\nTwo.", "ab", "One.\n\nTwo."),
        ("Well.\n<think>\nwhy\n</think>\nbecause", "\nwhy\n", "Well.\nbecause"),
        # What ends a model's turn is no answer, nor is a mark behind it.
        ("Four.</s>", "", "Four."),
        ("Four<|im_end|>\n", "", "Four"),
        ("Four.<|eot_id|><|end_of_text|>", "", "Four."),
        ("<think>a</think>four</think>", "a", "four"),
    ],
)
def test_thinking(answer: str, reasoning: str, text: str) -> None:
    assert split(answer) == (reasoning, text)
    assert split(*answer) == (reasoning, text)


@pytest.mark.parametrize(
    "answer",
    [
        "Use <think>why</think>",
        "Use </think> to close it.",
        "Wrap it in <think> and </think>.",
        "Between <think>...</think> tags you reason.",
        "It opens with <think> and ends with:</think> so that it can be parsed.",
        "Both <think>/</think> are marks.",
        "It ends with `</think>`.",
        "It ends with </think>\n\nThen the answer follows.",
        "The marks are '<think>' and '</think>'.",
        "- <think> opens\n- </think> closes",
        "1. </think> closes",
        "| mark | does |\n| </think> | closes |",
        "```\n<think>\nwhy\n</think>\nbecause\n```\nThat is all.",
        "~~~xml\n</think>\n~~~\n",
        "> ```\n> </think>\n> ```\n",
        "For example:\n<think>\nwhy\n</think>\nbecause",
        "    </think>\nin a block of code",
        "```python\ntext.split('</think>')[-1]\n```",
        "`[THINK]` and `[/THINK]`, `◁think▷`, `<|channel|>final<|message|>`",
        "<answer>\n<reasoning>\nwhy\n</reasoning>\n</answer>",
        "Its end mark is </s>",
        "It writes `<|im_end|>`",
        "<s>old</s>",
        "a < b, List<String>, x[1], [thinking of you](x)",
        "analysis of the poem",
        "Here is my thought process: I add.",
        *("<", "<thin", "\n\n", "  two spaces", ""),
    ],
)
def test_an_answer_about_such_marks_stays_whole(answer: str) -> None:
    assert split(answer) == ("", answer)
    assert split(*answer) == ("", answer)


def test_thinking_about_such_marks_is_thinking() -> None:
    assert split("<think>It says `</think>`.</think>Four.") == ("It says `</think>`.", "Four.")


def test_where_thinking_comes_apart_a_mark_at_the_end_ends_nothing() -> None:
    reader = ThinkingReader()
    reader.apart = True
    assert reader.split("Four.</think>") == ("", "Four.")
    assert reader.flush() == ("", "")
    assert not reader.recognized


_PIECES = st.lists(
    st.sampled_from(
        [
            *("<think>", "</think>", "<thi", "nk>", "</", "think>", "[THINK]", "[/THINK]"),
            *("<|end|>", "<|start|>", "assistant", "<|channel|>", "analysis", "final"),
            *("<|message|>", "<|channel>", "thought\n", "<channel|>", "assistantfinal"),
            *("</s>", "<s>", "<|im_end|>", "<think/>", "<reasoning>", "</reasoning>", "    "),
            *("\n", " ", "a", "A", "<", "`", "```", ".", ":", "(", ")", "- "),
        ]
    )
    | st.text(max_size=4),
    max_size=12,
)


@given(_PIECES)
def test_any_split_gives_the_same_reasoning_and_text(pieces: list[str]) -> None:
    whole = "".join(pieces)
    assert split(*pieces) == split(whole) == split(*whole)


@given(_PIECES)
def test_no_character_is_lost_but_those_of_marks(pieces: list[str]) -> None:
    whole = "".join(pieces)
    reasoning, text = split(whole)
    assert len(reasoning) + len(text) <= len(whole)
    if not any(mark in whole for mark in "<[◁") and "assistantfinal" not in whole:
        assert (reasoning, text) == ("", whole)


@given(st.text(), st.text(alphabet="ab .thinkx\n"), st.integers(1, 5))
def test_a_block_is_taken_out_whole(reasoning: str, text: str, size: int) -> None:
    answer = f"<think>{reasoning}</think>!{text}"
    pieces = [answer[i : i + size] for i in range(0, len(answer), size)]
    if "<" not in reasoning and "[" not in reasoning and "◁" not in reasoning:
        assert split(*pieces) == (reasoning, f"!{text}")


def test_an_ordinary_answer_is_not_held_back() -> None:
    splitter = ThinkingReader()
    assert splitter.split("Yes") == ("", "Yes")
    assert splitter.split(" a < b <div") == ("", " a < b <div")
    assert splitter.split(" <thi") == ("", " ")
    assert splitter.split("s>") == ("", "<this>")


def test_reasoning_is_not_held_back_until_its_end() -> None:
    splitter = ThinkingReader()
    assert splitter.split("<think>so") == ("so", "")
    assert splitter.split(" far </") == (" far ", "")
    assert splitter.split("b>") == ("</b>", "")


@pytest.mark.parametrize(
    "piece",
    ["</think> x ", "`</think>` ", "<", "<think>a</think>", "</s>", "[", "<|channel|>", "`\n"],
)
def test_work_grows_with_the_text(piece: str) -> None:
    """Quadratic work would take minutes here."""
    text = "Say " + piece * (100_000 // len(piece))
    pieces = [text[i : i + 1000] for i in range(0, len(text), 1000)]
    assert sum(map(len, split(*pieces))) <= len(text)
