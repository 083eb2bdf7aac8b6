"""Keys come from the environment, go to one provider, and are seen nowhere."""

import copy
import logging
import pickle
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from pprint import pformat

import pytest

from moa_tui.errors import MissingKeyError, MoaError
from moa_tui.roster.keys import ApiKey, Keys, find_key, missing_keys
from moa_tui.roster.model import Provider, Roster
from moa_tui.roster.presets import PROVIDERS
from tests.rosters import build_roster

SECRET = "csk-5ecret0123456789"
CEREBRAS = PROVIDERS["cerebras"]


def roster(rest: str = "") -> Roster:
    source = (
        "version: 1\n"
        "agents:\n"
        "  - {name: a, model: m, fallback: [far]}\n"
        "  - {name: b, model: m, provider: groq}\n"
        "  - {name: c, model: m, provider: ollama}\n"
        "  - {name: far, model: m, provider: openai, enabled: false}\n"
        f"aggregator: {{model: m}}\n{rest}"
    )
    return build_roster(source.encode(), Path("agents.yaml"), "test")


def with_locals(error: Exception) -> str:
    """Return what a crash report would show, without the test's own frame."""
    assert error.__traceback__
    below = error.__traceback__.tb_next
    report = traceback.TracebackException(type(error), error, below, capture_locals=True)
    return "".join(report.format())


@dataclass
class Holder:
    name: str
    key: ApiKey


def test_a_key_is_found_and_stripped() -> None:
    assert find_key(CEREBRAS, Keys({"CEREBRAS_API_KEY": f"  {SECRET}\r\n"})).reveal() == SECRET


def test_the_real_environment_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CEREBRAS_API_KEY", SECRET)
    assert find_key(CEREBRAS).reveal() == SECRET


@pytest.mark.parametrize(
    "bad",
    [
        "csk 5ecret",
        "csk-5ecret\nX-Evil: 1",
        "csk-5ecreté",
        "csk-5ecret\u200b",
        "csk\x005ecret",
        "…5ecret",
        "csk\t5ecret",
        "5ecret\udce9",
    ],
)
def test_what_cannot_be_a_key_is_refused_and_not_shown(bad: str) -> None:
    with pytest.raises(MoaError) as caught:
        find_key(CEREBRAS, Keys({"CEREBRAS_API_KEY": bad}))
    assert not isinstance(caught.value, MissingKeyError)
    told = "".join(traceback.format_exception(caught.value))
    assert "CEREBRAS_API_KEY does not hold a key" in told
    assert "5ecret" not in told


@pytest.mark.parametrize("bad", ["csk 5ecret", "csk-5ecreté"])
def test_a_refused_key_is_not_among_the_locals_of_its_traceback(
    monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    monkeypatch.setenv("CEREBRAS_API_KEY", bad)
    with pytest.raises(MoaError) as caught:
        find_key(CEREBRAS)
    assert "5ecret" not in with_locals(caught.value)


@pytest.mark.parametrize("environ", [{}, {"CEREBRAS_API_KEY": ""}, {"CEREBRAS_API_KEY": " \n"}])
def test_a_missing_key_is_asked_for_by_name(environ: dict[str, str]) -> None:
    with pytest.raises(MissingKeyError) as caught:
        find_key(CEREBRAS, Keys(environ))
    told = str(caught.value)
    assert told.startswith("no key for cerebras: the environment variable CEREBRAS_API_KEY is not")
    assert "moa-tui auth cerebras" in told
    assert "export CEREBRAS_API_KEY=" in told
    assert "--local" in told


def ways_to_show(thing: object) -> dict[str, str]:
    record = logging.LogRecord("x", 10, "x", 1, "%s and %r", (thing, thing), None)
    return {
        "repr": repr(thing),
        "asdict": repr(asdict(thing)) if isinstance(thing, Holder) else "",
        "str": str(thing),
        "format": f"{thing} {thing!s} {thing!r} {thing!a} {thing:}",
        "pprint": pformat(thing),
        "log": record.getMessage(),
        "list": repr([thing, {"key": thing}]),
        "vars": repr(getattr(thing, "__dict__", "")),
        "attributes": repr([getattr(thing, name) for name in dir(thing)]),
        "exception": "".join(traceback.format_exception(ValueError(thing))),
    }


def test_a_key_is_never_shown() -> None:
    key = ApiKey(SECRET)
    assert key.reveal() == SECRET
    holder = Holder("cerebras", key)
    for thing in (key, holder, asdict(holder), copy.copy(key), copy.deepcopy(holder)):
        for way, shown in ways_to_show(thing).items():
            assert SECRET not in shown, way
    with pytest.raises(TypeError):
        vars(key)


def test_a_key_cannot_be_written_out_by_accident() -> None:
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        pickle.dumps(ApiKey(SECRET))


def test_a_crash_report_with_locals_does_not_show_it() -> None:
    def crash(key: ApiKey) -> None:
        raise ValueError("boom")

    try:
        crash(ApiKey(SECRET))
    except ValueError as error:
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert SECRET not in "".join(report.format())
    assert "ApiKey(…)" in "".join(report.format())


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda provider: provider.name)
def test_a_key_goes_to_its_own_provider_only(provider: Provider) -> None:
    environ = {p.api_key_env: f"key-of-{p.name}" for p in PROVIDERS.values() if p.api_key_env}
    expected = f"key-of-{provider.name}" if provider.api_key_env else "no-key"
    assert find_key(provider, Keys(environ)).reveal() == expected


