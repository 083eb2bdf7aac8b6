"""Tokens and times of every provider, as its own last chunk reports them."""

import json

import pytest

from moa_tui.engine.provider import ServerTiming, Usage
from moa_tui.engine.wire.chunk import Chunk
from moa_tui.engine.wire.figures import prompt_read_of, timing_of, usage_of
from moa_tui.engine.wire.reading import read_chunk


def chunk_with(**fields: object) -> Chunk:
    return read_chunk(json.dumps({"choices": [], **fields}).encode())


_COUNTS = {"total_tokens": 104, "completion_tokens": 35, "prompt_tokens": 69}


@pytest.mark.parametrize(
    ("fields", "usage", "timing"),
    [
        pytest.param(
            {
                "usage": {
                    **_COUNTS,
                    "completion_tokens_details": {"reasoning_tokens": 12},
                    "prompt_tokens_details": {"cached_tokens": 64},
                },
                "time_info": {
                    "queue_time": 0.004,
                    "prompt_time": 0.002,
                    "completion_time": 0.018,
                    "total_time": 0.027,
                    "created": 1775751421.88,
                },
            },
            Usage(69, 35, reasoning=12, cached=64),
            ServerTiming(0.004, 0.002, 0.018, 0.027),
            id="cerebras",
        ),
        pytest.param({"usage": _COUNTS}, Usage(69, 35), None, id="openai"),
        pytest.param(
            {
                "x_groq": {
                    "id": "req",
                    "usage": {
                        **_COUNTS,
                        "queue_time": 0.01,
                        "prompt_time": 0.002,
                        "completion_time": 0.1,
                        "total_time": 0.102,
                    },
                }
            },
            Usage(69, 35),
            ServerTiming(0.01, 0.002, 0.1, 0.102),
            id="groq",
        ),
        pytest.param(
            {
                "usage": {
                    **_COUNTS,
                    "time_to_first_token": 0.2,
                    "total_latency": 0.9,
                    "completion_tokens_per_sec": 400.0,
                }
            },
            Usage(69, 35),
            ServerTiming(prompt=0.2, total=0.9),
            id="sambanova",
        ),
        pytest.param(
            {
                "usage": _COUNTS,
                "perf_metrics": {
                    "server-time-to-first-token": "0.3",
                    "server-processing-time": 1.5,
                },
            },
            Usage(69, 35),
            ServerTiming(prompt=0.3, total=1.5),
            id="fireworks",
        ),
        pytest.param(
            {"timings": {"prompt_n": 69, "prompt_ms": 250.0, "predicted_ms": 1500}},
            None,
            ServerTiming(prompt=0.25, completion=1.5),
            id="llama.cpp without usage",
        ),
        pytest.param({}, None, None, id="none"),
        pytest.param({"usage": None}, None, None, id="null"),
        pytest.param({"usage": {}}, None, None, id="empty"),
    ],
)
def test_figures_of(
    fields: dict[str, object], usage: Usage | None, timing: ServerTiming | None
) -> None:
    chunk = chunk_with(**fields)
    assert usage_of(chunk) == usage
    assert timing_of(chunk) == timing


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({"completion_tokens": "35", "prompt_tokens": None}, None),
        ({"completion_tokens": float("nan"), "prompt_tokens": float("inf")}, None),
        ({"completion_tokens": -5, "prompt_tokens": 35.5}, None),
        ({"completion_tokens": 10**30, "prompt_tokens": 10**18}, None),
        ({"completion_tokens": 0, "prompt_tokens": 0}, None),
        ({"completion_tokens": 0, "prompt_tokens": 7}, Usage(7, 0)),
        ({"completion_tokens": 7}, Usage(0, 7)),
        (
            {
                "completion_tokens": 7,
                "completion_tokens_details": None,
                "prompt_tokens_details": [3],
            },
            Usage(0, 7),
        ),
        (
            {"completion_tokens": 7, "completion_tokens_details": {"reasoning_tokens": "3"}},
            Usage(0, 7),
        ),
    ],
)
def test_only_what_can_be_a_count_is_one(usage: dict[str, object], counts: Usage | None) -> None:
    """Zeros for nonsense would be shown as a measured speed of nothing."""
    assert usage_of(chunk_with(usage=usage)) == counts


@pytest.mark.parametrize("time", [None, -1, float("nan"), 1e9, 10**400, "soon", [], {}])
def test_only_what_can_be_a_time_is_one(time: object) -> None:
    if time == 10**400:
        chunk = Chunk(time_info={"queue_time": time, "total_time": 2})
    else:
        chunk = chunk_with(time_info={"queue_time": time, "total_time": 2})
    assert timing_of(chunk) == ServerTiming(total=2.0)


@pytest.mark.parametrize("usage", [5, "x", [1], None])
def test_groqs_envelope_without_usage(usage: object) -> None:
    chunk = chunk_with(x_groq={"id": "req", "usage": usage})
    assert usage_of(chunk) is None
    assert timing_of(chunk) is None


def test_progress_of_the_prompt() -> None:
    chunk = chunk_with(prompt_progress={"total": 300, "cache": 0, "processed": 128, "time_ms": 9})
    assert prompt_read_of(chunk) == (128, 300)
    assert prompt_read_of(chunk_with(prompt_progress={"total": None})) == (0, 0)
    assert prompt_read_of(chunk_with()) is None
