"""Server-sent events: bytes as they arrive → the data of each event.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from moa_tui.engine.wire.errors import WireError

MAX_EVENT_BYTES = 2 * 1024 * 1024
"""An event is given up at this size, also while it has no end yet: memory stays bounded."""

_BOM = b"\xef\xbb\xbf"


class EventSplitter:
    """Splits a body into the data of its events; any split of the body gives the same events."""

    __slots__ = ("_after_cr", "_held", "_last", "_size")

    def __init__(self) -> None:
        self._held: list[bytes] = []  # joined once, at the event's end: it may come byte by byte
        self._size = 0
        self._last = b""
        self._after_cr = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the data of the events that `data` completes."""
        if self._after_cr or b"\r" in data:
            data = self._with_line_feeds(data)
        end = data.rfind(b"\n\n")
        if end < 0 and not (self._last == b"\n" and data.startswith(b"\n")):
            self._hold(data)
            return []
        if self._held:
            data = b"".join([*self._held, data])
            end = data.rfind(b"\n\n")
            self._held = []
            self._size = 0
            self._last = b""
        if len(data) > MAX_EVENT_BYTES:
            _check_sizes(data[:end])
        if end + 2 < len(data):
            self._hold(data[end + 2 :])
        return _events(data[:end])

    def _hold(self, data: bytes) -> None:
        self._held.append(data)
        self._size += len(data)
        self._last = data[-1:] or self._last
        if self._size > MAX_EVENT_BYTES:
            raise _too_large()

    def flush(self) -> list[bytes]:
        """Return the data of an event that the end of the body cut off, if it has any."""
        return self.feed(b"\n\n") if b"".join(self._held).strip() else []

    def _with_line_feeds(self, data: bytes) -> bytes:
        """Make every line end a line feed. One CR ends a line at once: a late LF is its half."""
        if self._after_cr and data:
            data, self._after_cr = data.removeprefix(b"\n"), False
        self._after_cr = self._after_cr or data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _check_sizes(body: bytes) -> None:
    if max(map(len, body.split(b"\n\n"))) > MAX_EVENT_BYTES:
        raise _too_large()


def _too_large() -> WireError:
    return WireError(f"an event of more than {MAX_EVENT_BYTES >> 20} MB")


def _events(body: bytes) -> list[bytes]:
    """Return the data of the events in `body`, without looking at each where all are alike."""
    if body.startswith(b"data: "):
        events = body[6:].split(b"\n\ndata: ")
        if body.count(b"\n") == 2 * (len(events) - 1) and b"" not in events:
            return events
    return [found for event in body.split(b"\n\n") if (found := _data(event))]


def _data(event: bytes) -> bytes:
    """Return the data of one event, several `data` lines joined by newlines.

    Empty for comments, and for the empty events that some proxies keep a connection alive with.
    """
    if event.startswith(b"data: ") and b"\n" not in event:
        return event[6:].strip()
    lines = [line.removeprefix(_BOM) for line in event.split(b"\n")]
    data = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    return b"\n".join(data).strip()
