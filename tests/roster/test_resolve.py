"""What a good agents.yaml means: defaults filled in, names looked up, keys kept at their hosts."""

from pathlib import Path

import pytest

from moa_tui.errors import MoaError
from moa_tui.roster.build import RosterError
from moa_tui.roster.model import Agent, Dialect, Lineup, Prompts, Provider, Roster, Sampling
from moa_tui.roster.presets import PROVIDERS
from tests.rosters import build_roster

AGENTS = "agents:\n  - {name: ann, model: m}\n  - {name: bob, model: m}\n  - {name: cy, model: m}\n"


def roster(body: str) -> Roster:
    return build_roster(f"version: 1\n{body}".encode(), Path("team.yaml"), "test")


def team(*lines: str) -> Roster:
    """Three agents, an aggregator of their own, and `lines`."""
    rest = "\n".join(("aggregator: {name: ed, model: m}", *lines))
    return roster(f"{AGENTS}{rest}\n")


def provider(entry: str, name: str = "mine") -> Provider:
    return team(f"providers: {{{name}: {entry}}}").providers[name]


def names(lineup: Lineup) -> list[list[str]]:
    return [[agent.name for agent in layer] for layer in lineup.layers]


def only_agent(agent: str, defaults: str = "{}") -> Agent:
    body = f"defaults: {defaults}\nagents:\n  - {agent}\naggregator: a\n"
    return roster(body).agents["a"]


def test_an_agent_with_nothing_but_a_model() -> None:
    assert only_agent("{name: a, model: m}") == Agent(
        name="a",
        model="m",
        provider="cerebras",
        system_prompt="",
        sampling=Sampling(None, None, 3072, None, None, ()),
        timeout=120.0,
        color=None,
        enabled=True,
        expertise="",
        samples=1,
        fallback=(),
    )


DEFAULTS = (
    "{provider: groq, model: d, temperature: 0.5, top_p: 0.9, max_tokens: 99,"
    " reasoning_effort: high, seed: 7, stop: [END], timeout: 30}"
)


def test_defaults_fill_what_an_agent_leaves_out() -> None:
    agent = only_agent("{name: a}", DEFAULTS)
    assert (agent.model, agent.provider, agent.timeout) == ("d", "groq", 30)
    assert agent.sampling == Sampling(0.5, 0.9, 99, "high", 7, ("END",))


def test_an_agents_own_values_win_also_when_they_look_like_nothing() -> None:
    own = "provider: ollama, model: o, temperature: 0, top_p: 0.1, max_tokens: 1, seed: 0"
    agent = only_agent(
        f"{{name: a, {own}, reasoning_effort: none, stop: [], timeout: 0.5}}", DEFAULTS
    )
    assert (agent.model, agent.provider, agent.timeout) == ("o", "ollama", 0.5)
    assert agent.sampling == Sampling(0.0, 0.1, 1, "none", 0, ())


def test_zero_among_the_defaults_reaches_the_agents() -> None:
    assert only_agent("{name: a, model: m}", "{temperature: 0, seed: 0}").sampling == Sampling(
        temperature=0.0, seed=0
    )


def test_null_stands_for_left_out() -> None:
    agent = only_agent("{name: a, model: ~, temperature: ~, stop: ~, color: ~}", DEFAULTS)
    assert (agent.model, agent.sampling.temperature, agent.color) == ("d", 0.5, None)
    assert agent.sampling.stop == ("END",)


def test_defaults_hold_for_an_aggregator_in_place() -> None:
    body = f"defaults: {DEFAULTS}\nagents: [{{name: a}}]\naggregator: {{temperature: 0}}\n"
    aggregator = roster(body).agents["aggregator"]
    assert (aggregator.model, aggregator.provider) == ("d", "groq")
    assert aggregator.sampling == Sampling(0.0, 0.9, 99, "high", 7, ("END",))


