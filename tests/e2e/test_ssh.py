"""Over a real SSH connection: what is shown, what is copied, and a link that is cut."""

import asyncio
import base64
import shutil
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import ROSTER
from tests.double import Answer, CerebrasDouble
from tests.e2e.running import Running
from tests.e2e.sshd import SshServer, reason_to_skip

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip()),
    # From 3.12 on Python warns of fork beside threads; exec follows at once.
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),
]

_LONG = " ".join(f"word{number}" for number in range(200))


@pytest.fixture
async def double() -> AsyncIterator[CerebrasDouble]:
    """The provider double; its agents answer shortly."""
    async with CerebrasDouble() as double:
        for letter in "abz":
            double.answers[f"model-{letter}"] = Answer(f"text of {letter}")
        yield double


@pytest.fixture
def server(
    home: Path, double: CerebrasDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SshServer]:
    """An SSH server whose logins find the home folder and the key of the test."""
    monkeypatch.setenv("DOUBLE_API_KEY", double.key)
    server = SshServer(tmp_path, {"HOME": str(home), "LC_ALL": "C.UTF-8"}, "DOUBLE_API_KEY")
    yield server
    server.close()


@pytest.fixture
def roster(settings_folder: Path, double: CerebrasDouble) -> Path:
    """The agents.yaml of the person who logs in."""
    path = settings_folder / "agents.yaml"
    path.write_text(ROSTER.format(url=double.base_url))
    return path


def program(*arguments: object) -> str:
    """Return the command to be run at the other end."""
    words = [sys.executable, "-m", "moa_tui", *map(str, arguments)]
    return f"cd {Path.cwd()} && exec {' '.join(words)}"


async def shows(running: Running, *texts: str) -> None:
    """Wait until all of `texts` have been painted."""
    wanted = [text.encode() for text in texts]
    await asyncio.to_thread(
        running.read_until, lambda painted: all(text in painted for text in wanted)
    )


async def test_a_cut_link_loses_nothing(
    server: SshServer, double: CerebrasDouble, roster: Path
) -> None:
    gate = asyncio.Event()
    double.answers["model-b"] = Answer(_LONG, gate=gate, gate_at=3)
    first = Running(server.client(program("-c", roster, "'why?'")))
    try:
        await shows(first, "SSH", "text of a", "word1")
        await double.wait_for_held(1)
        first.kill(signal.SIGKILL)  # the client: nobody says goodbye
        first.exit_code()
        await double.wait_until(lambda: double.connections == 0, "the program left")
    finally:
        first.end()
    gate.set()
    asked = len(double.chats)
    second = Running(server.client(program("-c", roster)))
    try:
        await shows(second, "why?", "Alt+R")
        second.type("\x1br")
        await shows(second, "text of z")
        answer = base64.b64encode(b"text of z")
        await asyncio.to_thread(_copy, second, answer)
    finally:
        second.end()
    models = [request.model for request in double.chats[asked:]]
    assert sorted(models) == ["model-b", "model-z"], "what was there is not asked again"
    assert b"\x1b]52;c;" + answer in second.painted


def _copy(running: Running, wanted: bytes) -> None:
    def arrived(_: bytes) -> bool:
        if wanted not in running.painted:
            running.type("\x19")
        return wanted in running.painted

    running.read_until(arrived)


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
async def test_in_tmux_the_turn_goes_on_without_the_link(
    server: SshServer, double: CerebrasDouble, roster: Path
) -> None:
    gate = asyncio.Event()
    double.answers["model-b"] = Answer(_LONG, gate=gate, gate_at=3)
    name = f"moa-{uuid.uuid4().hex[:8]}"
    tmux = f"tmux -L {name} -f /dev/null"
    try:
        inside = program("-c", roster, "why").replace("'", "")
        first = Running(server.client(f"{tmux} new-session '{inside}'"))
        await shows(first, "text of a")
        await double.wait_for_held(1)
        first.kill(signal.SIGKILL)
        first.exit_code()
        gate.set()
        await double.wait_for_requests(1, model="model-z")
        second = Running(server.client(f"{tmux} attach"))
        await shows(second, "text of z")
        second.type("\x19")
        await shows(second, base64.b64encode(b"text of z").decode(), "via tmux")
        second.end()
    finally:
        kill = await asyncio.create_subprocess_exec("tmux", "-L", name, "kill-server")
        await kill.wait()
