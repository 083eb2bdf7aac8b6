"""Import: the JSON of the workshop's app and its ancestors becomes a roster that loads."""

import codecs
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa_tui.errors import MoaError
from moa_tui.roster.importing import Imported, import_json
from moa_tui.roster.importing.models import GONE, SERVED
from moa_tui.roster.importing.reading import MAX_BYTES
from moa_tui.roster.model import Roster
from moa_tui.text import clean
from tests.rosters import build_roster

JUDGE = "You lead a team.\n\nWhat it said:\n{helper_response}\n\nWrite the code, nothing else."


def imported(data: Any) -> tuple[Imported, Roster]:
    source = data if isinstance(data, bytes) else json.dumps(data).encode()
    result = import_json(source, "team.json")
    return result, build_roster(result.text.encode(), Path("agents.yaml"), "test")


def refusal(source: bytes) -> str:
    with pytest.raises(MoaError) as caught:
        import_json(source, "team.json")
    return str(caught.value)


def split(agents: dict[str, Any], **main: Any) -> dict[str, Any]:
    return {"main_config": {"main_model": "gpt-oss-120b", **main}, "layer_config": agents}


def nested(agents: list[Any], **main: Any) -> dict[str, Any]:
    return {"ai_configuration": {"main_model": "gpt-oss-120b", **main, "layer_agents": agents}}


def flat(agents: dict[str, Any] | None, **main: Any) -> dict[str, Any]:
    own = {} if agents is None else {"layer_agent_config": agents}
    return {"main_model": "gpt-oss-120b", **main, **own}


def test_a_whole_file_of_the_first_shape() -> None:
    data = split(
        {
            "planner": {
                "system_prompt": "Plan first. {helper_response}",
                "model_name": "gpt-oss-120b",
                "temperature": 0.2,
                "max_tokens": 1024,
            },
            "tester": {
                "system_prompt": "Think of edge cases.",
                "model_name": "qwen-3.8-27b",
                "temperature": 0.9,
                "max_tokens": 2048,
            },
        },
        cycles=2,
        temperature=0.1,
        system_prompt=JUDGE,
        reference_system_prompt="Judge these answers:\n{responses}",
    )
    result, roster = imported(data)
    assert roster.layers == (("planner", "tester"),) * 2
    planner, tester, main = (roster.agents[name] for name in ("planner", "tester", "main"))
    assert (planner.model, planner.system_prompt) == ("gpt-oss-120b", "Plan first.")
    assert (planner.sampling.temperature, planner.sampling.max_tokens) == (0.2, 1024)
    assert (tester.model, tester.system_prompt) == ("qwen-3.8-27b", "Think of edge cases.")
    assert (roster.aggregator, main.sampling.temperature) == ("main", 0.1)
    assert roster.prompts.aggregator == (
        "You lead a team.\n\nWhat it said:\nJudge these answers:\n{references}\n\n"
        "Write the code, nothing else.\n\nQuestion:\n{question}"
    )
    assert roster.prompts.proposer == (
        "Judge these answers:\n{references}\n\nQuestion:\n{question}"
    )
    assert "  aggregator: |-\n    You lead a team.\n\n    What it said:\n" in result.text


def test_a_whole_file_of_the_second_shape() -> None:
    agents = [
        {
            "name": "Logic",
            "model": "llama3.1-8b",
            "temperature": 0.5,
            "max_tokens": 512,
            "prompt": "Check every branch.",
        },
        {"name": "Speed", "model": "qwen-3-32b", "prompt": "Count\n  the loops."},
    ]
    _, roster = imported(nested(agents, main_temperature=0.3, cycles=1, system_prompt=JUDGE))
    assert roster.layers == (("Logic", "Speed"),)
    assert roster.agents["Logic"].sampling.max_tokens == 512
    assert roster.agents["Speed"].system_prompt == "Count\n  the loops."
    assert roster.agents["main"].sampling.temperature == 0.3
    assert roster.prompts.aggregator.startswith("You lead a team.\n\nWhat it said:\n{references}")


@pytest.mark.parametrize("agents", [None, {}])
def test_a_file_without_agents_is_one_agent_alone(agents: dict[str, Any] | None) -> None:
    result, roster = imported(flat(agents, temperature=0.7, cycles=2, system_prompt=JUDGE))
    assert (roster.strategy, list(roster.agents)) == ("single", ["main"])
    assert "helper_response" not in roster.agents["main"].system_prompt
    assert any("no agents" in note for note in result.notes)


