"""YAML is read as it looks, with positions; what surprises or explodes is refused."""

import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moa_tui.roster.document import MAX_BYTES, MAX_DEPTH, MAX_NODES, Document, Position, parse


def value_of(text: str) -> Any:
    document = parse(f"key: {text}\n".encode())
    assert document.problems == []
    return document.data["key"]


def problem(source: str | bytes) -> tuple[int, int, str]:
    """Return line, column and words of the only problem of `source`."""
    document = parse(source if isinstance(source, bytes) else source.encode())
    (((line, column), text),) = document.problems
    return line, column, text


@pytest.mark.parametrize(
    "text",
    [
        *("no", "No", "NO", "yes", "on", "off", "y", "n", "tRUE", "nULL"),
        *("12:30", "12:30:45", "190:20:30", "2026-01-02", "2026-01-02T03:04:05Z"),
        *("1_000", "0x1F", "0o17", "0b11", "1.2.3", "1,000", "127.0.0.1", "+", "--", ".", "e5"),
        *(".inf", "-.inf", ".nan", "NaN", "=", "<<", "1e", "1e+", "10%", "5 apples"),
        *("9" * 19, "-" + "9" * 30, "9" * 5000),
    ],
)
def test_what_looks_like_text_is_text(text: str) -> None:
    assert value_of(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("0.0", 0.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-2.5e-3", -0.0025),
        ("1e3", 1000.0),
        ("'7'", "7"),
        ('"true"', "true"),
        ("'~'", "~"),
        ("[1, no, 0.5]", [1, "no", 0.5]),
        ("{a: {b: ~}}", {"a": {"b": None}}),
        ("|-\n  1\n  2", "1\n2"),
        (">-\n  a\n  b", "a b"),
    ],
)
def test_values_have_the_type_they_show(text: str, value: object) -> None:
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


def test_keys_are_always_text() -> None:
    assert list(parse(b"1: a\ntrue: b\n~: c\n1.5: d\n").data) == ["1", "true", "~", "1.5"]


def test_values_are_cleaned_of_what_a_terminal_would_obey() -> None:
    source = rb'"n\e[31mame": "a\e]0;title\u202eb\u200b\u0085c\ud83d\ude00"'
    assert parse(source).data == {"n[31mame": "a]0;titleb\nc\U0001f600"}


def test_positions_of_keys_and_values() -> None:
    document = parse(
        b"# first\nagents:\n  - name: a\n    stop: [x,\n      y]\n  - {name: b}\nlast: 1\n"
    )
    places: dict[tuple[str | int, ...], tuple[int, int]] = {
        ("agents",): (2, 1),
        ("agents", 0): (3, 5),
        ("agents", 0, "name"): (3, 5),
        ("agents", 0, "stop"): (4, 5),
        ("agents", 0, "stop", 0): (4, 12),
        ("agents", 0, "stop", 1): (5, 7),
        ("agents", 1): (6, 5),
        ("agents", 1, "name"): (6, 6),
        ("last",): (7, 1),
    }
    assert {location: document.position(location) for location in places} == places


def test_what_is_missing_is_placed_at_what_it_is_missing_from() -> None:
    document = parse(b"a: 1\nagents:\n  - name: x\n")
    assert document.position(("agents", 0, "model", "deeper")) == (3, 5)
    assert document.position(("agents", 7)) == (2, 1)
    assert document.position(("nowhere",)) == (1, 1)


def test_columns_count_characters() -> None:
    assert parse("{é😀: 1, k: 2}".encode()).position(("k",)) == (1, 9)


@pytest.mark.parametrize(
    "source", [b"\xef\xbb\xbfkey: 1\r\nother: 2\r\n", b"---\nkey: 1\nother: 2\n..."]
)
def test_marks_at_the_beginning_and_end_are_no_content(source: bytes) -> None:
    document = parse(source)
    assert (document.data, document.problems) == ({"key": 1, "other": 2}, [])


def test_line_numbers_do_not_depend_on_the_line_ends() -> None:
    assert parse(b"a: 1\r\nb: 2\r\nc: 3").position(("c",)) == Position(3, 1)


@pytest.mark.parametrize("source", [b"", b"\n\n", b"# nothing\n", b"---\n", b"\xef\xbb\xbf", b"~"])
def test_a_file_with_nothing_in_it(source: bytes) -> None:
    assert parse(source) == Document(positions=parse(source).positions)
    assert parse(source).data is None


def test_a_duplicate_key_names_both_lines_and_the_first_value_stays() -> None:
    document = parse(b"a: 1\nb:\n  c: 2\n  d: 3\n  c: 4\na: 5\n")
    assert document.problems == [
        ((5, 3), "duplicate key 'c' (first on line 3) — remove one"),
        ((6, 1), "duplicate key 'a' (first on line 1) — remove one"),
    ]
    assert document.data == {"a": 1, "b": {"c": 2, "d": 3}}


def test_the_same_key_in_different_places_is_no_duplicate() -> None:
    assert parse(b"- {a: 1}\n- {a: 1, b: {a: 1}}\n").problems == []


def test_keys_that_differ_only_in_what_nobody_sees_are_duplicates() -> None:
    assert "duplicate key 'name'" in problem('name: 1\n"na\\u200bme": 2\n')[2]


