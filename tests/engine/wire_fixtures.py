"""What the tests of the wire and of the OpenAI-compatible provider share."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise

from moa_tui.engine.openai_provider.client import OpenAIProvider
from moa_tui.engine.provider import (
    Batch,
    ChatRequest,
    Failure,
    Message,
    ProviderError,
    ServerTiming,
    Usage,
)
from moa_tui.roster.keys import ApiKey
from moa_tui.roster.model import Dialect, Provider, Sampling
from moa_tui.roster.presets import PROVIDERS
from tests import canary
from tests.double import DIALECTS, Answer, CerebrasDouble
from tests.double.replies import answered
from tests.double.script import Send
from tests.double.wire import Call

MODEL = "gpt-oss-120b"
KEY = canary.KEY  # of the double
REQUEST = ChatRequest(MODEL, (Message("user", "Do you read me?"),), Sampling())
_CALL = Call("chatcmpl-1", MODEL, 1775751421, 69, asks_usage=True, asks_perf=True)


def body_of(answer: Answer, dialect: str = "cerebras") -> bytes:
    """The body of the double's response."""
    reply = answered(answer, _CALL, DIALECTS[dialect], stream=True)
    return b"".join(step.data for step in reply.steps if isinstance(step, Send))


def cut(body: bytes, places: Sequence[int]) -> list[bytes]:
    """The body in reads that end at `places`, counted around it where they are beyond its end."""
    ends = sorted({0, len(body), *(place % (len(body) + 1) for place in places)})
    return [body[start:end] for start, end in pairwise(ends)]


@dataclass
class Heard:
    """What a consumer of a stream has of it in the end."""

    text: str = ""
    reasoning: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None
    timing: ServerTiming | None = None
    done: bool = False
    doubt: str = ""
    tool: str | None = None
    batches: int = 0

    def take(self, batch: Batch) -> None:
        """Add a batch as the engine does: of the figures the last ones count."""
        if batch.recognized:
            self.reasoning, self.text = self.reasoning + self.text, ""
        self.text += batch.text
        self.reasoning += batch.reasoning
        self.doubt = self.doubt or batch.doubt
        self.tool = self.tool if batch.tool is None else batch.tool
        if batch.reopened:
            self.finish_reason = None
        self.finish_reason = batch.finish_reason or self.finish_reason
        self.usage = batch.usage or self.usage
        self.timing = batch.timing or self.timing
        self.done = self.done or batch.done
        self.batches += 1


_PRESETS: Mapping[str, str] = {"llamacpp": "llama.cpp"}


def dialect_of(name: str) -> Dialect:
    """The request side, as a roster has it, of one of the double's dialects."""
    return PROVIDERS[_PRESETS.get(name, name)].dialect


def provider_at(base_url: str, dialect: str = "cerebras", *, embedded: bool = False) -> Provider:
    """A provider called acme, whose key is in ACME_API_KEY."""
    return Provider("acme", base_url, "ACME_API_KEY", dialect_of(dialect), embedded=embedded)


@asynccontextmanager
async def opened(
    base_url: str, dialect: str = "cerebras", *, key: str = KEY, read_timeout: float = 5.0
) -> AsyncIterator[OpenAIProvider]:
    """A client for an address, closed at the end."""
    provider = provider_at(base_url, dialect)
    client = OpenAIProvider(provider, base_url, ApiKey(key), read_timeout=read_timeout)
    try:
        yield client
    finally:
        await client.aclose()


async def ask(
    double: CerebrasDouble,
    request: ChatRequest = REQUEST,
    dialect: str = "cerebras",
    *,
    read_timeout: float = 5.0,
) -> Heard:
    """Ask the double, and take the stream to its end."""
    heard, failure = await ask_address(double.base_url, request, dialect, read_timeout=read_timeout)
    assert failure is None, failure
    return heard


async def ask_address(
    base_url: str,
    request: ChatRequest = REQUEST,
    dialect: str = "cerebras",
    *,
    key: str = KEY,
    read_timeout: float = 5.0,
) -> tuple[Heard, Failure | None]:
    """Ask whoever is there; nothing but a ProviderError may come out."""
    heard = Heard()
    try:
        async with opened(base_url, dialect, key=key, read_timeout=read_timeout) as client:
            async for batch in client.stream(request):
                heard.take(batch)
    except ProviderError as error:
        return heard, error.failure
    return heard, None
