"""What a provider refuses: the kind, the words, whether and when to ask again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import openai
import pytest

from moa_tui.engine.openai_provider.asked import Asked
from moa_tui.engine.openai_provider.failures import failure_of
from moa_tui.engine.openai_provider.statuses import Refusal, failure_of_refusal
from moa_tui.engine.openai_provider.waits import wait_of_quota, wait_of_server
from moa_tui.engine.provider import Failure, FailureKind, ProviderError
from moa_tui.engine.wire.errors import CutShortError, EmptyAnswerError, WireError
from moa_tui.errors import LocalModelError, MissingKeyError
from moa_tui.roster.keys import ApiKey
from tests.double import Answer, CerebrasDouble, errors, faults
from tests.engine.wire_fixtures import KEY, MODEL, REQUEST, ask_address, opened, provider_at

SECRET = "sk1-0123456789abcdef"


def asked(*, model: str = MODEL, key: str = SECRET, embedded: bool = False) -> Asked:
    provider = provider_at("https://acme.test/v1", embedded=embedded)
    return Asked(provider, "acme.test", model, ApiKey(key))


def refused(status: int | None, body: dict[str, Any], **headers: str) -> Failure:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return failure_of_refusal(Refusal(asked(), status, body, named))


def said(message: str, code: str = "", kind: str = "") -> dict[str, Any]:
    return {"message": message, "code": code, "type": kind}


@pytest.fixture
async def double() -> AsyncIterator[CerebrasDouble]:
    async with CerebrasDouble() as double:
        yield double


# Every refusal that Cerebras was seen to send, over a socket

REFUSALS = [
    (errors.REQUEST_QUOTA, FailureKind.RATE_LIMITED, True, "Requests per minute limit exceeded"),
    (errors.TOKEN_QUOTA, FailureKind.RATE_LIMITED, True, "Tokens per minute limit exceeded"),
    (errors.request_quota("hour"), FailureKind.RATE_LIMITED, False, "per hour"),
    (errors.token_quota("day"), FailureKind.RATE_LIMITED, False, "per day"),
    (errors.QUEUE_EXCEEDED, FailureKind.OVERLOADED, True, "high traffic"),
    (errors.PAYMENT_REQUIRED, FailureKind.PAYMENT, False, "Payment required to access"),
    (errors.WRONG_KEY, FailureKind.WRONG_KEY, False, "refused the key: Wrong API Key"),
    (errors.NOT_AUTHENTICATED, FailureKind.WRONG_KEY, False, "Not authenticated"),
    (errors.MODEL_NOT_FOUND, FailureKind.UNKNOWN_MODEL, False, f"'{MODEL}'"),
    (errors.wrong_api_format("body.x: no"), FailureKind.BAD_REQUEST, False, "body.x: no"),
    (errors.context_length(), FailureKind.TOO_LONG, False, "196699 while limit is 131072"),
    (errors.plain(408), FailureKind.TIMEOUT, True, "gave up waiting"),
    (errors.plain(413), FailureKind.TOO_LONG, False, "status 413"),
    (errors.plain(422), FailureKind.BAD_REQUEST, False, "refused the request (422): status 422"),
    (errors.plain(500), FailureKind.SERVER, True, "failed (500): status 500"),
    (errors.plain(502), FailureKind.SERVER, True, "failed (502)"),
    (errors.plain(503), FailureKind.OVERLOADED, True, "is overloaded (status 503)"),
    (errors.HTML_500, FailureKind.SERVER, True, "failed (500)"),
    (errors.Failure(404, ""), FailureKind.NOT_AN_ANSWER, False, "has nothing at this address"),
    (errors.Failure(401, errors.HTML), FailureKind.WRONG_KEY, False, "refused the key: 401"),
    (errors.Failure(400, "upstream says no"), FailureKind.BAD_REQUEST, False, "upstream says no"),
    (errors.Failure(418, {}), FailureKind.BAD_REQUEST, False, "(418): no reason given"),
]


@pytest.mark.parametrize(("refusal", "kind", "retryable", "words"), REFUSALS)
@pytest.mark.parametrize("dialect", ["cerebras", "openai"])  # bare bodies, and wrapped ones
async def test_refusals(
    refusal: errors.Failure, kind: FailureKind, retryable: bool, words: str, dialect: str
) -> None:
    async with CerebrasDouble(default=Answer(failure=refusal), dialect=dialect) as double:
        heard, failure = await ask_address(double.base_url, dialect=dialect)
        assert failure is not None
        assert (failure.kind, failure.retryable) == (kind, retryable)
        assert failure.status == refusal.status
        assert f"127.0.0.1:{double.port}" in failure.message
        assert words in failure.message
        assert "<" not in failure.message
        assert failure.advice
        assert heard.batches == 0
        assert len(double.requests) == 1  # one layer retries, and it is not this one


async def test_advice_names_what_to_look_at(double: CerebrasDouble) -> None:
    cases = [
        (errors.WRONG_KEY, "check ACME_API_KEY"),
        (errors.MODEL_NOT_FOUND, "moa-tui models --provider acme"),
        (errors.Failure(404, ""), "check base_url of acme"),
        (errors.context_length(), "lower max_tokens"),
        (errors.TOKEN_QUOTA, "smaller max_tokens"),
        (errors.PAYMENT_REQUIRED, "billing"),
    ]
    for refusal, advice in cases:
        double.default = Answer(failure=refusal)
        _, failure = await ask_address(double.base_url)
        assert failure is not None
        assert advice in failure.advice


# What other providers say


@pytest.mark.parametrize(
    ("status", "body", "kind", "retryable"),
    [
        # llama.cpp has the status as its code, and says what it means in the type.
        (
            400,
            {"code": 400, "message": "no", "type": "exceed_context_size_error"},
            FailureKind.TOO_LONG,
            False,
        ),
        (
            400,
            said("This model's maximum context length is 4096 tokens. However, …"),
            FailureKind.TOO_LONG,
            False,
        ),
        # OpenAI says 429 also when no money is left: waiting does not help.
        (429, said("You exceeded …", "insufficient_quota"), FailureKind.PAYMENT, False),
        (429, said("Rate limit reached", "rate_limit_exceeded"), FailureKind.RATE_LIMITED, True),
        (429, {}, FailureKind.RATE_LIMITED, True),
        (529, {}, FailureKind.OVERLOADED, True),
        (404, said("model 'x' not found"), FailureKind.UNKNOWN_MODEL, False),
        (404, said(f"No endpoints found for {MODEL}."), FailureKind.UNKNOWN_MODEL, False),
        (404, {"detail": "Not Found"}, FailureKind.NOT_AN_ANSWER, False),  # a path, not a model
        (403, {}, FailureKind.WRONG_KEY, False),
        (402, {}, FailureKind.PAYMENT, False),
        (409, said("conflict"), FailureKind.BAD_REQUEST, False),
        (504, {}, FailureKind.SERVER, True),
        (599, {"error": {"message": "inner"}}, FailureKind.SERVER, True),
        (None, said("over capacity"), FailureKind.SERVER, True),  # in a stream, without a status
    ],
)
def test_refusals_of_others(
    status: int | None, body: dict[str, Any], kind: FailureKind, retryable: bool
) -> None:
    failure = refused(status, body)
    assert (failure.kind, failure.retryable, failure.status) == (kind, retryable, status)


@pytest.mark.parametrize(
    "body",
    [{"message": 5}, {"message": None}, {"detail": [{"msg": "x"}]}, {"error": []}, {"code": []}],
)
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, None])
def test_strange_bodies_are_no_trouble(body: dict[str, Any], status: int | None) -> None:
    assert refused(status, body).message.startswith("acme.test")


def test_models_that_are_nowhere_are_no_unknown_model() -> None:
    refusal = Refusal(asked(model=""), 404, said("no such model"))
    assert failure_of_refusal(refusal).kind is FailureKind.NOT_AN_ANSWER


# When to ask again


async def test_the_wait_comes_from_the_headers_of_the_quota(double: CerebrasDouble) -> None:
    headers = {
        "x-ratelimit-reset-requests-minute": "11.382867097854614",
        "x-ratelimit-reset-tokens-minute": "42.5",
        "x-ratelimit-reset-requests-day": "80000",
    }
    double.default = Answer(failure=errors.TOKEN_QUOTA, headers=headers)
    _, failure = await ask_address(double.base_url)
    assert failure is not None
    assert failure.retry_after == 42.5


def test_the_minutes_reset_says_nothing_of_a_days_quota() -> None:
    body = said("Tokens per day limit exceeded", "token_quota_exceeded")
    assert refused(429, body, x_ratelimit_reset_tokens_minute="40").retry_after is None
    assert refused(429, body, retry_after="7200").retry_after == 7200


@pytest.mark.parametrize("status", [408, 429, 500, 503, 529])
def test_retry_after_counts_for_every_status_that_is_asked_again(status: int) -> None:
    failure = refused(status, {}, retry_after="7", x_ratelimit_reset_tokens_minute="40")
    assert failure.retryable
    assert failure.retry_after == 7


def test_a_full_queue_is_not_a_quota() -> None:
    body = said("busy", "queue_exceeded")
    assert refused(429, body, x_ratelimit_reset_tokens_minute="40").retry_after is None
    assert refused(429, body, retry_after="2").retry_after == 2


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e300"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Wed, 99 Foo 2026 99:99:99 GMT"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_of_server(headers) == seconds


def test_retry_after_may_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    wait = wait_of_server({"retry-after": date})
    assert wait is not None
    assert 25 < wait <= 30


@pytest.mark.parametrize("reset", ["soon", "", "-3", "99:99", "6x"])
def test_resets_that_are_no_times_are_ignored(reset: str) -> None:
    assert wait_of_quota({"x-ratelimit-reset-tokens-minute": reset}) is None


# Errors inside a stream, and bodies that are no stream


@pytest.mark.parametrize(
    ("event", "kind", "retryable"),
    [
        (faults.error_event(2), FailureKind.SERVER, True),
        (faults.error_event(2, name="error"), FailureKind.SERVER, True),
        (faults.error_event(2, said("slow down"), status_code=429), FailureKind.RATE_LIMITED, True),
        (
            faults.error_event(2, {"message": "x", "code": 502}, status_code=None),
            FailureKind.SERVER,
            True,
        ),
        (
            faults.error_event(2, {"message": "x", "code": "429"}, status_code=None),
            FailureKind.RATE_LIMITED,
            True,
        ),
        (
            faults.error_event(2, said("x", "context_length_exceeded"), status_code=None),
            FailureKind.TOO_LONG,
            False,
        ),
        (faults.error_event(2, "overloaded", status_code=None), FailureKind.SERVER, True),
        (faults.error_event(2, {"code": 12345}, status_code=None), FailureKind.SERVER, True),
        (faults.bad_json(2), FailureKind.NOT_AN_ANSWER, True),
        (faults.Inject(2, b"data: upstream died\n\n"), FailureKind.NOT_AN_ANSWER, True),
        (faults.EMPTY, FailureKind.EMPTY, True),
        (faults.Instead(b": ping\n\n"), FailureKind.EMPTY, True),
        (faults.DONE_ONLY, FailureKind.EMPTY, True),
        (faults.HTML_200, FailureKind.NOT_AN_ANSWER, False),
        (faults.JSON_ERROR_200, FailureKind.SERVER, True),
        (faults.Instead(b"upstream connect error"), FailureKind.NOT_AN_ANSWER, True),
        (faults.Instead(b"[1]", "application/json"), FailureKind.UNREADABLE, False),
        (faults.Cut(1, "end"), FailureKind.CUT, True),
        (faults.Cut(0, "end", half=True), FailureKind.CUT, True),
        (faults.Cut(2, "end", half=True), FailureKind.CUT, True),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_answers_that_are_none(
    double: CerebrasDouble, event: faults.Fault, kind: FailureKind, retryable: bool
) -> None:
    double.default = replace(Answer.of("one ", "two"), fault=event)
    heard, failure = await ask_address(double.base_url)
    assert failure is not None
    assert (failure.kind, failure.retryable) == (kind, retryable)
    assert f"127.0.0.1:{double.port}" in failure.message
    assert "<" not in failure.message
    assert failure.advice
    assert heard.text in {"", "one "}
    assert heard.finish_reason is None


@pytest.mark.parametrize(
    "instead",
    [faults.HTML_200, faults.EMPTY, faults.Instead(b'{"data": 5}'), faults.Instead(b"\xff[[")],
)
async def test_something_else_than_a_list_of_models(instead: faults.Instead) -> None:
    class NoList(CerebrasDouble):
        def respond(self, request: Any) -> Any:
            reply = super().respond(request)
            instead.edit(reply)
            reply.headers["content-length"] = str(len(instead.body))
            return reply

    async with NoList() as double, opened(double.base_url) as client:
        with pytest.raises(ProviderError) as caught:
            await client.models()
        assert caught.value.failure.kind is FailureKind.NOT_AN_ANSWER


async def test_models_may_be_refused() -> None:
    async with CerebrasDouble() as double, opened(double.base_url, key="another") as client:
        with pytest.raises(ProviderError, match="refused the key: Wrong API Key — check ACME"):
            await client.models()


# Errors of our own


def test_our_own_errors_keep_their_words() -> None:
    known = Failure(FailureKind.CUT, "a", "b")
    missing = failure_of(MissingKeyError("no key", "export it"), asked())
    local = failure_of(LocalModelError("no weights", "fetch them"), asked())
    assert failure_of(ProviderError(known), asked()) is known
    assert missing == Failure(FailureKind.WRONG_KEY, "no key", "export it")
    assert local == Failure(FailureKind.LOCAL_MODEL, "no weights", "fetch them")


@pytest.mark.parametrize("error", [RuntimeError("odd"), KeyError("x"), TypeError()])
def test_what_nobody_thought_of_is_not_called_a_broken_connection(error: Exception) -> None:
    failure = failure_of(error, asked())
    assert failure.kind is FailureKind.INTERNAL
    assert not failure.retryable
    assert type(error).__name__ in failure.message


# Keys


@pytest.mark.parametrize("key", [SECRET, "plain-words-key", "0123456789", "tgp_v1_abcdefgh", KEY])
@pytest.mark.parametrize(
    "form",
    ["Incorrect key: {}", "{}", "{0}{0}", "Bearer {}", "bad\x00{}\x00", "x" * 190 + "{}", "<{}>"],
)
def test_a_key_that_is_repeated_is_in_no_message(key: str, form: str) -> None:
    request = asked(key=key)
    for text in (form.format(key), form.format("\u200b".join(key))):
        for failure in (
            failure_of_refusal(Refusal(request, 401, said(text))),
            failure_of_refusal(Refusal(request, 404, said(text, text))),
            failure_of_refusal(Refusal(request, 429, {"detail": text})),
            failure_of(WireError(text), request),
            failure_of(WireError(text, {"message": text, "code": 403}), request),
            failure_of(EmptyAnswerError(text), request),
            failure_of(CutShortError(text), request),
            failure_of(ValueError(text), request),
            failure_of(ConnectionResetError(104, text), request),
        ):
            assert key[:8] not in failure.message + failure.advice


async def test_a_key_that_the_server_repeats_leaves_no_trace(double: CerebrasDouble) -> None:
    echo = f"Incorrect API key provided: {KEY}. You sent: Bearer {KEY}"
    double.default = Answer(failure=errors.plain(401, echo))
    async with opened(double.base_url) as client:
        with pytest.raises(ProviderError) as caught:
            await anext(client.stream(REQUEST))
    assert KEY not in str(caught.value)
    assert "[key]" in str(caught.value)
    assert caught.value.__suppress_context__  # the SDK's own error holds the server's words


@pytest.mark.parametrize("key", ["sk-abcdefghijkl", "csk-abcdefghijkl", "gsk_abcdefghijkl"])
def test_other_keys_are_not_shown_either(key: str) -> None:
    assert key not in refused(401, said(f"no: {key}")).message


def test_a_server_cannot_write_to_the_terminal_or_fill_the_screen() -> None:
    message = refused(500, said("\x1b[2J\x07\u202e[red]" + "x\n" * 100_000)).message
    assert message.isprintable()
    assert len(message) < 300


def test_statuses_come_with_headers_of_any_case() -> None:
    response = httpx2.Response(
        503, headers={"Retry-After": "3"}, request=httpx2.Request("POST", "https://acme.test")
    )
    failure = failure_of(openai.InternalServerError("x", response=response, body=None), asked())
    assert failure.retry_after == 3
