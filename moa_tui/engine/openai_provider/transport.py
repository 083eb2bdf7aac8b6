"""A request that never got its answer → Failure.

The SDK says "Connection error." or "Request timed out." for dozens of causes; with aiohttp below
it a reset, a refusal and an unknown host all come as a timeout. So the chain of causes is read.
"""

import os
import socket
import ssl
import zlib
from collections.abc import Iterator, Sequence

from moa_tui.engine.openai_provider.asked import Asked
from moa_tui.engine.openai_provider.connector import ProxyAnswerError
from moa_tui.engine.openai_provider.wire_protocol import (
    BrokenFrameError,
    BrokenTlsError,
    HeadTooLargeError,
    SpokeFirstError,
)
from moa_tui.engine.provider import Failure, FailureKind

_PROXY_ADVICE = "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY"
_NOT_AN_ADDRESS = {"UnsupportedProtocol", "InvalidURL", "NonHttpUrlClientError"}
_CUT_BODY = "ClientPayloadError"
_BROKEN = {"ServerDisconnectedError", _CUT_BODY, "ClientConnectionError", "TransportError"}


def failure_of_transport(error: Exception, asked: Asked) -> Failure:
    """Name what stopped a request on its way."""
    causes = list(_causes(error))
    return (
        _of_request(causes, asked)
        or _of_response(causes, asked)
        or _of_tls(causes, asked)
        or _of_peer(causes, asked)
        or _of_connection(causes, asked)
        or _unexpected(error, asked)
    )


def _of_request(causes: Sequence[BaseException], asked: Asked) -> Failure | None:
    """What cannot be sent at all: the key, the text or the address is the reason."""
    words = str(causes[-1])
    for cause in causes:
        if isinstance(cause, UnicodeEncodeError) and cause.encoding != "ascii":
            message = "the prompt holds characters that cannot be sent"
            return Failure(FailureKind.BAD_REQUEST, message, "change the question")
    if isinstance(causes[-1], UnicodeEncodeError) or "in headers" in words:
        message = f"{asked.variable} does not hold a key: it has unusual characters in it"
        return Failure(FailureKind.WRONG_KEY, message, "copy the key again")
    if _NOT_AN_ADDRESS & _names(causes):
        message = f"no request can be sent to {asked.host}: {asked.quote(words)}"
        advice = f"correct base_url of {asked.provider.name}"
        return Failure(FailureKind.BAD_REQUEST, message, advice)
    return None


def _of_response(causes: Sequence[BaseException], asked: Asked) -> Failure | None:
    """What came, and was no response, or one that broke off for a reason that is known."""
    host, look = asked.host, "ask again; if it happens every time, look at the proxy or the server"
    for cause in causes:
        match cause:
            case SpokeFirstError():
                message = f"{host} said something before it was asked"
                advice = "check base_url: perhaps another port"
                return Failure(FailureKind.NOT_AN_ANSWER, message, advice, retryable=True)
            case HeadTooLargeError():
                message = f"{host} sent more response headers than are read (1 MB, 2,000 of them)"
                advice = "look at the proxy or the gateway in front of it"
                return Failure(FailureKind.NOT_AN_ANSWER, message, advice)
            case BrokenFrameError():
                why = asked.quote(str(cause)) or "its frame is broken"
                message = f"the response of {host} broke: {why}"
                return Failure(FailureKind.CONNECTION, message, look, retryable=True)
            case BrokenTlsError():
                message = f"the TLS connection to {host} broke: {asked.quote(str(cause))}"
                return Failure(FailureKind.CONNECTION, message, look, retryable=True)
            case ProxyAnswerError():
                message = f"the proxy {asked.quote(cause.host or '')} does not speak HTTP"
                return Failure(FailureKind.CONNECTION, message, _PROXY_ADVICE)
    return None


