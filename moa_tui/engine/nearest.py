"""The names of a list that are nearest to one that is not in it. Pure.

difflib takes a millisecond for forty names, and a provider may list sixty thousand: those that have
nothing in common are left out first, and no more than LOOKED_AT are compared.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from heapq import nlargest
from itertools import islice

LOOKED_AT = 30
MOST = 10_000
LONGEST = 100
"""Characters of a name; a longer one is nobody's slip."""

_PARTS = re.compile(r"[^a-z0-9]+")


def nearest(word: str, names: Iterable[str], count: int, cutoff: float = 0.5) -> list[str]:
    """Return at most `count` of `names` that are like `word`, the nearest first; case is none."""
    wanted = word.lower()
    if len(wanted) > LONGEST:
        return []
    parts = [part for part in _PARTS.split(wanted) if part]
    lower: dict[str, str] = {}
    for name in islice(names, MOST):
        if len(name) <= LONGEST:
            lower.setdefault(name.lower(), name)

    def likeness(name: str) -> tuple[int, int]:
        shared = sum(len(part) for part in parts if part in name)
        return shared, -abs(len(name) - len(wanted))

    best = nlargest(LOOKED_AT, lower, key=likeness)
    return [lower[name] for name in get_close_matches(wanted, best, n=count, cutoff=cutoff)]
