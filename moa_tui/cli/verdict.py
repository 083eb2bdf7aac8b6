"""What the shell is told of a turn: the exit code, and a sentence where all is not well.

The sentence goes to standard error even with --quiet: silence means that the answer is whole.
"""

import argparse
import sys

from moa_tui.cli import output
from moa_tui.cli.exits import Exit
from moa_tui.engine.events import TurnOutcome
from moa_tui.engine.wholeness import remark
from moa_tui.state import TurnState, took_part


def judged(state: TurnState, options: argparse.Namespace) -> int:
    """Return the exit code of a turn that has ended, having said why where it is not 0."""
    if not state.answer:
        if options.quiet:  # otherwise the progress has said it
            _tell(_why_none(state))
        return Exit.FAILED
    if said := remark(state.answer_outcome):
        _tell(said)
        return Exit.NOT_WHOLE
    if options.fail_degraded and state.outcome is TurnOutcome.DEGRADED:
        _tell(f"the turn is degraded: {took_part(state)}")
        return Exit.DEGRADED
    return Exit.OK


def tell_where_it_is(state: TurnState, *, kept: bool) -> None:
    """Say where an answer is that could not be printed; `kept`: in the history."""
    if not (state.answer and (trouble := output.trouble())):
        return
    said = f"standard output cannot be written: {trouble}"
    if kept:
        _tell(f"{said}; the answer is in the history: moa-tui history show {state.turn}")
    else:
        _tell(f"{said}; the answer, which is kept nowhere else:\n{state.answer}")


def _why_none(state: TurnState) -> str:
    failure = state.failure
    if failure is None:
        return f"there is no answer: {str(took_part(state)) or 'nobody gave one'}"
    return f"{failure.message} — {failure.advice}" if failure.advice else failure.message


def _tell(words: str) -> None:
    print(f"moa-tui: {words}", file=sys.stderr)
