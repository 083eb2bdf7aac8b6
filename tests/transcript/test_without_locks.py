"""A file system that keeps no locks, as NFS without its lock service: the history is kept."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.transcript.kept import names, save, turn

SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
static int is_lock(int command) {
    return command == F_SETLK || command == F_SETLKW || command == F_GETLK
        || (36 <= command && command <= 38);
}
#define WITHOUT_LOCKS(name) \
    int name(int file, int command, ...) { \
        va_list rest; va_start(rest, command); \
        void *argument = va_arg(rest, void *); va_end(rest); \
        if (is_lock(command)) { errno = ENOLCK; return -1; } \
        int (*real)(int, int, ...) = dlsym(RTLD_NEXT, #name); \
        return real(file, command, argument); \
    }
WITHOUT_LOCKS(fcntl)
WITHOUT_LOCKS(fcntl64)
int flock(int file, int command) { errno = ENOLCK; return -1; }
"""
SAVING = """
import sys
from pathlib import Path
from tests.transcript.kept import names, save, turn
path, name = Path(sys.argv[1]), sys.argv[2]
for told in save(path, *(turn(f"{name}{i}", i) for i in range(5))):
    print(told)
print(len(names(path)))
"""
CUT = """
import sys
from pathlib import Path
from moa_tui.transcript.history import HistoryWriter, interrupted_turns, open_turns
from tests.transcript.kept import wait_until
from tests.transcript.test_interrupted import EVENTS
path = Path(sys.argv[1])
writer = HistoryWriter(path, lambda told: None)
log = writer.begin()
for event in EVENTS:
    log.record(event)
wait_until(lambda: bool(open_turns(path)))
print([turn.running for turn in open_turns(path)])
"""

Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run Python code where nothing can be locked."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("takes a C compiler, and a loader that takes a library before the others")
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(SHIM)
    library = folder / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(folder / "shim.c"), "-ldl"]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("the compiler makes no library")

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            env=os.environ | {"LD_PRELOAD": str(library)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def test_turns_are_kept_and_read_and_it_is_said(run: Run, history: Path) -> None:
    save(history, turn("before"))
    said = run(SAVING, history, "a").communicate(timeout=60)[0].splitlines()
    assert said[0].startswith(f"{history.parent} keeps no file locks: the history is kept")
    assert said[1:] == ["6"]
    # Where there are locks again, it is an ordinary history.
    assert save(history, turn("after", 50)) == []
    assert len(names(history)) == 7


def test_several_programs_at_once_lose_nothing(run: Run, history: Path) -> None:
    writing = [run(SAVING, history, name) for name in "abc"]
    for process in writing:
        process.communicate(timeout=90)
        assert process.returncode == 0
    assert len(names(history)) == 15
    assert save(history, turn("after", 50)) == []


def test_the_lock_of_a_killed_program_is_no_lock_for_good(run: Run, history: Path) -> None:
    save(history, turn("before"))
    held = history.with_name("history.db.lock")
    held.mkdir()
    os.utime(held, (0, 0))
    assert run(SAVING, history, "a").communicate(timeout=60)[0].splitlines()[1:] == ["6"]


def test_who_runs_and_who_was_cut_off_is_known(run: Run, history: Path) -> None:
    assert run(CUT, history).communicate(timeout=60)[0] == "[True]\n"
    looking = (
        "import sys; from pathlib import Path\n"
        "from moa_tui.transcript.history import open_turns\n"
        "print([turn.running for turn in open_turns(Path(sys.argv[1]))])"
    )
    assert run(looking, history).communicate(timeout=60)[0] == "[False]\n"
