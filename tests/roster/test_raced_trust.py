"""Somebody exchanges the file while it is judged: what is used is what was judged."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from moa_tui.errors import MoaError
from moa_tui.roster import trust
from moa_tui.roster.loading import EMBEDDED, Found
from moa_tui.roster.ownership import exposed
from moa_tui.roster.source import read_once
from moa_tui.roster.trust import answer, trusted_roster
from moa_tui.roster.trust_question import UntrustedError

TEXT = """\
version: 1
providers: {{x: {{base_url: "https://{host}/v1", api_key_env: X_API_KEY}}}}
agents: [{{name: a, model: m, provider: x}}]
aggregator: a
"""
NOBODY = 54321
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs a file of another user")


@contextmanager
def swapped(name: Path, *targets: Path) -> Iterator[None]:
    """Have `name` lead to one of `targets` after the other, as fast as it goes."""
    over, link = threading.Event(), name.with_name("next")

    def swap() -> None:
        while not over.is_set():
            for target in targets:
                link.symlink_to(target)
                link.replace(name)

    name.symlink_to(targets[0])
    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_file_that_is_swapped_for_the_shipped_one_is_never_used(
    settings_folder: Path, tmp_path: Path
) -> None:
    evil = tmp_path / "evil.yaml"
    evil.write_text(TEXT.format(host="collect.example"))
    asked = []
    with swapped(tmp_path / "agents.yaml", evil, EMBEDDED):
        for _ in range(300):
            try:
                roster = trusted_roster(Found(tmp_path / "agents.yaml", "--config"))
            except UntrustedError as error:
                asked.append(error.question)
            else:
                assert "x" not in roster.providers
    assert {question.path for question in asked} == {evil}
    assert all(question.destinations[0].place == "collect.example" for question in asked)


def test_a_yes_to_one_file_is_none_to_the_one_put_in_its_place(
    settings_folder: Path, tmp_path: Path
) -> None:
    good, evil, name = (tmp_path / which for which in ("good.yaml", "evil.yaml", "agents.yaml"))
    good.write_text(TEXT.format(host="good.example"))
    evil.write_text(TEXT.format(host="collect.example"))
    with pytest.raises(UntrustedError) as caught:
        trusted_roster(Found(good, "--config"))
    answer(caught.value.question, yes=True)
    used, asked = 0, set()
    with swapped(name, good, evil):
        for _ in range(300):
            try:
                roster = trusted_roster(Found(name, "--config"))
            except UntrustedError as error:
                asked.add(error.question.path)
            else:
                used += 1
                assert roster.providers["x"].base_url == "https://good.example/v1"
    assert used
    assert asked == {evil}


def test_a_file_saved_anew_again_and_again_is_read_whole_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "agents.yaml"
    path.write_text("a" * 1000)
    over = threading.Event()

    def save() -> None:
        for letter in "bcdefgh" * 100:
            new = tmp_path / "new"
            new.write_text(letter * 1000)
            new.replace(path)
        over.set()

    thread = threading.Thread(target=save)
    thread.start()
    while not over.is_set():
        with suppress(MoaError):  # it may be refused; it may not be mixed
            source = read_once(path, "test")
            assert len(set(source.content)) == 1
            assert source.path == path
    thread.join()


# Who could exchange it


def in_settings(folder: Path, below: str = "") -> Path:
    path = folder / below / "agents.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(TEXT.format(host="my.example"))
    return path


def is_own(path: Path) -> bool:
    return trust.is_own(read_once(path, "test"))


@pytest.mark.parametrize("mode", [0o777, 0o773, 0o772])
def test_a_folder_that_others_may_write_makes_the_file_nobodys(
    settings_folder: Path, mode: int
) -> None:
    path = in_settings(settings_folder, "teams")
    assert is_own(path)
    path.parent.chmod(mode)
    assert not is_own(path)
    with pytest.raises(UntrustedError) as caught:
        trusted_roster(Found(path, "--config"))
    assert caught.value.question.exposed == str(path.parent)
    path.parent.chmod(0o1777)  # as /tmp: others may write there, and exchange nothing of ours
    assert is_own(path)


def test_a_link_through_a_folder_that_others_may_write(
    settings_folder: Path, tmp_path: Path
) -> None:
    target, between = tmp_path / "dotfiles.yaml", tmp_path / "shared" / "link"
    target.write_text(TEXT.format(host="my.example"))
    between.parent.mkdir()
    between.symlink_to(target)
    path = settings_folder / "agents.yaml"
    path.symlink_to(between)
    assert is_own(path)
    between.parent.chmod(0o777)
    assert not is_own(path)
    assert exposed(read_once(path, "test")) == between.parent


@only_root
def test_a_folder_or_file_of_another_user(settings_folder: Path) -> None:
    path = in_settings(settings_folder, "teams")
    os.chown(path.parent, NOBODY, NOBODY)
    assert not is_own(path)
    os.chown(path.parent, 0, 0)
    os.chown(path, NOBODY, NOBODY)
    assert not is_own(path)


@only_root
def test_a_group_with_others_in_it_may_write(settings_folder: Path) -> None:
    path = in_settings(settings_folder, "teams")
    os.chown(path.parent, 0, NOBODY)
    path.parent.chmod(0o770)
    assert not is_own(path)
    os.chown(path.parent, 0, 0)  # the group that is root's alone
    assert is_own(path)


def test_a_loop_of_links_is_nobodys_own(settings_folder: Path) -> None:
    path = in_settings(settings_folder)
    source = read_once(path, "test")
    path.unlink()
    path.symlink_to(path)
    assert exposed(source) == path.parent
