"""Rows out of the pages of a damaged SQLite file, without SQLite: each that can be read, is.

Only the leaves of tables are looked at, wherever they are in the file: neither its header, nor its
schema, nor the pages that lead to them need be sound. Layout: https://sqlite.org/fileformat2.html
"""

import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Row = tuple[object, ...]
Source = bytes | memoryview

_LEAF = 0x0D
_HEADER = 100
_SIZES = (4096, 1024, 8192, 16384, 32768, 65536, 2048, 512)
_LOG_HEADER, _FRAME = 32, 24
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_MOST_CELLS = 10_000
_LONGEST = 64_000_000
"""Bytes of a row; more is no row of ours."""


@dataclass(slots=True)
class Pages:
    """The pages of a file, with those of its log in their place; `unread` counts broken rows."""

    source: Source
    size: int
    newer: Mapping[int, Source]
    free: frozenset[int]
    reserved: int = 0
    unread: int = 0

    def rows(self) -> Iterator[Row]:
        """Yield the rows of all tables; of one that is cut off, what there is."""
        numbers = range(1, max(len(self.source) // self.size, *self.newer, 0) + 1)
        for number in numbers:
            if number in self.free:
                continue
            page = self.page(number)
            start = _HEADER if number == 1 else 0
            if len(page) == self.size and page[start] == _LEAF:
                yield from self._rows_of(page, start)

    def page(self, number: int) -> Source:
        """Return a page, counted from 1; an empty one if it is not there."""
        if number in self.newer:
            return self.newer[number]
        return self.source[(number - 1) * self.size : number * self.size]

    def _rows_of(self, page: Source, start: int) -> Iterator[Row]:
        (count,) = struct.unpack_from(">H", page, start + 3)
        for index in range(min(count, _MOST_CELLS)):
            place = start + 8 + 2 * index
            if place + 2 > self.size:
                return
            (at,) = struct.unpack_from(">H", page, place)
            try:
                row = _values(self._payload(page, at))
            except (IndexError, ValueError, struct.error):
                self.unread += 1
            else:
                yield row

    def _payload(self, page: Source, at: int) -> bytes:
        length, at = _varint(page, at)
        _rowid, at = _varint(page, at)
        if not 0 < length <= _LONGEST:
            raise ValueError(length)
        usable = self.size - self.reserved
        most = usable - 35
        if length <= most:
            return bytes(page[at : at + length])
        least = (usable - 12) * 32 // 255 - 23
        here = least + (length - least) % (usable - 4)
        here = here if here <= most else least
        pieces = [bytes(page[at : at + here])]
        (number,) = struct.unpack_from(">I", page, at + here)
        left, seen = length - here, set[int]()
        while left > 0 and number and number not in seen:
            seen.add(number)
            more = self.page(number)
            if len(more) < self.size:
                break
            (number,) = struct.unpack_from(">I", more)
            pieces.append(bytes(more[4 : 4 + min(left, usable - 4)]))
            left -= usable - 4
        return b"".join(pieces)


def pages_of(source: Source, log: Source = b"") -> Pages:
    """Return the pages of a file and its log; where its header says no size, the likeliest."""
    declared = _size_in(source)
    sizes = [*([declared] if declared else []), *(s for s in _SIZES if s != declared)]
    found = [_pages(source, log, size) for size in sizes]
    for pages in found:
        if _leaves(pages) and pages.size == declared:
            return pages
    return max(found, key=_leaves)


def _leaves(pages: Pages) -> int:
    """Return how many pages look like leaves of a table, each with rows inside its page."""
    count = 0
    for number in range(1, min(len(pages.source) // pages.size, 2_000) + 1):
        page = pages.page(number)
        start = _HEADER if number == 1 else 0
        if page[start] == _LEAF:
            free, cells, content = struct.unpack_from(">HHH", page, start + 1)
            count += free < pages.size and 0 < cells * 2 < pages.size and content < pages.size
    return count + len(pages.newer)


def _pages(source: Source, log: Source, size: int) -> Pages:
    newer = _newer(log, size)
    reserved = source[20] if len(source) > _HEADER and _size_in(source) == size else 0
    pages = Pages(source, size, newer, frozenset(), reserved if reserved <= size - 480 else 0)
    pages.free = _free(pages)
    return pages


def _size_in(source: Source) -> int:
    if len(source) < _HEADER:
        return 0
    (size,) = struct.unpack_from(">H", source, 16)
    size = 65536 if size == 1 else size
    return size if size in _SIZES else 0


def _free(pages: Pages) -> frozenset[int]:
    """Return the pages that hold nothing any more: what was deleted stays so."""
    first = pages.page(1)
    if len(first) < _HEADER:
        return frozenset()
    (number,) = struct.unpack_from(">I", first, 32)
    found = set[int]()
    while number and number not in found:
        page = pages.page(number)
        if len(page) < pages.size or page[0] == _LEAF:
            return frozenset()  # no list of free pages: it is damaged
        found.add(number)
        number, count = struct.unpack_from(">II", page)
        if count > pages.size // 4 - 2:
            return frozenset()
        found.update(struct.unpack_from(f">{count}I", page, 8))
    return frozenset(found)


def _newer(log: Source, size: int) -> dict[int, Source]:
    """Return the pages in a log of pages of this size, as far as their changes were finished."""
    finished, under_way = dict[int, Source](), dict[int, Source]()
    salts: Counter[bytes] = Counter()
    for at in range(_LOG_HEADER, len(log) - size - _FRAME + 1, size + _FRAME):
        number, committed = struct.unpack_from(">II", log, at)
        salts[bytes(log[at + 8 : at + 16])] += 1
        if len(salts) > 1 or not 0 < number < 2**31:
            break  # left over from before the log was begun anew
        under_way[number] = log[at + _FRAME : at + _FRAME + size]
        if committed:
            finished |= under_way
            under_way = {}
    return finished


def _varint(data: Source, at: int) -> tuple[int, int]:
    value = 0
    for count in range(9):
        byte = data[at + count]
        if count == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    raise ValueError(at)


def _values(payload: bytes) -> Row:
    length, at = _varint(payload, 0)
    kinds = []
    while at < length:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if at != length or len(kinds) > 100:
        raise ValueError(length)
    values: list[object] = []
    for kind in kinds:
        size = _INTEGERS.get(kind, 8 if kind == 7 else (kind - 12) // 2 if kind >= 12 else 0)
        values.append(_value(kind, payload[at : at + size]))
        at += size
    return tuple(values)


def _value(kind: int, data: bytes) -> object:
    if kind in _INTEGERS:
        return int.from_bytes(data, "big", signed=True)
    if kind >= 12:
        return data.decode("utf-8", "replace") if kind % 2 else data
    if kind == 7:
        return struct.unpack(">d", data)[0] if len(data) == 8 else None
    return {8: 0, 9: 1}.get(kind)
