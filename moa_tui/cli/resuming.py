"""`moa-tui run --resume`: which turn is taken up, and by whom."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui import paths
from moa_tui.cli import asking, choosing
from moa_tui.errors import MoaError

if TYPE_CHECKING:
    from moa_tui.cli.choosing import Choice
    from moa_tui.engine.turn import TurnPlan


def check_options(options: argparse.Namespace) -> None:
    """Raise MoaError for what makes no sense with a turn that has begun."""
    given = {
        "a question": options.question,
        "--preset": options.preset,
        "--strategy": options.strategy,
        "--agent": options.agent,
        "--file": options.file,
        "--dry-run": options.dry_run,
        "--no-history": options.no_history,
    }
    if names := [name for name, value in given.items() if value]:
        raise MoaError(
            f"--resume does not go with {', '.join(names)}",
            "the turn has its question and its agents, and stays in the history",
        )


@contextmanager
def taken_up(options: argparse.Namespace) -> "Iterator[tuple[TurnPlan, str, Choice]]":
    """Give what the turn goes on from, its conversation, and its roster; raises MoaError.

    Until the end nobody else can take it up.
    """
    from moa_tui.transcript.resuming import claimed, find_interrupted, resumed_plan

    path = paths.history_file()
    turn = find_interrupted(path, options.resume)
    file = options.config or Path(turn.roster)
    choice = asking.until_answered(lambda: choosing.reopen(options, file))
    plan = resumed_plan(path, turn, choice.roster)
    choice = choosing.with_lineup(choice, plan.lineup)
    choosing.require_keys(choice)
    with claimed(path, turn):
        yield plan, turn.conversation, choice
