"""Counting exact answers: who leads, and whether what is still to come can change it."""

from collections.abc import Mapping
from dataclasses import dataclass

from moa_tui.engine.voting.extraction import exact_answer
from moa_tui.engine.voting.normal_form import normal_form


@dataclass(frozen=True, slots=True)
class Count:
    """An answer as it was first written, and the streams that gave it."""

    answer: str
    streams: tuple[str, ...]

    @property
    def votes(self) -> int:
        """How many streams gave it."""
        return len(self.streams)


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts, most votes first; of equal ones the one that was given first.

    `without` are the streams in whose text there is no exact answer.
    """

    counts: tuple[Count, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def leaders(self) -> tuple[Count, ...]:
        """The answers that nothing has more votes than: several where it is a tie."""
        most = self.counts[0].votes if self.counts else 0
        return tuple(count for count in self.counts if count.votes == most)

    @property
    def words(self) -> str:
        """Say it in a line: `3× 42 · 1× 41`."""
        parts = [f"{count.votes}× {count.answer}" for count in self.counts]
        if self.without:
            parts.append(f"{len(self.without)} without an answer")
        return " · ".join(parts)

    def decided(self, outstanding: int) -> bool:
        """Whether `outstanding` more answers, all for the same, could neither win nor tie."""
        if not self.counts:
            return False
        second = self.counts[1].votes if len(self.counts) > 1 else 0
        return self.counts[0].votes > second + outstanding


def count_votes(texts: Mapping[str, str]) -> Tally:
    """Count the exact answers of `texts`, which are by stream, in the order that breaks ties."""
    first: dict[str, str] = {}
    streams: dict[str, list[str]] = {}
    without = []
    for stream, text in texts.items():
        answer = exact_answer(text)
        form = normal_form(answer) if answer else ""
        if not answer or not form:
            without.append(stream)
            continue
        first.setdefault(form, answer)
        streams.setdefault(form, []).append(stream)
    counts = [Count(first[form], tuple(names)) for form, names in streams.items()]
    return Tally(tuple(sorted(counts, key=lambda count: -count.votes)), tuple(without))
