"""What the screen says about a recording, and who answers in it."""

from collections import Counter

from textual.content import Content

from moa_tui.engine.events import Role, StreamPlanned
from moa_tui.roster.model import Agent, Lineup
from moa_tui.text import clean_line
from moa_tui.transcript.recording import Recording, header_of
from moa_tui.ui.headline import who_answers

BADGE = "recording"
HINT = "This is a recording. Space plays it."
REFUSED = "this is a recording and takes no questions: to ask, quit (Ctrl+Q) and start moa-tui"
UNCHANGED = "this is a recording: what happened in it cannot be changed"


def lineup_of(recording: Recording) -> Lineup:
    """Return who answered, as far as the screen needs to know it."""
    asked = header_of(recording.events)
    planned = [event for event in recording.events if isinstance(event, StreamPlanned)]
    proposers = [e for e in planned if e.role is Role.PROPOSER and e.instead_of is None]
    colours = {event.agent: event.color for event in planned}
    samples = Counter((e.agent, e.layer) for e in proposers if e.sample)
    layers = tuple(
        tuple(
            Agent(
                who.agent,
                who.model,
                who.provider,
                color=colours.get(who.agent),
                samples=samples[who.agent, number] or 1,
            )
            for who in layer
        )
        for number, layer in enumerate(asked.layers, start=1)
    )
    if not any(layers):  # recorded from the history of an earlier version
        layers = (tuple(Agent(e.agent, e.model, e.provider, color=e.color) for e in proposers),)
    writers = [Agent(e.agent, e.model, e.provider) for e in planned if e.role is Role.AGGREGATOR]
    if asked.aggregator:
        writers = [Agent(asked.aggregator.agent, asked.aggregator.model, "")]
    nobody = Agent("nobody", "", "")
    layers = layers if any(layers) else ((nobody,),)
    return Lineup(asked.strategy, layers, (writers or [nobody])[0])


def headline(recording: Recording, lineup: Lineup) -> Content:
    """Return the top line: that it is a recording, of when, of which models, and of what."""
    header = header_of(recording.events)
    models = list(header.models)
    shown = ", ".join(models[:2]) + (f" and {len(models) - 2} more" if len(models) > 2 else "")
    return Content.assemble(
        (" moa-tui ", "bold $accent"),
        (f" recording of {header.day} ", "bold $warning"),
        (f" {clean_line(shown, 60)} ", "$foreground"),
        (" ❯ ", "bold $accent"),
        (clean_line(header.title, 400), "bold $foreground"),
        (f"  {who_answers(lineup)}", "$dim-text"),
    )
