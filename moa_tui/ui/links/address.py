"""Which addresses may be opened, and what a person should know of one before it is. Pure.

A model, or a document it was given, chooses addresses; a browser reads them in ways of its own
(WHATWG URL Standard). What two readers could take for different places is no address here.
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from encodings.idna import ToASCII
from urllib.parse import SplitResult, quote, urlsplit

LONGEST = 2_000
LONGEST_HOST = 253
_LONGEST_LABEL = 63
_SCHEMES = {"http", "https"}
_NEVER = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_HOST = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?"
)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_KEPT = "!#$%&'()*+,/:;=?@[]~-._"
_UNMAPPED = frozenset("ßς\u200c\u200d")
"""Letters that IDNA2003 turns into others, and browsers do not (UTS #46, section 4.2)."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the web: `url` is exactly what a browser would be given, in ASCII.

    `warnings` is what a person should know before that.
    """

    url: str
    host: str
    warnings: tuple[str, ...] = ()


def address_in(text: str) -> Address | None:
    """Return `text` as an address; None for all that is not http or https with a host."""
    if len(text) > LONGEST or _NEVER.search(text) or any(map(_is_unseen, text)):
        return None
    try:
        parts = urlsplit(text)
        host = _host(parts.hostname or "")
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in _SCHEMES or not host:
        return None
    user, at, _ = parts.netloc.rpartition("@")
    place = f"{user}{at}{host}{'' if port is None else f':{port}'}"
    rest = parts._replace(netloc=quote(place, safe=_KEPT))
    url = SplitResult(*(quote(part, safe=_KEPT) for part in rest)).geturl()
    if len(url) > LONGEST:
        return None
    return Address(url, host, tuple(_warnings(host, parts.hostname or "", user=bool(at))))


def _warnings(host: str, written: str, *, user: bool) -> list[str]:
    found = []
    if user:
        found.append(f"what stands before the @ is not the host: the host is {host}")
    if not written.isascii():
        found.append(f"the host is written {written}: its letters may only look familiar")
    elif "xn--" in host:
        found.append("the host stands for letters that are not ASCII")
    if host.startswith("[") or _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        found.append("the host is a number, not a name")
    return found


def _host(name: str) -> str:
    """Return a host in ASCII, empty for what is none; raises ValueError for what cannot be."""
    if ":" in name:
        return "" if "%" in name else f"[{ipaddress.IPv6Address(name)}]"
    # Before the work: punycode costs the square of a label's length.
    if len(name) > LONGEST_HOST:
        raise ValueError("no host is as long (RFC 1035, section 2.3.4)")
    host = ".".join(_label(label) for label in _DOTS.split(name))
    return host if len(host) <= LONGEST_HOST and _HOST.fullmatch(host) else ""


def _label(label: str) -> str:
    if len(label) > _LONGEST_LABEL:
        raise ValueError("no label of a host is as long (RFC 1035, section 2.3.4)")
    if label.isascii():
        short = label.lower()
    elif _UNMAPPED.intersection(label):
        kept = unicodedata.normalize("NFC", label.lower())
        short = f"xn--{kept.encode('punycode').decode('ascii')}"
    else:
        short = ToASCII(label).decode("ascii").lower()
    if len(short) > _LONGEST_LABEL:
        raise ValueError("no label of a host is as long (RFC 1035, section 2.3.4)")
    return short


def _is_unseen(char: str) -> bool:
    return not char.isascii() and unicodedata.category(char)[0] in "CZ"
