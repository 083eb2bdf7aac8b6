"""Prompts made to fit a model's context window: visibly, and before they are sent.

First references are cut, evenly; then the conversation loses its oldest exchanges. Sizes are
estimates, so a tenth of the room is left.
"""

from collections.abc import Callable, MutableMapping, Sequence

from moa_tui.engine import prompts
from moa_tui.engine.metrics import estimated_tokens, prompt_tokens
from moa_tui.engine.prompts import Reference
from moa_tui.engine.provider import Failure, FailureKind, Message
from moa_tui.engine.turn_plan import TurnPlan
from moa_tui.roster.model import Agent

LEAST = 64
"""Tokens below which a reference says nothing any more."""

_MARGIN = 0.9
_PER_REFERENCE = 8

Windows = MutableMapping[tuple[str, str], int]
"""Context windows that providers told in a refusal, by provider and model."""


class Fitting:
    """Fits the prompts of one turn; `notice` hears what was left out, each once."""

    def __init__(self, plan: TurnPlan, learnt: Windows, notice: Callable[[str], None]) -> None:
        self._plan = plan
        self._learnt = learnt
        self._notice = notice
        self._told: set[str] = set()

    def window(self, agent: Agent) -> int | None:
        """Return the tokens of prompt and answer together that there is room for, if known."""
        provider = self._plan.providers[agent.provider]
        written = agent.context_window or provider.context_window
        known = written or provider.context_windows.get(agent.model)
        learnt = self._learnt.get((agent.provider, agent.model))
        return min(filter(None, (known, learnt)), default=None)

    def references(self, agent: Agent, references: Sequence[Reference]) -> list[Reference]:
        """Return `references` cut to what the provider takes, and evenly to what there is room for.

        The shortest stay whole as long as they can.
        """
        plan = self._plan
        most = plan.providers[agent.provider].reference_tokens
        whole = [prompts.cut(reference, most) for reference in references]
        room = self._room(agent)
        if room is None or not whole:
            return whole
        rest = prompts.aggregating_messages(
            agent, plan.asked, (), plan.conversation, plan.lineup.prompts
        )
        left = room - prompt_tokens(rest) - _PER_REFERENCE * len(whole)
        sizes = [estimated_tokens(len(reference.text)) for reference in whole]
        if sum(sizes) <= left:
            return whole
        each = max(LEAST, _share(sizes, left))
        self._tell(f"references cut to ~{each:,} tokens each", agent)
        return [prompts.cut(reference, each) for reference in whole]

    def messages(self, agent: Agent, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """Return `messages` without the oldest exchanges for which there is no room."""
        room = self._room(agent)
        if room is None:
            return messages
        first = 1 if messages and messages[0].role == "system" else 0
        dropped = 0
        while len(messages) - first > 2 and prompt_tokens(messages) > room:
            messages = (*messages[:first], *messages[first + 2 :])
            dropped += 1
        if dropped:
            noun = "exchange" if dropped == 1 else f"{dropped} exchanges"
            self._tell(f"the conversation's oldest {noun} left out", agent)
        return messages

    def learn(self, agent: Agent, failure: Failure | None) -> bool:
        """Take over a window that a refusal tells; return whether that was news."""
        if failure is None or failure.kind is not FailureKind.TOO_LONG:
            return False
        told, known = failure.context_window, self.window(agent)
        if not told or (known is not None and known <= told):
            return False
        self._learnt[agent.provider, agent.model] = told
        return True

    def _room(self, agent: Agent) -> int | None:
        """Tokens for a prompt; None where nothing is known, or cutting would not help."""
        window = self.window(agent)
        room = int((window - agent.sampling.max_tokens) * _MARGIN) if window else 0
        return room if room > 0 else None

    def _tell(self, what: str, agent: Agent) -> None:
        text = f"{what} to fit {agent.name}'s context of {self.window(agent):,} tokens"
        if text not in self._told:
            self._told.add(text)
            self._notice(text)


def _share(sizes: Sequence[int], left: int) -> int:
    """Return the most that each may have so that all together fit into `left`."""
    rest = sorted(sizes)
    while rest and rest[0] * len(rest) <= left:
        left -= rest.pop(0)
    return left // len(rest) if rest else left
