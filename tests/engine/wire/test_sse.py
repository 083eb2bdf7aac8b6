"""Bytes become events, however they are split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.wire import sse
from moa_tui.engine.wire.errors import WireError
from moa_tui.engine.wire.sse import EventSplitter, Junk
from tests.engine.wire_fixtures import cut


def split(*reads: bytes) -> list[bytes]:
    splitter = EventSplitter()
    events = [event for data in reads for event in splitter.feed(data)]
    return events + splitter.flush()


_LINES = st.sampled_from(
    [
        *(b"data: a", b"data:b", b"data: {\xc3\xa9}", b"data", b"data:", b"datax: d"),
        *(b'{"a":1}', b'data: {"a":1}', b"data: {", b"{", b"}", b"event: error", b"event: ping"),
        *(b": ping", b"event: x", b"id: 1", b"\xef\xbb\xbfdata: c", b"", b"", b""),
    ]
)
_ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
BODIES = st.lists(st.tuples(_LINES, _ENDS)).map(lambda p: b"".join(a + b for a, b in p))


@given(BODIES, st.lists(st.integers(0, 400), max_size=12))
def test_any_split_gives_the_same_events(body: bytes, places: list[int]) -> None:
    assert split(*cut(body, places)) == split(body)


@given(BODIES)
def test_one_byte_a_read_gives_the_same_events(body: bytes) -> None:
    assert split(*(body[i : i + 1] for i in range(len(body)))) == split(body)


@given(st.lists(_LINES), _ENDS)
def test_line_ends_make_no_difference(lines: list[bytes], end: bytes) -> None:
    assert split(end.join([*lines, b"", b""])) == split(b"\n".join([*lines, b"", b""]))


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
        (b"data:a\n\n", [b"a"]),
        (b"data: one\ndata: two\n\n", [b"one\ntwo"]),
        (b"event: delta\ndata: a\nid: 7\nretry: 1\n\n", [b"a"]),
        (b"event: error\ndata: a\n\n", [b'{"error":"a"}']),
        (b'event: error\ndata: {"message":"a"}\n\n', [b'{"error":{"message":"a"}}']),
        (b'event: error\ndata: {"error":"a"}\n\n', [b'{"error":"a"}']),
        (b"event: ping\ndata: a\n\ndata: b\n\n", [b"b"]),
        # Parted by one line feed.
        (b'data: {"a":1}\ndata: {"b":2}\ndata: [DONE]\n', [b'{"a":1}', b'{"b":2}', b"[DONE]"]),
        (b'{"a":1}\n{"b":2}', [b'{"a":1}', b'{"b":2}']),
        (b'data: {"a":\ndata: 1}\n\n', [b'{"a":\n1}']),
        (b' data: {"a":1}\n\nDATA: {"b":2}\n\n', [b'{"a":1}', b'{"b":2}']),
        # A document.
        (b'{\n  "a": {\n    "b": 1\n  }\n}\n', [b'{\n  "a": {\n    "b": 1\n  }\n}']),
        (b'{"a":1}\n\ndata: [DONE]\n\n', [b'{"a":1}', b"[DONE]"]),
        (b": comment\n\n: data: no\n\ndata: a\n\n", [b"a"]),
        (b"\n\n\n\ndata: a\n\n\n\n\ndata: b\n\n\n", [b"a", b"b"]),
        (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
        (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [b"a", b"b", b"c"]),
        (
            b"data:\n\ndata: \n\ndata: \t \n\ndata: a\n\n",
            [b"a"],
        ),  # empty ones keep connections alive
        (b"database: a\n\n", [b"database: a"]),
        (b"data: cut off", [b"cut off"]),
        (b"data: a\n\n: still here", [b"a"]),
        (b"", []),
        (b"\n", []),
    ],
)
def test_events(body: bytes, events: list[bytes]) -> None:
    assert split(body) == events


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r", b"\r\n\r"])
def test_an_event_is_there_as_soon_as_its_end_is(end: bytes) -> None:
    """Also where the last CR may be half of a CRLF: the text must not wait for the next read."""
    splitter = EventSplitter()
    assert splitter.feed(b"data: a" + end) == [b"a"]
    assert splitter.feed(b"\n") == []
    assert splitter.feed(b"") == []
    assert splitter.feed(b"data: b\n\n") == [b"b"]


def test_an_empty_read_between_cr_and_lf_changes_nothing() -> None:
    assert split(b"data: a\r", b"", b"\ndata: b\r\n\r\n") == [b"a\nb"]


@pytest.mark.parametrize("line", [b"database: a", b"dbta: {}", b"oops", b'Jdata: {"a":1}', b"{"])
def test_a_line_of_no_event_is_junk(line: bytes) -> None:
    events = split(b"data: a\n\n" + line + b"\n\ndata: b\n\n")
    assert [type(event) for event in events if event == line] == [Junk]


def test_an_event_is_there_with_its_line_where_it_is_json() -> None:
    splitter = EventSplitter()
    assert splitter.feed(b'data: {"a":1}\n') == [b'{"a":1}']
    assert splitter.feed(b'data: {"b"') == []
    assert splitter.feed(b":2}\n") == [b'{"b":2}']
    assert splitter.feed(b"\n") == []


@pytest.mark.parametrize("line", [b"{\n", b"}\n", b"[\n]\n", b"data: {\n", b"x\n", b"{}\n"])
def test_many_lines_cost_no_more_than_their_bytes(line: bytes) -> None:
    """Quadratic work would take minutes here."""
    body = line * (100_000 // len(line))
    assert split(*(body[i : i + 1000] for i in range(0, len(body), 1000))) is not None


def test_an_endless_event_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 1 << 20)
    splitter = EventSplitter()
    splitter.feed(b"data: " + b"x" * 1_000_000)
    with pytest.raises(WireError, match="more than 1 MB") as caught:
        splitter.feed(b"x" * 100_000)
    assert caught.value.body is None


def test_an_event_that_is_too_large_is_given_up_in_one_read_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 1 << 20)
    small, large = b"data: a\n\n", b"data: " + b"x" * (1 << 20) + b"\n\n"
    assert len(split(*[small * 150_000])) == 150_000
    with pytest.raises(WireError, match="more than 1 MB"):
        EventSplitter().feed(small + large)


def test_an_event_that_comes_byte_by_byte_costs_no_more_than_its_bytes() -> None:
    """Quadratic work would take minutes here."""
    body = b"data: " + b"x" * 500_000 + b"\n\n"
    assert split(*(body[i : i + 1] for i in range(len(body)))) == [body[6:-2]]


def test_a_large_event_with_an_end_is_whole() -> None:
    body = b"data: " + b"x" * 1_500_000 + b"\n\n"
    reads = [body[i : i + 16_384] for i in range(0, len(body), 16_384)]
    assert split(*reads) == [body[6:-2]]
