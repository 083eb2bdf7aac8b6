"""Which part of a request a provider does not know, by its refusal.

Only what may be left out without changing what is asked: a refused value ("must be between 0 and
1") is the person's to correct, and what is not named cannot be guessed.
"""

import re
from collections.abc import Collection, Iterator

from moa_tui.engine.openai_provider.reasons import Reason

SYSTEM = "system"
"""The name, among fields, of the message that holds the system prompt."""

LIMIT_FIELDS = ("max_tokens", "max_completion_tokens")
"""Two names of one thing: it is never left out, as it is what an answer may cost."""

OPTIONAL = (
    *("stream_options", "temperature", "top_p", "seed", "stop", "reasoning_effort"),
    "response_format",
)
"""Fields without which the same question is asked."""

_REFUSING = frozenset({400, 404, 422, 501})
_PLAIN_WORDS = frozenset({"stop", "seed", "temperature"})
"""Fields whose names may stand in any sentence: these count in marks, or as a parameter."""

_UNKNOWN = re.compile(
    r"unsupported|not\s+supported|no\s+longer\s+supported|n[o']t\s+(?:currently\s+)?support"
    r"|unknown|unrecogni[sz]ed|unexpected|extra\s+(?:inputs?|fields?|keys?|param)|not\s+permitted"
    r"|not\s+allowed|cannot\s+find|not\s+(?:available|enabled|implemented|accepted|recogni[sz]ed)"
    r"|additional\s+propert|deprecated|cannot\s+be\s+used|can'?t\s+be\s+used|incompatible"
    r"|only\s+(?:the\s+)?default|only\s+\S{1,6}\s+is\s+(?:allowed|supported)"
    r"|must\s+be\s+(?:set\s+to\s+)?1(?:\.0)?\b(?!\s*(?:or|to|and|-|,))|invalid\s+(?:field|argument"
    r"|parameter|property|key)\s*(?:name)?s?\s*:|not\s+a\s+valid\s+(?:field|argument|parameter"
    r"|property)|does\s+not\s+(?:accept|allow|exist|recogni[sz]e)|remove\s+(?:the|this)",
    re.IGNORECASE,
)
_UNKNOWN_CODES = (
    *("unsupportedparameter", "unknownparameter", "extraforbidden", "unrecognizedparameter"),
    *("unsupportedfield", "unknownfield", "invalidparametername", "unexpectedparameter"),
)
_OUT_OF_RANGE = re.compile(
    r"between|less than|greater than|at most|at least|at maximum|maximum (?:value|of|allowed|is)"
    r"|minimum|too (?:large|high|big|small|low|long|many)|out of range|exceed|range|one of"
    r"|(?:supported|allowed|valid|possible|accepted) (?:values|options)|expected (?:a|an)\b"
    r"|should be (?:a|an|')|must be (?:a|an|positive|>|<|in)\b",
    re.IGNORECASE,
)
_NO_SYSTEM = re.compile(
    r"\b(?:system|developer)\b[\s'\"`]*(?:roles?|messages?|prompts?|instructions?)[^.\n]{0,60}?"
    r"(?:not\s+(?:currently\s+)?(?:supported|enabled|allowed|permitted|available|accepted)"
    r"|unsupported|isn'?t\s+(?:supported|allowed))"
    r"|(?:not|n't)\s+support[^.\n]{0,40}\b(?:system|developer)\b[\s'\"`]*(?:role|message|prompt|instr)"
    r"|unsupported\s+role[^.\n]{0,20}\b(?:system|developer)\b"
    r"|only\s+(?:the\s+)?['\"`]?user['\"`]?,?\s+and\s+['\"`]?(?:assistant|model)['\"`]?\s+roles?"
    r"|roles?\s+must\s+alternate"
    r"|\brole\b(?![^\n]*\bsystem\b)[^.\n]{0,60}\buser['\"`]?,?\s+(?:or|and)\s+['\"`]?"
    r"(?:assistant|model)\b",
    re.IGNORECASE,
)


def refused_fields(status: int, reason: Reason, sent: Collection[str]) -> frozenset[str]:
    """Return those of the fields that were `sent` which a refusal says are not known there.

    `sent` names SYSTEM where there was a system message. Empty: asking again would not help.
    """
    if status not in _REFUSING or reason.page:
        return frozenset()
    words = reason.words[:4000]
    found = set()
    if SYSTEM in sent and _NO_SYSTEM.search(words):
        found.add(SYSTEM)
    if reason.has(*_UNKNOWN_CODES) or (_UNKNOWN.search(words) and not _OUT_OF_RANGE.search(words)):
        found |= set(_named(reason, words, sent))
    return frozenset(found)


def _named(reason: Reason, words: str, sent: Collection[str]) -> Iterator[str]:
    """Yield the fields that were sent and are named, by a place for it or in words."""
    places = {name.removeprefix("body.").split(".")[0] for name in reason.names}
    for field in (*OPTIONAL, *LIMIT_FIELDS):
        if field not in sent:
            continue
        if field in places or (not places & set(sent) and _mentions(words, field)):
            yield field


def _mentions(words: str, field: str) -> bool:
    name = re.escape(field)
    if field == "response_format":
        name = r"(?:response_format|json_schema|structured outputs?)"
    if field not in _PLAIN_WORDS:
        return re.search(rf"(?<![\w.]){name}\b|\bbody\.{name}\b", words) is not None
    what = r"(?:parameter|field|argument|property|key|input|option|setting)s?"
    return (
        re.search(
            rf"['\"`]{name}['\"`.]|\bbody\.{name}\b|\b{what}:?\s+['\"`]?{name}\b|\b{name}\s+{what}"
            rf"|^{name}\b|\b{name}:\s|\binvalid {name}:",
            words,
            re.IGNORECASE,
        )
        is not None
    )
