"""Work in threads that nobody waits for when the program ends.

asyncio joins the threads of `to_thread` before it returns: a name server or a keyring that does
not answer, or a long import, would keep a program that has been told to go.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


async def in_daemon(call: Callable[..., Result], *arguments: object) -> Result:
    """Return what `call` returns, or raise what it raises, from a thread of its own."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(found: Result | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(found)  # type: ignore[arg-type]

    def work() -> None:
        found, error = None, None
        try:
            found = call(*arguments)
        except BaseException as raised:  # noqa: BLE001 - whoever waits is to have it
            error = raised
        try:
            loop.call_soon_threadsafe(settle, found, error)
        except RuntimeError:
            return  # the loop is closed: nobody wants to know any more

    threading.Thread(target=work, name=getattr(call, "__name__", "work"), daemon=True).start()
    return await future
