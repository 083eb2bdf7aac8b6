"""Takes API keys out of text that was made elsewhere.

A server may repeat the key it was sent, a person may have put one into the wrong place, a crash
report quotes whatever it finds. What is taken out: every key that this process holds, in the forms
in which it could be repeated, and whatever looks like a key of a provider.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

MARK = "[key]"

_SHORTEST_HELD = 8
"""A shorter one ("ollama", "none") is no secret, and is a word of ordinary text."""

_PREFIXES = r"(?:csk|sk|gsk|fw|xai|tgp|hf|pplx|nvapi)"
_BEARER = r"bearer\s+[\w.~+/*=-]{4,}"
_LOOKS = re.compile(rf"(?i){_BEARER}|\b{_PREFIXES}[-_][\w*.-]{{8,}}")
_WRITTEN = re.compile(
    # Long, or with a digit in it: `sk-learn` and the like are words.
    rf"(?i)\b(?:csk[-_][\w-]{{8,}}|{_PREFIXES}[-_](?:[\w-]{{20,}}|(?=\D*\d)[\w-]{{8,}}))"
)

_held: dict[bytes, Callable[[str], str]] = {}
"""What takes each held key out, by the key's hash; a function shows nothing when it is printed."""


def hold(secret: str) -> None:
    """Take `secret` out of every text from now on."""
    if len(secret) >= _SHORTEST_HELD:
        name = hashlib.sha256(secret.encode("utf-8", "replace")).digest()
        if name not in _held:
            _held[name] = _taking_out(secret)


def redact(text: str, secret: str = "") -> str:
    """Return `text` without the keys held, without `secret`, and without what looks like a key."""
    if secret:
        text = _taking_out(secret)(text)
    return _LOOKS.sub(MARK, without_held(text))


def without_held(text: str) -> str:
    """Return `text` without the keys held; a model's name may look like a key and be none."""
    for take_out in tuple(_held.values()):
        text = take_out(text)
    return text


def find_written_keys(text: str) -> Iterator[re.Match[str]]:
    """Yield what looks like a key in a text that a person wrote."""
    return _WRITTEN.finditer(text)


def _taking_out(secret: str) -> Callable[[str], str]:
    forms = sorted(_forms(secret), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, forms)), re.IGNORECASE)
    return lambda text: pattern.sub(MARK, text)


def _forms(secret: str) -> set[str]:
    """Return how `secret` may be written: as it is, in a URL, in base64 at any offset, in hex."""
    forms = {secret, quote(secret, safe=""), secret.encode("utf-8", "replace").hex()}
    if len(secret) >= _SHORTEST_HELD:
        for offset in range(3):
            data = bytes(offset) + secret.encode("utf-8", "replace")
            # Without the characters at both ends that hold bits of what stands beside it.
            whole = base64.b64encode(data).rstrip(b"=").decode()
            core = whole[(0, 2, 3)[offset] : len(whole) - bool(len(data) % 3)]
            forms |= {core, core.replace("+", "-").replace("/", "_")}
    return forms
