"""The host that is shown is the host that is asked, and the one that a key is stored for."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from moa_tui.errors import MoaError
from moa_tui.roster.build import RosterError, parse_roster
from moa_tui.roster.hosts import AddressError, canonical, host_of, is_loopback, place_of
from moa_tui.roster.key_store import KeyStore
from moa_tui.roster.keys import ApiKey, Keys
from moa_tui.roster.presets import PROVIDERS
from tests.rosters import build_roster

SPELLINGS = {
    "straße.example": "xn--strae-oqa.example",
    "STRAßE.example": "xn--strae-oqa.example",
    "XN--STRAE-OQA.example": "xn--strae-oqa.example",
    "strasse.example": "strasse.example",
    "βόλος.example": "xn--nxasmm1c.example",
    "βόλοσ.example": "xn--nxasmq6b.example",
    "API.Groq.COM": "api.groq.com",
    "api.groq.com.": "api.groq.com",
    "api。groq.com": "api.groq.com",
    "api.groq.com:443": "api.groq.com",
    "api.groq.com:0443": "api.groq.com",
    "api.groq.com:": "api.groq.com",
    "аpi.groq.com": "xn--pi-6kc.groq.com",  # Cyrillic а
    "[0:0::1]:8443": "[::1]:8443",
    "[::ffff:127.0.0.1]:8443": "127.0.0.1:8443",
}

REFUSED = {
    "１２７.0.0.1": "no name of DNS",
    "127.0.0.１": "no name of DNS",
    "ﬁrma.example": "no name of DNS",
    "☃.example": "no name of DNS",
    "xn--a.example": "no name of DNS",
    "xn--strasse-.example": "no name of DNS",
    "2130706433": "four numbers",
    "127.1": "four numbers",
    "0177.0.0.1": "four numbers",
    "0x7f.0.0.1": "four numbers",
    "0x7f000001": "four numbers",
    "1.2.3.4.5": "four numbers",
    "256.1.1.1": "four numbers",
    "0": "four numbers",
    "0.0.0.0": "write 127.0.0.1",
    "0.0.0.0:8000": "write 127.0.0.1",
    "[::]": "write 127.0.0.1",
    "[::ffff:0.0.0.0]": "write 127.0.0.1",
    "[fe80::1%eth0]": "network interface",
    "[fe80::1%25eth0]": "network interface",
    "[::1::2]": "address",
    "api%2egroq.com": "an address",
    "api.groq.com%00.evil.example": "an address",
    "a..b": "an address",
    "-a.example": "an address",
    "a" * 64 + ".example": "an address",
    "api.groq.com\\.evil.example": "backslash",
    "evil.example\\@api.groq.com": "name or password",
    "me@api.groq.com": "name or password",
    "api.groq.com:٤٤٣": "not an http(s) address",
    "api.groq.com:65536": "not an http(s) address",
    "api.groq.com:+443": "not an http(s) address",
    "api.groq.com:-1": "not an http(s) address",
    "evil.example／@api.groq.com": "",
}


def written(host: str, scheme: str = "https") -> bytes:
    url = json.dumps(f"{scheme}://{host}/v1", ensure_ascii=False)
    return (
        f"version: 1\nproviders: {{x: {{base_url: {url}, api_key_env: X_API_KEY}}}}\n"
        "agents: [{name: a, model: m, provider: x}]\naggregator: a\n"
    ).encode()


@pytest.mark.parametrize(("host", "place"), SPELLINGS.items())
def test_a_host_has_one_spelling_everywhere(host: str, place: str) -> None:
    source = written(host)
    shown = parse_roster(source, Path("agents.yaml"), "test").destinations[0].place
    provider = build_roster(source, Path("agents.yaml"), "test").providers["x"]
    asked = httpx2.URL(provider.base_url).raw_host.decode()
    assert shown == place == place_of(f"https://{host}/v1")
    assert f"[{asked}]" in place if ":" in asked else place.startswith(asked)
    keys = Keys({}, KeyStore(Path(f"keys-{abs(hash(host))}.json").absolute()))
    try:
        keys.store.put("X_API_KEY", place, ApiKey("stored-key-0123"), in_keyring=False)
        assert keys.find(provider)
    finally:
        keys.store.path.unlink(missing_ok=True)


@pytest.mark.parametrize(("host", "why"), REFUSED.items())
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_may_be_read_in_two_ways_is_refused_with_what_to_write(
    host: str, why: str, scheme: str
) -> None:
    with pytest.raises(RosterError) as caught:
        parse_roster(written(host, scheme), Path("agents.yaml"), "test")
    assert "providers.x.base_url" in str(caught.value)
    assert why in str(caught.value)


def test_a_key_stored_under_another_spelling_is_not_found(home: Path) -> None:
    """As an older version kept it, by the older rules: strasse is somebody else's name."""
    provider = build_roster(written("straße.example"), Path("agents.yaml"), "test").providers["x"]
    store = KeyStore()
    store.put("X_API_KEY", "strasse.example", ApiKey("stored-key-0123"), in_keyring=False)
    assert Keys({}, store).find(provider) is None
    store.path.unlink()


def test_the_presets_are_written_as_everything_else_is() -> None:
    for provider in PROVIDERS.values():
        assert canonical(provider.base_url) == provider.base_url


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.8.7:1", "localhost", "[::1]", "LOCALHOST."])
def test_this_machine(host: str) -> None:
    url = canonical(f"http://{host}/v1")
    assert is_loopback(url)
    assert host_of(url) == "localhost"
    assert build_roster(written(host, "http"), Path("f"), "test").providers["x"].is_local


LETTERS = st.sampled_from("aAzZ09-.ßςẞİıK。é\u0301ä")
ODD = st.sampled_from("_ﬁ．１٣☃%@:[]\\/?#\u00ad\u200d xn") | st.characters(codec="utf-8")
HOSTS = st.text(LETTERS, min_size=1, max_size=12) | st.text(LETTERS | ODD, min_size=1, max_size=20)


@given(host=HOSTS, scheme=st.sampled_from(["http", "https"]))
def test_whatever_is_accepted_is_asked_at_the_host_that_is_shown(host: str, scheme: str) -> None:
    try:
        roster = build_roster(written(host, scheme), Path("agents.yaml"), "test", own=True)
    except MoaError:
        return
    url = roster.providers["x"].base_url
    place, name = place_of(url), urlsplit(url).hostname or ""
    assert url.isascii()
    assert canonical(url) == url
    assert httpx2.URL(url).raw_host.decode() == name == URL(url).raw_host
    assert place.removeprefix("http://").strip("[]").startswith(name)


@given(host=HOSTS)
def test_the_client_asks_nobody_else_with_what_was_written(host: str) -> None:
    """Had the address gone to the client as it was written, it would have had the same host."""
    url = f"https://{host}/v1"
    try:
        mine = canonical(url)
        theirs = httpx2.URL(url)
    except (AddressError, httpx2.InvalidURL, ValueError, UnicodeError):
        return
    if mine != url and urlsplit(mine).hostname and "@" not in url and theirs.host:
        assert theirs.raw_host.decode().removesuffix(".") == urlsplit(mine).hostname
