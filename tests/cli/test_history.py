"""`moa-tui history`: lists, shows, searches, exports and deletes what was kept."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.cli.main import main
from moa_tui.engine.events import TextDelta
from moa_tui.transcript.history import load_turn
from moa_tui.transcript.recording import read_recording
from tests.transcript.kept import names, save, turn
from tests.transcript.test_interrupted import interrupt

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], home: Path) -> Run:
    """Runs the command on a history of three turns; gives code, output, errors."""
    path = paths.history_file()
    questions = ["Why is it so?", "What else?", "How come?"]
    save(path, *(turn(f"{i}abc", i, question) for i, question in enumerate(questions)))

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(["history", *arguments])
        except SystemExit as exited:
            code = int(exited.code or 0)
        return (code, *capsys.readouterr())

    return run


@pytest.mark.parametrize("arguments", [[], ["list"]])
def test_the_newest_turns_are_listed(run: Run, arguments: list[str]) -> None:
    code, out, _ = run(*arguments)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["2abc", "1abc", "0abc"]
    assert run(*arguments, "-n", "1")[1].splitlines() == out.splitlines()[:1]
    assert [line["turn"] for line in json.loads(run(*arguments, "--json")[1])] == [
        "2abc",
        "1abc",
        "0abc",
    ]


@pytest.mark.parametrize("arguments", [["last"], ["show", "last"], ["2"], ["show", "2abc"]])
def test_a_turn_is_shown(run: Run, arguments: list[str]) -> None:
    code, out, _ = run(*arguments)
    assert code == 0
    assert out.startswith("# How come?\n\nBecause.\n")
    record = json.loads(run(*arguments, "--json")[1])
    assert record == load_turn(paths.history_file(), "last")


def test_turns_are_searched(run: Run) -> None:
    assert run("search", "else")[1].split()[0] == "1abc"
    code, out, _ = run("search", 'a"b', "--", "-c*")
    assert (code, out) == (0, 'no turn holds: a"b -c*\n')
    assert json.loads(run("search", "--json", "nothing")[1]) == []


def test_an_interrupted_turn_is_listed(run: Run) -> None:
    interrupt(paths.history_file())
    assert "interrupted" in run()[1]
    assert "Half" in run("show", "t9")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "there is no turn 'nobody'"),
        (["show"], "TURN"),
        (["-n", "-1"], "invalid"),
        (["-n", "x"], "invalid"),
        (["search"], "WORD"),
        (["export", "nobody"], "there is no turn"),
        (["export", "-f", "pdf"], "invalid choice"),
        (["export", "-f", "recording"], "a recording is of one turn"),
        (["export", "-f", "recording", "0"], "was kept without its times"),
        (["delete"], "say what to delete"),
        (["delete", "0", "--all"], "say what to delete"),
        (["delete", "--before", "soon"], "'soon' is no date"),
        (["delete", "--all"], "--yes"),
        (["delete", "nobody"], "there is no turn"),
        (["--nonsense"], "unrecognized"),
    ],
)
def test_what_makes_no_sense_is_2(run: Run, arguments: list[str], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert len(names(paths.history_file())) == 3


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["delete", "--help"]])
def test_help(run: Run, arguments: list[str]) -> None:
    code, out, _ = run(*arguments)
    assert code == 0
    assert "usage: moa-tui history" in out


@pytest.mark.parametrize("form", ["md", "json", "jsonl", "html"])
def test_turns_are_exported(run: Run, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"turns.{form}"
    assert run("export", "-o", str(path)) == (0, "", "")
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    assert text == run("export", "-f", form)[1]
    assert text.index("Why is it so?") < text.index("How come?")
    assert "What else?" not in run("export", "0", "last", "-f", form)[1]


def test_a_turn_is_exported_as_a_recording(run: Run, tmp_path: Path) -> None:
    interrupt(paths.history_file())
    path = tmp_path / "turn.jsonl"
    assert run("export", "t9", "-f", "recording", "-o", str(path)) == (0, "", "")
    assert path.stat().st_mode & 0o777 == 0o600
    recording = read_recording(path)
    assert recording.header.title == "Why?"
    assert "Half" in "".join(e.text for e in recording.events if isinstance(e, TextDelta))


def test_a_file_is_replaced_only_by_force(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "turns.json"
    path.write_text("precious")
    code, _, err = run("export", "-o", str(path))
    assert (code, path.read_text()) == (2, "precious")
    assert "--force" in err
    assert run("export", "-o", str(path), "--force")[0] == 0
    assert len(json.loads(path.read_text())) == 3
    assert [found.name for found in tmp_path.iterdir()] == ["turns.json"]
    code, _, err = run("export", "-o", str(tmp_path / "nowhere" / "turns.md"))
    assert code == 2
    assert "cannot be written: No such file" in err


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["0", "1ab", "0abc"], ["2abc"]),
        (["last"], ["1abc", "0abc"]),
        (["--all", "--yes"], []),
        (["--before", "2026-01-01T00:00:01", "-y"], ["2abc", "1abc"]),
        (["--before", "2026-01-01", "-y"], ["2abc", "1abc", "0abc"]),
        (["--before", "2026-01-02T00:00:00+02:00", "-y"], []),
    ],
)
def test_turns_are_deleted(run: Run, arguments: list[str], left: list[str]) -> None:
    code, out, _ = run("delete", *arguments)
    assert code == 0
    assert out == f"deleted {3 - len(left)} turn{'' if len(left) == 2 else 's'}\n"
    assert names(paths.history_file()) == left


@pytest.mark.parametrize(("answer", "code", "left"), [("y", 0, 0), ("n", 1, 3), ("", 1, 3)])
def test_deleting_all_asks_first(
    run: Run, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, left: int
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: answer)
    assert run("delete", "--all")[0] == code
    assert len(names(paths.history_file())) == left


def test_a_damaged_history_is_told_without_a_traceback(run: Run) -> None:
    path = paths.history_file()
    path.write_bytes(b"this is no database " * 500)
    for arguments in ([], ["last"], ["search", "x"], ["export"], ["delete", "--all", "-y"]):
        code, _, err = run(*arguments)
        assert code == 2
        assert "it is damaged" in err
    assert path.read_bytes() == b"this is no database " * 500
