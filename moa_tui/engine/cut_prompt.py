"""Whether a server has read only a part of a prompt, without a word. Pure.

Servers with a window smaller than the prompt cut it in silence, Ollama by default, and answer what
is left. What they report to have read tells it.
"""

import re
from collections.abc import Iterable
from itertools import accumulate

from moa_tui.engine.events import StreamPlanned
from moa_tui.engine.metrics import prompt_tokens
from moa_tui.engine.provider import Message, Usage

_LEAST = 300
"""Tokens of a prompt below which no window is too small."""

_SURE = 0.6
"""No tokenizer makes fewer tokens than this of the words that a prompt certainly has."""

_WIDE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[^\W_{_WIDE}]+")
_WIDE_CHARACTER = re.compile(f"[{_WIDE}]")
_CHARACTERS_OF_A_TOKEN = 4
"""Of Chinese, Japanese or Korean in one token, at the very most."""


def cut_prompt(planned: StreamPlanned, usage: Usage) -> str:
    """Say that the prompt of a stream was cut; empty where that is not certain."""
    # Some providers count what they had in their cache apart.
    read = usage.prompt + usage.cached
    estimate = prompt_tokens(planned.messages)
    if not usage.prompt or estimate < _LEAST or read * 2 > estimate:
        return ""
    if not _has_more(planned.messages, read / _SURE):
        return ""
    name = f"{planned.agent} {planned.sample}" if planned.sample else planned.agent
    return (
        f"{name} has read only {usage.prompt:,} of about {estimate:,} tokens: its server cut the "
        "prompt. Raise the server's context (Ollama: OLLAMA_CONTEXT_LENGTH or num_ctx; "
        "llama.cpp: --ctx-size), or set context_window so that prompts are made to fit"
    )


def _has_more(messages: Iterable[Message], tokens: float) -> bool:
    """Whether `messages` certainly have more than so many tokens.

    It looks no further than it has to: a conversation may be long, and each stream is sent it.
    """
    return any(found > tokens for found in accumulate(_least_tokens(m.content) for m in messages))


def _least_tokens(text: str) -> int:
    """Return how many tokens `text` has at the least: no token holds two words."""
    wide = len(_WIDE_CHARACTER.findall(text)) // _CHARACTERS_OF_A_TOKEN
    return len(_WORD.findall(text)) + wide
