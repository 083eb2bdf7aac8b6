"""How much is sent to the terminal: all that is worth it here, less over SSH, little on request."""

from dataclasses import dataclass

from moa_tui.ui.terminal.pacing import FRAMES_PER_SECOND

LOW = 28_000
"""Bytes a second behind a slow link: 30,000 with what keys and questions to the terminal add."""

_REMOTE = 120_000
_REMOTE_FRAMES = 12

MODES = ("auto", "on", "off")


@dataclass(frozen=True, slots=True)
class Thrift:
    """`budget` is in bytes a second, None is no limit.

    `sparing` shows streams that nobody reads by their figures only; with `watchful` that begins
    once the link turns out to be slow.
    """

    frames_per_second: float = FRAMES_PER_SECOND
    budget: int | None = None
    sparing: bool = False
    watchful: bool = False
    badge: str = ""


def thrift(mode: str, *, remote: bool) -> Thrift:
    """Return what `mode` of MODES means; `remote` is a terminal that is reached over SSH."""
    frames = _REMOTE_FRAMES if remote else FRAMES_PER_SECOND
    badge = "SSH" if remote else ""
    if mode == "on":
        return Thrift(frames, LOW, sparing=True, badge=low_badge(badge))
    if mode == "off" or not remote:
        return Thrift(frames, badge=badge)
    return Thrift(frames, _REMOTE, watchful=True, badge=badge)


def low_badge(badge: str) -> str:
    """Return the badge of low bandwidth beside `badge`."""
    return f"{badge} low-bw".strip()
