"""Files that go along with a question: which are meant, what is refused, how they are fenced."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.attachments import (
    MAX_ALL,
    MAX_FILE,
    MAX_FILES,
    Attachment,
    as_text,
    attached,
    mentioned,
    named,
    only_text,
)
from moa_tui.errors import MoaError
from tests.hostile_texts import PAYLOADS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "notes.txt").write_text("first\nsecond\n", encoding="utf-8")
    (tmp_path / "with space.md").write_text("# Hi", encoding="utf-8")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.py").write_text("print(1)\n", encoding="utf-8")
    (tmp_path / "ada").mkdir()
    return tmp_path


def along(question: str, files: Sequence[str], folder: Path) -> str:
    """Return what goes along with a question that was typed by hand."""
    names = mentioned(question, [(0, len(question))], folder)
    return as_text(attached([*files, *names], folder))


def refusal(question: str, folder: Path, *files: str) -> str:
    with pytest.raises(MoaError) as caught:
        along(question, files, folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What is in @notes.txt?", ["notes.txt"]),
        ("@notes.txt", ["notes.txt"]),
        ("(see @notes.txt), and @src/main.py.", ["notes.txt", "src/main.py"]),
        ("read @./src/../notes.txt!", ["./src/../notes.txt"]),
        ('read @"with space.md" now', ["with space.md"]),
        ("read @'with space.md' now", ["with space.md"]),
        ("twice @notes.txt and @./notes.txt", ["notes.txt"]),
    ],
)
def test_named_files_go_along(question: str, names: list[str], folder: Path) -> None:
    sent = along(question, (), folder)
    assert [line for line in sent.splitlines() if line.startswith("File ")] == [
        f"File {name}:" for name in names
    ]


@pytest.mark.parametrize(
    "question",
    [
        "write to me@example.com",
        "ask @ada or @john.doe",
        "use @types/node and @babel/core",
        "@dataclass(frozen=True)\nclass A: ...",
        "@@ -1,2 +1,2 @@",
        "a @ b @",
        "@pytest.mark.parametrize('x')",
        "5@6 @/ @. @..",
        "@\x00",
        "[@click=app.quit]a[/]",
        "@[click=app.quit]a[/]",
        "[@click=screen.dismiss]a[/] [@click=app.bell()]b[/]",
        '<a @click="save.js">x</a> and @click=app.go',
        "import x from '@/lib/x.js' or (@/lib/y)",
        "NSString *s = @\"hello\"; @'x'",
        "they know @c, @go, @r and @java",
        "see (@nots.txt) and x[@id='a.b.html']",
    ],
)
def test_what_is_no_file_is_left_alone(question: str, folder: Path) -> None:
    assert along(question, (), folder) == ""


def test_no_hostile_text_is_taken_for_a_file(folder: Path) -> None:
    for before in ("", "why ", "(", "@", " @"):
        assert [p for p in PAYLOADS.values() if along(before + p, (), folder)] == []


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("@nots.txt", "there is no file nots.txt"),
        ("@src/mian.py", "there is no file src/mian.py"),
        ("@/no/such/file", "there is no file /no/such/file"),
        ('@"no such.txt"', "there is no file no such.txt"),
        ("see\n@nots.md, please", "there is no file nots.md"),
        ("@src/[id].tsx", "there is no file src/[id].tsx"),
        ("@src/", "src/ is a folder"),
        ("@./ada", "./ada is a folder"),
    ],
)
def test_a_path_that_leads_nowhere_is_an_error(question: str, told: str, folder: Path) -> None:
    assert told in refusal(question, folder)


def test_home_and_absolute_paths(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("HOME", str(folder))
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert "first" in along("@~/notes.txt", (), elsewhere)
    assert "first" in along(f"@{folder}/notes.txt", (), elsewhere)


def test_given_files_go_along_too(folder: Path) -> None:
    sent = along("Why @notes.txt?", ["src/main.py", "notes.txt"], folder)
    assert sent.count("File ") == 2
    assert "there is no file" in refusal("Why?", folder, "nowhere")
    assert "is a folder" in refusal("Why?", folder, "ada")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings(folder: Path, encoding: str) -> None:
    (folder / "x.txt").write_bytes("Ümläut ✓".encode(encoding))
    assert "\nÜmläut ✓\n" in along("@x.txt", (), folder)


@pytest.mark.parametrize("source", [b"\x89PNG\r\n\x1a\n\xff", b"text\0text", b"\xe4\xf6"])
def test_binary_files_are_refused_with_the_reason(folder: Path, source: bytes) -> None:
    (folder / "x.txt").write_bytes(source)
    assert "x.txt is no text" in refusal("@x.txt", folder)


def test_limits(folder: Path) -> None:
    (folder / "big.txt").write_bytes(b"x" * (MAX_FILE + 1))
    assert "a file may have 256" in refusal("@big.txt", folder)
    names = [f"part{number}.txt" for number in range(MAX_ALL // MAX_FILE + 1)]
    for name in names:
        (folder / name).write_bytes(b"x" * MAX_FILE)
    assert "more than 1,024 KB together" in refusal("Why?", folder, *names)
    assert along("Why?", names[:-1], folder)
    many = [f"f{number}.txt" for number in range(MAX_FILES + 1)]
    assert "21 files are too many" in refusal("Why?", folder, *many)


def test_what_is_no_regular_file_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert "pipe or a device" in refusal("Why?", folder, "pipe")
    assert "pipe or a device" in refusal("Why?", folder, "/dev/null")
    assert along("@pipe", (), folder) == ""


def test_text_is_cleaned_and_so_are_names(folder: Path) -> None:
    (folder / "a\x1b[31m.txt").write_text("\x1b]0;title\x07red\r\nnext", encoding="utf-8")
    sent = along("Why?", ["a\x1b[31m.txt"], folder)
    assert "\x1b" not in sent
    assert "red\nnext\n" in sent


@given(st.text(alphabet="`\n ax", max_size=60))
def test_nothing_in_a_file_can_end_its_fence(text: str) -> None:
    lines = Attachment("x", text).fenced.split("\n")
    fence = lines[1]
    assert set(fence) == {"`"}
    assert lines[-1] == fence
    assert not any(line.strip().startswith(fence) for line in lines[2:-1])


def test_only_what_was_typed_names_files(folder: Path) -> None:
    question = "see @notes.txt and @src/main.py"
    assert mentioned(question, [], folder) == []
    assert mentioned(question, [(0, 14)], folder) == ["notes.txt"]
    assert mentioned(question, [(5, 14)], folder) == [], "its @ came from elsewhere"
    assert mentioned(question, [(0, 8), (8, 14)], folder) == [], "put together of two"
    assert only_text(question, [(0, 14)], folder) == ["src/main.py"]
    assert only_text("see @nowhere.txt", [], folder) == []


def test_what_goes_along_is_named_with_its_size(folder: Path) -> None:
    assert named(attached(["notes.txt"], folder)) == "notes.txt (13 bytes)"
