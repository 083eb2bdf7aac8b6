"""Whether an agents.yaml may be used: it decides where questions and keys go.

The shipped file and those in the person's settings folder may. Any other is shown to the person
first, before a key is read or a host is asked, and their answer is kept for this path and this
content (the class of CVE-2026-21852: a project's settings that act before they are trusted).
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from moa_tui import paths
from moa_tui.errors import MoaError
from moa_tui.roster.build import RosterError, build_roster
from moa_tui.roster.loading import EMBEDDED, FILE_NAME, Found, read_source
from moa_tui.roster.model import Roster
from moa_tui.roster.trust_question import (
    Standing,
    TrustQuestion,
    UntrustedError,
    place_of_file,
    question_about,
)
from moa_tui.roster.trust_records import Answer, Record, TrustRecords
from moa_tui.text import clean_line

_BY_OTHERS = stat.S_IWOTH


def trusted_roster(found: Found, records: TrustRecords | None = None) -> Roster:
    """Read a file and return its roster if it may be used.

    Raises UntrustedError if the person has to be asked, MoaError if the file cannot be used at all.
    """
    source = read_source(found)
    if may_be_used(found.path):
        return build_roster(source, found.path, found.origin, own=is_own(found.path))
    roster, question = _examined(found, source, records or TrustRecords(), offered=False)
    if question is not None:
        raise UntrustedError(question)
    return roster


def roster_of_folder(path: Path, records: TrustRecords | None = None) -> Roster | str:
    """Return the roster of the current folder's file, or why it is not used.

    Raises UntrustedError if the person has not been asked about it.
    """
    records = records or TrustRecords()
    found, shown = Found(path, "this folder"), clean_line(str(path), 4096)
    try:
        roster, question = _examined(found, read_source(found), records, offered=True)
    except RosterError as error:
        if records.knows(place_of_file(path)):
            raise  # it was used before: its mistakes are to be told
        first = error.problems[0]
        return f"{shown} is not used: no agents.yaml of moa-tui (line {first.position.line})"
    except MoaError as error:
        return f"{shown} is not used: {error.message}"
    if question is None:
        return roster
    if question.standing is Standing.DECLINED:
        return f"{shown} is not used, as you answered; to use it: {question.command}"
    raise UntrustedError(question)


def examine(path: Path) -> TrustQuestion | None:
    """Return what a person would be asked about the file, None if there is nothing to ask."""
    if may_be_used(path):
        return None
    found = Found(path, "named")
    source = read_source(found)
    return question_about(
        build_roster(source, path, found.origin), source, Standing.NEW, offered=False
    )


def answer(question: TrustQuestion, *, yes: bool, records: TrustRecords | None = None) -> None:
    """Keep the person's answer; raises MoaError for a no to a file that they had named."""
    records = records or TrustRecords()
    if yes:
        records.keep(question.record)
    elif question.offered:
        records.keep(Record(str(question.path), question.digest, Answer.DECLINED))
    else:
        raise MoaError(f"{question.path} is not used, as you answered", question.command)


def may_be_used(path: Path) -> bool:
    """Whether nobody has to be asked: a file of the program, or one of the person's own."""
    for ours in (paths.shipped(FILE_NAME), EMBEDDED):
        with suppress(OSError):
            if path.samefile(ours):
                return True
    return is_own(path)


def is_own(path: Path) -> bool:
    """Whether `path` is in the person's settings folder, and nobody else may have written it.

    A link in that folder is the person's own, wherever it leads; a folder that is a link is not
    followed out of it.
    """
    try:
        if not path.parent.resolve().is_relative_to(paths.user_config_dir().resolve()):
            return False
        found = path.stat()
    except OSError:
        return False
    if not hasattr(os, "geteuid"):  # Windows has no such owners: there the folder decides
        return True
    return found.st_uid in (os.geteuid(), 0) and not found.st_mode & _BY_OTHERS


def _examined(
    found: Found, source: bytes, records: TrustRecords, *, offered: bool
) -> tuple[Roster, TrustQuestion | None]:
    """Return a file's roster, and what is to be asked about it if it is not allowed."""
    roster = build_roster(source, found.path, found.origin)
    question = question_about(roster, source, Standing.NEW, offered=offered)
    known = records.find(str(question.path), question.digest)
    if known is None:
        standing = Standing.CHANGED if records.allowed(str(question.path)) else Standing.NEW
    elif known.answer is Answer.DECLINED:
        standing = Standing.DECLINED
    elif known.covers(question.record):
        return roster, None
    else:
        # The content is the same, but with this version of the program it means other hosts.
        standing = Standing.CHANGED
    return roster, question_about(roster, source, standing, offered=offered)
