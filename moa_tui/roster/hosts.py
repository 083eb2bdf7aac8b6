"""Addresses of providers: what a key is bound to."""

from urllib.parse import SplitResult, urlsplit

from moa_tui.roster.model import LOOPBACK
from moa_tui.text import clean_line

_PORTS = {"http": 80, "https": 443}


def split(url: str) -> SplitResult:
    """Take an address apart; one that cannot be an address has no parts."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else urlsplit("")
    except ValueError:
        return urlsplit("")


def host_of(url: str) -> str:
    """Return the host of `url`; every name of this machine is `localhost`."""
    host = split(url).hostname or ""
    return "localhost" if host in LOOPBACK else host


def is_loopback(url: str) -> bool:
    """Whether `url` is of this machine."""
    return split(url).hostname in LOOPBACK


def place_of(url: str) -> str:
    """Return where a key for `url` goes, as it is shown and kept: host, and port unless usual.

    Plain http to another machine is another place, and says so. Letters that are not ASCII are
    written as DNS has them: one that looks like another must not pass for it.
    """
    parts = split(url)
    host = parts.hostname or ""
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = host.encode("ascii", "backslashreplace").decode("ascii")
    place = f"[{host}]" if ":" in host else host
    if parts.port and parts.port != _PORTS.get(parts.scheme):
        place += f":{parts.port}"
    plain = parts.scheme == "http" and host not in LOOPBACK
    return clean_line(f"http://{place}" if plain else place, 300)
