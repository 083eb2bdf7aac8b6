"""Server-sent events: bytes as they arrive → the data of each event.

https://html.spec.whatwg.org/multipage/server-sent-events.html

Wider than that: a line whose data is JSON is an event at once, so that events parted by one line
feed are read; so are lines of JSON without `data:`, and a whole document. What is no line of a
stream at all comes out as Junk: with it the text is not all that was sent.
"""

import msgspec

from moa_tui.engine.wire.errors import WireError

MAX_EVENT_BYTES = 2 * 1024 * 1024
"""An event is given up at this size, also while it has no end yet: memory stays bounded."""

_BOM = b"\xef\xbb\xbf"
_FIELDS = {b"data", b"event", b"id", b"retry"}
_PINGS = {b"ping", b"heartbeat", b"keepalive", b"keep-alive", b"keep_alive"}
_MOST_TRIES = 64
"""How often a document is looked at that comes in lines: each time is work on all of it."""

_raw = msgspec.json.Decoder(msgspec.Raw).decode


class Junk(bytes):
    """A line that belongs to no event."""

    __slots__ = ()


class EventSplitter:
    """Splits a body into the data of its events; any split of the body gives the same events."""

    __slots__ = (
        "_after_cr",
        "_after_junk",
        "_data",
        "_document",
        "_line",
        "_name",
        "_size",
        "_tries",
    )

    def __init__(self) -> None:
        self._line: list[bytes] = []  # joined once, at the line's end: it may come byte by byte
        self._data: list[bytes] = []
        self._document: list[bytes] = []
        self._name = b""
        self._size = 0
        self._tries = 0
        self._after_cr = False
        self._after_junk = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the data of the events that `data` completes."""
        if self._after_cr or b"\r" in data:
            data = self._with_line_feeds(data)
        end = data.rfind(b"\n") + 1
        if not end:
            self._hold(data)
            return []
        if self._line:
            held = b"".join(self._line)
            self._size -= len(held)
            end += len(held)
            data, self._line = held + data, []
        if end < len(data):
            self._hold(data[end:])
            data = data[:end]
        if not (self._data or self._document or self._name) and (events := _alike(data)):
            self._after_junk = False
            return events
        return self._by_line(data)

    def flush(self) -> list[bytes]:
        """Return the data of an event that the end of the body cut off, if it has any."""
        events = self.feed(b"\n\n") if self._line else self._by_line(b"\n")
        if self._document:
            self._end_document(events)
        return events

    def _hold(self, data: bytes) -> None:
        self._line.append(data)
        self._grow(len(data))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > MAX_EVENT_BYTES:
            raise _too_large()

    def _by_line(self, body: bytes) -> list[bytes]:
        events: list[bytes] = []
        for line in body[:-1].split(b"\n"):
            if len(line) > MAX_EVENT_BYTES:
                raise _too_large()
            self._take(line.removeprefix(_BOM), events)
        self._end_whole_event(events)
        if events:
            self._after_junk = type(events[-1]) is Junk
        return events

    def _take(self, line: bytes, events: list[bytes]) -> None:
        """Take a line; it may complete what came before it, and itself."""
        if not line.strip():
            self._end_event(events)
            self._name = b""
        elif (start := line.lstrip())[:5].lower() == b"data:" or line == b"data":
            self._take_data(start[5:].removeprefix(b" "), events)
        elif line.startswith(b":"):
            return
        elif line.partition(b":")[0] in _FIELDS:
            self._end_document(events)
            if line.startswith(b"event"):
                self._end_whole_event(events)
                self._name = line[6:].strip().lower()
        else:
            self._take_other(line, events)

    def _take_data(self, data: bytes, events: list[bytes]) -> None:
        self._end_document(events)
        self._end_whole_event(events)
        self._data.append(data)
        self._grow(len(data))

    def _take_other(self, line: bytes, events: list[bytes]) -> None:
        """Take a line that is no field: JSON by itself, a part of a document, or junk."""
        self._end_whole_event(events)
        if self._document:
            self._document.append(line)
            self._grow(len(line))
            if line[:1] in b"}]" and self._tries < _MOST_TRIES:
                self._tries += 1
                if _is_json(document := b"\n".join(self._document)):
                    self._forget_document()
                    events.append(document)
        elif (start := line.lstrip())[:1] in b"{[" and start:
            if _is_json(start):
                events.append(start.rstrip())
            else:
                self._document.append(line)
                self._grow(len(line))
        else:
            self._add_junk(line, events)

    def _end_event(self, events: list[bytes]) -> None:
        if not self._data:
            return
        data = b"\n".join(self._data).strip()
        self._size -= sum(map(len, self._data))
        self._data = []
        if self._name in _PINGS and b'"choices"' not in data:
            return
        if data:
            events.append(_as_error(data) if self._name == b"error" else data)

    def _end_whole_event(self, events: list[bytes]) -> None:
        """End the event if its one line needs no other."""
        if len(self._data) == 1 and _is_whole(self._data[0]):
            self._end_event(events)

    def _end_document(self, events: list[bytes]) -> None:
        if not self._document:
            return
        document = b"\n".join(self._document).strip()
        self._forget_document()
        if _is_json(document):
            events.append(document)
        else:
            self._add_junk(document, events)

    def _add_junk(self, line: bytes, events: list[bytes]) -> None:
        """Tell of junk; of many lines in a row the first says it all."""
        if not (type(events[-1]) is Junk if events else self._after_junk):
            events.append(Junk(line[:200]))

    def _forget_document(self) -> None:
        self._size -= sum(map(len, self._document))
        self._document, self._tries = [], 0

    def _with_line_feeds(self, data: bytes) -> bytes:
        """Make every line end a line feed. One CR ends a line at once: a late LF is its half."""
        if self._after_cr and data:
            data, self._after_cr = data.removeprefix(b"\n"), False
        self._after_cr = self._after_cr or data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _alike(body: bytes) -> list[bytes] | None:
    """Return the events of `body` without looking at each, where all are alike."""
    body = body.lstrip(b"\n")
    if not (body.startswith(b"data: ") and body.endswith(b"\n\n")):
        return None
    events = body[6:-2].split(b"\n\ndata: ")
    if body.count(b"\n") != 2 * len(events) or b"" in events:
        return None
    if len(body) > MAX_EVENT_BYTES and max(map(len, events)) + 6 > MAX_EVENT_BYTES:
        raise _too_large()
    return events


def _too_large() -> WireError:
    return WireError(f"an event of more than {MAX_EVENT_BYTES >> 20} MB")


def _is_whole(data: bytes) -> bool:
    """Whether a line of data needs no other line: an object of JSON, or the end mark."""
    data = data.strip()
    return data == b"[DONE]" or (data[:1] == b"{" and data[-1:] == b"}" and _is_json(data))


def _is_json(data: bytes) -> bool:
    try:
        _raw(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _as_error(data: bytes) -> bytes:
    """Return the data of an event that is named `error` as an object that says so."""
    if not _is_json(data):
        return b'{"error":' + msgspec.json.encode(data.decode("utf-8", "replace")) + b"}"
    return data if b'"error"' in data or b'"choices"' in data else b'{"error":' + data + b"}"
