"""A turn as a file of its own, in a folder of the person's: never over another file."""

import re
from pathlib import Path
from typing import Any

from moa_tui import paths
from moa_tui.errors import HistoryError
from moa_tui.private_files import create_private, private_folder
from moa_tui.transcript.export import exported

_WORDS_OF_NAME = 6
_MOST_NAMESAKES = 1_000


def export_file(record: dict[str, Any], form: str, folder: Path | None = None) -> Path:
    """Write a turn's record, 0600, and return where to; `form` is one of export.FORMATS.

    The folder is `paths.exports_dir()` unless another is named. Raises HistoryError.
    """
    folder = folder or paths.exports_dir()
    document = "".join(exported([record], form)).encode("utf-8", "replace")
    try:
        private_folder(folder)
        for number in range(1, _MOST_NAMESAKES):
            path = folder / f"{_name(record)}{f'-{number}' if number > 1 else ''}.{form}"
            try:
                with create_private(path) as file:
                    file.write(document)
            except FileExistsError:
                continue
            return path
    except OSError as error:
        raise HistoryError(
            f"{folder} cannot be written to: {error.strerror or error}",
            "moa-tui history export TURN -o FILE writes anywhere",
        ) from None
    raise HistoryError(f"there are too many files of this name in {folder}", "move them away")


def _name(record: dict[str, Any]) -> str:
    """Return when it was asked and the first words of the question, in letters any disk takes."""
    when = re.sub(r"[^0-9]", "", str(record["started_at"])[:16])
    words = re.findall(r"[a-z0-9]+", str(record["question"]).lower())[:_WORDS_OF_NAME]
    return "-".join([when or "turn", *words])[:80]
