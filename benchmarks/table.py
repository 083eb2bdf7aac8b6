"""The table of figures: printed, and written into a document with date and versions."""

import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_DOCS = Path(__file__).resolve().parent.parent / "docs"
_PACKAGES = ("textual", "openai", "aiohttp", "msgspec")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, what came out, and the goal, all as text."""

    name: str
    value: str
    goal: str = ""


def render(figures: Iterable[Figure]) -> str:
    """Return the table as Markdown."""
    rows = [("figure", "measured", "goal"), *((f.name, f.value, f.goal) for f in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def surroundings() -> str:
    """Return when and on what this was measured."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    today = datetime.now(UTC).date().isoformat()
    busy = os.getloadavg()[0]
    return (
        f"{today} · Python {platform.python_version()} on {sys.platform}, {os.cpu_count()} cores "
        f"(load {busy:.1f}) · {packages}"
    )


@dataclass(frozen=True, slots=True)
class Document:
    """A file of docs/ with a table in it, and the command that writes it."""

    name: str
    command: str

    def write(self, table: str) -> None:
        """Put the table in the place of the one that is there."""
        path = _DOCS / self.name
        begin = f"<!-- figures: {self.command} -->"
        head, mark, rest = path.read_text().partition(begin)
        _, end, tail = rest.partition(begin)
        assert mark, f"{path} has no place for the figures"
        assert end, f"{path} does not say where the figures end"
        path.write_text(f"{head}{mark}\n\n{surroundings()}\n\n{table}\n\n{mark}{tail}")


PERFORMANCE = Document("performance.md", "python -m benchmarks --write")
RELIABILITY = Document("reliability.md", "python -m benchmarks.reliability --write")
