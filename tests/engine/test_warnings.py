"""What is said before anything is sent, and what is not."""

import re
from dataclasses import replace

import pytest

from moa_tui.engine.forecast import forecast
from moa_tui.engine.warnings import size_of, unlisted_models, warnings_for
from moa_tui.paths import shipped
from moa_tui.roster.loading import Found
from moa_tui.roster.model import Agent, Provider, RateLimits, Roster, Sampling
from moa_tui.roster.presets import CEREBRAS_FREE
from moa_tui.roster.trust import trusted_roster
from tests.engine.scripted import agent, plan


def shipped_roster() -> Roster:
    return trusted_roster(Found(shipped("agents.yaml"), "test"))


COLD = Sampling(temperature=0)


def told(*agents: Agent, judge: Agent | None = None, limits: RateLimits | None = None) -> str:
    acme = Provider("acme", "https://acme.test/v1", None, limits=limits or RateLimits())
    made = plan(agents, aggregator=judge, provider=acme)
    return "\n".join(warnings_for(made.lineup, made.providers))


@pytest.mark.parametrize(
    ("model", "size"),
    [
        ("gpt-oss-120b", 120),
        ("llama3.1-8b", 8),
        ("mixtral-8x7b-32768", 56),
        ("qwen-3-235b-a22b-instruct", 235),
        ("qwen-3.8-27b", 27),
        ("llama3.2:1.5b", 1.5),
        ("gpt-4o", None),
        ("bb-8bit", None),
    ],
)
def test_sizes_are_read_from_names(model: str, size: float | None) -> None:
    assert size_of(model) == size


def test_agents_that_will_say_the_same() -> None:
    one, other = agent("a", sampling=COLD), agent("b", sampling=COLD, model="a")
    assert "Agent-a and Agent-b are the same model" in told(one, other)
    assert told(one, replace(other, system_prompt="Be different.")) == ""
    assert told(one, replace(other, sampling=Sampling(temperature=0.1))) == ""
    assert "drawn 3 times" in told(replace(one, samples=3))


def test_an_aggregator_that_judges_itself_or_its_betters() -> None:
    big, small = agent("big", model="m-70b"), agent("small", model="m-8b")
    assert "smaller model than Agent-big" in told(big, judge=small)
    assert told(small, judge=big) == ""
    assert told(big, judge=agent("z", model="unknown")) == ""
    assert "judges its own answer: it proposes and aggregates" in told(big, small, judge=big)


def test_one_that_proposes_nothing_judges_no_answer_of_its_own() -> None:
    one, other = agent("a", model="m"), agent("b", model="n")
    alike = replace(one, name="judge")
    said = told(one, other, judge=alike)
    assert "its own" not in said
    assert "judge is the same model with the same prompt as Agent-a" in said
    assert told(one, other, judge=replace(alike, system_prompt="Judge.")) == ""
    # By its name it is its own, whatever has been changed in it since.
    assert "its own" in told(one, other, judge=replace(one, system_prompt="Judge."))
    made = plan([one, other], aggregator=one, strategy="vote")
    assert warnings_for(made.lineup, made.providers) == ()


@pytest.mark.parametrize("question", [None, "Why?", "x" * 20_000])
@pytest.mark.parametrize("preset", ["", *shipped_roster().presets])
def test_warnings_and_forecast_agree(preset: str, question: str | None) -> None:
    roster = shipped_roster()
    lineup = roster.lineup(preset)
    said = warnings_for(lineup, roster.providers, question)
    taken = forecast(lineup, roster.providers, question or "Why?")
    queues = [words for words in said if "queue" in words]
    if question:
        assert bool(queues) == (not taken.fits)
    elif taken.fits:
        assert not queues
    if queues and question:
        assert taken.words.rpartition("· ")[2] in "".join(queues)


def test_the_comments_in_the_shipped_file_have_the_right_figures() -> None:
    roster = shipped_roster()
    text = " ".join(line.strip("# ") for line in roster.path.read_text("utf-8").splitlines())
    said = re.search(
        r"proposers and the aggregator is (\d+) requests and reserves about ([\d,]+) tokens, about"
        r" ([\d,]+) of them for (\S+): one minute of Cerebras' free tier has (\d+) requests and"
        r" ([\d,]+) tokens",
        text,
    )
    assert said
    taken = forecast(roster.lineup(), roster.providers, "Why?" * 100)
    of_model = {model.model: model for model in taken.models}[said[4]]
    assert int(said[1]) == taken.requests
    assert number(said[2]) == pytest.approx(taken.tokens, rel=0.03)
    assert number(said[3]) == pytest.approx(of_model.tokens, rel=0.03)
    assert taken.fits
    assert (int(said[5]), number(said[6])) == (
        CEREBRAS_FREE.requests_per_minute,
        CEREBRAS_FREE.tokens_per_minute,
    )


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_a_turn_that_a_minute_has_no_room_for() -> None:
    agents = [agent(name, model="m") for name in "abcdef"]
    warned = told(*agents, limits=RateLimits(requests_per_minute=5))
    assert "a turn is 6 requests" in warned
    assert "queues for ~12 s" in warned


def test_one_agent_alone_needs_no_warning() -> None:
    made = plan([agent("a", sampling=COLD), agent("a", sampling=COLD)], strategy="single")
    assert warnings_for(made.lineup, made.providers) == ()


def test_the_shipped_agents_need_none() -> None:
    roster = shipped_roster()
    assert warnings_for(roster.lineup(), roster.providers) == ()


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ({}, ()),  # nothing is known of the provider
        ({"acme": []}, ()),  # a server that lists nothing may serve anything
        ({"acme": ["glm-4.5", "m"]}, ()),
        (
            {"acme": ["glm-4.7", "glm-4.6", "gpt-oss-120b"]},
            ("ada: acme does not list glm-4.5 (the nearest that it has: glm-4.7, glm-4.6)",),
        ),
        ({"acme": ["x", "zzz"]}, ("ada: acme does not list glm-4.5 (see moa-tui models)",)),
        ({"acme": ["SomeFile.gguf"]}, ()),  # a server of one model may answer to any name
        ({"acme": ["glm-4.5:latest", "m"]}, ()),
        ({"other": ["x", "zzz"]}, ()),
    ],
)
def test_models_that_are_not_listed_are_told_with_the_nearest(
    listed: dict[str, list[str]], words: tuple[str, ...]
) -> None:
    ada = replace(agent("glm-4.5"), name="ada")
    assert unlisted_models([ada, ada], listed) == words
