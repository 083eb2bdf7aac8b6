"""agents.yaml as text → ParsedRoster: as many problems as can be known are found in one pass."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from moa_tui.errors import MoaError
from moa_tui.redaction import find_written_keys, redact
from moa_tui.roster.document import MAX_BYTES, Document, Location, Position, Problem, parse
from moa_tui.roster.lookalikes import name_lookalikes, report_odd_values
from moa_tui.roster.parsed import ParsedRoster
from moa_tui.roster.resolve import Resolver
from moa_tui.roster.schema import FORM, RosterFile
from moa_tui.roster.wording import describe
from moa_tui.text import clean_line

MAX_SHOWN = 20
"""Problems told at once; a file of another kind would have thousands."""


LITERAL_KEY = (
    "this looks like a key, and a key does not belong into this file — take it out and give it to"
    " 'moa-tui auth', or to the variable that api_key_env names"
)


class RosterError(MoaError):
    """What is wrong in an agents.yaml, a line each: `file:line:column: what — what to do`."""

    def __init__(self, path: Path, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = sorted(problems)
        name = clean_line(str(path), 4096)
        lines = [
            f"{name}:{at.line}:{at.column}: {redact(text)}"
            for at, text in self.problems[:MAX_SHOWN]
        ]
        if len(self.problems) > MAX_SHOWN:
            lines.append(f"{name}: and {len(self.problems) - MAX_SHOWN} more problems")
        super().__init__("\n".join(lines))


def parse_roster(source: bytes, path: Path, origin: str, *, own: bool = False) -> ParsedRoster:
    """Validate the text of an agents.yaml; raises RosterError with its problems.

    Nobody can be asked with what is returned before `trust` has let it go. `own` says that it is a
    file of the person's own settings folder, which may allow more. What names refer to is only
    looked up in a file whose shape is right.
    """
    document = parse(source)
    file = _validated(document)
    roster = Resolver(file, document, own=own).roster(path, origin) if file else None
    report_odd_values(document)
    name_lookalikes(document, source[:MAX_BYTES].decode("utf-8-sig", "replace"))
    _refuse_keys(source, document)
    if roster and not document.problems:
        return ParsedRoster(roster, hashlib.sha256(source).hexdigest())
    raise RosterError(path, document.problems)


def _refuse_keys(source: bytes, document: Document) -> None:
    """Report what looks like a key, comments included: the file is shown, copied and committed."""
    if len(source) > MAX_BYTES:
        return
    told = {problem.position.line for problem in document.problems}
    lines = source.decode("utf-8-sig", "replace").splitlines()
    for number, line in enumerate(lines, start=1):
        found = next(find_written_keys(line), None)
        if found and number not in told:
            position = Position(number, found.start() + 1)
            document.problems.append(Problem(position, LITERAL_KEY))


def _validated(document: Document) -> RosterFile | None:
    if isinstance(document.data, dict):
        try:
            return RosterFile.model_validate(_without_empty(document.data))
        except ValidationError as error:
            _report(error, document)
    elif not document.problems:
        what = "is empty" if document.data is None else "has no 'key: value' lines"
        document.report((), f"the file {what} — begin with 'version: 1' and 'agents:'")
    return None


def _without_empty(data: Any) -> Any:
    """Return `data` without keys that have nothing after them.

    Such a section is as if it was not there: somebody has turned all of its lines into comments.
    """
    match data:
        case dict():
            return {key: _without_empty(item) for key, item in data.items() if item is not None}
        case list():
            return [_without_empty(item) for item in data]
    return data


def _report(error: ValidationError, document: Document) -> None:
    for item in error.errors(include_url=False):
        location: Location = tuple(
            part for part in item["loc"] if isinstance(part, int) or not part.startswith(FORM)
        )
        if location[-1] == "[key]" and location not in document.positions:
            location = location[:-1]  # this is how pydantic says that the key itself is wrong
        if item["type"] == "missing" and location in document.positions:
            document.report(location, "has nothing after it — add what belongs there")
        else:
            document.report(location, describe(item, location))
