"""Copying, tried: a word is copied, and read back or pasted by the person."""

import asyncio
import os
import secrets
import subprocess
import sys

from moa_tui.cli.doctoring.section import Section
from moa_tui.ui.terminal import clipboard


def clipboard_section(*, tried: bool) -> Section:
    """Say how text would be copied; `tried`: copy a word, which replaces what is there."""
    possible = clipboard.ways(os.environ)
    names = [way.name for way in possible.programs]
    section = Section("Clipboard")
    section.facts["ways"] = ", ".join([*names, *(["OSC 52"] if possible.sequence else [])]) or (
        "none: copies become files"
    )
    if tried:
        _try(section, possible)
    return section


def _try(section: Section, possible: clipboard.Ways) -> None:
    word = f"moa-tui-{secrets.token_hex(3)}"
    took = asyncio.run(clipboard.copied_by(possible.programs, word))
    for way in possible.programs:
        section.facts[way.name] = _outcome(way, word, took)
    if not took and possible.sequence and sys.stderr.isatty():
        sys.stderr.write(clipboard.osc52(word) or "")
        sys.stderr.flush()
        section.facts["OSC 52"] = "sent"
    if sys.stdin.isatty() and sys.stderr.isatty():
        print("Paste here and press Enter, or only Enter: ", end="", file=sys.stderr, flush=True)
        pasted = sys.stdin.readline().strip()
        if pasted:
            section.facts["pasted"] = "as copied" if pasted == word else "something else"


def _outcome(way: clipboard.Way, word: str, took: list[str]) -> str:
    if way.name not in took:
        return "failed"
    try:
        ran = subprocess.run(way.read_back, capture_output=True, check=False, timeout=2)  # noqa: S603 - a command of our own
    except (OSError, subprocess.SubprocessError):
        return "taken, cannot be read back"
    same = ran.stdout.decode("utf-8", "replace").strip() == word
    return "works, read back" if same else "taken, but something else is read back"
