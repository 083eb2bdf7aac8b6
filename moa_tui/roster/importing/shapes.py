"""The shapes that such files have, made one: the main model's settings, and the agents'.

The main model's settings are the file itself or an object in it; the agents are an object or a list
in the file, or among those settings. The programs name them in many ways: `moa_`, `default_` and
`rec_` in front of a name mean nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moa_tui.errors import MoaError

Agents = tuple[tuple[str, Mapping[str, Any]], ...]

_PREFIXES = ("moa_", "default_", "rec_", "new_")
_MAIN_KEYS = ("main_config", "main_agent_config", "main_agent", "ai_configuration")
_WRAPPERS = ("config", "configuration", "moa_agent")
_AGENT_KEYS = (
    *("layer_agents", "layer_agent_config", "layer_agents_config", "layer_config"),
    *("reference_agents", "agents"),
)
_FLAT = {"main_model", "main_temperature", "cycles", "system_prompt"}
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """`shape` in words; `outside` are keys beside the part that was read."""

    shape: str
    main: Mapping[str, Any]
    agents: Agents
    outside: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    """What was no agent where an agent was expected."""


def parts_of(root: Mapping[str, Any], name: str, depth: int = 0) -> Parts:
    """Tell the shape of a file and take it apart; raises MoaError when it has none."""
    main_key, agents_key = _key(root, _MAIN_KEYS), _key(root, _AGENT_KEYS)
    if main_key:
        main = _object({} if root[main_key] is None else root[main_key], main_key, name)
        inside = None if agents_key else _key(main, _AGENT_KEYS)
        agents, odd = _agents(main[inside] if inside else root[agents_key] if agents_key else None)
        shape = f"{main_key} and {agents_key}" if agents_key else main_key
        own = {key: value for key, value in main.items() if key != inside}
        outside = tuple(key for key in root if key not in {main_key, agents_key})
        return Parts(shape, own, agents, outside, odd)
    if agents_key or _FLAT & {_plain(key) for key in root}:
        agents, odd = _agents(root[agents_key] if agents_key else None)
        shape = agents_key if agents_key and _plain(agents_key) == "layer_config" else "flat"
        own = {key: value for key, value in root.items() if key != agents_key}
        return Parts(shape, own, agents, (), odd)
    wrapper = _key(root, _WRAPPERS)
    if wrapper and isinstance(root[wrapper], dict) and depth < _DEEPEST:
        parts = parts_of(root[wrapper], name, depth + 1)
        outside = tuple(key for key in root if key != wrapper)
        shape = f"{wrapper}: {parts.shape}"
        return Parts(shape, parts.main, parts.agents, (*outside, *parts.outside), parts.odd)
    known = "main_config, main_agent_config, ai_configuration or main_model"
    raise MoaError(
        f"{name} is no configuration that can be imported: there is no {known} in it",
        "give the JSON that the workshop's app, or groq-moa, has exported",
    )


def _plain(key: str) -> str:
    for prefix in _PREFIXES:
        key = key.removeprefix(prefix)
    return key


def _key(root: Mapping[str, Any], known: tuple[str, ...]) -> str | None:
    """Return the key of `root` that is one of `known`, the first of those that come first."""
    return next((key for name in known for key in root if _plain(key) == name), None)


def _object(value: Any, key: str, name: str) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise MoaError(f"{name}: {key} is no object", "export the configuration again")


def _agents(value: Any) -> tuple[Agents, tuple[str, ...]]:
    """Agents come as an object by name, or as a list that says the name inside."""
    entries: Iterable[tuple[str, Any]]
    match value:
        case dict():
            entries = value.items()
        case list():
            entries = [(_name_in(entry), entry) for entry in value]
        case None:
            return (), ()
        case _:
            return (), (type(value).__name__,)
    good: list[tuple[str, Mapping[str, Any]]] = []
    odd: list[str] = []
    for name, entry in entries:
        if isinstance(entry, dict):
            good.append((name, entry))
        else:
            odd.append(name or type(entry).__name__)
    return tuple(good), tuple(odd)


def _name_in(entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else ""
