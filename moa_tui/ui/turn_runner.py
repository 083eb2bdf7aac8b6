"""Runs the turns of one conversation for the screen: starts, stops, and folds what they report.

The engine's events are only kept when they come; `poll` folds them, once a frame. No widget is
touched at the rate of tokens.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from moa_tui.engine.controls import TurnControls
from moa_tui.engine.events import TurnEvent
from moa_tui.engine.forecast import Forecast, forecast
from moa_tui.engine.prompts import Exchange
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.engine.turn import TurnPlan
from moa_tui.state import TurnState, fold
from moa_tui.transcript.database import stop_reading
from moa_tui.transcript.history import HistoryWriter, TurnLog, UnendedTurn
from moa_tui.transcript.joining import DeltaJoiner
from moa_tui.transcript.resuming import claimed, resumed_plan
from moa_tui.transcript.rows import Branch
from moa_tui.ui.answerers import Answerers
from moa_tui.ui.last_turn import LastTurn
from moa_tui.ui.start import Start


class TurnRunner(Answerers):
    """One conversation, `name` in the history: its turns run one after another.

    `told` are the events of the present turn, the deltas of a frame joined. `on_ended` hears of
    each turn that ended; `on_trouble`, from another thread, that the history cannot be written;
    `on_done` is called as soon as there is nothing more to poll for.
    """

    def __init__(
        self,
        start: Start,
        on_trouble: Callable[[str], None],
        on_ended: Callable[[TurnState], None],
    ) -> None:
        super().__init__(start)
        self.state = TurnState()
        self.conversation: list[Exchange] = []
        self.controls = TurnControls()
        self.name = secrets.token_hex(6)
        self._branch: Branch | None = None
        self.last = LastTurn()
        self._path = start.history
        self._history = HistoryWriter(start.history, on_trouble)
        self._ending = ExitStack()
        self._on_ended = on_ended
        self.on_done: Callable[[], None] = lambda: None
        self.told: list[TurnEvent] = []
        self._joiner = DeltaJoiner()
        self._events: list[TurnEvent] = []
        self._task: asyncio.Task[object] | None = None
        self._log: TurnLog | None = None
        self._began = 0.0

    @property
    def running(self) -> bool:
        """Whether a turn is under way."""
        return self._task is not None

    @property
    def now(self) -> float:
        """Seconds since the present turn began."""
        if self.state.seconds is not None:
            return self.state.seconds
        return time.perf_counter() - self._began

    def ask(self, question: str, attached: str = "") -> None:
        """Begin a turn, with what goes along with its question; none may be running."""
        self.begin(
            TurnPlan(
                turn=secrets.token_hex(6),
                question=question,
                lineup=self.lineup,
                providers=self.roster.providers,
                conversation=tuple(self.conversation),
                seed=secrets.randbits(32),
                attached=attached,
            )
        )

    def resume(self, turn: UnendedTurn) -> None:
        """Go on with a turn that was interrupted, in its conversation and with its agents.

        Raises HistoryError, and has done nothing, if it cannot be taken up.
        """
        plan = resumed_plan(self._path, turn, self.roster)
        self._ending.enter_context(claimed(self._path, turn))
        self.lineup = plan.lineup
        self.enter(plan.conversation, turn.conversation)
        self.begin(plan)

    def begin(self, plan: TurnPlan) -> None:
        """Begin the turn of `plan`; none may be running."""
        assert not self.running
        self.last.begin(plan)
        self.state = TurnState()
        self._events.clear()
        self.told.clear()
        self._joiner = DeltaJoiner()
        self._began = time.perf_counter() - max((event.at for event in plan.kept), default=0.0)
        self.controls = TurnControls()
        events, roster = self._events, self.roster.where
        self._log = log = self._history.begin(
            self.name,
            roster,
            plan.lineup.preset,
            plan.told_again,
            plan.conversation,
            self._branch,
        )

        def emit(event: TurnEvent) -> None:
            events.append(event)
            log.record(event)

        self._task = asyncio.create_task(
            run_turn(
                plan,
                STRATEGIES[plan.lineup.strategy],
                self.connections.connect,
                emit,
                controls=self.controls,
                budgets=self.connections.budgets,
                spending=self.spending,
            )
        )
        self._task.add_done_callback(lambda _task: self.on_done())

    def forecast(self, question: str) -> Forecast:
        """Return what a turn with `question` would take now."""
        budgets = self.connections.budgets
        prices = self.connections.prices
        asked = self.lineup, self.roster.providers, question, self.conversation
        return forecast(*asked, budgets, prices)

    def leave_open(self) -> None:
        """Let the running turn count as interrupted, so that it can be taken up again."""
        if self._log and self.running:
            self._log.leave_open()

    def stop(self) -> None:
        """Stop the running turn; what it wrote stays."""
        if self._task:
            self._task.cancel()

    def poll(self) -> bool:
        """Fold what has been reported since the last call; return whether that was anything."""
        if self._task and self._task.done() and not self._task.cancelled():
            # What the engine could not turn into an outcome is a defect: let it be seen.
            self._task.result()
        if not self._events:
            return False
        joined = self._joiner.join(self._events)
        self._events.clear()
        self.told += joined
        self.state = fold(self.state, joined)
        if self.state.outcome is not None:
            self._end()
        return True

    def enter(
        self, conversation: Sequence[Exchange], name: str = "", branch: Branch | None = None
    ) -> None:
        """Go on with a conversation of the history; or with a new one, that branches from one."""
        self.conversation[:] = conversation
        self.last = LastTurn()
        self.name = name or secrets.token_hex(6)
        self._branch = branch

    def abandon(self) -> None:
        """Keep what came, with no event loop any more; the turn that ran counts as interrupted."""
        self.leave_open()
        self._history.close()

    async def aclose(self) -> None:
        """Stop what runs, keep what it wrote, and close the connections."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self.poll()
        await self.close_connections()
        stop_reading()
        await asyncio.to_thread(self._history.close)
        self._ending.close()

    def _end(self) -> None:
        self._task = None
        self._ending.close()
        state = self.state
        self.last.end(state)
        if state.answer:
            self.look_at(state)
        self._on_ended(state)

    def look_at(self, state: TurnState) -> None:
        """Have one of the last question's answers be what the conversation goes on from."""
        before = self.last.plan.conversation if self.last.plan else ()
        self.state = state
        self.conversation[:] = [*before, _exchange_of(state)]


def _exchange_of(state: TurnState) -> Exchange:
    """Return what later questions carry of a turn; its outcome goes along with its answer."""
    return Exchange(state.asked, state.answer, state.answer_outcome or "")
