"""A program that was stopped or busy reads what has arrived before it judges anybody's silence."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event, Thread

import pytest

from moa_tui.engine.connections import Connections
from moa_tui.engine.events import Outcome, RequestSent, StreamEnded, TextDelta, TurnEvent
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies import STRATEGIES
from tests import canary
from tests.engine.scripted import PATIENCE, agent, plan
from tests.engine.unasked import events
from tests.engine.wire_fixtures import provider_at

CLOCK = 0.2
"""Seconds of the clock that runs out while the program sleeps."""

TEXT = "Said while you slept. " * 15_000
"""More than asyncio reads at once."""


@dataclass
class Elsewhere:
    """A server in a thread of its own: it goes on while this thread sleeps."""

    parts: list[bytes]
    go_on: Event = field(default_factory=Event)
    said: Event = field(default_factory=Event)
    port: int = 0

    def serve(self, listener: socket.socket) -> None:
        """Answer one request: the first part at once, the rest when it may go on."""
        connection, _ = listener.accept()
        with connection:
            while b"\r\n\r\n" not in connection.recv(65536):
                pass
            connection.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + self.parts[0])
            self.go_on.wait(PATIENCE)
            connection.sendall(b"".join(self.parts[1:]))
        self.said.set()


@contextmanager
def elsewhere(parts: list[bytes]) -> Iterator[Elsewhere]:
    server = Elsewhere(parts)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        thread = Thread(target=server.serve, args=(listener,), daemon=True)
        thread.start()
        yield server
        thread.join(PATIENCE)


@pytest.mark.parametrize("clock", ["first_token_timeout", "gap_timeout", "timeout"])
async def test_what_has_come_meanwhile_counts(monkeypatch: pytest.MonkeyPatch, clock: str) -> None:
    monkeypatch.setenv("ACME_API_KEY", canary.KEY)
    whole = events(TEXT)
    begun = events("Hm. ").split(b"\n\n")[0] + b"\n\n"
    first = b": nothing yet\n\n" if clock == "first_token_timeout" else begun
    with elsewhere([first, whole]) as server:
        connections = Connections({"acme": provider_at(f"http://127.0.0.1:{server.port}/v1")})
        await connections.warm_up()
        told: list[TurnEvent] = []

        def sleep_through(event: TurnEvent) -> None:
            told.append(event)
            waited_for = RequestSent if clock == "first_token_timeout" else TextDelta
            if isinstance(event, waited_for) and not server.said.is_set():
                asyncio.get_running_loop().call_later(CLOCK / 4, fall_asleep)

        def fall_asleep() -> None:
            server.go_on.set()
            assert server.said.wait(PATIENCE)
            time.sleep(2 * CLOCK)  # the loop stands still, as in a program that is stopped

        asked = agent("m", **{clock: CLOCK})
        turn_plan = replace(plan([asked], aggregator=asked), providers=connections.providers)
        try:
            async with asyncio.timeout(PATIENCE):
                ended = await run_turn(
                    turn_plan, STRATEGIES["single"], connections.connect, sleep_through
                )
        finally:
            await connections.aclose()
    (over,) = [event for event in told if isinstance(event, StreamEnded)]
    assert over.outcome is Outcome.COMPLETE, over
    assert ended.answer.endswith(TEXT)
