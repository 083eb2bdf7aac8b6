"""What is left of a crash: a file that a person can send on, with no secret in it.

It says where the program broke and in which versions; it holds no values of variables, and the
text of the errors only without keys. The person is told one sentence and the file's path.
"""

import os
import platform
import threading
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from moa_tui import __version__, paths
from moa_tui.errors import CrashError
from moa_tui.private_files import private_folder, write_new
from moa_tui.redaction import redact, secrets_of
from moa_tui.text import clean_line
from moa_tui.tracebacks import describe, where

MOST_KEPT = 10
"""Crash files that are kept; the oldest are removed."""

_MOST_OF_ONE_RUN = 5
_LIBRARIES = ("textual", "rich", "openai", "aiohttp", "pydantic", "msgspec")

_kept: list[CrashError] = []
_lock = threading.RLock()


def crash(error: BaseException, during: str = "") -> CrashError:
    """Keep what is known of `error` in a file, once, and return what to tell the person."""
    with _lock:
        place = where(error)
        what, ours = f"something broke: {type(error).__name__}{place}", bool(place)
        for told in _kept:
            if told.error is error or (ours and told.message == what):
                return told
        if len(_kept) >= _MOST_OF_ONE_RUN:
            advice = "see what was told before it: that is likely to be the cause"
            return CrashError(what, advice, error, ours=ours)
        try:
            path = _keep(report(error, during))
            advice = f"please report it with {path}, which holds no keys"
        except Exception as trouble:  # noqa: BLE001 - whatever it is, the first error is told
            advice = f"the report could not be kept: {clean_line(str(trouble))}"
        told = CrashError(what, advice, error, ours=ours)
        _kept.append(told)
        return told


def report(error: BaseException, during: str = "") -> str:
    """Return the text of a crash file."""
    head = (
        f"moa-tui {__version__}",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
        ", ".join(_versions()),
        time.strftime("%Y-%m-%d %H:%M:%S %z"),
        *([f"during: {clean_line(during)}"] if during else []),
    )
    return redact("\n".join((*head, "", describe(error))), *secrets_of()) + "\n"


def _keep(text: str) -> Path:
    folder = private_folder(paths.crash_dir())
    name = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"{name}-{os.getpid()}-{len(_kept)}.txt"
    write_new([path], text.encode("utf-8", "replace"))
    for old in sorted(folder.glob("*.txt"))[:-MOST_KEPT]:
        with suppress(OSError):
            old.unlink()
    return path


def _versions() -> list[str]:
    found = []
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return found
