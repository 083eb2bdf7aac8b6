"""The double speaks Cerebras' format, and each of its faults does what it says."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.double import DIALECTS, Answer, CerebrasDouble, Limits, errors, faults, framing
from tests.double.probe import Json, Raw, exchange, joined

MODEL = "gpt-oss-120b"
TEXT = "Grüße! 今日は, 👩‍🚀 – the answer is forty-two, and here is why it could be no other. " * 3


@pytest.fixture
async def double() -> AsyncIterator[CerebrasDouble]:
    async with CerebrasDouble(default=Answer(TEXT)) as double:
        yield double


def question(**more: object) -> Json:
    messages = [{"role": "user", "content": "Do you read me?"}]
    return {"model": MODEL, "messages": messages, "stream": True, **more}


def client_of(double: CerebrasDouble, **more: Any) -> AsyncOpenAI:
    options = {"api_key": double.key, "base_url": double.base_url, "max_retries": 0, **more}
    return AsyncOpenAI(**options)


async def streamed(double: CerebrasDouble, body: Json | None = None, **more: Any) -> list[Json]:
    """The chunks as the openai SDK delivers them."""
    async with client_of(double, **more) as client:
        stream: Any = await client.chat.completions.create(**(body or question()))
        return [chunk.to_dict() async for chunk in stream]


# The format


async def test_a_stream_has_the_recorded_shape(double: CerebrasDouble) -> None:
    double.default = Answer(TEXT, reasoning="We just need to respond, in one go.")
    raw = await exchange(double, body=question())

    assert raw.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert raw.complete
    assert raw.body.endswith(b"\n\ndata: [DONE]\n\n")
    assert b"null" not in raw.body
    first, *middle, last = raw.events
    assert first["id"] == raw.headers["inference-id"]
    assert first["choices"] == [{"delta": {"role": "assistant"}, "index": 0}]
    assert list(first) == ["id", "choices", "created", "model", "system_fingerprint", "object"]
    kinds = [key for chunk in middle for key in chunk["choices"][0]["delta"]]
    assert kinds == sorted(kinds, reverse=True)  # all of the reasoning, then all of the content
    assert {*kinds} == {"reasoning", "content"}
    assert raw.text == TEXT
    assert joined(raw.events, "reasoning") == "We just need to respond, in one go."
    assert last["choices"] == [{"delta": {}, "finish_reason": "stop", "index": 0}]
    assert last["usage"]["total_tokens"] > last["usage"]["completion_tokens"] > 0
    assert last["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0
    assert {"queue_time", "completion_time", "total_time"} <= set(last["time_info"])


async def test_rate_limits_are_in_the_headers_of_every_answer(double: CerebrasDouble) -> None:
    double.answers[MODEL] = [Answer(), Answer(failure=errors.QUEUE_EXCEEDED)]
    for _ in range(2):
        headers = (await exchange(double, body=question())).headers
        assert headers["x-ratelimit-limit-requests-minute"] == "1000"
        assert int(headers["x-ratelimit-remaining-tokens-minute"]) < 1_000_000
        assert "." in headers["x-ratelimit-reset-tokens-minute"]


@pytest.mark.parametrize("text", ["", " ", "\n\n a\t", TEXT, "\x1b[2J\u2028\ud83d lone", "x" * 999])
@pytest.mark.parametrize("seed", [0, 1])
def test_deltas_join_to_the_text(text: str, seed: int) -> None:
    deltas = Answer(text, seed=seed).text_deltas()

    assert "".join(deltas) == text
    assert deltas == Answer(text, seed=seed).text_deltas()
    assert all(0 < len(delta) <= 90 for delta in deltas)


async def test_a_lone_surrogate_travels_as_an_escape(double: CerebrasDouble) -> None:
    double.default = Answer.of("\ud83d", "\ude00")
    raw = await exchange(double, body=question())

    deltas = [chunk["choices"][0]["delta"]["content"] for chunk in raw.events[1:-1]]
    assert deltas == ["\ud83d", "\ude00"]


async def test_the_sdk_reads_text_usage_and_times(double: CerebrasDouble) -> None:
    chunks = await streamed(double)

    assert joined(chunks, "content") == TEXT
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1]["usage"]["completion_tokens"] > 0
    assert chunks[-1]["time_info"]["completion_time"] > 0
    assert all("usage" not in chunk for chunk in chunks[:-1])


async def test_without_stream_the_answer_is_one_document(double: CerebrasDouble) -> None:
    async with client_of(double) as client:
        answer = await client.chat.completions.create(**question(stream=False))

    assert answer.choices[0].message.content == TEXT
    assert answer.usage is not None


async def test_events_may_share_a_write(double: CerebrasDouble) -> None:
    alone = await exchange(double, body=question())
    double.default = Answer(TEXT, batch=4)
    together = await exchange(double, body=question())

    assert together.text == TEXT
    assert len(together.chunks) == -(-len(alone.chunks) // 4)


async def test_the_pace_is_kept(double: CerebrasDouble) -> None:
    double.default = replace(Answer.of("a", "b", "c"), ttft=0.03, pace=0.01)
    await exchange(double, body=question())

    [request] = double.requests
    assert request.sent[0] - request.arrived >= 0.029
    assert request.sent[-1] - request.arrived >= 0.079


# Refusals

REFUSALS = [
    (errors.request_quota(), openai.RateLimitError, "request_quota_exceeded"),
    (errors.token_quota("day"), openai.RateLimitError, "token_quota_exceeded"),
    (errors.QUEUE_EXCEEDED, openai.RateLimitError, "queue_exceeded"),
    (errors.PAYMENT_REQUIRED, openai.APIStatusError, "payment_required"),
    (errors.WRONG_KEY, openai.AuthenticationError, "wrong_api_key"),
    (errors.NOT_AUTHENTICATED, openai.PermissionDeniedError, None),
    (errors.MODEL_NOT_FOUND, openai.NotFoundError, "model_not_found"),
    (errors.wrong_api_format("no"), openai.BadRequestError, "wrong_api_format"),
    (errors.context_length(), openai.BadRequestError, "context_length_exceeded"),
    (errors.HTML_500, openai.InternalServerError, None),
    (errors.plain(503), openai.InternalServerError, ""),
    (errors.plain(408), openai.APIStatusError, ""),
    (errors.plain(422), openai.UnprocessableEntityError, ""),
]


@pytest.mark.parametrize(("failure", "kind", "code"), REFUSALS)
async def test_a_status_becomes_its_exception(
    double: CerebrasDouble, failure: errors.Failure, kind: type[Exception], code: str | None
) -> None:
    double.default = Answer(failure=failure, headers={"retry-after": "1"})
    with pytest.raises(openai.APIStatusError) as caught:
        await streamed(double)

    assert type(caught.value) is kind
    assert caught.value.status_code == failure.status
    assert caught.value.code == code
    assert caught.value.response.headers["retry-after"] == "1"
    if isinstance(failure.body, dict):
        assert caught.value.body == failure.body


async def test_keys_are_checked_as_cerebras_checks_them(double: CerebrasDouble) -> None:
    missing = await exchange(double, body=question(), authorization="")
    wrong = await exchange(double, body=question(), authorization="Bearer no")

    assert (missing.status, json.loads(missing.body)) == (403, {"detail": "Not authenticated"})
    assert (wrong.status, json.loads(wrong.body)["code"]) == (401, "wrong_api_key")


async def test_unknown_models_and_paths_are_not_found(double: CerebrasDouble) -> None:
    model = await exchange(double, body=question(model="llama-9"))
    path = await exchange(double, path="/v1/responses")

    assert (model.status, json.loads(model.body)["code"]) == (404, "model_not_found")
    assert (path.status, path.body) == (404, b"")
    assert path.headers["content-type"] == "text/plain"


async def test_unknown_fields_are_refused(double: CerebrasDouble) -> None:
    past = {"role": "assistant", "content": "hm", "reasoning_content": "so"}
    body = question(store=True, messages=[{"role": "user", "content": "hi"}, past])
    refused = json.loads((await exchange(double, body=body)).body)

    name = "messages.1.assistant.reasoning_content"
    assert refused["code"] == "wrong_api_format"
    assert refused["message"] == (
        "body.store: property 'body.store' is unsupported\n"
        f"{name}: property '{name}' is unsupported"
    )
    async with CerebrasDouble(dialect="openai") as other:
        assert (await exchange(other, body=body)).status == 200


async def test_models_are_listed_with_and_without_a_key(double: CerebrasDouble) -> None:
    double.answers["scripted"] = Answer()
    async with client_of(double) as client:
        listed = [model.id async for model in client.models.list()]
    public = await exchange(double, path="/public/v1/models", authorization="")
    one = await exchange(double, path=f"/public/v1/models/{MODEL}", authorization="")

    assert listed == ["gpt-oss-120b", "qwen-3.8-27b", "scripted"]
    assert [model["id"] for model in json.loads(public.body)["data"]] == listed
    assert json.loads(one.body)["pricing"] == {"prompt": "0.00000035", "completion": "0.00000075"}
    assert (await exchange(double, path="/v1/models", authorization="")).status == 403
    assert (await exchange(double, path="/v1/tcp_warming")).status == 200


async def test_limits_are_reserved_up_front_and_refill() -> None:
    now = 0.0
    async with CerebrasDouble(limits=lambda: Limits.free_trial(lambda: now)) as double:
        gate = asyncio.Event()
        double.answers[MODEL] = [Answer(gate=gate), Answer()]
        first = asyncio.create_task(exchange(double, body=question()))
        await double.wait_for_held()
        tokens = await exchange(double, body=question())  # 16,384 twice do not fit into 30,000
        other = await exchange(double, body=question(model="qwen-3.8-27b"))
        gate.set()
        await first
        small = [await exchange(double, body=question(max_completion_tokens=9)) for _ in range(5)]
        now = 12.0  # a request comes back every twelve seconds
        later = await exchange(double, body=question(max_completion_tokens=9))

    assert (tokens.status, json.loads(tokens.body)["code"]) == (429, "token_quota_exceeded")
    assert other.status == 200  # each model has its own
    assert [raw.status for raw in small] == [200, 200, 200, 200, 429]
    assert json.loads(small[-1].body)["code"] == "request_quota_exceeded"
    assert float(small[-1].headers["x-ratelimit-reset-requests-minute"]) == pytest.approx(60)
    assert later.status == 200


# Faults


@pytest.mark.parametrize("after", range(6))
@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("how", ["reset", "fin", "end"])
async def test_a_cut_lets_exactly_k_events_through(
    double: CerebrasDouble, how: Any, *, half: bool, after: int
) -> None:
    sizes = [len(chunk) for chunk in (await exchange(double, body=question())).chunks]
    double.default = Answer(TEXT, fault=faults.Cut(after, how, half))
    raw = await exchange(double, body=question())

    expected = sizes[:after] + ([sizes[after] // 2] if half else [])
    assert [len(chunk) for chunk in raw.chunks] == expected
    assert raw.complete is (how == "end")
    assert raw.reset is (how == "reset")


BREAKS = [
    (faults.Cut(3, "reset"), openai.APIConnectionError),
    (faults.Cut(3, "fin"), openai.APIConnectionError),
    (faults.NoAnswer("reset"), openai.APIConnectionError),
    (faults.NoAnswer("fin"), openai.APIConnectionError),
    (faults.NoAnswer("hold"), openai.APITimeoutError),
    (faults.Stall(3), openai.APITimeoutError),
    (faults.NoDone(), openai.APITimeoutError),
    (faults.bad_json(3), json.JSONDecodeError),
    (faults.Inject(3, b'data: {"\xff\n\n'), UnicodeDecodeError),
    (faults.error_event(3), openai.APIError),
    (faults.error_event(3, name="error"), openai.APIError),
    (faults.error_event(3, {"code": 502}, status_code=None), openai.APIError),
]


@pytest.mark.parametrize(("fault", "kind"), BREAKS)
async def test_a_broken_stream_raises(
    double: CerebrasDouble, fault: faults.Fault, kind: type[Exception]
) -> None:
    double.default = Answer(TEXT, fault=fault)
    with pytest.raises(kind) as caught:
        await streamed(double, timeout=0.1 if kind is openai.APITimeoutError else 5)

    assert type(caught.value) is kind


SILENT: list[tuple[faults.Fault, str]] = [
    (faults.Cut(0, "end"), ""),
    (faults.Cut(2, "end", half=True), "in part"),
    (faults.NoFinish(), "in part and whole"),
    (faults.EMPTY, ""),
    (faults.HTML_200, ""),
    (faults.JSON_ERROR_200, ""),
    (faults.DONE_ONLY, ""),
    (faults.NotStreamed(), ""),
]


@pytest.mark.parametrize(("fault", "text"), SILENT)
async def test_a_wrong_answer_that_the_sdk_accepts(
    double: CerebrasDouble, fault: faults.Fault, text: str
) -> None:
    double.default = replace(Answer.of("in part", " and whole"), fault=fault)
    chunks = await streamed(double)

    assert joined(chunks, "content") == text
    assert not any(choice.get("finish_reason") for chunk in chunks for choice in chunk["choices"])


HARMLESS: list[faults.Fault | tuple[faults.Fault, ...]] = [
    faults.NoDone(hang=False),
    faults.choices_null(3),
    framing.Comments(),
    framing.LineEnds(),
    framing.LineEnds(b"\r"),
    framing.Bom(),
    framing.Bytewise(),
    framing.SplitCharacters(),
    (framing.Comments(), framing.LineEnds(), framing.Bytewise()),
]


@pytest.mark.parametrize("fault", HARMLESS)
async def test_a_stream_in_an_odd_form_still_carries_its_text(
    double: CerebrasDouble, fault: faults.Fault | tuple[faults.Fault, ...]
) -> None:
    double.default = Answer(TEXT, fault=fault)
    chunks = await streamed(double)

    assert joined(chunks, "content") == TEXT
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


async def test_odd_forms_are_on_the_wire(double: CerebrasDouble) -> None:
    async def body_with(fault: faults.Fault) -> Raw:
        double.default = Answer(TEXT, fault=fault)
        return await exchange(double, body=question())

    assert (await body_with(framing.Bom())).body.startswith(b"\xef\xbb\xbfdata: ")
    assert (await body_with(framing.LineEnds())).body.endswith(b"data: [DONE]\r\n\r\n")
    assert (await body_with(framing.Comments())).chunks[0] == b": keep-alive\n\n"
    assert {len(chunk) for chunk in (await body_with(framing.Bytewise())).chunks} == {1}
    halves = (await body_with(framing.SplitCharacters())).chunks
    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        halves[2].decode()
    assert (halves[2] + halves[3]).decode().endswith("\n\n")


async def test_no_finish_reason_still_ends_with_usage(double: CerebrasDouble) -> None:
    double.default = Answer(finish_reason=None)
    raw = await exchange(double, body=question())

    assert raw.events[-1]["choices"] == [{"delta": {}, "index": 0}]
    assert "usage" in raw.events[-1]
    assert raw.body.endswith(b"data: [DONE]\n\n")


async def test_pings_outlast_a_read_timeout(double: CerebrasDouble) -> None:
    double.default = Answer(TEXT, fault=faults.Pings(2))
    asked = asyncio.create_task(streamed(double, timeout=0.3))
    [request] = await double.wait_for_held()
    begun = request.sent[0]
    await double.wait_until(lambda: request.sent[-1] - begun > 0.6, "many pings")

    assert not asked.done()
    asked.cancel()
    await double.wait_for_idle()
    assert request.closed_early


async def test_slow_headers_outlast_a_read_timeout(double: CerebrasDouble) -> None:
    double.default = Answer(TEXT, fault=faults.SlowHead(0.001))
    chunks = await streamed(double, timeout=0.3)

    assert joined(chunks, "content") == TEXT
    assert double.requests[0].sent[0] - double.requests[0].arrived > 0.6


# What a test can do with it


async def test_a_gate_holds_a_stream_at_an_event(double: CerebrasDouble) -> None:
    gate = asyncio.Event()
    double.default = replace(Answer.of("one", " two", " three"), gate=gate, gate_at=3)
    asked = asyncio.create_task(exchange(double, body=question()))
    [request] = await double.wait_for_held()
    assert len(request.sent) == 3  # the role and two deltas

    gate.set()
    assert (await asked).text == "one two three"
    await double.wait_for_idle()
    assert not request.closed_early


@pytest.mark.parametrize(
    "answer", [Answer(fault=faults.Stall(2)), Answer(gate=asyncio.Event(), gate_at=-1)]
)
async def test_a_client_that_leaves_is_noticed(double: CerebrasDouble, answer: Answer) -> None:
    double.default = answer
    asked = asyncio.create_task(streamed(double))
    [request] = await double.wait_for_held()
    asked.cancel()
    await double.wait_until(lambda: double.connections == 0, "the connection to close")

    assert request.closed_early


async def test_connections_are_kept_alive(double: CerebrasDouble) -> None:
    async with client_of(double) as client:
        await client.models.list()
        for _ in range(2):
            stream: Any = await client.chat.completions.create(**question())
            assert joined([chunk.to_dict() async for chunk in stream], "content") == TEXT

    assert [request.connection for request in double.requests] == [1, 1, 1]
    assert [request.model for request in double.chats] == [MODEL, MODEL]
    assert not any(request.closed_early for request in double.requests)


async def test_answers_are_scripted_by_model_and_by_request(double: CerebrasDouble) -> None:
    double.answers = {MODEL: [Answer("first"), Answer("then")], "other": Answer("else")}
    double.choose = lambda request: Answer("chosen") if request.body.get("seed") else None
    asked = [question(), question(model="other"), question(), question(), question(seed=1)]
    texts = [(await exchange(double, body=body)).text for body in asked]

    assert texts == ["first", "else", "then", "then", "chosen"]
    assert len(await double.wait_for_requests(4, model=MODEL)) == 4
    assert double.requests[0].headers["connection"] == "close"
    assert double.requests[0].body == question()


async def test_streams_run_at_once(double: CerebrasDouble) -> None:
    gate = asyncio.Event()
    double.default = Answer(TEXT, gate=gate, gate_at=1)
    asked = [asyncio.create_task(streamed(double)) for _ in range(8)]
    await double.wait_for_held(8)
    gate.set()

    assert {joined(chunks, "content") for chunks in await asyncio.gather(*asked)} == {TEXT}
    assert double.peak == 8


async def test_leaving_closes_what_is_open() -> None:
    async with CerebrasDouble(default=Answer(fault=faults.Stall(1))) as double:
        asked = asyncio.create_task(exchange(double, body=question()))
        await double.wait_for_held()

    assert not (await asked).complete
    assert double.connections == 0


async def test_a_double_that_breaks_says_so() -> None:
    async def ask_the_broken() -> None:
        async with CerebrasDouble() as double:
            double.default = Answer(speed=0)
            await exchange(double, body=question())

    with pytest.raises(ExceptionGroup, match="the double itself failed"):
        await ask_the_broken()


# Other providers


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("asks", [False, True])
async def test_dialects_report_usage_in_their_own_place(name: str, *, asks: bool) -> None:
    async with CerebrasDouble(default=Answer(TEXT, "Hm."), dialect=name) as double:
        more = {"stream_options": {"include_usage": True}} if asks else {}
        raw = await exchange(double, body=question(**more))

    finish = next(c for c in raw.events if c["choices"] and c["choices"][0].get("finish_reason"))
    assert raw.text == TEXT
    key = "reasoning_content" if name in {"llamacpp", "fireworks"} else "reasoning"
    assert joined(raw.events, key) == "Hm."
    assert finish["choices"][0]["finish_reason"] == ("eos" if name == "together" else "stop")
    at_the_finish = name in {"cerebras", "together", "fireworks"}
    extra = name in {"sambanova", "openrouter"} or (asks and not at_the_finish)
    assert ("usage" in finish) is at_the_finish
    assert (raw.events[-1]["choices"] == []) is extra
    assert ("usage" in raw.events[-1]) is (extra or at_the_finish)


async def test_dialects_report_their_own_times() -> None:
    async def last_of(name: str, **more: object) -> Json:
        async with CerebrasDouble(default=Answer(TEXT), dialect=name) as double:
            return (await exchange(double, body=question(**more))).events[-1]

    assert (await last_of("groq"))["x_groq"]["usage"]["completion_time"] > 0
    assert (await last_of("llamacpp"))["timings"]["predicted_per_second"] == pytest.approx(2000)
    assert (await last_of("sambanova"))["usage"]["completion_tokens_per_sec"] > 0
    assert "perf_metrics" not in await last_of("fireworks")
    perf = (await last_of("fireworks", perf_metrics_in_response=True))["perf_metrics"]
    assert perf["server-time-to-first-token"] > 0
    assert (await last_of("openrouter"))["usage"]["cost"] > 0


async def test_openrouter_sends_comments_and_wraps_its_errors() -> None:
    async with CerebrasDouble(dialect="openrouter") as double:
        raw = await exchange(double, body=question())
        refused = await exchange(double, body=question(), authorization="Bearer no")

    assert raw.body.startswith(b": OPENROUTER PROCESSING\n\n")
    assert raw.headers["x-generation-id"] == raw.events[0]["id"]
    assert (refused.status, "error" in json.loads(refused.body)) == (401, True)
