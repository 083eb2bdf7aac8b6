"""What the wire can be instead of an answer."""

from collections.abc import Mapping
from typing import Any


class WireError(Exception):
    """What came is not a stream of chat chunks. `body` holds an error object, if one was sent."""

    def __init__(self, message: str, body: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.body = body


class EmptyAnswerError(WireError):
    """A whole response, and no answer in it."""


class CutShortError(WireError):
    """The body ended inside an event, or before anything of an answer came."""


class UnreadableError(WireError):
    """A whole response, and nothing of it could be read; the message names what."""
