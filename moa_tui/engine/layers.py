"""One layer's streams at once, and when the next one may begin without the last of them."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from moa_tui.engine.verdict import Answer

Ask = Coroutine[Any, Any, Answer]


async def run_layer(
    asks: Sequence[Ask],
    quorum: int = 1,
    deadline: float | None = None,
    stop_rest: Callable[[], None] = lambda: None,
) -> list[Answer]:
    """Return every answer, in the order of `asks`.

    From `deadline` seconds on, `stop_rest` is called as soon as `quorum` answers are usable: it
    has to make the streams that still run end.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask) for ask in asks]
            if deadline is not None:
                await _wait(tasks, min(quorum, len(tasks)), deadline)
                if not all(task.done() for task in tasks):
                    stop_rest()
    except BaseExceptionGroup as group_error:
        # Streams end in answers; what is raised here is a defect of whoever listens, and the
        # same one for every stream: it goes on as itself, so that it can be caught by its type.
        raise group_error.exceptions[0] from None
    return [task.result() for task in tasks]


async def _wait(tasks: Sequence[asyncio.Task[Answer]], quorum: int, deadline: float) -> None:
    """Return when all have ended, or when the deadline is over and a quorum is there."""
    pending = set(tasks)
    _, pending = await asyncio.wait(pending, timeout=deadline)
    while pending and _usable(tasks) < quorum:
        _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)


def _usable(tasks: Sequence[asyncio.Task[Answer]]) -> int:
    return sum(_is_usable(task) for task in tasks)


def _is_usable(task: asyncio.Task[Answer]) -> bool:
    if not task.done() or task.cancelled() or task.exception():
        return False
    return task.result().usable
