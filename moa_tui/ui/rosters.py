"""The part of the app that follows agents.yaml: edited here or elsewhere, or another file chosen.

What has changed counts from the next turn on. While a file is wrong the last good one stays, and
the first mistake stands in the top line.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from moa_tui.errors import MoaError
from moa_tui.ui.looking_back import LookingBack

if TYPE_CHECKING:
    from moa_tui.ui.start import Start
    from moa_tui.ui.turn_runner import TurnRunner
    from moa_tui.ui.widgets.pane import Pane

_STEP = 0.1
_HOTTEST = 2.0


class Rosters(LookingBack):
    """Reads the file again, and has it edited."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f4",
            "edit_roster",
            "Agents",
            show=False,
            id="roster.edit",
            tooltip="Edit agents.yaml; what has changed counts from the next turn on",
            priority=True,
        ),
        Binding(
            "e",
            "edit_agent",
            "Edit the agent",
            show=False,
            id="agent.edit",
            tooltip="Edit agents.yaml where the agent of this pane stands",
        ),
        Binding(
            "plus",
            "warm(1)",
            "Warmer",
            show=False,
            id="agent.warmer",
            tooltip="Raise this agent's temperature, for this conversation",
        ),
        Binding(
            "minus",
            "warm(-1)",
            "Cooler",
            show=False,
            id="agent.cooler",
            tooltip="Lower this agent's temperature, for this conversation",
        ),
    ]
    _start: "Start | None" = None
    _runner: "TurnRunner | None" = None
    _file: Path | None = None
    """The file chosen while the app runs; None: as at its start."""
    _trouble_at: tuple[Path, int] | None = None
    _next: "tuple[Start, str | None] | None" = None
    """What the next turn begins with, while one is running."""

    def attend(self) -> None:
        """Begin to follow the file."""
        self._reading = asyncio.Lock()
        self._temperatures: dict[str, float] = {}
        self.watch_files(self._watched, self.reload)

    def _watched(self) -> list[Path]:
        start, own = self._start, self.late.own_roster()
        assert start
        return [own, start.roster.path, *filter(None, (start.file, self._file))]

    @work
    async def reload(self, file: Path | None = None, variable: str | None = None) -> None:
        """Read the file anew, or another `file`; a key of `variable` may be new, too."""
        async with self._reading:
            before = self._start
            if before is None or before.again is None:
                return
            try:
                chosen = file or self._file
                start = await self.late.prepared(self, partial(before.again, chosen))
            except MoaError as error:
                self._stand(error)
                return
            self._file, self._trouble_at = chosen, None
            self._adopt(start, variable)

    def turn_over(self) -> None:
        """A turn has ended: what has changed meanwhile counts from now on."""
        if self._next:
            after, self._next = self._next, None
            self._take(*after)

    def _adopt(self, start: "Start", variable: str | None) -> None:
        before, running = self._start, self._runner and self._runner.running
        assert before
        told = self.late.changes(before.roster, start.roster)
        if before.roster.path != start.roster.path:
            told = f"{self.late.clean_line(start.roster.path.name)} ({start.roster.origin})"
        if told:
            when = " — from the next turn on" if running else ""
            self.notify(f"{told}{when}", title="Agents", markup=False, timeout=8)
        for note in start.notes if start.notes != before.notes else ():
            self.notify(note, markup=False, timeout=8)
        self.main.complain("")
        if running:
            # One after the other: a key that came with the first is as new with the second.
            self._next = start, variable or (self._next[1] if self._next else None)
        else:
            self._take(start, variable)

    def _take(self, start: "Start", variable: str | None) -> None:
        assert self._runner
        self._start = start
        self._runner.adopt(start, variable)
        headline = self.late.headline
        parts = headline.headline(start), headline.hint(start), headline.badges(start)
        if not self.main.kept:  # whoever leaves a kept turn is shown what counts by then
            self.main.expect(start.lineup, *parts)
        self._temper()
        self.taken(start)

    def taken(self, start: "Start") -> None:
        """Others answer from now on."""

    def _stand(self, error: MoaError) -> None:
        """Have what is wrong in sight until it is not wrong any more."""
        path, line, said = self._file or (self._start and self._start.file), 1, str(error)
        if isinstance(error, self.late.RosterError):
            # What has to be seen first: the top line may be cut.
            path, (at, text) = error.path, error.problems[0]
            line, more = at.line, len(error.problems) - 1
            others = f" (+{more} more)" if more else ""
            said = f"{path.name}:{at.line}:{at.column}{others}: {text}"
        self._trouble_at = (path, line) if path else None
        said = self.late.clean_line(self.late.redact(said), 1000)
        key = self.late.key_for(self, "roster.edit")
        self.main.complain(f"{key} opens {said} · the last good version still answers")

    @work
    async def action_edit_roster(self, agent: str = "") -> None:
        """Open the file in the person's editor: where it is wrong, or where `agent` stands."""
        if not self._start:
            return
        path, line = self._file or self._start.file or self._start.roster.path, 1
        if self._trouble_at:
            path, line = self._trouble_at
        elif self.late.is_shipped(path):
            own = self.late.own_roster()
            if not own.exists():
                if not await self.push_screen_wait(self.late.OfferScreen(*_offer(own))):
                    return
                try:
                    await asyncio.to_thread(self.late.copy_shipped, own)
                except MoaError as error:
                    self.notify(str(error), severity="error", markup=False)
                    return
            # In a checkout of the program its own file would go on being found first.
            in_checkout = self._start.roster.origin == "this folder"
            path, self._file = own, own if in_checkout else None
        if agent and not self._trouble_at:
            line = await asyncio.to_thread(self.late.line_of_agent, path, agent)
        await self.late.edit_file(self, path, line)

    def action_edit_agent(self) -> None:
        """Do so where the agent of the focused pane stands."""
        if pane := self._focused_pane():
            self.action_edit_roster(_agent_of(pane))

    def action_warm(self, steps: int) -> None:
        """Change the temperature of the focused pane's agent, for this conversation."""
        pane, start = self._focused_pane(), self._start
        agent = start and pane and start.roster.agents.get(_agent_of(pane))
        if not agent:
            return
        written = agent.sampling.temperature
        now = self._temperatures.get(agent.name, 1.0 if written is None else written)
        wanted = round(min(_HOTTEST, max(0.0, now + steps * _STEP)), 1)
        self._temperatures[agent.name] = wanted
        if wanted == written:
            del self._temperatures[agent.name]
        self._temper()

    def _temper(self) -> None:
        """Give the next turn its temperatures, and show those that are not as in the file."""
        start, runner = self._start, self._runner
        if not (start and runner):
            return
        agents = start.roster.agents
        warm = {
            name: replace(agent, sampling=replace(agent.sampling, temperature=degrees))
            for name, degrees in self._temperatures.items()
            if (agent := agents.get(name))
        }
        runner.lineup = self.late.with_others(start.lineup, warm)
        for pane in self.main.stage.panes:
            degrees = self._temperatures.get(_agent_of(pane))
            pane.note("" if degrees is None else f" · t={degrees:g}")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Add the files that there are to choose from."""
        yield from super().get_system_commands(screen)
        if self.late and self._start and self._start.again:
            for name, path in self.late.roster_files():
                use = partial(self.reload, path)
                yield SystemCommand(
                    f"Use {name}",
                    f"Agents from the next turn on: {self.late.clean_line(str(path), 4096)}",
                    use,
                )

    def _focused_pane(self) -> "Pane | None":
        focused = self.focused
        panes = self.main.stage.panes if self._runner else []
        return next((p for p in panes if focused and p in focused.ancestors), None)


def _agent_of(pane: "Pane") -> str:
    return pane.stream.agent if pane.stream else pane.owner.name


def _offer(own: Path) -> tuple[str, str, str]:
    words = (
        "These agents are shipped with the program. Your own are a copy of them, with comments,"
        f" in\n\n{own}\n\nWrite it there and open it?"
    )
    return "Your own agents.yaml", words, "y write and open · n leave"
