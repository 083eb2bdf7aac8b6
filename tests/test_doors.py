"""Every door by which text comes in × every hostile text: what is inside is clean."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from moa_tui import paths
from moa_tui.cli.main import main
from moa_tui.engine import verdict
from moa_tui.engine.openai_provider.asked import Asked
from moa_tui.engine.openai_provider.failures import failure_of
from moa_tui.engine.openai_provider.statuses import Refusal, failure_of_refusal
from moa_tui.engine.wire.errors import WireError
from moa_tui.engine.wire.models import read_model_names
from moa_tui.errors import MoaError, ThemeError
from moa_tui.roster.keys import ApiKey
from moa_tui.roster.loading import Found
from moa_tui.roster.model import Provider
from moa_tui.transcript import history
from moa_tui.transcript.database import connect
from moa_tui.transcript.export import exported
from moa_tui.transcript.search import search_turns
from moa_tui.ui.themes import load_theme
from tests.hostile_texts import PAYLOADS, foreign
from tests.rosters import build_roster, load_roster

_ASKED = Asked(Provider("p", "https://x.example/v1", "P_API_KEY"), "x.example", "m", ApiKey("k"))


def model_names(payload: str) -> Iterator[str]:
    try:
        yield from read_model_names(json.dumps({"data": [{"id": payload}]}).encode())
    except WireError as error:  # half a surrogate pair is no JSON
        yield failure_of(error, _ASKED).message


def refusals(payload: str) -> Iterator[str]:
    bodies: list[dict[str, Any]] = [
        {"message": payload},
        {"error": {"message": payload, "code": payload}},
    ]
    for status in (400, 401, 402, 404, 408, 413, 429, 500, 503, None):
        for body in bodies:
            failure = failure_of_refusal(Refusal(_ASKED, status, body))
            yield from (failure.message, failure.advice)


def what_is_no_answer(payload: str) -> Iterator[str]:
    for error in (WireError(payload), WireError("x", {"message": payload}), OSError(5, payload)):
        failure = failure_of(error, _ASKED)
        yield from (failure.message, failure.advice)


def exceptions(payload: str) -> Iterator[str]:
    for error in (ValueError(payload), MoaError(payload, payload)):
        failure = verdict.failure_of(error)
        yield from (failure.message, failure.advice, str(failure))
    yield from (str(MoaError(payload, payload)), MoaError(payload).message)


def roster(payload: str) -> Iterator[str]:
    """Each field by itself, so that a refusal of one does not hide another; errors quote them."""
    text = json.dumps(payload)
    fields = ("name", "model", "system_prompt", "expertise", "color", "temperature", text)
    for field in fields:
        agent = {"name": '"ada"', "model": '"m"', field: text}
        entry = ", ".join(f"{key}: {value}" for key, value in agent.items())
        source = f"version: 1\nagents: [{{{entry}}}]\naggregator: ada\n"
        yield from roster_texts(source)
    yield from roster_texts(
        f"version: 1\nagents: [{{name: ada, model: m}}]\naggregator: ada\n"
        f"presets: {{{text}: {{description: {text}}}}}\nprompts: {{aggregator: {text}}}\n"
    )


def roster_texts(source: str) -> Iterator[str]:
    try:
        built = build_roster(source.encode(), Path("agents.yaml"), "test")
    except MoaError as error:
        yield str(error)
    else:
        yield json.dumps(
            [asdict(agent) for agent in built.agents.values()], ensure_ascii=False, default=str
        )
        yield str((built.presets, built.prompts))


def paths_of_files(payload: str) -> Iterator[str]:
    path = Path("/nowhere") / payload.replace("\0", "").replace("/", "")
    try:
        load_roster(Found(path, payload))
    except (MoaError, UnicodeEncodeError) as error:
        yield str(error) if isinstance(error, MoaError) else ""


def theme(payload: str) -> Iterator[str]:
    path = paths.user_config_dir() / "hostile.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(payload)
    for field in ("name: a\ndescription", "name", text):
        path.write_text(f'{field}: {text}\ncolors: {{primary: "#123456", accent: {text}}}\n')
        try:
            yield load_theme(path).description
        except ThemeError as error:
            yield str(error)


def foreign_history(payload: str) -> Iterator[str]:
    """A database that another program wrote, or one from before anything was cleaned."""
    path = paths.history_file()
    path.unlink(missing_ok=True)
    stream: dict[str, object] = {
        "agent": payload,
        "model": payload,
        "text": payload,
        "outcome": payload,
    }
    stream |= {"output_tokens": 1, "seconds": 1.0, "failure": payload, "reasoning": payload}
    record: dict[str, object] = {
        "question": payload,
        "answer": payload,
        "streams": [stream],
        "turn": "t1",
    }
    record |= {"started_at": payload, "outcome": payload}
    text = payload.encode("utf-8", "replace").decode()
    with closing(connect(path)) as connection, connection:
        row = ("t1", "c", "2026", text, text, text, 1.0, 1, json.dumps(record))
        connection.execute("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        begun: dict[str, object] = {"event": "TurnStarted", "turn": "t2", "at": 0.0, "seed": 1}
        begun |= {"question": payload, "strategy": payload, "started_at": 1.0}
        events = json.dumps([begun])
        with_events = ("t2", text, text, text, text, "nobody")
        connection.execute("INSERT INTO open_turns VALUES (?, ?, ?, ?, ?, ?)", with_events)
        connection.execute("INSERT INTO open_events VALUES ('t2', 0, ?)", (events,))
    yield from map(str, history.list_turns(path))
    yield from map(str, search_turns(path, "t1"))
    for form in ("md", "json", "jsonl"):
        yield from exported(history.each_record(path), form)
    for exchange in history.conversation_so_far(path, "c", "3000"):
        yield from (exchange.question, exchange.answer)
    yield from (turn.question + turn.roster for turn in history.open_turns(path))


DOORS: dict[str, Callable[[str], Iterator[str]]] = {
    door.__name__: door
    for door in (
        *(model_names, refusals, what_is_no_answer, exceptions, roster, paths_of_files, theme),
        foreign_history,
    )
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_nothing_foreign_comes_in(door: Callable[[str], Iterator[str]]) -> None:
    leaks, seen = {}, 0
    for name, payload in PAYLOADS.items():
        texts = list(door(payload))
        seen += len(texts)
        if found := {char for text in texts for char in foreign(text)}:
            leaks[name] = found
    assert leaks == {}
    assert seen >= len(PAYLOADS) - 10, "hardly anything came through this door"


@pytest.mark.parametrize("option", ["--nope", "--theme", "run", "history", "models"])
def test_the_command_line_does_not_repeat_what_it_was_told(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "".join(PAYLOADS.values()).replace("\0", "")
    arguments = {"history": ["history", "show", hostile], "models": ["models", f"--x{hostile}"]}
    arguments |= {"run": ["run", "x", "-c", "x", hostile], "--nope": [f"--nope{hostile}"]}
    code: object
    try:
        code = main(arguments.get(option, ["--theme", hostile, "--nope"]))
    except SystemExit as left:
        code = left.code
    said = "".join(capsys.readouterr())
    assert code == 2
    assert foreign(said) == set()


def test_the_table_has_every_kind() -> None:
    assert len(PAYLOADS) >= 50
    assert sum(bool(foreign(payload)) for payload in PAYLOADS.values()) >= 50
