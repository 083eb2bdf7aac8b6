"""The card that offers a turn which was interrupted: what it is, and the keys."""

from datetime import UTC, datetime, timedelta

from textual.content import Content
from textual.widgets import Static

from moa_tui.text import clean_line
from moa_tui.transcript.history import UnendedTurn
from moa_tui.transcript.reading_back import as_moment

_STEPS = ((86400, "day"), (3600, "hour"), (60, "minute"))


class ResumeCard(Static):
    """Offers to go on with `turn`."""

    def __init__(self, turn: UnendedTurn) -> None:
        super().__init__(words(turn), id="resume-card", markup=False)


def words(turn: UnendedTurn, now: datetime | None = None) -> Content:
    """Say what was interrupted, when, what is there, and what can be done."""
    now = now or datetime.now(UTC)
    when = ago(now - (as_moment(turn.started_at) or now))
    return Content.assemble(
        (f"Interrupted {when}: ", "bold $warning"),
        (clean_line(turn.question, 300), "$foreground"),
        "\n",
        (f"{turn.words} · ", "$dim-text"),
        ("Alt+R", "bold $accent"),
        (" resumes it · ", "$dim-text"),
        ("Ctrl+X", "bold $accent"),
        (" dismisses it", "$dim-text"),
    )


def ago(passed: timedelta) -> str:
    """Say how long ago something was, in its largest unit."""
    for seconds, unit in _STEPS:
        if (count := int(passed.total_seconds() // seconds)) > 0:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "a moment ago"
