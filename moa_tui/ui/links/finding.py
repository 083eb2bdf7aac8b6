"""The links of a text: Markdown's and bare ones, each address once. Pure, one pass, no parser.

A Markdown parser takes seconds for some texts; a link that it would see and this does not is one
that a person can still read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from moa_tui.text import clean, clean_line
from moa_tui.ui.links.address import LONGEST, Address, address_in

MOST = 100
"""Links of one text; it is looked through up to MOST_CHARACTERS."""

MOST_CHARACTERS = 200_000

_ADDRESS = rf"[^\s<>()]{{0,{LONGEST}}}(?:\([^\s<>()]{{0,200}}\)[^\s<>()]{{0,200}}){{0,5}}"
_LINK = re.compile(
    rf"""\[(?P<label>[^\[\]\n]{{0,500}})\]\([ ]?<?(?P<inline>{_ADDRESS})>?(?:[ ][^()\n]{{0,200}})?\)
    |^[ ]{{0,3}}\[(?P<name>[^\[\]\n]{{1,200}})\]:[ ]{{0,4}}<?(?P<defined>[^\s<>]{{1,{LONGEST}}})
    |(?<![\w+-])(?P<bare>https?://[^\s<>"\\^`{{|}}\x00-\x1f，。、；：！？（）「」『』【】《》“”’…]{{1,{LONGEST}}})
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_COMMON = (".com", ".org", ".net", ".edu", ".gov", ".info")
_AFTER = ".,;:!?'*_~"
_PAIRS = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class FoundLink:
    """An address, and the words that the text has in its place; empty where it stands itself."""

    address: Address
    label: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know before it is opened."""
        said, host = _host_said(self.label), self.address.host
        if not said or host == said or host.endswith(f".{said}"):
            return self.address.warnings
        return (f"its text says {said}, it leads to {host}", *self.address.warnings)


def links_in(text: str) -> tuple[FoundLink, ...]:
    """Return the links of `text` in their order, an address once; at most MOST."""
    found: dict[str, FoundLink] = {}
    for link in _each(text[:MOST_CHARACTERS]):
        known = found.setdefault(link.address.url, link)
        if link.warnings and not known.warnings:
            found[link.address.url] = link
        if len(found) == MOST:
            break
    return tuple(found.values())


def _host_said(label: str) -> str:
    """Return the host that a label seems to be of, as `README.md` does not; empty: of none."""
    address = address_in(label) or address_in(f"https://{label}")
    host = address.host.removeprefix("www.") if address else ""
    meant = label.startswith(("http://", "https://", "www.")) or host.endswith(_COMMON)
    return host if meant else ""


def _each(text: str) -> Iterator[FoundLink]:
    for match in _LINK.finditer(text):
        if bare := match["bare"]:
            address = address_in(_without_what_follows(bare))
            label = ""
        else:
            written = match["inline"] or match["defined"] or ""
            address = address_in(_ESCAPED.sub(r"\1", unescape(written)))
            label = clean_line(match["label"] or match["name"] or "")
        if address:
            yield FoundLink(address, label)
        elif not bare and match["label"]:
            # The text of what is no link may be an address itself.
            yield from _each(clean(match["label"]))


def _without_what_follows(address: str) -> str:
    """Return a bare address without the sentence's own marks after it."""
    while address:
        last = address[-1]
        opening = _PAIRS.get(last)
        if last not in _AFTER and not (opening and address.count(last) > address.count(opening)):
            break
        address = address[:-1]
    return address
