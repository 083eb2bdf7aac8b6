"""Where a text stands in a line, and whether that is inside of code. In work that grows with it."""

import re

_KEPT = 96
_FENCE = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,3}[.)])\s+)?(`{3,}|~{3,})(.*)")
_TICKS = re.compile("`+")


class Place:
    """The end of a text that grows: the line it is in, and whether a fence or a span is open."""

    __slots__ = ("_fence", "_head", "_spans", "before", "last_line_ends_with", "lines")

    def __init__(self) -> None:
        self._fence = ""
        self._head = ""  # the beginning of the line, as much as tells a fence
        self._spans = 0
        self.before = ""
        """The end of the line so far."""
        self.last_line_ends_with = ""
        self.lines = 0
        """How many lines have ended."""

    def grow(self, text: str) -> None:
        """Take what follows."""
        first, *others = text.split("\n")
        self._extend(first)
        for line in others:
            self._end_line()
            self._extend(line)

    @property
    def in_code(self) -> bool:
        """Whether what follows stands in a fenced block, on its edge, or in a span of code."""
        return bool(self._fence or self._spans % 2 or _FENCE.match(self._head))

    @property
    def starts_line(self) -> bool:
        """Whether nothing but a little space stands before it in its line."""
        return len(self._head) < 4 and not self._head.strip() and "\t" not in self._head

    @property
    def indented(self) -> bool:
        """Whether there is nothing but space before it, and more than a little."""
        return not self.starts_line and not self._head.strip() and len(self._head) < _KEPT

    @property
    def head(self) -> str:
        """The beginning of the line."""
        return self._head

    def _extend(self, piece: str) -> None:
        if "`" in piece:
            runs = len(_TICKS.findall(piece))
            self._spans += runs - (piece[0] == "`" and self.before[-1:] == "`")
        if len(self._head) < _KEPT:
            self._head = (self._head + piece)[:_KEPT]
        self.before = (self.before + piece[-_KEPT:])[-_KEPT:]

    def _end_line(self) -> None:
        if fence := _FENCE.match(self._head):
            if not self._fence:
                # A span in a line of its own is no fence: ```code```.
                self._fence = fence[1] if "`" not in fence[2] or fence[1][0] == "~" else ""
            elif fence[1].startswith(self._fence) and not fence[2].strip():
                self._fence = ""
        if stripped := self.before.rstrip():
            self.last_line_ends_with = stripped[-1]
        self._head = self.before = ""
        self._spans = 0
        self.lines += 1
