"""What all tests share: a home of their own, so that nobody's files are read or written."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from moa_tui import paths
from moa_tui.errors import LocalModelError
from moa_tui.local.setup import engine_available
from moa_tui.local.weights import find_weights, verify_weights
from moa_tui.private_files import private_folder
from tests.canary import CanaryPlugin, hits_in

# The whole suite is to take less than three minutes; HYPOTHESIS_EXAMPLES looks harder.
hypothesis.settings.register_profile(
    "suite", max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "40")), deadline=None
)
hypothesis.settings.load_profile("suite")

# Looked up before the fixture below points the person's folders elsewhere.
_REAL_WEIGHTS = find_weights()


def pytest_configure(config: pytest.Config) -> None:
    """Look for keys in everything that the tests leave."""
    config.pluginmanager.register(CanaryPlugin(), "canary")


@pytest.fixture(autouse=True)
def home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A new home folder, without a key at the end; no keys or settings in the environment."""
    folder = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_API_TOKEN")) or name.startswith(("XDG_", "MOA_TUI_C")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    yield folder
    assert list(hits_in(folder)) == []


@pytest.fixture
def settings_folder(home: Path) -> Path:
    """The person's settings folder: nobody is asked about an agents.yaml in it."""
    return private_folder(paths.user_config_dir())


@pytest.fixture(scope="session")
def real_weights() -> Path:
    """The default weights, with an engine to serve them; skips the test where either is missing."""
    if not engine_available():
        pytest.skip("the engine is not installed: pip install 'moa-tui[local]'")
    if _REAL_WEIGHTS is None:
        pytest.skip("the weights are not here: moa-tui local setup")
    try:
        verify_weights(_REAL_WEIGHTS)
    except LocalModelError as error:
        pytest.skip(error.message)
    return _REAL_WEIGHTS


@pytest.fixture
def embedded_home(home: Path, real_weights: Path) -> Path:
    """A new home folder in which the embedded model is set up."""
    folder = paths.user_data_dir() / "weights"
    folder.mkdir(parents=True)
    (folder / real_weights.name).symlink_to(real_weights)
    return home
