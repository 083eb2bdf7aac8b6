"""The second half of reading an agents.yaml: names are looked up and defaults filled in."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from moa_tui.roster.document import Document, Location
from moa_tui.roster.model import (
    DEFAULT_FIRST_TOKEN_TIMEOUT,
    DEFAULT_GAP_TIMEOUT,
    DEFAULT_MAX_CHARACTERS,
    DEFAULT_TIMEOUT,
    Agent,
    Preset,
    Prompts,
    Roster,
    Sampling,
)
from moa_tui.roster.provider_entries import refuse_of_others, resolve_providers
from moa_tui.roster.schema import AgentEntry, PresetEntry, RosterFile
from moa_tui.roster.wording import did_you_mean

PLACEHOLDERS = ("{question}", "{references}")
_DEFAULT_PROVIDER = "cerebras"
_SAMPLING = ("temperature", "top_p", "max_tokens", "reasoning_effort", "seed")

Layers = tuple[tuple[str, ...], ...]


class Resolver:
    """Turns a file of the right shape into a Roster; reports to its document what does not fit."""

    def __init__(self, file: RosterFile, document: Document, *, own: bool = False) -> None:
        self._file = file
        self._document = document
        self._own = own
        self._report = document.report
        self._providers = resolve_providers(file.providers, document, own=own)
        self._agents: dict[str, Agent] = {}

    def roster(self, path: Path, origin: str) -> Roster:
        """Return the roster; it means nothing when something was reported."""
        file = self._file
        self._check_provider(file.defaults.provider, ("defaults", "provider"))
        refuse_of_others(("defaults",), file.defaults, self._document, own=self._own)
        for index, entry in enumerate(file.agents):
            self._add_agent(entry, ("agents", index))
        aggregator = self._aggregator()
        self._check_fallbacks()
        self._check_prompts()
        enabled = [entry.name for entry in file.agents if entry.enabled]
        proposers = [name for name in enabled if name != aggregator] or [aggregator]
        return Roster(
            path=path,
            origin=origin,
            providers=self._providers,
            agents=self._agents,
            layers=self._layers(file.layers, proposers, ("layers",)),
            aggregator=aggregator,
            strategy=file.strategy,
            planner=self._named(file.planner, ("planner",)),
            baseline=self._named(file.baseline, ("baseline",)),
            presets={name: self._preset(name, e, proposers) for name, e in file.presets.items()},
            prompts=Prompts(file.prompts.proposer, file.prompts.aggregator),
            quorum=file.quorum,
            layer_deadline=file.layer_deadline,
            max_cost=file.max_cost,
            max_turn_tokens=file.max_turn_tokens,
            max_run_cost=file.max_run_cost,
        )

    def _add_agent(self, entry: AgentEntry, where: Location) -> None:
        if entry.name in self._agents:
            self._report((*where, "name"), f"'{entry.name}' is taken — rename one")
        defaults = self._file.defaults
        model = entry.model or defaults.model
        if not model:
            self._report((*where, "model"), "is missing — add it here or under defaults")
        self._check_provider(entry.provider, (*where, "provider"))
        refuse_of_others(where, entry, self._document, own=self._own)
        self._agents[entry.name] = Agent(
            name=entry.name,
            model=model or "",
            provider=entry.provider or defaults.provider or _DEFAULT_PROVIDER,
            system_prompt=entry.system_prompt.strip(),
            sampling=self._sampling(entry),
            **self._clocks(entry),
            max_characters=entry.max_characters
            or defaults.max_characters
            or DEFAULT_MAX_CHARACTERS,
            color=entry.color,
            enabled=entry.enabled,
            expertise=entry.expertise,
            samples=entry.samples,
            context_window=entry.context_window or defaults.context_window,
            fallback=tuple(entry.fallback),
        )

    def _clocks(self, entry: AgentEntry) -> dict[str, float]:
        """Take each clock from the agent, else from the defaults.

        A server on this machine may have to load its model and answers one after another: there
        only the whole is limited, unless something else is written.
        """
        defaults = self._file.defaults
        total = entry.timeout or defaults.timeout or DEFAULT_TIMEOUT
        provider = self._providers.get(entry.provider or defaults.provider or _DEFAULT_PROVIDER)
        here = provider is not None and provider.is_local
        first = entry.first_token_timeout or defaults.first_token_timeout
        gap = entry.gap_timeout or defaults.gap_timeout
        return {
            "timeout": total,
            "first_token_timeout": first or (total if here else DEFAULT_FIRST_TOKEN_TIMEOUT),
            "gap_timeout": gap or (total if here else DEFAULT_GAP_TIMEOUT),
        }

    def _sampling(self, entry: AgentEntry) -> Sampling:
        """Take each setting from the agent, else from the defaults; 0 is a setting, too."""
        sampling: dict[str, Any] = {}
        for field in _SAMPLING:
            own = getattr(entry, field)
            value = getattr(self._file.defaults, field) if own is None else own
            if value is not None:
                sampling[field] = value
        defaults = self._file.defaults
        stop = defaults.stop if entry.stop is None else entry.stop
        omit = defaults.omit if entry.omit is None else entry.omit
        extra = defaults.extra_body if entry.extra_body is None else entry.extra_body
        return Sampling(
            **sampling, stop=tuple(stop or ()), omit=tuple(omit or ()), extra_body=extra or {}
        )

    def _aggregator(self) -> str:
        written = self._file.aggregator
        if isinstance(written, str):
            self._check_names([written], [("aggregator",)])
            return written
        self._add_agent(written, ("aggregator",))
        return written.name

    def _layers(self, written: int | list[list[str]], proposers: list[str], at: Location) -> Layers:
        if isinstance(written, int):
            return (tuple(proposers),) * written
        for index, names in enumerate(written):
            self._check_list(names, (*at, index))
        return tuple(tuple(names) for names in written)

    def _preset(self, name: str, entry: PresetEntry | list[str], proposers: list[str]) -> Preset:
        where: Location = ("presets", name)
        if isinstance(entry, list):
            self._check_list(entry, where)
            entry = PresetEntry(agents=entry)
        else:
            self._check_list(entry.agents or [], (*where, "agents"))
        self._named(entry.aggregator, (*where, "aggregator"))
        layers = entry.layers
        if isinstance(layers, list) and entry.agents:
            self._report((*where, "layers"), "lists agents, as 'agents' does — keep one of the two")
        if layers is None and entry.agents:
            layers = self._file.layers if isinstance(self._file.layers, int) else 1
        names = entry.agents or proposers
        return Preset(
            description=entry.description,
            layers=self._layers(layers, names, (*where, "layers")) if layers else None,
            aggregator=entry.aggregator,
            strategy=entry.strategy,
            planner=self._named(entry.planner, (*where, "planner")),
            baseline=self._named(entry.baseline, (*where, "baseline")),
            quorum=entry.quorum,
            layer_deadline=entry.layer_deadline,
        )

    def _named(self, name: str | None, at: Location) -> str | None:
        """Return `name`, and report it where it is no agent's."""
        if name is not None:
            self._check_names([name], [at])
        return name

    def _check_list(self, names: list[str], at: Location) -> None:
        self._check_names(names, [(*at, index) for index in range(len(names))])

    def _check_names(self, names: Iterable[str], places: Iterable[Location]) -> None:
        for name, at in zip(names, places, strict=True):
            if name not in self._agents:
                self._report(at, f"there is no agent '{name}'{did_you_mean(name, self._agents)}")

    def _check_provider(self, name: str | None, at: Location) -> None:
        if name is not None and name not in self._providers:
            hint = did_you_mean(name, self._providers)
            self._report(at, f"unknown provider '{name}'{hint}")

    def _check_fallbacks(self) -> None:
        for index, entry in enumerate(self._file.agents):
            self._check_list(entry.fallback, ("agents", index, "fallback"))
            if entry.name in entry.fallback:
                at = ("agents", index, "fallback", entry.fallback.index(entry.name))
                self._report(at, f"'{entry.name}' cannot stand in for itself — name another agent")
        if isinstance(self._file.aggregator, AgentEntry):
            self._check_list(self._file.aggregator.fallback, ("aggregator", "fallback"))

    def _check_prompts(self) -> None:
        prompts = self._file.prompts
        for field, template in (("proposer", prompts.proposer), ("aggregator", prompts.aggregator)):
            for placeholder in PLACEHOLDERS:
                if template and placeholder not in template:
                    text = f"has no {placeholder} — put it where it belongs"
                    self._report(("prompts", field), text)
