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

_LETTER = re.compile(r"\b(?:answer|response)?\s*\(?([A-Z])\)?\b")


@dataclass(frozen=True, slots=True)
class Ballot:
    """Which stream's answer stands under which letter, for one reviewer."""

    letters: Mapping[str, str]

    def read(self, text: str) -> list[str]:
        """Return the streams that `text` ranks, best first; empty where it ranks none.

        A reviewer that writes no JSON is read by the letters of its last line that has several.
        """
        data = json_object_in(text) or {}
        written = data.get("ranking")
        names = [str(item) for item in written] if isinstance(written, list) else []
        found = [letter for name in names for letter in self._letters_in(name)[:1]]
        if not found:
            lines = [self._letters_in(line) for line in text.splitlines()]
            found = next((line for line in reversed(lines) if len(line) > 1), [])
            found = found or [line[0] for line in lines if line]
        return [self.letters[letter] for letter in dict.fromkeys(found)]

    def _letters_in(self, text: str) -> list[str]:
        return [letter for letter in _LETTER.findall(text) if letter in self.letters]


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
