"""The rate budget: requests and tokens are reserved before they are asked for, as providers do.

Cerebras takes the estimated prompt and the whole max_tokens from the quota when a request arrives
(inference-docs.cerebras.ai, rate limits). One budget for each key and model, shared by all turns.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from moa_tui.engine.buckets import (
    Bucket,
    BudgetSnapshot,
    RateReading,
    buckets_of,
    tightest,
    told_buckets,
)
from moa_tui.engine.gate import Gate
from moa_tui.engine.provider import Failure, FailureKind, ProviderError
from moa_tui.roster.model import Provider, RateLimits

HELD_BACK = 600.0
"""Seconds after which somebody may find out whether a long quota is still used up."""

LONGEST_WAIT = 65.0
"""Seconds: a minute's quota refills within a minute; of an hour's or a day's is not waited for."""

ASSUMED_PATIENCE = 2.0
"""Seconds for which limits that are only assumed may hold a request back."""


@dataclass(slots=True, eq=False)
class Reservation:
    """A request's place in the queue, and then what it has taken from the budget.

    `layer` orders the queue: what finishes a turn goes before what begins one. `tell` hears
    the seconds it is likely to wait whenever they change by more than one.
    """

    tokens: int
    layer: int
    tell: Callable[[float], None]
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    answered: bool = False
    told: bool = False
    """Whether its response said what is left: then that counts, not what was reserved."""
    charged: bool = True
    due: float | None = None
    refused: Failure | None = None
    """Why it is not to be sent: a quota of an hour or a day has turned out to be used up."""


