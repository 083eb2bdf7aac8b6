"""The JSON schema that editors use is the one the program has, and it knows what is written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.color import Color

from moa_tui import paths
from moa_tui.cli.main import main
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.roster.document import parse
from moa_tui.roster.presets import PROVIDERS
from moa_tui.roster.schema import COLOR_NAMES, RosterFile, fields_at, json_schema
from tests.rosters import build_roster

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
SCHEMA = json_schema()

SHIPPED = {
    "shipped": paths.shipped("agents.yaml"),
    "embedded": ROOT / "moa_tui" / "local" / "agents.yaml",
}

EVERY_KEY = """\
version: 1
providers:
  mine: {base_url: 'https://h/v1', api_key_env: MINE_API_KEY, like: groq, finish_required: false,
    allow_http: false,
    reference_tokens: 100, limits: {requests_per_minute: 5, tokens_per_minute: 6,
    requests_per_hour: 7, tokens_per_hour: 8, requests_per_day: 9, tokens_per_day: 10},
    prices: {m: {input: 1, output: 2.5, cached: 0}}, context_window: 8192,
    omit: [seed], extra_body: {service_tier: flex}, headers: {X-Title: mine}}
defaults: {provider: mine, model: m, temperature: 1, top_p: 1, max_tokens: 1, reasoning_effort: low,
  seed: 1, stop: [x], timeout: 1, first_token_timeout: 1, gap_timeout: 1, max_characters: 1000,
  context_window: 4096, omit: [system], extra_body: {top_k: 5}}
agents:
  - {name: a, model: m, provider: mine, temperature: 1, top_p: 1, max_tokens: 1, seed: 1, stop: [x],
    reasoning_effort: low, timeout: 1, system_prompt: x, color: red, enabled: true, expertise: x,
    samples: 2, fallback: [b], first_token_timeout: 1, gap_timeout: 1, max_characters: 1000,
    context_window: 4096, omit: [], extra_body: {}}
  - {name: b, system: x}
aggregator: {name: c, model: m, system: x}
layers: [[a], [b]]
strategy: mixture
planner: a
baseline: b
quorum: 2
layer_deadline: 0
max_cost: 0.5
max_run_cost: 2
max_turn_tokens: 100000
presets:
  listed: [a]
  mapped: {description: x, agents: [a], layers: 2, aggregator: b, strategy: single,
    planner: a, baseline: b, quorum: 1, layer_deadline: 5.5}
prompts: {proposer: '{question}{references}', aggregator: '{question}{references}'}
"""


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMA["$defs"][name] if name else schema


def forms(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every schema that a value may follow, alternatives taken apart."""
    schema = resolve(schema)
    choices = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    for choice in choices:
        yield from forms(choice)
    if not choices:
        yield schema


def unknown(value: Any, schema: dict[str, Any], at: str = "") -> list[str]:
    """Places of `value` that no form of `schema` knows."""
    found: list[list[str]] = []
    for form in forms(schema):
        if isinstance(value, dict) and form.get("type") == "object":
            further = form.get("additionalProperties")
            if further is True:  # anything may stand there
                found.append([])
                continue
            free = next(iter(form.get("patternProperties", {}).values()), further or None)
            here: list[str] = []
            for key, inner in value.items():
                follows = form.get("properties", {}).get(key, free)
                place = f"{at}.{key}"
                here += [place] if follows is None else unknown(inner, follows, place)
            found.append(here)
        elif isinstance(value, list) and form.get("type") == "array":
            found.append(
                [p for i, v in enumerate(value) for p in unknown(v, form["items"], f"{at}[{i}]")]
            )
        elif not isinstance(value, dict | list) and form.get("type") not in {"object", "array"}:
            found.append([])
    return min(found, key=len, default=[at])


def test_the_file_in_docs_is_what_the_command_prints(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert main(["schema"]) == 0
    written = (ROOT / "docs" / "agents.schema.json").read_bytes()
    assert written == capsysbinary.readouterr().out, "run: make schema"


@pytest.mark.parametrize("path", SHIPPED.values(), ids=SHIPPED)
def test_the_schema_knows_what_is_shipped(path: Path) -> None:
    assert unknown(parse(path.read_bytes()).data, SCHEMA) == []


def test_the_schema_knows_every_key_that_the_program_takes() -> None:
    build_roster(EVERY_KEY.encode(), Path("every.yaml"), "test", own=True)
    assert unknown(parse(EVERY_KEY.encode()).data, SCHEMA) == []


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("seed: 1", ".seed"),
        ("defaults: {name: a}", ".defaults.name"),
        ("agents: [{name: a, temprature: 1}]", ".agents[0].temprature"),
        ("providers: {x: {key: 1}}", ".providers.x.key"),
        ("presets: {x: {agent: [a]}}", ".presets.x.agent"),
    ],
)
def test_the_schema_knows_nothing_else(line: str, place: str) -> None:
    assert unknown(parse(line.encode()).data, SCHEMA) == [place]


def test_every_key_above_is_really_every_key() -> None:
    data = parse(EVERY_KEY.encode()).data
    assert set(data) == set(fields_at(()))
    for place, written in {
        ("defaults",): data["defaults"],
        ("agents", 0): data["agents"][0],
        ("prompts",): data["prompts"],
        ("presets", "mapped"): data["presets"]["mapped"],
        ("providers", "mine"): data["providers"]["mine"],
        ("providers", "mine", "limits"): data["providers"]["mine"]["limits"],
    }.items():
        assert set(written) == set(fields_at(place)), place


def test_every_key_is_documented() -> None:
    models = [RosterFile.model_fields, *(d["properties"] for d in SCHEMA["$defs"].values())]
    keys = {key for model in models for key in model}
    assert [key for key in sorted(keys) if f"`{key}`" not in DOCUMENTED] == []


def test_the_examples_in_the_documentation_are_good() -> None:
    whole, *parts = re.findall(r"```yaml\n(.*?)```", DOCUMENTED, re.DOTALL)
    build_roster(whole.encode(), Path("docs"), "test")
    assert len(parts) >= 3
    agents = ", ".join(f"{{name: {name}, model: m}}" for name in ("analyst", "maker"))
    for part in parts:
        source = f"version: 1\nagents: [{agents}]\naggregator: {{model: m}}\n{part}"
        build_roster(source.encode(), Path("docs"), "test", own=True)


def test_the_documentation_lists_the_providers() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| `(http.+?)` \| `(.+?)`(.*) \|$", DOCUMENTED, re.MULTILINE)
    assert rows == [
        (p.name, p.base_url, p.api_key_env, "" if p.key_required else ", if it wants one")
        for p in (PROVIDERS[row[0]] for row in rows)
    ]
    assert {row[0] for row in rows} == PROVIDERS.keys() - {"local"}


def test_the_strategies_are_those_that_exist() -> None:
    assert SCHEMA["properties"]["strategy"]["enum"] == list(STRATEGIES)


@pytest.mark.parametrize("name", COLOR_NAMES)
def test_the_screen_knows_every_colour(name: str) -> None:
    assert Color.parse(name).ansi is None


def test_nothing_of_the_inside_shows() -> None:
    assert "\\u0000" not in str(SCHEMA)
    assert "\0" not in str(SCHEMA)
