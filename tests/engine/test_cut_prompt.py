"""A prompt that the server cut in silence is told, and nothing else is taken for one."""

import pytest

from moa_tui.engine.cut_prompt import cut_prompt
from moa_tui.engine.events import Role, StreamPlanned
from moa_tui.engine.provider import Message, Usage

ENGLISH = "The quick brown fox jumps over the lazy dog near the river bank. " * 120
CHINESE = "今天天气很好我们去公园散步然后回家吃饭" * 200
CODE = "    for (int i = 0; i < n; ++i) { sum += values[i]; }\n" * 120


def said(prompt: str, read: int, cached: int = 0) -> str:
    messages = (Message("system", "Be brief."), Message("user", prompt))
    planned = StreamPlanned(0.0, "s1", "Ada", Role.PROPOSER, 1, "m", "acme", messages, sample=2)
    return cut_prompt(planned, Usage(read, 9, cached=cached))


def test_a_long_conversation_is_looked_at_no_further_than_it_has_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every stream of every turn is sent all of it."""
    looked: list[str] = []

    def counted(text: str) -> int:
        looked.append(text)
        return len(text.split())

    monkeypatch.setattr("moa_tui.engine.cut_prompt._least_tokens", counted)
    messages = tuple(Message("user", f"{n} {ENGLISH}") for n in range(100))
    planned = StreamPlanned(0.0, "s1", "Ada", Role.PROPOSER, 1, "m", "acme", messages)
    assert cut_prompt(planned, Usage(2048, 9))
    assert 2 <= len(looked) < 5


@pytest.mark.parametrize(("prompt", "read"), [(ENGLISH, 512), (CODE, 256), (CHINESE, 128)])
def test_a_cut_prompt_is_told_with_the_way_out(prompt: str, read: int) -> None:
    notice = said(prompt, read)
    assert notice.startswith(f"Ada 2 has read only {read} of about")
    assert "OLLAMA_CONTEXT_LENGTH" in notice
    assert "num_ctx" in notice


@pytest.mark.parametrize(
    ("prompt", "read", "cached"),
    [
        (ENGLISH, 1560, 0),  # a token a word
        (ENGLISH, 1200, 0),  # and less, as no tokenizer does
        (CODE, 1500, 0),
        (CHINESE, 2000, 0),
        (CHINESE, 950, 0),  # four characters a token
        (" " * 40_000, 20, 0),  # runs of spaces are few tokens
        ("=" * 40_000, 320, 0),
        ("A" * 40_000, 5000, 0),
        (ENGLISH, 40, 1520),  # the cached part is counted apart
        (ENGLISH, 0, 0),  # nothing is reported
        ("Why is the sky blue?", 3, 0),
        ("word " * 200, 60, 0),  # too short for any window
    ],
)
def test_no_whole_prompt_is_taken_for_cut(prompt: str, read: int, cached: int) -> None:
    assert said(prompt, read, cached) == ""
