"""agents.yaml as data → Roster: as many problems as can be known are found in one pass."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from moa_tui.errors import MoaError
from moa_tui.roster.document import Document, Location, Problem, parse
from moa_tui.roster.model import Roster
from moa_tui.roster.resolve import Resolver
from moa_tui.roster.schema import FORM, RosterFile
from moa_tui.roster.wording import describe
from moa_tui.text import clean_line

MAX_SHOWN = 20
"""Problems told at once; a file of another kind would have thousands."""


class RosterError(MoaError):
    """What is wrong in an agents.yaml, a line each: `file:line:column: what — what to do`."""

    def __init__(self, path: Path, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        name = clean_line(str(path), 4096)
        lines = [f"{name}:{at.line}:{at.column}: {text}" for at, text in self.problems[:MAX_SHOWN]]
        if len(self.problems) > MAX_SHOWN:
            lines.append(f"{name}: and {len(self.problems) - MAX_SHOWN} more problems")
        super().__init__("\n".join(lines))


def build_roster(source: bytes, path: Path, origin: str) -> Roster:
    """Validate the text of an agents.yaml; raises RosterError with its problems.

    What names refer to is only looked up in a file whose shape is right.
    """
    document = parse(source)
    file = _validated(document)
    if file:
        roster = Resolver(file, document).roster(path, origin)
        if not document.problems:
            return roster
    raise RosterError(path, document.problems)


def _validated(document: Document) -> RosterFile | None:
    if isinstance(document.data, dict):
        try:
            return RosterFile.model_validate(document.data)
        except ValidationError as error:
            _report(error, document)
    elif not document.problems:
        what = "is empty" if document.data is None else "has no 'key: value' lines"
        document.report((), f"the file {what}: begin with 'version: 1' and 'agents:'")
    return None


def _report(error: ValidationError, document: Document) -> None:
    for item in error.errors(include_url=False):
        location: Location = tuple(
            part for part in item["loc"] if isinstance(part, int) or not part.startswith(FORM)
        )
        if location[-1] == "[key]" and location not in document.positions:
            location = location[:-1]  # this is how pydantic says that the key itself is wrong
        document.report(location, describe(item, location))
