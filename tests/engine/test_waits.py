"""When to ask again: every form of a time, wherever a provider puts it."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.openai_provider.rate_headers import limits_in, readings_in
from moa_tui.engine.openai_provider.times import LONGEST, seconds_in
from moa_tui.engine.openai_provider.waits import (
    used_up_for_long,
    wait_of_quota,
    wait_of_server,
)

NOW = 1795878000.0  # Sat, 28 Nov 2026 15:00:00 GMT
DATE = {"date": "Sat, 28 Nov 2026 15:00:00 GMT"}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("6", 6),
        (6, 6),
        (" 2.5 ", 2.5),
        ('"7"', 7),
        ("6s", 6),
        ("120ms", 0.12),
        ("350µs", 0.00035),
        ("1m30s", 90),
        ("6m0s", 360),
        ("1h2m3.5s", 3723.5),
        ("1d2h", 93_600),
        ("2 minutes", 120),
        ("1 minute and 3 seconds", 63),
        ("1 hour, 5 minutes", 3900),
        ("PT6S", 6),
        ("PT1M2.5S", 62.5),
        ("2, 2", 2),
        ("1s, 3s", 3),
        (NOW + 6, 6),
        (str(int(NOW) + 6), 6),
        (str((int(NOW) + 6) * 1000), 6),
        ((int(NOW) + 6) * 10**6, 6),
        ("2026-11-28T15:00:06Z", 6),
        ("2026-11-28T16:00:06+01:00", 6),
        ("2026-11-28 15:00:06", 6),
        ("Sat, 28 Nov 2026 15:00:06 GMT", 6),
        ("Sat, 28 Nov 2026 14:00:00 GMT", 0),
        ("9999-12-31T00:00:00Z", LONGEST),
        *(
            (odd, None)
            for odd in ("", "soon", "-3", "nan", "inf", "1e300", "1_0", "0x6", "99:99", "6x", "m")
        ),
        *((odd, None) for odd in (None, True, (), -1, float("nan"), float("inf"), 10**30)),
        (5e8, None),  # neither a wait nor a time since 1970
        ("6" * 300, None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_every_form_of_a_time(written: object, seconds: float | None) -> None:
    found = seconds_in(written, NOW)
    assert found == (seconds if seconds is None else pytest.approx(seconds, abs=1e-3))


@given(st.one_of(st.text(max_size=60), st.floats(), st.integers()))
def test_whatever_is_written_the_wait_has_bounds(written: object) -> None:
    found = seconds_in(written, NOW)
    assert found is None or 0 <= found <= LONGEST


@given(st.floats(0, 86_399).map(lambda seconds: round(seconds, 3)))
def test_a_duration_is_read_as_it_was_meant(seconds: float) -> None:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    forms = [
        f"{hours:.0f}h{minutes:.0f}m{rest:.3f}s",
        f"{hours:.0f} hours {minutes:.0f} min {rest:.3f} sec",
        f"{seconds:.3f}",
        f"{seconds * 1000:.0f}ms",
        f"Please try again in {hours:.0f}h{minutes:.0f}m{rest:.3f}s. Visit us.",
    ]
    for form in forms[:-1]:
        assert seconds_in(form, NOW) == pytest.approx(seconds, abs=0.002)
    assert wait_of_server({}, None, forms[-1]) == pytest.approx(seconds, abs=0.002)


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Limit 30000, Used 29000, Requested 4000. Please try again in 6s.", 6),
        ("Please try again in 1m2.5s. Need more tokens?", 62.5),
        ("Please try again in 350ms.", 0.35),
        ("Requests to this deployment failed. Please retry after 6 seconds.", 6),
        ("quota exceeded. Please retry in 34.074824224s.", 34.074824224),
        ("Too many requests; the limit resets in 2 minutes", 120),
        ("retry after 7", 7),
        ("rate limited, retry_after: 7", 7),
        ("slow down: wait 20 seconds before the next request", 20),
        ("try again later in about 3 sec", 3),
        ("Try again at 2026-11-28T15:00:06Z", 6),
        ("please try again in 5 steps", None),
        ("at most 20 requests in 60 seconds are allowed", None),
        ("please wait a moment", None),
        ("try again in " + "9" * 400, None),
    ],
)
def test_waits_in_words(message: str, seconds: float | None) -> None:
    expected = seconds if seconds is None else pytest.approx(seconds)
    assert wait_of_server(DATE, None, message) == expected


def moved(seconds: int) -> str:
    return str((int(time.time()) + seconds) * 1000)


@pytest.mark.parametrize(
    ("body", "least", "most"),
    [
        ({"retry_after": 5}, 5, 5),
        ({"error": {"retry_after_ms": 5500}}, 5.5, 5.5),
        ({"error": {"retryAfter": "7"}}, 7, 7),
        ({"error": {"details": [{"@type": "google.rpc.RetryInfo", "retryDelay": "6s"}]}}, 6, 6),
        ({"details": [{"retryDelay": {"seconds": "6", "nanos": 500_000_000}}]}, 6.5, 6.5),
        ([{"error": {"details": [{"retryDelay": "6.5s"}]}}], 6.5, 6.5),
        ({"detail": {"retry-after": "2s"}}, 2, 2),
        ({"error": {"reset_in": 4}}, 4, 4),
        pytest.param(
            {
                "metadata": {
                    "headers": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": moved(4000)}
                }
            },
            3000,
            4001,
            id="headers-told",
        ),
    ],
)
def test_waits_in_bodies(body: Any, least: float, most: float) -> None:
    wait = wait_of_server({}, body)
    assert wait is not None
    assert least <= wait <= most


def test_bodies_that_go_on_and_on_are_left() -> None:
    deep: Any = {"retry_after": 5}
    for _ in range(1000):
        deep = {"error": deep}
    assert wait_of_server({}, deep) is None
    assert wait_of_server({}, [{"x": []}] * 100_000) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        # Of the limit that is used up, not of the slowest one.
        (
            {
                "x-ratelimit-reset-tokens": "6s",
                "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-reset-requests": "2m",
                "x-ratelimit-remaining-requests": "3",
            },
            6,
        ),
        ({"x-ratelimit-reset-tokens": "6s", "x-ratelimit-reset-requests": "120ms"}, 6),
        (
            {
                "x-ratelimit-reset-requests-minute": "11.5",
                "x-ratelimit-reset-requests-day": "80000",
            },
            11.5,
        ),
        ({"x-ratelimit-reset": str(int(NOW) + 9), "x-ratelimit-remaining": "0"}, 9),
        ({"x-ratelimit-reset-after": "4"}, 4),
        ({"x-rate-limit-reset-ms": "5000"}, 5),
        (
            {
                "anthropic-ratelimit-input-tokens-reset": "2026-11-28T15:00:06Z",
                "anthropic-ratelimit-input-tokens-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2026-11-28T16:00:00Z",
                "anthropic-ratelimit-requests-remaining": "9",
            },
            6,
        ),
        ({"ratelimit-reset": "8"}, 8),
        ({"ratelimit": "limit=100, remaining=0, reset=50"}, 50),
        ({"ratelimit": '"minute";r=0;t=5, "hour";r=50;t=3000'}, 5),
        ({"ratelimitbysize-reset": "47", "ratelimitbysize-remaining": "0"}, 47),
        (
            {
                "retry-after": "Fri, 27 Nov 2026 15:00:06 GMT",
                "date": "Fri, 27 Nov 2026 15:00:00 GMT",
            },
            6,
        ),
        ({"retry-after": "2s"}, 2),
        ({"retry-after": "2, 2"}, 2),
        ({"retry-after": "1", "x-ratelimit-reset-tokens": "20s"}, 1),
        ({"x-ratelimit-reset-tokens": "never", "x-ratelimit-remaining-tokens": "0"}, None),
        ({"x-ratelimit-limit-tokens": "100"}, None),
    ],
    ids=str,
)
def test_waits_in_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_of_quota({**DATE, **headers}) == seconds


def test_what_is_complained_about_decides_where_nothing_says_what_is_left() -> None:
    headers = {"x-ratelimit-reset-tokens": "6s", "x-ratelimit-reset-requests": "40s"}
    assert wait_of_quota(headers, None, "Tokens per minute limit exceeded") == 6
    assert wait_of_quota(headers, None, "", "request_quota_exceeded") == 40


def test_a_quota_of_a_day_is_told_by_what_is_left_of_it() -> None:
    headers = {
        "x-ratelimit-limit-requests-day": "100",
        "x-ratelimit-remaining-requests-day": "0",
        "x-ratelimit-reset-requests-day": "80000",
        "x-ratelimit-remaining-tokens-minute": "9000",
        "x-ratelimit-reset-tokens-minute": "3",
    }
    used_up = used_up_for_long(headers)
    assert used_up is not None
    assert (used_up.metric, used_up.window, used_up.reset) == ("requests", "day", 80_000)
    assert used_up_for_long({**headers, "x-ratelimit-remaining-requests-day": "1"}) is None


def test_limits_without_a_window_are_read_for_the_moment_only() -> None:
    headers = {
        "x-ratelimit-limit-requests": "30",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "2s",
        "x-ratelimit-limit-tokens": "6000",  # nothing is said of what is left
    }
    assert [(r.metric, r.window, r.remaining, r.reset) for r in readings_in(headers)] == [
        ("requests", "", 0, 2)
    ]
    assert len(limits_in(headers)) == 2


@given(st.dictionaries(st.text(max_size=40), st.text(max_size=40), max_size=8))
def test_no_header_is_trouble(headers: dict[str, str]) -> None:
    named = {f"x-ratelimit-{name}": value for name, value in headers.items()}
    for told in (headers, named):
        wait = wait_of_quota(told)
        assert wait is None or 0 <= wait <= LONGEST
        readings_in(told)
