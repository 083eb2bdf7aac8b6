"""Keys that were stored: each for one host, where nobody else reads them."""

import stat
import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from moa_tui import paths
from moa_tui.errors import MissingKeyError, MoaError
from moa_tui.roster import keyring_access
from moa_tui.roster.key_store import Entry, KeyStore
from moa_tui.roster.keys import ApiKey, Keys, find_key
from moa_tui.roster.model import Provider
from moa_tui.roster.presets import PROVIDERS

SECRET = "csk-5ecret0123456789"
NAME, HOST = "CEREBRAS_API_KEY", "api.cerebras.ai"
CEREBRAS = PROVIDERS["cerebras"]


def with_locals(error: Exception) -> str:
    """Return what a crash report would show, without the test's own frame."""
    assert error.__traceback__
    below = error.__traceback__.tb_next
    report = traceback.TracebackException(type(error), error, below, capture_locals=True)
    return "".join(report.format())


@pytest.fixture
def store(home: Path) -> KeyStore:
    """The person's stored keys, none yet."""
    return KeyStore()


@pytest.fixture
def stored(store: KeyStore) -> KeyStore:
    """One key in the file."""
    store.put(NAME, HOST, ApiKey(SECRET), in_keyring=False)
    return store


def test_none_is_lost_where_several_are_stored_at_once(store: KeyStore) -> None:
    """Locks of folders part threads that opened them, as they part programs."""
    hosts = [f"host-{n}.example" for n in range(16)]

    def put(host: str) -> None:
        KeyStore().put(NAME, host, ApiKey(SECRET), in_keyring=False)

    with ThreadPoolExecutor(len(hosts)) as pool:
        list(pool.map(put, hosts))
    assert sorted(entry.place for entry in store.entries()) == sorted(hosts)


def test_a_stored_key_is_found_for_its_host(stored: KeyStore) -> None:
    assert find_key(CEREBRAS).reveal() == SECRET
    found = Keys().find(CEREBRAS)
    assert found
    assert found.source == "file"
    assert stored.entries() == [Entry(NAME, HOST, "file")]


@pytest.mark.parametrize(
    "url",
    [
        "https://collect.example/v1",
        "https://api.cerebras.ai.evil.example/v1",
        "https://api.cerebras.ai:8443/v1",
        "http://api.cerebras.ai/v1",
        "http://127.0.0.1:80/v1",
    ],
)
def test_a_stored_key_is_for_no_other_host(stored: KeyStore, url: str) -> None:
    with pytest.raises(MissingKeyError):
        find_key(Provider("x", url, NAME))


def test_the_environment_goes_before_it(stored: KeyStore) -> None:
    assert find_key(CEREBRAS, Keys({NAME: "csk-other-0123"})).reveal() == "csk-other-0123"
    assert find_key(CEREBRAS, Keys({NAME: " "})).reveal() == SECRET


def test_the_file_is_the_persons_alone(stored: KeyStore) -> None:
    assert stored.path.parent == paths.user_config_dir()
    assert stat.S_IMODE(stored.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.path.parent.stat().st_mode) == 0o700
    assert list(stored.path.parent.iterdir()) == [stored.path]


def test_another_key_takes_its_place_and_removing_leaves_none(stored: KeyStore) -> None:
    stored.put(NAME, HOST, ApiKey("csk-newer-0123"), in_keyring=False)
    stored.put("X_API_KEY", "h:1", ApiKey("another-key"), in_keyring=False)
    assert find_key(CEREBRAS).reveal() == "csk-newer-0123"
    assert SECRET not in stored.path.read_text()
    assert stored.remove(NAME, HOST)
    assert not stored.remove(NAME, HOST)
    assert stored.entries() == [Entry("X_API_KEY", "h:1", "file")]
    assert "csk" not in stored.path.read_text()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        SECRET.encode(),
        f'{{"keys": [{{"name": 1, "host": "h", "key": "{SECRET}"}}]}}'.encode(),
        f'{{"keys": [{{"name": "n", "host": "h", "key": ["{SECRET}"]}}]}}'.encode(),
        f'{{"keys": [{{"name": "n", "key": "{SECRET}"'.encode(),
    ],
)
def test_a_damaged_file_is_told_and_not_shown(stored: KeyStore, content: bytes) -> None:
    stored.path.write_bytes(content)
    with pytest.raises(MoaError, match="is damaged") as caught:
        find_key(CEREBRAS)
    assert SECRET not in with_locals(caught.value)