OPENAI_ONLY = {"OPENAI_API_KEY": SECRET}


@pytest.mark.parametrize(
    "provider", [p for p in PROVIDERS.values() if p.name != "openai"], ids=lambda p: p.name
)
def test_openais_key_is_no_stand_in(provider: Provider) -> None:
    if provider.key_required:
        with pytest.raises(MissingKeyError):
            find_key(provider, Keys(OPENAI_ONLY))
    else:
        # Never an empty one: the SDK would take the variable by itself.
        assert find_key(provider, Keys(OPENAI_ONLY)).reveal() == "no-key"


@pytest.mark.parametrize(
    "rest", ["{base_url: 'https://proxy.example/v1'}", "{base_url: 'http://127.0.0.1:1/v1'}"]
)
def test_openais_key_does_not_follow_to_another_address(rest: str) -> None:
    for entry in (f"providers: {{openai: {rest}}}\n", f"providers: {{groq: {rest}}}\n"):
        for provider in roster(entry).providers.values():
            if provider.base_url in rest:
                assert find_key(provider, Keys(OPENAI_ONLY)).reveal() != SECRET


def test_missing_keys_are_those_of_who_takes_part() -> None:
    file = roster()
    assert missing_keys(file, file.lineup(), Keys({})) == ["CEREBRAS_API_KEY", "GROQ_API_KEY"]
    assert missing_keys(file, file.lineup(), Keys({"GROQ_API_KEY": "k"})) == ["CEREBRAS_API_KEY"]
    assert (
        missing_keys(file, file.lineup(), Keys({"GROQ_API_KEY": "k", "CEREBRAS_API_KEY": "k"}))
        == []
    )


def test_alone_no_other_key_is_needed() -> None:
    file = roster("presets: {alone: {strategy: single, agents: [c]}}\n")
    assert missing_keys(file, file.lineup("alone"), Keys({})) == []


def test_a_variable_named_in_the_file_is_needed() -> None:
    file = roster("providers: {ollama: {api_key_env: MY_OLLAMA_API_KEY}}\n")
    assert missing_keys(file, file.lineup(only=["c"]), Keys({"CEREBRAS_API_KEY": "k"})) == [
        "MY_OLLAMA_API_KEY"
    ]


def test_a_key_that_cannot_be_one_is_told_at_once() -> None:
    file = roster()
    with pytest.raises(MoaError, match="GROQ_API_KEY does not hold a key"):
        missing_keys(file, file.lineup(), Keys({"CEREBRAS_API_KEY": "k", "GROQ_API_KEY": "a b"}))
