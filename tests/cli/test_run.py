"""`moa-tui run` as a shell sees it."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from moa_tui.state import TurnState, fold
from moa_tui.transcript.recording import read_recording
from tests.cli.conftest import Command
from tests.double import Answer, errors


async def test_the_answer_is_on_stdout_and_progress_on_stderr(command: Command) -> None:
    ran = await command.ask("why?")
    assert ran == (0, "text of z\n", ran.err)
    for words in ("ada: asked (model-a)", "bob: complete", "zoe: complete", "2 of 2 agents"):
        assert words in ran.err


async def test_quiet_says_nothing_on_stderr(command: Command) -> None:
    assert await command.ask("-q", "why?") == (0, "text of z\n", "")


@pytest.mark.parametrize(
    ("arguments", "stdin", "question"),
    [
        (["-"], "from a pipe\n", "from a pipe"),
        ([], "from a pipe", "from a pipe"),
        (["review this"], "the diff\n", "review this\n\nthe diff"),
        (["only this"], "", "only this"),
    ],
)
async def test_questions_come_from_arguments_and_pipes(
    command: Command, arguments: list[str], stdin: str, question: str
) -> None:
    ran = await command.ask("-q", *arguments, stdin=stdin)
    assert ran.code == 0
    assert command.double.chats[0].body["messages"][-1]["content"] == question


async def test_json_is_one_object_with_every_stream(command: Command) -> None:
    command.double.answers["model-b"] = Answer(failure=errors.WRONG_KEY)
    ran = await command.ask("--json", "-q", "why?")
    turn = json.loads(ran.out)
    assert (ran.code, turn["answer"], turn["outcome"]) == (0, "text of a", "degraded")
    assert turn["question"] == "why?"
    outcomes = {stream["agent"]: stream["outcome"] for stream in turn["streams"]}
    assert outcomes == {"ada": "complete", "bob": "failed"}
    assert turn["streams"][1]["failure"].startswith("wrong key: ")
    assert any("only ada answered" in notice for notice in turn["notices"])


async def test_a_strategy_is_chosen_for_this_question(command: Command) -> None:
    ran = await command.ask("--json", "-q", "--strategy", "single", "why?")
    turn = json.loads(ran.out)
    assert (turn["strategy"], turn["answer"]) == ("single", "text of a")
    assert [request.model for request in command.double.chats] == ["model-a"]


async def test_a_ceiling_stops_before_it_is_passed(command: Command) -> None:
    price = "{input: 100, output: 100}"
    prices = f"prices: {{model-a: {price}, model-b: {price}, model-z: {price}}}"
    written = command.roster.read_text().replace("like: cerebras", f"like: cerebras, {prices}")
    command.roster.write_text(written.replace("double}", "double, max_tokens: 100}"))
    ran = await command.ask("--json", "--max-cost", "0.025", "why?")
    assert (ran.code, json.loads(ran.out)["outcome"]) == (1, "failed")
    assert command.double.chats == []
    assert "of max_cost $0.025 only $0 left beside the aggregator's share" in ran.err
    ran = await command.ask("-q", "--max-cost", "0.5", "why?")
    assert (ran.code, ran.out) == (0, "text of z\n")


async def test_jsonl_is_the_events_in_order(command: Command) -> None:
    ran = await command.ask("--jsonl", "-q", "why?")
    events = [json.loads(line) for line in ran.out.splitlines()]
    kinds = [event["event"] for event in events]
    assert (kinds[0], kinds[-1]) == ("TurnStarted", "TurnEnded")
    assert kinds.count("StreamPlanned") == kinds.count("StreamEnded") == 3
    for stream in {event.get("stream") for event in events}:  # a delta has the time of its read
        times = [event["at"] for event in events if event.get("stream") == stream]
        assert times == sorted(times)
    assert events[-1]["answer"] == "text of z"


async def test_a_turn_is_recorded(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "turn.jsonl"
    ran = await command.ask("-q", "--record", str(path), "why?")
    assert (ran.code, ran.out) == (0, "text of z\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert command.double.key not in path.read_text()
    assert "127.0.0.1" not in path.read_text()
    state = fold(TurnState(), read_recording(path).events)
    assert (state.question, state.answer, len(state.streams)) == ("why?", "text of z", 3)
    asked = len(command.double.chats)
    ran = await command.ask("--record", str(path), "why?")
    assert (ran.code, ran.out, len(command.double.chats)) == (2, "", asked)
    assert "is there already" in ran.err


async def test_a_turn_without_an_answer_is_1(command: Command) -> None:
    for model in ("model-a", "model-b"):
        command.double.answers[model] = Answer(failure=errors.PAYMENT_REQUIRED)
    ran = await command.ask("why?")
    assert (ran.code, ran.out) == (1, "")
    assert "wants to be paid first" in ran.err


async def test_a_broken_roster_is_2_and_names_the_place(command: Command) -> None:
    command.roster.write_text("version: 1\nagents:\n  - {name: a, modle: b}\naggregator: a\n")
    ran = await command.ask("why?")
    assert ran.code == 2
    expected = f"{command.roster}:3:15: agents[0].modle: unknown key — did you mean 'model'?"
    assert expected in ran.err
    assert "Traceback" not in ran.err
    assert not command.double.requests


@pytest.mark.parametrize("arguments", [["-c", "nowhere.yaml", "why?"], ["-p", "nope", "why?"]])
async def test_what_does_not_exist_is_2(command: Command, arguments: list[str]) -> None:
    ran = await command.run("run", *arguments)
    assert ran.code == 2
    assert "nowhere.yaml" in ran.err or "nope" in ran.err


async def test_an_empty_question_is_2(command: Command) -> None:
    ran = await command.ask("-", stdin="  \n")
    assert ran.code == 2
    assert "question is empty" in ran.err


async def test_no_key_is_3_and_names_the_variable(command: Command) -> None:
    del command.environment["DOUBLE_API_KEY"]
    command.environment["OPENAI_API_KEY"] = "sk-somebody-elses"
    ran = await command.ask("why?")
    assert ran.code == 3
    assert "DOUBLE_API_KEY is not set" in ran.err
    assert not command.double.requests


async def test_a_timeout_is_124_and_keeps_what_came(command: Command) -> None:
    command.double.answers["model-b"] = Answer("slow " * 50, gate=asyncio.Event(), gate_at=3)
    for seconds in ("4", "16", "64"):  # where the machine is busy, the first may end before it asks
        ran = await command.ask("--timeout", seconds, "why?")
        assert ran.code == 124
        if len(command.double.chats) == 2:
            break
    kept = await command.run("history", "last", "--json")
    assert json.loads(kept.out)["outcome"] == "stopped"
    assert "text of a" in kept.out


async def test_a_turn_given_up_before_it_began_says_so(command: Command) -> None:
    ran = await command.ask("--json", "--timeout", "0", "why?")
    turn = json.loads(ran.out)
    assert (ran.code, turn["question"], turn["outcome"]) == (124, "why?", "stopped")
    assert turn["turn"]
    assert not turn["started_at"].startswith("1970")
    assert "nobody had been asked yet" in ran.err


async def test_nothing_is_imported_on_the_models_time(command: Command) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "importtime", "-m", "moa_tui", "run", "-c", command.roster, "why?"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=command.environment,
    )
    out, err = await process.communicate()
    before, asked, after = err.partition(b": asked (")
    assert (process.returncode, out, asked) == (0, b"text of z\n", b": asked (")
    assert b"openai" in before
    *turn, _ = after.rpartition(b" complete \xc2\xb7 2 of 2 agents")
    assert b"import time:" not in b"".join(turn)


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
async def test_an_interrupt_is_130_and_closes_the_connections(
    command: Command, name: signal.Signals
) -> None:
    command.double.answers["model-b"] = Answer("slow " * 50, gate=asyncio.Event(), gate_at=3)
    process = await command.start("run", "-c", "{roster}", "why?")
    await command.double.wait_for_held()
    process.send_signal(name)
    _out, err = await process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in err
    await command.double.wait_until(lambda: command.double.connections == 0, "closing")


async def test_turns_are_kept_unless_told_otherwise(command: Command) -> None:
    await command.ask("-q", "keep this?")
    await command.ask("-q", "--no-history", "forget this?")
    listed = await command.run("history")
    assert "keep this?" in listed.out
    assert "forget this?" not in listed.out
    shown = await command.run("history", "last")
    assert "# keep this?" in shown.out
    assert "text of z" in shown.out


async def test_the_key_is_in_no_output(command: Command) -> None:
    command.double.answers["model-b"] = Answer(
        failure=errors.plain(401, f"the key {command.double.key} is wrong")
    )
    runs = [
        await command.ask("--json", "why?"),
        await command.ask("--jsonl", "why?"),
        await command.run("history", "last", "--json"),
    ]
    for ran in runs:
        assert command.double.key not in ran.out + ran.err


async def test_a_dry_run_asks_nobody_and_needs_no_key(command: Command) -> None:
    del command.environment["DOUBLE_API_KEY"]
    ran = await command.ask("--dry-run", "why?")
    assert ran.code == 0
    assert ran.out.startswith("3 requests · up to ")
    assert "double model-z: 1 request, up to " in ran.out
    told = json.loads((await command.ask("--dry-run", "--json", "why?")).out)
    assert (told["requests"], told["wait"], len(told["models"])) == (3, 0, 3)
    assert not command.double.requests


async def test_files_go_along_and_are_named_and_the_question_stays_as_it_was_typed(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("alpha", encoding="utf-8")
    (tmp_path / "b.txt").write_text("beta", encoding="utf-8")
    question = f"Compare @{tmp_path}/a.txt and @{tmp_path}/nowhere.txt"
    ran = await command.ask("--json", "--file", f"{tmp_path}/b.txt", question)
    assert json.loads(ran.out)["question"] == question
    assert f"goes along: {tmp_path}/b.txt (4 bytes)" in ran.err
    assert f"@{tmp_path}/a.txt is sent as text" in ran.err
    assert "--file" in ran.err
    sent = command.double.chats[0].body["messages"][-1]["content"]
    assert sent.startswith(f"{question}\n\nFile ")
    assert "```\nbeta\n```" in sent
    assert "alpha" not in sent, "the question may be any text: only --file names files"


async def test_a_key_never_goes_along(command: Command, tmp_path: Path) -> None:
    key = tmp_path / "id"
    key.write_text(f"-----BEGIN OPENSSH PRIVATE KEY-----\n{'b3Bl' * 17}\n")
    ran = await command.ask("--file", str(key), "why?")
    assert (ran.code, command.double.requests) == (2, [])
    assert "holds a private key: it does not go along" in ran.err


async def test_a_file_that_cannot_go_along_is_2_and_nothing_is_sent(command: Command) -> None:
    ran = await command.ask("--file", "./nowhere.txt", "Read it")
    assert ran.code == 2
    assert "there is no file ./nowhere.txt" in ran.err
    assert not command.double.requests
