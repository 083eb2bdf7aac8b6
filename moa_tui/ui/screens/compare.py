"""Two turns side by side: questions, figures, answers, and how the answers differ."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from moa_tui.engine.wholeness import remark
from moa_tui.text import clean_line
from moa_tui.transcript.comparing import Difference, DiffLine, difference
from moa_tui.transcript.record import TurnRecord
from moa_tui.ui.screens.leaving import Over
from moa_tui.ui.when import exactly
from moa_tui.ui.widgets.key_hints import KeyHints
from moa_tui.ui.widgets.read_view import ReadView
from moa_tui.ui.widgets.turn_preview import figures_of

_STYLES = {" ": "$foreground", "-": "$error", "+": "$success"}


class CompareScreen(Over[None]):
    """Compares two turns that were kept."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (160, "-wide")]  # noqa: RUF012 - as Textual declares it
    HELP = (
        "Two turns side by side. x shows what is different between the answers: lines that only"
        " the left one has begin with -, lines that only the right one has with +; changed words"
        " are underlined."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v", "dismiss", "Back", id="compare.back", tooltip="Back to the list"),
        Binding(
            "x",
            "differences",
            "Answers/differences",
            id="compare.differences",
            tooltip="Show the answers, or what is different between them",
        ),
    ]

    def __init__(self, left: TurnRecord, right: TurnRecord) -> None:
        super().__init__()
        self._sides = (left, right)
        self._headline = Static(
            Content.styled(" Compare ", "bold $accent"), id="headline", markup=False
        )
        self._difference = Static("comparing …", id="difference-text", markup=False)

    def compose(self) -> ComposeResult:
        """A column for each turn; the difference lies in their place when it is asked for."""
        yield self._headline
        with Horizontal(id="sides"):
            for name, record in zip(("left", "right"), self._sides, strict=True):
                with Vertical(id=f"side-{name}", classes="side") as side:
                    side.border_title = Content(f"{'-' if name == 'left' else '+'} {name}")
                    yield Static(_head(record), classes="side-head", markup=False)
                    yield ReadView(id=f"answer-{name}", classes="side-answer")
        with VerticalScroll(id="difference"):
            yield self._difference
        yield KeyHints(id="hints")

    def on_mount(self) -> None:
        """Show both answers, and begin to compare them."""
        for name, record in zip(("left", "right"), self._sides, strict=True):
            self.query_one(f"#answer-{name}", ReadView).read(record.answer or "There is no answer.")
        self.query_one("#answer-left").focus()
        self._compare()

    @work
    async def _compare(self) -> None:
        left, right = self._sides
        found = await asyncio.to_thread(difference, left.answer, right.answer)
        self._difference.update(_shown(found))
        words = f" Compare   {int(100 * found.same)} % of the answers is the same · x shows how"
        if not (left.answer and right.answer):
            some = bool(left.answer or right.answer)
            words = f" Compare   {'one of them' if some else 'each of them'} has no answer"
        cut = " (the beginnings: they are too long to be compared whole)" if found.cut else ""
        self._headline.update(Content.styled(words + cut, "bold $accent"))

    def action_differences(self) -> None:
        """Show the answers, or what is different between them."""
        self.toggle_class("-differences")
        different = self.has_class("-differences")
        self.query_one("#difference" if different else "#answer-left").focus()


def _head(record: TurnRecord) -> Content:
    now = datetime.now(UTC).astimezone()
    how = f"{record.strategy}{f' ({record.preset})' if record.preset else ''}"
    agents = ", ".join(dict.fromkeys(stream.agent for stream in record.streams))
    said = remark(record.answer_outcome) if record.answer else ""
    return Content.assemble(
        (clean_line(record.question, 300) or "(no question)", "bold"),
        "\n",
        (f"{exactly(record.started_at, now)} · {how} · {clean_line(agents, 80)}", "$dim-text"),
        "\n",
        (" · ".join(figures_of(record)), "$foreground"),
        (f"\n{said}" if said else "", "$warning"),
    )


def _shown(found: Difference) -> Content:
    if all(line.mark == " " for line in found.lines):
        return Content.styled("The answers are the same, to the letter.", "bold")
    return Content("\n").join(_line(line) for line in found.lines)


def _line(line: DiffLine) -> Content:
    return Content.assemble((f"{line.mark} ", "bold"), *_parts(line))


def _parts(line: DiffLine) -> Iterator[tuple[str, str]]:
    style = _STYLES[line.mark]
    for text, differs in line.parts:
        yield text, f"bold underline {style}" if differs else style
