"""The request that a failure is about: whom it went to, and what must not be given away."""

from dataclasses import dataclass

from moa_tui.redaction import redact
from moa_tui.roster.keys import ApiKey
from moa_tui.roster.model import Provider
from moa_tui.text import clean, clean_line

_READ = 100_000
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a request went, for which model, and with which key."""

    provider: Provider
    host: str
    model: str
    key: ApiKey

    @property
    def variable(self) -> str:
        """What the person calls the key."""
        return self.provider.api_key_env or f"the key of {self.provider.name}"

    @property
    def is_local(self) -> bool:
        """Whether the server should run on this machine."""
        return self.host.startswith(("127.0.0.1", "localhost", "[::1]"))

    def quote(self, said: str) -> str:
        """Return foreign words as one clean line, without the key or anything that looks like one.

        They are cleaned first: a key with an invisible character in it would show as itself.
        """
        line = " ".join(clean(said[:_READ]).split())
        secret = self.key.reveal()
        return clean_line(redact(line, secret if len(secret) >= _SHORTEST_SECRET else ""))
