"""TLS that hands over what it has read before it tells of what broke it.

asyncio reads a connection as far as it goes in one piece: when the last record of a read is an
alert, or damaged, everything before it in the same read is thrown away.
"""

import os
import ssl
from pathlib import Path

import httpx2

from moa_tui.engine.provider import Failure, FailureKind, ProviderError

_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class ReadsBeforeErrors(ssl.SSLObject):
    """An SSLObject whose `read` raises an error only when what came before it has been taken."""

    _held: ssl.SSLError | None = None
    _gave = False

    def read(self, len: int = 1024, buffer: bytearray | None = None) -> bytes:  # type: ignore[override]  # noqa: A002 - the names of the standard library
        """Read up to `len` bytes; raises SSLError."""
        if self._held:
            raise self._held
        try:
            data = super().read(len) if buffer is None else super().read(len, buffer)
        except (ssl.SSLWantReadError, ssl.SSLSyscallError):
            self._gave = False
            raise
        except ssl.SSLError as error:
            if not self._gave:
                raise
            self._held = error
            raise ssl.SSLWantReadError from None
        self._gave = bool(data)
        return data

    @property
    def is_broken(self) -> bool:
        """Whether there is an error that has not been raised yet."""
        return self._held is not None


def open_context() -> ssl.SSLContext:
    """Return what judges certificates; raises ProviderError where SSL_CERT_FILE cannot be used."""
    try:
        context = httpx2.create_ssl_context(trust_env=True)
    except OSError as error:  # ssl.SSLError is one
        raise ProviderError(_no_certificates(error)) from None
    if type(context) is ssl.SSLContext:
        context.sslobject_class = ReadsBeforeErrors
    return context


def _no_certificates(error: OSError) -> Failure:
    name = next((name for name in _VARIABLES if os.environ.get(name)), None)
    if name is None:
        message = f"the certificates of this machine cannot be read: {error.strerror or error}"
        return Failure(FailureKind.TLS, message, "set SSL_CERT_FILE to a file of certificates")
    path = Path(os.environ[name])
    if not path.exists():
        why = "does not exist"
    elif isinstance(error, ssl.SSLError):
        why = "holds no certificate that can be read"
    else:
        why = f"cannot be read: {(error.strerror or str(error)).lower()}"
    return Failure(FailureKind.TLS, f"{name} names {path}, which {why}", f"correct or unset {name}")
