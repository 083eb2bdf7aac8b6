"""JSON of an older program → the text of an agents.yaml, and notes on what is different in it."""

from dataclasses import dataclass, field
from pathlib import Path

from moa_tui.errors import MoaError
from moa_tui.roster.build import RosterError, parse_roster
from moa_tui.roster.importing import models, placing, yaml_text
from moa_tui.roster.importing.reading import read_object
from moa_tui.roster.importing.shapes import Parts, parts_of
from moa_tui.roster.importing.values import Values, one_name
from moa_tui.roster.importing.yaml_text import Value
from moa_tui.roster.model import Sampling
from moa_tui.text import clean_line

MAX_TOKENS = 32_768
"""What the models that Cerebras shares write at most on the free tier."""

MAX_LAYERS = 10
MOST_STOPS = 4
EFFORTS = ("none", "low", "medium", "high")
MAX_AGENTS = 64
_MAIN = "main"
_DEFAULTS = "defaults: {provider: cerebras}"
_PROMPTS = ("system_prompt", "prompt", "main_system_prompt")


@dataclass(frozen=True, slots=True)
class Imported:
    """An agents.yaml as text, and what is different in it, a sentence each."""

    text: str
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Entry:
    """An agent as it is about to be written."""

    values: dict[str, Value]
    notes: list[str] = field(default_factory=list)


def import_json(source: bytes, name: str) -> Imported:
    """Translate a file called `name`; the text is a valid roster, or MoaError is raised."""
    shown = clean_line(name) or "the file"
    parts = parts_of(read_object(source, shown), shown)
    imported = _Translation(parts, shown).imported()
    try:
        parse_roster(imported.text.encode("utf-8"), Path("agents.yaml"), "import")
    except RosterError as error:
        raise MoaError(
            f"{shown} cannot be made an agents.yaml: {error.problems[0].text}",
            "shorten or correct it, or write the agents.yaml by hand",
        ) from None
    return imported


