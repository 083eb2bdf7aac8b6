"""From the bytes of a response to what is kept and printed: to the byte what the server sent."""

import asyncio
import io
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa_tui.cli.printing import AnswerPrinter, JsonlPrinter
from moa_tui.engine.events import TurnEvent
from moa_tui.engine.openai_provider import client as client_module
from moa_tui.engine.openai_provider.client import OpenAIProvider
from moa_tui.engine.provider import ChatProvider
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.roster.keys import ApiKey
from moa_tui.state import TurnState, fold
from moa_tui.text import clean
from moa_tui.transcript.history import HistoryWriter, load_turn
from moa_tui.transcript.record import record_of
from tests.double import DIALECTS, Answer, CerebrasDouble, framing
from tests.double.faults import Fault
from tests.engine.scripted import PATIENCE, plan
from tests.engine.wire_fixtures import KEY, body_of, cut, provider_at
from tests.sent_texts import CLEAN_TEXTS, RAW_TEXTS, is_answer

MODELS = ("a", "b", "judge")
_FRAMINGS: dict[str, tuple[Fault, ...]] = {
    "plain": (),
    "bom and crlf": (framing.Bom(), framing.LineEnds(b"\r\n")),
    "cr": (framing.LineEnds(b"\r"),),
    "comments": (framing.Comments(),),
}
Connect = Callable[[str], Awaitable[ChatProvider]]


@dataclass(frozen=True)
class Shape:
    """How texts are put on the wire."""

    dialect: str
    framing: str
    halves: bool
    """Deltas end anywhere in UTF-16, as from servers that stream in it: half a pair at times."""
    escaped: bool
    """No byte above 127: JSON's own escapes, astral characters as two."""
    deltas: tuple[int, ...]
    cuts: tuple[int, ...]

    def answer(self, text: str, reasoning: str) -> Answer:
        """Return the answer that says `text` in this shape."""
        encoding = "utf-16-le" if self.halves else "utf-32-le"
        unit = 2 if self.halves else 4
        body = text.encode(encoding, "surrogatepass")
        parts = cut(body, [place * unit for place in self.deltas if place * unit < len(body)])
        pieces = tuple(part.decode(encoding, "surrogatepass") for part in parts)
        return Answer(text, reasoning, pieces=pieces, fault=_FRAMINGS[self.framing])


