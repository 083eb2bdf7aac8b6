"""Whether an answer is whole, in the words that every part of the program uses. Pure.

The verdict travels with the text: whoever shows, prints, keeps, copies or passes on an answer that
is not whole says so with `not_whole`.
"""

from collections.abc import Mapping
from typing import Any

from moa_tui.engine.events import Outcome, TurnEnded, TurnOutcome

_WHY = {
    Outcome.COMPLETE: "",
    Outcome.TRUNCATED: "cut off at the token limit",
    Outcome.FILTERED: "cut off by a content filter",
    Outcome.PARTIAL: "cut off before its end",
    Outcome.STOPPED: "stopped before its end",
}
_NOT_KNOWN = "nothing says that it came to its end"


def not_whole(outcome: Outcome | str | None) -> str:
    """Say why an answer that ended so is not whole; empty where it is."""
    return _WHY.get(outcome, _NOT_KNOWN)  # type: ignore[arg-type]  # a StrEnum is its text


def remark(outcome: Outcome | str | None) -> str:
    """Say in a sentence that an answer that ended so is not whole; empty where it is."""
    why = not_whole(outcome)
    return f"This answer is not whole: {why}." if why else ""


def marked(text: str, outcome: Outcome | str | None) -> str:
    """Return a text as it goes to another model: with a mark in words where it is not whole."""
    said = remark(outcome)
    return f"{text.rstrip()}\n\n[{said}]" if said and text.strip() else text


def outcome_of(ended: TurnEnded, of_stream: Outcome | None) -> Outcome | None:
    """Return how the answer ended; `of_stream` says it where the event is an earlier version's."""
    if ended.answer_outcome or not ended.answer:
        return ended.answer_outcome
    # A turn is complete only if all that it is made from is.
    return Outcome.COMPLETE if ended.outcome is TurnOutcome.COMPLETE else of_stream


def outcome_in(record: Mapping[str, Any]) -> str:
    """Return how the answer in a plain record ended; of earlier versions', as its stream did.

    Empty where there is no answer, and where nothing says it.
    """
    if not record.get("answer"):
        return ""
    if told := record.get("answer_outcome"):
        return str(told)
    if record.get("outcome") == "complete":  # a turn is, only if all that it is made from is
        return str(Outcome.COMPLETE)
    writer = record.get("answered_by")
    streams = record.get("streams") or ()
    return next((str(s["outcome"]) for s in streams if writer and s["id"] == writer), "")


def remark_on(record: Mapping[str, Any]) -> str:
    """Say in a sentence that the answer in a plain record is not whole; empty where it is."""
    return remark(outcome_in(record)) if record.get("answer") else ""
