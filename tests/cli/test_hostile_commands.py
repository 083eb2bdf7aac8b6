"""Commands in a terminal: no hostile text reaches it as more than text, wherever it was planted."""

import asyncio
import json
import os
import pty
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from moa_tui import paths
from tests import canary
from tests.cli.conftest import Command
from tests.double import Answer
from tests.double.errors import Failure
from tests.hostile_texts import PAYLOADS, foreign
from tests.transcript.kept import save, turn
from tests.transcript.test_interrupted import interrupt

ALL = "".join(f"{text}\n" for text in PAYLOADS.values())
_NO_ARGUMENT = str.maketrans("", "", "\0")


_MARK = "=== ended ==="
_ALL_OF_THEM = f"""
import json, sys
from moa_tui.cli.main import main
for arguments in json.load(sys.stdin):
    try:
        main(arguments)
    except SystemExit:
        pass
    sys.stderr.flush()
    print({_MARK!r}, flush=True)
"""
"""One process for all commands: starting takes longer than what they do."""


async def in_a_terminal(environment: Mapping[str, str], commands: list[list[str]]) -> list[str]:
    """Run commands with a terminal for output and errors; return what each wrote there."""
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _ALL_OF_THEM),
        stdin=asyncio.subprocess.PIPE,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    )
    os.close(theirs)
    assert process.stdin
    process.stdin.write(json.dumps(commands).encode())
    process.stdin.close()
    written = await asyncio.to_thread(_read, ours)
    os.close(ours)
    await process.wait()
    canary.look_through("a terminal", written)
    # A terminal's own line discipline puts the carriage returns in.
    return written.decode().replace("\r\n", "\n").split(f"{_MARK}\n")


def _read(terminal: int) -> bytes:
    pieces = []
    with suppress(OSError):  # Linux says so when the other end is closed
        while piece := os.read(terminal, 65536):
            pieces.append(piece)
    return b"".join(pieces)


def planted(place: str) -> str:
    return f"planted_in_{place} {ALL}"


def roster_of(url: str) -> str:
    """The double's agents, hostile in every field that may hold any text."""
    return json.dumps(
        {
            "version": 1,
            "providers": {"double": {"base_url": url, "api_key_env": "DOUBLE_API_KEY"}},
            "defaults": {"provider": "double"},
            "agents": [
                {"name": "name_of_one \x1b[31m[/]", "model": "model-a", "system_prompt": ALL},
                {"name": "name_of_two \x9b31m[@click=app.quit]", "model": "model-b"},
                {"name": "name_of_\u202ethree", "model": "model_of_three \x1b]0;x\x07"},
            ],
            "aggregator": {"name": "name_of_last \x1b]52;c;eA==\x07", "model": "model-z"},
        }
    )


async def test_no_hostile_text_is_more_than_text_in_a_terminal(
    command: Command, tmp_path: Path
) -> None:
    double = command.double
    double.models[:] = [
        "model-a",
        "model-b",
        "model-z",
        "model_of_three ]0;x",
        *(p for p in PAYLOADS.values() if p),
    ]
    double.answers["model-a"] = Answer("short", planted("thoughts"))
    double.answers["model-b"] = Answer(failure=Failure(400, {"message": planted("error")}))
    double.answers["model-z"] = Answer(planted("answer"))
    command.roster.write_text(roster_of(double.base_url))
    folder = tmp_path / "planted_in_path \x1b]0;x\x07\u202e[red]"
    folder.mkdir()
    foreign_file = folder / "agents.yaml"
    foreign_file.write_text(roster_of(double.base_url))
    history = paths.history_file()
    save(history, turn("t1", question=planted("kept")))
    interrupt(history)
    hostile = ALL.translate(_NO_ARGUMENT).encode("utf-8", "replace").decode()
    roster = str(command.roster)
    commands: list[tuple[list[str], tuple[str, ...]]] = [
        (["run", "-c", roster, hostile], ("answer", "error")),
        (["run", "-c", roster, "--json", "-q", hostile], ("answer", "error", "thoughts")),
        (["models", "-c", roster], ()),
        (["history"], ("kept",)),
        (["history", "show", "t1"], ("kept",)),
        (["history", "search", "planted_in_kept"], ("kept",)),
        (["history", "search", hostile], ()),
        (["history", "export"], ("kept", "answer", "error")),
        (["history", "export", "-f", "json"], ("kept", "answer")),
        (["trust", "--show", str(foreign_file)], ("path",)),
        (["run", "-c", str(foreign_file), "why?"], ("path",)),
        (["auth", "--list", "-c", roster], ()),
    ]
    texts = await in_a_terminal(command.environment, [arguments for arguments, _ in commands])
    assert (len(texts), texts.pop()) == (len(commands) + 1, "")
    for (arguments, places), written in zip(commands, texts, strict=True):
        told = f"{arguments[:3]}: {written[-700:]!r}"
        assert foreign(written) == set(), told
        assert [place for place in places if f"planted_in_{place}" not in written] == [], told
        assert written.strip(), told


async def test_a_home_and_files_of_any_name(command: Command, tmp_path: Path) -> None:
    """A home folder may be called anything, as on a machine where others make the accounts."""
    home = tmp_path / "planted_in_home \x1b]0;x\x07\x9b31m\u202e\u200b[red]\nb"
    settings = home / ".config" / "moa-tui"
    settings.mkdir(parents=True, mode=0o700)
    roster = settings / "planted_in_file \x1b[2J\x85.yaml"
    roster.write_text(command.roster.read_text())
    (settings / "themes").mkdir()
    (settings / "themes" / "planted_in_theme \x1b[2J.yaml").write_text("name: [")
    environment = {**command.environment, "HOME": str(home)}
    for name in [name for name in environment if name.startswith("XDG_")]:
        del environment[name]
    stored = ["auth", "double", "-c", str(roster), "--stdin", "--no-verify", "--file"]
    commands = [
        ["init"],
        ["init"],
        ["auth", "--list", "-c", str(roster)],
        ["auth", "--remove", "double", "-c", str(roster)],
        stored,
        ["doctor", "-c", str(roster)],
        ["trust", str(roster)],
        ["trust", "--list"],
        ["run", "-c", str(settings / "none\x1b[2J.yaml"), "x"],
        ["import", str(roster), "-o", str(home / "out\x1b[2J.yaml")],
        ["history", "export", "-f", "json"],
    ]
    texts = await in_a_terminal(environment, commands)
    assert len(texts) == len(commands) + 1
    for arguments, written in zip(commands, texts, strict=False):
        assert foreign(written) == set(), f"{arguments[:2]}: {written[-700:]!r}"
    assert "planted_in_home" in texts[0]
    assert "written" in texts[0]
    assert "is there already" in texts[1]
