"""What is fetched is pinned: packages by hash, those that build among them, actions by commit."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(not (ROOT / "Makefile").exists(), reason="needs a checkout")

_PINNED = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==([^ ;\\]+)")


def pins(name: str) -> dict[str, str]:
    """Return the versions in a lock; every one of them has a hash."""
    found = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / "requirements" / name).read_text("utf-8")):
        if match := _PINNED.match(entry):
            assert "--hash=sha256:" in entry, entry
            found[match[1].lower()] = match[2]
        else:
            assert entry.lstrip().startswith("#"), entry
    return found


def project() -> dict[str, list[str]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        data = tomllib.load(file)
    return {
        "build": data["build-system"]["requires"],
        "run": data["project"]["dependencies"],
        "dev": data["project"]["optional-dependencies"]["dev"],
    }


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~!; ]", one, maxsplit=1)[0].lower() for one in requirements}


@pytest.mark.parametrize(
    ("lock", "groups"), [("run", ["run"]), ("dev", ["run", "dev"]), ("build", ["build"])]
)
def test_what_is_declared_is_locked(lock: str, groups: list[str]) -> None:
    wanted = {name for group in groups for name in names(project()[group])}
    assert wanted <= pins(f"{lock}.lock").keys()


def test_an_editable_install_needs_no_more() -> None:
    assert {"editables", "hatchling", "pathspec", "trove-classifiers"} <= pins("build.lock").keys()


def test_the_locks_agree() -> None:
    run, dev, build = (pins(f"{name}.lock") for name in ("run", "dev", "build"))
    for one, other in ((run, dev), (run, build), (dev, build)):
        assert {name: one[name] for name in one.keys() & other} == {
            name: other[name] for name in one.keys() & other
        }


def test_make_fetches_nothing_that_is_not_pinned() -> None:
    for line in (ROOT / "Makefile").read_text("utf-8").splitlines():
        if re.search(r"/pip (install|wheel|download)", line):
            assert "--require-hashes" in line or (
                "--no-deps" in line and "--no-build-isolation" in line
            ), line


def test_workflows_may_only_read_and_name_actions_by_commit() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = path.read_text("utf-8")
        assert "\npermissions:\n  contents: read\njobs:" in text
        used = re.findall(r"uses: (\S+)", text)
        assert used
        for action in used:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
