"""What the tests of the engine share."""

import asyncio

import pytest

from moa_tui.engine import stream as stream_module
from moa_tui.engine.controls import StreamSwitch
from tests.engine.scripted import ScriptedProvider
from tests.engine.streams import Stream


@pytest.fixture
def provider() -> ScriptedProvider:
    """A provider without scripts: every model says its name."""
    return ScriptedProvider()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Retries wait for nothing; what they would have waited is noted here."""
    noted: list[float] = []

    async def note(_switch: StreamSwitch, seconds: float) -> None:
        noted.append(seconds)
        await asyncio.sleep(0)

    monkeypatch.setattr(StreamSwitch, "pause", note)
    return noted


@pytest.fixture
def stream(provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch) -> Stream:
    """A stream whose model `m` has no script yet."""
    monkeypatch.setattr(stream_module, "DONE_GRACE", 0.01)
    return Stream(provider)
