"""The shape of an agents.yaml: pydantic models of the file as written, and its JSON schema."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)

from moa_tui.roster.addresses import checked_address
from moa_tui.roster.request_fields import checked_extra_body, checked_headers

_LINE = r"^\S(?:[^\n\t]*\S)?$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=_LINE)]
Model = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_LINE)]
KeyVariable = Annotated[
    # The ending keeps a file from having some other secret of the environment sent anywhere.
    str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*_API_(?:KEY|TOKEN)$", max_length=80)
]
Strategy = Literal["mixture", "route", "council", "vote", "single"]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max", "default"]
Omitted = Literal[
    "stream_options",
    "temperature",
    "top_p",
    "seed",
    "stop",
    "reasoning_effort",
    "response_format",
    "system",
]
Omit = Annotated[list[Omitted], Field(max_length=8)]
ExtraBody = Annotated[dict[str, Any], AfterValidator(checked_extra_body)]
Headers = Annotated[dict[str, str], AfterValidator(checked_headers)]
COLOR_NAMES = (
    *("aqua", "black", "blue", "brown", "coral", "crimson", "cyan", "fuchsia", "gold", "gray"),
    *("green", "grey", "indigo", "lime", "magenta", "maroon", "navy", "olive", "orange", "orchid"),
    *("pink", "purple", "red", "salmon", "silver", "teal", "tomato", "turquoise", "violet"),
    *("white", "yellow"),
)
"""Written out, because a name that the screen does not know would end the program there."""
Color = Annotated[
    str, StringConstraints(pattern=f"^(?:#[0-9a-fA-F]{{6}}|{'|'.join(COLOR_NAMES)})$")
]

FORM = "\0"
"""Begins the names of the forms a value may have; no key of a file can, as they are cleaned."""
_TEXT, _LIST, _NUMBER, _KEYS, _OTHER = (
    f"{FORM}{form}" for form in ("text", "list", "number", "keys", "other")
)


def _form(value: Any) -> str:
    """Name the form a value was written in; pydantic puts the name into an error's location."""
    return {str: _TEXT, list: _LIST, int: _NUMBER, dict: _KEYS}.get(type(value), _OTHER)


def _one_of(*forms: str) -> Discriminator:
    """Choose among the forms by what was written, and say so where it is none of them."""
    message = f"should be {' or '.join(forms)}"
    return Discriminator(_form, custom_error_type="form", custom_error_message=message)


def _no_other_one(value: Any) -> Any:
    """Keep `true` and `1.0` from passing for 1, as they do in Python."""
    return value if type(value) is int else str(value).lower()


