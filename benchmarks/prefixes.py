"""How much of a conversation's prompts a provider's cache can serve: the order they are sent in,
with the persona first, against one with the question first and the persona last.

Twice: in a cache as Cerebras documents its own (automatic, by prefix, in blocks of 128 tokens, for
the whole organisation, for at least five minutes), in which requests that leave together do not
see one another; and on the embedded model, as its server reports it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.table import Figure
from moa_tui.engine import prompts
from moa_tui.engine.openai_provider.client import OpenAIProvider
from moa_tui.engine.prompts import CHARS_PER_TOKEN, Exchange, Reference
from moa_tui.engine.provider import ChatRequest, Message, Usage
from moa_tui.errors import LocalModelError
from moa_tui.local.process import LocalServer
from moa_tui.roster.keys import ApiKey
from moa_tui.roster.loading import Found
from moa_tui.roster.model import Agent, Prompts, Sampling
from moa_tui.roster.presets import EMBEDDED, PROVIDERS
from moa_tui.roster.trust import trusted_roster

_ROSTER = Path(__file__).resolve().parent.parent / "agents.yaml"
_BLOCK = 128 * CHARS_PER_TOKEN
_QUESTION_FIRST = Prompts(
    proposer="{question}\n\nHow other assistants answered, perhaps wrongly:\n\n{references}",
    aggregator="{question}\n\nWrite the one answer that serves the asker best from these:\n\n"
    "{references}",
)
_QUICK_TO_READ = "Why does exercise make people feel better, and how much of it is enough? " * 4

Messages = tuple[Message, ...]
Ask = Callable[[Messages], Awaitable[tuple[str, Usage]]]
"""Asks for an answer; says what it cost."""

Opened = Callable[[], AbstractAsyncContextManager[Ask]]
Order = Callable[[Messages], Messages]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: layers of proposers before the aggregator, and how many turns."""

    name: str
    layers: int = 1
    turns: int = 1


_TALKS = (Talk("a turn"), Talk("a turn of 2 layers", layers=2), Talk("3 turns", turns=3))


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield for each conversation the share of prompt tokens that came from the cache."""
    for talk in _TALKS:
        for tokens in (100, 2_000):
            question = "Lorem " * (tokens * CHARS_PER_TOKEN // 6)
            name = f"prompts from a cache, persona first, {talk.name}, {tokens:,}-token question"
            yield Figure(name, asyncio.run(_both(talk, question, _simulated)))
    for talk in () if quick else _TALKS:
        name = f"prompts from the embedded model's cache, persona first, {talk.name}"
        try:
            yield Figure(name, asyncio.run(_both(talk, _QUICK_TO_READ, _embedded)))
        except LocalModelError as error:
            yield Figure(name, f"not run: {error.message}")
            return


async def _both(talk: Talk, question: str, opened: Opened) -> str:
    """Hold the conversation in either order, each time with an empty cache."""
    shares = []
    for question_first in (False, True):
        async with opened() as ask:
            costs = await _hold(talk, question, ask, question_first=question_first)
        prompt, cached = (sum(getattr(cost, of) for cost in costs) for of in ("prompt", "cached"))
        shares.append(f"{100 * cached / prompt:.0f} % of {prompt:,}")
    return f"{shares[0]} tokens (question first: {shares[1]})"


async def _hold(talk: Talk, question: str, ask: Ask, *, question_first: bool) -> list[Usage]:
    """Hold a conversation with the agents that moa-tui brings along; return what it cost."""
    lineup = trusted_roster(Found(_ROSTER, "shipped")).lineup("")
    templates, order = (_QUESTION_FIRST, _persona_last) if question_first else (Prompts(), _as_is)
    exchanges: list[Exchange] = []
    costs: list[Usage] = []

    async def asked(*messages: Messages) -> list[str]:
        answers = await asyncio.gather(*(ask(order(prompt)) for prompt in messages))
        costs.extend(cost for _, cost in answers)
        return [text for text, _ in answers]

    for turn in range(talk.turns):
        about = f"{turn + 1}. {question}"
        references: Sequence[Reference] = ()
        for _ in range(talk.layers):
            wave = (_proposal(a, about, references, exchanges, templates) for a in lineup.layers[0])
            references = [Reference("", text) for text in await asked(*wave)]
        final = prompts.aggregating_messages(
            lineup.aggregator, about, references, exchanges, templates
        )
        exchanges.append(Exchange(about, *await asked(final)))
    return costs


def _proposal(
    agent: Agent,
    question: str,
    references: Sequence[Reference],
    conversation: Sequence[Exchange],
    templates: Prompts,
) -> Messages:
    if not references:
        return prompts.question_messages(agent, question, conversation)
    return prompts.refining_messages(agent, question, references, conversation, templates)


def _as_is(messages: Messages) -> Messages:
    return messages


def _persona_last(messages: Messages) -> Messages:
    """Move the system prompt to the end of the last message: not all models take it there alone."""
    persona, *others, last = messages
    return (*others, replace(last, content=f"{last.content}\n\n{persona.content}"))


@asynccontextmanager
async def _simulated() -> AsyncIterator[Ask]:
    """A cache by prefix, in blocks, of one model that answers with about 600 tokens."""
    seen: set[str] = set()
    answers = iter(range(1_000))

    async def ask(messages: Messages) -> tuple[str, Usage]:
        prompt = "".join(f"<{message.role}>{message.content}" for message in messages)
        prefixes = [prompt[:end] for end in range(_BLOCK, len(prompt) + 1, _BLOCK)]
        cached = next((i for i, prefix in enumerate(prefixes) if prefix not in seen), len(prefixes))
        await asyncio.sleep(0)  # those that leave together have all looked by now
        seen.update(prefixes)
        cost = Usage(len(prompt) // CHARS_PER_TOKEN, 600, cached=cached * _BLOCK // CHARS_PER_TOKEN)
        return f"Answer {next(answers)}. " + "Lorem " * (600 * CHARS_PER_TOKEN // 6), cost

    yield ask


@asynccontextmanager
async def _embedded() -> AsyncIterator[Ask]:
    """The embedded model, started anew; its answers are short, as it reads slowly."""
    server = LocalServer()
    endpoint = await server.endpoint()
    client = OpenAIProvider(PROVIDERS[EMBEDDED], endpoint.base_url, ApiKey(endpoint.key))

    async def ask(messages: Messages) -> tuple[str, Usage]:
        sampling = Sampling(max_tokens=32, temperature=0.0)
        text, cost = "", Usage(0, 0)
        async for batch in client.stream(ChatRequest("embedded", messages, sampling)):
            text += batch.text
            cost = batch.usage or cost
        return text, cost

    try:
        yield ask
    finally:
        await client.aclose()
        await server.aclose()
