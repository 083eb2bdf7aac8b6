"""Where references go: `{helper_response}` of the older programs → `{references}` of ours. Pure.

There, each model's system prompt says where the others' answers are put; here, two templates of
the roster do, and an agent's own prompt says only who it is.
"""

import re
from dataclasses import dataclass

_MARK = re.compile(r"\{+\s*helper_response\s*\}+")
_ANY_MARK = re.compile(r"\{+\s*(?:helper_response|responses)\s*\}+")
_BLANK_LINES = re.compile(r"\n{3,}")
_QUESTION = "\n\nQuestion:\n{question}"


@dataclass(frozen=True, slots=True)
class Placed:
    """A prompt split into who an agent is and how it is given references; `notes` say why."""

    system_prompt: str
    template: str
    notes: tuple[str, ...]


def place_main(system_prompt: str, reference_prompt: str) -> Placed:
    """Return the main model's prompt as the aggregator's."""
    notes = []
    frame = "{references}"
    if reference_prompt:
        frame, note = _once(reference_prompt, _ANY_MARK, "{references}")
        notes += [f"reference_system_prompt: {note}"] if note else []
        if "{references}" not in frame:
            frame += "\n\n{references}"
            notes.append("reference_system_prompt had no {responses}: they follow it")
    if not _MARK.search(system_prompt):
        template = _asking(frame) if reference_prompt else ""
        way = "reference_system_prompt" if reference_prompt else "moa-tui's own prompt"
        if system_prompt:
            notes.append(f"its prompt had no {{helper_response}}: references come with {way}")
        return Placed(system_prompt, template, tuple(notes))
    template, note = _once(system_prompt, _MARK, frame)
    notes += ["its prompt is in prompts.aggregator, with {references} for {helper_response}"]
    notes += [note] if note else []
    return Placed("", _asking(template), tuple(notes))


def place_proposer(system_prompt: str) -> Placed:
    """Return a proposer's prompt; its references come with the question."""
    bare = _without(system_prompt)
    if bare == system_prompt:
        return Placed(system_prompt, "", ())
    note = "{helper_response} was taken out: references come with the question (prompts.proposer)"
    return Placed(bare, "", (note,))


def refining(reference_prompt: str) -> str:
    """Return the proposers' template for later layers; empty stands for moa-tui's own."""
    if not reference_prompt:
        return ""
    frame, _note = _once(reference_prompt, _ANY_MARK, "{references}")
    frame = frame if "{references}" in frame else f"{frame}\n\n{{references}}"
    return _asking(frame)


def alone(system_prompt: str) -> str:
    """Return the main model's prompt where there is nobody to refer to."""
    return _without(system_prompt)


def _asking(template: str) -> str:
    return template if "{question}" in template else template + _QUESTION


def _once(text: str, mark: re.Pattern[str], by: str) -> tuple[str, str]:
    """Put `by` in the first mark's place and nothing in that of others."""
    first = mark.search(text)
    if first is None:
        return text, ""
    rest, more = mark.subn("", text[first.end() :])
    note = "references were asked for more than once: they are given the first time" if more else ""
    return f"{text[: first.start()]}{by}{rest}".strip(), note


def _without(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", _MARK.sub("", text)).strip() if _MARK.search(text) else text