class Entry(BaseModel):
    """Base of all parts of the file: nothing unknown, no silent conversion of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Count = Annotated[int, Field(ge=1, le=10**9)]


class LimitsEntry(Entry):
    """What the provider allows one key for one model; what is left out has no limit."""

    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = Field(None, description="Prompt and max_tokens together.")
    requests_per_hour: Count | None = None
    tokens_per_hour: Count | None = None
    requests_per_day: Count | None = None
    tokens_per_day: Count | None = None


Dollars = Annotated[float, Field(ge=0, le=1_000_000)]
Window = Annotated[int, Field(ge=256, le=100_000_000)]


class PriceEntry(Entry):
    """What a model costs, in US dollars per million tokens."""

    input: Dollars
    output: Dollars = Field(description="Reasoning is output, too.")
    cached: Dollars | None = Field(None, description="Input that the provider had in its cache.")


class ProviderEntry(Entry):
    """An OpenAI-compatible endpoint, or changes to a preset of the same name."""

    base_url: Annotated[str, AfterValidator(checked_address)] | None = Field(
        None, min_length=1, description="Address ending in /v1, without a key in it."
    )
    api_key_env: KeyVariable | None = Field(
        None, description="Name of the environment variable that holds the key; never the key."
    )
    like: str | None = Field(None, description="Preset whose differences this endpoint has.")
    allow_http: bool = Field(
        default=False,
        description="Plain http to another machine; counts in your own folder only.",
    )
    finish_required: bool | None = Field(
        None, description="false where complete answers may end without a finish reason."
    )
    reference_tokens: Annotated[int, Field(ge=16)] | None = Field(
        None, description="Cut references to this many tokens for models at this provider."
    )
    limits: LimitsEntry | None = Field(
        None, description="Rate limits of each model, until its responses say more."
    )
    prices: dict[Model, PriceEntry] = Field(
        default_factory=dict, description="What models cost here, by their names."
    )
    context_window: Window | None = Field(
        None, description="Tokens of prompt and answer together that the models here have room for."
    )
    omit: Omit | None = Field(
        None, description="Fields that this endpoint does not know: they are never sent to it."
    )
    extra_body: ExtraBody | None = Field(
        None,
        description="Further fields of each request; counts in your own folder only, never a key.",
    )
    headers: Headers | None = Field(
        None,
        description="Further headers of each request; counts in your own folder only, never a key.",
    )


Seconds = Annotated[float, Field(gt=0, le=3600)]


class SamplingEntry(Entry):
    """What defaults and agents have in common."""

    provider: str | None = Field(None, description="A preset's name or one under providers.")
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        None,
        description="Limit of reasoning and answer together. Reserved from a token quota up front.",
    )
    reasoning_effort: Effort | None = Field(
        None, description="As far as the model knows it; sent as it is written."
    )
    seed: int | None = None
    stop: list[Annotated[str, Field(min_length=1)]] | None = Field(None, max_length=4)
    timeout: Seconds | None = Field(
        None, description="Seconds a stream may take in all, its retries among them."
    )
    first_token_timeout: Seconds | None = Field(
        None, description="Seconds from a request to the first piece of text or reasoning."
    )
    gap_timeout: Seconds | None = Field(
        None, description="Seconds between two pieces of text or reasoning."
    )
    max_characters: Annotated[int, Field(ge=1000, le=10_000_000)] | None = Field(
        None, description="An answer, its reasoning included, is ended at this length."
    )
    context_window: Window | None = Field(
        None, description="Tokens of prompt and answer together that the model has room for."
    )
    omit: Omit | None = Field(
        None,
        description="Fields that the model does not know: they are never sent. 'system' puts the"
        " system prompt in front of the question.",
    )
    extra_body: ExtraBody | None = Field(
        None,
        description="Further fields of each request; counts in your own folder only, never a key.",
    )


class DefaultsEntry(SamplingEntry):
    """Settings of every agent that does not set them itself."""

    model: Model | None = None


class AgentEntry(SamplingEntry):
    """A named model with a system prompt and sampling settings."""

    name: Name
    model: Model | None = Field(None, description="Needed here or under defaults.")
    system_prompt: str = Field(
        "", validation_alias=AliasChoices("system_prompt", "system"), max_length=100_000
    )
    color: Color | None = Field(None, description="#rrggbb in quotes, or the name of a colour.")
    enabled: bool = True
    expertise: str = Field("", description="What this agent is good at, in a line.")
    samples: Annotated[int, Field(ge=1, le=16)] = Field(
        1, description="Answers drawn from this agent in each layer (Self-MoA)."
    )
    fallback: list[Name] = Field(
        default_factory=list, description="Agents asked in turn when this one fails."
    )


class AggregatorEntry(AgentEntry):
    """The aggregator written in place; its name may be left out."""

    name: Name = "aggregator"


LayerCount = Annotated[int, Field(ge=1, le=10)]
AgentNames = Annotated[list[Name], Field(min_length=1)]
LayerList = Annotated[list[AgentNames], Field(min_length=1, max_length=10)]
Layers = Annotated[
    Annotated[LayerCount, Tag(_NUMBER)] | Annotated[LayerList, Tag(_LIST)],
    _one_of("a whole number", "a list of lists of agents"),
]


Quorum = Annotated[int, Field(ge=1, le=64)]
LayerDeadline = Annotated[float, Field(ge=0, le=3600)]


class PresetEntry(Entry):
    """A named choice of agents; what is left out is as in the rest of the file."""

    description: str = ""
    agents: AgentNames | None = None
    layers: Layers | None = None
    aggregator: Name | None = None
    strategy: Strategy | None = None
    planner: Name | None = None
    baseline: Name | None = None
    quorum: Quorum | None = None
    layer_deadline: LayerDeadline | None = None


class PromptsEntry(Entry):
    """Templates with `{question}` and `{references}`."""

    proposer: str = ""
    aggregator: str = ""


class RosterFile(Entry):
    """A whole agents.yaml."""

    version: Annotated[Literal[1], BeforeValidator(_no_other_one)] = Field(
        description="Version of this format."
    )
    providers: dict[Name, ProviderEntry] = Field(default_factory=dict)
    defaults: DefaultsEntry = DefaultsEntry()
    agents: list[AgentEntry] = Field(min_length=1, max_length=64)
    layers: Layers = Field(
        1, description="Layers of proposers before the aggregator, or the agents of each layer."
    )
    aggregator: Annotated[
        Annotated[Name, Tag(_TEXT)] | Annotated[AggregatorEntry, Tag(_KEYS)],
        _one_of("the name of an agent", "'key: value' lines"),
    ] = Field(description="The agent that writes the final answer: its name, or in place.")
    strategy: Strategy = Field("mixture", description="How a question becomes streams.")
    planner: Name | None = Field(
        None, description="The agent that parts the question under 'route'; else the aggregator."
    )
    baseline: Name | None = Field(
        None, description="An agent that answers alone beside the others, on the same clock."
    )
    quorum: Quorum = Field(
        1, description="Usable answers a layer needs for the next one to run on them."
    )
    layer_deadline: LayerDeadline | None = Field(
        None, description="Seconds after which a layer that has its quorum waits for nobody more."
    )
    max_cost: Dollars | None = Field(None, description="US dollars that a turn may cost.")
    max_run_cost: Dollars | None = Field(
        None, description="US dollars that all turns may cost while the program runs."
    )
    max_turn_tokens: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Tokens that a turn may take, prompts and answers together."
    )
    presets: dict[
        Name,
        Annotated[
            Annotated[AgentNames, Tag(_LIST)] | Annotated[PresetEntry, Tag(_KEYS)],
            _one_of("a list of agents", "'key: value' lines"),
        ],
    ] = Field(default_factory=dict)
    prompts: PromptsEntry = PromptsEntry()


ENTRY_AT: dict[tuple[str, int], type[Entry]] = {
    ("providers", 2): ProviderEntry,
    ("defaults", 1): DefaultsEntry,
    ("agents", 2): AgentEntry,
    ("aggregator", 1): AggregatorEntry,
    ("presets", 2): PresetEntry,
    ("prompts", 1): PromptsEntry,
}
"""Which model stands at a location, by its first part and its length."""

_DEEPER: dict[tuple[str, int], type[Entry]] = {
    ("limits", 3): LimitsEntry,
    ("prices", 4): PriceEntry,
}
"""The same of what stands inside a provider, by its third part."""


def fields_at(location: tuple[str | int, ...]) -> list[str]:
    """Return the keys that may stand at `location` in the file."""
    length = len(location)
    if length > 2 and location[0] == "providers":
        entry = _DEEPER.get((str(location[2]), length))
    else:
        entry = ENTRY_AT.get((str(location[0]), length)) if location else RosterFile
    return list(entry.model_fields) if entry else []


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of agents.yaml, for editors."""
    schema = RosterFile.model_json_schema(by_alias=False)
    short = {"type": "string", "description": "Short for system_prompt."}
    for entry in (AgentEntry, AggregatorEntry):
        schema["$defs"][entry.__name__]["properties"]["system"] = short
    schema["title"] = "moa-tui agents.yaml"
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema
