"""The replay server as a child process: with ReplayServer() as server: ask(server.url)."""

import http.client
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from benchmarks.wire.build import ServerUnavailable, build

__all__ = ["ReplayServer", "Request", "Script", "ServerUnavailable", "Stats", "build", "model_name"]


@dataclass(frozen=True, slots=True)
class Script:
    """What one stream replays: tokens a second (0: unpaced), TTFT and batch in milliseconds.

    Batch 0 is one HTTP chunk and one write for each event. The grammar is in replay.c.
    """

    tokens: int = 2600
    rate: int = 2600
    ttft: int = 150
    batch: int = 10
    per_event: int = 1

    @property
    def model(self) -> str:
        """The name of the model that asks the server for this."""
        return f"t{self.tokens}-r{self.rate}-f{self.ttft}-b{self.batch}-k{self.per_event}"

    @property
    def seconds(self) -> float:
        """From the request to the end of the stream, were nothing to cost time."""
        return self.ttft / 1000 + (self.tokens / self.rate if self.rate else 0)


def model_name(
    *, tokens: int, rate: int = 2600, ttft: int = 150, batch: int = 10, per_event: int = 1
) -> str:
    """Return the model that replays this."""
    return Script(tokens, rate, ttft, batch, per_event).model


class Request(msgspec.Struct, frozen=True):
    """One chat request as the server saw it; times are those of time.monotonic()."""

    model: str
    began: float  # its first byte was there
    arrived: float  # its last byte was there
    first_write: float
    last_write: float
    tokens: int
    prompt_tokens: int
    at_once: int  # requests being answered when it came, itself among them
    whole: bool


class Stats(msgspec.Struct, frozen=True):
    """What the server has seen since it was started or reset, in order of arrival."""

    now: float
    cpu_seconds: float
    source_tokens: int
    source_bytes: int
    at_once: int
    most_at_once: int
    requests: list[Request]


class ReplayServer:
    """Runs the server while its `with` block runs; raises ServerUnavailable on entering it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._port = self._tls_port = 0
        self.certificate: Path | None = None

    def __enter__(self) -> Self:
        built = build()
        files = [built.certificate, built.key] if built.certificate and built.key else []
        command = [str(path) for path in (built.program, built.text, *files)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        assert self._process.stdout is not None
        word, *ports = self._process.stdout.readline().split() or [""]
        if word != "PORT":
            self.__exit__(None, None, None)
            raise ServerUnavailable("the replay server did not start; its reason is above")
        self._port, self._tls_port = map(int, ports)
        self.certificate = built.certificate
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.communicate()  # closes its standard input, at which it ends

    @property
    def url(self) -> str:
        """The base URL of a provider, without TLS."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def tls_url(self) -> str:
        """The base URL with TLS, for clients that trust `certificate`; raises ServerUnavailable.

        Our own client trusts what SSL_CERT_FILE names, but at 127.0.0.1 it reads no environment:
        hence the second loopback address.
        """
        if not self._tls_port:
            raise ServerUnavailable("no TLS: OpenSSL's headers or its command are missing")
        return f"https://127.0.0.2:{self._tls_port}/v1"

    @property
    def pid(self) -> int:
        """The process, for tools that watch one."""
        assert self._process is not None
        return self._process.pid

    def stats(self) -> Stats:
        """Return what it has seen; those under way as far as they are."""
        return msgspec.json.decode(self._ask("GET", "/stats"), type=Stats)

    def reset(self) -> None:
        """Forget the requests seen so far."""
        self._ask("POST", "/reset")

    def cpu_seconds(self) -> float:
        """Return the CPU that the server has used since it was started, rendering included."""
        return self.stats().cpu_seconds

    def _ask(self, method: str, path: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path)
            return connection.getresponse().read()
        finally:
            connection.close()
