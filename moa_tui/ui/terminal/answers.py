"""What a terminal answers about itself, told apart from what the person types. Pure."""

import re
from dataclasses import dataclass

_ANSWER = re.compile(
    r"\x1b\](?P<osc>\d+;[^\x07\x1b]*)(?:\x07|\x1b\\)|\x1b\[\?(?P<csi>[\d;]*(?:c|u|\$y))"
)
_HALF = re.compile(r"\x1b(?:\](?:\d[^\x07\x1b]*)?\x1b?|\[(?:\?[\d;]*\$?)?)?\Z")
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Heard:
    """The answers without their frames, what was typed meanwhile, and whether more may come."""

    answers: tuple[str, ...] = ()
    typed: str = ""
    late: bool = False


def parsed(text: str) -> Heard:
    """Return answers and keys of `text` apart."""
    found = list(_ANSWER.finditer(text))
    answers = tuple(match["osc"] or match["csi"] for match in found)
    complete = any((match["csi"] or "").endswith("c") for match in found)
    return Heard(answers, _ANSWER.sub("", text), late=not complete)


class LateAnswers:
    """Takes answers that come after all out of what is typed. Times are seconds on any clock."""

    def __init__(self, *, expected: bool, now: float) -> None:
        self._until = now + _PATIENCE if expected else now
        self._held = ""

    def hear(self, text: str, now: float) -> str:
        """Return `text` without answers; half of one waits for its other half."""
        text, self._held = self._held + text, ""
        if now >= self._until:
            return text
        for match in _ANSWER.finditer(text):
            if (match["csi"] or "").endswith("c"):
                self._until = now
        text = _ANSWER.sub("", text)
        if now < self._until and (half := _HALF.search(text)):
            self._held = half.group()
        return text.removesuffix(self._held)

    def let_go(self) -> str:
        """Return what was held back: nothing came after it, so it was a key."""
        held, self._held = self._held, ""
        return held
