"""Which ways to the clipboard there are, and programs that take a text or do not."""

import base64
import stat
import sys
from pathlib import Path

import pytest

from moa_tui.ui.terminal import clipboard
from moa_tui.ui.terminal.clipboard import MOST_ENCODED, Way, copied_by, osc52, ways

TMUX = {"TMUX": "/tmp/tmux-0/default,1,0", "TERM": "screen-256color"}
SSH = {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}
X11 = {"DISPLAY": ":0"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0"}


@pytest.mark.parametrize(
    ("environ", "platform", "names", "sequence"),
    [
        ({"TERM": "xterm-256color"}, "linux", [], True),
        (SSH | {"TERM": "xterm-256color"}, "linux", [], True),
        (TMUX | SSH, "linux", ["tmux"], True),
        (TMUX | X11, "linux", ["tmux", "xclip"], True),
        (X11, "linux", ["xclip"], True),
        (X11 | WAYLAND, "linux", ["wl-copy"], True),
        (X11 | SSH, "linux", [], True),
        ({}, "darwin", ["pbcopy"], True),
        (SSH, "darwin", [], True),
        ({"TERM": "linux"}, "linux", [], False),
        ({"TERM": "screen.xterm-256color", "STY": "1.pts"}, "linux", [], False),
        ({"TERM": "dumb"}, "linux", [], False),
    ],
)
def test_ways_by_where_the_person_sits(
    environ: dict[str, str], platform: str, names: list[str], sequence: bool
) -> None:
    possible = ways(environ, lambda name: name, platform)
    assert [way.name for way in possible.programs] == names
    assert possible.sequence is sequence


def test_only_programs_that_are_here_count() -> None:
    assert not ways(TMUX | X11, lambda name: None, "linux").programs
    only_xsel = ways(X11, lambda name: name == "xsel", "linux")
    assert [way.name for way in only_xsel.programs] == ["xsel"]


def test_the_sequence_holds_the_text_up_to_what_terminals_take() -> None:
    sequence = osc52("a\nΩ\ud83d")
    assert sequence
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\x07")
    assert base64.b64decode(sequence[7:-1]).decode() == "a\nΩ?"
    longest = MOST_ENCODED // 4 * 3
    assert osc52("x" * longest)
    assert osc52("x" * (longest + 1)) is None


async def test_a_program_is_given_the_text_and_told_apart_from_one_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = tmp_path / "taken"
    hangs = tmp_path / "hangs"
    hangs.write_text("#!/bin/sh\nexec sleep 600\n")
    hangs.chmod(hangs.stat().st_mode | stat.S_IXUSR)
    store = f"import sys; open({str(taken)!r}, 'wb').write(sys.stdin.buffer.read())"
    programs = (
        Way("takes", (sys.executable, "-c", store)),
        Way("refuses", ("false",)),
        Way("missing", (str(tmp_path / "nothing"),)),
        Way("hangs", (str(hangs),)),
    )
    monkeypatch.setattr(clipboard, "SECONDS", 5.0)
    assert await copied_by(programs[:3], "text, $(echo not run) Ω") == ["takes"]
    assert taken.read_text(encoding="utf-8") == "text, $(echo not run) Ω"
    monkeypatch.setattr(clipboard, "SECONDS", 0.1)
    assert await copied_by(programs[3:], "x" * 1_000_000) == []
