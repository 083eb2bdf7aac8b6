"""Questions and references → messages. Pure; what is sent to whom is decided here and only here.

The aggregator's instruction follows the shape that the Mixture-of-Agents paper describes
(arXiv 2406.04692, table 1): the answers are numbered, unnamed, and to be judged, not copied.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from moa_tui.engine.events import Outcome
from moa_tui.engine.provider import Message
from moa_tui.engine.wholeness import marked
from moa_tui.roster.model import Agent, Prompts

CHARS_PER_TOKEN = 4
"""Rough length of a token in English; used for estimates and for cutting, never for figures."""

AGGREGATE = """\
Several assistants have each answered the question below, without seeing one another's answers. \
Write the one answer that serves the asker best. Weigh the answers critically: some may be wrong, \
incomplete or biased, and agreement alone does not make them right. Take what is sound, correct \
what is not, settle contradictions openly, and add what is missing. Do not mention the assistants \
or the answers as such; write as if the question had come to you alone.

{references}

Question:
{question}"""

JUDGE = """\
Several assistants have each answered the question below, without seeing one another's answers. Do \
not answer it yourself: judge what they say. Write four short sections, with a list in each, and \
say which answers you mean, each by its number and the name beside it:

1. Consensus: what most of them agree on.
2. Contradictions: where they say what cannot both be true, and which of it seems right, and why.
3. Unique points: what only one of them brings that is worth having.
4. Blind spots: what all of them miss or take for granted.

{references}

Question:
{question}"""
"""An aggregator's instruction that has it compare the answers in place of writing one."""

_REFINE = """\
{question}

For reference, here is how other assistants answered this question. They may be wrong. Give your \
own answer, improved by whatever is sound in theirs.

{references}"""

_EXACT = """\
{question}

Work it out, then end with one line that holds the exact answer and nothing else, as short as it \
can be said:
Final answer: …"""

_CHAIR = """

The assistants have ranked one another's answers without knowing whose they are; nobody ranked \
their own. The ranking is a hint, not proof. {ranking}."""

CUT_MARK = " […]"
"""Ends a reference that was cut."""

_SENTENCE_ENDS = (". ", ".\n", "! ", "!\n", "? ", "?\n", "。", "！", "？")
_PLACEHOLDER = re.compile(r"\{question\}|\{references\}")


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of the conversation, the final answer it got, and how that one ended."""

    question: str
    answer: str
    outcome: Outcome | str = Outcome.COMPLETE

    @property
    def messages(self) -> tuple[Message, Message]:
        """The exchange as later questions carry it: an answer that was cut off says so."""
        answer = marked(self.answer, self.outcome)
        return Message("user", self.question), Message("assistant", answer)


@dataclass(frozen=True, slots=True)
class Reference:
    """A proposer's finished text as it is given on: the name stays behind, unless it is a label.

    `stream` is what tells it from others: an agent may have several, and texts may be the same.
    """

    agent: str
    text: str
    stream: str = ""
    label: str = ""
    """What it is called in a prompt, such as `Answer 2 (ada)`; empty: its number there."""
    outcome: Outcome = Outcome.COMPLETE

    def called(self, number: int) -> str:
        """Return what it is called where it is the reference number `number`."""
        return self.label or f"Answer {number}"

    @property
    def marked(self) -> str:
        """The text as others read it: one that was cut off says so."""
        return marked(self.text, self.outcome)


def question_messages(
    agent: Agent, question: str, conversation: Sequence[Exchange] = ()
) -> tuple[Message, ...]:
    """Return the prompt of a proposer in the first layer."""
    return messages_of(agent.system_prompt, conversation, question)


def exact_messages(
    agent: Agent, question: str, conversation: Sequence[Exchange] = ()
) -> tuple[Message, ...]:
    """Return the prompt of a proposer whose answer is going to be compared with others'."""
    return messages_of(agent.system_prompt, conversation, _EXACT.format(question=question))


def refining_messages(
    agent: Agent,
    question: str,
    references: Sequence[Reference],
    conversation: Sequence[Exchange] = (),
    prompts: Prompts = Prompts(),
) -> tuple[Message, ...]:
    """Return the prompt of a proposer in a later layer."""
    content = _fill(prompts.proposer or _REFINE, question, references)
    return messages_of(agent.system_prompt, conversation, content)


def aggregating_messages(
    agent: Agent,
    question: str,
    references: Sequence[Reference],
    conversation: Sequence[Exchange] = (),
    prompts: Prompts = Prompts(),
    missing: Sequence[str] = (),
    ranking: str = "",
) -> tuple[Message, ...]:
    """Return the prompt of the aggregator. The question comes last, after the references.

    `missing` names who gave no answer, and never why: the text of an error is no answer.
    `ranking` is what reviewers think of the answers, where there were any.
    """
    content = _fill(prompts.aggregator or AGGREGATE, question, references, missing, ranking)
    return messages_of(agent.system_prompt, conversation, content)


def shuffled(references: Sequence[Reference], seed: int) -> list[Reference]:
    """Return the references in an order drawn from `seed`: the first one shown is preferred."""
    order = list(references)
    random.Random(seed).shuffle(order)  # noqa: S311 - an order, not a secret
    return order


def cut(reference: Reference, tokens: int | None) -> Reference:
    """Cut a reference to at most about `tokens` tokens, at a sentence or word where one is near."""
    if not tokens or len(reference.text) <= tokens * CHARS_PER_TOKEN:
        return reference
    room = tokens * CHARS_PER_TOKEN - len(CUT_MARK)
    start = reference.text[: room + 1]  # one more: what follows shows whether a word ends there
    sentence = 1 + max(start.rfind(mark, 0, room + len(mark) - 1) for mark in _SENTENCE_ENDS)
    word = max(start.rfind(" "), start.rfind("\n"))
    # A script without spaces has its last one anywhere: what is far from the limit is no place.
    end = next((end for end in (sentence, word) if end > room // 2), room)
    return replace(reference, text=start[:end].rstrip() + CUT_MARK)


def messages_of(
    system_prompt: str, conversation: Sequence[Exchange], content: str
) -> tuple[Message, ...]:
    """Return a prompt: the persona, the conversation, and what is asked now."""
    messages = [Message("system", system_prompt)] if system_prompt else []
    for exchange in conversation:
        messages += exchange.messages
    return (*messages, Message("user", content))


def _fill(
    template: str,
    question: str,
    references: Sequence[Reference],
    missing: Sequence[str] = (),
    ranking: str = "",
) -> str:
    """Put both parts in at once: a placeholder inside an answer must stay as it is."""
    numbered = "\n\n".join(f"{r.called(i)}:\n{r.marked}" for i, r in enumerate(references, start=1))
    if missing:
        numbered += f"\n\n(No answer came from: {', '.join(missing)}.)"
    if ranking:
        numbered += _CHAIR.format(ranking=ranking)
    parts = {"{question}": question, "{references}": numbered}
    return _PLACEHOLDER.sub(lambda match: parts[match[0]], template)
