"""Keys are taken out of foreign text, in whatever form they are repeated."""

import base64
import os
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.redaction import MARK, MOST, find_written_keys, hold, holds_key, redact, secrets_of
from moa_tui.text import clean

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


def test_a_key_of_bytes_that_are_no_text_is_taken_out_like_any_other() -> None:
    secret = os.fsdecode(b"5ecret-\xff\xfe-0123456789")  # as the environment has it
    shown = redact(f"refused: {secret}, {quote(os.fsencode(secret), safe='')}", secret)
    assert MARK in shown
    assert "5ecret" not in shown.partition(",")[0]


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


KEY = "csk-9vR3tq7LmX2aW8-pZ4"
BETWEEN = {
    "zero width space": "\u200b",
    "bidi": "\u202e",
    "NUL": "\0",
    "ESC": "\x1b",
    "a colour": "\x1b[31m",
    "a colour that has lost its ESC": "[0m",
    "variation selector": "\ufe0f",
    "supplementary selectors": "\U000e0100\U000e01ef",
    "grapheme joiner": "\u034f",
    "soft hyphen": "\u00ad",
    "tag": "\U000e0061",
    "accent": "\u0301",
    "Hangul filler": "\u3164",
    "Mongolian selector": "\u180b",
    "unassigned": "\ufff0",
    "half a pair": "\ud83d",
    "space": " ",
    "line end": "\r\n   ",
    "written out": "\\u200b",
    "written out in hex": "\\x00",
    "an entity": "&shy;",
    "an entity's number": "&#8203;",
    "in a URL": "%E2%80%8B",
    "twice in a URL": "%25E2%2580%258B",
}


@pytest.mark.parametrize("between", BETWEEN.values(), ids=BETWEEN)
def test_what_hides_between_the_letters_hides_no_key(between: str) -> None:
    hold(KEY)
    shown = redact(f"before {between.join(KEY)} after")
    assert shown == "before [key] after"
    assert redact(f"before {between.join(KEY.upper())} after") == "before [key] after"


@pytest.mark.parametrize("between", [b for b in BETWEEN.values() if b.strip()], ids=ascii)
def test_what_hides_in_what_looks_like_a_key(between: str) -> None:
    unknown = "gsk_aB3dE5fG7hJ9kL1"
    shown = redact(f"before {between.join(unknown)} after")
    assert "[key]" in shown
    assert "J9" not in shown.replace(between, "")


ENCODED = {
    "the dash in a URL": KEY.replace("-", "%2D"),
    "every letter in a URL": "".join(f"%{ord(char):02x}" for char in KEY),
    "twice in a URL": "".join(f"%25{ord(char):02X}" for char in KEY),
    "JSON": KEY.replace("-", "\\u002d"),
    "every letter in JSON": "".join(f"\\u{ord(char):04x}" for char in KEY),
    "twice in JSON": KEY.replace("-", "\\\\u002d"),
    "JavaScript": KEY.replace("-", "\\u{2d}"),
    "a Python literal": KEY.replace("-", "\\x2d"),
    "entities": "".join(f"&#{ord(char)};" for char in KEY),
    "hexadecimal entities": "".join(f"&#x{ord(char):x};" for char in KEY),
    "a shell": KEY.replace("-", "\\-"),
    "wide letters": "".join(chr(ord(char) + 0xFEE0) for char in KEY),
    "mathematical letters": KEY.replace("csk", "\U0001d41c\U0001d42c\U0001d424"),
    "UTF-16 read as Latin-1": KEY.encode("utf-16-le").decode("latin-1"),
    "base64 in lines": base64.encodebytes(f"{'k' * 50}:{KEY}".encode()).decode(),
    "base64 in a URL": quote(base64.b64encode(KEY.encode()).decode(), safe=""),
    "hexadecimal with spaces": KEY.encode().hex(" "),
}  # fmt: skip


@pytest.mark.parametrize("said", ENCODED.values(), ids=ENCODED)
def test_a_key_written_in_another_way(said: str) -> None:
    hold(KEY)
    shown = redact(f"it was <{said}>, they say")
    assert MARK in shown
    assert shown.endswith(">, they say")
    assert len(shown) < len("it was <[key]>, they say") + 90
    for piece in (KEY[4:10], KEY[-6:]):
        assert piece.lower() not in shown.lower()


@given(
    st.lists(
        st.sampled_from([*"abc 1%&\\[m;\x1b\u200b\u0301é", "%25", "\\u00", "&#", KEY, KEY[:8]]),
        max_size=30,
    )
)
def test_no_key_is_left_and_nothing_else_is_lost(parts: list[str]) -> None:
    hold(KEY)
    text = "".join(parts)
    shown = redact(text)
    assert KEY not in shown
    assert clean(shown) == shown
    if KEY not in text and MARK not in shown:
        assert shown == clean(text)


def test_it_is_clean_afterwards_by_itself() -> None:
    assert redact("a\x1b[31mb\u202ec\0") == "a[31mbc"


def test_passwords_in_addresses_and_other_tokens() -> None:
    shown = redact(
        "postgres://me:hunter2pass@db.example/x AKIAIOSFODNN7EXAMPLE"
        " ghp_abcdefghijklmnop1234 eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.abc http://host:80/a@b"
    )
    assert shown == "postgres://[key]@db.example/x [key] [key] [key] http://host:80/a@b"


def test_what_the_environment_says_is_secret() -> None:
    environ = {
        "A_KEY": "value-of-a", "GITHUB_PAT": "value-of-b", "DB_PASSWORD": " value-of-c ",
        "MYSECRET": "value-of-d", "NPM_AUTH": "value-of-e", "PWD": "/home/me/x", "HOME": "/home/me",
        "PATH": "/usr/bin:/bin", "SHORT_KEY": "abc",
    }  # fmt: skip
    assert sorted(secrets_of(environ)) == [f"value-of-{letter}" for letter in "abcde"]


def test_the_work_grows_no_faster_than_the_text() -> None:
    """And no further than its bound."""
    hold(KEY)
    for piece in ("%25", "\\u005c", "&amp;", "\u200b", "csk-", "\x1b["):
        assert len(redact(piece * MOST)) <= MOST + 1


@pytest.mark.parametrize("at", [0, MOST - 20, MOST + 7, 3 * MOST])
def test_a_key_is_found_anywhere_in_a_long_text(at: int) -> None:
    key = "csk-a-key-of-this-test-0123456789"
    hold(key)
    words = "some words " * (4 * MOST // 11)
    assert not holds_key(words)
    assert holds_key(words[:at] + key + words[at:])
