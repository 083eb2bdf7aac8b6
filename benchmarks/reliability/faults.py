"""Every fault after every event, every odd response, every odd address: what a turn survives."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from benchmarks.reliability.places import odd_places
from benchmarks.table import Figure
from moa_tui.engine import stream as stream_module
from moa_tui.state import TurnState, fold
from moa_tui.transcript.history import HistoryWriter, load_turn
from moa_tui.transcript.record import record_of
from tests.double import Answer
from tests.engine.fault_kinds import AFTER_EVENTS, HIT, PLACES, RESPONSES, SILENT
from tests.engine.fault_rig import SHORT, Rig, Turned, flaws, opened_rig, without_waits


@dataclass(slots=True)
class Tally:
    """What came of the turns, and what each fault was not survived for."""

    names: list[str] = field(default_factory=list)
    turns: dict[str, Turned] = field(default_factory=dict)
    broken: Counter[str] = field(default_factory=Counter)
    reasons: list[str] = field(default_factory=list)

    def ratio(self, group: str) -> str:
        """Return how many of a group were survived, of how many."""
        names = [name for name in self.names if name.startswith(group)]
        lost = [name for name in names if self.broken[name]]
        return f"{len(names) - len(lost)}/{len(names)}"


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield how many of each group of faults were survived, and what was told falsely."""
    tally = asyncio.run(_tally(quick=quick))
    places = PLACES[::4] if quick else PLACES
    kinds = len(AFTER_EVENTS)
    yield Figure(
        f"faults survived, {kinds} kinds × {len(places)} places", tally.ratio("event"), "all"
    )
    yield Figure("odd responses survived", tally.ratio("response"), "all")
    yield Figure("odd addresses, keys and proxies survived", tally.ratio("place"), "all")
    told = sum(turned.false for turned in tally.turns.values())
    yield Figure("cut or empty answers shown as complete", f"{told} of {len(tally.turns)}", "0")
    for reason in tally.reasons:
        yield Figure(f"not survived: {reason}", "", "none")


async def _tally(*, quick: bool) -> Tally:
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        without_waits(patch)
        patch.setattr(stream_module, "DONE_GRACE", SHORT)
        keeper = _Keeper(Path(folder) / "history.db", tally)
        async with odd_places(patch, Path(folder)) as places, opened_rig(patch, places) as rig:
            for kind, fault in AFTER_EVENTS.items():
                for k in PLACES[::4] if quick else PLACES:
                    answer = replace(HIT, fault=fault(k))
                    await keeper.run(rig, f"event {k}: {kind}", answer, silent=kind in SILENT)
            for kind, answer in RESPONSES.items():
                await keeper.run(rig, f"response: {kind}", answer, silent=kind in SILENT)
            for place in places:
                await keeper.run(rig, f"place: {place}", HIT, provider=place)
        keeper.check()
    return tally


class _Keeper:
    """Runs turns, has them written while they run, and looks whether the history has them whole."""

    def __init__(self, path: Path, tally: Tally) -> None:
        self._path = path
        self._tally = tally
        self._writer = HistoryWriter(path, tally.reasons.append)

    async def run(
        self, rig: Rig, name: str, answer: Answer, *, silent: bool = False, provider: str = "acme"
    ) -> None:
        self._tally.names.append(name)
        rig.double.answers["a"] = answer
        log = self._writer.begin()
        try:
            turned = await rig.turn(silent=silent, provider=provider, name=name, hear=log.record)
        except Exception as error:  # noqa: BLE001 - what is counted here
            self._note(name, f"{type(error).__name__}: {error}")
            return
        self._tally.turns[name] = turned
        for flaw in flaws(turned):
            self._note(name, flaw)

    def check(self) -> None:
        self._writer.close(timeout=60)
        for name, turned in self._tally.turns.items():
            expected = record_of(fold(TurnState(), turned.events)).as_json()
            if load_turn(self._path, name) != expected:
                self._note(name, "the history has something else")

    def _note(self, name: str, flaw: str) -> None:
        self._tally.broken[name] += 1
        self._tally.reasons.append(f"{name}: {flaw}")
