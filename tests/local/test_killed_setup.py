"""`moa-tui local setup` that is ended while it fetches: nothing stays, or not for long."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from moa_tui.local.setup import tidy
from moa_tui.local.weights import weights_file
from tests.transcript.kept import wait_until

OURS = [sys.executable, "-m", "moa_tui"]


@pytest.fixture
def index() -> Iterator[str]:
    """The address of a package index that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/simple"


@pytest.fixture
def fetching(index: str, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A setup that waits for the index, its folder begun."""
    places = {"XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)}
    indexes = {"PIP_INDEX_URL": index, "UV_INDEX_URL": index, "UV_DEFAULT_INDEX": index}
    with subprocess.Popen(
        [*OURS, "local", "setup"],
        env=os.environ | places | indexes,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_until(lambda: bool(left(tmp_path)) or process.poll() is not None, 30)
        yield process
        process.kill()


def left(place: Path) -> list[Path]:
    return [*(place / "data" / "moa-tui" / "weights").glob(".setup-*/errors.txt")]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_leaves_nothing(
    name: str, fetching: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert left(tmp_path)
    fetching.send_signal(number := getattr(signal, name))
    assert fetching.wait(20) == (130 if name == "SIGINT" else 128 + number)
    assert [*(tmp_path / "data" / "moa-tui" / "weights").iterdir()] == []


def test_what_a_killed_one_left_is_tidied_up_and_what_runs_is_let_be(
    fetching: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (work,) = (path.parent for path in left(tmp_path))
    assert weights_file().parent == work.parent
    old = time.time() - 60
    os.utime(work, (old, old))
    tidy()
    assert work.is_dir()
    fetching.kill()
    fetching.wait(20)
    tidy()
    assert not work.exists()


def test_links_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = weights_file().parent
    folder.mkdir(parents=True)
    dear = tmp_path / "dear"
    dear.mkdir()
    (dear / "file").write_text("dear")
    (folder / ".setup-link").symlink_to(dear)
    os.utime(dear, (0, 0))
    tidy()
    assert (dear / "file").read_text() == "dear"
    shutil.rmtree(folder)