def test_the_third_shape_with_agents() -> None:
    agents = {"one": {"system_prompt": "Be brief.", "model_name": "mixtral-8x7b-32768"}}
    _, roster = imported(flat(agents, temperature=0, cycles=3))
    assert roster.layers == (("one",),) * 3
    assert roster.agents["main"].sampling.temperature == 0
    assert roster.prompts.aggregator == ""


def test_a_prompt_without_a_place_for_references_stays_the_aggregators_own() -> None:
    result, roster = imported(split({"a": {}}, system_prompt="You write poems."))
    assert roster.agents["main"].system_prompt == "You write poems."
    assert roster.prompts.aggregator == ""
    assert any("had no {helper_response}" in note for note in result.notes)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("{helper_response}", "{references}"),
        ("A {helper_response} B {helper_response} C", "A {references} B  C"),
        ("{helper_response}\nEnd", "{references}\nEnd"),
        ("x{{helper_response}}y", "x{references}y"),
        ("{ helper_response }", "{references}"),
    ],
)
def test_references_go_where_the_prompt_says(prompt: str, expected: str) -> None:
    _, roster = imported(split({"a": {}}, system_prompt=prompt))
    assert roster.prompts.aggregator == f"{expected}\n\nQuestion:\n{{question}}"


def test_a_reference_prompt_with_no_place_gets_one() -> None:
    reference = "Synthesise what follows."
    _, roster = imported(split({"a": {}}, system_prompt="Poet.", reference_system_prompt=reference))
    assert roster.agents["main"].system_prompt == "Poet."
    assert roster.prompts.aggregator.startswith("Synthesise what follows.\n\n{references}")


@pytest.mark.parametrize("gone", GONE)
def test_a_model_that_is_gone_is_replaced_and_named(gone: str) -> None:
    result, roster = imported(split({"a": {"model_name": gone}}))
    assert roster.agents["a"].model == GONE[gone].instead
    assert GONE[gone].instead in SERVED
    assert any(f"'{gone}' is gone" in note and GONE[gone].why in note for note in result.notes)
    assert f"  # the model '{gone}' is gone" in result.text


def test_names_of_models_are_told_apart_from_their_owners() -> None:
    _, roster = imported(split({"a": {"model_name": "cerebras/Llama-3.3-70B"}}))
    assert roster.agents["a"].model == "gpt-oss-120b"


def test_an_unknown_model_is_kept_and_named() -> None:
    result, roster = imported(split({"a": {"model_name": "acme-9000"}}))
    assert roster.agents["a"].model == "acme-9000"
    assert any("'acme-9000' is not known here" in note for note in result.notes)


@pytest.mark.parametrize(
    ("key", "value", "kept", "noted"),
    [
        ("temperature", 3, 2, True),
        ("temperature", -1, 0, True),
        ("temperature", "0.5", 0.5, False),
        ("temperature", "0,5", 0.5, False),
        ("temperature", "hot", None, True),
        ("temperature", True, None, True),
        ("temperature", float("nan"), None, True),
        ("temperature", None, None, False),
        ("temperature", [1], None, True),
        ("max_tokens", None, 3072, False),
        ("max_tokens", 10**30, 32768, True),
        ("max_tokens", 10**400, 32768, True),
        ("max_tokens", -1, 3072, True),
        ("max_tokens", 0, 3072, True),
        ("max_tokens", "2,048", 2048, False),
        ("max_tokens", 100.0, 100, False),
        ("max_tokens", 100.9, 100, True),
    ],
)
def test_odd_numbers(key: str, value: Any, kept: float | None, noted: bool) -> None:
    result, roster = imported(split({"a": {key: value}}))
    assert getattr(roster.agents["a"].sampling, key) == kept
    assert noted == any(note.startswith(f"a: {key} was ") for note in result.notes)


@pytest.mark.parametrize(
    ("cycles", "layers"),
    [(1, 1), (10, 10), (99, 10), (0, 1), (-3, 1), ("2", 2), (2.7, 2), (None, 1), ("x", 1)],
)
def test_cycles_are_layers_within_bounds(cycles: Any, layers: int) -> None:
    result, roster = imported(split({"a": {}}, cycles=cycles))
    assert len(roster.layers) == layers
    same = cycles is None or str(cycles) == str(layers)
    assert same != any(note.startswith("main: cycles was ") for note in result.notes)


