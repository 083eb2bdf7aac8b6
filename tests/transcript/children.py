"""Programs that write to a history at the same time."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

_CHILD = Path(__file__).with_name("writing_child.py")
_ROOT = Path(__file__).parents[2]
_LETTERS = "abcdefgh"


def written_names(programs: int, turns: int) -> list[str]:
    """Return the names of the turns that `write_at_once` has written."""
    return [f"{letter}{i:03}" for letter in _LETTERS[:programs] for i in range(turns)]


def write_at_once(history: Path, programs: int, turns: int) -> list[str]:
    """Have so many programs write so many turns each; return what each of them complained of."""
    with ExitStack() as stack:
        children = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, str(_CHILD), str(history), letter, str(turns)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    env={"PYTHONPATH": str(_ROOT), "PATH": ""},
                )
            )
            for letter in _LETTERS[:programs]
        ]
        for child in children:
            assert child.stdout
            assert child.stdout.readline() == "ready\n"
        for child in children:
            assert child.stdin
            child.stdin.write("\n")
            child.stdin.flush()
        return [child.communicate(timeout=120)[0] for child in children]
