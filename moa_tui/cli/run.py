"""`moa-tui run`: one question on the command line, the answer on standard output."""

import argparse
import asyncio
import gc
import json
import secrets
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui import paths
from moa_tui.cli import asking, choosing
from moa_tui.cli.exits import Exit
from moa_tui.cli.output import json_safe
from moa_tui.cli.piped import read_piped
from moa_tui.cli.recording import require_free, save_recording
from moa_tui.cli.verdict import judged, tell_where_it_is
from moa_tui.errors import MoaError
from moa_tui.uncaught import catch_all

if TYPE_CHECKING:
    from moa_tui.attachments import Attachment
    from moa_tui.cli.choosing import Choice
    from moa_tui.engine.connections import Connections
    from moa_tui.engine.events import TurnEvent
    from moa_tui.engine.turn import TurnPlan
    from moa_tui.transcript.history import HistoryWriter

MAX_QUESTION = 1_000_000


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    parser = subparsers.add_parser("run", help=summary, description=summary)
    parser.add_argument(
        "question", nargs="?", help="the question; '-' or nothing reads standard input"
    )
    choosing.add_arguments(parser)
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print the whole turn as one object")
    output.add_argument("--jsonl", action="store_true", help="print every event as it happens")
    output.add_argument(
        "--plain", action="store_true", help="sentences and whole lines, as for a screen reader"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on standard error")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="give up after SECONDS")
    parser.add_argument(
        "--dry-run", action="store_true", help="only say how much of the rate limits it would take"
    )
    parser.add_argument(
        "--resume",
        nargs="?",
        const="",
        metavar="TURN",
        help="go on with a turn that was interrupted, the newest one without TURN",
    )
    parser.add_argument(
        "--file", action="append", default=[], metavar="FILE", help=choosing.FILE_HELP
    )
    parser.add_argument(
        "--max-cost", type=choosing.dollars, metavar="USD", help="what the turn may cost at most"
    )
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="save a recording; play it: moa-tui replay FILE"
    )
    parser.add_argument(
        "--fail-degraded",
        action="store_true",
        help="exit with 5 if the answer is whole but something else of the turn failed",
    )
    parser.add_argument("--no-history", action="store_true", help="do not keep this turn")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask the question and print what was asked for; return the exit code."""
    if options.resume is not None:
        return _resume(options)
    from moa_tui.attachments import as_text

    question = read_question(options.question)
    along = as_text(_enclosed(options))
    choice = asking.until_answered(lambda: choosing.choose(options))
    asked = f"{question}\n\n{along}".strip()
    if not options.quiet:
        for note in (*choice.notes, *choice.warnings(asked)):
            print(f"moa-tui: {note}", file=sys.stderr)
    if options.dry_run:
        return _forecast(asked, choice, as_json=options.json or options.jsonl)
    choosing.require_keys(choice)
    from moa_tui.engine.turn import TurnPlan

    plan = TurnPlan(
        turn=secrets.token_hex(6),
        question=question,
        lineup=choice.lineup,
        providers=choice.roster.providers,
        seed=secrets.randbits(32),
        attached=along,
    )
    return _answer(plan, plan.turn, choice, options)


def _enclosed(options: argparse.Namespace) -> "Sequence[Attachment]":
    """Return the files that go along, and say which.

    Those of --file are wished for. The question may come from anywhere, `"$(cat page)"` for one: a
    file that it names goes along if the person says so, at a terminal.
    """
    from moa_tui.attachments import attached, named, only_text

    files, written = list(options.file), clean_argument(options.question)
    enclosed = attached(files)
    mentions = [name for name in only_text(written) if name not in files]
    if mentions and not options.quiet:
        with suppress(MoaError):  # what may not go along is text
            wished = attached([*files, *mentions])
            if asking.whether_along(named(wished[len(enclosed) :])):
                enclosed, mentions = wished, []
    if enclosed and not options.quiet:
        _complain(f"goes along: {named(enclosed)}")
    for name in mentions:
        _complain(f"@{name} is sent as text; to send the file along: --file {shlex.quote(name)}")
    return enclosed


def clean_argument(question: str | None) -> str:
    """Return the question of the command line, cleaned."""
    from moa_tui.text import clean

    return clean(question or "")


def _resume(options: argparse.Namespace) -> int:
    """Go on with a turn that was interrupted; return the exit code."""
    from moa_tui.cli.resuming import check_options, taken_up

    check_options(options)
    with taken_up(options) as (plan, conversation, choice):
        return _answer(plan, conversation, choice, options)


def _answer(
    plan: "TurnPlan", conversation: str, choice: "Choice", options: argparse.Namespace
) -> int:
    from moa_tui.state import TurnState, fold

    if options.max_cost is not None:
        plan = replace(plan, lineup=replace(plan.lineup, max_cost=options.max_cost))
    if options.record:
        require_free(options.record)
    asked = asyncio.run(_ask(plan, conversation, choice, options))
    state = fold(TurnState(), asked.events)
    if options.json:
        from moa_tui.transcript.record import record_of, time_of

        record = record_of(state, "", _path(choice), plan.lineup.preset)
        if not asked.events:  # it was given up while the program was getting ready
            at = time_of(time.time())
            record = replace(record, turn=plan.turn, question=plan.question, started_at=at)
            record = replace(record, outcome="stopped")
        print(json_safe(json.dumps(record.as_json(), ensure_ascii=False, indent=2)))
    code = asked.code if asked.code is not None else judged(state, options)
    tell_where_it_is(state, kept=asked.kept)
    if options.record:
        save_recording(options.record, asked.events)
    return code


def _path(choice: "Choice") -> str:
    return choice.roster.where


def read_question(argument: str | None) -> str:
    """Return the question from the argument and standard input; both, when both are given."""
    from moa_tui.text import clean

    piped = ""
    if argument in {None, "-"} or not sys.stdin.isatty():
        if argument is None and sys.stdin.isatty():
            raise MoaError("there is no question", 'moa-tui run "your question", or pipe one in')
        piped = read_piped(MAX_QUESTION + 1)
    if len(piped) > MAX_QUESTION:
        raise MoaError(f"the input is longer than {MAX_QUESTION:,} characters", "cut it down")
    parts = [argument if argument not in {None, "-"} else "", piped.strip()]
    question = clean("\n\n".join(part for part in parts if part)).strip()
    if not question:
        raise MoaError("the question is empty", 'moa-tui run "your question"')
    return question


@dataclass(slots=True)
class _Asked:
    """What came of a turn: `code` where that is no matter of its answer, `kept` in the history."""

    events: "list[TurnEvent]"
    kept: bool
    code: int | None = None


async def _ask(
    plan: "TurnPlan", conversation: str, choice: "Choice", options: argparse.Namespace
) -> _Asked:
    from moa_tui.engine.connections import Connections
    from moa_tui.engine.run_turn import run_turn
    from moa_tui.engine.spending import Spending
    from moa_tui.engine.strategies import STRATEGIES
    from moa_tui.signals import GO, on_signals

    catch_all(asyncio.get_running_loop(), _complain)
    asked = _Asked([], kept=not options.no_history)
    print_event = _printer(options, plan.told_again)

    def trouble(reason: object) -> None:
        asked.kept = False
        _complain(reason)

    history = None if options.no_history else _open_history(trouble)
    log = history and history.begin(
        conversation, _path(choice), plan.lineup.preset, plan.told_again, plan.conversation
    )

    def emit(event: "TurnEvent") -> None:
        asked.events.append(event)
        if log:
            log.record(event)
        print_event(event)

    connections = Connections(choice.roster.providers, choice.server)

    async def turn() -> None:
        # What is imported and opened first is none of the models' time.
        await _make_ready(connections, plan)
        await run_turn(
            plan,
            STRATEGIES[plan.lineup.strategy],
            connections.connect,
            emit,
            budgets=connections.budgets,
            spending=Spending(connections.prices, choice.roster.max_run_cost),
        )

    task = asyncio.ensure_future(turn())

    def go(_number: int) -> None:
        if log:  # nobody asked for the turn to be stopped: it can be taken up again
            log.leave_open()
        task.cancel()

    on_signals(("SIGINT",), lambda _number: task.cancel())
    on_signals(GO, go)
    try:
        asked.code = await _awaited(task, options.timeout, asked.events)
    finally:
        await connections.aclose()
        if history:
            await asyncio.to_thread(history.close)
    return asked


async def _awaited(
    turn: "asyncio.Task[None]", within: float | None, events: "Sequence[TurnEvent]"
) -> int | None:
    """Wait for the turn's end; return the exit code where that is no matter of its answer."""
    try:
        async with asyncio.timeout(within):
            await turn
    except TimeoutError:
        _complain(f"no answer within {within:g} s{_why(events)}")
        return Exit.TIMEOUT
    except asyncio.CancelledError:
        return Exit.INTERRUPTED
    return None


