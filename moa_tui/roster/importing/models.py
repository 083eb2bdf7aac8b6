"""Models that older files name and nobody serves any more, and what takes their place.

To add one, add a line to GONE: the name in lower case, why it is gone, and what to use instead.
"""

from typing import NamedTuple


class Replacement(NamedTuple):
    """Why a model is gone, and the one that is asked instead."""

    why: str
    instead: str


STRONGEST = "gpt-oss-120b"
"""Also stands in where a file names no model at all."""

OTHER = "qwen-3.8-27b"
"""Another family's model, so that a mixture of models stays one."""

SERVED = frozenset({STRONGEST, OTHER})
"""What Cerebras shares (inference-docs.cerebras.ai, October 2026)."""

DEFAULT_EFFORT = {STRONGEST: "medium", OTHER: "high"}
"""How much each reasons when nobody says (inference-docs.cerebras.ai, October 2026)."""

_ROOM_FOR = {"medium": 2048, "high": 8192}
"""Tokens that reasoning at this effort may take before there is an answer."""


def effort_for(model: str, max_tokens: int) -> str:
    """Return `low` where the model would reason its whole `max_tokens` away, else nothing.

    The models of older files did not reason: their limits are for answers alone.
    """
    effort = DEFAULT_EFFORT.get(model, "")
    return "low" if max_tokens < _ROOM_FOR.get(effort, 0) else ""


_GROQ = "was served by Groq only, and is not any more"

GONE: dict[str, Replacement] = {
    # Cerebras, by the day on which the shared endpoint stopped to serve them.
    "llama3.1-8b": Replacement("Cerebras serves it no more since 2026-05-27", OTHER),
    "llama3.1-70b": Replacement("Cerebras serves it no more", STRONGEST),
    "llama-3.3-70b": Replacement("Cerebras serves it no more since 2026-02-16", STRONGEST),
    "llama-4-scout-17b-16e-instruct": Replacement("Cerebras serves it no more", STRONGEST),
    "llama-4-maverick-17b-128e-instruct": Replacement("Cerebras serves it no more", STRONGEST),
    "deepseek-r1-distill-llama-70b": Replacement("Cerebras serves it no more", STRONGEST),
    "qwen-3-32b": Replacement("Cerebras serves it no more since 2026-02-16", OTHER),
    "qwen-3-235b-a22b": Replacement("Cerebras serves it no more", OTHER),
    "qwen-3-235b-a22b-instruct-2507": Replacement(
        "Cerebras serves it no more since 2026-05-27", OTHER
    ),
    "qwen-3-235b-a22b-thinking-2507": Replacement("Cerebras serves it no more", OTHER),
    "qwen-3-coder-480b": Replacement("Cerebras serves it no more since 2025-11", OTHER),
    "zai-glm-4.6": Replacement("Cerebras serves it no more since 2026-01-20", STRONGEST),
    "zai-glm-4.7": Replacement("Cerebras serves it no more since 2026-08", STRONGEST),
    "gemma-4-31b": Replacement("Cerebras shares it no more since 2026-09", OTHER),
    # Groq, from the programs that the workshop's app was made from.
    "llama3-8b-8192": Replacement(_GROQ, OTHER),
    "llama3-70b-8192": Replacement(_GROQ, STRONGEST),
    "llama-3.1-8b-instant": Replacement(_GROQ, OTHER),
    "llama-3.1-70b-versatile": Replacement(_GROQ, STRONGEST),
    "llama-3.1-405b-reasoning": Replacement(_GROQ, STRONGEST),
    "llama-3.3-70b-versatile": Replacement(_GROQ, STRONGEST),
    "llama3-groq-8b-8192-tool-use-preview": Replacement(_GROQ, OTHER),
    "llama3-groq-70b-8192-tool-use-preview": Replacement(_GROQ, STRONGEST),
    "mixtral-8x7b-32768": Replacement(_GROQ, OTHER),
    "gemma-7b-it": Replacement(_GROQ, OTHER),
    "gemma-9b-it": Replacement(_GROQ, OTHER),
    "gemma2-9b-it": Replacement(_GROQ, OTHER),
}

_ALIASES = {
    "llama-3.1-8b": "llama3.1-8b",
    "llama-3.1-70b": "llama3.1-70b",
    "llama3.3-70b": "llama-3.3-70b",
    "llama-4-scout": "llama-4-scout-17b-16e-instruct",
    "llama-4-maverick": "llama-4-maverick-17b-128e-instruct",
    "qwen3-32b": "qwen-3-32b",
}
_OWNERS = ("cerebras/", "groq/", "openai/", "meta-llama/", "qwen/")


def resolve(name: str) -> tuple[str, str]:
    """Return the model to ask for `name`, and a note about it, empty where there is none."""
    plain = name.lower()
    for owner in _OWNERS:
        plain = plain.removeprefix(owner)
    plain = _ALIASES.get(plain, plain)
    if plain in SERVED:
        return plain, "" if plain == name else f"the model '{name}' is called '{plain}'"
    if plain in GONE:
        why, instead = GONE[plain]
        return instead, f"the model '{name}' is gone ({why}); '{instead}' is asked instead"
    return name, f"the model '{name}' is not known here; see what is served: moa-tui models"
