"""What is different between two rosters, in a sentence for the person who has edited the file."""

from dataclasses import fields

from moa_tui.roster.model import Agent, Roster, Sampling

MOST = 5
"""Differences told at once; of a file that is another one altogether there would be no end."""


def changes(old: Roster, new: Roster) -> str:
    """Say what has changed: "+ critic, − poet, analyst: temperature 0.7 → 0.9". Empty: nothing."""
    told = [f"+ {name}" for name in new.agents if name not in old.agents]
    told += [f"− {name}" for name in old.agents if name not in new.agents]
    for name, agent in new.agents.items():
        if name in old.agents and (parts := _of_agent(old.agents[name], agent)):
            told.append(f"{name}: {', '.join(parts)}")
    told += _of_rest(old, new)
    more = len(told) - MOST
    return ", ".join([*told[:MOST], *([f"and {more} more"] if more > 0 else [])])


def _of_agent(old: Agent, new: Agent) -> list[str]:
    parts = []
    for field in fields(Agent):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before == after:
            continue
        if isinstance(before, Sampling):
            parts += _of_sampling(before, after)
        else:
            parts.append(_told(field.name, before, after))
    return parts


def _of_sampling(old: Sampling, new: Sampling) -> list[str]:
    pairs = ((f.name, getattr(old, f.name), getattr(new, f.name)) for f in fields(Sampling))
    return [_told(name, before, after) for name, before, after in pairs if before != after]


def _of_rest(old: Roster, new: Roster) -> list[str]:
    """Everything but the agents; what is long is only named."""
    told = [
        _told(name, getattr(old, name), getattr(new, name))
        for name in ("strategy", "aggregator", "planner", "baseline", "quorum", "layer_deadline")
        if getattr(old, name) != getattr(new, name)
    ]
    if len(old.layers) != len(new.layers):
        told.append(f"layers {len(old.layers)} → {len(new.layers)}")
    elif old.layers != new.layers and old.agents.keys() == new.agents.keys():
        told.append("who answers in which layer")
    told += [
        name
        for name in ("presets", "prompts", "providers")
        if getattr(old, name) != getattr(new, name)
    ]
    ceilings = ("max_cost", "max_turn_tokens", "max_run_cost")
    return told + [
        _told(name, getattr(old, name), getattr(new, name))
        for name in ceilings
        if getattr(old, name) != getattr(new, name)
    ]


def _told(name: str, before: object, after: object) -> str:
    plain = (str, int, float)
    shown = [
        "none" if value is None or value == "" else str(value)
        for value in (before, after)
        if value is None or isinstance(value, plain)
    ]
    words = name.replace("_", " ")
    if len(shown) == 2 and max(map(len, shown)) <= 30 and "\n" not in "".join(shown):
        return f"{words} {shown[0]} → {shown[1]}"
    return words
