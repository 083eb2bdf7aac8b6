"""Tracebacks for a file that may be sent to somebody: no values, source lines of our own only."""

import linecache
import traceback
from collections.abc import Iterator
from pathlib import Path

from moa_tui.redaction import redact, secrets_of

_PACKAGE = Path(__file__).resolve().parent
_FIRST_FRAMES, _LAST_FRAMES = 10, 40
_MOST_ERRORS = 20
_MOST_TEXT = 4000
"""Characters of an error's own text."""


def where(error: BaseException) -> str:
    """Return ` in file:line` of the innermost place of ours that `error` went through."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        if _is_ours(path):
            place = f" in {path.name}:{line}"
    return place


def describe(error: BaseException) -> str:
    """Return the traceback of `error` and of all that led to it or is in it."""
    return "\n".join(_lines(error, "", set()))


def _lines(error: BaseException, indent: str, seen: set[int]) -> Iterator[str]:
    if id(error) in seen or len(seen) >= _MOST_ERRORS:
        yield f"{indent}… (told above, or too many)"
        return
    seen.add(id(error))
    cause, context = error.__cause__, error.__context__
    if cause is not None:
        yield from (*_lines(cause, indent, seen), "", f"{indent}which was the cause of:", "")
    elif context is not None and not error.__suppress_context__:
        yield from (*_lines(context, indent, seen), "", f"{indent}and while that was handled:", "")
    frames = [_frame(frame, line) for frame, line in _walk(error)]
    if len(frames) > _FIRST_FRAMES + _LAST_FRAMES:
        left_out = f"  … {len(frames) - _FIRST_FRAMES - _LAST_FRAMES} more …"
        frames = [*frames[:_FIRST_FRAMES], left_out, *frames[-_LAST_FRAMES:]]
    yield from (indent + line for frame in frames for line in frame.splitlines())
    yield from (indent + line for line in _text(error).splitlines())
    if isinstance(error, BaseExceptionGroup):
        for number, inner in enumerate(error.exceptions[:_MOST_ERRORS], start=1):
            yield f"{indent}  {number}:"
            yield from _lines(inner, indent + "  ", seen)


def _walk(error: BaseException) -> Iterator[tuple[tuple[str, str], int]]:
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield (frame.f_code.co_filename, frame.f_code.co_qualname), line


def _frame(code: tuple[str, str], line: int) -> str:
    name, function = code
    text = f"  {name}:{line} in {function}"
    # A line of somebody's script could hold anything.
    source = linecache.getline(name, line).strip() if _is_ours(Path(name)) else ""
    return f"{text}\n      {source}" if source else text


def _text(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    try:
        said = str(error)
    except Exception as broken:  # noqa: BLE001 - an error that cannot be shown is still reported
        said = f"(its text cannot be made: {type(broken).__name__})"
    notes = [str(note) for note in getattr(error, "__notes__", ())]
    if len(said) > _MOST_TEXT:
        # Before it is cut: half a key would not be known for one afterwards.
        whole = redact(said, *secrets_of())
        said = f"{whole[:_MOST_TEXT]}… ({len(said):,} characters)"
    return "\n".join([f"{kind}: {said}" if said else kind, *notes])


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(_PACKAGE)
