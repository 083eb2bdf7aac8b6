"""`python -m moa_tui` in a folder whose files have the names of what the program imports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Not contextlib and the few others that Python itself imports before it comes to the program.
NAMES = (
    *("json", "openai", "argparse", "asyncio", "pathlib", "typing", "re", "yaml", "pydantic"),
    *("httpx2", "aiohttp", "idna", "rich", "textual", "msgspec", "tenacity", "ssl", "logging"),
    *("tests", "keyring", "unicodedata", "enum", "platformdirs", "dataclasses"),
)
PLANTED = 'import os; open(os.environ["PLANTED"], "a").write(__name__ + "\\n")\n'


@pytest.mark.parametrize(
    "arguments", [["--version"], ["doctor"], ["run", "--dry-run", "hi"], ["models", "-c", "x.yaml"]]
)
def test_nothing_of_the_folder_is_imported(tmp_path: Path, arguments: list[str]) -> None:
    folder, told = tmp_path / "project", tmp_path / "told"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text(PLANTED)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, "-m", "moa_tui", *arguments],
        cwd=folder,
        env={**environment, "PLANTED": str(told)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert not told.exists(), told.read_text()
    assert ran.returncode in {0, 2}, ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_checkout_that_is_not_installed_still_runs(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    (tmp_path / "moa_tui").symlink_to(root / "moa_tui")
    ran = subprocess.run(
        [sys.executable, "-m", "moa_tui", "--version"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
