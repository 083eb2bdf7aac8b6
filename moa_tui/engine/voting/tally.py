"""Counting exact answers: who leads, and whether what is still to come can change it.

Whether two answers say the same is no equivalence: `5` may mean `5 g` or `5 mg`. So a vote without
a unit counts for the one unit that others give to its number, where all of them give the same;
where they give several it counts for none of these, only with others that name no unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from moa_tui.engine.voting.extraction import exact_answer
from moa_tui.engine.voting.normal_form import Form, normal_form


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
    answers, forms = _read(texts)
    groups: dict[Form, list[str]] = {}
    units = _units(forms)
    for stream, form in forms.items():
        groups.setdefault(_meant(form, units[form.value]), []).append(stream)
    counts = []
    for meant, streams in groups.items():
        first = next(stream for stream in streams if forms[stream].unit == meant.unit)
        counts.append(Count(answers[first], tuple(streams)))
    without = tuple(stream for stream in texts if stream not in forms)
    return Tally(tuple(sorted(counts, key=lambda count: -count.votes)), without)


def is_decided(texts: Mapping[str, str], outstanding: int) -> bool:
    """Whether no `outstanding` more answers could change what `texts` have decided by now."""
    tally = count_votes(texts)
    if not tally.decided(outstanding) or not outstanding:
        return bool(tally.counts) and tally.decided(outstanding)
    _, forms = _read(texts)
    leader = tally.counts[0]
    unsure = sum(not forms[stream].unit for stream in leader.streams)
    if unsure in {0, leader.votes}:
        return True
    # The next answer may name another unit, and part those that name one from those that do not.
    fewer, more = sorted((unsure, leader.votes - unsure))
    second = tally.counts[1].votes if len(tally.counts) > 1 else 0
    return more > max(fewer, second) + outstanding


def _read(texts: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Form]]:
    """Return the exact answers and their forms, of the streams whose text has one."""
    answers: dict[str, str] = {}
    forms: dict[str, Form] = {}
    for stream, text in texts.items():
        answer = exact_answer(text)
        form = normal_form(answer) if answer else Form("")
        if answer and form.value:
            answers[stream], forms[stream] = answer, form
    return answers, forms


def _units(forms: Mapping[str, Form]) -> dict[str, set[str]]:
    units: dict[str, set[str]] = {}
    for form in forms.values():
        units.setdefault(form.value, set()).update({form.unit} - {""})
    return units


def _meant(form: Form, units: set[str]) -> Form:
    """Return what a vote counts for, when these are the units that its number was given."""
    return Form(form.value, next(iter(units))) if not form.unit and len(units) == 1 else form