class _Translation:
    """One file on its way."""

    def __init__(self, parts: Parts, name: str) -> None:
        self._parts = parts
        self._name = name
        self._notes: list[str] = []
        self._main = Values(parts.main)
        self._model = self._main_model()
        self._reference_prompt = self._main.text("reference_system_prompt", "reference_prompt")

    def imported(self) -> Imported:
        """Put the roster together."""
        layers = self._layers()
        agents = self._agents()
        main, template = self._aggregator([str(agent.values["name"]) for agent in agents])
        later = placing.refining(self._reference_prompt) if agents and layers > 1 else ""
        prompts = {"proposer": later, "aggregator": template}
        self._main.note_rest(self._parts.outside)
        if self._parts.odd:
            odd = ", ".join(clean_line(what, 40) or "''" for what in self._parts.odd[:5])
            self._notes.append(f"left out, as they are no agents: {odd}")
        main.notes += [note for note in self._main.notes if note not in main.notes]
        lines = [
            *self._head(),
            *self._agent_lines(agents or [main]),
            *self._aggregator_lines(main, alone=not agents),
            "",
            f"layers: {layers}",
            *([] if agents else ["strategy: single"]),
            *self._prompt_lines({key: text for key, text in prompts.items() if text}),
        ]
        told = [
            f"{clean_line(str(entry.values['name']), 60)}: {note}"
            for entry in (*agents, main)
            for note in entry.notes
        ]
        return Imported("\n".join(lines) + "\n", (*self._notes, *told))

    def _main_model(self) -> str:
        model = self._main.word("main_model", "model", "model_name")
        if not model:
            self._main.notes.append(f"no main model was named: '{models.STRONGEST}' is asked")
            return models.STRONGEST
        model, note = models.resolve(model)
        self._main.notes += [note] if note else []
        return model

    def _layers(self) -> int:
        cycles = self._main.number("cycles", low=1, high=MAX_LAYERS)
        layers = int(cycles or 1)
        if cycles and layers != cycles:
            self._main.notes.append(f"cycles was {cycles:g}: {layers} is used")
        return layers

    def _agents(self) -> list[_Entry]:
        given = self._parts.agents
        if len(given) > MAX_AGENTS:
            self._notes.append(f"{len(given)} agents: the first {MAX_AGENTS} are taken over")
        agents: list[_Entry] = []
        for number, (wanted, data) in enumerate(given[:MAX_AGENTS], start=1):
            taken = [str(agent.values["name"]) for agent in agents]
            name, renamed = one_name(wanted, number, taken)
            values = Values(data)
            values.skip("name")
            placed = placing.place_proposer(values.text("prompt", "system_prompt"))
            model, about_model = models.resolve(values.word("model", "model_name") or self._model)
            entry = _Entry({"name": name, "model": model, **_sampling(values, model)})
            if placed.system_prompt:
                entry.values["system_prompt"] = placed.system_prompt
            else:
                values.notes.append("it has no prompt of its own")
            values.note_rest()
            entry.notes = [n for n in (renamed, about_model, *values.notes, *placed.notes) if n]
            agents.append(entry)
        return agents

    def _aggregator(self, taken: list[str]) -> tuple[_Entry, str]:
        name, _renamed = one_name(_MAIN, 0, taken)
        sampling = _sampling(self._main, self._model, "main_temperature", "main_max_tokens")
        entry = _Entry({"name": name, "model": self._model, **sampling})
        prompt = self._main.text(*_PROMPTS)
        if self._parts.agents:
            placed = placing.place_main(prompt, self._reference_prompt)
            prompt, template = placed.system_prompt, placed.template
            entry.notes += placed.notes
        else:
            prompt, template = placing.alone(prompt), ""
            entry.notes.append("there were no agents: it answers alone (strategy: single)")
        if prompt:
            entry.values["system_prompt"] = prompt
        return entry, template

    def _head(self) -> list[str]:
        made = f"Imported by `moa-tui import` from {self._name} ({self._parts.shape})."
        notes = [line for note in self._notes for line in yaml_text.comment(note)]
        return [
            *yaml_text.comment(made),
            *notes,
            "",
            "version: 1",
            _DEFAULTS,
        ]

    @staticmethod
    def _agent_lines(agents: list[_Entry]) -> list[str]:
        lines = ["", "agents:"]
        for number, agent in enumerate(agents):
            lines += [""] if number else []
            lines += yaml_text.item(agent.values, "  ", agent.notes)
        return lines

    @staticmethod
    def _aggregator_lines(main: _Entry, *, alone: bool) -> list[str]:
        if alone:
            return ["", *yaml_text.mapping({"aggregator": main.values["name"]}, "")]
        notes = [line for note in main.notes for line in yaml_text.comment(note)]
        return ["", *notes, "aggregator:", *yaml_text.mapping(main.values, "  ")]

    @staticmethod
    def _prompt_lines(prompts: dict[str, Value]) -> list[str]:
        return ["", "prompts:", *yaml_text.mapping(prompts, "  ")] if prompts else []


def _sampling(
    values: Values, model: str, temperature: str = "", max_tokens: str = ""
) -> dict[str, Value]:
    """Return the sampling settings that there are; a provider's own stand for the rest."""
    limit = values.whole(
        *filter(None, (max_tokens, "max_tokens", "max_completion_tokens")), low=1, high=MAX_TOKENS
    )
    found: dict[str, Value | None] = {
        "temperature": values.number(*filter(None, (temperature, "temperature")), low=0, high=2),
        "top_p": values.number("top_p", low=0.01, high=1),
        "max_tokens": limit,
        "seed": values.whole("seed", low=0, high=2**31 - 1),
        "stop": values.texts("stop", "stop_sequences", most=MOST_STOPS),
        "reasoning_effort": values.one_of("reasoning_effort", EFFORTS),
    }
    if found["reasoning_effort"] is None:
        limit = limit or Sampling().max_tokens
        if effort := models.effort_for(model, limit):
            found["reasoning_effort"] = effort
            values.notes.append(
                f"reasoning_effort: {effort}, for the model's own"
                f" ({models.DEFAULT_EFFORT[model]}) may use {limit:,} tokens up before it answers"
            )
    return {key: value for key, value in found.items() if value is not None}
