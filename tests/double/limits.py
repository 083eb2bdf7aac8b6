"""Rate limits as Cerebras keeps them: buckets that refill all the time, reserved up front.

Sources: Cerebras' rate-limit documentation of 2026-07-18 and header dumps in public threads.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.double.errors import Failure, request_quota, token_quota

RESERVED_AT_MOST = 16384  # also what is assumed when the request names no limit
_SECONDS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}


def prompt_estimate(body: dict[str, Any]) -> int:
    """Four characters a token, and four tokens a message."""
    messages = body.get("messages") or []
    return sum(4 + len(str(message.get("content") or "")) // 4 for message in messages)


def reservation(body: dict[str, Any]) -> int:
    """What a request takes from the token bucket before it runs."""
    asked = body.get("max_completion_tokens") or body.get("max_tokens") or RESERVED_AT_MOST
    unlimited = asked < 0  # -1 is allowed and means no limit
    return prompt_estimate(body) + (RESERVED_AT_MOST if unlimited else min(asked, RESERVED_AT_MOST))


@dataclass(slots=True)
class Bucket:
    """One limit, such as 5 requests a minute."""

    metric: str
    window: str
    limit: int
    left: float
    seen: float

    @property
    def rate(self) -> float:
        """What comes back each second."""
        return self.limit / _SECONDS[self.window]

    def refill(self, now: float) -> None:
        """Add what the time since the last look has brought back."""
        self.left = min(float(self.limit), self.left + (now - self.seen) * self.rate)
        self.seen = now

    def headers(self) -> dict[str, str]:
        """The three headers of a bucket; the reset is in seconds, as a float."""
        suffix = f"{self.metric}-{self.window}"
        return {
            f"x-ratelimit-limit-{suffix}": str(self.limit),
            f"x-ratelimit-remaining-{suffix}": str(max(0, int(self.left))),
            f"x-ratelimit-reset-{suffix}": str((self.limit - self.left) / self.rate),
        }


class Limits:
    """The buckets of one model. Without `enforced` they only count, for the headers."""

    def __init__(
        self,
        *,
        requests_per_minute: int = 1000,
        tokens_per_minute: int = 1_000_000,
        requests_per_hour: int = 60_000,
        requests_per_day: int = 1_440_000,
        enforced: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Fill every bucket."""
        self._enforced = enforced
        self._clock = clock
        sizes = (
            ("requests", "minute", requests_per_minute),
            ("requests", "hour", requests_per_hour),
            ("requests", "day", requests_per_day),
            ("tokens", "minute", tokens_per_minute),
        )
        self.buckets = [Bucket(*size, float(size[2]), clock()) for size in sizes]

    @classmethod
    def free_trial(cls, clock: Callable[[], float] = time.monotonic) -> "Limits":
        """The free trial of July 2026: 5 requests and 30,000 tokens a minute."""
        return cls(
            requests_per_minute=5,
            tokens_per_minute=30_000,
            requests_per_hour=150,
            requests_per_day=2400,
            clock=clock,
        )

    def reserve(self, tokens: int) -> Failure | None:
        """Take one request and its tokens, or say which limit it does not fit."""
        now = self._clock()
        for bucket in self.buckets:
            bucket.refill(now)
        for bucket in self.buckets:
            if self._enforced and bucket.left < _needed(bucket, tokens):
                is_tokens = bucket.metric == "tokens"
                return (token_quota if is_tokens else request_quota)(bucket.window)
        for bucket in self.buckets:
            bucket.left -= _needed(bucket, tokens)
        return None

    def give_back(self, tokens: int) -> None:
        """Return what was reserved and not used (assumed: Cerebras does not document it)."""
        now = self._clock()
        for bucket in self.buckets:
            bucket.refill(now)
            if bucket.metric == "tokens":
                bucket.left = min(float(bucket.limit), bucket.left + tokens)

    def headers(self) -> dict[str, str]:
        """The x-ratelimit headers of a response."""
        now = self._clock()
        for bucket in self.buckets:
            bucket.refill(now)
        return {key: value for bucket in self.buckets for key, value in bucket.headers().items()}


def _needed(bucket: Bucket, tokens: int) -> int:
    return tokens if bucket.metric == "tokens" else 1
