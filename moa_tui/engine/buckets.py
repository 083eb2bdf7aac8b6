"""Rate limits as providers keep them: buckets that refill all the time. Pure; times in seconds."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

from moa_tui.roster.model import RateLimits

WINDOWS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}


@dataclass(frozen=True, slots=True)
class RateReading:
    """What a response's headers say of one limit: `metric` is requests or tokens.

    `window` is empty where they do not say which it is.
    """

    metric: str
    window: str
    limit: int
    remaining: float
    reset: float | None = None
    """Seconds until it is full again, where that is told."""


@dataclass(slots=True)
class Bucket:
    """One limit, such as 5 requests a minute, and what is left of it at the time `at`.

    Of one whose window is not known, `pace` is what comes back in a second, as a response told it.
    """

    metric: str
    window: str
    limit: int
    left: float
    at: float
    pace: float = 0.0

    @property
    def rate(self) -> float:
        """What comes back in a second."""
        return self.pace or self.limit / WINDOWS[self.window]

    @property
    def long(self) -> bool:
        """Whether it is one of more than a minute."""
        return self.window in {"hour", "day"}

    def refill(self, now: float) -> None:
        """Add what has come back until `now`."""
        self.left = min(float(self.limit), self.left + (now - self.at) * self.rate)
        self.at = now

    def seconds_until(self, need: float) -> float:
        """Return how long it takes until `need` is there; of what is too much, until it is full."""
        return max(0.0, (min(need, self.limit) - self.left) / self.rate)


def buckets_of(limits: RateLimits, now: float) -> list[Bucket]:
    """Return full buckets for the limits that are set."""
    named = [(f.name, getattr(limits, f.name)) for f in fields(limits) if f.name != "assumed"]
    return [
        Bucket(metric, window, limit, float(limit), now)
        for name, limit in named
        if limit
        for metric, _, window in [name.split("_")]
    ]


def told_buckets(readings: Iterable[RateReading], now: float) -> list[Bucket]:
    """Return the buckets that a response told; what is full and has no window tells nothing."""
    found = []
    for told in readings:
        left = min(told.limit, told.remaining)
        pace = 0.0
        if told.window not in WINDOWS:
            if not told.reset or left >= told.limit:
                continue
            pace = (told.limit - left) / told.reset
        found.append(Bucket(told.metric, told.window, told.limit, left, now, pace))
    return found


@dataclass(frozen=True, slots=True)
class BudgetSnapshot:
    """What is left of one model's limits at a moment; None where there is no limit.

    `next_in` is the seconds until another request may be sent, None when one may be sent now.
    `assumed` limits are those of a preset that no response has confirmed.
    """

    provider: str
    model: str
    requests_left: int | None = None
    requests_limit: int | None = None
    tokens_left: int | None = None
    tokens_limit: int | None = None
    next_in: float | None = None
    queued: int = 0
    requests_window: str = "minute"
    tokens_window: str = "minute"
    assumed: bool = False

    @property
    def words(self) -> str:
        """Say it as a status bar does: `2/5 req · 11k/30k tok · next in 12 s`, used of limit."""
        parts = []
        if self.requests_limit is not None and self.requests_left is not None:
            used = _of(self.requests_left, self.requests_limit)
            parts.append(f"{used} req{_per(self.requests_window)}")
        if self.tokens_limit is not None and self.tokens_left is not None:
            used = _of(self.tokens_left, self.tokens_limit)
            parts.append(f"{used} tok{_per(self.tokens_window)}")
        return " · ".join([*parts, *filter(None, [self.next_words])])

    @property
    def next_words(self) -> str:
        """Say when another request may be sent, `next in 12 s`; nothing when one may be now."""
        return "" if self.next_in is None else f"next in {math.ceil(self.next_in)} s"

    @property
    def refilling(self) -> bool:
        """Whether there is going to be more left a moment later."""
        return self.next_in is not None or self.fraction < 1

    @property
    def fraction(self) -> float:
        """What is left of the limit that is nearest to its end, 0 to 1."""
        pairs = (
            (self.requests_left, self.requests_limit),
            (self.tokens_left, self.tokens_limit),
        )
        return min((left / limit for left, limit in pairs if limit and left is not None), default=1)


def tightest(buckets: Iterable[Bucket], metric: str) -> Bucket | None:
    """Return the bucket of `metric` that runs out first: the one with least left."""
    found = [bucket for bucket in buckets if bucket.metric == metric and bucket.window]
    return min(found, key=lambda bucket: bucket.left, default=None)


def _of(left: int, limit: int) -> str:
    return f"{_short(limit - left)}/{_short(limit)}"


def _per(window: str) -> str:
    """A minute goes without saying."""
    return "" if window == "minute" else f"/{window}"


def _short(count: int) -> str:
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if count >= size:
            # One decimal while it says something, cut: what is used up is not to seem so early.
            tenths = count * 10 // size
            whole = tenths >= 100 or tenths % 10 == 0
            return f"{tenths // 10}{unit}" if whole else f"{tenths / 10:.1f}{unit}"
    return str(count)
