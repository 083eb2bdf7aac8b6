"""Addresses of providers, in the one form in which they are judged, shown, asked and have keys.

`canonical` is applied where an address comes in. What it returns is ASCII, so that whoever takes
it apart afterwards (the trust question, the key store, the HTTP client, the resolver) finds the
same host. What different programs would read in different ways is refused.
"""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from moa_tui.text import clean_line

_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MOST = 253
"""Characters of a host's name (RFC 1035)."""


class AddressError(ValueError):
    """Why something cannot be the address of a provider, and what to write."""


def split(url: str) -> SplitResult:
    """Take an address apart; one that cannot be an address has no parts."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else urlsplit("")
    except ValueError:
        return urlsplit("")


def canonical(url: str) -> str:
    """Return `url` as everything else may rely on it; raises AddressError.

    Letters beyond ASCII are written as DNS has them, by the rules of IDNA 2008 as in the HTTP
    client. What is no http address at all is returned as it is, for whoever tells about it.
    """
    parts = split(url)
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or " " in url:
        return url
    if "\\" in url:
        raise AddressError("has a backslash in it, which programs read in different ways")
    host = canonical_host(parts.hostname)
    place = f"[{host}]" if ":" in host else host
    if parts.port and parts.port != _PORTS[parts.scheme]:
        place += f":{parts.port}"
    return parts._replace(netloc=place).geturl()


def canonical_host(host: str) -> str:
    """Return the one spelling of `host`; raises AddressError where there is none."""
    if ":" in host:
        return _address_6(host)
    name = host.lower()
    if not name.isascii() or "xn--" in name:
        import idna  # noqa: PLC0415 - seldom needed, and slow to import

        try:
            name = idna.encode(name).decode("ascii")
        except UnicodeError as error:
            raise AddressError(f"has a host that is no name of DNS: {error}") from None
    name = name.removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _address_4(name)
    if len(name) > _MOST or not all(map(_LABEL.fullmatch, labels)):
        raise AddressError("should be an address such as https://host/v1")
    return name


def _address_4(host: str) -> str:
    """`127.1`, `2130706433` and `0x7f.1` are 127.0.0.1 to some programs, and names to others."""
    try:
        found = ipaddress.IPv4Address(host)
    except ValueError:
        what = "has a number for a host — write an address as four numbers, such as 127.0.0.1"
        raise AddressError(what) from None
    if found.is_unspecified:
        raise AddressError(f"{host} is where a server listens, on all networks — write 127.0.0.1")
    return str(found)


def _address_6(host: str) -> str:
    address, percent, _ = host.partition("%")
    if percent:
        raise AddressError("names a network interface after '%' — write an address without one")
    try:
        found = ipaddress.IPv6Address(address)
    except ValueError:
        raise AddressError("should be an address such as https://host/v1") from None
    if found.is_unspecified:
        raise AddressError("[::] is where a server listens, on all networks — write 127.0.0.1")
    return _address_4(str(found.ipv4_mapped)) if found.ipv4_mapped else str(found)


def host_of(url: str) -> str:
    """Return the host of `url`; every name of this machine is `localhost`."""
    host = split(url).hostname or ""
    return "localhost" if _is_here(host) else host


def is_loopback(url: str) -> bool:
    """Whether `url` is of this machine."""
    return _is_here(split(url).hostname or "")


def place_of(url: str) -> str:
    """Return where a key for `url` goes, as it is shown and kept: host, and port unless usual.

    Plain http to another machine is another place, and says so.
    """
    try:
        url = canonical(url)
    except AddressError:
        return clean_line(url.encode("ascii", "backslashreplace").decode("ascii"), 300)
    parts = split(url)
    host = parts.hostname or ""
    place = f"[{host}]" if ":" in host else host
    if parts.port and parts.port != _PORTS.get(parts.scheme):
        place += f":{parts.port}"
    plain = parts.scheme == "http" and not _is_here(host)
    return clean_line(f"http://{place}" if plain else place, 300)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
