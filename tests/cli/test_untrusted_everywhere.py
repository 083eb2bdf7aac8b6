"""A file that nobody has allowed: no command looks a key up for it, or asks one of its hosts."""

import os
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.cli.doctoring.program import roster_section
from moa_tui.roster.key_store import KeyStore
from tests.cli.conftest import Command

COMMANDS = {
    "doctor": ("doctor",),
    "doctor --net": ("doctor", "--net"),
    "doctor --json --net": ("doctor", "--json", "--net"),
    "models": ("models",),
    "run": ("run", "hello"),
    "run --dry-run": ("run", "--dry-run", "hello"),
    "auth --list": ("auth", "--list"),
    "auth": ("auth", "double", "--stdin"),
}
REFUSED = {name for name in COMMANDS if not name.startswith("doctor")}


class Counted(dict[str, str]):
    """An environment that knows which of its variables were asked for."""

    def __init__(self, of: dict[str, str]) -> None:
        super().__init__(of)
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> str:
        self.asked.append(name)
        return super().__getitem__(name)

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.append(name)
        return super().get(name, default)


@pytest.fixture
def foreign(command: Command, tmp_path: Path) -> Path:
    """The double's roster, as a project brings it along."""
    path = tmp_path / "project" / "agents.yaml"
    path.parent.mkdir()
    command.roster.rename(path)
    return path


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The variables of keys that the environment and the key store were asked for."""
    asked: list[str] = []
    find = KeyStore.find

    def recorded(self: KeyStore, variable: str, place: str) -> object:
        asked.append(variable)
        return find(self, variable, place)

    monkeypatch.setattr(KeyStore, "find", recorded)
    return asked


HERE = "./agents.yaml"
# With a file that only lies in the folder, what uses the network goes on with the shipped one,
# whose hosts are not a test's to ask.
CASES = [
    *((way, name) for way in ("--config", "-c", "MOA_TUI_CONFIG") for name in COMMANDS),
    *((HERE, name) for name in ("doctor", "run", "run --dry-run", "auth --list")),
]


@pytest.mark.parametrize(("way", "name"), CASES)
async def test_nothing_is_looked_up_and_nobody_asked(
    command: Command,
    foreign: Path,
    looked_up: list[str],
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    name: str,
) -> None:
    arguments = [*COMMANDS[name]]
    if way.startswith("-"):
        arguments += [way, str(foreign)]
    elif way == "MOA_TUI_CONFIG":
        command.environment[way] = str(foreign)
    else:
        monkeypatch.chdir(foreign.parent)
        for variable in list(command.environment):
            if variable.endswith("_API_KEY") and variable != "DOUBLE_API_KEY":
                del command.environment[variable]
    ran = await command.inside(*arguments, stdin="some-key-1234567890\n")
    assert command.double.requests == []
    assert command.double.key not in ran.out + ran.err
    assert "DOUBLE_API_KEY" not in looked_up
    assert "is set" not in ran.out
    assert not KeyStore().entries()
    if way != HERE and name in REFUSED:
        assert ran.code == 2
        assert f"moa-tui trust {foreign}" in ran.err


def edit(path: Path) -> None:
    path.write_text(path.read_text() + "# edited since\n")


def test_the_doctor_reads_no_variable_of_the_file(
    command: Command, foreign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = Counted(command.environment)
    monkeypatch.setattr(os, "environ", environ)
    section, roster = roster_section(foreign)
    assert roster is None
    assert "DOUBLE_API_KEY" not in environ.asked
    assert f"moa-tui trust {foreign}" in section.advice[0]
    assert "127.0.0.1" in section.facts["it would ask"]


async def test_the_doctor_says_what_the_file_would_do_and_looks_again_once_it_is_allowed(
    command: Command, foreign: Path
) -> None:
    ran = await command.inside("doctor", "-c", str(foreign), "--net")
    assert "It is used only if you allow it. No key was looked up, nobody was asked." in ran.out
    assert "gets your key DOUBLE_API_KEY" in ran.out
    assert (await command.inside("trust", str(foreign))).code == 0
    ran = await command.inside("doctor", "-c", str(foreign), "--net")
    assert "DOUBLE_API_KEY is set" in ran.out
    assert [request.path for request in command.double.requests] == ["/v1/models"]
    edit(foreign)
    ran = await command.inside("doctor", "-c", str(foreign), "--net")
    assert "has changed since you allowed it" in ran.out
    assert len(command.double.requests) == 1


async def test_the_doctor_tells_of_an_allowed_file_of_this_folder(
    command: Command, foreign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it tells is what the program would use."""
    monkeypatch.chdir(foreign.parent)
    assert not (paths.user_config_dir() / "agents.yaml").exists()
    assert "until allowed" in (await command.inside("doctor")).out
    await command.inside("trust", "agents.yaml")
    ran = await command.inside("doctor")
    assert "DOUBLE_API_KEY is set" in ran.out
    assert "until allowed" not in ran.out
