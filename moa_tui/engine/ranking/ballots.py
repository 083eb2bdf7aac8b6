"""A reviewer's ballot: the answers of the others under letters, and the order they are put in."""

import random
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moa_tui.engine.prompts import Exchange, messages_of
from moa_tui.engine.provider import Message
from moa_tui.engine.structured import json_object_in
from moa_tui.roster.model import Agent

_RANK = """\
Several assistants have answered the question below. Judge their answers: correctness first, then \
completeness, then clarity; length is no merit. Compare them with one another and put all of them \
in order, the best first.

Question:
{question}

{answers}

Write one JSON object and nothing around it, with the letters in order and one sentence about what \
decided:
{{"ranking": [{letters}], "why": "…"}}"""

_MOST_CHARACTERS = 20_000
"""Of a ballot that is no JSON only the end is read: there the order is."""

_CALLED = re.compile(r"\b(?:answer|response|option|assistant)s?\b|[*_`()\[\]\"']", re.IGNORECASE)
_LETTER = re.compile(r"\W*([A-Z])\b|\W*([a-z])\W*$")
_ORDER = re.compile(r"(?:[^:\n]{1,60}:)?\s*[A-Z](?:(?:\s*(?:>|›|→|->|,|;|\bthen\b))+\s*[A-Z])+\W*")
_ALONE = re.compile(r"\W*([A-Z])\W*")
_PLACE = re.compile(r"\s*\d{1,2}\s*[.):]\s*([A-Z])\b")


@dataclass(frozen=True, slots=True)
class Ballot:
    """Which stream's answer stands under which letter, for one reviewer."""

    letters: Mapping[str, str]

    def read(self, text: str) -> list[str]:
        """Return the streams that `text` ranks, best first; empty where it ranks none.

        A reviewer that writes no JSON is read by its last line that is nothing but letters in
        order, or by its numbered list: letters in prose (`A good answer`) are no order. Nor is
        one in which answers are level.
        """
        data = json_object_in(text) or {}
        if "ranking" in data:
            found = _letters_of(data["ranking"])
        else:
            found = _order_in(text[-_MOST_CHARACTERS:])
        return [self.letters[letter] for letter in dict.fromkeys(found) if letter in self.letters]


def _letters_of(written: object) -> list[str]:
    """Return the letters of a ranking as it stands in JSON; none where some are level."""
    if isinstance(written, str):
        alone = _ALONE.fullmatch(written[:200])
        return [alone[1]] if alone else _order_in(written)
    if not isinstance(written, list) or any(isinstance(item, list) for item in written):
        return []
    return [letter for item in written for letter in _letter_in(item)[:1]]


def _letter_in(item: object) -> list[str]:
    if isinstance(item, dict):
        return [letter for value in item.values() for letter in _letter_in(value)]
    found = _LETTER.match(_CALLED.sub(" ", item[:200])) if isinstance(item, str) else None
    return [(found[1] or found[2]).upper()] if found else []


def _order_in(text: str) -> list[str]:
    lines = [_CALLED.sub(" ", line).strip() for line in text.splitlines()]
    for line in reversed(lines):
        if _ORDER.fullmatch(line):
            return re.findall(r"[A-Z]\b", line.rpartition(":")[2])
    return [found[1] for line in lines if (found := _PLACE.match(line))]


def ballot_for(voter: str, others: Sequence[str], seed: int) -> Ballot:
    """Put the streams of `others` under letters, in an order that is the voter's alone.

    Each reviewer has another order: what is shown first is preferred by many models.
    """
    others = list(others)
    random.Random(f"{seed}/{voter}").shuffle(others)  # noqa: S311 - an order, not a secret
    return Ballot(dict(zip(string.ascii_uppercase, others, strict=False)))


def ranking_messages(
    reviewer: Agent,
    question: str,
    ballot: Ballot,
    texts: Mapping[str, str],
    conversation: Sequence[Exchange] = (),
) -> tuple[Message, ...]:
    """Return the prompt of a reviewer; nothing in it says whose answers they are."""
    answers = "\n\n".join(f"Answer {a}:\n{texts[name]}" for a, name in ballot.letters.items())
    letters = ", ".join(f'"{letter}"' for letter in ballot.letters)
    content = _RANK.format(question=question, answers=answers, letters=letters)
    return messages_of(reviewer.system_prompt, conversation, content)


def ranking_schema(ballot: Ballot) -> dict[str, object]:
    """Return the JSON schema of a filled-in ballot."""
    letter = {"type": "string", "enum": list(ballot.letters)}
    return {
        "type": "object",
        "properties": {
            "ranking": {"type": "array", "items": letter},
            "why": {"type": "string"},
        },
        "required": ["ranking", "why"],
        "additionalProperties": False,
    }
