"""What can be an address at all, whoever it belongs to."""

import ipaddress
import re
from urllib.parse import urlsplit

from pydantic_core import PydanticCustomError

_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_MOST = 253
"""Characters of a host's name (RFC 1035)."""


def checked_address(url: str) -> str:
    """Return `url`; raises an error of pydantic where its host cannot be one.

    What is no address of http at all is left to whoever knows the rest of the file.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return url
    if not url.isprintable() or (host and not _may_be_a_host(host)):
        raise PydanticCustomError("address", "should be an address such as https://host/v1")
    if url.rstrip("/").endswith("/chat/completions"):
        raise PydanticCustomError("address", "should end before /chat/completions")
    return url


def _may_be_a_host(host: str) -> bool:
    if ":" in host:
        try:
            ipaddress.IPv6Address(host.partition("%")[0])
        except ValueError:
            return False
        return True
    if " " in host:
        return True  # told elsewhere
    labels = host.removesuffix(".").split(".")
    return len(host) <= _MOST and all(map(_LABEL.fullmatch, labels))
