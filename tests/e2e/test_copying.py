"""Copying in tmux as it comes: the text reaches the terminal that tmux itself runs in."""

import asyncio
import base64
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import ROSTER
from tests.double import Answer, CerebrasDouble
from tests.e2e.running import Running

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed"),
    # From 3.12 on Python warns of fork beside threads; exec follows at once.
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),
]


@pytest.fixture
def socket() -> Iterator[str]:
    """The name of a tmux server of this test's own."""
    name = f"moa-{uuid.uuid4().hex[:8]}"
    yield name
    subprocess.run(["tmux", "-L", name, "kill-server"], check=False, capture_output=True)


def screen(socket: str) -> str:
    """Return what tmux shows."""
    command = ["tmux", "-L", socket, "capture-pane", "-p"]
    utf8 = {**os.environ, "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=utf8)
    return ran.stdout


async def test_the_answer_reaches_the_outer_terminal(settings_folder: Path, socket: str) -> None:
    answer = "**the** answer, with $x^2$ and Ω"
    async with CerebrasDouble() as double:
        for letter, text in {"a": "one", "b": "two", "z": answer}.items():
            double.answers[f"model-{letter}"] = Answer(text)
        roster = settings_folder / "agents.yaml"
        roster.write_text(ROSTER.format(url=double.base_url))
        program = f"exec {sys.executable} -m moa_tui -c {roster} 'why?'"
        tmux = ["tmux", "-L", socket, "-f", "/dev/null", "new-session", program]
        own = {
            "TMUX": "",
            "LC_ALL": "C.UTF-8",
            "DOUBLE_API_KEY": double.key,
            "PYTHONPATH": str(Path.cwd()),
        }
        outer = Running(tmux, own)
        try:
            await asyncio.to_thread(outer.read_until, lambda _: "✓ complete" in screen(socket))
            outer.type("\x19")  # Ctrl+Y, while the prompt has the keys
            copied = base64.b64encode(answer.encode())
            await asyncio.to_thread(outer.read_until, lambda painted: copied in painted)
            told = f"copied {len(answer)} characters via tmux"
            await asyncio.to_thread(outer.read_until, lambda _: told in screen(socket))
        finally:
            outer.end()
    assert b"\x1b]52;" in outer.painted
    assert copied in outer.painted
