"""What is left when agents fail: the best proposal, and one cause for all of them. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

from moa_tui.engine.events import Outcome
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.engine.verdict import Answer

_NOBODY = "no agent gave an answer"
_WORD = re.compile(r"\w+")


def best_proposal(answers: Sequence[Answer]) -> Answer | None:
    """Return the usable answer that the others agree with most, a complete one if there is any.

    Agreement is the mean Jaccard index of the words: the medoid of the answers.
    """
    usable = [answer for answer in answers if answer.usable]
    whole = [answer for answer in usable if answer.outcome is Outcome.COMPLETE] or usable
    words = {answer.stream: set(_WORD.findall(answer.text.lower())) for answer in whole}

    def agreement(answer: Answer) -> float:
        own = words[answer.stream]
        others = [other for stream, other in words.items() if stream != answer.stream]
        return sum(len(own & other) / len(own | other) for other in others if own | other)

    return max(whole, key=agreement, default=None)


def shared_cause(answers: Sequence[Answer]) -> Failure:
    """Return why nobody answered: the one failure they share, or how often each kind came."""
    failures = [answer.failure for answer in answers if answer.failure]
    counts = Counter(
        str(answer.failure.kind if answer.failure else answer.outcome) for answer in answers
    )
    if not failures:
        return Failure(FailureKind.EMPTY, f"{_NOBODY}: {' and '.join(counts)}", "ask again")
    usual = Counter(failure.kind for failure in failures).most_common(1)[0][0]
    first = next(failure for failure in failures if failure.kind is usual)
    told = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    each = f" ({told})" if len(counts) > 1 else ""
    message = f"{_NOBODY}{each}: {first.message}"
    return Failure(usual, message, first.advice, status=first.status)
