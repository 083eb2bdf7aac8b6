"""The word that ends an answer: only a known one makes it whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.events import Outcome
from moa_tui.engine.verdict import Received, judge
from moa_tui.engine.wire.finish_reason import Ending, meaning_of
from moa_tui.redaction import hold
from tests import canary


def outcome(word: str | None, text: str = "An answer") -> Outcome:
    return judge(Received(text, word, done=True), None, finish_required=True)[0]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("stop eos end_turn stop_sequence COMPLETE STOP END_TURN FINISH", Outcome.COMPLETE),
        ("FinishReason.STOP FINISH_REASON_STOP finish_reason_stop REASON_STOP", Outcome.COMPLETE),
        ("endTurn EndTurn stopSequence STOP_CRITERIA_MET eos_token end-turn", Outcome.COMPLETE),
        ("StopReason.END_TURN <FinishReason.STOP:1> stop:</s> EOS: normal", Outcome.COMPLETE),
        ("length max_tokens MAX_TOKENS MaxTokens model_length token_limit", Outcome.TRUNCATED),
        ("FinishReason.MAX_TOKENS finish_reason_max_tokens REASON_MAX_LEN", Outcome.TRUNCATED),
        ("model_context_window_exceeded max_output_tokens maxTokens LENGTH", Outcome.TRUNCATED),
        ("content_filter SAFETY sensitive RECITATION guardrail_intervened", Outcome.FILTERED),
        ("FINISH_REASON_SAFETY contentFilter PROHIBITED_CONTENT refusal", Outcome.FILTERED),
        ("abort aborted cancelled error ERROR overloaded timeout OTHER", Outcome.PARTIAL),
        ("insufficient_system_resource network_error time_limit load", Outcome.PARTIAL),
        ("ERROR:boom stop:error abort:gone FinishReason.OTHER api_error", Outcome.PARTIAL),
        ("MALFORMED_FUNCTION_CALL repetition incomplete tool_calls", Outcome.PARTIAL),
        ("stopp unstop stop_it stopped novel 7 {} eosx complete_ly", Outcome.PARTIAL),
        ("null none not_finished FINISH_REASON_UNSPECIFIED", Outcome.PARTIAL),
    ],
)
def test_words(words: str, expected: Outcome) -> None:
    for word in words.split():
        assert outcome(word) is expected, word
        assert outcome(f" {word}\n") is expected, word


def test_nothing_said_is_no_end() -> None:
    assert [meaning_of(word) for word in (None, "", " ", "null", "NULL")] == [None] * 5
    assert outcome(None) is Outcome.PARTIAL


@given(st.text(max_size=60))
def test_no_other_word_is_complete(word: str) -> None:
    meaning = meaning_of(word)
    if meaning and meaning.ending is Ending.COMPLETE:
        assert any(known in word.lower() for known in ("stop", "eos", "end", "complet", "done"))


def test_an_unknown_word_is_told() -> None:
    _, failure = judge(Received("Half", "solar_flare"), None, finish_required=True)
    assert failure is not None
    assert "'solar_flare'" in failure.message
    assert failure.advice


def test_an_unknown_word_is_clean_and_short_and_has_no_key_in_it() -> None:
    hold(canary.KEY)
    for word in (f"x {canary.KEY}", canary.KEY.replace("-", "-\u200b"), "\x1b[31m" + "y" * 9000):
        meaning = meaning_of(word)
        assert meaning is not None
        assert canary.KEY not in meaning.why
        assert "\x1b" not in meaning.why
        assert len(meaning.why) < 160


@pytest.mark.parametrize("word", ["error", "abort", "overloaded", "timeout"])
def test_a_provider_that_gave_up_may_be_asked_again(word: str) -> None:
    _, failure = judge(Received("", word), None, finish_required=True)
    assert failure is not None
    assert failure.retryable
