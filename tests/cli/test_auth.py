"""`moa-tui auth`: a key is tried, stored for its host, listed without its text, removed."""

import asyncio
import json
import os
import stat
import sys
from pathlib import Path

import pytest

from moa_tui.roster.key_store import KeyStore
from tests.cli.conftest import ROSTER, Command
from tests.double import CerebrasDouble


@pytest.fixture
def keyless(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line in some folder, the double's key not in the environment."""
    monkeypatch.chdir(tmp_path)
    del command.environment["DOUBLE_API_KEY"]
    return command


async def test_a_key_is_tried_stored_and_used(keyless: Command) -> None:
    key, port = keyless.double.key, keyless.double.port
    ran = await keyless.inside("auth", "double", "--stdin", stdin=f"  {key}\r\n")
    assert ran.code == 0
    assert [request.path for request in keyless.double.requests] == ["/v1/models"]
    assert f"for 127.0.0.1:{port} only" in ran.out
    assert key not in ran.out + ran.err
    stored = KeyStore().path
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert json.loads(stored.read_text())["keys"] == [
        {"name": "DOUBLE_API_KEY", "host": f"127.0.0.1:{port}", "key": key}
    ]
    assert (await keyless.ask("-q", "why?")).out == "text of z\n"
    listed = await keyless.inside("auth", "--list")
    assert listed.out.split() == ["DOUBLE_API_KEY", "file", f"127.0.0.1:{port}"]
    removed = await keyless.inside("auth", "double", "--remove")
    assert "removed" in removed.out
    assert (await keyless.ask("why?")).code == 3


async def test_a_stored_key_does_not_follow_its_name_to_another_port(keyless: Command) -> None:
    """The person's own file may be changed by a tool; the key was given for one host."""
    key = keyless.double.key
    await keyless.inside("auth", "double", "--stdin", "--no-verify", stdin=key)
    async with CerebrasDouble() as other:
        keyless.roster.write_text(ROSTER.format(url=other.base_url))
        ran = await keyless.ask("why?")
        assert ran.code == 3
        assert not other.requests
    assert key not in ran.out + ran.err


async def test_a_refused_key_is_not_stored_and_not_shown(keyless: Command) -> None:
    ran = await keyless.inside("auth", "double", "--stdin", stdin="csk-wrong-5ecret-0123")
    assert ran.code == 1
    assert "refused the key" in ran.err
    assert "--no-verify" in ran.err
    assert "5ecret" not in ran.out + ran.err
    assert KeyStore().entries() == []


async def test_it_can_be_stored_untried(keyless: Command) -> None:
    ran = await keyless.inside("auth", "--stdin", "--no-verify", stdin="csk-never-tried-0123\n")
    assert ran.code == 0
    assert not keyless.double.requests
    assert [entry[:2] for entry in KeyStore().entries()] == [
        ("CEREBRAS_API_KEY", "api.cerebras.ai")
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("\n", "no key was given"),
        ("csk 5ecret\n", "does not hold"),
        ("csk-5ecreté", "does not hold"),
    ],
)
async def test_what_is_no_key_is_not_stored(keyless: Command, given: str, why: str) -> None:
    ran = await keyless.inside("auth", "double", "--stdin", stdin=given)
    assert ran.code == 2
    assert why in ran.err
    assert "5ecret" not in ran.err
    assert KeyStore().entries() == []


@pytest.mark.parametrize("arguments", [["double", "csk-5ecret0123"], ["csk-5ecret0123"]])
async def test_a_key_on_the_command_line_is_refused_and_not_repeated(
    keyless: Command, arguments: list[str]
) -> None:
    ran = await keyless.inside("auth", *arguments)
    assert ran.code == 2
    assert "not taken from the command line" in ran.err
    assert "5ecret" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("name", "why"), [("doubel", "did you mean 'double'"), ("local", "takes no key")]
)
async def test_what_takes_no_key(keyless: Command, name: str, why: str) -> None:
    ran = await keyless.inside("auth", name)
    assert ran.code == 2
    assert why in ran.err


async def test_without_a_terminal_it_is_to_be_piped_in(keyless: Command) -> None:
    ran = await keyless.inside("auth", "double")
    assert ran.code == 2
    assert "--stdin" in ran.err


async def test_the_key_is_not_seen_while_it_is_typed(keyless: Command) -> None:
    leader, follower = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _ON_A_TERMINAL),
        *(sys.executable, "-m", "moa_tui", "auth", "double"),
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=keyless.environment,
        start_new_session=True,
    )
    os.close(follower)
    seen, asked = b"", False
    loop = asyncio.get_running_loop()
    while True:
        try:
            data = await loop.run_in_executor(None, os.read, leader, 65536)
        except OSError:
            break
        seen += data
        if not data:
            break
        if not asked and seen.endswith(b": "):
            asked = True
            os.write(leader, f"{keyless.double.key}\n".encode())
    os.close(leader)
    assert await process.wait() == 0
    assert b"DOUBLE_API_KEY for 127.0.0.1:" in seen
    assert keyless.double.key.encode() not in seen
    assert len(KeyStore().entries()) == 1


_ON_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


async def test_a_folder_with_an_undecided_file_does_not_keep_a_key_from_being_stored(
    keyless: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agents.yaml").write_text(ROSTER.format(url="https://collect.example/v1"))
    monkeypatch.chdir(tmp_path)
    ran = await keyless.inside("auth", "double", "--stdin", stdin=keyless.double.key)
    assert ran.code == 0
    assert "collect.example" not in ran.out


async def test_no_key_names_the_variable_and_the_command_in_one_line(keyless: Command) -> None:
    ran = await keyless.inside("run", "why?")
    assert ran.code == 3
    assert "DOUBLE_API_KEY" in ran.err
    assert "moa-tui auth double" in ran.err
    assert len(ran.err.splitlines()) == 1