@pytest.mark.parametrize(
    ("source", "place", "words"),
    [
        ("a: &x 1\nb: *x\n", (1, 4), "anchors and aliases are not supported"),
        ("b: *x\n", (1, 4), "anchors and aliases are not supported"),
        ("a: &x {k: 1}\nb: {<<: *x}\n", (1, 4), "anchors and aliases are not supported"),
        ("&x a: 1\n", (1, 1), "anchors and aliases are not supported"),
        ("a: !!python/object/apply:os.system [id]\n", (1, 4), "tags are not supported"),
        ("a: 1\nb: !secret x\n", (2, 4), "tags are not supported"),
        ("a: !!str 1\n", (1, 4), "tags are not supported"),
        ("a: ! 1\n", (1, 4), "tags are not supported"),
        ("a: 1\n---\nb: 2\n", (2, 1), "but found another document"),
        ("a: b: c\n", (1, 5), "mapping values are not allowed here"),
        ("a: [1, 2\nb: 3\n", (2, 2), "not valid YAML"),
        ("a:\n\t- b\n", (2, 1), "cannot start any token"),
        ("a: 'open\n", (2, 1), "unexpected end of stream"),
        ("a: @b\n", (1, 4), "cannot start any token"),
        ("a: %b\n", (1, 4), "cannot start any token"),
        ("? [a, b]\n: 1\n", (1, 3), "a key must be a word"),
        ("{a: 1}: 2\n", (1, 1), "a key must be a word"),
        ('a: "\\q"\n', (1, 6), "unknown escape character"),
        ('a: "\\UFFFFFFFF"\n', (1, 1), "cannot be read as YAML"),
        ("ok: 1\nb: x\x1b[31m\n", (2, 5), "the control character U+001B is not allowed"),
        ("a: 1\r\nb:\x00\n", (2, 3), "the control character U+0000 is not allowed"),
        ("\x9b", (1, 1), "the control character U+009B is not allowed"),
    ],
)
def test_what_is_refused_says_where(source: str, place: tuple[int, int], words: str) -> None:
    line, column, text = problem(source)
    assert (line, column) == place
    assert words in text
    assert parse(source.encode()).data in (None, {})


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b"a: 1\nb: \xff\n", 2),
        (b"\xff\xfea\x00", 1),
        (b"a: 1\n\n\xe9", 3),
        (b"a: \xed\xa0\x80", 1),
        (b"a: \xc0\x80", 1),
    ],
)
def test_other_encodings_are_refused(source: bytes, line: int) -> None:
    assert problem(source) == (line, 1, "not UTF-8 — save the file as UTF-8")


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_depth_is_limited() -> None:
    assert parse(nested(MAX_DEPTH)).problems == []
    assert problem(nested(MAX_DEPTH + 1))[1:] == (
        MAX_DEPTH + 1,
        "nested too deeply or too many values — make the file simpler",
    )


def test_the_number_of_values_is_limited() -> None:
    assert parse(b"- 1\n" * (MAX_NODES - 1)).problems == []
    line, _column, text = problem(b"- 1\n" * MAX_NODES)
    assert (line, "too many values" in text) == (MAX_NODES, True)


def test_the_size_is_limited() -> None:
    assert parse(b"#" * MAX_BYTES).problems == []
    assert problem(b"#" * (MAX_BYTES + 1)) == (
        1,
        1,
        "the file has more than 256 KB — make it smaller",
    )


LAUGHS = b"a: &a [x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 123)
)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(LAUGHS, id="billion laughs"),
        pytest.param(b"[" * MAX_BYTES, id="brackets"),
        pytest.param(b"{" * MAX_BYTES, id="braces"),
        pytest.param(b"[\n" * (MAX_BYTES // 2), id="brackets on lines"),
        pytest.param(b"? " * (MAX_BYTES // 2), id="question marks"),
        pytest.param(b"- " * (MAX_BYTES // 2), id="dashes"),
        pytest.param(b"---\n" * (MAX_BYTES // 4), id="documents"),
        pytest.param(b"a,\n" * (MAX_BYTES // 3), id="one long text"),
        pytest.param(b"[" + b"a," * (MAX_BYTES // 2 - 1), id="one long list"),
        pytest.param(b'"' + b"\\x41" * (MAX_BYTES // 4 - 1) + b'"', id="escapes"),
        pytest.param(b">\n" + b" a\n" * (MAX_BYTES // 3 - 1), id="folded lines"),
        pytest.param(b"a: 1\n" * (MAX_BYTES // 5), id="one key many times"),
        pytest.param(b"".join(b"k%d: 1\n" % n for n in range(9_990)), id="many keys"),
        pytest.param(b"a: " + b"9" * (MAX_BYTES - 3), id="one long number"),
    ],
)
def test_nothing_within_the_size_limit_takes_long(source: bytes) -> None:
    assert len(source) <= MAX_BYTES
    began = time.process_time()
    parse(source)
    # Measured at 0.1 to 0.5 s; a bomb takes minutes, or all the memory.
    assert time.process_time() - began < 5


YAML_LIKE = st.lists(
    st.sampled_from(
        [*"[]{}:,-?&*!|>'\"%@`#~ \n\t", "- ", ": ", "a", "<<: ", "no", "1", "\\u", "---\n", "\x1b"]
    )
    | st.text(max_size=4)
).map("".join)


@settings(deadline=None)
@given(
    source=st.binary() | (st.text() | YAML_LIKE).map(lambda text: text.encode("utf-8", "replace"))
)
@example(source=b'"\\UFFFFFFFF": 1')
@example(source=b"[" * 5000)
@example(source=b"? [a]\n: b")
@example(source=b"? ? ? a")
@example(source=b"%YAML 9.9\n---\n")
@example(source=b"!<" * 50)
@example(source=b"\xef\xbb\xbf\xef\xbb\xbf: \xef\xbb\xbf")
@example(source=b"a: 1e999")
def test_any_bytes_are_a_document(source: bytes) -> None:
    document = parse(source)
    lines = source.decode("utf-8", "replace").splitlines() or [""]
    for (line, column), text in document.problems:
        assert 1 <= line <= len(lines) + 1
        assert column >= 1
        assert text.isprintable()
