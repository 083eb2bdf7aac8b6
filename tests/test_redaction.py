"""Keys are taken out of foreign text, in whatever form they are repeated."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.redaction import MARK, find_written_keys, hold, redact

SECRET = "csk-5ecret/0123+456789"


@pytest.mark.parametrize(
    "said",
    [
        SECRET,
        SECRET.upper(),
        f"Bearer {SECRET}",
        f"key={quote(SECRET, safe='')}&x=1",
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(f"user:{SECRET}".encode()).decode(),
        SECRET.encode().hex(),
        f"'{SECRET}'\\n{SECRET}",
    ],
)
def test_a_held_key_is_taken_out_in_every_form(said: str) -> None:
    hold(SECRET)
    shown = redact(f"the key ({said}) is wrong")
    assert MARK in shown
    assert "5ecret" not in shown.lower()
    assert quote(SECRET, safe="")[6:] not in shown
    assert shown.startswith("the key (")


@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40),
    st.binary(max_size=7),
    st.binary(max_size=7),
)
def test_base64_of_anything_around_a_key_gives_nothing_of_it(
    secret: str, before: bytes, after: bytes
) -> None:
    encoded = base64.b64encode(before + secret.encode() + after).decode()
    shown = redact(encoded, secret)
    # What may remain holds the bits at its two ends, which it shares with its neighbours.
    rest = shown.replace(MARK, "")
    assert len(rest) <= len(base64.b64encode(before + after)) + 4


@pytest.mark.parametrize(
    "said",
    [
        "csk-abcdefgh1234",
        "sk-proj-abcdefgh1234",
        "sk-ab********wxyz",
        "gsk_abcdefgh1234",
        "Bearer abcdefgh1234",
        "authorization: bearer   abcd.efgh-1234",
    ],
)
def test_what_looks_like_a_key_is_taken_out(said: str) -> None:
    assert MARK in redact(f"no such key: {said}.")
    assert "1234" not in redact(said)


@pytest.mark.parametrize(
    "said", ["a risk-based approach", "sk-learn", "the bearer of news", "model fw-x", "disk-1"]
)
def test_ordinary_words_stay(said: str) -> None:
    assert redact(said) == said


def test_a_short_word_that_serves_as_a_key_is_no_secret() -> None:
    hold("ollama")
    assert redact("ollama is not running") == "ollama is not running"


@pytest.mark.parametrize(
    "text", ["csk-canary-x", "k: sk-proj-abc123def", "# hf_0123456789abcdefgh"]
)
def test_a_key_that_somebody_wrote_is_found(text: str) -> None:
    assert [match[0] for match in find_written_keys(text)] == [text.rsplit(maxsplit=1)[-1]]


@pytest.mark.parametrize(
    "text", ["sk-learn-pipelines", "risk-assessment-of-2020-and-more", "csk-1"]
)
def test_what_people_write_is_no_key(text: str) -> None:
    assert list(find_written_keys(text)) == []
