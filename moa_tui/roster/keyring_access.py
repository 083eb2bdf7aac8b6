"""The system's keyring, through the optional package `keyring` (moa-tui[keyring]).

It is imported when something is to be read or written, in a thread of its own: a keyring that is
locked asks the person on a screen that may not be there, and would never return.
"""

import threading
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from moa_tui.errors import MoaError
from moa_tui.roster.api_key import ApiKey, stripped

SERVICE = "moa-tui"
"""Under this name the system lists our keys."""

READ_SECONDS = 5.0
WRITE_SECONDS = 60.0
"""The person may have to unlock it, and is there to do so."""

_USABLE = 1
"""keyring's own measure: backends below it keep nothing, or keep it readable by everybody."""


def usable() -> bool:
    """Whether the package is installed and the system has a keyring that protects what it keeps."""
    if find_spec("keyring") is None:
        return False
    try:
        return bool(_within(READ_SECONDS, lambda ring: ring.get_keyring().priority >= _USABLE))
    except MoaError:
        return False


def read(variable: str, place: str) -> ApiKey | None:
    """Return the key stored as `variable` for `place`; raises MoaError if there is no answer."""

    def get(ring: Any) -> ApiKey:
        return stripped(ring.get_password(SERVICE, _name(variable, place)) or "")

    key: ApiKey = _within(READ_SECONDS, get)
    return key or None


def write(variable: str, place: str, key: ApiKey) -> None:
    """Store `key`; raises MoaError."""
    name = _name(variable, place)
    _within(WRITE_SECONDS, lambda ring: ring.set_password(SERVICE, name, key.reveal()))


def delete(variable: str, place: str) -> None:
    """Delete what is stored as `variable` for `place`, if it still is; raises MoaError."""

    def remove(ring: Any) -> None:
        name = _name(variable, place)
        if ring.get_password(SERVICE, name) is not None:
            ring.delete_password(SERVICE, name)

    _within(WRITE_SECONDS, remove)


def _name(variable: str, place: str) -> str:
    return f"{variable}@{place}"


def _within(seconds: float, call: Callable[[Any], Any]) -> Any:
    answers: list[Any] = []
    failures: list[str] = []

    def work() -> None:
        try:
            answers.append(call(import_module("keyring")))
        except Exception as error:  # noqa: BLE001 - each backend has errors of its own
            # The class alone: a message may quote what was to be stored.
            failures.append(type(error).__name__)

    # A daemon: a keyring that never answers must not keep the program from ending.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if answers:
        return answers[0]
    why = f"failed ({failures[0]})" if failures else f"did not answer within {seconds:g} s"
    advice = "unlock it, install moa-tui[keyring], or set the variable instead"
    raise MoaError(f"the system's keyring {why}", advice)
