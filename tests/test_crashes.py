"""What is left of a crash: where it broke, and nothing that is secret."""

import asyncio
import gc
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from moa_tui import crashes, paths, redaction
from moa_tui.crashes import MOST_KEPT, crash
from moa_tui.errors import CrashError
from moa_tui.roster.keys import ApiKey
from moa_tui.text import clean
from moa_tui.tracebacks import describe
from moa_tui.uncaught import catch_in_loop, catch_in_threads

KEY = "csk-canary-5d1f0c9be2a74f63"
OTHER = "7Q9vZ2pL0sXw4tGh"
"""A secret that does not look like one."""


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that has not crashed, with two secrets in its environment."""
    monkeypatch.setattr(crashes, "_kept", [])
    monkeypatch.setattr(redaction, "_held", {})
    monkeypatch.setenv("CEREBRAS_API_KEY", KEY)
    monkeypatch.setenv("SOME_API_TOKEN", f" {OTHER}\n")


def broken(raise_it: Callable[[], object]) -> Exception:
    """Return what is raised, with a secret in a variable on the way."""
    secret = KEY
    try:
        raise_it()
    except Exception as error:  # noqa: BLE001 - whatever it is
        assert secret
        return error
    raise AssertionError


def fail(text: str = "", cause: Exception | None = None) -> Exception:
    def raise_it() -> None:
        raise ValueError(text) from cause

    return broken(raise_it)


def files() -> list[Path]:
    return sorted(paths.crash_dir().glob("*"))


def test_a_crash_file_says_where_and_is_the_owners_only() -> None:
    told = crash(broken(lambda: clean(None)), "a test")  # type: ignore[arg-type]
    (file,) = files()
    text = file.read_text(encoding="utf-8")
    assert "TypeError" in str(told)
    assert " in text.py:" in str(told)
    assert str(file) in str(told)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "during: a test" in text
    assert "in clean\n      cleaner" in text or "in StreamCleaner.feed\n" in text
    assert "textual " in text
    assert "raise_it" not in text, "lines of others' files are left out"


def test_the_same_error_is_one_crash() -> None:
    error = fail()
    assert crash(error) is crash(error, "again")
    assert len(files()) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"401: {KEY} is not valid",
        f"Illegal header value b'Bearer {KEY}'",
        f"no such token {OTHER}",
        "sk-0123456789abcdef0123",
        "Authorization: bearer AbCdEfGh0123",
    ],
)
def test_no_key_is_in_it(text: str) -> None:
    inner = fail(text)
    outer = fail("outer", inner)
    outer.add_note(text)
    group = ExceptionGroup(text, [outer, inner])
    for error in (inner, outer, group):
        said = str(crash(error, text)) + files()[-1].read_text(encoding="utf-8")
        for secret in (KEY, OTHER, "0123456789abcdef", "AbCdEfGh0123"):
            assert secret not in said
    assert len(files()) == 3


def test_a_key_that_came_from_elsewhere_is_not_in_it() -> None:
    key = ApiKey("from-a-file-0123456789")
    redaction.hold(key.reveal())
    told = crash(fail(f"refused: {key.reveal()}"))
    assert "0123456789" not in str(told) + files()[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "between", ["\u200b", "\u202e", "\0", "\x1b", "\u034f", "\ufe0f", "\u00ad"]
)
@pytest.mark.parametrize("shown", [str, repr])
def test_nothing_between_its_letters_brings_a_key_into_it(
    between: str, shown: Callable[[str], str]
) -> None:
    for secret in (KEY, OTHER):
        monkeyed = between.join(secret)
        crashes._kept.clear()
        crash(fail(f"said {shown(monkeyed)}"))
        text = files()[-1].read_text(encoding="utf-8")
        assert "said" in text
        assert secret[4:] not in clean(text).replace("\ufe0f", "")
        assert secret[-1:] + between not in text
        assert "[key]" in text
        files()[-1].unlink()


def test_a_key_across_the_place_where_a_long_text_is_cut() -> None:
    for at in range(3970, 4001, 5):
        crashes._kept.clear()
        crash(fail("." * at + KEY + "." * 100))
        assert KEY[:8] not in files()[-1].read_text(encoding="utf-8")
        files()[-1].unlink()


def test_control_sequences_and_half_characters_do_not_get_into_it() -> None:
    crash(fail("\x1b]52;c;aGk=\x07 \ud800 \u202e"))
    text = files()[0].read_text(encoding="utf-8")
    assert not any(char in text for char in "\x1b\x07\u202e")


def test_what_led_to_it_is_told_once() -> None:
    first, second = fail("first"), fail("second")
    second.__cause__, first.__cause__ = first, second
    text = describe(second)
    assert text.index("ValueError: first") < text.index("ValueError: second")
    assert text.count("ValueError: second") == 1


def test_a_long_recursion_stays_short() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    assert len(describe(caught.value).splitlines()) < 100


def test_an_error_without_a_text_of_its_own_is_told() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise KeyError

    assert "(its text cannot be made: KeyError)" in describe(MuteError())
    assert "ValueError: x" in describe(ValueError("x" * 1_000_000))
    assert len(describe(ValueError("x" * 1_000_000))) < 5000


def test_a_program_that_breaks_again_and_again_keeps_few_files() -> None:
    told = [crash(fail(str(number))) for number in range(20)]
    assert len(files()) < len(told)
    assert "0" in files()[0].read_text(encoding="utf-8")


def test_old_files_make_room() -> None:
    folder = paths.crash_dir()
    folder.mkdir(parents=True)
    for number in range(MOST_KEPT + 5):
        (folder / f"20200101-0000{number:02}-1.txt").touch()
    told = crash(fail())
    assert len(files()) == MOST_KEPT
    assert files()[-1].name in str(told), "the newest stays"


def test_without_a_place_for_it_the_person_hears_of_it_all_the_same() -> None:
    paths.crash_dir().parent.mkdir(parents=True)
    paths.crash_dir().symlink_to("/nowhere")
    told = crash(fail())
    assert "ValueError" in str(told)
    assert "could not be kept" in told.advice


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[CrashError]:
    """What the hooks of a program tell."""
    heard: list[CrashError] = []
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    catch_in_threads(heard.append)
    return heard


def test_threads(told: list[CrashError], capsys: pytest.CaptureFixture[str]) -> None:
    def run() -> None:
        raise ValueError(KEY)

    thread = threading.Thread(target=run, name="worker")
    thread.start()
    thread.join()
    assert [type(each) for each in told] == [CrashError]
    assert "during: the thread worker" in files()[0].read_text(encoding="utf-8")
    assert KEY not in files()[0].read_text(encoding="utf-8") + "".join(capsys.readouterr())


def test_tidying_up(told: list[CrashError], capsys: pytest.CaptureFixture[str]) -> None:
    class Untidy:
        def __del__(self) -> None:
            raise ValueError(KEY)

    Untidy()
    gc.collect()
    assert told == []
    assert KEY not in files()[0].read_text(encoding="utf-8") + "".join(capsys.readouterr())


async def test_tasks_and_callbacks(caplog: pytest.LogCaptureFixture) -> None:
    told: list[CrashError] = []
    heard = asyncio.Semaphore(0)
    loop = asyncio.get_running_loop()

    def tell(crashed: CrashError) -> None:
        told.append(crashed)
        heard.release()

    async def run() -> None:
        raise ValueError(KEY)

    catch_in_loop(loop, tell)
    tasks = [asyncio.create_task(run())]
    await asyncio.wait(tasks)
    tasks.clear()  # nobody looks at it any more
    gc.collect()
    loop.call_soon(lambda: 1 / 0)
    async with asyncio.timeout(10):
        await heard.acquire()
        await heard.acquire()
    assert sorted(each.message.split()[2] for each in told) == ["ValueError", "ZeroDivisionError"]
    assert KEY not in caplog.text + "".join(file.read_text("utf-8") for file in files())