def test_what_belongs_to_one_agent() -> None:
    agent = only_agent(
        "{name: a, model: m, system_prompt: '  Be kind. ', color: '#aabbcc', expertise: maths,"
        " samples: 3, fallback: [b]}\n  - {name: b, model: m, fallback: [a]}"
    )
    assert (agent.system_prompt, agent.color, agent.expertise) == ("Be kind.", "#aabbcc", "maths")
    assert (agent.samples, agent.fallback) == (3, ("b",))


def test_system_is_short_for_system_prompt() -> None:
    assert only_agent("{name: a, model: m, system: Be kind.}").system_prompt == "Be kind."


@pytest.mark.parametrize(
    "model",
    [
        "gpt-oss:20b",
        "accounts/some-company/deployedModels/llama-v3p1-405b-instruct-0123456789abcdef",
        "hf.co/mradermacher/DeepSeek-R1-Distill-Qwen-32B-Uncensored-i1-GGUF:IQ4_XS",
    ],
)
def test_models_may_have_long_names(model: str) -> None:
    assert only_agent(f'{{name: a, model: "{model}"}}').model == model


def test_where_it_came_from_is_kept() -> None:
    assert (team().path, team().origin) == (Path("team.yaml"), "test")


# Layers, aggregator, presets


def test_all_enabled_agents_propose_and_the_aggregator_in_place_does_not() -> None:
    lineup = team().lineup()
    assert (names(lineup), lineup.aggregator.name) == ([["ann", "bob", "cy"]], "ed")
    assert [agent.name for agent in lineup.agents] == ["ann", "bob", "cy", "ed"]
    assert (lineup.strategy, lineup.preset) == ("mixture", "")


def test_an_aggregator_by_name_does_not_propose() -> None:
    lineup = roster(f"{AGENTS}aggregator: bob\n").lineup()
    assert (names(lineup), lineup.aggregator.name) == ([["ann", "cy"]], "bob")


def test_an_aggregator_that_is_the_only_agent_proposes_too() -> None:
    lineup = roster("agents: [{name: a, model: m}]\naggregator: a\nlayers: 2\n").lineup()
    assert (names(lineup), lineup.aggregator.name) == ([["a"], ["a"]], "a")
    assert [agent.name for agent in lineup.agents] == ["a"]


def test_an_aggregator_without_a_name_is_called_aggregator() -> None:
    assert roster(f"{AGENTS}aggregator: {{model: m}}\n").lineup().aggregator.name == "aggregator"


def test_layers_by_number() -> None:
    assert names(team("layers: 3").lineup()) == [["ann", "bob", "cy"]] * 3


def test_layers_by_name() -> None:
    lineup = team("layers: [[ann, bob], [cy], [ed, ann]]").lineup()
    assert names(lineup) == [["ann", "bob"], ["cy"], ["ed", "ann"]]
    assert [agent.name for agent in lineup.agents] == ["ann", "bob", "cy", "ed"]


DISABLED = AGENTS.replace("{name: bob", "{enabled: false, name: bob") + "aggregator: ann\n"


def test_disabled_agents_do_not_propose_unless_they_are_named() -> None:
    file = roster(f"{DISABLED}presets: {{two: {{layers: 2}}, all: [bob, cy]}}\n")
    assert names(file.lineup()) == [["cy"]]
    assert names(file.lineup("two")) == [["cy"], ["cy"]]
    assert names(file.lineup("all")) == [["bob", "cy"]]
    assert names(file.lineup(only=["bob"])) == [["bob"]]
    assert "bob" in {agent.name for agent in file.lineup().reserves}


def test_with_every_agent_disabled_the_aggregator_answers() -> None:
    file = roster(
        "agents: [{name: a, model: m, enabled: false}]\naggregator: {model: m}\n"
        "presets: {deep: {layers: 2}, alone: {strategy: single}}\n"
    )
    assert names(file.lineup()) == [["aggregator"]]
    assert names(file.lineup("deep")) == [["aggregator"]] * 2
    assert names(file.lineup("alone")) == [["aggregator"]]


