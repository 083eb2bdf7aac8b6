"""What an answer took, where the provider's own figures cannot be trusted or do not come. Pure."""

from moa_tui.engine.metrics import estimated_tokens
from moa_tui.engine.provider import Failure, FailureKind, Usage

_MOST_PER_TOKEN = 12
"""Characters that a token of an answer has on average at most: four to five are usual."""

_TOO_SHORT = 200
"""Characters below which an answer says nothing of its figures."""

_MUCH = 100
"""Tokens of a prompt that nobody can take for `_FEW`."""

_FEW = 8

SURE_PER_TOKEN = 5.5
"""Characters a token: more than this of them is past a limit of tokens, in nearly any language."""

GENEROUS_PER_TOKEN = 8
"""The same for who would rather end an answer late than one that keeps its limit."""

_SLACK = 400
"""Characters that are no reason to end anything."""

_IN_VAIN = {
    FailureKind.TIMEOUT,
    FailureKind.CONNECTION,
    FailureKind.CUT,
    FailureKind.EMPTY,
    FailureKind.NOT_AN_ANSWER,
}


def credible(usage: Usage | None, prompt: int, characters: int) -> Usage | None:
    """Return `usage` unless it cannot be true, given what was sent and what has come.

    `prompt` is an estimate in tokens; `characters` are those of text and reasoning.
    """
    if usage is None:
        return None
    too_little = characters > _TOO_SHORT and usage.output * _MOST_PER_TOKEN < characters
    too_short = prompt > _MUCH and usage.prompt < _FEW
    return None if too_little or too_short else usage


def estimate(prompt: int, characters: int) -> Usage:
    """Return about what an answer of so many characters took."""
    return Usage(prompt, estimated_tokens(characters))


def cost_its_prompt(failure: Failure) -> bool:
    """Whether a request that failed before any answer may have been worked on: no refusal was."""
    return failure.status is None and failure.kind in _IN_VAIN


def is_past(max_tokens: int, characters: int) -> bool:
    """Whether an answer is longer than `max_tokens` allows: its server does not keep to that."""
    return characters > max_tokens * GENEROUS_PER_TOKEN + _SLACK
