"""Runs a program on the replay server and says how long after its first request it had shown all.

What comes before that request, starting and importing, does not count.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.peers.installed import NotRun
from benchmarks.pty_terminal import NotPaintedError, PtyTerminal
from benchmarks.wire.server import ReplayServer

LIMIT = 120
_START = 60
_SETTLED = 2.5
"""Seconds for what is imported behind the first frames, as our own app has."""


class NotFinished(Exception):  # noqa: N818 -- what is measured, not a defect
    """A peer was ended before it had shown everything; the message says how far it was."""


def environment(home: Path) -> dict[str, str]:
    """Return all that a peer is told: a home of its own, no keys, no proxies, nothing to fetch."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "OPENAI_API_KEY": "no-secret",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else litellm fetches a price list when imported
    }


def seconds_since_request(server: ReplayServer, ended: float, streams: int) -> float:
    """Return how long before `ended` the first request came; raises NotRun if not all was asked."""
    requests = server.stats().requests
    whole = sum(request.whole for request in requests)
    if whole < streams:
        raise NotRun(f"{whole} of {streams} streams were read to their end")
    return ended - min(request.began for request in requests)


def headless(
    server: ReplayServer, command: Sequence[str], env: Mapping[str, str], streams: int
) -> float:
    """Run `command` to its end; return the seconds from its first request to its last output."""
    server.reset()
    process = subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        _end_group(process.pid)

    watchdog = threading.Timer(LIMIT, end)
    watchdog.start()
    try:
        assert process.stdout is not None
        shown, tail = 0.0, b""
        while data := os.read(process.stdout.fileno(), 65536):
            shown, tail = time.monotonic(), (tail + data)[-2000:]
        code = process.wait()
    finally:
        watchdog.cancel()
        if process.poll() is None:
            _end_group(process.pid)
            process.wait()
    if late.is_set():
        raise NotFinished(f"not finished after {LIMIT} s")
    if code:
        last = tail.decode(errors="replace").strip().splitlines()[-1:]
        raise NotRun(f"exit code {code}: {' '.join(last)[:200]}")
    return seconds_since_request(server, shown, streams)


@contextmanager
def screen(
    command: Sequence[str], env: Mapping[str, str], ready: str = ""
) -> Iterator[PtyTerminal]:
    """Open `command` in a terminal and wait until it has painted `ready`; raises NotRun."""
    told = [f"{name}={value}" for name, value in env.items()]
    kept = ("TERM=xterm-256color", "COLORTERM=truecolor")
    terminal = PtyTerminal(["env", "-i", *told, *kept, *command])
    try:
        terminal.painted(_START)
        if ready:
            terminal.expect(ready)
            terminal.painted(_START)
            time.sleep(_SETTLED)
        yield terminal
    except NotPaintedError as error:
        raise NotRun(str(error)[:200]) from None
    finally:
        _end_group(terminal.pid)  # it leads one: a pseudo-terminal comes with a session
        terminal.close()


def _end_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
