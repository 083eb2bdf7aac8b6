"""Files of the program's own: for their owner only, never through a link, whole or not at all."""

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moa_tui.errors import RefusedFileError
from moa_tui.private_files import (
    claim,
    create_private,
    open_private,
    private_folder,
    refuse_foreign,
    write_atomically,
    write_new,
)

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
SOMEBODY = 12345


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def write(path: Path) -> None:
    write_atomically(path, b"new")


def pieces_that_break() -> Iterator[bytes]:
    yield b"half"
    raise OSError(28, "No space left on device")


def read(path: Path) -> None:
    with open_private(path) as file:
        file.read()


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_new_files_and_folders_are_the_owners_only(umask: None, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    kept.chmod(0o755)
    inner = private_folder(kept / "new" / "inner")
    claim(inner / "claimed")
    create_private(inner / "created").close()
    write_atomically(inner / "written", b"text")
    assert [mode(path) for path in (inner.parent, inner)] == [0o700] * 2
    assert {path.name: mode(path) for path in inner.iterdir()} == {
        "claimed": 0o600,
        "created": 0o600,
        "written": 0o600,
    }
    assert mode(kept) == 0o755, "what is above is not ours to close"


def test_what_was_open_to_others_is_closed(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "folder" / "file"
    folder.mkdir()
    file.write_bytes(b"text")
    for act in (claim, read, write):
        file.chmod(0o664)
        act(file)
        assert mode(file) == 0o600
    folder.chmod(0o777)
    assert private_folder(folder) == folder
    assert mode(folder) == 0o700


def put_link(path: Path) -> None:
    target = path.with_name("target")
    target.write_bytes(b"old")
    path.symlink_to(target)


def put_dangling_link(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def put_pipe(path: Path) -> None:
    os.mkfifo(path)


def put_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))  # its name must be short


PLACED: dict[str, tuple[Callable[[Path], None], str]] = {
    "link": (put_link, "a link is in its place"),
    "dangling link": (put_dangling_link, "a link is in its place"),
    "folder": (Path.mkdir, "a folder is in its place"),
    "pipe": (put_pipe, "it is no ordinary file"),
    "socket": (put_socket, "it is no ordinary file"),
}


@pytest.mark.parametrize("act", [claim, read, write, refuse_foreign])
@pytest.mark.parametrize("placed", PLACED)
def test_what_stands_in_its_place_is_refused(
    act: Callable[[Path], None], placed: str, tmp_path: Path
) -> None:
    put, reason = PLACED[placed]
    path = tmp_path / "file"
    put(path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(RefusedFileError) as caught:
        act(path)
    assert str(caught.value) == f"{path} is not used: {reason} — move it away"
    assert sorted(tmp_path.iterdir()) == before
    target = tmp_path / "target"
    assert not target.exists() or target.read_bytes() == b"old"


def test_a_new_file_does_not_go_through_a_link(tmp_path: Path) -> None:
    put_dangling_link(tmp_path / "file")
    with pytest.raises(FileExistsError):
        create_private(tmp_path / "file")
    assert not (tmp_path / "nowhere").exists()


@AS_ROOT
@pytest.mark.parametrize("act", [claim, read, write, refuse_foreign])
def test_a_file_of_somebody_else_is_refused(act: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    os.chown(path, SOMEBODY, SOMEBODY)
    with pytest.raises(RefusedFileError, match="belongs to another user"):
        act(path)
    assert path.read_bytes() == b"old"


@AS_ROOT
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    theirs, link = tmp_path / "theirs", tmp_path / "link"
    theirs.mkdir()
    os.chown(theirs, SOMEBODY, SOMEBODY)
    link.symlink_to(theirs)
    for path in (theirs, link):
        with pytest.raises(RefusedFileError, match="belongs to another user"):
            private_folder(path)
    mine = tmp_path / "mine"
    mine.mkdir()
    placed = tmp_path / "placed"
    placed.symlink_to(mine)
    os.chown(placed, SOMEBODY, SOMEBODY, follow_symlinks=False)
    with pytest.raises(RefusedFileError, match="belongs to another user"):
        private_folder(placed)


def test_a_folder_may_be_a_link_of_ones_own_but_no_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link, file = tmp_path / "link", tmp_path / "file"
    link.symlink_to(tmp_path / "elsewhere")
    assert private_folder(link) == link
    file.touch()
    with pytest.raises(RefusedFileError, match="is no folder"):
        private_folder(file)


def test_missing_files_are_missing(tmp_path: Path) -> None:
    refuse_foreign(tmp_path / "no")
    with pytest.raises(FileNotFoundError):
        open_private(tmp_path / "no")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    write_atomically(path, iter([b"ne", b"w"]))
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_half_way_leaves_the_old_content(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, pieces())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_no_room_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_atomically(path, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


ON_A_FULL_DISK = """
import pathlib, subprocess, sys
from moa_tui.private_files import write_atomically
folder = pathlib.Path(sys.argv[1])
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder]).returncode:
    sys.exit(77)
path = folder / "file"
write_atomically(path, b"old")
try:
    write_atomically(path, b"x" * 100_000)
except OSError as error:
    print(error.strerror)
print(path.read_bytes(), [found.name for found in folder.iterdir()])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk, as Linux can")
def test_a_full_disk_leaves_the_old_content(tmp_path: Path) -> None:
    try:
        # In a namespace of its own: the disk goes with the process.
        done = subprocess.run(
            ["unshare", "-m", sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if done.returncode in {1, 77} and "ermi" in done.stderr:
        pytest.skip("a disk can be mounted by root only")
    assert done.stdout == "No space left on device\nb'old' ['file']\n", done.stderr


INIT_ON_A_FULL_DISK = """
import os, pathlib, subprocess, sys
folder = pathlib.Path(sys.argv[1])
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "none", folder]).returncode:
    sys.exit(77)
os.environ |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}
from moa_tui.cli.main import main
from moa_tui.paths import shipped
whole = shipped("agents.yaml").read_bytes()
free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
for left in range(0, 32 * 1024, 4096):
    filling = folder / "filling"
    filling.write_bytes(b"x" * (free - left))
    main(["init"])
    own = folder / "config" / "moa-tui"
    assert {found.name for found in own.iterdir()} <= {"settings.yaml", "agents.yaml"}
    assert not (own / "agents.yaml").exists() or (own / "agents.yaml").read_bytes() == whole
    filling.unlink()
    for path in own.iterdir():
        path.unlink()
assert main(["init"]) == 0
assert (own / "agents.yaml").read_bytes() == whole
print("done")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk, as Linux can")
def test_init_on_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    try:
        done = subprocess.run(
            ["unshare", "-m", sys.executable, "-c", INIT_ON_A_FULL_DISK, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if done.returncode in {1, 77} and "ermi" in done.stderr:
        pytest.skip("a disk can be mounted by root only")
    assert done.stdout.endswith("done\n"), done.stderr
    assert "No space left on device — make room, then try again" in done.stderr


def test_a_new_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "new"
    with pytest.raises(OSError, match="No space"):
        write_new([path], pieces_that_break())
    assert list(tmp_path.iterdir()) == []
    assert write_new([path], [b"who", b"le"]) == path
    assert (path.read_bytes(), mode(path)) == (b"whole", 0o600)


def test_a_new_file_takes_no_others_place(tmp_path: Path) -> None:
    names = [tmp_path / name for name in ("file", "link", "pipe", "free")]
    names[0].write_text("old")
    names[1].symlink_to("nowhere")
    os.mkfifo(names[2])
    with pytest.raises(FileExistsError):
        write_new(names[:3], b"new")
    assert write_new(names, iter([b"new"])) == names[3]
    assert {found.name for found in tmp_path.iterdir()} == {"file", "link", "pipe", "free"}
    assert names[0].read_text() == "old"


def test_a_file_system_without_second_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "file"
    assert write_new([path], b"whole") == path
    with pytest.raises(FileExistsError):
        write_new([path], b"other")
    assert [found.read_bytes() for found in tmp_path.iterdir()] == [b"whole"]
