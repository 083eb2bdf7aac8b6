"""What the tests of the engine share."""

import pytest

from moa_tui.engine import liveness
from tests.engine.fault_rig import without_waits
from tests.engine.scripted import ScriptedProvider
from tests.engine.streams import Stream


@pytest.fixture
def provider() -> ScriptedProvider:
    """A provider without scripts: every model says its name."""
    return ScriptedProvider()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Retries wait for nothing; what they would have waited is noted here."""
    return without_waits(monkeypatch)


@pytest.fixture
def stream(provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch) -> Stream:
    """A stream whose model `m` has no script yet."""
    monkeypatch.setattr(liveness, "DONE_GRACE", 0.01)
    return Stream(provider)