_ANYWHERE = st.lists(st.integers(0, 4000), max_size=30).map(tuple)
_EVENLY = st.sampled_from([1, 2, 7, 61, 250]).map(lambda size: tuple(range(0, 8000, size)))
SHAPES = st.builds(
    Shape,
    dialect=st.sampled_from(sorted(DIALECTS)),
    framing=st.sampled_from(sorted(_FRAMINGS)),
    halves=st.booleans(),
    escaped=st.booleans(),
    deltas=st.lists(st.integers(0, 300), max_size=12).map(tuple) | st.just(tuple(range(300))),
    cuts=_ANYWHERE | _EVENLY,
)
SENT = st.fixed_dictionaries(
    dict.fromkeys(MODELS, st.tuples(CLEAN_TEXTS.filter(is_answer), CLEAN_TEXTS))
)
RAW = st.fixed_dictionaries(
    dict.fromkeys(MODELS, st.tuples(RAW_TEXTS.filter(is_answer), RAW_TEXTS))
)
Sent = Mapping[str, tuple[str, str]]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One database for all examples: each keeps its turn in the place of the one before."""
    return tmp_path_factory.mktemp("as-sent") / "history.db"


class _Reads(httpx2.AsyncByteStream):
    """A body in the reads that a network would make of it."""

    def __init__(self, reads: Sequence[bytes]) -> None:
        self._reads = reads

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for data in self._reads:
            yield data


async def _in_memory(sent: Sent, shape: Shape, history: Path) -> list[TurnEvent]:
    """Run a turn whose responses are read as `shape` cuts them."""

    def respond(request: httpx2.Request) -> httpx2.Response:
        body = body_of(shape.answer(*sent[json.loads(request.content)["model"]]), shape.dialect)
        if shape.escaped:
            body = re.sub(
                "(?!^)[^\0-\x7f]", lambda m: json.dumps(m[0])[1:-1], body.decode()
            ).encode()
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, stream=_Reads(cut(body, shape.cuts)))

    def open_http(*_: object) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.MockTransport(respond))

    with mock.patch.object(client_module, "open_http", open_http):
        return await _turn("http://memory.test/v1", shape.dialect, history)


async def _over_sockets(sent: Sent, shape: Shape, history: Path) -> list[TurnEvent]:
    """Run a turn whose responses come over the network, in writes that end at any byte."""
    async with CerebrasDouble(dialect=shape.dialect) as double:
        for model, said in sent.items():
            answer = shape.answer(*said)
            splits = framing.AnySplits(len(shape.cuts))
            double.answers[model] = replace(answer, fault=(*answer.faults, splits), batch=3)
        return await _turn(double.base_url, shape.dialect, history)


async def _turn(url: str, dialect: str, history: Path) -> list[TurnEvent]:
    """Run and record a mixture of two proposers and an aggregator."""
    provider = provider_at(url, dialect)
    client = OpenAIProvider(provider, url, ApiKey(KEY))
    writer = HistoryWriter(history, pytest.fail)
    log = writer.begin()
    events: list[TurnEvent] = []

    def emit(event: TurnEvent) -> None:
        events.append(event)
        log.record(event)

    async def connect(_name: str) -> ChatProvider:
        return client

    try:
        async with asyncio.timeout(PATIENCE):
            await run_turn(plan("ab", provider=provider), mixture, connect, emit)
    finally:
        await client.aclose()
        writer.close()
    return events


def check_kept(events: Sequence[TurnEvent], sent: Sent, history: Path) -> None:
    """Fail unless state, history and all that is printed hold exactly what was sent, cleaned."""
    state = fold(TurnState(), events)
    texts = {model: clean(text).encode() for model, (text, _) in sent.items()}
    thoughts = {model: clean(reasoning).encode() for model, (_, reasoning) in sent.items()}
    assert {s.model: str(s.text).encode() for s in state.streams.values()} == texts
    assert state.answer.encode() == texts["judge"]
    printed = json.dumps(record_of(state).as_json(), ensure_ascii=False, indent=2)
    for record in (load_turn(history, "t1"), json.loads(printed)):
        streams = record["streams"]
        assert {stream["model"]: stream["text"].encode() for stream in streams} == texts
        assert {stream["model"]: stream["reasoning"].encode() for stream in streams} == thoughts
        assert {stream["outcome"] for stream in streams} == {"complete"}
        assert record["answer"].encode() == texts["judge"]
        prompt = streams[-1]["messages"][-1]["content"].encode()
        assert all(texts[proposer] in prompt for proposer in ("a", "b"))
    with closing(sqlite3.connect(history)) as database:
        rows = database.execute("SELECT answer FROM turns").fetchall()
    assert [answer.encode() for (answer,) in rows] == [texts["judge"]]
    _check_printed(events, texts)


def _check_printed(events: Sequence[TurnEvent], texts: Mapping[str, bytes]) -> None:
    answer, lines = io.StringIO(), io.StringIO()
    for printer in (AnswerPrinter(answer), JsonlPrinter(lines)):
        for event in events:
            printer(event)
    assert answer.getvalue().encode() == texts["judge"] + b"\n"
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    models = {e["stream"]: e["model"] for e in said if e["event"] == "StreamPlanned"}
    told = dict.fromkeys(texts, "")
    for event in said:
        if event["event"] == "TextDelta":
            told[models[event["stream"]]] += event["text"]
    assert {model: text.encode() for model, text in told.items()} == texts


_ONCE_FOR_ALL = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
"""The database is shared on purpose, and a turn is more than a usual example."""


@settings(max_examples=40, deadline=None, suppress_health_check=_ONCE_FOR_ALL)
@given(sent=SENT, shape=SHAPES)
def test_a_clean_text_arrives_as_it_is(history: Path, sent: Sent, shape: Shape) -> None:
    assert all(clean(text) == text for said in sent.values() for text in said)
    check_kept(asyncio.run(_in_memory(sent, shape, history)), sent, history)


@settings(max_examples=25, deadline=None, suppress_health_check=_ONCE_FOR_ALL)
@given(sent=RAW, shape=SHAPES)
def test_any_text_arrives_as_it_is_when_cleaned_whole(
    history: Path, sent: Sent, shape: Shape
) -> None:
    check_kept(asyncio.run(_in_memory(sent, shape, history)), sent, history)


@settings(max_examples=8, deadline=None, suppress_health_check=_ONCE_FOR_ALL)
@given(sent=SENT, shape=SHAPES)
def test_so_it_does_over_sockets(history: Path, sent: Sent, shape: Shape) -> None:
    check_kept(asyncio.run(_over_sockets(sent, shape, history)), sent, history)
