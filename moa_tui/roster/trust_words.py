"""What a person is told about a file before it is used: the same words on every screen."""

from moa_tui.roster.parsed import Destination
from moa_tui.roster.trust_question import Standing, TrustQuestion

_MOST_IDLE = 3
_MOST_NAMES = 6


def heading(question: TrustQuestion) -> str:
    """Say why there is a question."""
    if question.standing is Standing.CHANGED:
        return "This file has changed since you allowed it."
    if question.offered:
        return "There is an agents.yaml in this folder. It is used only if you allow it."
    if question.exposed:
        return f"Other users may change {question.exposed}. The file is used only if you allow it."
    return "This file is not in your settings folder. It is used only if you allow it."


def warning(question: TrustQuestion) -> str:
    """Say what a yes means."""
    if any(d.variable and not d.usual for d in question.destinations):
        return (
            "Your questions go to these hosts, and your keys to those that name one. Look closely"
            " at the keys marked with '!': nothing but this file says where they belong."
        )
    if all(d.here for d in question.destinations):
        return "It asks this machine only. What it tells the agents decides what they answer."
    return "Your questions go to these hosts, and what it tells the agents decides their answers."


def destination_line(destination: Destination) -> str:
    """Say who is asked at a host, and which key the host gets."""
    here = " (this machine)" if destination.here and destination.place != "this machine" else ""
    if destination.variable is None:
        key = "no key"
    elif destination.usual:
        key = f"gets its key, {destination.variable}"
    else:
        key = f"! gets your key {destination.variable}"
    names = [*destination.agents[:_MOST_NAMES]]
    if len(destination.agents) > _MOST_NAMES:
        names.append(f"and {len(destination.agents) - _MOST_NAMES} more agents")
    asked = ", ".join(names) or "asked by no agent"
    return f"{destination.place}{here}: {key} · {asked}"


def destination_lines(question: TrustQuestion) -> list[tuple[str, bool]]:
    """Return a line for every host that an agent asks, and whether its key is to be looked at.

    Those come first. Of hosts that no agent asks only a few are named: a hundred of them must not
    push what counts off the screen.
    """
    asked = [d for d in question.destinations if d.agents]
    idle = [d for d in question.destinations if not d.agents]
    lines = [
        (destination_line(d), d.variable is not None and not d.usual)
        for d in (*asked, *idle[:_MOST_IDLE])
    ]
    if len(idle) > _MOST_IDLE:
        lines.append((f"and {len(idle) - _MOST_IDLE} more that no agent asks", False))
    return lines


def described(question: TrustQuestion) -> list[str]:
    """Return all of it as lines; a path or a name may be longer than the screen is wide."""
    return [
        heading(question),
        "",
        f"  {question.shown_path}",
        "",
        "Hosts:",
        *(f"  {line}" for line, _ in destination_lines(question)),
        "",
        "Agents:",
        *(f"  {agent}" for agent in question.agents),
        "",
        warning(question),
    ]