def test_names_are_made_fit_and_different() -> None:
    names = [
        "",
        "twin",
        "twin",
        "x" * 200,
        "x" * 200,
        "a: b # c",
        "- [no]",
        "日本 🙂",
        "true",
        "main",
    ]
    result, roster = imported(nested([{"name": name} for name in names]))
    agents = list(roster.agents)
    assert len(agents) == len(names) + 1
    assert agents[:3] == ["agent 1", "twin", "twin 2"]
    assert all(len(name) <= 60 for name in agents)
    assert agents[5:10] == ["a: b # c", "- [no]", "日本 🙂", "true", "main"]
    assert roster.aggregator == "main 2"
    assert any("'twin'" in note for note in result.notes)


def test_two_agents_of_one_name_in_an_object_are_both_kept() -> None:
    text = b'{"main_config": {}, "layer_config": {"a": {"prompt": "1"}, "a": {"prompt": "2"}}}'
    _, roster = imported(text)
    assert [agent.system_prompt for agent in roster.agents.values()][:2] == ["1", "2"]


def test_what_is_not_taken_over_is_named() -> None:
    data = {**split({"a": {"colour": 1}}, stars=5), "exported_at": "2025-05-01"}
    told = " ".join(imported(data)[0].notes)
    for key in ("colour", "stars", "exported_at"):
        assert key in told


def test_what_is_no_agent_is_named() -> None:
    result, roster = imported(nested([{"name": "a"}, None, "b", [1]]))
    assert list(roster.agents) == ["a", "main"]
    assert any("are no agents" in note for note in result.notes)


def test_more_agents_than_a_roster_has_room_for() -> None:
    result, roster = imported(split({f"a{n}": {} for n in range(80)}))
    assert len(roster.agents) == 65
    assert any("80 agents" in note for note in result.notes)


@pytest.mark.parametrize(
    "prompt",
    [
        "one\n  two\n\n\tthree  \n# four: five\n---\n- six",
        "a long line " * 30,
        "two  spaces " * 20,
        "w" * 300,
        "quote \" and \\ and ' and {x: [y]}",
        "ends with a colon:",
        "\ufffe odd \uffff\nlines",
        "emoji 🧪\nund Ümläute",
        "\x1b[31mred\x1b[0m \u202eback",
        "line\r\nline\rline",
    ],
)
def test_prompts_are_read_back_as_they_were_but_for_what_is_cleaned(prompt: str) -> None:
    _, roster = imported(split({"a": {"system_prompt": prompt}}))
    expected = clean(prompt.replace("\r\n", "\n").replace("\r", "\n")).strip()
    assert roster.agents["a"].system_prompt == expected


def test_odd_prompts() -> None:
    agents = {"a": {"system_prompt": None}, "b": {"system_prompt": ["x", "y"]}, "c": {"prompt": 5}}
    result, roster = imported(split(agents))
    assert [roster.agents[name].system_prompt for name in "abc"] == ["", "x\ny", ""]
    assert any(note.startswith("c: prompt was 5") for note in result.notes)


@pytest.mark.parametrize(
    "source",
    [
        codecs.BOM_UTF8 + json.dumps(split({"ä": {}}), ensure_ascii=False).encode(),
        json.dumps(split({"ä": {}}), ensure_ascii=False).encode("utf-16"),
        json.dumps(split({"ä": {}}), ensure_ascii=False).encode("utf-16-le"),
    ],
)
def test_encodings(source: bytes) -> None:
    assert "ä" in imported(source)[1].agents


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (b"", "is empty"),
        (b"agents: yes", "team.json:1:1: not JSON"),
        (b'{"main_config": {},}', "not JSON"),
        (b"[1, 2]", "holds no JSON object"),
        (b"null", "holds no JSON object"),
        (b"{}", "no configuration that can be imported"),
        (b'{"hello": 1}', "no configuration that can be imported"),
        (b'{"main_config": 5}', "main_config is no object"),
        (b'{"ai_configuration": []}', "ai_configuration is no object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"main_model": ' + b"9" * 10_000 + b"}", "team.json"),
        (b"\xff\xfe\x00", "neither UTF-8 nor UTF-16"),
        (b'{"a": "' + b"x" * MAX_BYTES + b'"}', "more than 1,024 KB"),
    ],
)
def test_what_cannot_be_imported_is_one_clear_error(source: bytes, told: str) -> None:
    assert told in refusal(source)


