"""A recording: the events of a turn with their times, in a file, to be replayed without a network.

JSON lines: the first is a header, each other one an event as `moa-tui run --jsonl` prints it.
"""

from moa_tui.transcript.recording.header import FORMAT, KIND, Header, header_of
from moa_tui.transcript.recording.reading import Recording, parse_recording, read_recording
from moa_tui.transcript.recording.writing import recorded

__all__ = [
    "FORMAT",
    "KIND",
    "Header",
    "Recording",
    "header_of",
    "parse_recording",
    "read_recording",
    "recorded",
]
