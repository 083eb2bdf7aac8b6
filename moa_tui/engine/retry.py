"""What is asked for again, and after how long (tenacity). Only before the first delta."""

import asyncio
from collections.abc import Awaitable, Callable

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from moa_tui.engine.provider import Failure, ProviderError

MAX_ATTEMPTS = 4
MAX_WAIT = 65.0
"""Seconds: a minute's quota refills within a minute; what takes longer is not waited for."""

_backoff = wait_exponential(multiplier=0.5, max=8.0) + wait_random(0.0, 0.5)


def retrying(
    may_retry: Callable[[], bool],
    on_retry: Callable[[int, float, Failure], None],
    sleep: Callable[[float], Awaitable[None]] | None = None,
) -> AsyncRetrying:
    """Return the policy for one stream.

    `may_retry` says whether nothing has been shown yet; `on_retry` gets the number of the attempt
    that failed, the delay in seconds and the failure.
    """

    def worth_it(error: BaseException) -> bool:
        return (
            isinstance(error, ProviderError)
            and error.failure.retryable
            and (error.failure.retry_after or 0.0) <= MAX_WAIT
            and may_retry()
        )

    def before_sleep(state: RetryCallState) -> None:
        on_retry(state.attempt_number, state.upcoming_sleep, _failure(state))

    return AsyncRetrying(
        sleep=sleep or asyncio.sleep,
        retry=retry_if_exception(worth_it),
        stop=stop_after_attempt(MAX_ATTEMPTS),
        wait=_wait,
        before_sleep=before_sleep,
        reraise=True,
    )


def _wait(state: RetryCallState) -> float:
    """The provider's own wish if it has one, else exponential back-off with jitter."""
    wish = _failure(state).retry_after
    backoff = _backoff(state)
    return backoff if wish is None else max(wish, 0.05) + backoff * 0.1


def _failure(state: RetryCallState) -> Failure:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, ProviderError)
    return error.failure