async def _make_ready(connections: "Connections", plan: "TurnPlan") -> None:
    """Import the client, look up keys and make the clients of everybody who may be asked."""
    await connections.warm_up()
    lineup = plan.lineup
    for name in dict.fromkeys(agent.provider for agent in (*lineup.agents, *lineup.reserves)):
        if not plan.providers[name].embedded:  # its start is a part of the turn, and told
            with suppress(MoaError):  # told by whoever asks it
                await connections.connect(name)
    # What is here now stays: looking through it for cycles would delay a request by 50 ms.
    gc.freeze()


def _why(events: "Sequence[TurnEvent]") -> str:
    """Say what kept the streams that were stopped, where one of them knows."""
    if not events:
        return ": nobody had been asked yet, give it more time"
    failures = (getattr(event, "failure", None) for event in reversed(events))
    known = next(filter(None, failures), None)
    return f": {known.message}" if known else ""


def _forecast(question: str, choice: "Choice", *, as_json: bool) -> int:
    from moa_tui.cli.printing import forecast_json, forecast_lines
    from moa_tui.engine.forecast import forecast
    from moa_tui.engine.prices import Prices

    prices = Prices(choice.roster.providers)
    if prices.missing(choice.lineup.agents):
        prices.load_now()
    taken = forecast(choice.lineup, choice.roster.providers, question, prices=prices)
    if as_json:
        print(json_safe(json.dumps(forecast_json(taken), ensure_ascii=False, indent=2)))
    else:
        print("\n".join(forecast_lines(taken)))
    return Exit.OK


def _printer(options: argparse.Namespace, told_again: int) -> "Callable[[TurnEvent], None]":
    from moa_tui.cli.printing import AnswerPrinter, JsonlPrinter, ProgressPrinter

    if options.jsonl:
        return JsonlPrinter(sys.stdout)
    progress: Callable[[TurnEvent], None]
    answer: Callable[[TurnEvent], None]
    if options.plain:
        from moa_tui.cli.plain import PlainAnswer, PlainProgress

        progress, answer = PlainProgress(sys.stderr), PlainAnswer(sys.stdout, told_again)
    else:
        progress, answer = ProgressPrinter(sys.stderr), AnswerPrinter(sys.stdout, told_again)
    printers: list[Callable[[TurnEvent], None]] = []
    if not options.quiet:
        printers.append(progress)
    if not options.json:
        printers.append(answer)

    def print_event(event: "TurnEvent") -> None:
        for printer in printers:
            printer(event)

    return print_event


def _open_history(trouble: "Callable[[object], None]") -> "HistoryWriter":
    from moa_tui.transcript.history import HistoryWriter

    return HistoryWriter(paths.history_file(), trouble)


def _complain(reason: object) -> None:
    print(f"moa-tui: {reason}", file=sys.stderr)
