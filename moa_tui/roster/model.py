"""The roster: what an agents.yaml means once it has been validated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from moa_tui.errors import MoaError

DEFAULT_TIMEOUT = 120.0
"""Seconds a stream may take in all."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one provider's chat-completions endpoint differs from the others in what it accepts.

    `include_usage` asks for usage through `stream_options`; `limit_field` names the token limit;
    `finish_required` is false where a complete answer may end without a finish reason.
    """

    include_usage: bool = True
    limit_field: str = "max_tokens"
    finish_required: bool = True
    extra_body: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenAI-compatible endpoint and the name of the environment variable that holds its key.

    `base_url` is empty for the embedded model, whose address is known once its server runs.
    """

    name: str
    base_url: str
    api_key_env: str | None
    dialect: Dialect = Dialect()
    key_required: bool = True
    embedded: bool = False
    reference_tokens: int | None = None
    """What a reference is cut to for a model at this provider; None leaves references whole."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling settings of a request; None leaves a setting to the provider."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int = 3072
    reasoning_effort: str | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """A named model at a provider, with its system prompt and sampling. `timeout` is in seconds."""

    name: str
    model: str
    provider: str
    system_prompt: str = ""
    sampling: Sampling = Sampling()
    timeout: float = DEFAULT_TIMEOUT
    color: str | None = None
    enabled: bool = True
    expertise: str = ""
    samples: int = 1
    fallback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompts:
    """Templates that carry references: to proposers of a later layer, and to the aggregator.

    Each holds `{question}` and `{references}`; an empty template stands for the engine's own.
    """

    proposer: str = ""
    aggregator: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named choice of agents, layers, aggregator and strategy; what is None is as in the file."""

    description: str = ""
    layers: tuple[tuple[str, ...], ...] | None = None
    aggregator: str | None = None
    strategy: str | None = None


@dataclass(frozen=True, slots=True)
class Lineup:
    """Who answers a turn: the proposers of each layer in order, then the aggregator."""

    strategy: str
    layers: tuple[tuple[Agent, ...], ...]
    aggregator: Agent
    prompts: Prompts = Prompts()
    preset: str = ""
    reserves: tuple[Agent, ...] = ()
    """Every agent of the roster: those that take part may fall back to any of them."""

    @property
    def agents(self) -> tuple[Agent, ...]:
        """Every agent that takes part, once each, the aggregator last."""
        if self.strategy == "single":
            return self.layers[0][:1]
        everyone = [agent for layer in self.layers for agent in layer] + [self.aggregator]
        return tuple({agent.name: agent for agent in everyone}.values())


@dataclass(frozen=True, slots=True)
class Roster:
    """The validated content of an agents.yaml, and where it came from."""

    path: Path
    origin: str
    providers: Mapping[str, Provider]
    agents: Mapping[str, Agent]
    layers: tuple[tuple[str, ...], ...]
    aggregator: str
    strategy: str
    presets: Mapping[str, Preset] = field(default_factory=dict)
    prompts: Prompts = Prompts()

    def lineup(self, preset: str = "", only: Sequence[str] = ()) -> Lineup:
        """Return who answers under `preset` (empty: the file's own choice), cut down to `only`.

        Raises MoaError for a preset or an agent that the roster does not have.
        """
        chosen = Preset()
        if preset:
            if preset not in self.presets:
                known = ", ".join(sorted(self.presets)) or "none"
                raise MoaError(f"there is no preset '{preset}' in {self.path}", f"presets: {known}")
            chosen = self.presets[preset]
        for name in only:
            if name not in self.agents:
                known = ", ".join(self.agents)
                raise MoaError(f"there is no agent '{name}' in {self.path}", f"agents: {known}")
        layers = (tuple(only),) if only else chosen.layers or self.layers
        return Lineup(
            strategy=chosen.strategy or self.strategy,
            layers=tuple(tuple(self.agents[name] for name in layer) for layer in layers),
            aggregator=self.agents[chosen.aggregator or self.aggregator],
            prompts=self.prompts,
            preset=preset,
            reserves=tuple(self.agents.values()),
        )
