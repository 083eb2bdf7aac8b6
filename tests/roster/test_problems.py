"""What a person reads when an agents.yaml is wrong: every line of it, to the letter."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa_tui.roster.build import MAX_SHOWN, RosterError
from moa_tui.roster.document import parse
from tests.rosters import build_roster

GOOD = "version: 1\ndefaults: {model: m}\nagents:\n  - name: ann\n  - name: bob\naggregator: bob\n"
"""Six lines; what a case adds comes on line 7."""


def complaint(source: str | bytes, path: str = "agents.yaml") -> str:
    with pytest.raises(RosterError) as caught:
        build_roster(source.encode() if isinstance(source, str) else source, Path(path), "test")
    return str(caught.value)


def in_agent(*lines: str) -> str:
    """A file whose only agent has `lines`, the first of them on line 4."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"version: 1\nagents:\n  - name: ann\n{body}    model: m\naggregator: ann\n"


def test_it_is_good_without_the_mistakes() -> None:
    assert set(build_roster(GOOD.encode(), Path("agents.yaml"), "test").agents) == {"ann", "bob"}
    assert set(build_roster(in_agent().encode(), Path("agents.yaml"), "test").agents) == {"ann"}


def test_the_place_is_exact() -> None:
    source = (
        "version: 1\n"
        "defaults: {model: m}\n"
        "agents:\n"
        "  - name: a\n"
        "  - name: b\n"
        "  - name: c\n"
        "    temprature: 0.7\n"
        "aggregator: a\n"
    )
    expected = "agents.yaml:7:5: agents[2].temprature: unknown key — did you mean 'temperature'?"
    assert complaint(source) == expected


WHOLE_FILES = {
    "": "1:1: the file is empty — begin with 'version: 1' and 'agents:'",
    "# only a comment\n": "1:1: the file is empty — begin with 'version: 1' and 'agents:'",
    "- name: a\n": (
        "1:1: the file has no 'key: value' lines — begin with 'version: 1' and 'agents:'"
    ),
    "hello": "1:1: the file has no 'key: value' lines — begin with 'version: 1' and 'agents:'",
    GOOD.replace("version: 1\n", ""): "1:1: version: is missing — add it",
    GOOD.replace("version: 1", "version: 2"): "1:1: version: should be 1, not 2",
    GOOD.replace("version: 1", "version: true"): "1:1: version: should be 1, not 'true'",
    GOOD.replace("version: 1", "version: 1.0"): "1:1: version: should be 1, not '1.0'",
    GOOD.replace("version: 1", "version: '1'"): "1:1: version: should be 1, not '1'",
    GOOD.replace("aggregator: bob\n", ""): "1:1: aggregator: is missing — add it",
    "version: 1\naggregator: a\n": "1:1: agents: is missing — add it",
    "version: 1\naggregator: a\nagents: []\n": "3:1: agents: should not be empty",
    "version: 1\naggregator: a\nagents: ann\n": "3:1: agents: should be a list, not 'ann'",
    "version: 1\naggregator: a\nagents: {a: 1}\n": (
        "3:1: agents: should be a list, not 'key: value' lines"
    ),
    "version: 1\naggregator: a\nagents: [ann]\n": (
        "3:10: agents[0]: should be 'key: value' lines, not 'ann'"
    ),
    "version: 1\naggregator: a\nagents:\n  - model: m\n": (
        "4:5: agents[0].name: is missing — add it"
    ),
    "version: 1\naggregator: a\nagents:\n  - name: a\n": (
        "4:5: agents[0].model: is missing — add it here or under defaults"
    ),
    "version: 1\naggregator: a\nagents: [" + "{name: a, model: m}," * 65 + "]\n": (
        "3:1: agents: should have at most 64 entries"
    ),
    GOOD.replace("aggregator: bob", "aggregator: rob"): (
        "6:1: aggregator: there is no agent 'rob' — did you mean 'bob'?"
    ),
    GOOD.replace("aggregator: bob", "aggregator: zoe"): (
        "6:1: aggregator: there is no agent 'zoe' — known: ann, bob"
    ),
    GOOD.replace("aggregator: bob", "aggregator: [bob]"): (
        "6:1: aggregator: should be the name of an agent or 'key: value' lines, not a list"
    ),
    GOOD.replace("aggregator: bob", "aggregator:"): (
        "6:1: aggregator: has nothing after it — add what belongs there"
    ),
    GOOD.replace("aggregator: bob", "aggregator: {name: ann}"): (
        "6:14: aggregator.name: 'ann' is taken — rename one"
    ),
    GOOD.replace("aggregator: bob", "aggregator: {fallback: [ann, nan]}"): (
        "6:30: aggregator.fallback[1]: there is no agent 'nan' — did you mean 'ann'?"
    ),
    GOOD.replace("aggregator: bob", "aggregator: {tempreature: 1}"): (
        "6:14: aggregator.tempreature: unknown key — did you mean 'temperature'?"
    ),
    GOOD.replace("name: bob", "name: ann").replace("r: bob", "r: ann"): (
        "5:5: agents[1].name: 'ann' is taken — rename one"
    ),
    GOOD.replace("model: m", "model: m, provider: cerebra"): (
        "2:22: defaults.provider: unknown provider 'cerebra' — did you mean 'cerebras'?"
    ),
    GOOD.replace("{model: m}", "{model: m, system_prompt: x}"): (
        "2:22: defaults.system_prompt: unknown key — known: provider, temperature, top_p,"
        " max_tokens, reasoning_effort, seed, stop, timeout, first_token_timeout, gap_timeout,"
        " max_characters, context_window, omit, extra_body, model"
    ),
    GOOD.replace("{model: m}", "m"): "2:1: defaults: should be 'key: value' lines, not 'm'",
    GOOD.replace("{model: m}", ""): (
        "4:5: agents[0].model: is missing — add it here or under defaults\n"
        "agents.yaml:5:5: agents[1].model: is missing — add it here or under defaults"
    ),
}


