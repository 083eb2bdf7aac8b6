"""Between a stream, its rate budget and its provider's gate: reserve, be let in, learn, settle."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace

from moa_tui.engine.buckets import RateReading
from moa_tui.engine.budget import RateBudget, RateBudgets, Reservation
from moa_tui.engine.controls import StreamSwitch
from moa_tui.engine.events import StreamPlanned, StreamQueued, TurnEvent
from moa_tui.engine.gate import Gate, Pass, Patience
from moa_tui.engine.metrics import estimated_tokens, prompt_tokens
from moa_tui.engine.provider import ChatRequest, Failure, FailureKind, ProviderError, Usage
from moa_tui.roster.model import Agent, Provider


@dataclass(frozen=True, slots=True)
class Reserving:
    """Where the requests of a turn are reserved; without `budgets` nowhere."""

    budgets: RateBudgets | None = None
    providers: Mapping[str, Provider] = field(default_factory=dict)

    def gate(self, agent: Agent) -> Gate | None:
        """Return the record of the provider that `agent` asks."""
        return self.budgets.gate(self.providers[agent.provider]) if self.budgets else None

    def joined(self, agent: Agent) -> AbstractContextManager[None]:
        """Take part, for the life of a stream, in what is known of its provider."""
        gate = self.gate(agent)
        return gate.joined() if gate else nullcontext()

    def hold(
        self,
        planned: StreamPlanned,
        agent: Agent,
        clock: Callable[[], float],
        report: Callable[[TurnEvent], None],
    ) -> "Held":
        """Return the place of one attempt in its budget."""
        if self.budgets is None:
            return Held(None, None, planned, 0, clock, report)
        budget = self.budgets.of(self.providers[agent.provider], agent.model)
        tokens = prompt_tokens(planned.messages) + agent.sampling.max_tokens
        return Held(budget, self.gate(agent), planned, tokens, clock, report)


class Held:
    """What one attempt has reserved."""

    __slots__ = (
        *("_budget", "_clock", "_gate", "_pass", "_planned", "_report", "_reservation", "_tokens"),
    )

    def __init__(
        self,
        budget: RateBudget | None,
        gate: Gate | None,
        planned: StreamPlanned,
        tokens: int,
        clock: Callable[[], float],
        report: Callable[[TurnEvent], None],
    ) -> None:
        self._budget = budget
        self._gate = gate
        self._pass: Pass | None = None
        self._planned = planned
        self._tokens = tokens
        self._clock = clock
        self._report = report
        self._reservation: Reservation | None = None

    async def admitted(self, switch: StreamSwitch, patience: Patience) -> None:
        """Return when the request may be sent; raises ProviderError when that takes too long."""
        hurried = await self._reserved(switch)
        if self._gate:
            entering = self._gate.enter(switch, patience, self._tell, at_once=hurried)
            self._pass = await entering

    async def _reserved(self, switch: StreamSwitch) -> bool:
        """Wait for room in the budget; return whether somebody wants the request sent anyway."""
        hurried = switch.was_hurried()
        budget = self._budget
        if budget is None:
            return hurried
        self._reservation = reservation = budget.reserve(
            self._tokens, self._planned.layer, self._retell
        )
        if not reservation.ready.is_set():
            if not hurried:
                self._tell(budget.expected_wait(reservation))
                await switch.queue(reservation.ready)
                hurried = switch.was_hurried()
                if reservation.refused:
                    raise ProviderError(reservation.refused)
            budget.take_anyway(reservation)  # the person may not have wanted to wait
        return hurried

    @property
    def crowded(self) -> bool:
        """Whether the request was refused because others are being answered."""
        return self._pass is not None and self._pass.crowded

    def accepted(self) -> None:
        """Take note that an answer begins."""
        if self._gate and self._pass:
            self._gate.accepted(self._pass)

    def listening(self, request: ChatRequest) -> ChatRequest:
        """Return `request` with what it needs for its response to be learnt from."""
        return replace(request, on_limits=self._learn) if self._budget else request

    def failed(self, failure: Failure) -> Failure:
        """Take note of a failure, and return it as it is with what is known of the limits."""
        if self._gate and self._pass:
            self._gate.failed(self._pass, failure)
        if not self._budget or not self._reservation:
            return failure
        if failure.kind is not FailureKind.RATE_LIMITED:
            return failure
        self._budget.refused(self._reservation, failure)
        bucket = self._budget.fits_never(self._tokens)
        if bucket is None or not failure.retryable:
            return failure
        per = f" a {bucket.window}" if bucket.window else ""
        return replace(
            failure,
            message=f"{failure.message} — it would take about {self._tokens:,} tokens, and"
            f" {bucket.limit:,}{per} are all there are",
            advice="lower this agent's max_tokens, or shorten the question: waiting does not help",
            retryable=False,
        )

    def settle(self, usage: Usage | None, characters: int) -> None:
        """Give back what was reserved and not used; `characters` stand in for missing usage."""
        if self._gate and self._pass:
            self._gate.leave(self._pass)
        if self._budget is None or self._reservation is None:
            return
        used = None
        if usage:
            used = usage.prompt + usage.output
        elif characters:
            used = prompt_tokens(self._planned.messages) + estimated_tokens(characters)
        self._budget.settle(self._reservation, used)

    def _learn(self, readings: Sequence[RateReading]) -> None:
        if self._budget and self._reservation:
            self._budget.learn(self._reservation, readings)

    def _tell(self, wait: float) -> None:
        self._report(StreamQueued(self._clock(), self._planned.stream, wait))

    def _retell(self, wait: float) -> None:
        # Called while another stream runs, which a defect of the listener must not end.
        with suppress(Exception):
            self._tell(wait)
