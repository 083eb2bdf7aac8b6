"""What the screen says about itself before and beside a turn."""

from datetime import UTC, datetime

from textual.content import Content

from moa_tui.roster.keys import auth_commands
from moa_tui.roster.model import Lineup
from moa_tui.text import clean_line
from moa_tui.transcript.kept_turn import KeptTurn
from moa_tui.ui.start import Start
from moa_tui.ui.when import exactly, when

_DEMONSTRATION = "demo model"


def headline(start: Start) -> Content:
    """Return the top line: who answers, how, and from which file."""
    lineup, roster = start.lineup, start.roster
    where = clean_line(f"{roster.path.name} ({roster.origin})", 60)
    if start.embedded:
        where = "embedded demo model (135M): do not rely on it"
    return Content.assemble(
        (" moa-tui ", "bold $accent"),
        (f" {who_answers(lineup)} ", "$foreground"),
        (f" {where}", "$warning" if start.embedded else "$dim-text"),
    )


def asked(lineup: Lineup, question: str) -> Content:
    """Return the top line while there is a turn: who answers, and the question they answer."""
    return Content.assemble(
        (" moa-tui ", "bold $accent"),
        (f" {who_answers(lineup)} ", "$dim-text"),
        (" ❯ ", "bold $accent"),
        (clean_line(question, 400), "bold $foreground"),
    )


def who_answers(lineup: Lineup) -> str:
    """Say how many answer, and who writes the answer: `mixture: 3 agents → editor`."""
    count = len({agent.name for layer in lineup.layers for agent in layer})
    agents = f"{count} agent{'s' if count != 1 else ''}"
    layers = f" × {len(lineup.layers)} layers" if len(lineup.layers) > 1 else ""
    who = agents if lineup.strategy == "single" else f"{agents}{layers} → {lineup.aggregator.name}"
    preset = f" ({lineup.preset})" if lineup.preset not in {"", lineup.strategy} else ""
    race = f", {lineup.baseline.name} alone beside" if lineup.baseline else ""
    return f"{lineup.strategy}{preset}: {who}{race}"


def of_kept(kept: KeptTurn, now: datetime | None = None) -> Content:
    """Return the top line over a turn of the history: how to leave it, and what was asked."""
    now = now or datetime.now(UTC).astimezone()
    record = kept.record
    how = f"{record.strategy}{f' ({record.preset})' if record.preset else ''}"
    turns = f"later turn{'s' if kept.later != 1 else ''}"
    later = f", {kept.later} {turns} left out" if kept.later else ""
    return Content.assemble(
        (" History ", "bold reverse $accent"),
        (f" {when(record.started_at, now)}", "$foreground"),
        (" · Esc goes back", "$foreground"),
        (" ❯ ", "bold $accent"),
        (clean_line(record.question, 400), "bold $foreground"),
        (f" · {exactly(record.started_at, now)} · {clean_line(how, 40)}{later}", "$dim-text"),
    )


def badges(start: Start) -> tuple[str, ...]:
    """Return what must be in sight all the time."""
    return (_DEMONSTRATION,) if start.embedded else ()


def hint(start: Start) -> str:
    """Return what stands in the answer's place before anything has been asked."""
    if start.missing_keys:
        names = " and ".join(start.missing_keys)
        commands = auth_commands(start.roster, start.missing_keys)
        return (
            f"No API key: {names} is not set.\n\n"
            "Alt+K (or F10) takes a key, has the small embedded model answer, or plays a\n"
            "recorded turn.\n\n"
            f"In the shell: {commands[0]}\n"
            f"    or: export {start.missing_keys[0]}=…, and start moa-tui again.\n"
            "    A key for Cerebras: https://cloud.cerebras.ai\n\n"
            "Other providers, Ollama and llama.cpp among them: see docs/agents.md."
        )
    if start.embedded:
        return (
            "The embedded demonstration model is answering: SmolLM2 with 135 million parameters, "
            "on this machine. It shows how a mixture works; what it says is often wrong.\n\n"
            "Try: Why is exercise good for you?\n\n"
            "For real answers: Alt+K or F10 takes a key (or in the shell: moa-tui auth)."
        )
    return "The answer is written here, from what the agents say. Type a question below."
