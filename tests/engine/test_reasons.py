"""What an error body says: the reason is found in every shape, and is never markup or endless."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.openai_provider.asked import Asked
from moa_tui.engine.openai_provider.reasons import parsed, reason_in
from moa_tui.engine.openai_provider.statuses import Refusal, failure_of_refusal
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.roster.keys import ApiKey
from moa_tui.text import clean
from tests.engine.wire_fixtures import MODEL, provider_at

ASKED = Asked(provider_at("https://acme.test/v1"), "acme.test", MODEL, ApiKey("sk1-0123456789"))


def told(status: int | None, body: object, **headers: str) -> Failure:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = parsed(body) if isinstance(body, str) else body
    return failure_of_refusal(Refusal(ASKED, status, body, named))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([{"error": {"code": 400, "message": "no such field", "status": "X"}}], "no such field"),
        ({"detail": "Not here"}, "Not here"),
        ({"message": "max_tokens must be <= 100"}, "max_tokens must be <= 100"),
        ({"message": "0 < top_p and n > 2"}, "0 < top_p and n > 2"),
        ({"message": "&lt;b>no</b> <i"}, "b>no i"),
        (
            {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs", "type": "x", "input": 5}]},
            "seed: Extra inputs",
        ),
        (
            {"message": {"detail": [{"loc": ["body", "a", 0], "msg": "odd"}]}, "type": "t"},
            "a.0: odd",
        ),
        ({"errors": [{"message": "one"}, {"message": "two"}]}, "one; two"),
        ({"error": "just words"}, "just words"),
        ({"error_code": 18, "error_msg": "quota reached"}, "quota reached"),
        ({"success": False, "msg": "no credit"}, "no credit"),
        ({"title": "Bad Request", "detail": "n is too large", "status": 400}, "n is too large"),
        (
            {
                "error": {
                    "message": "Provider returned error",
                    "metadata": {"raw": '{"error":{"message":"top_k is unknown"}}'},
                }
            },
            "top_k is unknown",
        ),
        (
            {"error": {"message": "Error", "innererror": {"message": "the true one"}}},
            "the true one",
        ),
        ({"message": 'Upstream: 400 - {"error": {"message": "inner words"}}'}, "inner words"),
        ({"fault": {"faultstring": "policy violated"}}, "policy violated"),
        ({"data": {"nested": {"message": "deep down"}}}, "deep down"),
        ("<Error><Code>X</Code><Message>Access &lt;b&gt; denied</Message></Error>", "denied"),
        ("<html><head><title>Blocked &amp; gone</title></head></html>", "Blocked & gone"),
        ("upstream says no", "upstream says no"),
        ({"message": "<b>bold</b> words"}, "bold words"),
        ({"message": "", "error": {"detail": "found"}}, "found"),
        *((odd, "") for odd in (None, 5, True, "", [[[5]]], {"message": 5}, {"x": None})),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_most_telling_words_are_found(body: Any, words: str) -> None:
    body = parsed(body) if isinstance(body, str) else body
    found = reason_in(body).words
    assert words in found
    assert bool(words) == bool(found)
    assert not re.search(r"<[a-z/!?]", found, re.IGNORECASE)


_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=30)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(
                st.text(max_size=8), st.sampled_from(["error", "message", "detail", "raw", "loc"])
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=30,
)


@given(_json, st.sampled_from([None, 200, 400, 401, 403, 404, 422, 429, 451, 498, 500, 503, 529]))
def test_any_body_becomes_one_clean_line(body: Any, status: int | None) -> None:
    failure = told(status, body)
    assert clean(failure.message) == failure.message
    assert "\n" not in failure.message
    assert "acme.test" in failure.message
    assert len(failure.message) < 400
    assert failure.advice


@pytest.mark.parametrize(
    "body",
    [
        "[" * 50_000 + "]" * 50_000,
        '{"error":' * 20_000 + "1" + "}" * 20_000,
        json.dumps([{"message": "x"}] * 50_000),
        json.dumps({str(i): {"message": "y" * 100} for i in range(20_000)}),
        "<title>" * 50_000,
        "<html>" + "<" * 200_000,
        '{"' * 100_000,
        json.dumps({"message": json.dumps({"message": json.dumps({"message": "in"})})}),
    ],
    ids=["lists", "objects", "many", "wide", "titles", "marks", "half", "nested"],
)
def test_bodies_made_to_do_harm_are_left_early(body: str) -> None:
    assert len(told(400, body).message) < 400


# What it means


@pytest.mark.parametrize(
    ("status", "body", "kind", "retryable"),
    [
        (400, {"error": {"code": "content_filter", "message": "x"}}, FailureKind.FILTERED, False),
        (
            400,
            {"error": {"innererror": {"code": "ResponsibleAIPolicyViolation"}, "message": "x"}},
            FailureKind.FILTERED,
            False,
        ),
        (400, {"code": "prompt_blocked", "message": "x"}, FailureKind.FILTERED, False),
        (400, {"error": {"code": "data_inspection_failed"}}, FailureKind.FILTERED, False),
        (
            403,
            {"error": {"message": "needs moderation and your input was flagged for violence"}},
            FailureKind.FILTERED,
            False,
        ),
        (None, {"code": "content_policy_violation", "message": "x"}, FailureKind.FILTERED, False),
        (
            400,
            [
                {
                    "error": {
                        "message": "API key not valid.",
                        "details": [{"reason": "API_KEY_INVALID"}],
                    }
                }
            ],
            FailureKind.WRONG_KEY,
            False,
        ),
        (403, {"detail": "Not authenticated"}, FailureKind.WRONG_KEY, False),
        (403, {"error": {"message": "Invalid API key"}}, FailureKind.WRONG_KEY, False),
        (
            403,
            "<html><title>Attention Required! | Cloudflare</title>",
            FailureKind.FORBIDDEN,
            False,
        ),
        (403, "error code: 1020", FailureKind.FORBIDDEN, False),
        (
            403,
            {"error": {"message": "Country, region, or territory not supported"}},
            FailureKind.FORBIDDEN,
            False,
        ),
        (
            403,
            {"error": {"message": "Project does not have access to model `x`"}},
            FailureKind.FORBIDDEN,
            False,
        ),
        (451, {"error": {"message": "not in your country"}}, FailureKind.FORBIDDEN, False),
        (403, {"error": {"code": "rate_limit_exceeded"}}, FailureKind.RATE_LIMITED, True),
        (400, {"error": {"status": "RESOURCE_EXHAUSTED"}}, FailureKind.RATE_LIMITED, True),
        (
            None,
            {"code": 429, "message": "Provider returned error", "metadata": {"raw": "slow"}},
            FailureKind.SERVER,
            True,
        ),
        (407, "", FailureKind.CONNECTION, False),
        (405, {"detail": "Method Not Allowed"}, FailureKind.NOT_AN_ANSWER, False),
        *((status, {}, FailureKind.OVERLOADED, True) for status in (425, 498, 503, 529)),
        *((status, {}, FailureKind.SERVER, True) for status in (500, 502, 504, *range(520, 525))),
        *((status, {}, FailureKind.BAD_REQUEST, False) for status in (400, 409, 422, 501, 505)),
        (499, {}, FailureKind.TIMEOUT, True),
        (
            429,
            {
                "error": {
                    "message": "You exceeded your quota. Please retry in 34s.",
                    "details": [{"violations": [{"quotaId": "RequestsPerDayPerModel-FreeTier"}]}],
                }
            },
            FailureKind.RATE_LIMITED,
            False,
        ),
        (
            429,
            {"error": {"message": "free-models-per-day exceeded"}},
            FailureKind.RATE_LIMITED,
            False,
        ),
        (
            429,
            {"error": {"message": "on requests (RPD): Limit 9"}},
            FailureKind.RATE_LIMITED,
            False,
        ),
        (402, {"error": {"message": "add credits"}}, FailureKind.PAYMENT, False),
        (400, {"error": {"code": "insufficient_balance"}}, FailureKind.PAYMENT, False),
    ],
    ids=lambda value: str(value)[:30],
)
def test_codes_say_more_than_statuses(
    status: int | None, body: Any, kind: FailureKind, retryable: bool
) -> None:
    failure = told(status, body)
    assert (failure.kind, failure.retryable) == (kind, retryable)
    assert "refused the key" not in failure.message or kind is FailureKind.WRONG_KEY


def test_a_quota_of_a_day_told_by_headers_alone_is_not_asked_again() -> None:
    failure = told(
        429,
        {"error": {"message": "Rate limit reached"}},
        x_ratelimit_limit_requests_day="100",
        x_ratelimit_remaining_requests_day="0",
        x_ratelimit_reset_requests_day="80000",
        retry_after="2",
    )
    assert not failure.retryable
    assert failure.retry_after == 80_000
    assert "nothing is left of this day's requests" in failure.message


@pytest.mark.parametrize("status", [413, 429])
def test_what_is_larger_than_the_whole_quota_is_not_asked_again(status: int) -> None:
    words = (
        "Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 8,213"
    )
    failure = told(status, {"error": {"message": words, "code": "rate_limit_exceeded"}})
    assert not failure.retryable
    assert "lower this agent's max_tokens" in failure.advice
    fits = told(
        429, {"error": {"message": "Limit 6000, Used 5000, Requested 2000. Try again in 9s"}}
    )
    assert (fits.retryable, fits.retry_after) == (True, 9)


def test_the_wait_of_a_refusal_comes_from_its_body_and_words() -> None:
    body = {"error": {"message": "Rate limit reached. Please try again in 6s.", "retry_after": 4}}
    assert told(429, body).retry_after == 6
    assert told(503, {"error": {"message": "busy", "retryDelay": "5s"}}).retry_after == 5