@pytest.mark.parametrize(("source", "expected"), WHOLE_FILES.items())
def test_the_file_as_a_whole(source: str, expected: str) -> None:
    assert complaint(source) == f"agents.yaml:{expected}"


LONG = "x" * 61

IN_AN_AGENT = {
    "temperature: 2.5": "temperature: should be less than or equal to 2, not 2.5",
    "temperature: -1": "temperature: should be greater than or equal to 0, not -1",
    "temperature: hot": "temperature: should be a number, not 'hot'",
    "temperature: '0.7'": "temperature: should be a number, not '0.7'",
    "temperature: true": "temperature: should be a number, not true",
    "temperature: .nan": "temperature: should be a number, not '.nan'",
    "temperature: 1e999": "temperature: should be less than or equal to 2, not inf",
    "top_p: 0": "top_p: should be greater than 0, not 0",
    "max_tokens: 0": "max_tokens: should be greater than or equal to 1, not 0",
    "max_tokens: 10.5": "max_tokens: should be a whole number, not 10.5",
    "max_tokens: 1_000": "max_tokens: should be a whole number, not '1_000'",
    "max_tokens: [1]": "max_tokens: should be a whole number, not a list",
    "seed: 1.0": "seed: should be a whole number, not 1.0",
    "timeout: 0": "timeout: should be greater than 0, not 0",
    "timeout: 2h": "timeout: should be a number, not '2h'",
    "timeout: 99999": "timeout: should be less than or equal to 3600, not 99999",
    "samples: 17": "samples: should be less than or equal to 16, not 17",
    "enabled: no": "enabled: should be true or false, not 'no'",
    "enabled: 0": "enabled: should be true or false, not 0",
    "reasoning_effort: most": (
        "reasoning_effort: should be 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max' or"
        " 'default', not 'most'"
    ),
    "stop: END": "stop: should be a list, not 'END'",
    "stop: [a, b, c, d, e]": "stop: should have at most 4 entries",
    "color: '#12'": "color: should be '#rrggbb' or a common colour such as 'orange', not '#12'",
    "color: Red; x": "color: should be '#rrggbb' or a common colour such as 'orange', not 'Red; x'",
    "color: blurple": (
        "color: should be '#rrggbb' or a common colour such as 'orange', not 'blurple'"
    ),
    "color: 0": "color: should be text, not 0 — put it in quotes",
    "expertise: 5": "expertise: should be text, not 5 — put it in quotes",
    "expertise: true": "expertise: should be text, not true — put it in quotes",
    "expertise: [a]": "expertise: should be text, not a list",
    "system: 5": "system: should be text, not 5 — put it in quotes",
    "fallback: bob": "fallback: should be a list, not 'bob'",
    "provider: groc": "provider: unknown provider 'groc' — did you mean 'groq'?",
    "api_key: csk-0123": (
        "api_key: a key does not belong into this file — name its variable: api_key_env"
    ),
    "API-KEY: csk-0123": (
        "API-KEY: a key does not belong into this file — name its variable: api_key_env"
    ),
    "'<list>': 1": (
        "<list>: unknown key — known: provider, temperature, top_p, max_tokens, reasoning_effort,"
        " seed, stop, timeout, first_token_timeout, gap_timeout, max_characters, context_window,"
        " omit, extra_body, name, model, system_prompt, color, enabled, expertise, samples,"
        " fallback"
    ),
    "systemprompt: x": "systemprompt: unknown key — did you mean 'system_prompt'?",
    "max_token: 5": "max_token: unknown key — did you mean 'max_tokens'?",
    f"enabled: {LONG}": f"enabled: should be true or false, not '{'x' * 59}…'",
}


