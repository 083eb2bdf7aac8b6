"""One layer's streams at once, and when the next one may begin without the last of them."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from moa_tui.engine.verdict import Answer
from moa_tui.engine.watch import Alarm

Ask = Coroutine[Any, Any, Answer]


Hear = Callable[[Sequence[Answer], int], bool]


def everybody(_answers: Sequence[Answer], _outstanding: int) -> bool:
    """Want every answer."""
    return False


@dataclass(frozen=True, slots=True)
class LayerRule:
    """Who is waited for.

    `deadline` seconds after its beginning a layer that has `quorum` usable answers waits for
    nobody more. `enough` hears the answers so far and the number that is still to come, whenever
    there is a new one, and says whether they will do.
    """

    quorum: int = 1
    deadline: float | None = None
    enough: Hear = everybody


class Layer:
    """Runs once. `stop_rest` has to make the streams that still run end.

    `answers` has what has come so far, by seat: the places of the asks that it was given; `over`
    says that nobody is waited for any more, so that nobody need be asked either.
    """

    def __init__(self, rule: LayerRule, stop_rest: Callable[[], None]) -> None:
        self.answers: dict[int, Answer] = {}
        self.over = False
        self._rule = rule
        self._stop_rest = stop_rest
        self._seats = 0
        self._running = 0
        self._overdue = False
        self._group: asyncio.TaskGroup | None = None

    async def run(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return every answer, in the order of `asks`."""
        self._seats = len(asks)
        timer = self._begin()
        try:
            async with asyncio.TaskGroup() as self._group:
                for seat, ask in enumerate(asks):
                    self._seat(self._group, seat, ask)
        except BaseExceptionGroup as group_error:
            # Streams end in answers; what is raised here is a defect of whoever listens, and the
            # same one for every stream: it goes on as itself, so that it can be caught by its type.
            raise group_error.exceptions[0] from None
        finally:
            self._group = None
            if timer:
                timer.cancel()
        return [self.answers[seat] for seat in range(self._seats)]

    def go_on(self) -> bool:
        """Wait for nobody more; return whether there is an answer to go on with."""
        if not self._running or not self._usable:
            return False
        self._end()
        return True

    def again(self, seat: int, ask: Ask) -> bool:
        """Ask once more for a seat whose answer has come; return whether there still is time."""
        if self._group is None or not self._running:
            ask.close()
            return False
        self._seat(self._group, seat, ask)
        return True

    @property
    def _usable(self) -> int:
        return sum(answer.usable for answer in self.answers.values())

    def _begin(self) -> Alarm | None:
        deadline = self._rule.deadline
        self._overdue = deadline == 0
        if not deadline:
            return None
        alarm = Alarm(self._deadline_passed)
        alarm.set(asyncio.get_running_loop().time() + deadline)
        return alarm

    def _seat(self, group: asyncio.TaskGroup, seat: int, ask: Ask) -> None:
        self._running += 1
        group.create_task(self._hear(seat, ask))

    async def _hear(self, seat: int, ask: Ask) -> None:
        answer = await ask
        self._running -= 1
        self.answers[seat] = answer
        enough = self._rule.enough(list(self.answers.values()), self._running)
        if self._running and (enough or self._quorum_is_there()):
            self._end()

    def _deadline_passed(self) -> None:
        self._overdue = True
        if self._quorum_is_there():
            self._end()

    def _end(self) -> None:
        self.over = True
        self._stop_rest()

    def _quorum_is_there(self) -> bool:
        return self._overdue and self._usable >= min(self._rule.quorum, self._seats)