PRESETS = """\
presets:
  listed: [cy, ann]
  mapped:
    description: Two of them
    agents: [bob, ann]
  deep: {layers: 2}
  deep two: {agents: [ann, bob], layers: 2}
  by name: {layers: [[ann], [bob, cy]]}
  other: {aggregator: cy}
  solo: {strategy: single, agents: [bob]}
  as is: {}
"""


@pytest.mark.parametrize(
    ("preset", "layers", "aggregator", "strategy"),
    [
        ("listed", [["cy", "ann"]], "ed", "mixture"),
        ("mapped", [["bob", "ann"]], "ed", "mixture"),
        ("deep", [["ann", "bob", "cy"]] * 2, "ed", "mixture"),
        ("deep two", [["ann", "bob"]] * 2, "ed", "mixture"),
        ("by name", [["ann"], ["bob", "cy"]], "ed", "mixture"),
        ("other", [["ann", "bob", "cy"]], "cy", "mixture"),
        ("solo", [["bob"]], "ed", "single"),
        ("as is", [["ann", "bob", "cy"]], "ed", "mixture"),
    ],
)
def test_presets(preset: str, layers: list[list[str]], aggregator: str, strategy: str) -> None:
    lineup = team(PRESETS).lineup(preset)
    assert names(lineup) == layers
    assert (lineup.aggregator.name, lineup.strategy) == (aggregator, strategy)
    assert lineup.preset == preset


def test_a_preset_leaves_the_files_own_choice_as_it_is() -> None:
    file = team("layers: [[ann], [bob]]", "strategy: single", PRESETS)
    assert file.presets["mapped"].description == "Two of them"
    assert names(file.lineup()) == [["ann"], ["bob"]]
    assert names(file.lineup("as is")) == [["ann"], ["bob"]]
    assert file.lineup("listed").strategy == "single"


def test_a_preset_with_agents_keeps_the_files_number_of_layers() -> None:
    assert names(team("layers: 2", PRESETS).lineup("listed")) == [["cy", "ann"]] * 2
    assert names(team("layers: [[ann], [bob]]", PRESETS).lineup("listed")) == [["cy", "ann"]]


def test_only_some_proposers() -> None:
    file = team("layers: 2", PRESETS)
    assert names(file.lineup(only=["cy", "ed"])) == [["cy", "ed"]]
    lineup = file.lineup("other", ["bob"])
    assert (names(lineup), lineup.aggregator.name) == ([["bob"]], "cy")


@pytest.mark.parametrize(
    ("preset", "only", "told"),
    [
        ("deap", [], "there is no preset 'deap' in team.yaml — presets: deep, listed"),
        ("", ["ann", "zoe"], "there is no agent 'zoe' in team.yaml — agents: ann, bob, cy, ed"),
    ],
)
def test_unknown_choices_name_the_known_ones(preset: str, only: list[str], told: str) -> None:
    with pytest.raises(MoaError) as caught:
        team("presets: {listed: [ann], deep: {layers: 2}}").lineup(preset, only)
    assert str(caught.value) == told


def test_a_file_without_presets_says_so() -> None:
    with pytest.raises(MoaError, match="presets: none"):
        team().lineup("deep")


def test_alone_only_the_one_who_is_asked_takes_part() -> None:
    file = roster(
        "agents: [{name: a, model: m, provider: ollama}, {name: b, model: m, provider: groq}]\n"
        "aggregator: {model: m, provider: openai}\nstrategy: single\n"
    )
    assert [agent.name for agent in file.lineup().agents] == ["a"]


def test_everyone_is_in_reserve() -> None:
    assert [a.name for a in team(PRESETS).lineup("solo").reserves] == ["ann", "bob", "cy", "ed"]


def test_prompts_need_both_placeholders_and_may_be_left_out() -> None:
    both = "Q: {question}\nA: {references}\n{other}"
    file = team(f"prompts: {{aggregator: {both!r}}}".replace("'", '"'))
    assert file.prompts == file.lineup().prompts == Prompts("", both)
    assert team("prompts: {proposer: ''}").prompts == Prompts()


