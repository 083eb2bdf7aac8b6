"""How other providers' streams differ from Cerebras'.

Sources: their own SDKs (groq 1.7, sambanova 1.13, together 3.1, fireworks-ai 1.2), llama.cpp's
server, OpenRouter's documentation, and streams in public test fixtures.
"""

import time
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The places where one provider's chunks differ from another's."""

    name: str
    usage: Literal["finish", "asked", "always"]  # on the finish chunk, or on one without choices
    reasoning: str = "reasoning"
    role: Json = field(default_factory=lambda: {"role": "assistant"})
    choice: Json = field(default_factory=dict)  # what every choice carries while unused
    delta: Json = field(default_factory=dict)  # what every delta carries
    stop: str = "stop"
    needs_key: bool = True
    comments: tuple[bytes, ...] = ()


_UNFINISHED: Json = {"logprobs": None, "finish_reason": None}
_EMPTY: Json = {"role": "assistant", "content": ""}
_EACH = (
    Dialect("cerebras", "finish"),
    Dialect("openai", "asked", role={**_EMPTY, "refusal": None}, choice=_UNFINISHED),
    Dialect("groq", "asked", role=_EMPTY, choice=_UNFINISHED),
    Dialect(
        "llamacpp",
        "asked",
        reasoning="reasoning_content",
        role={"role": "assistant", "content": None},
        choice={"finish_reason": None},
        needs_key=False,
    ),
    Dialect("sambanova", "always", role=_EMPTY, choice=_UNFINISHED),
    Dialect(
        "together",
        "finish",
        role=_EMPTY,
        choice=_UNFINISHED,
        delta={"token_id": 128009},
        stop="eos",
    ),
    Dialect(
        "fireworks",
        "finish",
        reasoning="reasoning_content",
        role=_EMPTY,
        choice={"finish_reason": None},
    ),
    Dialect(
        "openrouter",
        "always",
        role=_EMPTY,
        choice=_UNFINISHED,
        comments=(b": OPENROUTER PROCESSING\n\n",) * 2,
    ),
)
DIALECTS = {dialect.name: dialect for dialect in _EACH}


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted and timed for one answer."""

    prompt: int
    completion: int
    reasoning: int
    seconds: float  # of generation
    wait: float  # before it


def usage_object(name: str, tally: Tally) -> Json:
    """The `usage` object of a dialect."""
    usage: Json = {
        "total_tokens": tally.prompt + tally.completion,
        "completion_tokens": tally.completion,
        "completion_tokens_details": {"reasoning_tokens": tally.reasoning},
        "prompt_tokens": tally.prompt,
        "prompt_tokens_details": {"cached_tokens": 0},
    }
    match name:
        case "cerebras" | "openai":
            usage["completion_tokens_details"] = {
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
                "reasoning_tokens": tally.reasoning,
            }
        case "groq":
            usage |= {
                "queue_time": tally.wait,
                "prompt_time": 0.002,
                "completion_time": tally.seconds,
                "total_time": 0.002 + tally.seconds,
            }
        case "sambanova":
            rate = tally.completion / tally.seconds if tally.seconds else 0.0
            usage |= {
                "time_to_first_token": tally.wait,
                "completion_tokens_per_sec": rate,
                "completion_tokens_after_first_per_sec": rate,
                "total_latency": tally.wait + tally.seconds,
                "is_last_response": True,
            }
        case "openrouter":
            usage["cost"] = 0.00001
    return usage


def closing_fields(name: str, tally: Tally) -> Json:
    """The times a dialect reports beside `usage`, at the top of its last chunk."""
    match name:
        case "cerebras":
            # As recorded: total_time is more than the sum of its parts.
            total = tally.wait + 0.002 + tally.seconds + 0.003
            return {
                "time_info": {
                    "queue_time": tally.wait,
                    "prompt_time": 0.00206684,
                    "completion_time": tally.seconds,
                    "total_time": total,
                    "created": time.time(),
                }
            }
        case "llamacpp":
            return {"timings": _timings(tally)}
        case "fireworks":
            return {
                "perf_metrics": {
                    "prompt-tokens": tally.prompt,
                    "cached-prompt-tokens": 0,
                    "server-time-to-first-token": tally.wait,
                    "server-processing-time": tally.wait + tally.seconds,
                }
            }
    return {}


def _timings(tally: Tally) -> Json:
    each = tally.seconds * 1000 / tally.completion if tally.completion else 0.0
    return {
        "cache_n": 0,
        "prompt_n": tally.prompt,
        "prompt_ms": 2.0,
        "prompt_per_second": tally.prompt * 500.0,
        "predicted_n": tally.completion,
        "predicted_ms": tally.seconds * 1000,
        "predicted_per_token_ms": each,
        "predicted_per_second": 1000 / each if each else 0.0,
    }
