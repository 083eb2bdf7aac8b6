"""Where things are, and who may look into them."""

from pathlib import Path

from moa_tui import paths


def test_the_persons_folders_are_in_the_home_of_the_test(home: Path) -> None:
    for folder in (paths.user_config_dir(), paths.user_data_dir(), paths.user_state_dir()):
        assert folder.is_relative_to(home)


def test_shipped_files_are_there() -> None:
    assert paths.shipped("agents.yaml").is_file()
    assert (paths.shipped("themes") / "wafer.yaml").is_file()