# Providers


@pytest.mark.parametrize(
    ("name", "base_url", "variable", "required"),
    [
        ("cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", True),
        ("openai", "https://api.openai.com/v1", "OPENAI_API_KEY", True),
        ("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", True),
        ("sambanova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY", True),
        ("together", "https://api.together.ai/v1", "TOGETHER_API_KEY", True),
        ("fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY", True),
        ("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", True),
        ("ollama", "http://127.0.0.1:11434/v1", "OLLAMA_API_KEY", False),
        ("vllm", "http://127.0.0.1:8000/v1", "VLLM_API_KEY", False),
        ("llama.cpp", "http://127.0.0.1:8080/v1", "LLAMA_API_KEY", False),
        ("lmstudio", "http://127.0.0.1:1234/v1", "LM_API_TOKEN", False),
        ("local", "", None, False),
    ],
)
def test_provider_presets(
    name: str, base_url: str, variable: str | None, *, required: bool
) -> None:
    preset = team().providers[name]
    assert (preset.name, preset.base_url, preset.api_key_env) == (name, base_url, variable)
    assert (preset.key_required, preset.embedded) == (required, name == "local")


def test_there_are_no_other_presets() -> None:
    assert len(team().providers) == len(PROVIDERS) == 12


def test_a_provider_of_ones_own() -> None:
    assert provider("{base_url: 'https://api.mistral.ai/v1', api_key_env: MISTRAL_API_KEY}") == (
        Provider("mine", "https://api.mistral.ai/v1", "MISTRAL_API_KEY")
    )
    assert provider("{base_url: 'http://127.0.0.1:9000/v1'}") == Provider(
        "mine", "http://127.0.0.1:9000/v1", None, key_required=False
    )


def test_an_agent_finds_a_provider_of_the_file() -> None:
    file = team("providers: {mine: {base_url: 'https://h/v1'}}", "defaults: {provider: mine}")
    assert {agent.provider for agent in file.agents.values()} == {"mine"}


def test_a_provider_like_a_preset_has_its_differences_and_key() -> None:
    mine = provider("{like: cerebras}")
    assert mine.dialect == PROVIDERS["cerebras"].dialect != Dialect()
    assert (mine.base_url, mine.api_key_env) == ("https://api.cerebras.ai/v1", "CEREBRAS_API_KEY")
    assert (mine.name, mine.key_required) == ("mine", True)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("{base_url: 'https://proxy.example/v1'}", "cerebras"),
        ("{base_url: 'https://proxy.example/v1', like: cerebras}", "mine"),
        ("{base_url: 'https://api.cerebras.ai.evil.example/v1'}", "cerebras"),
        ("{base_url: 'https://xapi.cerebras.ai/v1'}", "cerebras"),
        ("{base_url: 'https://аpi.cerebras.ai/v1'}", "cerebras"),  # Cyrillic а
        ("{base_url: 'http://127.0.0.1:4000/v1'}", "openai"),
    ],
)
def test_a_presets_key_stays_behind_when_the_address_moves(entry: str, name: str) -> None:
    moved = provider(entry, name)
    assert (moved.api_key_env, moved.key_required) == (None, False)
    assert moved.dialect == PROVIDERS["cerebras" if name == "mine" else name].dialect


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("{base_url: 'https://api.cerebras.ai/v2'}", "cerebras"),
        ("{base_url: 'https://API.Cerebras.AI:443/v1'}", "cerebras"),
        ("{base_url: 'http://localhost:1234/v1'}", "lmstudio"),
        ("{base_url: 'http://[::1]:9999/v1'}", "ollama"),
    ],
)
def test_a_presets_key_stays_with_its_host(entry: str, name: str) -> None:
    preset, changed = PROVIDERS[name], provider(entry, name)
    assert changed.api_key_env == preset.api_key_env
    assert changed.key_required == preset.key_required


