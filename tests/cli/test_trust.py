"""Files of others on the command line: nothing is asked of their hosts before they are allowed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from moa_tui.roster.trust_records import TrustRecords
from tests.cli.conftest import ROSTER, Command
from tests.double import Answer, CerebrasDouble


@pytest.fixture
async def other() -> AsyncIterator[CerebrasDouble]:
    """A host of somebody else's: it records every request."""
    async with CerebrasDouble() as other:
        for letter in "abz":
            other.answers[f"model-{letter}"] = Answer("text of the other")
        yield other


@pytest.fixture
def project(command: Command, other: CerebrasDouble, tmp_path: Path) -> Path:
    """A project whose agents.yaml sends the person's key to the other host."""
    folder = tmp_path / "a project"
    folder.mkdir()
    (folder / "agents.yaml").write_text(ROSTER.format(url=other.base_url))
    return folder


async def test_a_named_file_is_refused_with_the_command_that_allows_it(
    command: Command, project: Path, other: CerebrasDouble
) -> None:
    file = project / "agents.yaml"
    ran = await command.inside("run", "-c", str(file), "why?")
    allow = f"moa-tui trust '{file}'"
    assert (ran.code, ran.out) == (2, "")
    for words in (allow, f"127.0.0.1:{other.port}", "DOUBLE_API_KEY"):
        assert words in ran.err
    assert command.double.key not in ran.err
    assert other.connections == 0
    assert not other.requests

    allowed = await command.inside("trust", str(file))
    assert allowed.code == 0
    assert f"127.0.0.1:{other.port}" in allowed.out
    assert not other.requests
    assert (await command.run("run", "-q", "-c", str(file), "why?")).out == "text of the other\n"

    file.write_text(file.read_text() + "# changed\n")
    other.requests.clear()
    changed = await command.inside("run", "-c", str(file), "why?")
    assert changed.code == 2
    assert "has changed" in changed.err
    assert allow in changed.err
    assert not other.requests


@pytest.mark.parametrize(
    "arguments", [["models"], ["run", "--dry-run", "why?"], ["auth", "double"]]
)
async def test_no_command_uses_it(
    command: Command, project: Path, other: CerebrasDouble, arguments: list[str]
) -> None:
    ran = await command.inside(*arguments, "-c", str(project / "agents.yaml"))
    assert ran.code == 2
    assert "moa-tui trust" in ran.err
    assert not other.requests


async def test_the_variable_names_a_file_like_the_option(
    command: Command, project: Path, other: CerebrasDouble
) -> None:
    command.environment["MOA_TUI_CONFIG"] = str(project / "agents.yaml")
    ran = await command.inside("run", "why?")
    assert ran.code == 2
    assert "moa-tui trust" in ran.err
    assert not other.requests


async def test_a_file_of_the_folder_is_asked_about_or_left_out(
    command: Command, project: Path, other: CerebrasDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    refused = await command.inside("run", "why?")
    assert refused.code == 2
    assert "moa-tui trust --decline" in refused.err
    assert not other.requests + command.double.requests

    await command.inside("trust", "--decline", "agents.yaml")
    declined = await command.run("run", "why?")
    assert (declined.code, declined.out) == (0, "text of z\n")
    assert "is not used, as you answered" in declined.err
    assert not other.requests

    await command.inside("trust", "agents.yaml")
    command.double.requests.clear()
    assert (await command.run("run", "-q", "why?")).out == "text of the other\n"
    assert not command.double.requests


async def test_answers_are_listed_and_taken_back(command: Command, project: Path) -> None:
    file = str(project / "agents.yaml")
    shown = await command.inside("trust", "--show", file)
    assert "ada (model-a)" in shown.out
    assert "no answers yet" in (await command.inside("trust", "--list")).out
    await command.inside("trust", file)
    listed = (await command.inside("trust", "--list")).out
    assert file in listed
    assert "DOUBLE_API_KEY may go to 127.0.0.1:" in listed
    assert "forgot 1" in (await command.inside("trust", "--remove", file)).out
    assert (await command.inside("run", "-c", file, "why?")).code == 2


async def test_the_persons_own_file_needs_no_answer(command: Command) -> None:
    ran = await command.inside("trust", "{roster}")
    assert (ran.code, "needs no answer" in ran.out) == (0, True)


# On a terminal


async def typed(command: Command, answer: bytes, *arguments: str) -> tuple[int, str]:
    """Run the command on a terminal, its question in a pipe; answer it; return code and screen."""
    leader, follower = os.openpty()
    program = [sys.executable, "-m", "moa_tui", *arguments]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _ON_A_TERMINAL, *program),
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=command.environment,
        start_new_session=True,
    )
    os.close(follower)
    seen = b""
    loop = asyncio.get_running_loop()
    while True:
        try:
            data = await loop.run_in_executor(None, os.read, leader, 65536)
        except OSError:
            break  # Linux says so when nobody has the other end any more
        if not data:
            break
        seen += data
        if b"Use it? [y/N] " in seen and answer:
            os.write(leader, answer)
            answer = b""
    os.close(leader)
    return await process.wait(), seen.decode()


_ON_A_TERMINAL = """
import fcntl, os, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.exit(subprocess.run(sys.argv[1:], input=b"from a pipe?").returncode)
"""


@pytest.mark.parametrize("answer", [b"\n", b"yess\n"])
async def test_on_a_terminal_it_is_asked_and_a_no_ends_it(
    command: Command, project: Path, other: CerebrasDouble, answer: bytes
) -> None:
    file = str(project / "agents.yaml")
    code, seen = await typed(command, answer, "run", "-c", file)
    assert code == 2
    for words in (file, "bob (model-b)", f"127.0.0.1:{other.port}", "DOUBLE_API_KEY", "not used"):
        assert words in seen
    assert not other.requests


async def test_on_a_terminal_a_yes_goes_on_and_is_not_asked_again(
    command: Command, project: Path, other: CerebrasDouble
) -> None:
    file = str(project / "agents.yaml")
    code, seen = await typed(command, b"y\n", "run", "-q", "-c", file)
    assert code == 0
    assert "text of the other" in seen
    assert other.chats[0].body["messages"][-1]["content"] == "from a pipe?"
    assert TrustRecords().allowed(file)
