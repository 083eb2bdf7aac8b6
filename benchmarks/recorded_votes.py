"""The vote strategy on recorded answers: python -m benchmarks.recorded_votes FILE.jsonl

Replays a file in the form of GSM8K's example_model_solutions.jsonl (github.com/openai/
grade-school-math, MIT) through the real strategy, a turn for each question, and prints how often
each model, at least one of them, and the vote are right. No model is asked: where the vote ties
there is no aggregator, and the strategy's own rule decides for the first agent's answer of those
that tie. Agents stand in the order of --order, else those that are right most often first.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moa_tui.engine.events import TurnEvent, VotesCounted
from moa_tui.engine.provider import (
    Batch,
    ChatRequest,
    Failure,
    FailureKind,
    ProviderError,
    Step,
)
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.engine.turn import TurnPlan
from moa_tui.engine.voting.extraction import exact_answer
from moa_tui.engine.voting.normal_form import normal_form
from moa_tui.roster.model import Agent, Lineup, Provider

_PLACE = Provider("recorded", "https://recorded.invalid/v1", None, key_required=False)
_NOBODY = Failure(FailureKind.UNKNOWN_MODEL, "only recorded answers are here")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A question, its true answer, and each model's recorded solution."""

    question: str
    truth: str
    solutions: dict[str, str]


class RecordedProvider:
    """Answers as each model did; whoever has no record fails."""

    def __init__(self, solutions: dict[str, str]) -> None:
        self._solutions = solutions

    async def connect(self, _name: str) -> "RecordedProvider":
        """Be the only provider there is."""
        return self

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Batch, None]:
        """Say what was recorded."""
        if request.model not in self._solutions:
            raise ProviderError(_NOBODY)
        request.on_step(Step.SENT)
        yield Batch(text=self._solutions[request.model], finish_reason="stop", done=True)

    async def models(self) -> list[str]:
        """Return whose answers there are."""
        return list(self._solutions)

    async def aclose(self) -> None:
        """Nothing is open."""


def read(lines: Iterable[str]) -> list[Recorded]:
    """Return the questions of a file; raises ValueError with the line that is none."""
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row: dict[str, Any] = json.loads(line)
            models = {name: v for name, v in row.items() if isinstance(v, dict)}
            solutions = {name: str(v["solution"]) for name, v in models.items()}
            found.append(Recorded(row["question"], row["ground_truth"], solutions))
        except (ValueError, KeyError, AttributeError) as error:
            raise ValueError(f"line {number} holds no recorded answers: {error!r}") from None
    return found


async def vote_on(row: Recorded, order: Sequence[str]) -> tuple[str | None, bool]:
    """Run one turn; return the exact answer it comes to, and whether it was a tie."""
    agents = tuple(Agent(name, name, _PLACE.name) for name in order if name in row.solutions)
    nobody = Agent("nobody", "nobody", _PLACE.name)
    lineup = Lineup("vote", (agents,), nobody, reserves=(*agents, nobody))
    plan = TurnPlan("recorded", row.question, lineup, {_PLACE.name: _PLACE})
    events: list[TurnEvent] = []
    provider = RecordedProvider(row.solutions)
    ended = await run_turn(plan, STRATEGIES["vote"], provider.connect, events.append)
    counted = [event.tally for event in events if isinstance(event, VotesCounted)]
    return ended.answer or None, bool(counted) and len(counted[-1].leaders) > 1


def is_right(text: str | None, truth: str) -> bool:
    """Whether a solution comes to the true answer."""
    answer, wanted = exact_answer(text or ""), exact_answer(truth)
    return bool(answer and wanted) and normal_form(answer or "") == normal_form(wanted or "")


async def measure(rows: Sequence[Recorded], order: Sequence[str]) -> list[tuple[str, int]]:
    """Return how often each model, any of them and the vote are right, and how often it tied."""
    right = {name: 0 for row in rows for name in row.solutions}
    oracle = voted = ties = 0
    for row in rows:
        correct = {name for name, text in row.solutions.items() if is_right(text, row.truth)}
        oracle += bool(correct)
        for name in correct:
            right[name] += 1
    names = list(order) or sorted(right, key=lambda name: -right[name])
    for row in rows:
        answer, tied = await vote_on(row, names)
        voted += is_right(answer, row.truth)
        ties += tied
    alone = [(name, right[name]) for name in names]
    return [*alone, ("at least one of them", oracle), ("vote", voted), ("ties among them", ties)]


def main() -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recorded_votes")
    parser.add_argument("file", type=Path, help="example_model_solutions.jsonl or one like it")
    parser.add_argument("--order", nargs="*", default=(), metavar="MODEL", help="of the agents")
    options = parser.parse_args()
    try:
        with options.file.open(encoding="utf-8") as file:
            rows = read(file)
    except (OSError, ValueError) as error:
        print(f"recorded_votes: {options.file}: {error}", file=sys.stderr)
        return 2
    print(f"{len(rows)} questions")
    for name, count in asyncio.run(measure(rows, options.order)):
        print(f"{name:24} {count:6} {count / max(1, len(rows)) * 100:7.2f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
