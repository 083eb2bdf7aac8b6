"""The person's answers about files: path, SHA-256 and what was allowed, in their state folder."""

import json
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from moa_tui import paths
from moa_tui.errors import MoaError
from moa_tui.locks import alone_in
from moa_tui.private_files import open_private, private_folder, write_atomically

FILE_NAME = "trust.json"
_MAX_BYTES = 4 * 1024 * 1024
_MOST = 500
"""Answers kept; the oldest are asked about again."""


class Answer(StrEnum):
    """What the person said."""

    TRUSTED = "trusted"
    DECLINED = "declined"


class Record(NamedTuple):
    """An answer about one content of one file.

    A yes holds for the hosts in `places`, and for each variable's key at the host beside it in
    `pairs`.
    """

    path: str
    digest: str
    answer: Answer
    places: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()

    def covers(self, asked: "Record") -> bool:
        """Whether this yes is about all that `asked` names."""
        return set(asked.places) <= set(self.places) and set(asked.pairs) <= set(self.pairs)


class TrustRecords:
    """The answers in a file that only the person can write. One that is damaged holds none."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or paths.user_state_dir() / FILE_NAME

    def all(self) -> list[Record]:
        """Return every answer, the oldest first; raises MoaError."""
        try:
            with open_private(self.path) as file:
                source = file.read(_MAX_BYTES)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(error, "read") from None
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            return [_record(row) for row in json.loads(source)["files"]]
        return []

    def find(self, path: str, digest: str) -> Record | None:
        """Return the answer about this content of the file at `path`."""
        return next((r for r in self.all() if (r.path, r.digest) == (path, digest)), None)

    def allowed(self, path: str) -> bool:
        """Whether some content of the file at `path` was allowed."""
        return any(r.path == path and r.answer is Answer.TRUSTED for r in self.all())

    def knows(self, path: str) -> bool:
        """Whether the person has been asked about some content of the file at `path`."""
        return any(record.path == path for record in self.all())

    def keep(self, record: Record) -> None:
        """Keep an answer, in the place of an older one about the same content."""
        self._make_folder()
        with alone_in(self.path.parent):
            others = [r for r in self.all() if (r.path, r.digest) != (record.path, record.digest)]
            self._write([*others, record][-_MOST:])

    def forget(self, path: str) -> int:
        """Forget all answers about the file at `path`; return how many there were."""
        with alone_in(self.path.parent):
            records = self.all()
            kept = [record for record in records if record.path != path]
            if len(kept) < len(records):
                self._write(kept)
            return len(records) - len(kept)

    def _make_folder(self) -> None:
        try:
            private_folder(self.path.parent)
        except OSError as error:
            raise self._unusable(error, "written") from None

    def _write(self, records: list[Record]) -> None:
        rows = [
            {
                "path": record.path,
                "sha256": record.digest,
                "answer": record.answer,
                "hosts": record.places,
                "keys": record.pairs,
            }
            for record in records
        ]
        try:
            write_atomically(
                self.path, json.dumps({"version": 1, "files": rows}, indent=1).encode()
            )
        except OSError as error:
            raise self._unusable(error, "written") from None

    def _unusable(self, error: OSError, how: str) -> MoaError:
        reason = error.strerror or type(error).__name__
        return MoaError(f"{self.path} cannot be {how}: {reason}", "check its folder")


def _record(row: dict[str, Any]) -> Record:
    return Record(
        str(row["path"]),
        str(row["sha256"]),
        Answer(row["answer"]),
        tuple(str(place) for place in row["hosts"]),
        tuple((str(variable), str(place)) for variable, place in row["keys"]),
    )
