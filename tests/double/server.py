"""The server: real sockets on 127.0.0.1, and what a test can wait for."""

import asyncio
import itertools
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests import canary
from tests.double.api import Api
from tests.double.link import ClientLeftError, Link
from tests.double.recorded import RecordedRequest

PATIENCE = 60.0


class CerebrasDouble(Api):
    """The API on an ephemeral port of 127.0.0.1, for as long as the `async with` lasts."""

    async def __aenter__(self) -> Self:
        """Start to listen."""
        self.requests: list[RecordedRequest] = []
        self.peak = 0  # most answers under way at once
        self._connections = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures: list[Exception] = []
        self._news = asyncio.Event()
        self._closing = False
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.root_url = f"http://127.0.0.1:{self.port}"
        self.base_url = f"{self.root_url}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Close every connection, and say so if the double itself broke."""
        self._closing = True
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()
        if self._failures and error is None:
            message = "the double itself failed"
            raise ExceptionGroup(message, self._failures)

    @property
    def chats(self) -> list[RecordedRequest]:
        """The requests for answers, without those for lists of models."""
        return [request for request in self.requests if request.is_chat]

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        return len(self._tasks)

    async def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Wait for something that shows in `requests` or `connections`; fail when it stays out."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not ready():
                    await self._news.wait()
        except TimeoutError:
            seen = [(request.path, request.model, request.status) for request in self.requests]
            message = f"waited for {what}; {self.connections} connections, requests: {seen}"
            raise AssertionError(message) from None

    async def wait_for_requests(
        self, count: int, *, model: str | None = None
    ) -> list[RecordedRequest]:
        """Wait until that many requests have arrived; with a model, only its chats count."""

        def arrived() -> list[RecordedRequest]:
            if model is None:
                return self.requests
            return [request for request in self.chats if request.model == model]

        await self.wait_until(lambda: len(arrived()) >= count, f"{count} requests of {model}")
        return arrived()

    async def wait_for_held(self, count: int = 1) -> list[RecordedRequest]:
        """Wait until that many responses stand at their gate, stall, or only ping."""

        def held() -> list[RecordedRequest]:
            return [request for request in self.requests if request.held]

        await self.wait_until(lambda: len(held()) >= count, f"{count} held responses")
        return held()

    async def wait_for_idle(self) -> None:
        """Wait until every response has ended, by its script or because the client left."""
        await self.wait_until(
            lambda: all(request.finished for request in self.requests), "all responses to end"
        )

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: asyncio's, made for a coroutine here, reports its cancellation as an
        # error (Python 3.11), and is not yet known when the test ends right after a connection.
        if self._closing:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(lambda _: self._disconnected(task, writer))

    def _disconnected(self, task: asyncio.Task[None], writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()  # for a task that was cancelled before it began
        self._tasks.discard(task)
        self._tell()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(reader, writer, next(self._connections), self._tell)
        try:
            while (request := await link.next_request()) and await self._answer(link, request):
                pass
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
            self._failures.append(error)
        finally:
            await link.close()

    async def _answer(self, link: Link, request: RecordedRequest) -> bool:
        """Answer one request; returns whether the connection can carry another one."""
        self.requests.append(request)
        canary.look_through_request(self.key, request.headers, request.path.encode() + request.raw)
        self.peak = max(self.peak, sum(not chat.finished for chat in self.chats))
        self._tell()
        reply = self.respond(request)
        request.status = reply.status
        try:
            return await link.play(reply, request)
        except ClientLeftError:
            request.closed_early = True
            return False
        finally:
            request.finished = True
            request.held = False
            self.settle(request)
            self._tell()

    def _tell(self) -> None:
        # Wakes everybody who waits; who comes later waits for the next news.
        self._news.set()
        self._news = asyncio.Event()
