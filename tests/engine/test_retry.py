"""What is asked again, how often, and when: on a clock of the test's own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa_tui.engine.provider import Failure, FailureKind, ProviderError
from moa_tui.engine.retry import MAX_ATTEMPTS, MAX_WAIT, delay, retrying, spread, within
from moa_tui.errors import MissingKeyError

BUSY = Failure(FailureKind.OVERLOADED, "busy", retryable=True)


def wishing(seconds: float) -> Failure:
    return Failure(FailureKind.RATE_LIMITED, "slow down", retryable=True, retry_after=seconds)


@dataclass
class Run:
    """A stream whose attempts fail as they are told to, then succeed."""

    failures: Sequence[Exception | Failure]
    shows: Sequence[int] = ()  # attempts that show something before they fail
    left: float = float("inf")
    attempts: int = 0
    shown: bool = False
    slept: list[float] = field(default_factory=list)
    reported: list[tuple[int, float, Failure]] = field(default_factory=list)

    async def to_end(self) -> str:
        left = lambda: self.left  # noqa: E731
        async for attempt in retrying(lambda: not self.shown, self._report, self._sleep, left):
            with attempt:
                self._attempt()
        return "answer"

    def _attempt(self) -> None:
        self.attempts += 1
        self.shown = self.shown or self.attempts in self.shows
        if self.attempts <= len(self.failures):
            failure = self.failures[self.attempts - 1]
            raise ProviderError(failure) if isinstance(failure, Failure) else failure

    def _report(self, attempt: int, wait: float, failure: Failure) -> None:
        assert len(self.reported) == len(self.slept)  # told before the wait, not after it
        self.reported.append((attempt, wait, failure))

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


async def test_what_succeeds_is_asked_once() -> None:
    run = Run([])
    assert await run.to_end() == "answer"
    assert (run.attempts, run.slept, run.reported) == (1, [], [])


@pytest.mark.parametrize("failures", [1, 2, 3])
async def test_what_fails_for_a_while_is_askedrepetition(failures: int) -> None:
    run = Run([BUSY] * failures)
    assert await run.to_end() == "answer"
    assert run.attempts == failures + 1


async def test_what_always_fails_is_asked_four_times() -> None:
    last = Failure(FailureKind.SERVER, "the last one", retryable=True)
    run = Run([BUSY, BUSY, BUSY, last, BUSY])
    with pytest.raises(ProviderError) as caught:
        await run.to_end()
    assert run.attempts == MAX_ATTEMPTS == 4
    assert caught.value.failure is last


async def test_every_retry_is_reported_with_the_wait_that_follows() -> None:
    failures = [BUSY, wishing(3), Failure(FailureKind.CUT, "cut", retryable=True)]
    run = Run(failures)
    await run.to_end()
    assert [(number, failure) for number, _, failure in run.reported] == [
        (1, failures[0]),
        (2, failures[1]),
        (3, failures[2]),
    ]
    assert [wait for _, wait, _ in run.reported] == run.slept


@pytest.mark.parametrize("kind", list(FailureKind))
@pytest.mark.parametrize("left", [2.0, 10.0, 120.0, float("inf")])
def test_attempts_are_spread_over_the_time_that_trouble_takes(
    kind: FailureKind, left: float
) -> None:
    failure = Failure(kind, "busy", retryable=True)
    first, second, third = (delay(failure, failures, left) for failures in (1, 2, 3))
    assert 0 < first <= 1.0
    assert first < second * 1.7 < third * 3
    whole = min(spread(failure), left * 0.9)
    assert 0.7 * whole <= first + second + third <= 1.3 * whole
    # Those who were refused together do not come back together.
    assert len({delay(failure, 1, left) for _ in range(8)}) == 8


@settings(deadline=None)
@given(st.floats(0.01, MAX_WAIT), st.integers(0, 2))
def test_nobody_is_asked_before_the_time_they_named(wish: float, before: int) -> None:
    run = Run([*[BUSY] * before, wishing(wish)])
    asyncio.run(run.to_end())
    wait = run.slept[-1]
    assert wish < wait <= wish + 1.1


@pytest.mark.parametrize(
    ("wish", "left", "told"),
    [
        (24, 10.0, "it asks to wait 24 s, longer than the 10 s left"),
        (24, -1.0, "it asks to wait 24 s, longer than the 0 s left"),
        (1200, 5000.0, "it asks to wait 20 min, which is not waited for"),
        (80_000, 10.0, "it asks to wait 22 h 14 min, which is not waited for"),
        (24, 100.0, ""),
        (None, 0.1, ""),
    ],
)
def test_a_wait_for_which_there_is_no_time_is_told(
    wish: float | None, left: float, told: str
) -> None:
    failure = Failure(FailureKind.RATE_LIMITED, "slow", "x", retryable=True, retry_after=wish)
    final = within(failure, left)
    assert final == failure if not told else final.message == f"slow — {told}"
    assert final.retryable is not bool(told)


async def test_with_no_time_left_nothing_is_waited_for() -> None:
    run = Run([BUSY] * 4, left=0.1)
    with pytest.raises(ProviderError):
        await run.to_end()
    assert (run.attempts, run.slept) == (1, [])


@pytest.mark.parametrize("seconds", [MAX_WAIT + 0.1, 3600.0, 1e7])
async def test_a_long_wait_is_not_waited_for(seconds: float) -> None:
    run = Run([wishing(seconds)])
    with pytest.raises(ProviderError):
        await run.to_end()
    assert (run.attempts, run.slept, run.reported) == (1, [], [])


@pytest.mark.parametrize(
    "failure",
    [
        Failure(FailureKind.WRONG_KEY, "no"),
        Failure(FailureKind.RATE_LIMITED, "for today", retry_after=1.0),
        MissingKeyError("no key"),
        ValueError("a defect"),
        asyncio.CancelledError(),
        TimeoutError(),
    ],
    ids=repr,
)
async def test_what_askingrepetition_cannot_help_is_asked_once(
    failure: Exception | Failure,
) -> None:
    run = Run([failure])
    raised = ProviderError if isinstance(failure, Failure) else type(failure)
    with pytest.raises(raised) as caught:
        await run.to_end()
    if isinstance(failure, BaseException):
        assert caught.value is failure
    assert (run.attempts, run.slept, run.reported) == (1, [], [])


@pytest.mark.parametrize("attempt", [1, 2, 3])
async def test_nothing_is_askedrepetition_once_something_was_shown(attempt: int) -> None:
    run = Run([BUSY] * 4, shows=[attempt])
    with pytest.raises(ProviderError):
        await run.to_end()
    assert run.attempts == attempt
    assert len(run.slept) == attempt - 1


async def test_a_wait_can_be_cancelled() -> None:
    """With the real clock: stopping a turn must not wait for a quota."""
    waits = asyncio.Event()

    async def run() -> None:
        async for attempt in retrying(lambda: True, lambda *_: waits.set()):
            with attempt:
                raise ProviderError(wishing(60))

    task = asyncio.create_task(run())
    await waits.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