@pytest.mark.parametrize(("line", "expected"), IN_AN_AGENT.items())
def test_a_value_of_an_agent(line: str, expected: str) -> None:
    assert complaint(in_agent(line)) == f"agents.yaml:4:5: agents[0].{expected}"


ADDED = {
    "layers: 0": "7:1: layers: should be greater than or equal to 1, not 0",
    "layers: 11": "7:1: layers: should be less than or equal to 10, not 11",
    "layers: []": "7:1: layers: should not be empty",
    "layers: [[]]": "7:10: layers[0]: should not be empty",
    "layers: [ann]": "7:10: layers[0]: should be a list, not 'ann'",
    "layers: [[ann], [bob, an]]": (
        "7:23: layers[1][1]: there is no agent 'an' — did you mean 'ann'?"
    ),
    "layers: two": "7:1: layers: should be a whole number or a list of lists of agents, not 'two'",
    "layers: 1.0": "7:1: layers: should be a whole number or a list of lists of agents, not 1.0",
    "layers: true": "7:1: layers: should be a whole number or a list of lists of agents, not true",
    "strategy: debate": (
        "7:1: strategy: should be 'mixture', 'route', 'council', 'vote' or 'single', not 'debate'"
    ),
    "presets: [ann]": "7:1: presets: should be 'key: value' lines, not a list",
    "presets: {x: ann}": (
        "7:11: presets.x: should be a list of agents or 'key: value' lines, not 'ann'"
    ),
    "presets: {x: []}": "7:11: presets.x: should not be empty",
    "presets: {'': [ann]}": "7:11: presets.'': should not be empty",
    f"presets: {{{LONG}: [ann]}}": f"7:11: presets.{LONG}: should have at most 60 characters",
    "presets: {x: [ann, bo]}": "7:20: presets.x[1]: there is no agent 'bo' — did you mean 'bob'?",
    "presets: {x: {agents: [bo]}}": (
        "7:24: presets.x.agents[0]: there is no agent 'bo' — did you mean 'bob'?"
    ),
    "presets: {x: {aggregator: bo}}": (
        "7:15: presets.x.aggregator: there is no agent 'bo' — did you mean 'bob'?"
    ),
    "presets: {x: {layers: [[bo]]}}": (
        "7:25: presets.x.layers[0][0]: there is no agent 'bo' — did you mean 'bob'?"
    ),
    "presets: {x: {agents: [ann], layers: [[bob]]}}": (
        "7:30: presets.x.layers: lists agents, as 'agents' does — keep one of the two"
    ),
    "presets: {x: {layer: 2}}": "7:15: presets.x.layer: unknown key — did you mean 'layers'?",
    "presets: {x: {'<mapping>': 2}}": (
        "7:15: presets.x.<mapping>: unknown key — known: description, agents, layers, aggregator,"
        " strategy, planner, baseline, quorum, layer_deadline"
    ),
    "prompts: {proposer: '{question}'}": (
        "7:11: prompts.proposer: has no {references} — put it where it belongs"
    ),
    "prompts: {aggregator: '{references} {Question}'}": (
        "7:11: prompts.aggregator: has no {question} — put it where it belongs"
    ),
    "prompts: {critic: x}": "7:11: prompts.critic: unknown key — known: proposer, aggregator",
    "<<: {version: 1}": (
        "7:1: <<: unknown key — known: version, providers, defaults, agents, layers, aggregator,"
        " strategy, planner, baseline, quorum, layer_deadline, max_cost, max_run_cost,"
        " max_turn_tokens, presets, prompts"
    ),
    "agent: []": "7:1: agent: unknown key — did you mean 'agents'?",
    "version: 1": "7:1: duplicate key 'version' (first on line 1) — remove one",
    "x: *y": "7:4: anchors and aliases are not supported — write the value out",
    "x: !y z": "7:4: tags are not supported — leave the '!' out or quote the text",
    "x: y: z": (
        "7:5: not valid YAML: mapping values are not allowed here"
        " — put a text with ': ' in it in quotes, and check the indentation"
    ),
}


