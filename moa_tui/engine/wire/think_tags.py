"""Reasoning that a model writes into its answer, between <think> and </think>, told apart."""

from typing import Literal

_OPEN = "<think>"
_CLOSE = "</think>"


class ThinkTagSplitter:
    """Splits a text that may begin with a think block, whatever pieces it arrives in.

    Only a tag at the very beginning counts: one in the middle of an answer is part of it.
    """

    __slots__ = ("_held", "_state")

    def __init__(self) -> None:
        self._state: Literal["start", "thinking", "after", "text"] = "start"
        self._held = ""

    def split(self, piece: str) -> tuple[str, str]:
        """Return the reasoning and the text in `piece`, holding back what may be half a tag."""
        if self._state == "text":
            return "", piece
        self._held += piece
        reasoning = ""
        if self._state == "start":
            opening = self._held.lstrip()
            if opening.startswith(_OPEN):
                self._state, self._held = "thinking", opening[len(_OPEN) :]
            elif not _OPEN.startswith(opening):
                return "", self._release()
        if self._state == "thinking":
            reasoning = self._think()
        if self._state == "after":
            # The blank lines between the block and the answer belong to neither.
            self._held = self._held.lstrip("\n")
            return reasoning, self._release() if self._held else ""
        return reasoning, ""

    def flush(self) -> tuple[str, str]:
        """Return what was held back, now that nothing follows; an unclosed block is no text."""
        state, held = self._state, self._release()
        return (held, "") if state == "thinking" else ("", held)

    def _think(self) -> str:
        end = self._held.find(_CLOSE)
        if end >= 0:
            reasoning, self._held = self._held[:end], self._held[end + len(_CLOSE) :]
            self._state = "after"
            return reasoning
        cut = len(self._held) - _overlap(self._held)
        reasoning, self._held = self._held[:cut], self._held[cut:]
        return reasoning

    def _release(self) -> str:
        held, self._held, self._state = self._held, "", "text"
        return held


def _overlap(text: str) -> int:
    """Return how many characters at the end of `text` may be the beginning of the closing tag."""
    return next((n for n in range(len(_CLOSE) - 1, 0, -1) if text.endswith(_CLOSE[:n])), 0)
