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
_ENDINGS = """
com org net edu gov mil int info biz name pro aero coop museum app dev xyz online shop site store
tech club cloud live news blog page link click top vip work agency email bank money finance game
games web wiki design world today life space website fun icu one zone team group media digital
network solutions center company support services systems global health law tax credit card cards
"""
_FILES = """
c cc cfg cjs cs cpp css csv dll doc docx exe gif go gz h hpp htm html ini ipynb java jpeg jpg js
json jsx kt lock log lua md mjs pdf php pl png pptx ps ps1 py pyi rb rs sh so sql svg tar tex toml
ts tsx txt whl xlsx xml yaml yml
"""
_OF_HOSTS = frozenset(_ENDINGS.split())
_OF_FILES = frozenset(_FILES.split())
_MOST_WORDS = 20
_COUNTRIES_TOO = frozenset({"cc", "pl", "ps", "sh", "so"})
"""Endings of files that are as common for hosts."""
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
        said, host = _host_said(self.label, self.address.url), self.address.host
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


def _host_said(label: str, url: str) -> str:
    """Return the host that words of a label seem to name; empty: none does."""
    for word in label.split()[:_MOST_WORDS]:
        said = word.strip("<>()[]{}\"'`*_.,;:!?").casefold()
        address = address_in(said) or address_in(f"https://{said}")
        if address and _is_meant(said, address.host, url):
            return address.host.removeprefix("www.")
    return ""


def _is_meant(said: str, host: str, url: str) -> bool:
    """Whether a word means a host, as `README.md` does not: two letters may end both."""
    name, dot, ending = host.rpartition(".")
    if said.startswith(("http://", "https://", "www.")):
        return True
    if not dot or not name:
        return False
    if ending in _OF_FILES:
        # `paypal.sh` is a host, unless the link leads to a file of that name.
        return ending in _COUNTRIES_TOO and not url.endswith(f"/{said}")
    return ending in _OF_HOSTS or len(ending) == 2 or ending.startswith("xn--")


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