def test_too_much_text_for_a_roster_is_an_error() -> None:
    agents = {f"a{n}": {"system_prompt": "x" * 90_000} for n in range(4)}
    assert "256 KB" in refusal(json.dumps(split(agents)).encode())


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
PROMPT = st.text(max_size=120) | st.sampled_from(["{helper_response}", JUDGE, "a\n\n  b\nc"])
AGENTS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.text(max_size=70),
            "model": st.sampled_from([*GONE, *SERVED, "other"]),
            "temperature": st.floats(0, 2),
            "max_tokens": st.integers(1, 32_768),
            "prompt": PROMPT,
        }
    ),
    max_size=4,
)


def words(prompt: str) -> list[str]:
    return clean(prompt.replace("{helper_response}", " ").replace("\r", "\n")).split()


@settings(max_examples=60, deadline=None)
@given(AGENTS, PROMPT, PROMPT, st.integers(1, 10), st.integers(0, 2))
def test_numbers_and_prompts_survive_in_every_shape(
    agents: list[dict[str, Any]], main: str, reference: str, cycles: int, shape: int
) -> None:
    by_name = {f"{number}{entry['name']}": entry for number, entry in enumerate(agents)}
    own = {"cycles": cycles, "system_prompt": main, "reference_system_prompt": reference}
    shapes = (split(by_name, **own), nested(agents, **own), flat(by_name, **own))
    _, roster = imported(shapes[shape])
    assert len(roster.layers) == cycles
    assert len(roster.agents) == len(agents) + 1
    for kept, entry in zip(roster.agents.values(), agents, strict=False):
        assert kept.sampling.temperature == entry["temperature"]
        assert kept.sampling.max_tokens == entry["max_tokens"]
        assert kept.system_prompt.split() == words(entry["prompt"])
    texts = roster.prompts.aggregator + roster.agents[roster.aggregator].system_prompt
    assert all(word in texts for word in words(main))


@settings(max_examples=60, deadline=None)
@given(JUNK, JUNK, st.dictionaries(st.sampled_from(["cycles", "main_model", "temperature"]), JUNK))
def test_junk_gives_a_roster_or_one_error(agents: Any, extra: Any, main: dict[str, Any]) -> None:
    for whole in (
        {"main_config": {**main, "system_prompt": extra}, "layer_config": agents, "x": extra},
        {"ai_configuration": {**main, "layer_agents": [agents, {"prompt": extra, "name": extra}]}},
        {**main, "layer_agent_config": {"a": {"prompt": extra, "model_name": agents}}},
        extra,
    ):
        try:
            imported(whole)
        except MoaError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either is right, and this is the other one


MAIN = {
    "main_model": "llama-3.3-70b-versatile",
    "cycles": 2,
    "temperature": 0.1,
    "system_prompt": JUDGE,
    "reference_system_prompt": "Their answers:\n{responses}",
}
LAYER = {
    "layer_agent_1": {
        "system_prompt": "Think step by step. {helper_response}",
        "model_name": "gemma2-9b-it",
        "temperature": 0.1,
    },
    "layer_agent_2": {
        "system_prompt": "Answer with a thought first. {helper_response}",
        "model_name": "llama-3.1-8b-instant",
        "temperature": 0.2,
        "max_tokens": 2048,
    },
}
OF_GROQ_MOA = {
    "as its download button writes it": {**MAIN, "moa_layer_agent_config": LAYER},
    "as its reader takes it": {**MAIN, "layer_agent_config": LAYER},
    "its two parts": {"main_agent_config": MAIN, "layer_agent_config": LAYER},
    "its session's": {"moa_main_agent_config": MAIN, "moa_layer_agent_config": LAYER},
    "its defaults": {"default_main_agent_config": MAIN, "default_layer_agent_config": LAYER},
    "what it recommends": {"rec_main_agent_config": MAIN, "rec_layer_agent_config": LAYER},
    "the agents inside": {"main_agent_config": {**MAIN, "layer_agent_config": LAYER}},
    "of older forks": {"default_config": {**MAIN, "layer_agent_config": LAYER}},
    "in a wrapper": {"config": {"main_agent_config": MAIN, "layer_agent_config": LAYER}},
    "a list of agents": {
        "main_agent_config": MAIN,
        "layer_agents": [{"name": name, **agent} for name, agent in LAYER.items()],
    },
    "reference_prompt": {
        "main_agent_config": {
            **{k: v for k, v in MAIN.items() if k != "reference_system_prompt"},
            "reference_prompt": MAIN["reference_system_prompt"],
        },
        "layer_agent_config": LAYER,
    },
}