def test_what_is_stored_is_checked_like_any_key(stored: KeyStore) -> None:
    stored.path.write_text(stored.path.read_text().replace(SECRET, "csk 5ecret"))
    with pytest.raises(MoaError, match="does not hold a key") as caught:
        find_key(CEREBRAS)
    assert "5ecret" not in str(caught.value)


def test_a_link_in_its_place_is_not_followed(stored: KeyStore, tmp_path: Path) -> None:
    stored.path.rename(tmp_path / "planted")
    stored.path.symlink_to(tmp_path / "planted")
    for use in (
        lambda: find_key(CEREBRAS),
        lambda: stored.put(NAME, HOST, ApiKey("k" * 9), in_keyring=False),
    ):
        with pytest.raises(MoaError, match="a link is in its place"):
            use()


# The keyring: the package is optional, and what a system keeps is its own affair


class FakeKeyring(ModuleType):
    """As much of the package `keyring` as is used."""

    def __init__(self, priority: float = 5) -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}
        self.priority = priority
        self.gate: threading.Event | None = None

    def get_keyring(self) -> "FakeKeyring":
        return self

    def get_password(self, service: str, name: str) -> str | None:
        if self.gate:
            self.gate.wait()
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        if secret == "refused":
            raise RuntimeError(secret)
        self.kept[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


@pytest.fixture
def ring(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKeyring]:
    """A keyring, as the package would give it."""
    ring = FakeKeyring()
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setattr(keyring_access, "find_spec", lambda _name: object())
    yield ring
    if ring.gate:
        ring.gate.set()


def test_a_key_in_the_keyring_is_in_no_file(ring: FakeKeyring, store: KeyStore) -> None:
    store.put(NAME, HOST, ApiKey(SECRET), in_keyring=True)
    assert ring.kept == {("moa-tui", f"{NAME}@{HOST}"): SECRET}
    assert SECRET not in store.path.read_text()
    found = Keys().find(CEREBRAS)
    assert found
    assert (found.key.reveal(), found.source) == (SECRET, "keyring")
    with pytest.raises(MissingKeyError):
        find_key(Provider("x", "https://collect.example/v1", NAME))
    assert store.remove(NAME, HOST)
    assert ring.kept == {}


def test_a_key_moves_from_the_keyring_to_the_file(ring: FakeKeyring, store: KeyStore) -> None:
    store.put(NAME, HOST, ApiKey(SECRET), in_keyring=True)
    store.put(NAME, HOST, ApiKey(SECRET), in_keyring=False)
    assert ring.kept == {}
    assert store.entries() == [Entry(NAME, HOST, "file")]


def test_a_key_that_was_taken_out_of_the_keyring_is_missing(
    ring: FakeKeyring, store: KeyStore
) -> None:
    store.put(NAME, HOST, ApiKey(SECRET), in_keyring=True)
    ring.kept.clear()
    with pytest.raises(MissingKeyError):
        find_key(CEREBRAS)
    assert store.remove(NAME, HOST)


def test_a_keyring_that_does_not_answer_is_not_waited_for(
    ring: FakeKeyring, store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(NAME, HOST, ApiKey(SECRET), in_keyring=True)
    ring.gate = threading.Event()
    monkeypatch.setattr(keyring_access, "READ_SECONDS", 0.01)
    with pytest.raises(MoaError, match="keyring did not answer within"):
        find_key(CEREBRAS)


def test_a_keyring_is_not_asked_for_what_is_not_in_it(
    ring: FakeKeyring, stored: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("the keyring was asked")

    monkeypatch.setattr(keyring_access, "_within", refuse)
    assert find_key(CEREBRAS).reveal() == SECRET
    with pytest.raises(MissingKeyError):
        find_key(PROVIDERS["groq"])


def test_a_failing_keyring_is_told_without_what_it_says(ring: FakeKeyring, store: KeyStore) -> None:
    with pytest.raises(MoaError, match=r"keyring failed \(RuntimeError\)") as caught:
        store.put(NAME, HOST, ApiKey("refused"), in_keyring=True)
    assert "refused" not in str(caught.value)
    assert store.entries() == []


def test_a_keyring_that_protects_nothing_is_not_used(ring: FakeKeyring) -> None:
    assert keyring_access.usable()
    ring.priority = 0
    assert not keyring_access.usable()


def test_without_the_package_there_is_no_keyring(
    ring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring_access, "find_spec", lambda _name: None)
    assert not keyring_access.usable()
