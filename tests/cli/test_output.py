"""Standard streams that are closed, full, broken or of another encoding cost no answer."""

import asyncio
import codecs
import io
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.cli import output
from moa_tui.cli.output import Escapes, json_safe
from tests.cli.conftest import Command, Ran
from tests.double import Answer

TEXT = "😀 é – fine"


async def in_shell(command: Command, line: str, **environment: str) -> Ran:
    """Run `line` in a shell in which `$M` is the program and `$R` its roster."""
    process = await asyncio.create_subprocess_exec(
        *("bash", "-o", "pipefail", "-c", line),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=command.environment
        | {"M": f"{sys.executable} -m moa_tui", "R": str(command.roster)}
        | environment,
    )
    out, err = await process.communicate()
    return Ran(process.returncode or 0, out.decode(), err.decode())


UNPRINTED = [
    ("$M run -q -c $R why? >&-", "it is closed"),
    ("$M run -q -c $R why? >/dev/full", "No space left on device"),
    ("$M run -q --json -c $R why? <&- >/dev/full", "No space left on device"),
    ("$M run -q --jsonl -c $R why? | true", "Broken pipe"),
]


@pytest.mark.parametrize(("line", "why"), UNPRINTED, ids=[why for _, why in UNPRINTED])
async def test_an_answer_that_cannot_be_printed_is_74_and_in_the_history(
    command: Command, line: str, why: str
) -> None:
    ran = await in_shell(command, line)
    assert (ran.code, ran.out) == (74, "")
    said = f"moa-tui: standard output cannot be written: {why}; the answer is in the history: "
    assert ran.err.startswith(f"{said}moa-tui history show ")
    assert ran.err.count("\n") == 1
    kept = await command.inside(*ran.err.split(": moa-tui ")[-1].split())
    assert "text of z" in kept.out


async def test_one_that_is_kept_nowhere_goes_to_standard_error(command: Command) -> None:
    ran = await in_shell(command, "$M run -q --no-history -c $R why? >/dev/full")
    assert ran.code == 74
    assert ran.err.endswith("the answer, which is kept nowhere else:\ntext of z\n")


async def test_nobody_need_hear_of_the_progress(command: Command) -> None:
    ran = await in_shell(command, "$M run -c $R why? <&- 2>/dev/full")
    assert ran == (0, "text of z\n", "")


async def test_no_file_is_opened_where_a_closed_stream_was(command: Command) -> None:
    ran = await in_shell(command, "$M run -c $R why? <&- >&- 2>&-")
    assert (ran.code, ran.out, ran.err) == (74, "", "")
    kept = await command.inside("history", "show", "last")
    assert "text of z" in kept.out, "the history holds the turn and not what was printed"


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1"])
async def test_what_an_encoding_lacks_is_escaped_and_said(command: Command, encoding: str) -> None:
    command.double.answers["model-z"] = Answer(TEXT)
    line = "$M run -q -c $R why? | iconv -f $E -t utf-8; $M history show last --json"
    ran = await in_shell(command, line, PYTHONIOENCODING=encoding, E=encoding)
    printed, _, kept = ran.out.partition("\n")
    expected = {
        "ascii": "\\ud83d\\ude00 \\u00e9 \\u2013 fine",
        "iso-8859-1": "\\ud83d\\ude00 é \\u2013 fine",
    }
    assert (ran.code, printed) == (0, expected[encoding])
    assert json.loads(kept)["answer"] == TEXT, "JSON is whole in every encoding"
    assert "characters that it lacks are printed as" in ran.err


@pytest.mark.parametrize("arguments", ["--version", "run --help", "history"])
async def test_no_command_breaks_on_a_full_disk(command: Command, arguments: str) -> None:
    ran = await in_shell(command, f"$M {arguments} >/dev/full; echo $?; $M {arguments} >&- 2>&-")
    assert (ran.code, ran.out.split()) == (74, ["74"])
    assert ran.err == "moa-tui: standard output cannot be written: No space left on device\n"


async def test_it_answers_in_a_folder_that_was_deleted(command: Command, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    line = f"cd {gone}; rmdir {gone}; $M run -q -c $R why?; $M run -q -c $R --file a.txt see"
    ran = await in_shell(command, line)
    assert (ran.code, ran.out) == (2, "text of z\n")
    assert "there is no file a.txt" in ran.err


@pytest.mark.parametrize(("piped", "code"), [(b"\xef\xbb\xbfwhy?\r\n", 0), (b"why\xff?", 2)])
async def test_what_is_piped_in_is_text_or_refused(
    command: Command, piped: bytes, code: int
) -> None:
    process = await command.start("run", "-q", "-c", "{roster}", stdin=asyncio.subprocess.PIPE)
    _, err = await process.communicate(piped)
    assert process.returncode == code
    if code:
        assert b"standard input is no text" in err
    else:
        assert command.double.chats[0].body["messages"][-1]["content"] == "why?"


@pytest.mark.parametrize(
    "line",
    [
        "$M auth --stdin 0>/dev/null",
        "$M import - 0>/dev/null",
        "printf 'csk-\\xff\\xfe-0123456789' | $M auth --stdin",
        "CEREBRAS_API_KEY=$(printf 'csk-\\xff\\xfe-0123456789') $M models",
        "DOUBLE_API_KEY=$(printf 'csk-\\xff\\xfe-0123456789') $M run -c $R why?",
    ],
)
async def test_what_cannot_be_read_or_is_no_text_breaks_nothing(
    command: Command, line: str
) -> None:
    ran = await in_shell(command, line)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("moa-tui: ")
    assert "csk-" not in ran.err
    assert not command.double.requests


def test_a_reader_that_goes_is_remembered_and_never_raised() -> None:
    reader, writer = os.pipe()
    raw = output._Standard(writer)
    stream = io.TextIOWrapper(io.BufferedWriter(raw), "utf-8")
    stream.write("heard")
    stream.flush()
    assert (os.read(reader, 9), raw.failure) == (b"heard", "")
    os.close(reader)
    for _ in range(3):
        stream.write("unheard" * 10_000)
        stream.flush()
    assert (raw.failure, raw.gone) == ("Broken pipe", True)
    os.close(writer)


def test_a_slow_reader_of_a_pipe_that_does_not_block_is_waited_for() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    if os.fork() == 0:  # another process reads: this one waits in a system call
        os.close(writer)
        while os.read(reader, 4096):
            pass
        os._exit(0)
    os.close(reader)
    raw = output._Standard(writer)
    assert raw.write(b"x" * 1_000_000) == 1_000_000
    assert not raw.failure
    os.close(writer)
    os.wait()


@given(st.text(), st.sampled_from(["ascii", "iso-8859-1", "utf-8", "cp1252", "koi8-r"]))
def test_escapes_are_json_in_every_encoding(text: str, encoding: str) -> None:
    codecs.register_error("tried", Escapes())
    document = json.dumps(text, ensure_ascii=False)
    printed = document.encode(encoding, "tried").decode(encoding)
    assert json.loads(printed) == text


@given(st.text())
def test_json_is_ascii_where_output_is_no_utf_8(text: str) -> None:
    before = sys.stdout
    try:
        sys.stdout = io.TextIOWrapper(io.BytesIO(), "iso-8859-1")
        safe = json_safe(json.dumps(text, ensure_ascii=False))
    finally:
        sys.stdout = before
    assert safe.isascii()
    assert json.loads(safe) == text
