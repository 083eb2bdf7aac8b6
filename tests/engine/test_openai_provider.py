"""The provider over real sockets: what it sends, and what it hands on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from moa_tui.engine.provider import ChatRequest, FailureKind, Message, ServerTiming
from moa_tui.roster.model import Sampling
from tests.double import DIALECTS, Answer, CerebrasDouble, errors, faults, framing
from tests.double.faults import Fault
from tests.double.script import Reply, Wait
from tests.engine.wire_fixtures import KEY, MODEL, REQUEST, ask, ask_address, opened

TEXT = "Grüße! 今日は, 👩‍🚀 – the answer is forty-two.\n\n\tAnd here is why.  "
REASONING = "We just need to respond — à propos."


@pytest.fixture
async def double() -> AsyncIterator[CerebrasDouble]:
    async with CerebrasDouble(default=Answer(TEXT)) as double:
        yield double


# What is sent


async def test_the_request_to_cerebras(double: CerebrasDouble) -> None:
    """Cerebras refuses a request with one field too many."""
    await ask(double)
    [request] = double.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.body == {
        "model": MODEL,
        "messages": [{"role": "user", "content": "Do you read me?"}],
        "stream": True,
        "max_completion_tokens": 3072,
        "reasoning_format": "parsed",
    }


@pytest.mark.parametrize(
    ("dialect", "more"),
    [
        ("openai", {"max_completion_tokens": 3072}),
        ("groq", {"max_completion_tokens": 3072}),
        ("sambanova", {"max_tokens": 3072}),
        ("together", {"max_tokens": 3072}),
        ("fireworks", {"max_tokens": 3072, "perf_metrics_in_response": True}),
        ("openrouter", {"max_tokens": 3072}),
        ("llamacpp", {"max_tokens": 3072, "return_progress": True}),
    ],
)
async def test_the_request_to_others(dialect: str, more: dict[str, Any]) -> None:
    async with CerebrasDouble(dialect=dialect) as double:
        await ask(double, dialect=dialect)
        assert double.requests[0].body == {
            "model": MODEL,
            "messages": [{"role": "user", "content": "Do you read me?"}],
            "stream": True,
            "stream_options": {"include_usage": True},
            **more,
        }


async def test_every_sampling_setting_that_is_set_is_sent(double: CerebrasDouble) -> None:
    sampling = Sampling(0.0, 0.5, 100, "low", 0, ("END", "\n\n"))
    messages = (Message("system", "Be brief."), Message("user", TEXT), Message("assistant", "4"))
    await ask(double, ChatRequest(MODEL, messages, sampling))
    body = double.requests[0].body
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": TEXT},
        {"role": "assistant", "content": "4"},
    ]
    assert {name: body[name] for name in body.keys() - {"messages", "model", "stream"}} == {
        "max_completion_tokens": 100,
        "temperature": 0.0,
        "top_p": 0.5,
        "reasoning_effort": "low",
        "seed": 0,
        "stop": ["END", "\n\n"],
        "reasoning_format": "parsed",
    }


async def test_only_known_headers_are_sent(
    double: CerebrasDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK takes headers from the environment, and would send them to any provider."""
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "canary")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://canary.invalid")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Canary: canary\nAuthorization: Bearer canary")
    async with opened(double.base_url) as client:
        assert [batch async for batch in client.stream(REQUEST)]
        assert await client.models()
    chat, models = double.requests
    for request in (chat, models):
        assert "canary" not in str(request.headers).lower() + str(request.raw)
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["accept-encoding"] == "identity"
    marker = {"x-stainless-raw-response"}
    assert chat.headers.keys() - marker == {
        *("host", "accept", "accept-encoding", "authorization", "connection", "user-agent"),
        *("content-type", "content-length"),
    }


