"""The main job on the real embedded model: three agents and an aggregator, through its server."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("embedded")]

LIMIT = 240
"""Seconds: a busy machine of two cores writes a few tokens a second."""


def moa_tui(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program with the home folder of the test."""
    return subprocess.run(
        [sys.executable, "-m", "moa_tui", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
        stdin=subprocess.DEVNULL,
        env=dict(os.environ),
    )


def test_three_agents_stream_at_once_and_the_aggregator_writes_the_answer(
    embedded_home: Path,
) -> None:
    ran = moa_tui("run", "--local", "--jsonl", "-q", "Why is exercise good for you?")
    assert ran.returncode == 0, ran.stderr
    events = [json.loads(line) for line in ran.stdout.splitlines()]
    deltas = [event for event in events if event["event"] == "TextDelta"]
    roles = {e["stream"]: e["role"] for e in events if e["event"] == "StreamPlanned"}
    proposers = [stream for stream, role in roles.items() if role == "proposer"]
    aggregator = next(stream for stream, role in roles.items() if role == "aggregator")
    spans = {stream: [d["at"] for d in deltas if d["stream"] == stream] for stream in roles}
    assert len(proposers) == 3
    latest_start = max(spans[stream][0] for stream in proposers)
    earliest_end = min(spans[stream][-1] for stream in proposers)
    assert latest_start < earliest_end, "all three wrote at the same time"
    order = [d["stream"] for d in deltas if d["stream"] in proposers]
    switches = sum(a != b for a, b in itertools.pairwise(order))
    assert switches > 10, "their deltas interleave"
    assert spans[aggregator][0] > max(spans[stream][-1] for stream in proposers)
    answer = "".join(d["text"] for d in deltas if d["stream"] == aggregator)
    assert answer.strip() == events[-1]["answer"].strip()
    ended = [event for event in events if event["event"] == "StreamEnded"]
    assert all(event["usage"]["output"] > 0 and event["timing"] for event in ended)

    listed = moa_tui("history")
    assert "Why is exercise good for you?" in listed.stdout
    assert json.loads(moa_tui("history", "last", "--json").stdout)["answer"] == events[-1]["answer"]


def test_models_names_the_embedded_one(embedded_home: Path) -> None:
    ran = moa_tui("models", "--local")
    assert (ran.returncode, "smollm2" in ran.stdout.lower()) == (0, True), ran.stderr


def test_without_a_key_the_embedded_model_answers_and_says_so(embedded_home: Path) -> None:
    ran = moa_tui("run", "What is a river?")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip()
    assert "CEREBRAS_API_KEY is not set: this is the embedded demonstration model" in ran.stderr
