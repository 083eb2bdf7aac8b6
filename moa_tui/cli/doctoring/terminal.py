"""The terminal: what the environment says of it, what it answers itself, and tmux."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping

from moa_tui.cli.doctoring.section import Section
from moa_tui.text import clean_line
from moa_tui.ui.terminal import environment
from moa_tui.ui.terminal.answers import Heard
from moa_tui.ui.terminal.appearance import background, is_worth_asking, suitable

_SHOWN = ("TERM", "COLORTERM", "NO_COLOR", "TEXTUAL_COLOR_SYSTEM", "LC_ALL", "LC_CTYPE", "LANG")
_OPTIONS = ("set-clipboard", "extended-keys", "escape-time", "allow-passthrough")
_SECONDS = 0.5
_NEWEST_WITHOUT_W = (3, 1)


def terminal_section(environ: Mapping[str, str] = os.environ) -> Section:
    """Say what is known of the terminal; it is asked only where there is one."""
    section = Section("Terminal")
    facts = section.facts
    for name in _SHOWN:
        if name in environ:
            facts[name] = clean_line(environ[name], 80) or "(empty)"
    facts["colours"] = str(environment.colors(environ))
    facts["size"] = _size()
    facts["SSH"] = "yes" if environment.over_ssh(environ) else "no"
    facts["characters"] = environment.charset(environ) or "not told by the locale, taken for UTF-8"
    heard = _asked(environ)
    facts["theme auto"] = suitable(heard.answers, environ)
    facts |= told(heard)
    if environment.ascii_only(environ):
        section.advice.append("the screen is painted in ASCII; for signs: export LANG=C.UTF-8")
    if environment.over_ssh(environ) and environment.colors(environ) is environment.Colors.MANY:
        section.advice.append(
            "SSH does not forward COLORTERM; for all colours: export COLORTERM=truecolor"
        )
    return section


def told(heard: Heard) -> dict[str, str]:
    """Return what the terminal has told of itself, as facts."""
    if not heard.answers:
        return {"answers": "none within half a second, or not a terminal"}
    rgb = background(heard.answers)
    keys = next((answer[:-1] for answer in heard.answers if answer.endswith("u")), None)
    mode = next((a for a in heard.answers if a.startswith("2026;")), "2026;0$y")
    known = mode.removesuffix("$y").partition(";")[2] in {"1", "2", "3"}
    return {
        "background": "#" + "".join(f"{round(part * 255):02x}" for part in rgb)
        if rgb
        else "not told",
        "kitty keys": "no" if keys is None else f"yes (flags {keys})",
        "whole frames (mode 2026)": "yes" if known else "no",
    }


def tmux_section(environ: Mapping[str, str] = os.environ) -> Section | None:
    """Say how tmux is set up; None outside of it."""
    if not environment.in_tmux(environ):
        return None
    section = Section("tmux")
    version = _tmux("-V").removeprefix("tmux ")
    section.facts["version"] = version or "not found"
    options = {name: _tmux("show-options", "-gv", name) or _tmux("show-options", "-sv", name)
               for name in _OPTIONS}  # fmt: skip
    section.facts |= {name: value or "unknown" for name, value in options.items()}
    section.advice += tmux_advice(version, options)
    return section


def tmux_advice(version: str, options: Mapping[str, str]) -> list[str]:
    """Return what to write into tmux.conf, and why."""
    advice = []
    if (number := re.match(r"(\d+)\.(\d+)", version)) and (
        (int(number[1]), int(number[2])) <= _NEWEST_WITHOUT_W
    ):
        advice.append("copying goes through tmux from version 3.2 on: update it")
    if options.get("set-clipboard") != "on":
        advice.append("set -s set-clipboard on      # other programs can copy, too")
    if options.get("extended-keys") != "always":
        advice.append("set -s extended-keys always  # Shift+Enter arrives; `on` is not enough")
    delay = options.get("escape-time", "")
    if delay.isdigit() and int(delay) > 50:
        advice.append("set -s escape-time 10        # Esc acts at once")
    return advice


def _size() -> str:
    # Of where the app paints, which is not where this report may be piped to.
    try:
        size = os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else 2)
    except OSError:
        return "no terminal"
    return f"{size.columns}x{size.lines}"


def _asked(environ: Mapping[str, str]) -> Heard:
    if sys.platform == "win32" or not is_worth_asking(environ):
        return Heard()
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return Heard()
    from moa_tui.ui.terminal.asking import BACKGROUND, KITTY_KEYS, SYNCHRONIZED, Asked

    with Asked(BACKGROUND + KITTY_KEYS + SYNCHRONIZED) as asked:
        return asked.heard(_SECONDS)


def _tmux(*arguments: str) -> str:
    command = ["tmux", *arguments]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=2)  # noqa: S603 - arguments of our own
    except (OSError, subprocess.SubprocessError):
        return ""
    return clean_line(ran.stdout.strip(), 80) if ran.returncode == 0 else ""
