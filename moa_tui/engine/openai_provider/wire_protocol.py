"""The client's end of one connection: one request, one answer, nothing else.

aiohttp's protocol (3.14) loses text that comes together with an error, keeps some errors to
itself, and takes what a server says unasked for the answer to the next request. What this module
and `connector` know of its insides is in these two files only.
"""

import ssl
import time
from asyncio import AbstractEventLoop, BaseTransport
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import RawResponseMessage
from aiohttp.streams import StreamReader

from moa_tui.engine.openai_provider.exchange import Exchange
from moa_tui.engine.openai_provider.tls import ReadsBeforeErrors
from moa_tui.engine.provider import Step

MAX_HEAD = 1024 * 1024
"""Bytes of a response's status and headers."""

_HEAD_END = b"\r\n\r\n"

_FULL = 200_000
"""Bytes of a read after which more may have been waiting: asyncio reads 256 KB at most."""


class SpokeFirstError(aiohttp.ClientError):
    """The server said something before it was asked."""


class HeadTooLargeError(aiohttp.ClientError):
    """Status and headers that do not end."""


class BrokenFrameError(aiohttp.ClientPayloadError):
    """The body's HTTP frame is not as it should be, such as a chunk without a size."""


class BrokenTlsError(aiohttp.ClientPayloadError):
    """TLS broke while an answer was read."""


class Wire(ResponseHandler):
    """One connection. Bytes that come before the request end it; so does the end of the answer.

    `read_at` is the earliest time by which the bytes handed over last can have been read: a read
    of what had piled up while the event loop was busy has the time of the one before it.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        super().__init__(loop)
        self.exchange: Exchange | None = None
        self.read_at: float | None = None
        self.spoke_first = False
        self._asked = False
        self._head = 0
        self._last = b""
        self._body: StreamReader | None = None
        self._piled = False
        self._tls: ReadsBeforeErrors | None = None

    @property
    def silent(self) -> bool:
        """Whether not one byte has come."""
        return not self._head

    def connection_made(self, transport: BaseTransport) -> None:
        """The connection is there, and its TLS handshake over."""
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        self._tls = tls if isinstance(tls, ReadsBeforeErrors) else None

    def set_response_params(self, **params: Any) -> None:
        """Get ready for a response; the request is written at once after this."""
        self._asked = True
        if self.exchange is not None:
            self.exchange.step(Step.SENT)
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """Take what was read; empty where the parser goes on with what it has."""
        resumed = not data
        if data:
            if not self._asked:
                self.spoke_first = True
                self.abort()
                return
            if not self._piled:
                self.read_at = time.perf_counter()
            self._piled = len(data) > _FULL
        while self._body is None and data:
            data = self._feed_head(data)
        if data or resumed:
            super().data_received(data)
        self._tell_reader()
        self._raise_held()

    def _feed_head(self, data: bytes) -> bytes:
        """Feed what there is of status and headers; return what is behind them.

        Of a read in which the body breaks as well, aiohttp would hand over no response at all.
        """
        seen = self._last + data
        found = seen.find(_HEAD_END)
        end = found + len(_HEAD_END) - len(self._last) if found >= 0 else len(data)
        self._last = b"" if found >= 0 else seen[-3:]
        self._head += end
        if self._head > MAX_HEAD:
            self.set_exception(HeadTooLargeError())
            self.abort()
            return b""
        super().data_received(data[:end])
        return data[end:] if self.exception() is None else b""

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        """Take a response; a second one is nobody's."""
        if self._body is not None:
            self.force_close()
            return
        if data[0].code >= 200:
            self._body = data[1]
        super().feed_data(data, size)

    def pause_reading(self) -> None:
        """Read no more for now: what comes meanwhile piles up."""
        self._piled = True
        super().pause_reading()

    def close(self) -> None:
        """End the connection, without waiting for the other end to say goodbye."""
        if self.transport is not None and self.transport.get_extra_info("ssl_object"):
            self.abort()
        else:
            super().close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is gone; whoever reads the body is told of what."""
        body = self._body
        under_way = body is not None and not body.is_eof() and body.exception() is None
        reason = _reason(exc) if exc else None
        if body is not None and under_way and reason is not None:
            body.set_exception(reason)
        super().connection_lost(exc)
        if body is None or not under_way:
            return
        if reason is not None:
            body.set_exception(reason)
        elif not body.is_eof() and body.exception() is None:
            body.set_exception(aiohttp.ClientPayloadError("the body did not end"))

    def _tell_reader(self) -> None:
        """aiohttp tells a frame's error to whoever waits for the next response, who is nobody."""
        error, body = self.exception(), self._body
        if error is None or body is None or body.is_eof() or body.exception() is not None:
            return
        broken = BrokenFrameError(_first_line(error))
        body.set_exception(broken, error)

    def _raise_held(self) -> None:
        """Have TLS raise what it has put off until its text was taken."""
        if self._tls and self._tls.is_broken and self.transport:
            self.transport.pause_reading()
            self.transport.resume_reading()


def read_out(body: StreamReader) -> bytes:
    """Return what is left in a body that has broken; aiohttp would not hand it over any more."""
    body._exception = None  # noqa: SLF001 - there is no other way to it
    return body.read_nowait()


def _reason(error: BaseException) -> aiohttp.ClientError:
    if isinstance(error, ssl.SSLError):
        reason: aiohttp.ClientError = BrokenTlsError(error.reason or str(error))
    elif isinstance(error, OSError):
        reason = aiohttp.ClientOSError(*error.args)
    else:
        reason = aiohttp.ClientPayloadError(str(error))
    reason.__cause__ = error
    return reason


def _first_line(error: BaseException) -> str:
    said = str(getattr(error, "message", error)).strip()
    return said.splitlines()[0].rstrip(":") if said else ""
