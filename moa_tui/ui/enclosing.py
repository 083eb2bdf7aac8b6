"""What goes along with a question of the app, and how the person is told before it does."""

from collections.abc import Iterator, Sequence

from moa_tui.attachments import Attachment, as_text, attached, mentioned, named, only_text
from moa_tui.errors import MoaError
from moa_tui.text import clean_line
from moa_tui.ui.typed_text import Written

__all__ = ["as_text", "foreseen", "may_name_files", "read", "told"]


def read(written: Written, files: Sequence[str]) -> tuple[Attachment, ...]:
    """Return `files` and those that the question names; raises MoaError for one that cannot go."""
    return attached([*files, *mentioned(written.text, written.typed)])


def may_name_files(written: Written, files: Sequence[str]) -> bool:
    """Return whether there is anything to look for."""
    return bool(files) or "@" in written.text


def foreseen(written: Written, files: Sequence[str]) -> str:
    """Return what would go along if the question was sent now; empty where nothing would."""
    try:
        going = read(written, files)
    except MoaError as error:
        return f"▲ {error.message}"
    said = [f"⎘ goes along: {named(going)}"] if going else []
    if text_only := only_text(written.text, written.typed):
        said.append(f"sent as text, not as a file: {_mentions(text_only)}")
    return " · ".join(said)


def told(written: Written, going: Sequence[Attachment], along: str) -> Iterator[str]:
    """Yield what to say once the question is sent."""
    if going:
        yield f"went along: {named(going)}"
    if along:
        yield f"what went along then went along again: {len(along):,} characters"
    if text_only := only_text(written.text, written.typed):
        yield (
            f"{_mentions(text_only)} went as text: a file goes along where its name is typed here,"
            " after an @"
        )


def _mentions(names: Sequence[str]) -> str:
    return ", ".join(f"@{clean_line(name, 60)}" for name in names)
