"""Which agents.yaml is used, and what is said about one that cannot be read."""

import os
import sys
import threading
from pathlib import Path

import platformdirs
import pytest

from moa_tui import paths
from moa_tui.errors import MoaError
from moa_tui.roster.build import RosterError
from moa_tui.roster.loading import Found, find_roster
from moa_tui.roster.trust import embedded_roster
from tests.rosters import load_roster

GOOD = "version: 1\nagents: [{name: a, model: m}]\naggregator: a\n"


@pytest.fixture
def config_dir(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's settings folder, empty."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "settings"))
    folder = paths.user_config_dir()
    assert folder.is_relative_to(home)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that somebody works in."""
    path = tmp_path / "project"
    path.mkdir()
    return path


def write(folder: Path, text: str = GOOD) -> Path:
    path = folder / "agents.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(MoaError) as caught:
        load_roster(Found(path, "--config"))
    assert not isinstance(caught.value, RosterError)
    return str(caught.value)


# The search


def test_the_shipped_file_is_the_last_resort(config_dir: Path, folder: Path) -> None:
    assert find_roster(folder=folder) == Found(paths.shipped("agents.yaml"), "shipped")


def test_the_persons_own_file_comes_before_the_shipped_one(config_dir: Path, folder: Path) -> None:
    own = write(config_dir)
    assert find_roster(folder=folder) == Found(own, "your folder")


def test_the_folder_is_where_the_documentation_says(home: Path) -> None:
    under = {"linux": ".config", "darwin": "Library/Application Support"}.get(sys.platform)
    if under is None:
        pytest.skip("the documentation names Linux and macOS")
    assert paths.user_config_dir() == home / under / "moa-tui"
    assert paths.user_config_dir() == platformdirs.user_config_path("moa-tui")


def test_the_variable_comes_before_the_persons_own_file(config_dir: Path, folder: Path) -> None:
    write(config_dir)
    environ = {"MOA_TUI_CONFIG": "elsewhere/team.yaml"}
    assert find_roster(None, environ, folder) == Found(
        Path("elsewhere/team.yaml"), "$MOA_TUI_CONFIG"
    )


def test_the_variable_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOA_TUI_CONFIG", "/x/team.yaml")
    assert find_roster().path == Path("/x/team.yaml")


def test_an_empty_variable_is_none(config_dir: Path, folder: Path) -> None:
    assert find_roster(None, {"MOA_TUI_CONFIG": ""}, folder).origin == "shipped"


def test_the_option_comes_before_everything(config_dir: Path, folder: Path) -> None:
    write(config_dir), write(folder)
    chosen = Path("mine.yaml")
    assert find_roster(chosen, {"MOA_TUI_CONFIG": "x"}, folder) == Found(chosen, "--config")


def test_a_file_in_a_foreign_folder_is_passed_over(config_dir: Path, folder: Path) -> None:
    foreign = write(folder)
    assert find_roster(folder=folder) == Found(paths.shipped("agents.yaml"), "shipped", foreign)
    own = write(config_dir)
    assert find_roster(folder=folder) == Found(own, "your folder", foreign)


def test_this_folder_is_the_current_one(
    config_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = write(folder)
    monkeypatch.chdir(folder)
    assert find_roster().passed_over == foreign


def test_the_shipped_file_itself_counts_in_its_folder(config_dir: Path, folder: Path) -> None:
    shipped = paths.shipped("agents.yaml")
    write(config_dir)
    assert find_roster(folder=shipped.parent) == Found(shipped, "this folder")
    (folder / "agents.yaml").symlink_to(shipped)
    assert find_roster(folder=folder).origin == "this folder"


def test_a_copy_of_the_shipped_file_is_a_foreign_file(config_dir: Path, folder: Path) -> None:
    copy = write(folder, paths.shipped("agents.yaml").read_text(encoding="utf-8"))
    assert find_roster(folder=folder).passed_over == copy


def test_nothing_is_passed_over_in_the_settings_folder_itself(config_dir: Path) -> None:
    own = write(config_dir)
    assert find_roster(folder=config_dir) == Found(own, "your folder")


def test_a_folder_of_that_name_is_no_file_to_pass_over(config_dir: Path, folder: Path) -> None:
    (folder / "agents.yaml").mkdir()
    assert find_roster(folder=folder).passed_over is None


def test_an_own_file_that_cannot_be_used_is_not_passed_over(config_dir: Path, folder: Path) -> None:
    own = config_dir / "agents.yaml"
    own.symlink_to("nowhere.yaml")
    assert find_roster(folder=folder) == Found(own, "your folder")
    assert refusal(own) == f"{own} does not exist (--config) — check the path, or leave it out"


def test_a_deleted_folder_is_no_obstacle(
    config_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert find_roster().origin == "shipped"


def test_a_closed_folder_is_no_obstacle(
    config_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_file = Path.is_file

    def refuse(self: Path) -> bool:
        if self.parent == folder:
            raise PermissionError(13, "Permission denied", str(self))
        return is_file(self)

    # Not by chmod: it does not keep root out.
    monkeypatch.setattr(Path, "is_file", refuse)
    assert find_roster(folder=folder).origin == "shipped"


# Reading


def test_a_good_file(folder: Path) -> None:
    path = write(folder)
    roster = load_roster(Found(path, "--config"))
    assert (roster.path, roster.origin, list(roster.agents)) == (path, "--config", ["a"])


def test_a_bad_file_is_named_with_its_path(folder: Path) -> None:
    path = write(folder, GOOD + "layers: 0\n")
    with pytest.raises(RosterError) as caught:
        load_roster(Found(path, "--config"))
    assert str(caught.value).startswith(f"{path}:4:1: layers: ")


def test_a_file_that_is_not_there(folder: Path) -> None:
    path = folder / "no.yaml"
    assert refusal(path) == f"{path} does not exist (--config) — check the path, or leave it out"


def test_a_folder(folder: Path) -> None:
    assert refusal(folder) == f"{folder} is not a file (--config) — give the path of a file"


def test_a_path_through_a_file(folder: Path) -> None:
    path = write(folder) / "agents.yaml"
    assert refusal(path) == f"{path} cannot be read: Not a directory — check the path"


def test_a_link_to_itself(folder: Path) -> None:
    path = folder / "agents.yaml"
    path.symlink_to(path)
    assert refusal(path).startswith(f"{path} cannot be read: ")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    path = folder / "agents.yaml"
    os.mkfifo(path)
    told: list[str] = []
    # In a thread, so that a program that waits fails the test and does not hold up all others.
    thread = threading.Thread(target=lambda: told.append(refusal(path)), daemon=True)
    thread.start()
    thread.join(timeout=10)
    assert told == [f"{path} is not a file (--config) — give the path of a file"]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no such device here")
def test_a_device_is_not_read() -> None:
    assert "is not a file" in refusal(Path("/dev/zero"))


def test_a_file_without_permission(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(folder)

    def refuse(path: Path, _flags: int) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refuse)
    assert refusal(path) == f"{path} cannot be read: Permission denied — check the path"


def test_a_huge_file_is_not_read_whole(folder: Path) -> None:
    path = folder / "agents.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(RosterError, match=":1:1: the file has more than 256 KB — make it smaller"):
        load_roster(Found(path, "--config"))


def test_a_path_is_cleaned_before_it_is_shown(folder: Path) -> None:
    assert "\x1b" not in refusal(folder / "\x1b[31mred")


# What is shipped


def test_the_shipped_roster_is_good_in_every_preset() -> None:
    roster = load_roster(Found(paths.shipped("agents.yaml"), "shipped"))
    assert {"quick", "deep", "alone"} <= set(roster.presets)
    assert len(roster.lineup().layers[0]) >= 3
    for preset in ("", *roster.presets):
        lineup = roster.lineup(preset)
        assert {agent.provider for agent in lineup.agents} == {"cerebras"}
        assert all(agent.model for agent in lineup.agents)
        assert preset == "" or roster.presets[preset].description


def test_the_shipped_roster_fits_the_free_tier_in_one_turn() -> None:
    # 5 requests and 30,000 tokens a minute; what an answer may cost is reserved up front.
    agents = load_roster(Found(paths.shipped("agents.yaml"), "shipped")).lineup().agents
    assert len(agents) <= 5
    assert sum(agent.sampling.max_tokens for agent in agents) <= 15_000


def test_the_embedded_roster_needs_no_key_and_no_network() -> None:
    roster = embedded_roster()
    assert roster.origin == "embedded model"
    lineups = [roster.lineup(preset) for preset in ("", *roster.presets)]
    names = {agent.provider for lineup in lineups for agent in lineup.agents}
    used = [roster.providers[name] for name in names]
    assert [(p.embedded, p.key_required, p.base_url) for p in used] == [(True, False, "")]
