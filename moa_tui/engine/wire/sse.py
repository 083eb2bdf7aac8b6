"""Server-sent events: bytes as they arrive → the data of each event.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from moa_tui.engine.wire.errors import WireError

MAX_EVENT_BYTES = 16 * 1024 * 1024
"""An event without an end is given up at this size, so that memory stays bounded."""

_BOM = b"\xef\xbb\xbf"


class EventSplitter:
    """Splits a body into the data of its events; any split of the body gives the same events."""

    __slots__ = ("_after_cr", "_pending")

    def __init__(self) -> None:
        self._pending = b""
        self._after_cr = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the data of the events that `data` completes."""
        if self._after_cr or b"\r" in data:
            data = self._with_line_feeds(data)
        # Only what is new can complete an event: a long one is not searched again at every read.
        searched = max(0, len(self._pending) - 1)
        data = self._pending + data
        end = data.rfind(b"\n\n", searched)
        if end < 0:
            self._pending = data
            if len(data) > MAX_EVENT_BYTES:
                raise WireError(f"an event of more than {MAX_EVENT_BYTES >> 20} MB")
            return []
        self._pending = data[end + 2 :]
        return [found for event in data[:end].split(b"\n\n") if (found := _data(event))]

    def flush(self) -> list[bytes]:
        """Return the data of an event that the end of the body cut off, if it has any."""
        return self.feed(b"\n\n") if self._pending.strip() else []

    def _with_line_feeds(self, data: bytes) -> bytes:
        """Make every line end a line feed. One CR ends a line at once: a late LF is its half."""
        if self._after_cr and data:
            data, self._after_cr = data.removeprefix(b"\n"), False
        self._after_cr = self._after_cr or data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _data(event: bytes) -> bytes:
    """Return the data of one event, several `data` lines joined by newlines.

    Empty for comments, and for the empty events that some proxies keep a connection alive with.
    """
    if event.startswith(b"data: ") and b"\n" not in event:
        return event[6:].strip()
    lines = [line.removeprefix(_BOM) for line in event.split(b"\n")]
    data = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    return b"\n".join(data).strip()
