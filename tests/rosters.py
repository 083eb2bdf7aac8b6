"""Rosters for tests: allowed without a question, which the program itself never does."""

from pathlib import Path

from moa_tui.roster.build import parse_roster
from moa_tui.roster.loading import Found
from moa_tui.roster.model import Roster
from moa_tui.roster.parsed import Permission
from moa_tui.roster.source import read_once


def build_roster(source: bytes, path: Path, origin: str, *, own: bool = False) -> Roster:
    """Return the roster that `source` is the text of; raises RosterError."""
    parsed = parse_roster(source, path, origin, own=own)
    return parsed.released(Permission(parsed.digest))


def load_roster(found: Found) -> Roster:
    """Read a file and return its roster; raises MoaError."""
    return build_roster(read_once(found.path, found.origin).content, found.path, found.origin)
