"""Ways to damage a history, and what has to hold of a program that meets one."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from moa_tui.errors import HistoryError
from moa_tui.transcript.browsing import Sought, turn_page
from moa_tui.transcript.history import each_record, interrupted_turns, list_turns
from moa_tui.transcript.kept_turn import kept_turn
from moa_tui.transcript.questions import asked_before
from moa_tui.transcript.search import search_turns
from tests.transcript.kept import names, save, turn
from tests.transcript.test_interrupted import interrupt

TURNS = 6


def sound(path: Path) -> bytes:
    """Return a history of six turns and one that was interrupted, all in its one file."""
    save(path, *(turn(f"t{i}", i, question=f"Why, größe-{i}? " * 150) for i in range(TURNS)))
    interrupt(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


def bytes_changed(source: bytes, positions: Iterator[int] | range) -> Iterator[tuple[str, bytes]]:
    """Yield `source` with another value at one position, chosen by the position."""
    for position in positions:
        dice = random.Random(position)
        for value in {0xFF, source[position] ^ (1 << dice.randrange(8))}:
            if value != source[position]:
                data = bytearray(source)
                data[position] = value
                yield f"{position}={value}", bytes(data)


def pages_changed(source: bytes, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield `source` cut off, with pages emptied, exchanged, full of noise, or half written."""
    dice = random.Random(seed)
    pages = [source[start : start + 4096] for start in range(0, len(source), 4096)]
    for number in range(len(pages)):
        for kind, page in (
            ("zero", bytes(4096)),
            ("ones", b"\xff" * 4096),
            ("noise", dice.randbytes(4096)),
            ("torn", pages[number][:2048] + bytes(2048)),
            ("other", pages[dice.randrange(len(pages))]),
        ):
            changed = [*pages]
            changed[number] = page
            yield f"page {number} {kind}", b"".join(changed)
    for _ in range(20):
        one, other = dice.randrange(len(pages)), dice.randrange(len(pages))
        changed = [*pages]
        changed[one], changed[other] = pages[other], pages[one]
        yield f"pages {one} and {other}", b"".join(changed)
    for length in (0, 1, 15, 16, 99, 100, 512, 4095, 4096, 4097, 8192, len(source) - 1):
        yield f"cut at {length}", source[:length]
    yield "text before it", b"\n" + source
    yield "twice", source + source


def wrong_with(path: Path) -> list[str]:
    """Keep a turn in the damaged history, and read it; return what did not go as it should."""
    wrong = []
    told = save(path, turn("new", 3000))
    if "new" not in _names(path):
        wrong.append(f"the new turn is not there: {told}")
    aside = list(path.parent.glob("history.db.corrupt-*"))
    if any("-wal" not in p.name and "-shm" not in p.name for p in aside) and not (
        told and "recover" in told[0]
    ):
        wrong.append(f"nothing was told: {told}")
    for read in (
        lambda: list_turns(path),
        lambda: search_turns(path, "why"),
        lambda: search_turns(path, "größe-1"),
        lambda: list(each_record(path)),
        lambda: turn_page(path),
        lambda: turn_page(path, Sought("größe-1")),
        lambda: asked_before(path),
        lambda: interrupted_turns(path),
    ):
        try:
            read()
        except HistoryError as error:
            wrong.append(f"it cannot be read afterwards: {error}")
    for name in ("new", "t0"):
        with suppress(HistoryError):
            kept_turn(path, name)
    return wrong


def _names(path: Path) -> list[str]:
    with suppress(HistoryError):
        return names(path)
    return []
