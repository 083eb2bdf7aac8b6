"""The canary is found wherever it may be: what finds nothing must be able to find something."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from moa_tui.private_files import private_folder, write_atomically
from tests import canary


@pytest.mark.parametrize(
    "data",
    [
        canary.KEY.encode(),
        f"Bearer {canary.KEY}\n".encode(),
        base64.b64encode(f"x:{canary.KEY}".encode()),
        base64.b64encode(f"xy:{canary.KEY}".encode()),
        base64.b64encode(f"xyz:{canary.KEY}".encode()),
        canary.KEY.encode().hex().encode(),
        canary.KEY[::-1].encode(),
        canary.KEY.encode("utf-16"),
    ],
)
def test_it_is_found_in_any_form(data: bytes) -> None:
    assert canary.gives_away(b"before" + data + b"after")
    with pytest.raises(AssertionError, match="the key is in here"):
        canary.look_through("here", data)


def test_it_is_found_in_files_and_their_names(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_text(canary.KEY)
    (tmp_path / canary.KEY).touch()
    (tmp_path / "clean").write_text("csk-other")
    stored = private_folder(tmp_path / "moa-tui") / "keys.json"
    write_atomically(stored, canary.KEY.encode())  # this is where it may be
    found = list(canary.hits_in(tmp_path))
    stored.chmod(0o644)
    assert str(stored) in canary.hits_in(tmp_path)
    for path in (*found, str(stored)):
        Path(path).unlink()  # nothing of it is to be found at the end of the session
    assert sorted(found) == sorted([str(tmp_path / "deep" / "file"), str(tmp_path / canary.KEY)])


def test_it_is_found_in_requests() -> None:
    own = {"authorization": f"Bearer {canary.KEY}"}
    canary.look_through_request(canary.KEY, own, b"{}")
    canary.look_through_request("csk-other", {"authorization": "Bearer csk-other"}, b"{}")
    for key, headers, rest in (
        ("csk-other", own, b"{}"),
        (canary.KEY, {"x-key": canary.KEY}, b"{}"),
        (canary.KEY, own, canary.KEY.encode()),
    ):
        with pytest.raises(AssertionError):
            canary.look_through_request(key, headers, rest)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_is_found_on_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another one: tests that run at the same time look for the real one.
    monkeypatch.setattr(canary, "_FORMS", (b"c4n4ry-of-this-test",))
    program = [sys.executable, "-c", "input(1)", "c4n4ry-of-this-test"]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe) as process:
        try:
            assert process.stdout
            process.stdout.read(1)  # now its command line is there
            with pytest.raises(AssertionError):
                canary.look_at_processes()
        finally:
            process.communicate(b"\n")