@pytest.mark.parametrize(("line", "expected"), ADDED.items())
def test_the_rest_of_the_file(line: str, expected: str) -> None:
    assert complaint(f"{GOOD}{line}\n") == f"agents.yaml:{expected}"


def test_entries_of_an_agents_lists_have_their_own_place() -> None:
    assert complaint(in_agent("stop: [a, '']", "fallback: [ann]")).splitlines() == [
        "agents.yaml:4:15: agents[0].stop[1]: should not be empty",
    ]
    assert complaint(in_agent("fallback: [ann]")) == (
        "agents.yaml:4:16: agents[0].fallback[0]: 'ann' cannot stand in for itself"
        " — name another agent"
    )


@pytest.mark.parametrize(
    "host",
    [
        *("-h.test", ".", "h..test", "h-.test", "*.test", "a,b.test", "%41.test", "h$.test"),
        *("a" * 64 + ".test", "a." * 127 + "test", "[::1::2]", "_.test"),
    ],
)
def test_an_address_without_a_possible_host(host: str) -> None:
    source = f"{GOOD}providers: {{x: {{base_url: 'https://{host}/v1'}}}}\n"
    said = complaint(source)
    assert said.startswith("agents.yaml:7:17: providers.x.base_url: ")
    assert "address" in said or "host" in said


@pytest.mark.parametrize(
    ("host", "canonical"),
    [
        *((host, host) for host in ("h", "a.b-c.test", "a_b.test", "1.2.3.4")),
        *(("h.test.", "h.test"), ("[2001:DB8:0::1]:8443", "[2001:db8::1]:8443")),
        ("exämple.test", "xn--exmple-cua.test"),
    ],
)
def test_an_address_with_a_possible_host(host: str, canonical: str) -> None:
    source = f"{GOOD}providers: {{x: {{base_url: 'https://{host}/v1'}}}}\n"
    roster = build_roster(source.encode(), Path("agents.yaml"), "test")
    assert roster.providers["x"].base_url == f"https://{canonical}/v1"


