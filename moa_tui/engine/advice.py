"""Advice that takes more than the response: what to shorten, and which model was meant."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from moa_tui.engine.metrics import estimated_tokens
from moa_tui.engine.nearest import nearest
from moa_tui.engine.provider import (
    ChatProvider,
    ChatRequest,
    Failure,
    FailureKind,
    Message,
)

_PATIENCE = 5.0
"""Seconds that a list of models may take: the failure itself is already known."""
_SHOWN = 3


async def advised(
    failure: Failure, request: ChatRequest, provider: ChatProvider, *, refines: bool
) -> Failure:
    """Return `failure` with the advice that can be given for it.

    `refines` says that the last message of the request holds other agents' answers.
    """
    match failure.kind:
        case FailureKind.UNKNOWN_MODEL:
            names: list[str] = []
            with suppress(Exception):  # what was asked for has failed: this is an extra
                async with asyncio.timeout(_PATIENCE):
                    names = await provider.models()
            others = [name for name in names if name != request.model]
            advice = f"{_meant(request.model, others)} {failure.advice}".strip()
            return replace(failure, advice=advice)
        case FailureKind.TOO_LONG:
            return replace(failure, advice=what_to_shorten(request, refines=refines))
    return failure


def what_to_shorten(request: ChatRequest, *, refines: bool = False) -> str:
    """Name the largest part of a prompt, and how to make it smaller."""
    parts = {
        "the system prompt": _size(m for m in request.messages[:-1] if m.role == "system"),
        "the conversation": _size(m for m in request.messages[:-1] if m.role != "system"),
        "the question": _size(request.messages[-1:]),
    }
    how = {
        "the system prompt": "shorten this agent's system_prompt",
        "the conversation": "start a new conversation",
        "the question": "shorten the question",
    }
    if refines:
        how["the question"] = "lower max_tokens of the agents before, or set reference_tokens"
    largest = max(parts, key=lambda name: parts[name])
    named = "the other agents' answers" if refines and largest == "the question" else largest
    limit = request.sampling.max_tokens
    if parts[largest] < limit:
        return f"lower max_tokens ({limit:,}): it counts against the same limit"
    return f"{how[largest]}: {named} is most of it (~{parts[largest]:,} tokens)"


def _size(messages: Iterable[Message]) -> int:
    return estimated_tokens(sum(len(m.content) for m in messages))


def _meant(model: str, served: Sequence[str]) -> str:
    """Name what is served and sounds like `model`, or else a few of what is served."""
    close = nearest(model, served, _SHOWN)
    names = close or list(served[:_SHOWN])
    if not names:
        return ""
    listed = ", ".join(f"'{name}'" for name in names)
    return f"did you mean {listed}?" if close else f"it serves {listed};"
