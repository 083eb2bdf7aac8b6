"""A canary: the key that the provider double takes is looked for wherever a key must not be.

The double refuses requests without it, so that it is in use in every test that asks something;
what a program then paints, prints, writes and sends elsewhere is looked through. The folders of the
session are looked through at its end, those of the workers of pytest-xdist by each of them.
"""

import base64
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

_HEART = "c4n4ry9f3b7e21d05a"
KEY = f"csk-{_HEART}"
"""The key of the double."""

_LARGEST = 64 * 1024 * 1024
"""Bytes; larger files of tests are holes or weights."""

_STORE = ("moa-tui", "keys.json")
"""Where keys are stored for their owner only; no other file may hold one."""

_HITS = "canary_hits"


def _forms() -> tuple[bytes, ...]:
    """Return the bytes that give the key away, as they are or encoded at any offset."""
    heart = _HEART.encode()
    encoded = [base64.b64encode(bytes(offset) + heart)[4:-4] for offset in range(3)]
    return (heart, heart.hex().encode(), _HEART.encode("utf-16-le"), heart[::-1], *encoded)


_FORMS = _forms()


def gives_away(data: bytes) -> bool:
    """Whether the key is in `data`."""
    return any(form in data for form in _FORMS)


def look_through(what: str, data: bytes | str) -> None:
    """Fail if the key is in `data`."""
    found = gives_away(data.encode("utf-8", "replace") if isinstance(data, str) else data)
    assert not found, f"the key is in {what}"


def look_through_request(key: str, headers: Mapping[str, str], rest: bytes) -> None:
    """Fail if a host was sent the key, unless it is the one the key is meant for, as its key."""
    others = {name: value for name, value in headers.items() if name != "authorization"}
    look_through("a request", repr(others).encode() + rest)
    if key != KEY:
        look_through("a request to another host", headers.get("authorization", ""))


def look_at_processes() -> None:
    """Fail if the key is on a command line that everybody on this machine can read."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        look_through(f"the command line {line!r}", line)


def hits_in(folder: Path) -> Iterator[str]:
    """Yield the files below `folder` that have the key in their name or content."""
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent, name)
            if gives_away(os.fsencode(name)) or gives_away(_content(path)):
                yield str(path)


def _content(path: Path) -> bytes:
    try:
        found = path.lstat()
        if path.parts[-2:] == _STORE and stat.S_IMODE(found.st_mode) == 0o600:
            return b""
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            return b""
        return path.read_bytes()
    except OSError:
        return b""


class CanaryPlugin:
    """Looks through what the tests have left, and fails the session if the key is in it."""

    def __init__(self) -> None:
        self.hits: list[str] = []

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """Look through what a test printed and logged."""
        outcome: Any = yield
        report: pytest.TestReport = outcome.get_result()
        if any(gives_away(text.encode("utf-8", "replace")) for _name, text in report.sections):
            self.hits.append(f"the output of {item.nodeid}")

    def pytest_testnodedown(self, node: Any) -> None:
        """Hear of what a worker has found."""
        self.hits += getattr(node, "workeroutput", {}).get(_HITS, [])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look through the folders of this process' tests."""
        factory: pytest.TempPathFactory | None = getattr(session.config, "_tmp_path_factory", None)
        used = factory and factory._basetemp
        is_master = hasattr(session.config, "workerinput") is False
        if used and not (is_master and self._has_workers(session.config)):
            self.hits += hits_in(used)
        if not is_master:
            session.config.workeroutput[_HITS] = self.hits  # type: ignore[attr-defined] # xdist's
        elif self.hits:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the key was found."""
        if self.hits:
            terminalreporter.section("the key was found where it must not be", red=True)
            for hit in self.hits:
                terminalreporter.line(hit)

    @staticmethod
    def _has_workers(config: pytest.Config) -> bool:
        return bool(getattr(config.option, "numprocesses", None))
