"""What a file may add to requests: fields and headers, of one's own file, and never a key."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.roster.build import RosterError
from moa_tui.roster.model import Roster
from moa_tui.roster.request_fields import MOST_BYTES
from tests.rosters import build_roster

WHERE = Path("agents.yaml")


def built(*, own: bool = True, provider: dict[str, Any] | None = None, **defaults: Any) -> Roster:
    acme = {"base_url": "https://acme.test/v1", **(provider or {})}
    file = {
        "version": 1,
        "providers": {"acme": acme},
        "defaults": {"provider": "acme", "model": "m", **defaults},
        "agents": [{"name": "a"}],
        "aggregator": "a",
    }
    source = yaml.safe_dump(file, sort_keys=False, width=10**6).encode()
    return build_roster(source, WHERE, "a test", own=own)


def problem(**what: Any) -> str:
    with pytest.raises(RosterError) as caught:
        built(**what)
    assert "Traceback" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("effort", ["none", "minimal", "low", "high", "xhigh", "max", "default"])
def test_efforts(effort: str) -> None:
    assert built(reasoning_effort=effort).agents["a"].sampling.reasoning_effort == effort


def test_what_is_added_is_where_requests_are_made_from() -> None:
    extra = {"chat_template_kwargs": {"enable_thinking": False}, "top_k": 40, "min_p": 0.05}
    roster = built(
        extra_body=extra,
        omit=["seed", "system"],
        provider={
            "headers": {"HTTP-Referer": "https://me.test", "X-Title": "mine"},
            "extra_body": {"provider": {"order": ["a", "b"]}},
            "omit": ["stream_options"],
        },
    )
    sampling, acme = roster.agents["a"].sampling, roster.providers["acme"]
    assert (sampling.extra_body, sampling.omit) == (extra, ("seed", "system"))
    assert acme.headers == {"HTTP-Referer": "https://me.test", "X-Title": "mine"}
    assert acme.dialect.extra_body == {"provider": {"order": ["a", "b"]}}
    assert acme.dialect.omit == ("stream_options",)


def test_a_preset_keeps_its_own_fields_beside_the_files() -> None:
    file = b"""
version: 1
providers: {cerebras: {extra_body: {service_tier: flex}, omit: [seed]}}
agents: [{name: a, model: m, provider: cerebras}]
aggregator: a
"""
    dialect = build_roster(file, WHERE, "a test", own=True).providers["cerebras"].dialect
    assert dialect.extra_body == {"reasoning_format": "parsed", "service_tier": "flex"}
    assert (dialect.omit, dialect.limit_field) == (("seed",), "max_completion_tokens")


@pytest.mark.parametrize(
    "what",
    [
        {"extra_body": {"top_k": 5}},
        {"provider": {"extra_body": {"top_k": 5}}},
        {"provider": {"headers": {"X-Title": "mine"}}},
    ],
    ids=str,
)
def test_only_a_file_of_ones_own_may_add_any(what: dict[str, Any]) -> None:
    built(**what)
    assert "counts only in a file of your settings folder" in problem(own=False, **what)


def test_any_file_may_leave_fields_out() -> None:
    built(own=False, omit=["temperature"], provider={"omit": ["stream_options"]})


@pytest.mark.parametrize("name", ["max_tokens", "messages", "model", "logprobs", "Seed"])
def test_only_what_is_known_can_be_left_out(name: str) -> None:
    assert "omit" in problem(omit=[name])


@pytest.mark.parametrize(
    "name",
    [
        *("model", "messages", "stream", "n", "best_of", "max_tokens", "max_completion_tokens"),
        *(
            "temperature",
            "seed",
            "system",
            "stream_options",
            "response_format",
            "MODEL",
            " stream ",
        ),
        *("api_key", "apikey", "API-KEY", "authorization", "password", "secret", "access_token"),
        *("x-api-key", "client_secret", "bearer", "cookie", ""),
    ],
)
def test_fields_that_may_not_be_added(name: str) -> None:
    assert "extra_body: should" in problem(extra_body={name: "abc"})
    if name not in {"", " stream "} and not name.startswith(("m", "M", "s", "n", "b", "t", "r")):
        assert "should not hold" in problem(extra_body={"inner": [{name: "abc"}]})


@pytest.mark.parametrize(
    "value",
    [
        {"x": "y" * (MOST_BYTES + 1)},
        {"x": list(range(5000))},
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {"j": 1}}}}}}}}}},
        {"x": "sk-abcdefghijklmnopqrstuvwxyz0123456789ABCD"},
        "text",
        [1],
    ],
    ids=lambda value: str(value)[:30],
)
def test_bounds(value: Any) -> None:
    assert problem(extra_body=value)


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "Host"),
        *("Content-Length", "Transfer-Encoding", "Content-Type", "Connection", "TE", "Upgrade"),
        *("X-Api-Key", "api-key", "x-goog-api-key", "X-Auth-Token", "Ocp-Apim-Subscription-Key"),
        *(
            "X-Secret",
            "Accept-Encoding",
            "User-Agent",
            "Sec-Fetch-Mode",
            "Expect",
            "X-Forwarded-For",
        ),
        *("a b", "a:b", "a\r\nb", "", "é", ":path", "x" * 65),
    ],
)
def test_headers_that_may_not_be_added(name: str) -> None:
    assert "headers" in problem(provider={"headers": {name: "abc"}})


@pytest.mark.parametrize(
    "value",
    [
        *("a\r\nX-Other: b", "a\nb", "\tx", " x", "x ", "é", "", "x" * 501),
        *("Bearer abcdef", "basic YWJj", 5, ["x"]),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_values_that_break_out_of_their_header(value: Any) -> None:
    assert "headers" in problem(provider={"headers": {"X-Title": value}})


def test_headers_have_a_number_and_one_name_each() -> None:
    assert "at most 20" in problem(provider={"headers": {f"X-{n}": "v" for n in range(21)}})
    assert "twice" in problem(provider={"headers": {"X-Title": "a", "x-title": "b"}})


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_header_ever_holds_a_line_end(name: str, value: str) -> None:
    try:
        headers = built(provider={"headers": {name: value}}).providers["acme"].headers
    except RosterError:
        return
    line = "".join(f"{key}: {text}" for key, text in headers.items())
    assert line.isascii()
    assert line.isprintable()
