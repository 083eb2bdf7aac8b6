"""The turn under the cursor, in short: question, who took part, figures, the answer."""

from datetime import UTC, datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from moa_tui.engine.cost import dollars
from moa_tui.engine.wholeness import remark
from moa_tui.state.participation import head_of
from moa_tui.text import clean_line
from moa_tui.transcript.record import TurnRecord
from moa_tui.ui import figures
from moa_tui.ui.when import exactly
from moa_tui.ui.widgets.read_view import ReadView

_RESUMES = "t goes on with it: only what is missing is asked"


class TurnPreview(Vertical):
    """Shows a turn; `show` takes its record, `say` says why there is none."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._head = Static(id="preview-head", markup=False)
        self._answer = ReadView(id="preview-answer")

    def compose(self) -> ComposeResult:
        """What is known of it, then the answer."""
        yield from (self._head, self._answer)

    def show(self, record: TurnRecord, *, unended: bool) -> None:
        """Show a turn; one that has not ended says how it can be gone on with."""
        now = datetime.now(UTC).astimezone()
        parts: list[Content | str | tuple[str, str]] = [
            (clean_line(record.question, 600) or "(no question)", "bold"),
            "\n",
            (" · ".join([exactly(record.started_at, now), *figures_of(record)]), "$dim-text"),
        ]
        if record.participation:
            parts += ["\n", (clean_line(record.participation), "$foreground")]
        if unended and record.outcome != "running":
            parts += ["\n", (f"interrupted: {_RESUMES}", "$warning")]
        if record.answer and (said := remark(record.answer_outcome)):
            parts += ["\n", (said, "$warning")]
        for notice in record.notices[:2]:
            parts += ["\n", (clean_line(notice), "$warning")]
        self._head.update(Content.assemble(*parts))
        self._answer.read(record.answer or _instead(record))

    def say(self, words: str) -> None:
        """Show a sentence in the turn's place."""
        self._head.update(Content.styled(words, "$warning"))
        self._answer.read("")


def figures_of(record: TurnRecord) -> list[str]:
    """Return a turn in figures: outcome, agents, seconds, tokens, throughput, cost."""
    agents = len({stream.agent for stream in record.streams})
    counted = f"{agents} agent{'' if agents == 1 else 's'}"  # of a turn of an earlier version
    parts = [record.outcome, head_of(record.participation) or counted]
    parts += [figures.seconds(record.seconds), f"{record.output_tokens:,} tok"]
    if record.throughput:
        parts.append(f"{record.throughput:,.0f} tok/s")
    if record.cost_usd is not None:
        parts.append(f"cost {dollars(record.cost_usd)}")
    return parts


def _instead(record: TurnRecord) -> str:
    """Say that there is no answer, and why as far as it is known."""
    reasons = dict.fromkeys(
        f"- {stream.agent}: {clean_line(stream.failure)}"
        for stream in record.streams
        if stream.failure
    )
    return "\n".join(["There is no answer.", "", *reasons])
