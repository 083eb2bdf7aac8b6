"""An API key, held so that nothing shows it by accident."""

from collections.abc import Callable
from typing import NoReturn

from moa_tui import redaction


class ApiKey:
    """An API key that neither `repr`, `str`, `vars`, `pickle` nor a traceback's locals give away.

    A real one is also taken out of every text that goes through `moa_tui.redaction`.
    """

    __slots__ = ("__reveal",)

    def __init__(self, secret: str, *, real: bool = True) -> None:
        # A closure: a debugger or a crash report that prints attributes finds a function.
        self.__reveal: Callable[[], str] = lambda: secret
        if real:
            redaction.hold(secret)

    def reveal(self) -> str:
        """Return the key itself, to be handed to the HTTP client and to nothing else."""
        return self.__reveal()

    @property
    def can_be_one(self) -> bool:
        """Whether it can stand in a request: visible ASCII, no space."""
        secret = self.reveal()
        return secret.isascii() and secret.isprintable() and " " not in secret

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __repr__(self) -> str:
        return "ApiKey(…)"

    def __copy__(self) -> "ApiKey":
        return self

    def __deepcopy__(self, _memo: object) -> "ApiKey":
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("an API key is not written out")


def stripped(text: str) -> ApiKey:
    """Return `text` as a key, without the line end and spaces that copying brings along."""
    return ApiKey(text.strip())
