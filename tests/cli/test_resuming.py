"""A run that is killed is taken up where it was: `moa-tui run --resume`."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.cli.main import main
from moa_tui.engine.events import TurnStarted
from moa_tui.transcript.history import (
    dismiss,
    interrupted_turns,
    list_turns,
    load_turn,
    open_turns,
)
from tests.cli.conftest import ROSTER, Command
from tests.double import Answer
from tests.transcript.kept import save, turn
from tests.transcript.test_interrupted import EVENTS, interrupt

Interrupted = Callable[..., Awaitable[str]]

_PATIENCE = 60.0
"""Seconds that a process may take to start on a machine with other work."""


async def written(agent: str, text: str) -> str:
    """Wait until the history holds `text` of the agent; return the turn's name."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            for found in await asyncio.to_thread(open_turns, paths.history_file()):
                for stream in found.state.streams.values():
                    if stream.agent == agent and text in str(stream.text):
                        return found.turn
            await asyncio.sleep(0.02)  # between two looks at what another process writes


@pytest.fixture
def interrupted(command: Command) -> Interrupted:
    """Leaves a turn behind in which bob was cut off after some words."""

    async def begin_and_end(
        number: signal.Signals = signal.SIGKILL,
    ) -> str:
        answers = command.double.answers
        pieces = ("cut ", "off ", "here ", "never sent")
        answers["model-b"] = Answer(pieces=pieces, gate=asyncio.Event(), gate_at=4)
        process = await command.start("run", "-c", "{roster}", "why?")
        name = await written("bob", "cut off")
        process.send_signal(number)
        await process.communicate()
        answers["model-b"] = Answer("text of b")
        command.double.requests.clear()
        return name

    return begin_and_end


def models(command: Command) -> list[str]:
    return [str(request.model) for request in command.double.chats]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
async def test_only_what_is_missing_is_asked(
    command: Command, interrupted: Interrupted, number: signal.Signals
) -> None:
    path = paths.history_file()
    name = await interrupted(number)
    before = load_turn(path, name)
    assert before["outcome"] == "interrupted"
    ran = await command.run("run", "--resume")
    assert (ran.code, ran.out) == (0, "text of z\n")
    assert models(command) == ["model-b", "model-z"]
    prompt = command.double.chats[-1].body["messages"][-1]["content"]
    assert "text of a" in prompt
    assert "cut off" not in prompt
    after = load_turn(path, name)
    assert (after["outcome"], after["answer"]) == ("complete", "text of z")
    assert after["started_at"] == before["started_at"]
    assert after["streams"][0] == before["streams"][0]
    assert [(s["agent"], s["outcome"], s["text"][:7]) for s in after["streams"]] == [
        ("ada", "complete", "text of"),
        ("bob", "partial", "cut off"),
        ("bob", "complete", "text of"),
        ("zoe", "complete", "text of"),
    ]
    assert [listed.turn for listed in list_turns(path)] == [name]
    assert interrupted_turns(path) == []


async def test_a_run_that_was_killed_while_it_resumed_is_resumed_again(
    command: Command, interrupted: Interrupted, capsys: pytest.CaptureFixture[str]
) -> None:
    name = await interrupted()
    command.double.answers["model-z"] = Answer("slow " * 30, gate=asyncio.Event(), gate_at=3)
    process = await command.start("run", "--resume")
    assert await written("zoe", "slow") == name
    assert main(["run", "--resume", name]) == 2
    assert "is running, in another moa-tui" in capsys.readouterr().err
    process.kill()
    await process.communicate()
    command.double.requests.clear()
    command.double.answers["model-z"] = Answer("text of z")
    ran = await command.run("run", "--resume", name[:6], "-q")
    assert ran == (0, "text of z\n", "")  # the part of an answer that was kept is not printed
    assert models(command) == ["model-z"]
    assert any(
        "cut off here" in s["text"] for s in load_turn(paths.history_file(), name)["streams"]
    )


def test_it_is_said_how_to_go_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = paths.history_file()
    interrupt(path)
    for arguments in ([], ["show", "t9"]):
        assert main(["history", *arguments]) == 0
        ran = capsys.readouterr()
        assert "1 of 4 answers kept; go on: moa-tui run --resume t9" in ran.err
        assert "--resume" not in ran.out
    dismiss(path, "t9")
    assert main(["history"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no turn was interrupted"),
        (["nobody"], "there is no turn 'nobody'"),
        (["last"], "is over — read it: moa-tui history show"),
        (["last", "--dry-run"], "--resume does not go with --dry-run"),
        (["last", "--no-history"], "--resume does not go with --no-history"),
        (["last", "--preset=deep"], "--resume does not go with --preset"),
        (["last", "another question"], "--resume does not go with a question"),
    ],
)
def test_what_cannot_be_taken_up_is_2(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    save(paths.history_file(), turn("t1"))
    assert main(["run", "--resume", *arguments]) == 2
    ran = capsys.readouterr()
    assert ran.out == ""
    assert said in ran.err


def test_who_is_gone_is_named_and_nothing_is_lost(
    home: Path, settings_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, roster = paths.history_file(), settings_folder / "agents.yaml"
    roster.write_text(ROSTER.format(url="http://127.0.0.1:9/v1"))
    started = TurnStarted(0.0, "t9", "Why?", "mixture", 1.7e9, 42, (("ada", "rob"),), "zoe")
    interrupt(path, [started, *EVENTS[1:]])
    assert main(["run", "--resume", "-c", str(roster)]) == 2
    assert f"cannot be taken up: rob is not in {roster}" in capsys.readouterr().err
    assert main(["run", "--resume", "-c", str(home / "nowhere.yaml")]) == 2
    assert "nowhere.yaml does not exist" in capsys.readouterr().err
    assert [found.turn for found in interrupted_turns(path)] == ["t9"]
