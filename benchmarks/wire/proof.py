"""That the server is not what benchmarks measure: python -m benchmarks.wire.drain prints this."""

import asyncio
from pathlib import Path

from benchmarks.wire.drain import Drained, drain_turn
from benchmarks.wire.server import ReplayServer, Script, ServerUnavailable

_UNPACED = (
    ("60 KB chunks", Script(65536, rate=0, ttft=0, batch=1)),
    ("a chunk each", Script(65536, rate=0, ttft=0, batch=0)),
)
_STREAMS = 16
_PACED = (
    ("10 ms batches", Script(2600, batch=10)),
    ("a write each", Script(2600, batch=0)),
)
_TURNS = 8  # unpaced streams, one after another on one connection, are too short on their own


def main() -> None:
    """Print both tables: what an event costs unpaced, and how punctual paced streams are."""
    try:
        with ReplayServer() as server:
            asyncio.run(_print_proof(server))
    except ServerUnavailable as error:
        raise SystemExit(str(error)) from None


async def _print_proof(server: ReplayServer) -> None:
    ways: list[tuple[str, str, Path | None]] = [("plain", server.url, None)]
    if server.certificate is not None:
        ways.append(("TLS", server.tls_url, server.certificate))
    print("CPU is in µs an event; times are in seconds.\n\nunpaced, 1 stream")
    print("wire                   events/s  server CPU  drain CPU")
    for way, url, certificate in ways:
        for name, script in _UNPACED:
            drained, server_cpu = await _unpaced(server, url, script, certificate)
            print(
                f"{way:5} {name:14} {drained.events / drained.wall:10,.0f}"
                f" {server_cpu:11.2f} {drained.microseconds_per_event():10.2f}"
            )
    print(f"\n{_STREAMS} proposers at 2,600 tokens/s, then an aggregator")
    print("wire                 wall  nominal   ratio  server CPU  drain CPU")
    for way, url, certificate in ways:
        for name, script in _PACED:
            used = server.cpu_seconds()
            drained = await drain_turn(url, [script.model] * _STREAMS, script.model, certificate)
            server_cpu = (server.cpu_seconds() - used) * 1e6 / drained.events
            nominal = 2 * script.seconds
            print(
                f"{way:5} {name:14} {drained.wall:6.3f} {nominal:7.3f}"
                f" {drained.wall / nominal:8.4f} {server_cpu:11.2f}"
                f" {drained.microseconds_per_event():10.2f}"
            )


async def _unpaced(
    server: ReplayServer, url: str, script: Script, certificate: Path | None
) -> tuple[Drained, float]:
    """Return the sum of some turns of one stream, and the server's µs an event."""
    used = server.cpu_seconds()
    turns = [await drain_turn(url, [script.model], None, certificate) for _ in range(_TURNS)]
    whole = Drained(
        sum(turn.wall for turn in turns),
        sum(turn.cpu for turn in turns),
        sum(turn.received for turn in turns),
        sum(turn.events for turn in turns),
    )
    return whole, (server.cpu_seconds() - used) * 1e6 / whole.events