async def test_the_key_is_no_attribute_of_anything(double: CerebrasDouble) -> None:
    """A crash report shows locals and what hangs on them."""
    async with opened(double.base_url) as client:
        assert [batch async for batch in client.stream(REQUEST)]
        seen, queue = set(), [client]
        while queue:
            thing: Any = queue.pop()
            assert KEY not in repr(thing)
            if id(thing) not in seen and type(thing).__module__.startswith(("moa_tui", "openai")):
                seen.add(id(thing))
                queue += vars(thing).values() if hasattr(thing, "__dict__") else ()
        assert len(seen) > 1


async def test_a_redirect_is_not_followed(double: CerebrasDouble) -> None:
    """Another host would get the prompt."""
    async with CerebrasDouble() as other:
        for status in (301, 302, 307, 308):
            double.default = Answer(
                failure=errors.Failure(status, {}),
                headers={"location": f"{other.base_url}/chat/completions"},
            )
            _, failure = await ask_address(double.base_url)
            assert failure is not None
            assert failure.kind is FailureKind.SERVER
            assert (
                failure.message
                == f"127.0.0.1:{double.port} redirects elsewhere, which is not followed"
            )
            assert not failure.retryable
        assert other.requests == []
        assert other.connections == 0


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_a_server_of_this_machine_is_asked_past_any_proxy(
    double: CerebrasDouble, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A proxy would get the embedded model's key and prompts, and could not reach it."""
    async with CerebrasDouble() as proxy:
        monkeypatch.setenv(variable, proxy.root_url)
        assert (await ask(double)).text == TEXT
        assert proxy.requests == []


async def test_other_hosts_are_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with CerebrasDouble(default=Answer(TEXT)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.root_url)
        await ask_address("http://nowhere.invalid/v1")
        assert [request.path for request in proxy.requests] == [
            "http://nowhere.invalid/v1/chat/completions"
        ]


# What is handed on


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_stream_in_the_dialect_of(dialect: str) -> None:
    answer = Answer(TEXT, REASONING, prompt_tokens=69, completion_tokens=35)
    async with CerebrasDouble(default=answer, dialect=dialect) as double:
        heard = await ask(double, dialect=dialect)
    assert (heard.text, heard.reasoning) == (TEXT, REASONING)
    said = "eos" if dialect == "together" else "stop"
    assert (heard.finish_reason, heard.done) == (said, True)
    assert heard.usage is not None
    assert (heard.usage.prompt, heard.usage.output) == (69, 35)
    assert heard.usage.reasoning > 0


async def test_the_times_of_the_server(double: CerebrasDouble) -> None:
    double.default = Answer(TEXT, completion_tokens=100, speed=2000)
    timing = (await ask(double)).timing
    assert timing is not None
    assert timing == ServerTiming(0.003879934, 0.00206684, 0.05, timing.total)
    assert timing.total is not None
    assert timing.total > 0.05


@pytest.mark.parametrize(
    "fault",
    [
        *(
            (),
            framing.Comments(),
            framing.LineEnds(b"\r\n"),
            framing.LineEnds(b"\r"),
            framing.Bom(),
        ),
        *(framing.Bytewise(), framing.SplitCharacters(), faults.choices_null(2)),
        faults.NoDone(hang=False),
    ],
    ids=str,
)
async def test_oddities_of_form_cost_nothing(
    double: CerebrasDouble, fault: Fault | tuple[Fault, ...]
) -> None:
    double.default = Answer(TEXT, REASONING, fault=fault)
    heard = await ask(double)
    assert (heard.text, heard.reasoning, heard.finish_reason) == (TEXT, REASONING, "stop")


@pytest.mark.parametrize("seed", range(6))
async def test_any_text_comes_as_it_was_sent(double: CerebrasDouble, seed: int) -> None:
    letters = 'aé今👩‍🚀\u2028\0\x1b\r\n\t\ud83d\ude00{}"\\ <think>data: [DONE]'
    text = "".join(letters[(i * (seed + 3) + i * i) % len(letters)] for i in range(700))
    double.default = Answer(text, seed=seed, batch=seed + 1, tokens_per_event=(1, 4 * seed + 1))
    assert (await ask(double)).text == text


async def test_several_tokens_of_a_read_are_one_batch(double: CerebrasDouble) -> None:
    double.default = replace(Answer.of(*"abcdefgh"), batch=100)
    heard = await ask(double)
    assert (heard.text, heard.batches) == ("abcdefgh", 1)


async def test_text_is_handed_on_while_the_answer_is_written(double: CerebrasDouble) -> None:
    gate = asyncio.Event()
    double.default = replace(Answer.of("first", "second"), gate=gate, gate_at=2)
    async with opened(double.base_url) as client:
        stream = client.stream(REQUEST)
        text = ""
        while text != "first":
            text += (await anext(stream)).text
        gate.set()
        assert "".join([batch.text async for batch in stream]) == "second"


async def test_what_was_said_before_an_error_is_handed_on(double: CerebrasDouble) -> None:
    double.default = replace(Answer.of("one ", "two"), batch=100, fault=faults.error_event(2))
    heard, failure = await ask_address(double.base_url)
    assert heard.text == "one "
    assert failure is not None


# Connections


async def test_closing_the_stream_closes_the_connection(double: CerebrasDouble) -> None:
    double.default = Answer(TEXT, fault=faults.Stall(3))
    async with opened(double.base_url) as client:
        stream = client.stream(REQUEST)
        await anext(stream)
        await stream.aclose()
        await double.wait_for_idle()
        assert double.requests[0].closed_early
        await double.wait_until(lambda: not double.connections, "the connection to close")


async def test_cancelling_a_reader_closes_the_connection(double: CerebrasDouble) -> None:
    double.default = Answer(TEXT, fault=faults.NoAnswer())
    async with opened(double.base_url) as client:
        task = asyncio.ensure_future(anext(client.stream(REQUEST)))
        await double.wait_for_held()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await double.wait_for_idle()
        assert double.requests[0].closed_early


@dataclass(frozen=True)
class LateEnd:
    """The end mark of the body comes some time after the last event, as over a real network."""

    seconds: float = 0.01

    def edit(self, reply: Reply) -> None:
        """Wait at the end."""
        reply.steps.append(Wait(self.seconds))


@pytest.mark.parametrize("fault", [(), LateEnd()], ids=str)
async def test_no_connection_carries_a_second_request(
    double: CerebrasDouble, fault: Fault | tuple[Fault, ...]
) -> None:
    """What a server says unasked behind an answer would be read as the next one."""
    double.default = Answer(TEXT, fault=fault)
    async with opened(double.base_url) as client:
        for _ in range(3):
            assert [batch async for batch in client.stream(REQUEST)][-1].done
        assert await client.models()
    assert [request.connection for request in double.requests] == [1, 2, 3, 4]
    assert {request.headers["connection"] for request in double.requests} == {"close"}


async def test_a_body_without_an_end_delays_nothing(double: CerebrasDouble) -> None:
    double.default = Answer(TEXT, fault=LateEnd(60.0))
    async with asyncio.timeout(4):
        assert (await ask(double)).done


async def test_streams_run_side_by_side(double: CerebrasDouble) -> None:
    gate = asyncio.Event()
    double.default = Answer(TEXT, gate=gate)
    async with opened(double.base_url) as client:

        async def text() -> str:
            return "".join([batch.text async for batch in client.stream(REQUEST)])

        tasks = [asyncio.create_task(text()) for _ in range(12)]
        await double.wait_for_held(12)
        gate.set()
        assert await asyncio.gather(*tasks) == [TEXT] * 12
    assert double.peak == 12


async def test_an_answer_that_has_come_leaves_no_connection_open(double: CerebrasDouble) -> None:
    async with opened(double.base_url) as client:
        assert await client.models()
        await double.wait_until(lambda: not double.connections, "the connection to close")


# Models


async def test_models_are_listed(double: CerebrasDouble) -> None:
    double.models = ["zeta", "alpha\x1b[31m"]
    async with opened(double.base_url) as client:
        assert await client.models() == ["alpha[31m", "zeta"]
    [request] = double.requests
    assert (request.method, request.path) == ("GET", "/v1/models")
