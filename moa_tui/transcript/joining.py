"""Deltas of one stream put together: a token each as they arrive, one piece as they are kept."""

from collections.abc import Iterable
from itertools import takewhile

from moa_tui.engine.events import ReasoningDelta, ReasoningRecognized, TextDelta, TurnEvent

_Delta = TextDelta | ReasoningDelta


class DeltaJoiner:
    """Joins the deltas of a turn's streams; what it returns folds to the same state.

    The first delta of text or of reasoning stays by itself: its time is when that began.
    """

    def __init__(self) -> None:
        self._doing: dict[str, type[_Delta]] = {}

    def join(self, events: Iterable[TurnEvent]) -> list[TurnEvent]:
        """Return `events` with as few deltas as hold the same text and times."""
        joined: list[TurnEvent] = []
        runs: dict[str, list[_Delta]] = {}
        for event in events:
            # Compared by type, not matched: this line runs once for every token there is.
            kind = type(event)
            if kind is TextDelta or kind is ReasoningDelta:
                run = runs.get(event.stream)  # type: ignore[union-attr]  # a delta, see above
                if run is not None and type(run[0]) is kind:
                    run.append(event)  # type: ignore[arg-type]
                    continue
                if run is not None:
                    joined += self._as_few(run)
                runs[event.stream] = [event]  # type: ignore[list-item, union-attr]
            else:
                joined += [few for run in runs.values() for few in self._as_few(run)]
                runs.clear()
                joined.append(event)
                if kind is ReasoningRecognized:
                    self._doing.pop(event.stream, None)  # type: ignore[union-attr]  # likewise
        return joined + [few for run in runs.values() for few in self._as_few(run)]

    def _as_few(self, run: list[_Delta]) -> list[_Delta]:
        """Return a run of deltas of one kind and stream as one, or as two if it begins here.

        What came with the first one, in the same read, stays with it.
        """
        first, last = run[0], run[-1]
        kind = type(first)
        if self._doing.get(first.stream) is kind:
            return [kind(last.at, last.stream, "".join([delta.text for delta in run]))]
        self._doing[first.stream] = kind
        count = sum(1 for _ in takewhile(lambda delta: delta.at == first.at, run))
        begun = kind(first.at, first.stream, "".join([delta.text for delta in run[:count]]))
        return [begun, *self._as_few(run[count:])] if len(run) > count else [begun]
