"""The rate budget: what fits is sent at once, what does not is queued in order."""

import asyncio
from dataclasses import dataclass

import pytest

from moa_tui.engine.buckets import Bucket, BudgetSnapshot, RateReading
from moa_tui.engine.budget import ASSUMED_PATIENCE, RateBudget, RateBudgets, Reservation
from moa_tui.engine.provider import Failure, FailureKind, ProviderError
from moa_tui.roster.model import Provider, RateLimits
from moa_tui.roster.presets import PROVIDERS

FREE = RateLimits(requests_per_minute=5, tokens_per_minute=30_000)
NAMES = ("cerebras", "gpt-oss-120b")


@dataclass
class Time:
    """A clock that the test turns."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def limited(wait: float | None, *, retryable: bool = True) -> Failure:
    return Failure(FailureKind.RATE_LIMITED, "slow", retryable=retryable, retry_after=wait)


def untold(_wait: float) -> None:
    """Nobody listens."""


def minute(metric: str, limit: int, remaining: float) -> RateReading:
    return RateReading(metric, "minute", limit, remaining)


def taken(budget: RateBudget, count: int, tokens: int = 100, layer: int = 1) -> list[Reservation]:
    return [budget.reserve(tokens, layer, untold) for _ in range(count)]


def ready(reservations: list[Reservation]) -> list[bool]:
    return [reservation.ready.is_set() for reservation in reservations]


async def test_without_limits_everything_passes() -> None:
    budget = RateBudget(RateLimits())
    assert all(ready(taken(budget, 100, 10**9)))
    assert budget.snapshot().words == ""


async def test_what_does_not_fit_is_queued_with_its_wait() -> None:
    budget = RateBudget(FREE, NAMES, Time())
    streams = taken(budget, 7)
    assert ready(streams) == [True] * 5 + [False] * 2
    assert [round(budget.expected_wait(s)) for s in streams[4:]] == [0, 12, 24]
    shot = budget.snapshot()
    assert shot.words == "5/5 req · 500/30k tok · next in 12 s"
    assert (shot.provider, shot.model, shot.queued) == (*NAMES, 2)


async def test_tokens_are_reserved_up_front_and_given_back_by_usage() -> None:
    clock = Time()
    budget = RateBudget(FREE, NAMES, clock)
    first, second, third = taken(budget, 3, 12_000)
    assert ready([first, second, third]) == [True, True, False]
    budget.settle(first, 2_000)
    assert third.ready.is_set()
    assert budget.snapshot().tokens_left == 30_000 - 36_000 + 10_000
    budget.settle(second, None)  # nothing came of it: request and tokens are there again
    assert budget.snapshot().requests_left == 3


async def test_the_queue_moves_as_the_bucket_refills() -> None:
    budget = RateBudget(RateLimits(requests_per_minute=1200))  # one in 50 ms
    streams = taken(budget, 1202)
    async with asyncio.timeout(5):
        await streams[-1].ready.wait()
    assert all(ready(streams))


async def test_what_finishes_a_turn_goes_first_and_nothing_small_overtakes_it() -> None:
    clock = Time()
    budget = RateBudget(FREE, NAMES, clock)
    (holder,) = taken(budget, 1, 29_000)
    proposer = budget.reserve(2_000, 1, untold)
    aggregator = budget.reserve(20_000, 2, untold)
    assert budget.expected_wait(aggregator) < budget.expected_wait(proposer)
    small = budget.reserve(10, 1, untold)
    assert ready([proposer, aggregator, small]) == [False] * 3
    budget.settle(holder, 9_000)
    assert ready([proposer, aggregator, small]) == [False, True, False]


async def test_more_than_the_limit_is_sent_when_the_bucket_is_full() -> None:
    """Waiting longer would not help: the provider shall say what it thinks of it."""
    assert all(ready(taken(RateBudget(FREE, NAMES, Time()), 1, 50_000)))


async def test_limits_are_learnt_and_what_is_under_way_counts_as_taken() -> None:
    budget = RateBudget(RateLimits(), NAMES, Time())
    first, _second = taken(budget, 2, 1_000)
    budget.learn(first, [minute("requests", 5, 4), minute("tokens", 30_000, 29_000)])
    assert budget.snapshot().words == "2/5 req · 2k/30k tok"


async def test_a_paid_key_is_held_back_by_the_assumption_until_its_first_response() -> None:
    budget = RateBudget(PROVIDERS["cerebras"].limits, NAMES, Time())
    streams = taken(budget, 8)
    assert sum(ready(streams)) == 5
    budget.learn(streams[0], [minute("requests", 1000, 999)])
    assert all(ready(streams))
    assert budget.snapshot().tokens_limit is None  # assumed with the rest, and not confirmed


async def test_an_assumption_that_nothing_confirms_is_dropped() -> None:
    budget = RateBudget(PROVIDERS["cerebras"].limits, NAMES, Time())
    streams = taken(budget, 8)
    budget.learn(streams[0], [])
    assert all(ready(streams))


async def test_an_assumption_does_not_hold_anybody_back_for_long() -> None:
    clock = Time()
    budget = RateBudget(PROVIDERS["cerebras"].limits, NAMES, clock)
    streams = taken(budget, 8)
    clock.now += ASSUMED_PATIENCE
    streams += taken(budget, 1)
    assert all(ready(streams))


async def test_a_refusal_holds_the_others_back() -> None:
    clock = Time()
    budget = RateBudget(RateLimits(), NAMES, clock)
    (first,) = taken(budget, 1)
    budget.learn(first, [])
    budget.refused(first, limited(7.0))
    (second,) = taken(budget, 1)
    assert ready([second]) == [False]
    assert budget.expected_wait(second) == pytest.approx(7.0)
    clock.now += 8
    assert all(ready(taken(budget, 1)))


async def test_a_wait_that_changes_is_told_again() -> None:
    told: list[float] = []
    budget = RateBudget(FREE, NAMES, Time())
    holders = taken(budget, 5)
    waiting = budget.reserve(100, 1, told.append)
    assert told == []
    budget.reserve(100, 2, untold)  # it goes first
    assert [round(wait) for wait in told] == [24]
    budget.learn(holders[0], [minute("requests", 50, 10)])
    assert waiting.ready.is_set()


async def test_the_person_may_not_want_to_wait() -> None:
    budget = RateBudget(FREE, NAMES, Time())
    waiting = taken(budget, 6)[-1]
    budget.take_anyway(waiting)
    assert waiting.ready.is_set()
    budget.take_anyway(waiting)
    assert budget.snapshot().requests_left == 0


async def test_what_is_given_up_in_the_queue_takes_nothing() -> None:
    budget = RateBudget(FREE, NAMES, Time())
    *_, sixth, seventh = taken(budget, 7)
    budget.settle(sixth, None)
    assert round(budget.expected_wait(seventh)) == 12


async def test_a_day_is_not_waited_for() -> None:
    budget = RateBudget(RateLimits(requests_per_day=24, tokens_per_day=10**6), NAMES, Time())
    taken(budget, 24)
    with pytest.raises(ProviderError) as caught:
        budget.reserve(100, 1, untold)
    failure = caught.value.failure
    assert failure.kind is FailureKind.RATE_LIMITED
    assert not failure.retryable
    assert failure.message == (
        "cerebras: the 24 requests of this day for gpt-oss-120b are used up; "
        "enough is there again in 1 h 0 min"
    )
    assert failure.advice


def test_one_budget_for_each_key_and_model() -> None:
    budgets = RateBudgets()
    one = Provider("one", "https://a.test/v1", "A_API_KEY", limits=FREE)
    same = Provider("other", "https://a.test/v1", "A_API_KEY")
    assert budgets.of(one, "m") is budgets.of(same, "m")
    assert budgets.of(one, "m") is not budgets.of(one, "n")
    assert [shot.model for shot in budgets.snapshots()] == ["m", "n"]
    assert [shot.model for shot in budgets.snapshots({("one", "n")})] == ["n"]


@pytest.mark.parametrize(
    ("shot", "words"),
    [
        (BudgetSnapshot("p", "m"), ""),
        (
            BudgetSnapshot("p", "m", 3, 5, 18_600, 30_000, 11.2),
            "2/5 req · 11k/30k tok · next in 12 s",
        ),
        (BudgetSnapshot("p", "m", 1, 1000, 440_000, 2_000_000), "999/1k req · 1.5M/2M tok"),
        (
            BudgetSnapshot("p", "m", 3, 150, 9, 1_000_000, None, 0, "hour", "day"),
            "147/150 req/hour · 999k/1M tok/day",
        ),
        (BudgetSnapshot("p", "m", next_in=3.0), "next in 3 s"),
    ],
)
def test_words(shot: BudgetSnapshot, words: str) -> None:
    assert shot.words == words


@pytest.mark.parametrize(("of_the_day", "words"), [(900, "3/5 req"), (1, "999/1k req/day")])
def test_the_limit_that_runs_out_first_is_told(of_the_day: int, words: str) -> None:
    budget = RateBudget(RateLimits(), NAMES, Time())
    readings = [minute("requests", 5, 2), RateReading("requests", "day", 1000, of_the_day)]
    budget.learn(Reservation(0, 1, untold), readings)
    assert budget.snapshot().words == words


def test_it_refills_until_it_is_full() -> None:
    time = Time()
    budget = RateBudget(FREE, NAMES, time)
    assert not budget.snapshot().refilling
    taken(budget, 1)
    assert budget.snapshot().refilling
    time.now += 60
    assert not budget.snapshot().refilling


def test_a_bucket_refills_to_its_limit_and_no_further() -> None:
    bucket = Bucket("requests", "minute", 60, 0.0, 0.0)
    bucket.refill(30.0)
    assert bucket.left == 30
    assert bucket.seconds_until(45) == 15
    bucket.refill(1000.0)
    assert bucket.left == 60


# Limits whose window is not told, and quotas that are used up for long


def unnamed(metric: str, limit: int, remaining: float, reset: float) -> RateReading:
    return RateReading(metric, "", limit, remaining, reset)


async def test_a_limit_without_a_window_is_paused_for_and_not_shown() -> None:
    clock = Time()
    budget = RateBudget(RateLimits(), NAMES, clock)
    first, *_ = taken(budget, 1, 500)
    budget.learn(first, [unnamed("tokens", 6000, 0, 60.0), unnamed("requests", 30, 29, 2.0)])
    budget.settle(first, 500)
    (waiting,) = taken(budget, 1, 3000)
    assert not waiting.ready.is_set()
    assert budget.expected_wait(waiting) == pytest.approx(30.0)
    assert budget.snapshot().tokens_limit is None
    clock.now += 31
    assert all(ready(taken(budget, 1, 10)))
    assert waiting.ready.is_set()


async def test_what_another_process_took_is_learnt_from_a_refusal() -> None:
    budget = RateBudget(FREE, NAMES, Time())
    first, *_ = taken(budget, 1, 1000)
    assert budget.snapshot().tokens_left == 29_000
    budget.learn(first, [minute("tokens", 30_000, 2_000), minute("requests", 5, 1)])
    budget.refused(first, limited(None))
    assert budget.snapshot().tokens_left == 2_000
    assert budget.snapshot().requests_left == 1


async def test_a_quota_of_a_day_that_is_used_up_is_asked_for_by_nobody_else() -> None:
    clock = Time()
    budget = RateBudget(FREE, NAMES, clock)
    *streams, queued = taken(budget, 6)
    budget.refused(streams[0], limited(80_000.0, retryable=False))
    assert queued.ready.is_set()
    assert queued.refused is not None
    with pytest.raises(ProviderError) as caught:
        taken(budget, 1)
    assert not caught.value.failure.retryable
    clock.now += 700  # somebody may find out
    taken(budget, 1)


async def test_what_is_larger_than_the_limit_is_known() -> None:
    budget = RateBudget(FREE, NAMES, Time())
    assert budget.fits_never(30_000) is None
    assert budget.fits_never(30_001) is not None
    assert RateBudget(PROVIDERS["cerebras"].limits, NAMES, Time()).fits_never(10**6) is None