NO_ADDRESS = "not an http(s) address — for example https://host/v1"
NO_VARIABLE = "should be the name of a variable that ends in _API_KEY or _API_TOKEN, not a key"

OF_A_PROVIDER = {
    "{}": "7:13: providers.x: no base_url — add one, or 'like: <preset>'",
    "{like: grok}": "7:17: providers.x.like: unknown preset — did you mean 'groq'?",
    "{base_url: ''}": "7:17: providers.x.base_url: should not be empty",
    "{base_url: host/v1}": f"7:17: providers.x.base_url: {NO_ADDRESS}",
    "{base_url: 'ftp://host/v1'}": f"7:17: providers.x.base_url: {NO_ADDRESS}",
    "{base_url: 'file:///etc/passwd'}": f"7:17: providers.x.base_url: {NO_ADDRESS}",
    "{base_url: 'https:///v1'}": f"7:17: providers.x.base_url: {NO_ADDRESS}",
    "{base_url: 'https://host:99999/v1'}": f"7:17: providers.x.base_url: {NO_ADDRESS}",
    "{base_url: 'https://host:0/v1'}": f"7:17: providers.x.base_url: {NO_ADDRESS}",
    "{base_url: 'https://[::1/v1'}": f"7:17: providers.x.base_url: {NO_ADDRESS}",
    '{base_url: "https://host\\n/v1"}': (
        "7:17: providers.x.base_url: should be an address such as https://host/v1,"
        " not 'https://host /v1'"
    ),
    "{base_url: 'https://host/v1/chat/completions'}": (
        "7:17: providers.x.base_url: should end before /chat/completions,"
        " not 'https://host/v1/chat/completions'"
    ),
    "{base_url: 'https://ho st/v1'}": f"7:17: providers.x.base_url: {NO_ADDRESS}",
    "{base_url: 'https://me:pw@host/v1'}": (
        "7:17: providers.x.base_url: holds a name or password — use api_key_env"
    ),
    "{base_url: 'https://:@host/v1'}": (
        "7:17: providers.x.base_url: holds a name or password — use api_key_env"
    ),
    "{base_url: 'https://host/v1?key=abc'}": (
        "7:17: providers.x.base_url: holds more than an address — end it before the '?' or '#'"
    ),
    "{base_url: 'http://10.0.0.7:8000/v1'}": (
        "7:17: providers.x.base_url: plain http can be read on its way — use https or a"
        " tunnel, or add 'allow_http: true' here, once the file is in your settings folder"
    ),
    "{base_url: 'http://localhost.evil.example/v1'}": (
        "7:17: providers.x.base_url: plain http can be read on its way — use https or a"
        " tunnel, or add 'allow_http: true' here, once the file is in your settings folder"
    ),
    "{base_url: 'https://host/v1', api_key_env: csk-0123}": (
        f"7:46: providers.x.api_key_env: {NO_VARIABLE}"
    ),
    "{base_url: 'https://host/v1', api_key_env: AWS_SECRET_ACCESS_KEY}": (
        f"7:46: providers.x.api_key_env: {NO_VARIABLE}"
    ),
    "{base_url: 'https://host/v1', api_key_env: 0123456789}": (
        f"7:46: providers.x.api_key_env: {NO_VARIABLE}"
    ),
    "{base_url: 'https://host/v1', api_key_env: CEREBRAS_API_KEY}": (
        "7:46: providers.x.api_key_env: CEREBRAS_API_KEY belongs to api.cerebras.ai"
        " — give host a variable of its own"
    ),
    "{like: groq, api_key_env: OPENAI_API_KEY}": (
        "7:29: providers.x.api_key_env: OPENAI_API_KEY belongs to api.openai.com"
        " — give api.groq.com a variable of its own"
    ),
    "{base_url: 'https://host/v1', reference_tokens: 3}": (
        "7:46: providers.x.reference_tokens: should be greater than or equal to 16, not 3"
    ),
    "{base_url: 'https://host/v1', key: abc}": (
        "7:46: providers.x.key: a key does not belong into this file"
        " — name its variable: api_key_env"
    ),
    "{base_url: 'https://host/v1', model: m}": (
        "7:46: providers.x.model: unknown key — known: base_url, api_key_env, like,"
        " allow_http, finish_required, reference_tokens, limits, prices, context_window,"
        " omit, extra_body, headers"
    ),
}


