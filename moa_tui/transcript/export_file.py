"""A turn as a file of its own, in a folder of the person's: never over another file."""

import re
from pathlib import Path

from moa_tui import paths
from moa_tui.errors import HistoryError
from moa_tui.private_files import create_private, private_folder
from moa_tui.transcript.documents import FORMS, document
from moa_tui.transcript.record import TurnRecord

_WORDS_OF_NAME = 6
_MOST_NAMESAKES = 1_000


def export_file(history: Path, turn: TurnRecord, form: str, folder: Path | None = None) -> Path:
    """Write a turn of `history`, 0600, and return where to; `form` is one of documents.FORMS.

    The folder is `paths.exports_dir()` unless another is named. Raises MoaError.
    """
    folder = folder or paths.exports_dir()
    content = "".join(document(history, [turn.turn], form)).encode("utf-8", "replace")
    try:
        private_folder(folder)
        for number in range(1, _MOST_NAMESAKES):
            path = folder / f"{_name(turn)}{f'-{number}' if number > 1 else ''}.{FORMS[form]}"
            try:
                with create_private(path) as file:
                    file.write(content)
            except FileExistsError:
                continue
            return path
    except OSError as error:
        raise HistoryError(
            f"{folder} cannot be written to: {error.strerror or error}",
            "moa-tui history export TURN -o FILE writes anywhere",
        ) from None
    raise HistoryError(f"there are too many files of this name in {folder}", "move them away")


def _name(turn: TurnRecord) -> str:
    """Return when it was asked and the first words of the question, in letters any disk takes."""
    when = re.sub(r"[^0-9]", "", turn.started_at[:16])
    words = re.findall(r"[a-z0-9]+", turn.question.lower())[:_WORDS_OF_NAME]
    return "-".join([when or "turn", *words])[:80]
