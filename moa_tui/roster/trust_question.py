"""What a person is asked about an agents.yaml: where it sends questions, and which keys."""

import shlex
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from moa_tui.errors import MoaError
from moa_tui.roster.parsed import Destination, ParsedRoster
from moa_tui.roster.source import Source
from moa_tui.roster.trust_records import Answer, Record
from moa_tui.text import clean, clean_line


class Standing(StrEnum):
    """What is known of a file."""

    NEW = "new"
    CHANGED = "changed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class TrustQuestion:
    """What the person is to know before a file is used.

    `offered` says that it only lies in the current folder: without it, another file is used.
    `exposed` is what others may change of a file in the person's settings folder.
    """

    path: Path
    digest: str
    agents: tuple[str, ...]
    destinations: tuple[Destination, ...]
    standing: Standing
    offered: bool = False
    exposed: str = ""

    @property
    def command(self) -> str:
        """The command that allows the file."""
        return f"moa-tui trust {self.quoted_path}"

    @property
    def quoted_path(self) -> str:
        """The path, as a shell takes it."""
        return clean_line(shlex.quote(str(self.path)), 4096)

    @property
    def shown_path(self) -> str:
        """The path as text that may be shown: a folder's name may hold anything."""
        return clean_line(str(self.path), 4096)

    @property
    def record(self) -> Record:
        """What is kept of a yes: this content, and each key with the host it may go to."""
        pairs = sorted({(d.variable, d.place) for d in self.destinations if d.variable})
        places = sorted({d.place for d in self.destinations})
        return Record(str(self.path), self.digest, Answer.TRUSTED, tuple(places), tuple(pairs))


class UntrustedError(MoaError):
    """A file that the person has not allowed; `question` is what they would be asked."""

    def __init__(self, question: TrustQuestion) -> None:
        changed = question.standing is Standing.CHANGED
        what = "has changed since you allowed it" if changed else "is not yours, or not yet allowed"
        if question.exposed:
            what = f"may be changed by others (see {question.exposed})"
        hosts = ", ".join(dict.fromkeys(d.place for d in question.destinations))
        keys = ", ".join(dict.fromkeys(d.variable for d in question.destinations if d.variable))
        asks = f"it asks {hosts or 'nobody'}{f' with {keys}' if keys else ''}"
        rest = ""
        if question.offered:
            rest = f"; to leave it unused: moa-tui trust --decline {question.quoted_path}"
        super().__init__(
            f"{question.path} {what}: {asks}",
            f"look at it, then allow it: {question.command}{rest}",
        )
        self.question = question


def question_about(
    roster: ParsedRoster, source: Source, standing: Standing, *, offered: bool, exposed: str = ""
) -> TrustQuestion:
    """Return what is asked about `source`, by the path of the file that was read."""
    path = str(source.path)
    if clean(path) != path or any(char in path for char in "\n\t"):
        raise MoaError(
            f"{clean(path)!r} cannot be shown as it is written: it has invisible characters in it",
            "move or rename the file",
        )
    return TrustQuestion(
        source.path,
        source.digest,
        roster.agents,
        roster.destinations,
        standing,
        offered,
        clean_line(exposed, 4096),
    )