class RateBudget:
    """The budget of one key at one model. Without limits everything passes at once."""

    def __init__(
        self,
        limits: RateLimits,
        names: tuple[str, str] = ("", ""),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._names = names
        self._buckets = buckets_of(limits, clock())
        self._assumed = limits.assumed
        self._patience_ends: float | None = None
        self._blocked_until = 0.0
        self._used_up: tuple[float, Failure] | None = None
        self._queue: list[Reservation] = []
        self._unanswered: set[Reservation] = set()
        self._timer: asyncio.TimerHandle | None = None

    def reserve(self, tokens: int, layer: int, tell: Callable[[float], None]) -> Reservation:
        """Reserve a request; it may be sent when `ready` is set, at once where there is room.

        Raises ProviderError when an hour's or a day's quota would have to be waited for.
        """
        reservation = Reservation(tokens, layer, tell)
        if self._used_up and self._clock() < self._used_up[0]:
            raise ProviderError(self._used_up[1])
        if not self._buckets and not self._queue and self._clock() >= self._blocked_until:
            self._take(reservation)
            return reservation
        self._refill()
        _refuse_long_waits(self._buckets, tokens, self._names)
        self._queue.append(reservation)
        self._queue.sort(key=lambda other: -other.layer)  # stable: first come, first served
        self._pump()
        return reservation

    def expected_wait(self, reservation: Reservation) -> float:
        """Return the seconds until `reservation` is likely to be ready, 0 once it is."""
        if reservation not in self._queue:
            return 0.0
        ahead = self._queue[: self._queue.index(reservation) + 1]
        now = self._clock()
        self._refill()
        waits = [
            (sum(min(_need(b, other.tokens), b.limit) for other in ahead) - b.left) / b.rate
            for b in self._buckets
        ]
        return max([0.0, self._blocked_until - now, *waits])

    def take_anyway(self, reservation: Reservation) -> None:
        """Let a request out of the queue whatever the budget says: the person wants it sent."""
        if reservation in self._queue:
            self._queue.remove(reservation)
            self._take(reservation)
            self._pump()

    def learn(self, reservation: Reservation, readings: Sequence[RateReading]) -> None:
        """Take over what the response to `reservation` says is left.

        What else is under way may not have arrived there yet: it is counted as taken.
        """
        reservation.answered = True
        reservation.told = bool(readings)
        self._unanswered.discard(reservation)
        if readings:
            now = self._clock()
            told = {(r.metric, r.window) for r in readings}
            kept = [b for b in self._buckets if (b.metric, b.window) not in told]
            self._buckets = [*([] if self._assumed else kept), *told_buckets(readings, now)]
            for bucket in self._buckets:
                if (bucket.metric, bucket.window) in told:
                    bucket.left -= sum(_need(bucket, other.tokens) for other in self._unanswered)
        elif self._assumed:
            self._buckets = []
        self._assumed = False
        self._pump()

    def refused(self, reservation: Reservation, failure: Failure) -> None:
        """Hold everything back: the provider said that a quota is used up."""
        reservation.charged = not reservation.told
        wait = failure.retry_after
        if wait is not None and wait <= LONGEST_WAIT:
            self._blocked_until = max(self._blocked_until, self._clock() + wait)
        elif wait is not None:
            final = replace(failure, retryable=False)
            self._used_up = self._clock() + min(wait, HELD_BACK), final
            for other in self._queue:
                other.refused = final
                other.ready.set()
            self._queue.clear()

    def fits_never(self, tokens: int) -> Bucket | None:
        """Return the limit that a request of so many tokens is larger than, if there is one."""
        for bucket in self._buckets:
            if bucket.metric == "tokens" and tokens > bucket.limit and not self._assumed:
                return bucket
        return None

    def settle(self, reservation: Reservation, used: int | None) -> None:
        """Give back what was not used, in tokens; None: nothing was, and nobody answered."""
        self._unanswered.discard(reservation)
        if reservation in self._queue:  # given up before it was sent
            self._queue.remove(reservation)
        elif reservation.charged:
            self._refill()
            for bucket in self._buckets:
                given = reservation.tokens - (used or 0) if bucket.metric == "tokens" else 0
                if bucket.metric == "requests" and used is None and not reservation.answered:
                    given = 1
                bucket.left = min(float(bucket.limit), bucket.left + given)
        self._pump()

    def snapshot(self) -> BudgetSnapshot:
        """Return what is left now."""
        self._refill()
        requests, tokens = (tightest(self._buckets, metric) for metric in ("requests", "tokens"))
        first = self._queue[0].tokens if self._queue else 0
        wait = self._wait(1, first)
        return BudgetSnapshot(
            *self._names,
            requests_left=max(0, int(requests.left)) if requests else None,
            requests_limit=requests.limit if requests else None,
            tokens_left=max(0, int(tokens.left)) if tokens else None,
            tokens_limit=tokens.limit if tokens else None,
            next_in=wait or None,
            queued=len(self._queue),
            requests_window=requests.window if requests else "minute",
            tokens_window=tokens.window if tokens else "minute",
            assumed=self._assumed,
        )

    def wait_for(self, requests: int, tokens: int) -> float:
        """Return the seconds until so much could be sent at once, behind what is queued."""
        self._refill()
        queued = sum(other.tokens for other in self._queue)
        needs = {"requests": requests + len(self._queue), "tokens": tokens + queued}
        waits = [(needs[bucket.metric] - bucket.left) / bucket.rate for bucket in self._buckets]
        return max([0.0, self._blocked_until - self._clock(), *waits])

    def _take(self, reservation: Reservation) -> None:
        self._refill()
        for bucket in self._buckets:
            bucket.left -= _need(bucket, reservation.tokens)
        self._unanswered.add(reservation)
        reservation.ready.set()

    def _pump(self) -> None:
        """Let out who fits, in order: nobody small overtakes an aggregator that waits."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._refill()
        while self._queue:
            wait = self._wait(1, self._queue[0].tokens)
            if self._assumed and wait > 0:
                wait = self._patience(wait)
            if wait > 0:
                self._timer = asyncio.get_running_loop().call_later(wait, self._pump)
                break
            self._take(self._queue.pop(0))
        for reservation in self._queue:
            before = reservation.due
            reservation.due = self.expected_wait(reservation) + self._clock()
            if before is not None and abs(reservation.due - before) > 1.0:
                reservation.tell(reservation.due - self._clock())

    def _wait(self, requests: int, tokens: int) -> float:
        self._refill()
        now = self._clock()
        needs = {"requests": requests, "tokens": tokens}
        waits = [
            # Where the window is not known, the provider shall say that it takes longer.
            min(bucket.seconds_until(needs[bucket.metric]), LONGEST_WAIT if bucket.pace else inf)
            for bucket in self._buckets
        ]
        return max([0.0, self._blocked_until - now, *waits])

    def _patience(self, wait: float) -> float:
        """A guess must not hold up for long whoever it is wrong about."""
        now = self._clock()
        if self._patience_ends is None:
            self._patience_ends = now + ASSUMED_PATIENCE
        if now < self._patience_ends:
            return min(wait, self._patience_ends - now)
        self._buckets, self._assumed = [], False
        return 0.0

    def _refill(self) -> None:
        now = self._clock()
        for bucket in self._buckets:
            bucket.refill(now)


class RateBudgets:
    """The budgets of a program run, made when a model is first asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._budgets: dict[tuple[str, str | None, str], RateBudget] = {}
        self._gates: dict[tuple[str, str | None], Gate] = {}
        self.windows: dict[tuple[str, str], int] = {}
        """Context windows learnt from refusals, by provider and model."""

    def of(self, provider: Provider, model: str) -> RateBudget:
        """Return the budget of `model` at `provider`: one for each address, key and model."""
        key = (provider.base_url, provider.api_key_env, model)
        if key not in self._budgets:
            names = (provider.name, model)
            self._budgets[key] = RateBudget(provider.limits, names, self._clock)
        return self._budgets[key]

    def gate(self, provider: Provider) -> Gate:
        """Return what is known of how `provider` is doing: one for each address and key."""
        return self._gates.setdefault((provider.base_url, provider.api_key_env), Gate())

    def forget(self, providers: Collection[Provider]) -> None:
        """Begin anew with `providers`: their limits, or their keys, have changed."""
        gone = {(provider.base_url, provider.api_key_env) for provider in providers}
        self._budgets = {key: b for key, b in self._budgets.items() if key[:2] not in gone}
        self._gates = {key: gate for key, gate in self._gates.items() if key not in gone}

    def snapshots(self, models: Collection[tuple[str, str]] | None = None) -> list[BudgetSnapshot]:
        """Return what is left of each budget that has limits, the tightest first.

        `models` are names of a provider and a model each; without them it is all that were asked.
        """
        found = [budget.snapshot() for budget in self._budgets.values()]
        asked = [s for s in found if models is None or (s.provider, s.model) in models]
        return sorted((shot for shot in asked if shot.words), key=lambda shot: shot.fraction)


def _need(bucket: Bucket, tokens: int) -> int:
    return tokens if bucket.metric == "tokens" else 1


def _refuse_long_waits(buckets: Sequence[Bucket], tokens: int, names: tuple[str, str]) -> None:
    for bucket in buckets:
        wait = bucket.seconds_until(_need(bucket, tokens))
        if bucket.long and wait > LONGEST_WAIT:
            raise ProviderError(_used_up(bucket, wait, names))


def _used_up(bucket: Bucket, wait: float, names: tuple[str, str]) -> Failure:
    provider, model = names
    minutes = max(1, round(wait / 60))
    told = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    return Failure(
        FailureKind.RATE_LIMITED,
        f"{provider}: the {bucket.limit:,} {bucket.metric} of this {bucket.window} for {model} "
        f"are used up; enough is there again in {told}",
        "wait, or use another model or provider",
    )
