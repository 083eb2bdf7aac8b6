"""The three shapes that such files have, made one: the main model's settings, and the agents'."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moa_tui.errors import MoaError

Agents = tuple[tuple[str, Mapping[str, Any]], ...]

_AGENT_KEYS = ("layer_agents", "layer_agent_config", "layer_config", "agents")
_FLAT = {"main_model", "main_temperature", "cycles", "system_prompt", *_AGENT_KEYS}


@dataclass(frozen=True, slots=True)
class Parts:
    """`shape` in words; `outside` are keys beside the part that was read."""

    shape: str
    main: Mapping[str, Any]
    agents: Agents
    outside: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    """What was no agent where an agent was expected."""


def parts_of(root: Mapping[str, Any], name: str) -> Parts:
    """Tell the shape of a file and take it apart; raises MoaError when it has none of them."""
    if "main_config" in root or "layer_config" in root:
        main = _object(root.get("main_config") or {}, "main_config", name)
        agents, odd = _agents(root.get("layer_config"))
        outside = tuple(key for key in root if key not in {"main_config", "layer_config"})
        return Parts("main_config and layer_config", main, agents, outside, odd)
    if "ai_configuration" in root:
        main = _object(root["ai_configuration"], "ai_configuration", name)
        outside = tuple(key for key in root if key != "ai_configuration")
        return _nested("ai_configuration", main, outside)
    if _FLAT & root.keys():
        return _nested("flat", root, ())
    known = "main_config, ai_configuration or main_model"
    raise MoaError(
        f"{name} is no configuration that can be imported: there is no {known} in it",
        "give the JSON that the workshop's app has exported",
    )


def _nested(shape: str, main: Mapping[str, Any], outside: tuple[str, ...]) -> Parts:
    key = next((key for key in _AGENT_KEYS if key in main), None)
    agents, odd = _agents(main[key] if key else None)
    own = {name: value for name, value in main.items() if name != key}
    return Parts(shape, own, agents, outside, odd)


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