@pytest.mark.parametrize("data", OF_GROQ_MOA.values(), ids=OF_GROQ_MOA)
def test_every_shape_of_the_groq_moa_family_is_the_same_roster(data: dict[str, Any]) -> None:
    result, roster = imported(data)
    first, second, main = (roster.agents[n] for n in (*LAYER, "main"))
    assert roster.layers == (tuple(LAYER),) * 2
    assert (first.model, first.system_prompt) == ("qwen-3.8-27b", "Think step by step.")
    assert (second.sampling.temperature, second.sampling.max_tokens) == (0.2, 2048)
    assert (roster.aggregator, main.model) == ("main", "gpt-oss-120b")
    assert "Their answers:\n{references}" in roster.prompts.aggregator
    assert not [note for note in result.notes if "not taken over" in note]


@pytest.mark.parametrize(
    ("model", "limit", "effort"),
    [
        ("qwen-3.8-27b", 1024, "low"),
        ("qwen-3.8-27b", None, "low"),
        ("qwen-3.8-27b", 16_000, None),
        ("gemma2-9b-it", 2048, "low"),  # in whose place another is asked
        ("gpt-oss-120b", 1024, "low"),
        ("gpt-oss-120b", 4096, None),
        ("llama3-70b-8192", 512, "low"),
        ("some-model", 100, None),
    ],
)
def test_who_would_reason_its_limit_away_reasons_less(
    model: str, limit: int | None, effort: str | None
) -> None:
    agent = {"model_name": model, "system_prompt": "x", **({"max_tokens": limit} if limit else {})}
    result, roster = imported(split({"a": agent}))
    assert roster.agents["a"].sampling.reasoning_effort == effort
    told = [note for note in result.notes if note.startswith("a: reasoning_effort: low")]
    assert len(told) == (1 if effort else 0)


def test_an_effort_of_its_own_stays() -> None:
    agent = {"model_name": "qwen-3.8-27b", "max_tokens": 100, "reasoning_effort": "High"}
    assert imported(split({"a": agent}))[1].agents["a"].sampling.reasoning_effort == "high"


def test_what_else_a_layer_agent_may_have_is_taken_over_or_named() -> None:
    agent = {
        "model_name": "gpt-oss-120b", "system_prompt": "x", "max_tokens": 5000, "seed": 7,
        "stop": ["a", "b", "c", "d", "e"], "top_p": 0.5, "reasoning_effort": "huge",
        "groq_api_key": "gsk_0123456789abcdefghij", "max_retries": 3, "model_kwargs": {"x": 1},
        "streaming": True, "n": 2,
    }  # fmt: skip
    result, roster = imported({"main_agent_config": MAIN, "layer_agent_config": {"a": agent}})
    sampling = roster.agents["a"].sampling
    assert (sampling.seed, sampling.top_p, sampling.stop) == (7, 0.5, ("a", "b", "c", "d"))
    notes = "\n".join(result.notes)
    assert "a: stop had 5 texts: the first 4 are taken over" in notes
    assert "a: reasoning_effort was 'huge'" in notes
    assert "not taken over: groq_api_key, max_retries, model_kwargs, streaming, n" in notes
    assert "0123456789" not in result.text + notes


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        *("main_config", "moa_main_agent_config", "config", "layer_agents"),
                        *("moa_layer_agent_config", "main_model", "cycles", "x", "stop", "agents"),
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_roster_or_one_error_and_nothing_goes_in_silence(data: object) -> None:
    try:
        result = import_json(json.dumps(data).encode(), "team.json")
    except MoaError:
        return
    assert isinstance(data, dict)
    build_roster(result.text.encode(), Path("agents.yaml"), "test")
    if "x" in data:
        assert any("not taken over" in note and "x" in note for note in result.notes)
