"""The questions that were asked before: walked through with Up and Down, searched. Pure."""

from collections.abc import Sequence

MOST = 1000
"""Questions kept at hand."""


class PromptHistory:
    """Earlier questions, none of them twice; what was being written when looking back is kept."""

    def __init__(self) -> None:
        self._asked: list[str] = []
        self._back = 0
        self._draft = ""

    @property
    def newest_first(self) -> list[str]:
        """The questions, the last one first."""
        return self._asked[::-1]

    def remember(self, earlier: Sequence[str]) -> None:
        """Put in the questions of earlier runs, newest first, before those of this one."""
        here = set(self._asked)
        self._asked[:0] = [text for text in dict.fromkeys(earlier) if text not in here][::-1]
        del self._asked[:-MOST]

    def add(self, question: str) -> None:
        """Take in a question that was asked, and come back to the present."""
        if question in self._asked:
            self._asked.remove(question)
        self._asked.append(question)
        self._back = 0

    def back(self, writing: str) -> str | None:
        """Return the question before, None if there is none; `writing` is kept at the first."""
        if self._back == len(self._asked):
            return None
        if not self._back:
            self._draft = writing
        self._back += 1
        return self._asked[-self._back]

    def forward(self) -> str | None:
        """Return the question after, at the end what was being written; None in the present."""
        if not self._back:
            return None
        self._back -= 1
        return self._asked[-self._back] if self._back else self._draft


def matching(questions: Sequence[str], words: str) -> list[str]:
    """Return the `questions` in which each of `words` occurs, in whatever case."""
    terms = words.casefold().split()
    return [text for text in questions if all(term in text.casefold() for term in terms)]