@pytest.mark.parametrize(("entry", "expected"), OF_A_PROVIDER.items())
def test_a_provider(entry: str, expected: str) -> None:
    assert complaint(f"{GOOD}providers: {{x: {entry}}}\n") == f"agents.yaml:{expected}"


def test_a_key_put_in_the_wrong_place_is_never_repeated() -> None:
    for line in (
        "api_key: SECRET0",
        "api_key_env: secret0",
        "api_key_env: SECRET0",
        "apikey: SECRET0",
    ):
        source = f"{GOOD}providers:\n  x:\n    base_url: https://host/v1\n    {line}\n"
        assert "secret0" not in complaint(source).lower()


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("system_prompt: use csk-5ecret0123", "csk-"),
        ("color: red # sk-proj-5ecret0123", "sk-"),
        ("expertise: 'gsk_5ecret0123456'", "gsk_"),
        ("# api_key: csk-5ecret0123", "csk-"),
        ("stop: [csk-5ecret0123, csk-5ecret4567]", "csk-"),
    ],
)
def test_what_looks_like_a_key_is_refused_anywhere(line: str, key: str) -> None:
    told = complaint(in_agent(line))
    assert told.startswith(f"agents.yaml:4:{line.index(key) + 5}: this looks like a key")
    assert "moa-tui auth" in told
    assert "5ecret" not in told


@pytest.mark.parametrize(
    "line", ["csk-5ecret0123: 1", "provider: csk-5ecret0123", "fallback: [csk-5ecret0123]"]
)
def test_no_other_message_repeats_a_key(line: str) -> None:
    told = complaint(in_agent(line))
    assert "[key]" in told
    assert "5ecret" not in told


def test_both_names_of_the_system_prompt_at_once() -> None:
    expected = "agents[0].system: is short for system_prompt, which is here too — remove one"
    assert complaint(in_agent("system_prompt: a", "system: b")) == f"agents.yaml:5:5: {expected}"


def test_an_agents_fallback_is_looked_up() -> None:
    expected = "agents.yaml:4:16: agents[0].fallback[0]: there is no agent 'amy' — known: ann"
    assert complaint(in_agent("fallback: [amy]")) == expected


@pytest.mark.parametrize("name", ["a\\nb", " a", "a ", "a\\tb", " "])
def test_a_name_is_one_line_of_something(name: str) -> None:
    shown = " ".join(name.replace("\\n", " ").replace("\\t", " ").split())
    expected = f"fallback[0]: should be one line with no space at its ends, not '{shown}'"
    assert complaint(in_agent(f'fallback: ["{name}"]')) == f"agents.yaml:4:16: agents[0].{expected}"


def test_all_problems_of_shape_come_at_once_and_in_order() -> None:
    source = (
        "version: 3\n"
        "agents:\n"
        "  - name: a\n"
        "    temprature: 1\n"
        "    max_tokens: many\n"
        "  - model: m\n"
        "  - name: c\n"
        "    name: d\n"
        "agregator: a\n"
        "layers: []\n"
    )
    assert complaint(source, "my/team.yaml").splitlines() == [
        "my/team.yaml:1:1: aggregator: is missing — add it",
        "my/team.yaml:1:1: version: should be 1, not 3",
        "my/team.yaml:4:5: agents[0].temprature: unknown key — did you mean 'temperature'?",
        "my/team.yaml:5:5: agents[0].max_tokens: should be a whole number, not 'many'",
        "my/team.yaml:6:5: agents[1].name: is missing — add it",
        "my/team.yaml:8:5: duplicate key 'name' (first on line 7) — remove one",
        "my/team.yaml:9:1: agregator: unknown key — did you mean 'aggregator'?",
        "my/team.yaml:10:1: layers: should not be empty",
    ]


