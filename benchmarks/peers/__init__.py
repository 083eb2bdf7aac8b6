"""Programs of the kind on the same replay server, beside ours: python -m benchmarks peers."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.peers import programs
from benchmarks.peers.installed import NotRun
from benchmarks.peers.running import NotFinished
from benchmarks.pty_terminal import NotPaintedError
from benchmarks.table import Figure
from benchmarks.wire.drain import drain_turn
from benchmarks.wire.server import ReplayServer, Script

Program = Callable[[ReplayServer, Script, int], float]
_SCRIPT = Script(3900, 2600, 150, 10)


@dataclass(frozen=True, slots=True)
class _Peer:
    name: str
    run: Program
    ours: Program
    streams: int = 4


_DECK, _LLM, _ELIA = (
    " ".join((package.name, package.version, *(f"({need})" for need in package.needs[:1])))
    for package in (programs.QUORUMDECK, programs.LLM, programs.ELIA)
)
_PLAIN = _Peer("asyncio script, SDK's stream", programs.plain_script, programs.ours_headless)
_PEERS = (
    _PLAIN,
    _Peer(f"{_DECK} headless", programs.quorumdeck_headless, programs.ours_headless),
    _Peer(f"{_DECK} on screen", programs.quorumdeck_on_screen, programs.ours_on_screen),
    _Peer(f"{_LLM} headless", programs.llm_headless, programs.ours_headless, 1),
    _Peer(f"{_ELIA} on screen", programs.elia_on_screen, programs.ours_on_screen, 1),
)


def figures(server: ReplayServer, *, quick: bool) -> Iterator[Figure]:
    """Yield for each peer what it took, with what ours took for the same streams as the goal."""
    wires: dict[int, float] = {}
    ours: dict[tuple[Program, int], str] = {}
    for peer in (_PLAIN,) if quick else _PEERS:
        streams, kind = peer.streams, (peer.ours, peer.streams)
        if streams not in wires:
            models = [_SCRIPT.model] * streams
            wires[streams] = asyncio.run(drain_turn(server.url, models, None)).wall
        if kind not in ours:
            ours[kind] = _measured(server, peer.ours, streams, wires[streams])
        name = f"peer: {peer.name}, {streams} agent{'s' if streams > 1 else ''}"
        value = _measured(server, peer.run, streams, wires[streams])
        yield Figure(name, value, f"ours: {ours[kind]}")


def _measured(server: ReplayServer, run: Program, streams: int, wire: float) -> str:
    try:
        seconds = run(server, _SCRIPT, streams)
    except NotFinished as unfinished:
        return str(unfinished)
    except (NotRun, NotPaintedError, OSError) as reason:
        return f"not run: {reason}"
    return f"{seconds:.2f} s ({seconds / wire:.2f} × the wire)"
