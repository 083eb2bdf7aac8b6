"""What the environment says about the terminal."""

import pytest
from rich.console import Console

from moa_tui.ui.terminal.environment import Colors, ascii_only, charset, colors, in_tmux, over_ssh


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, Colors.TRUE),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, Colors.TRUE),
        ({"TERM": "xterm-256color"}, Colors.MANY),
        ({"TERM": "screen-256color", "COLORTERM": ""}, Colors.MANY),
        ({"TERM": "xterm-kitty"}, Colors.MANY),
        ({"TERM": "xterm"}, Colors.FEW),
        ({"TERM": "linux"}, Colors.FEW),
        ({"TERM": "dumb"}, Colors.NONE),
        ({}, Colors.FEW),
        ({"TERM": "xterm", "TEXTUAL_COLOR_SYSTEM": "truecolor"}, Colors.TRUE),
        ({"COLORTERM": "truecolor", "TEXTUAL_COLOR_SYSTEM": "256"}, Colors.MANY),
        ({"COLORTERM": "truecolor", "TEXTUAL_COLOR_SYSTEM": "standard"}, Colors.FEW),
    ],
)
def test_colors_are_those_that_textual_is_going_to_use(
    environ: dict[str, str], expected: Colors
) -> None:
    assert colors(environ) is expected
    if "TEXTUAL_COLOR_SYSTEM" not in environ:
        console = Console(force_terminal=True, _environ={**environ})
        names = {Colors.FEW: "standard", Colors.NONE: None}
        assert console.color_system == names.get(expected, str(expected))


@pytest.mark.parametrize(
    ("environ", "known", "only"),
    [
        ({}, "", False),
        ({"LANG": "en_US.UTF-8"}, "utf-8", False),
        ({"LANG": "C.UTF-8"}, "utf-8", False),
        ({"LANG": "de_DE.utf8@euro"}, "utf8", False),
        ({"LANG": "en_US"}, "", False),
        ({"LANG": "C"}, "ascii", True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, "ascii", True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", False),
        ({"LANG": "C", "LC_ALL": ""}, "ascii", True),
        ({"LANG": "en_US.ISO-8859-1"}, "iso-8859-1", True),
        ({"LANG": "en_US.UTF-8", "TERM": "dumb"}, "utf-8", True),
    ],
)
def test_ascii_where_the_locale_or_the_terminal_says_so(
    environ: dict[str, str], known: str, only: bool
) -> None:
    assert (charset(environ), ascii_only(environ)) == (known, only)


def test_where_the_terminal_is() -> None:
    assert over_ssh({"SSH_TTY": "/dev/pts/1"})
    assert over_ssh({"SSH_CONNECTION": "a 1 b 22"})
    assert not over_ssh({"SSH_TTY": "", "SSH_AUTH_SOCK": "x"})
    assert in_tmux({"TMUX": "x"})
    assert not in_tmux({"TMUX": ""})