def test_all_problems_of_meaning_come_at_once_and_in_order() -> None:
    source = (
        "version: 1\n"
        "providers: {x: {base_url: 'http://far/v1'}}\n"
        "defaults: {provider: y}\n"
        "agents:\n"
        "  - {name: a, fallback: [z]}\n"
        "  - {name: a, provider: q, model: m}\n"
        "aggregator: w\n"
        "layers: [[v]]\n"
        "prompts: {proposer: x}\n"
    )
    places = [line.split(": ")[:2] for line in complaint(source).splitlines()]
    assert places == [
        ["agents.yaml:2:17", "providers.x.base_url"],
        ["agents.yaml:3:12", "defaults.provider"],
        ["agents.yaml:5:5", "agents[0].model"],
        ["agents.yaml:5:26", "agents[0].fallback[0]"],
        ["agents.yaml:6:6", "agents[1].name"],
        ["agents.yaml:6:15", "agents[1].provider"],
        ["agents.yaml:7:1", "aggregator"],
        ["agents.yaml:8:11", "layers[0][0]"],
        ["agents.yaml:9:11", "prompts.proposer"],
        ["agents.yaml:9:11", "prompts.proposer"],
    ]


def test_a_flood_of_problems_is_cut() -> None:
    lines = complaint(GOOD + "".join(f"wrong{n}: 1\n" for n in range(MAX_SHOWN + 7))).splitlines()
    assert len(lines) == MAX_SHOWN + 1
    assert lines[0].startswith("agents.yaml:7:1: wrong0: unknown key")
    assert lines[-1] == "agents.yaml: and 7 more problems"


def test_nothing_of_the_file_or_its_path_reaches_the_terminal_raw() -> None:
    text = complaint(
        GOOD.replace("bob\n", '"b\\e]52;c;\\u202e\\nagents.yaml:1:1: all is well"\n', 1),
        "\x1b[31mred\n.yaml",
    )
    assert all(line.isprintable() for line in text.splitlines())
    assert "\x1b" not in text
    assert "\u202e" not in text


KEYS = st.sampled_from(
    [
        *("version", "providers", "defaults", "agents", "layers", "aggregator", "strategy"),
        *("presets", "prompts", "name", "model", "like", "base_url", "api_key_env", "temperature"),
        *("stop", "fallback", "samples", "[key]", "<list>", "<<"),
    ]
)
VALUES = st.recursive(
    st.sampled_from(
        ["1", "0", "ann", "m", "~", "true", "1.5", "'{question}'", "https://h/v1", "''"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(KEYS, inner, max_size=3).map(
            lambda items: f"{{{', '.join(f'{key!r}: {value}' for key, value in items.items())}}}"
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)  # a busy machine is no failure
@given(parts=st.dictionaries(KEYS, VALUES, max_size=6))
def test_a_file_is_good_or_its_problems_are_told(parts: dict[str, str]) -> None:
    defaults = {"version": "1", "agents": "[{name: ann, model: m}]", "aggregator": "ann"}
    source = "".join(f"{key!r}: {value}\n" for key, value in (defaults | parts).items())
    assert parse(source.encode()).problems == []
    try:
        roster = build_roster(source.encode(), Path("f.yaml"), "test")
    except RosterError as error:
        lines = str(error).splitlines()
        assert all(line.startswith("f.yaml:") and line.isprintable() for line in lines)
    else:
        assert all(roster.lineup(preset).agents for preset in ("", *roster.presets))
