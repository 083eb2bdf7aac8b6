"""Thinking that a model writes into its answer, told apart by the marks around it.

A mark counts where a model would set one. An answer about such marks stays whole: in code, in
quotes, in the midst of a sentence a mark is a word like any other. Where a mark only closes, what
was taken for the answer turns out to have been thinking: `recognized` says so.
"""

import re
from typing import Literal

from moa_tui.engine.wire import thinking_marks as marks
from moa_tui.engine.wire.code_places import Place
from moa_tui.engine.wire.thinking_marks import Mark

_LOOK = 8
"""Characters after a mark that are looked at, to tell whether a sentence goes on there."""

_GEMMA = len("<|channel>\nthought\n")
_STARTS_HELD = 4096
_BLANK_LINES = re.compile(r"(?:[ \t\r]*\n)+")
_SENTENCE_ENDS = frozenset(".!?…。！？")
_QUOTES = {
    "'": "'",
    '"': '"',
    "`": "`",
    "“": "”",
    "‘": "’",
    "(": ")",
    "«": "»",
    "„": "“",
    "「": "」",
}
_GOES_ON = frozenset(".,;:!?)")
_MARKER = re.compile(r"\s*(?:[-*+>#|]+|\d{1,3}[.)])\s*")


class ThinkingReader:
    """Splits a text into thinking and answer, whatever pieces it arrives in.

    `recognized` is set when all that was given out as the answer has been thinking, and belongs
    before what the same call returns; whoever moves it clears it. `apart` says whether thinking
    comes in a field of its own, too.
    """

    __slots__ = (
        "_closing",
        "_held",
        "_last",
        "_marked",
        "_mentioned_in",
        "_mentions",
        "_out",
        "_phrase",
        "_place",
        "_state",
        "_strikes",
        "_thought",
        "_unplaced",
        "_wrote",
        "apart",
        "recognized",
    )

    def __init__(self) -> None:
        self.recognized = False
        self.apart = False
        self._state: Literal["start", "thinking", "after", "text"] = "start"
        self._held = ""
        self._marked = False  # a block of thinking has been found
        self._closing = marks.CLOSING
        self._phrase = ""
        self._last = ""
        self._mentions = 0
        self._mentioned_in = -1  # the line of the last opening mark that was spoken of
        self._strikes = 0
        self._wrote = False
        self._place = Place()
        self._unplaced: list[str] = []
        self._out: list[str] = []
        self._thought: list[str] = []

    def split(self, piece: str) -> tuple[str, str]:
        """Return the thinking and the answer in `piece`, holding back what may be half a mark."""
        if (
            self._state == "text"
            and not self._held
            and not self._phrase
            and not marks.TRIGGERS.search(piece)
        ):
            self._wrote = True
            self._unplaced.append(piece)
            return "", piece
        self._held += piece
        return self._run(final=False)

    def flush(self) -> tuple[str, str]:
        """Return what was held back, now that nothing follows; an unclosed block is no answer."""
        return self._run(final=True)

    def _run(self, *, final: bool) -> tuple[str, str]:
        steps = {
            "start": self._start,
            "thinking": self._think,
            "after": self._after,
            "text": self._text,
        }
        while self._held and steps[self._state](final):
            pass
        thought, out = "".join(self._thought), "".join(self._out)
        self._thought, self._out = [], []
        return thought, out

    def _start(self, final: bool) -> bool:  # noqa: FBT001 - a step, see _run
        """At the very beginning: is this a block, or an answer?"""
        held = self._held.lstrip()
        if not held and not final and len(self._held) < _STARTS_HELD:
            return False
        if self._opened(held, final=final) is not False:
            return self._state != "start"
        for phrase in marks.PHRASES:
            if phrase.begins.match(held):
                self._phrase = phrase.ends
            elif not final and len(held) <= len(phrase.holds) and phrase.holds.startswith(held):
                return False
        self._state = "text"
        return True

    def _opened(self, held: str, *, final: bool) -> bool | None:
        """Go into the block that `held` begins with; None: that is not known yet."""
        if not held:
            return False
        if found := marks.EMPTY.match(held):
            self._go_after(held[found.end() :])
        elif found := marks.OPENING.match(held):
            if found["gemma"] and not final and len(held) < _GEMMA:
                return None
            self._go_thinking(held[found.end() :], marks.CLOSING)
        elif found := marks.HEADER.match(held):
            self._take_header(found, held[found.end() :])
        elif not final and self._may_go_on(held):
            return None
        else:
            return False
        return True

    def _may_go_on(self, held: str) -> bool:
        return marks.begin_of_mark(held) == 0 or bool(marks.HEADER_BEGINS.match(held))

    def _go_thinking(self, rest: str, closing: re.Pattern[str]) -> None:
        self._state, self._held, self._closing = "thinking", rest, closing
        self._marked, self._last, self._phrase = True, "", ""

    def _go_after(self, rest: str) -> None:
        self._state, self._held, self._marked, self._phrase = "after", rest, True, ""
        self._mentions, self._mentioned_in = 0, -1
        self._place, self._unplaced = Place(), []

    def _take_header(self, header: re.Match[str], rest: str) -> None:
        if (header[1] or "final").lower() in ("final", "response", "answer"):
            self._go_after(rest)
        else:
            self._go_thinking(rest, marks.HARMONY_CLOSING)

    def _think(self, final: bool) -> bool:  # noqa: FBT001 - likewise
        found = self._closing.search(self._held)
        if found:
            before = self._held[found.start() - 1] if found.start() else self._last
            end = found.end()
            if before == "`" and end == len(self._held) and not final:
                return False
            if before == "`" and self._held[end : end + 1] == "`":
                return self._give_thought(end)  # it thinks about marks
            self._give_thought(found.start())
            rest = self._held[end - found.start() :]
            if found.re is marks.HARMONY_CLOSING and (header := marks.HEADER.match(found[0])):
                self._take_header(header, rest)
            else:
                self._go_after(rest)
            return True
        cut = len(self._held) if final else self._part_of_closing()
        self._give_thought(cut)
        return False

    def _part_of_closing(self) -> int:
        cut = marks.begin_of_mark(self._held)
        if self._closing is marks.HARMONY_CLOSING:
            found = re.search(r"<\|(?:start|channel)\|>", self._held)
            if found and marks.HEADER_BEGINS.match(self._held, found.start()):
                return found.start()
        return cut

    def _give_thought(self, cut: int) -> bool:
        if cut:
            self._thought.append(self._held[:cut])
            self._last = self._held[cut - 1]
            self._held = self._held[cut:]
        return True

    def _after(self, final: bool) -> bool:  # noqa: FBT001 - likewise
        """Behind a block: another one, or the answer without the blank lines before it."""
        stripped = self._held.lstrip()
        if not stripped and not final:
            return False
        opened = self._opened(stripped, final=final)
        if opened is not False:
            return bool(opened)
        if found := marks.WRAPPING.match(stripped) or marks.CLOSING.match(stripped):
            self._held = stripped[found.end() :]
            return True
        if blank := _BLANK_LINES.match(self._held):
            self._held = self._held[blank.end() :]
        self._state = "text"
        return True

    def _text(self, final: bool) -> bool:  # noqa: FBT001 - likewise
        held = self._held
        if self._phrase and (at := held.find(self._phrase)) >= 0:
            self._give_text(at)
            self._retract(self._held[len(self._phrase) :])
            return True
        found = marks.ANY.search(held)
        if not found:
            self._give_text(len(held) if final else self._uncertain())
            return False
        self._give_text(found.start())
        return self._at_mark(marks.ANY.match(self._held), final=final)

    def _uncertain(self) -> int:
        """Return from where on the text may turn out to be a mark."""
        cut = marks.begin_of_mark(self._held)
        phrase = self._phrase
        for size in range(min(len(phrase) - 1, len(self._held)), 0, -1):
            if self._held.endswith(phrase[:size]):
                return min(cut, len(self._held) - size)
        return cut

    def _give_text(self, cut: int) -> None:
        if cut:
            self._out.append(self._held[:cut])
            self._unplaced.append(self._held[:cut])
            self._wrote = True
            self._held = self._held[cut:]

    def _at_mark(self, found: re.Match[str] | None, *, final: bool) -> bool:
        assert found
        kind = marks.kind_of(found)
        if kind is Mark.HEADER:
            return self._at_header(final=final)
        if kind is Mark.ENDS:
            return self._at_end_mark(final=final)
        if found["gemma"] and not final and len(self._held) < _GEMMA:
            return False
        after = self._held[found.end() : found.end() + _LOOK]
        if len(after) < _LOOK and not after.strip(" \t") and not final:
            return False
        place = self._known_place()
        if kind is Mark.CLOSES:
            return self._at_closing(found, after, place, final=final)
        if kind is Mark.OPENS and self._is_opening(found, after, place):
            self._opened(self._held, final=True)
            return True
        if kind is Mark.WRAPS and self._marked and not place.in_code:
            self._held = self._held[found.end() :]
            return True
        self._strikes += kind is Mark.STRIKES
        self._give_text(found.end())
        return True

    def _at_header(self, *, final: bool) -> bool:
        found = marks.HEADER.match(self._held)
        if not found:
            if not final and marks.HEADER_BEGINS.match(self._held):
                return False
            self._give_text(self._held.index(">") + 1)
        elif self._known_place().in_code:
            self._give_text(found.end())
        elif (found[1] or "final").lower() == "final" and self._wrote:
            self._retract(self._held[found.end() :])
        else:
            self._take_header(found, self._held[found.end() :])
        return True

    def _at_end_mark(self, *, final: bool) -> bool:
        """At the end of the text such marks are none of it; before a header neither."""
        found = marks.ENDING.match(self._held)
        assert found
        rest = self._held[found.end() :]
        if not rest and not final:
            return False
        if rest and not final and self._may_go_on(rest):
            return False
        place = self._known_place()
        in_sentence = place.before[-1:].isspace() and not place.starts_line
        in_sentence = in_sentence and place.before.rstrip()[-1:] not in _SENTENCE_ENDS
        mention = place.in_code or in_sentence or (self._strikes and "</s>" in found[0])
        header = marks.HEADER.match(rest)
        if header and not place.in_code:
            self._held = rest
        elif rest or mention:
            self._give_text(found.end())
        else:
            self._held = ""
        return True

    def _at_closing(self, found: re.Match[str], after: str, place: Place, *, final: bool) -> bool:
        rest = self._held[found.end() :]
        ends = not rest.strip()
        thought = self._marked or self.apart
        if ends and thought and not final:
            return False
        if not self._is_closing(after, place):
            self._give_text(found.end())
        elif ends and thought:
            self._held = ""  # its thinking came before: nothing ends here but the answer
        else:
            self._retract(rest)
        return True

    def _retract(self, rest: str) -> None:
        """All that was written so far has been thinking."""
        self._thought += self._out
        self._out.clear()
        self.recognized = self.recognized or self._wrote
        self._wrote = False
        self._go_after(rest)

    def _is_closing(self, after: str, place: Place) -> bool:
        """Whether a mark that closes what nobody opened is one, and not spoken of."""
        before = place.before
        if place.in_code or place.indented or _quoted(before, after):
            return False
        if self._mentions:
            self._mentions -= 1
            return False
        follows = after[:1]
        beside = self._mentioned_in == place.lines and follows not in ("", "\n")
        if beside or (follows and follows in _GOES_ON):
            return False
        prose = follows in (" ", "\t") and after.lstrip()[:1].islower()
        if place.starts_line:
            return not prose
        if not before[-1:].isspace():
            return True
        if _MARKER.fullmatch(place.head):
            return False
        return before.rstrip()[-1:] in _SENTENCE_ENDS and not prose

    def _is_opening(self, found: re.Match[str], after: str, place: Place) -> bool:
        """Whether a mark in the midst of a text begins thinking, and is not spoken of."""
        before = place.before
        strong = marks.EMPTY.match(found[0]) is None and marks.is_strong(
            marks.OPENING.match(self._held) or found
        )
        opens = self._sets_off(before, after, place, strong=strong)
        if not opens and not place.in_code:
            self._mentioned_in = place.lines
            # It has content: what closes it belongs to it, and is spoken of as well.
            self._mentions += _has_content(after)
        return opens

    def _sets_off(self, before: str, after: str, place: Place, *, strong: bool) -> bool:
        if not strong or place.in_code or place.indented or _quoted(before, after):
            return False
        if after[:1] and after[:1] in _GOES_ON:
            return False
        prose = after[:1] in (" ", "\t") and after.lstrip()[:1].islower()
        if place.starts_line:
            return self._marked or (not prose and place.last_line_ends_with != ":")
        if not before[-1:].isspace():
            attached = self._marked and before[-1:] not in _QUOTES
            return attached or before[-1:] in _SENTENCE_ENDS
        return self._marked and not prose and before.rstrip()[-1:] in _SENTENCE_ENDS

    def _known_place(self) -> Place:
        """Return where the text ends; it is looked at only where there is a mark."""
        if self._unplaced:
            self._place.grow("".join(self._unplaced))
            self._unplaced = []
        return self._place


def _has_content(after: str) -> bool:
    """Whether an opening mark has something in it, by what follows it."""
    if after.startswith(("\n", "..", "…")):
        return True
    first = after[:1]
    return bool(first) and not first.isspace() and first not in _GOES_ON and first not in "'\"`"


def _quoted(before: str, after: str) -> bool:
    closing = _QUOTES.get(before[-1:])
    return closing is not None and after[:1] == closing