@pytest.mark.parametrize(
    "entry",
    [
        "{base_url: 'https://proxy.example/v1', api_key_env: CEREBRAS_API_KEY}",
        "{base_url: 'https://api.openai.com/v1', api_key_env: CEREBRAS_API_KEY}",
        "{base_url: 'http://127.0.0.1:4000/v1', api_key_env: CEREBRAS_API_KEY}",
        "{base_url: 'https://api.cerebras.ai@evil.example/v1', api_key_env: CEREBRAS_API_KEY}",
        "{base_url: 'https://api.cerebras.ai\\@evil.example/v1', api_key_env: CEREBRAS_API_KEY}",
        "{base_url: 'https://evil.example#.api.cerebras.ai', api_key_env: CEREBRAS_API_KEY}",
        "{base_url: 'http://api.cerebras.ai/v1', api_key_env: CEREBRAS_API_KEY}",
        "{like: groq, api_key_env: CEREBRAS_API_KEY}",
        "{like: vllm, api_key_env: CEREBRAS_API_KEY}",
    ],
)
@pytest.mark.parametrize("name", ["mine", "cerebras", "openai"])
def test_a_well_known_key_goes_to_its_own_host_only(entry: str, name: str) -> None:
    with pytest.raises(RosterError, match=r"CEREBRAS_API_KEY belongs to|base_url: "):
        provider(entry, name)


def test_a_preset_cannot_be_given_the_key_of_another() -> None:
    with pytest.raises(RosterError, match=r"GROQ_API_KEY belongs to api\.groq\.com"):
        provider("{api_key_env: GROQ_API_KEY}", "openai")


@pytest.mark.parametrize(
    ("entry", "name", "variable"),
    [
        ("{base_url: 'https://ollama.com/v1', api_key_env: OLLAMA_API_KEY}", "ollama", "OLLAMA"),
        ("{base_url: 'https://gpu.example/v1', api_key_env: VLLM_API_KEY}", "vllm", "VLLM"),
        ("{like: cerebras, api_key_env: WORK_CEREBRAS_API_KEY}", "mine", "WORK_CEREBRAS"),
        ("{base_url: 'https://p.example/v1', api_key_env: P_API_KEY}", "cerebras", "P"),
    ],
)
def test_keys_a_file_may_name(entry: str, name: str, variable: str) -> None:
    found = provider(entry, name)
    assert (found.api_key_env, found.key_required) == (f"{variable}_API_KEY", True)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "LOCALHOST:8080", "[::1]:8080"])
def test_plain_http_on_this_machine(host: str) -> None:
    assert provider(f"{{base_url: 'http://{host}/v1'}}").base_url == f"http://{host.lower()}/v1"


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "192.168.1.5:11434", "127.0.0.1.nip.io", "h", "[::2]"]
)
def test_no_plain_http_to_other_machines(host: str) -> None:
    with pytest.raises(RosterError, match="plain http"):
        provider(f"{{base_url: 'http://{host}/v1'}}")


def test_what_else_can_be_changed_of_a_provider() -> None:
    changed = provider("{finish_required: false, reference_tokens: 500}", "groq")
    assert (changed.dialect.finish_required, changed.reference_tokens) == (False, 500)
    assert changed.dialect.limit_field == PROVIDERS["groq"].dialect.limit_field
    assert provider("{finish_required: true}", "ollama").dialect.finish_required
    assert PROVIDERS["groq"].reference_tokens is None


def test_no_preset_takes_a_clean_end_for_an_answer() -> None:
    """Current versions of all of them, Ollama and LM Studio too, send a finish reason."""
    assert all(preset.dialect.finish_required for preset in PROVIDERS.values())


def test_the_embedded_model_at_another_address_is_not_embedded() -> None:
    moved = provider("{base_url: 'http://127.0.0.1:8080/v1'}", "local")
    assert (moved.embedded, moved.base_url) == (False, "http://127.0.0.1:8080/v1")
    assert provider("{reference_tokens: 64}", "local").embedded
