"""Ctrl+C at any moment of a command: exit code 130, and no traceback."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command

# The program as its script starts it, but that the first module it imports takes for ever.
_SLOW = """
import sys
sys.argv[:] = ["/usr/bin/moa-tui", "history"]
sys.path.insert(0, {folder!r})
import moa_tui.cli
sys.modules.pop("moa_tui.cli.exits", None)
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "moa_tui.cli.exits":
            import slow
sys.meta_path.insert(0, Finder)
from moa_tui.cli.main import main
sys.exit(main())
"""


async def test_while_it_imports(tmp_path: Path) -> None:
    # It sleeps, and not for ever: a run that is killed leaves nothing behind.
    slow = (
        "import time\nprint('importing', flush=True)\n"
        "try:\n    time.sleep(60)\nexcept BaseException: pass\n"
    )
    (tmp_path / "slow.py").write_text(slow, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _SLOW.format(folder=str(tmp_path))),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    assert await process.stdout.readline() == b"importing\n"
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert (process.returncode, err) == (130, b"")


@pytest.mark.skipif(not Path("/proc/self/syscall").exists(), reason="no /proc to look into")
async def test_while_it_waits_for_standard_input(command: Command) -> None:
    process = await command.start("run", "-c", "{roster}", "why?", stdin=asyncio.subprocess.PIPE)
    async with asyncio.timeout(60):
        while not _reads_standard_input(process.pid):  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")


def _reads_standard_input(pid: int) -> bool:
    """Whether the process waits in a system call whose first argument is 0."""
    call = Path(f"/proc/{pid}/syscall").read_text(encoding="utf-8").split()
    return call[1:2] == ["0x0"] and call[0] in {"0", "63"}  # read(2), on x86-64 and on arm64
