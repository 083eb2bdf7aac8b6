"""Where things are, and who may look into them."""

from pathlib import Path

from moa_tui import paths


def test_private_folders_are_the_owners_only_and_so_are_new_parents(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o755)
    folder = paths.private_dir(kept / "new" / "inner")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, folder.parent, kept)}
    assert modes == {"inner": 0o700, "new": 0o700, "kept": 0o755}
    assert paths.private_dir(folder) == folder, "an existing one is left as it is"


def test_the_persons_folders_are_in_the_home_of_the_test(home: Path) -> None:
    for folder in (paths.user_config_dir(), paths.user_data_dir(), paths.user_state_dir()):
        assert folder.is_relative_to(home)


def test_shipped_files_are_there() -> None:
    assert paths.shipped("agents.yaml").is_file()
    assert (paths.shipped("themes") / "wafer.yaml").is_file()
