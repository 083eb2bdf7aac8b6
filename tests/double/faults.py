"""What can go wrong with a stream: each fault edits the script of a response.

Events are counted from 0 as they leave the server: 0 is the chunk with the role, then reasoning,
text, the finish chunk (for some dialects a usage chunk) and `[DONE]`. So `after=k` lets k events
through, and `after=0` sends the headers only.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from tests.double.errors import HTML
from tests.double.script import Close, Head, Hold, Ping, Raw, Reply, Send, Step, position


class Fault(Protocol):
    """Anything that edits a reply before it is played."""

    def edit(self, reply: Reply) -> None:
        """Change the script, the headers or the way events are split into writes."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The stream breaks after k events.

    `reset` is a TCP reset, `fin` closes without the end mark of the HTTP body, `end` completes the
    HTTP response properly (no error for the client to see). `half` adds half of the next event.
    """

    after: int
    how: Literal["reset", "fin", "end"] = "reset"
    half: bool = False

    def edit(self, reply: Reply) -> None:
        """Keep k events, perhaps half of one more, and break off."""
        at = position(reply.steps, self.after)
        rest = reply.steps[at : at + 1]
        del reply.steps[at:]
        if self.half and rest and isinstance(rest[0], Send):
            reply.steps.append(Send(rest[0].data[: len(rest[0].data) // 2]))
        if self.how != "end":
            reply.steps.append(Close(self.how))


@dataclass(frozen=True, slots=True)
class BadChunk:
    """After k events comes something that is no chunk of an HTTP body."""

    after: int

    def edit(self, reply: Reply) -> None:
        """Keep k events and break the frame."""
        at = position(reply.steps, self.after)
        reply.steps[at:] = [Raw(b"no size\r\nno chunk\r\n"), Close("fin")]


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The request is read, and not one byte comes back."""

    how: Literal["hold", "reset", "fin"] = "hold"

    def edit(self, reply: Reply) -> None:
        """Drop the whole script, the headers too."""
        reply.steps = [Hold() if self.how == "hold" else Close(self.how)]


@dataclass(frozen=True, slots=True)
class Stall:
    """After k events nothing more comes, and the connection stays open."""

    after: int

    def edit(self, reply: Reply) -> None:
        """Keep k events and hold for ever."""
        reply.steps[position(reply.steps, self.after) :] = [Hold()]


@dataclass(frozen=True, slots=True)
class Pings:
    """After k events only comments come: a timeout between reads never fires."""

    after: int
    every: float = 0.01

    def edit(self, reply: Reply) -> None:
        """Keep k events and ping for ever."""
        reply.steps[position(reply.steps, self.after) :] = [Ping(self.every)]


@dataclass(frozen=True, slots=True)
class SlowHead:
    """The headers arrive one byte at a time."""

    every: float

    def edit(self, reply: Reply) -> None:
        """Slow the head down."""
        slow = Head(self.every)
        reply.steps = [slow if isinstance(step, Head) else step for step in reply.steps]


@dataclass(frozen=True, slots=True)
class NoFinish:
    """All the text, then a clean end with neither finish chunk nor `[DONE]`."""

    def edit(self, reply: Reply) -> None:
        """Drop the closing events."""
        reply.steps = [step for step in reply.steps if not _closes(step)]


@dataclass(frozen=True, slots=True)
class NoDone:
    """The finish chunk, but no `[DONE]`: the connection hangs, or ends cleanly."""

    hang: bool = True

    def edit(self, reply: Reply) -> None:
        """Drop the last event."""
        while reply.steps and not _closes(reply.steps.pop()):
            pass
        reply.steps += [Hold()] if self.hang else []


def _closes(step: Step) -> bool:
    return isinstance(step, Send) and step.part == "closing"


@dataclass(frozen=True, slots=True)
class Inject:
    """Bytes that do not belong there after k events; then the stream goes on, or ends cleanly."""

    after: int
    data: bytes
    ends: bool = False

    def edit(self, reply: Reply) -> None:
        """Put the bytes in front of event k."""
        at = position(reply.steps, self.after)
        reply.steps[at : len(reply.steps) if self.ends else at] = [Send(self.data)]


def error_event(
    after: int, error: Any = None, *, status_code: int | None = 500, name: str = ""
) -> Inject:
    """An error inside the stream, which then ends (OpenAPI document: ErrorChunkResponse).

    OpenRouter's has no status_code and a number as its code.
    """
    default = {
        "message": "Internal server error",
        "type": "server_error",
        "param": "",
        "code": "internal_error",
        "id": "",
    }
    event: dict[str, Any] = {"error": default if error is None else error}
    if status_code is not None:
        event["status_code"] = status_code
    label = f"event: {name}\n" if name else ""
    return Inject(after, f"{label}data: {json.dumps(event)}\n\n".encode(), ends=True)


def bad_json(after: int) -> Inject:
    """An event cut short by its server; the stream goes on."""
    return Inject(after, b'data: {"id":"chatcmpl-\n\n')


def choices_null(after: int) -> Inject:
    """A chunk that carries no choice: the OpenAPI document says `choices` is nullable."""
    chunk = {"id": "", "choices": None, "created": 0, "model": "", "object": _CHUNK}
    return Inject(after, f"data: {json.dumps(chunk)}\n\n".encode())


_CHUNK = "chat.completion.chunk"


@dataclass(frozen=True, slots=True)
class Instead:
    """Status 200 and something that is not a stream."""

    body: bytes
    content_type: str = "text/event-stream; charset=utf-8"

    def edit(self, reply: Reply) -> None:
        """Replace every event by the one body."""
        _replace_body(reply, self.body, self.content_type)


EMPTY = Instead(b"")
HTML_200 = Instead(HTML.encode(), "text/html")
DONE_ONLY = Instead(b"data: [DONE]\n\n")
JSON_ERROR_200 = Instead(b'{"error":{"message":"overloaded"}}', "application/json")


@dataclass(frozen=True, slots=True)
class NotStreamed:
    """The whole answer as one JSON document, although a stream was asked for."""

    def edit(self, reply: Reply) -> None:
        """Replace every event by the document."""
        _replace_body(reply, reply.whole, "application/json")


def _replace_body(reply: Reply, body: bytes, content_type: str) -> None:
    first = position(reply.steps, 0)
    reply.steps[first:] = [Send(body)] if body else []
    reply.headers["content-type"] = content_type