def _of_tls(causes: Sequence[BaseException], asked: Asked) -> Failure | None:
    host = _peer(causes, asked)
    untrusted = [c for c in causes if isinstance(c, ssl.SSLCertVerificationError)]
    if untrusted:
        # Of the last one: aiohttp's own, around it, is of the same class and has no reason.
        why = asked.quote(str(getattr(untrusted[-1], "verify_message", "it is not valid")))
        message = f"{host} has no certificate that this machine trusts: {why}"
        return Failure(FailureKind.TLS, message, "check base_url, or set SSL_CERT_FILE")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        message = f"{host} does not speak TLS as it should"
        return Failure(FailureKind.TLS, message, "check base_url: perhaps http, or another port")
    return None


def _of_peer(causes: Sequence[BaseException], asked: Asked) -> Failure | None:
    """Nobody there: an unknown host, a closed port, a server that says nothing."""
    host = _peer(causes, asked)
    through = host != asked.host
    if any(_is_silence(cause) for cause in causes):
        return name_server_silent(host)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        advice = _PROXY_ADVICE if through else "check base_url and the network"
        message = f"there is no host {host}, or no network"
        return Failure(FailureKind.DNS, message, advice, retryable=True)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        here = f"start the server of {asked.provider.name}, or check base_url"
        advice = here if asked.is_local else "check base_url and the network"
        advice = _PROXY_ADVICE if through else advice
        return Failure(FailureKind.REFUSED, f"nothing answers at {host}", advice, retryable=True)
    if any(isinstance(cause, TimeoutError) for cause in causes):
        message = f"{host} did not answer in time"
        return Failure(FailureKind.TIMEOUT, message, "ask again later", retryable=True)
    return None


def _is_silence(cause: BaseException) -> bool:
    """Whether no name server has answered: that says nothing of the host."""
    return isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN


def name_server_silent(host: str) -> Failure:
    """Return the failure of a request whose host could not be looked up."""
    message = f"the name server does not say where {host} is"
    return Failure(
        FailureKind.DNS, message, "check the network and its name server", retryable=True
    )


def _of_connection(causes: Sequence[BaseException], asked: Asked) -> Failure | None:
    """What was under way and broke."""
    host = _peer(causes, asked)
    if any(isinstance(cause, zlib.error) for cause in causes):
        message = f"{host} sent an answer that cannot be decompressed"
        advice = "ask again; if it happens every time, look at the proxy or the server"
        return Failure(FailureKind.NOT_AN_ANSWER, message, advice, retryable=True)
    if "ProxyError" in _names(causes):
        message = f"the proxy on the way to {host} refused: {asked.quote(str(causes[-1]))}"
        return Failure(FailureKind.CONNECTION, message, _PROXY_ADVICE)
    if "ClientResponseError" in _names(causes):
        message = f"{host} does not speak HTTP as it should"
        advice = "check base_url: perhaps https, or another port"
        return Failure(FailureKind.NOT_AN_ANSWER, message, advice)
    system = next((cause for cause in causes if isinstance(cause, OSError) and cause.errno), None)
    if system is None and not _BROKEN & _names(causes):
        return None
    if system and system.errno:
        reason = os.strerror(system.errno).lower()
    else:
        cut = _CUT_BODY in _names(causes)
        reason = "it ended before the answer did" if cut else "closed without an answer"
    message = f"the connection to {host} broke: {reason}"
    return Failure(FailureKind.CONNECTION, message, "ask again", retryable=True)


def _unexpected(error: Exception, asked: Asked) -> Failure:
    message = f"{type(error).__name__}: {asked.quote(str(error))}"
    return Failure(FailureKind.INTERNAL, message, "this should not happen: please report it")


def _peer(causes: Sequence[BaseException], asked: Asked) -> str:
    """Return who was connected to: a proxy is named where it is the one that failed."""
    for cause in causes:
        host = getattr(cause, "host", None)
        if isinstance(host, str) and host not in asked.host:
            return f"the proxy {asked.quote(host)}"
    return asked.host


def _names(causes: Sequence[BaseException]) -> set[str]:
    """The classes of all causes, by name: they belong to libraries below the SDK."""
    return {kind.__name__ for cause in causes for kind in type(cause).__mro__}


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
