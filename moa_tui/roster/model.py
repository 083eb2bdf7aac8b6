"""The roster: what an agents.yaml means once it has been validated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from moa_tui.errors import MoaError
from moa_tui.roster.hosts import is_loopback
from moa_tui.text import clean_line

DEFAULT_TIMEOUT = 120.0
"""Seconds a stream may take in all, its retries among them."""

DEFAULT_FIRST_TOKEN_TIMEOUT = 60.0
"""Seconds from a request to its first delta, at a provider that is not on this machine."""

DEFAULT_GAP_TIMEOUT = 30.0
"""Seconds between two deltas, at a provider that is not on this machine."""

DEFAULT_MAX_CHARACTERS = 400_000
"""Reasoning and answer together: about 100,000 tokens, more than any model here may write."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What a provider lets one key ask of one model; None where there is no limit or none is known.

    `assumed` limits are a guess that holds until the provider's first response says more.
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    requests_per_hour: int | None = None
    tokens_per_hour: int | None = None
    requests_per_day: int | None = None
    tokens_per_day: int | None = None
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars per million tokens; None: cached input costs as other."""

    input: float
    output: float
    cached: float | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one provider's chat-completions endpoint differs from the others in what it accepts.

    `include_usage` asks for usage through `stream_options`; `limit_field` names the token limit;
    `finish_required` is false where a complete answer may end without a finish reason; `schemas`
    says whether answers can be held to a JSON schema.
    """

    include_usage: bool = True
    limit_field: str = "max_tokens"
    finish_required: bool = True
    schemas: bool = True
    extra_body: Mapping[str, object] = field(default_factory=dict)
    omit: tuple[str, ...] = ()
    """Fields that are never sent; `system` puts the system prompt in front of the question."""


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
    limits: RateLimits = RateLimits()
    """Of each model at this provider."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Of models here, where the file says what they cost."""
    context_window: int | None = None
    """Tokens of prompt and answer together that every model here has room for; None: see below."""
    context_windows: Mapping[str, int] = field(default_factory=dict)
    """The same of single models, as far as it is known."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers of each request, checked where they are read; never a key."""

    @property
    def is_local(self) -> bool:
        """Whether its server runs on this machine."""
        return self.embedded or is_loopback(self.base_url)


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling settings of a request; None leaves a setting to the provider."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int = 3072
    reasoning_effort: str | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    omit: tuple[str, ...] = ()
    """Fields that are never sent, whatever else says so."""
    extra_body: Mapping[str, object] = field(default_factory=dict)
    """Further fields of the request, checked where they are read."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A named model at a provider, with its system prompt and sampling.

    Three clocks in seconds: `timeout` for a stream in all, `first_token_timeout` for an attempt's
    first delta, `gap_timeout` between two deltas. What arrives and is no text moves none of them.
    """

    name: str
    model: str
    provider: str
    system_prompt: str = ""
    sampling: Sampling = Sampling()
    timeout: float = DEFAULT_TIMEOUT
    first_token_timeout: float = DEFAULT_FIRST_TOKEN_TIMEOUT
    gap_timeout: float = DEFAULT_GAP_TIMEOUT
    max_characters: int = DEFAULT_MAX_CHARACTERS
    color: str | None = None
    enabled: bool = True
    expertise: str = ""
    samples: int = 1
    context_window: int | None = None
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
    planner: str | None = None
    baseline: str | None = None
    quorum: int | None = None
    layer_deadline: float | None = None


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
    quorum: int = 1
    """Usable answers that a layer needs for the next one to run on them."""
    layer_deadline: float | None = None
    """Seconds after which a layer that has its quorum waits for nobody any more."""
    max_cost: float | None = None
    """US dollars that a turn may cost."""
    max_turn_tokens: int | None = None
    """Tokens, prompts and answers together, that a turn may take."""
    chosen_planner: Agent | None = None
    baseline: Agent | None = None
    """Who answers alone beside the others, on the same clock."""

    @property
    def planner(self) -> Agent:
        """Who parts the question: the aggregator where nobody else is named.

        Without the aggregator's persona, which is about writing answers: a planner writes none.
        """
        chosen = self.chosen_planner or self.aggregator
        return replace(chosen, system_prompt="") if chosen.name == self.aggregator.name else chosen

    @property
    def agents(self) -> tuple[Agent, ...]:
        """Every agent that takes part, once each, the aggregator last."""
        beside = (self.baseline,) if self.baseline else ()
        if self.strategy == "single":
            return (*self.layers[0][:1], *beside)
        first = (self.planner,) if self.strategy == "route" else ()
        proposers = (agent for layer in self.layers for agent in layer)
        everyone = {agent.name: agent for agent in (*beside, *first, *proposers)}
        everyone.pop(self.aggregator.name, None)
        return (*everyone.values(), self.aggregator)


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
    planner: str | None = None
    baseline: str | None = None
    presets: Mapping[str, Preset] = field(default_factory=dict)
    prompts: Prompts = Prompts()
    quorum: int = 1
    layer_deadline: float | None = None
    max_cost: float | None = None
    max_turn_tokens: int | None = None
    max_run_cost: float | None = None
    """US dollars that all turns may cost together while the program runs."""

    @property
    def where(self) -> str:
        """The file's whole path as text that may be shown and kept."""
        return clean_line(str(self.path.absolute()), 4096)

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
        deadline = chosen.layer_deadline
        planner, baseline = chosen.planner or self.planner, chosen.baseline or self.baseline
        return Lineup(
            strategy=chosen.strategy or self.strategy,
            layers=tuple(tuple(self.agents[name] for name in layer) for layer in layers),
            aggregator=self.agents[chosen.aggregator or self.aggregator],
            prompts=self.prompts,
            preset=preset,
            reserves=tuple(self.agents.values()),
            quorum=chosen.quorum or self.quorum,
            layer_deadline=self.layer_deadline if deadline is None else deadline,
            chosen_planner=self.agents[planner] if planner else None,
            baseline=self.agents[baseline] if baseline else None,
            max_cost=self.max_cost,
            max_turn_tokens=self.max_turn_tokens,
        )
