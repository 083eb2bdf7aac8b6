"""Whether an agents.yaml may be used: it decides where questions and keys go.

The shipped file and those in the person's settings folder may. Any other is shown to the person
first, before a key is read or a host is asked, and their answer is kept for this path and this
content (the class of CVE-2026-21852: a project's settings that act before they are trusted).

Nothing but this module makes a Roster of a ParsedRoster.
"""

from pathlib import Path

from moa_tui import paths
from moa_tui.errors import MoaError
from moa_tui.roster.build import RosterError, parse_roster
from moa_tui.roster.loading import EMBEDDED, FILE_NAME, Found
from moa_tui.roster.model import Roster
from moa_tui.roster.ownership import exposed, in_own_folder
from moa_tui.roster.parsed import ParsedRoster, Permission
from moa_tui.roster.source import Source, read_once
from moa_tui.roster.trust_question import Standing, TrustQuestion, UntrustedError, question_about
from moa_tui.roster.trust_records import Answer, Record, TrustRecords
from moa_tui.text import clean_line


def trusted_roster(found: Found, records: TrustRecords | None = None) -> Roster:
    """Read a file and return its roster if it may be used.

    Raises UntrustedError if the person has to be asked, MoaError if the file cannot be used at all.
    """
    source = read_once(found.path, found.origin)
    if needs_no_answer(source):
        roster = parse_roster(source.content, found.path, found.origin, own=is_own(source))
        return roster.released(Permission(source.digest))
    parsed = parse_roster(source.content, found.path, found.origin)
    question = _question(parsed, source, records or TrustRecords(), offered=False)
    if question is not None:
        raise UntrustedError(question)
    return parsed.released(Permission(source.digest))


def roster_of_folder(path: Path, records: TrustRecords | None = None) -> Roster | str:
    """Return the roster of the current folder's file, or why it is not used.

    Raises UntrustedError if the person has not been asked about it.
    """
    records = records or TrustRecords()
    shown = clean_line(str(path), 4096)
    try:
        source = read_once(path, "this folder")
    except MoaError as error:
        return f"{shown} is not used: {error.message}"
    try:
        parsed = parse_roster(source.content, path, "this folder")
        question = _question(parsed, source, records, offered=True)
    except RosterError as error:
        if records.knows(str(source.path)):
            raise  # it was used before: its mistakes are to be told
        first = error.problems[0]
        return f"{shown} is not used: no agents.yaml of moa-tui (line {first.position.line})"
    except MoaError as error:
        return f"{shown} is not used: {error.message}"
    if question is None:
        return parsed.released(Permission(source.digest))
    if question.standing is Standing.DECLINED:
        return f"{shown} is not used, as you answered; to use it: {question.command}"
    raise UntrustedError(question)


def embedded_roster() -> Roster:
    """Return the shipped roster of the embedded model, for a first run without a key."""
    return trusted_roster(Found(EMBEDDED, "embedded model"))


def examine(path: Path) -> TrustQuestion | None:
    """Return what a person would be asked about the file, None if there is nothing to ask."""
    source = read_once(path, "named")
    if needs_no_answer(source):
        return None
    parsed = parse_roster(source.content, path, "named")
    return question_about(
        parsed, source, Standing.NEW, offered=False, exposed=_exposed_in_own_folder(source)
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


def needs_no_answer(source: Source) -> bool:
    """Whether nobody has to be asked: a file of the program, or one of the person's own."""
    return is_shipped(source) or is_own(source)


def is_shipped(source: Source) -> bool:
    """Whether what was read is a file of the program."""
    return any(source.is_file(ours) for ours in (paths.shipped(FILE_NAME), EMBEDDED))


def is_own(source: Source) -> bool:
    """Whether it is in the person's settings folder, and nobody else can have put it there."""
    return in_own_folder(source) and exposed(source) is None


def _exposed_in_own_folder(source: Source) -> str:
    return str(exposed(source) or "") if in_own_folder(source) else ""


def _question(
    parsed: ParsedRoster, source: Source, records: TrustRecords, *, offered: bool
) -> TrustQuestion | None:
    """Return what is to be asked about a file, None if it is allowed."""
    weak = _exposed_in_own_folder(source)
    question = question_about(parsed, source, Standing.NEW, offered=offered, exposed=weak)
    known = records.find(str(question.path), question.digest)
    if known is None:
        standing = Standing.CHANGED if records.allowed(str(question.path)) else Standing.NEW
    elif known.answer is Answer.DECLINED:
        standing = Standing.DECLINED
    elif known.covers(question.record):
        return None
    else:
        # The content is the same, but with this version of the program it means other hosts.
        standing = Standing.CHANGED
    return question_about(parsed, source, standing, offered=offered, exposed=weak)
