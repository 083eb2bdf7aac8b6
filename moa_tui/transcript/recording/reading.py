"""Reading a recording. It may come from anyone: what passes here can be played and is clean."""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from moa_tui.engine.events import TurnEvent
from moa_tui.errors import RecordingError
from moa_tui.text import clean_line
from moa_tui.transcript.recording.checking import EventChecker, UnplayableError
from moa_tui.transcript.recording.header import FORMAT, KIND, Header
from moa_tui.transcript.recording.lines import UnreadableLineError, header_in, read_line

MAX_BYTES = 32 * 1024 * 1024
MOST_EVENTS = 400_000
_AGAIN = "record it anew, or get the whole file"


@dataclass(frozen=True, slots=True)
class Recording:
    """A turn that can be replayed: its header, its events in the order of their times."""

    header: Header
    events: tuple[TurnEvent, ...]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.events[-1].at


def read_recording(path: Path) -> Recording:
    """Read the recording at `path`; raises RecordingError as `FILE:line: what — what to do`."""
    shown = clean_line(str(path), 4096)
    try:
        # Looked at before it is opened: opening a pipe waits for somebody to write into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise RecordingError(f"{shown} is not a file", "give the path of a recording")
        with path.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or clean_line(str(error))
        raise RecordingError(f"{shown} cannot be read: {reason}", "check the path") from None
    return parse_recording(source, shown)


def parse_recording(source: bytes, name: str) -> Recording:
    """Return the recording in `source`; raises RecordingError, which calls the file `name`."""

    def refuse(number: int, what: str, advice: str) -> NoReturn:
        raise RecordingError(f"{name}:{number}: {what}", advice)

    if len(source) > MAX_BYTES:
        size = f"larger than {MAX_BYTES // 1024 // 1024} MB"
        raise RecordingError(f"{name} is {size}", "record a shorter turn")
    first, *lines = source.removesuffix(b"\n").split(b"\n")
    try:
        header = header_in(read_line(first))
    except UnreadableLineError as error:
        refuse(1, f"this is no recording: {error}", "make one: moa-tui run --record FILE")
    if header.recording != KIND:
        refuse(1, "this is no recording of a turn", "make one: moa-tui run --record FILE")
    if header.format != FORMAT:
        refuse(1, f"its format is {header.format}, known is {FORMAT}", "update moa-tui")
    if len(lines) > MOST_EVENTS:
        refuse(MOST_EVENTS + 2, f"more than {MOST_EVENTS:,} events", "record a shorter turn")
    checker = EventChecker()
    events: list[TurnEvent] = []
    for number, line in enumerate(lines, start=2):
        try:
            events.append(checker.check(read_line(line)))
        except (UnreadableLineError, UnplayableError) as error:
            refuse(number, str(error), _AGAIN)
    if not events:
        refuse(1, "there is nothing after this line", _AGAIN)
    return Recording(header, tuple(events))
