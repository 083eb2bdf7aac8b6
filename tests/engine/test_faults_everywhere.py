"""Every kind of fault after every event of a stream, over real sockets, in a whole turn."""

from dataclasses import replace

import pytest

from moa_tui.engine import liveness
from moa_tui.engine.events import Outcome
from tests.double import odd_events
from tests.engine.cancelled import OPEN_FILES, cancel_turns
from tests.engine.fault_kinds import (
    AFTER_EVENTS,
    ASKED_ONCE,
    GOOD,
    HIT,
    PIECES,
    PLACES,
    RESPONSES,
    SILENT,
    WHOLE,
)
from tests.engine.fault_rig import SHORT, flaws, opened_rig


@pytest.fixture(autouse=True)
def _short_grace(monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> None:
    monkeypatch.setattr(liveness, "DONE_GRACE", SHORT)


@pytest.mark.parametrize("kind", AFTER_EVENTS)
async def test_a_fault_after_every_event(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened_rig(monkeypatch) as rig:
        for k in PLACES:
            rig.double.answers["a"] = replace(HIT, fault=AFTER_EVENTS[kind](k))
            turned = await rig.turn(silent=kind in SILENT)
            assert not flaws(turned), k


@pytest.mark.parametrize("kind", odd_events.NOT_TEXT)
async def test_what_cannot_be_read_makes_no_whole_answer(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the finish reason, that is: nothing after it belongs to the answer."""
    finished = len(PIECES) + 2
    async with opened_rig(monkeypatch) as rig:
        for k in PLACES:
            rig.double.answers["a"] = replace(HIT, fault=AFTER_EVENTS[kind](k))
            turned = await rig.turn()
            outcome = Outcome.COMPLETE if k >= finished else Outcome.PARTIAL
            assert (turned.hit.outcome, turned.requests) == (outcome, 1), k


@pytest.mark.parametrize("kind", odd_events.HARMLESS)
async def test_what_may_be_passed_over_costs_nothing(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_rig(monkeypatch) as rig:
        for k in PLACES:
            rig.double.answers["a"] = replace(HIT, fault=AFTER_EVENTS[kind](k))
            turned = await rig.turn()
            assert (turned.hit.outcome, turned.text) == (Outcome.COMPLETE, WHOLE), k
            assert turned.requests == 1


@pytest.mark.parametrize("kind", RESPONSES)
async def test_a_response_that_is_not_as_it_should_be(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_rig(monkeypatch) as rig:
        rig.double.answers["a"] = RESPONSES[kind]
        turned = await rig.turn(silent=kind in SILENT)
    assert not flaws(turned)
    assert (turned.hit.outcome is Outcome.COMPLETE) == (kind in GOOD)
    if kind in ASKED_ONCE:
        assert turned.requests == 1


async def test_a_fault_that_passes_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened_rig(monkeypatch) as rig:
        for kind, fault in AFTER_EVENTS.items():
            rig.double.answers["a"] = [replace(HIT, fault=fault(0)), HIT]
            turned = await rig.turn(silent=kind in SILENT)
            if turned.requests > 1:
                assert turned.hit.outcome is Outcome.COMPLETE, kind


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="open sockets are counted in /proc")
async def test_fifty_turns_cancelled_midway_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened_rig(monkeypatch) as rig:
        first, last = await cancel_turns(rig, 50)
    assert last == first
