"""What is asked for again, and after how long (tenacity). Only before the first delta.

Four requests at most, over the time that such trouble takes: a first one soon, as most of it is
over at once, and the others further and further apart. What a provider asks for itself is kept to.
"""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from moa_tui.engine.provider import AskedDifferentlyError, Failure, FailureKind, ProviderError

MAX_ATTEMPTS = 4
MAX_WAIT = 65.0
"""Seconds: a minute's quota refills within a minute; what takes longer is not waited for."""

MOST_CHANGES = 6
"""Times that a request is changed and asked again, because its provider does not know a part."""

_FIRST = 0.7
_LEAST_LEFT = 0.3
"""Seconds: with less than this there is no time for another attempt."""

_SPREAD = {
    FailureKind.RATE_LIMITED: 64.0,
    FailureKind.OVERLOADED: 30.0,
    FailureKind.SERVER: 20.0,
    FailureKind.CONNECTION: 20.0,
    FailureKind.REFUSED: 20.0,
    FailureKind.TIMEOUT: 20.0,
}
"""Seconds over which attempts are spread: a quota's minute, a restart, a short outage."""

_UNREACHABLE = {FailureKind.REFUSED, FailureKind.CONNECTION, FailureKind.DNS}
_QUICK = 4.0
"""The same for what is no trouble of a server: an empty answer, half an event, a host unknown."""


def spread(failure: Failure) -> float:
    """Return the seconds in which trouble of this kind is likely to be over."""
    return _SPREAD.get(failure.kind, _QUICK)


def patience(failure: Failure) -> float:
    """Return the seconds for which a stream that failed so waits for others to find it better."""
    return 1.2 * spread(failure)


def within(failure: Failure, left: float) -> Failure:
    """Return `failure` as final where its provider asks to wait for longer than there is time."""
    wish = failure.retry_after or 0.0
    if not failure.retryable or wish < min(left, MAX_WAIT):
        return failure
    if wish > MAX_WAIT:
        why, advice = "which is not waited for", failure.advice
    else:
        why = f"longer than the {max(0.0, left):.0f} s left"
        advice = "raise this agent's timeout, or ask again later"
    message = f"{failure.message} — it asks to wait {_seconds(wish)}, {why}"
    return replace(failure, message=message, advice=advice, retryable=False)


def retrying(
    may_retry: Callable[[], bool],
    on_retry: Callable[[int, float, Failure], None],
    sleep: Callable[[float], Awaitable[None]] | None = None,
    left: Callable[[], float] = lambda: math.inf,
    crowded: Callable[[], bool] = lambda: False,
) -> AsyncRetrying:
    """Return the policy for one stream.

    `may_retry` says whether nothing has been shown yet, `left` how many seconds there are, and
    `crowded` whether others are answered meanwhile, so that there is somebody to wait for;
    `on_retry` gets the number of the attempt that failed, the delay in seconds and the failure.
    """
    failed: list[float] = []
    changed: list[int] = []

    def worth_it(error: BaseException) -> bool:
        if not isinstance(error, ProviderError) or not may_retry():
            return False
        if isinstance(error, AskedDifferentlyError):
            changed.append(len(failed))
            return len(changed) <= MOST_CHANGES
        failed.append(asyncio.get_running_loop().time())
        failure = error.failure
        return failure.retryable and (failure.retry_after or 0.0) <= MAX_WAIT

    def used_up(state: RetryCallState) -> bool:
        if _changed(state):
            return False
        failure = _failure(state)
        gone = failure.kind in _UNREACHABLE and failed[-1] - failed[0] > patience(failure)
        return gone or len(failed) >= MAX_ATTEMPTS or left() < _LEAST_LEFT

    def wait(state: RetryCallState) -> float:
        failures = 1 if crowded() else len(failed)
        return 0.0 if _changed(state) else delay(_failure(state), failures, left())

    def before_sleep(state: RetryCallState) -> None:
        if not _changed(state):
            on_retry(state.attempt_number, state.upcoming_sleep, _failure(state))

    return AsyncRetrying(
        sleep=sleep or asyncio.sleep,
        retry=retry_if_exception(worth_it),
        stop=used_up,
        wait=wait,
        before_sleep=before_sleep,
        reraise=True,
    )


def delay(failure: Failure, failures: int, left: float) -> float:
    """Return the seconds until the next attempt, after so many failures.

    Those who were refused together must not come back together, so each waits a little differently.
    """
    chance = random.random()  # noqa: S311 - no secret
    wish = failure.retry_after
    if wish:
        return wish + 0.02 + chance * min(1.0, 0.1 + wish / 4)
    whole = min(spread(failure), left * 0.9)
    first = min(_FIRST, whole / 6)
    # The delays of three retries are a geometric row whose sum is `whole`.
    ratio = (math.sqrt(max(0.0, 4 * whole / first - 3)) - 1) / 2 if first > 0 else 1.0
    return max(0.0, first * ratio ** (failures - 1) * (0.75 + chance / 2))


def _seconds(seconds: float) -> str:
    if seconds < 100:
        return f"{math.ceil(seconds)} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _changed(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    return isinstance(error, AskedDifferentlyError)


def _failure(state: RetryCallState) -> Failure:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, ProviderError)
    return error.failure
