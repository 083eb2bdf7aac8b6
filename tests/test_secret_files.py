"""Keys never go along with a question, whatever the file is called and however it is reached."""

import base64
import json
import os
import secrets
import time
from pathlib import Path

import pytest

from moa_tui import paths, redaction
from moa_tui.attachments import attached
from moa_tui.errors import MoaError
from moa_tui.secret_files import why_refused

_BODY = "\n".join(base64.b64encode(bytes(range(n, n + 48))).decode() for n in range(8))
_HEAD, _FOOT = "-----BEGIN {}-----", "-----END {}-----"


def armoured(kind: str, headers: str = "") -> str:
    return f"{_HEAD.format(kind)}\n{headers}{_BODY}\n{_FOOT.format(kind)}\n"


PRIVATE = {
    "openssh": armoured("OPENSSH PRIVATE KEY"),
    "pkcs8": armoured("PRIVATE KEY"),
    "encrypted": armoured("ENCRYPTED PRIVATE KEY"),
    "rsa": armoured("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n"),
    "ec": "some words before\n" + armoured("EC PRIVATE KEY"),
    "dos": armoured("PRIVATE KEY").replace("\n", "\r\n"),
    "pgp": armoured("PGP PRIVATE KEY BLOCK", "Version: GnuPG v2\n\n"),
    "service account": '{"private_key": "' + armoured("PRIVATE KEY").replace("\n", "\\n") + '"}',
    "putty": "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n",
    "age": "# created: today\nAGE-SECRET-KEY-1" + "Q" * 58 + "\n",
    "aws": "[default]\naws_access_key_id = AKIA\naws_secret_access_key = " + "a1/" * 13 + "\n",
    "kube": "users:\n- name: me\n  user:\n    client-key-data: " + "LS0t" * 10 + "\n",
    "npm": "//registry.npmjs.org/:_authToken=npm_0123456789abcdef\n",
    "kube token": "users:\n- name: me\n  user:\n    token: eyJhbGciOiJSUzI1NiJ9.e30.c2ln\n",
    "docker": '{"auths": {"https://index.example": {"auth": "bWU6MHBlbnNlc2FtZQ=="}}}\n',
    "jwk": '{"kty": "RSA", "e": "AQAB", "d": "' + "aB3-" * 12 + '"}\n',
    "openai": "OPENAI_API_KEY=sk-proj-aB3dE5fG7hJ9kL1mN3pQ5\n",
    "github": "https://me:ghp_aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z@github.com\n",
    "google": "key: AIza" + "aB3dE5f" * 5 + "\n",
    "netrc": "machine example.org\n  login me\n  password 0pen\n",
}


def refusal(path: Path) -> str:
    with pytest.raises(MoaError) as caught:
        attached([str(path)])
    return str(caught.value)


@pytest.mark.parametrize("kind", PRIVATE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_key_is_known_by_what_it_is(tmp_path: Path, kind: str, encoding: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(PRIVATE[kind].encode(encoding))
    told = refusal(path)
    assert "notes.txt" in told
    assert "does not go along" in told
    assert _BODY[:20] not in told


@pytest.mark.parametrize(
    "text",
    [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@here\n",
        armoured("CERTIFICATE"),
        armoured("PUBLIC KEY"),
        'assert "-----BEGIN PRIVATE KEY-----" in text\nassert "-----END PRIVATE KEY-----" in it\n',
        "the file begins with -----BEGIN OPENSSH PRIVATE KEY----- and ends with another line\n",
        "export const password = prompt('password?')\n",
        "the machine asks for a password\n",
        "OPENAI_API_KEY=sk-proj-xxxxxxxxxxxxxxxxxxxxxxxx1\nCEREBRAS_API_KEY=csk-...\n",
        "import sk-learn-contrib-and-other-words, hf_transfer\nfw_version_2_of_the_board = 1\n",
        '{"auth": "none", "d": "a letter", "token": "eyJ"}\ntoken: the next word\n',
    ],
)
def test_what_only_speaks_of_keys_goes_along(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.md"
    path.write_text(text)
    assert attached([str(path)])


@pytest.mark.parametrize(
    "place",
    [
        *(".netrc", ".git-credentials", ".aws/credentials", ".kube/config", ".docker/config.json"),
        *(".env", "project/.env.production", ".ssh/id_ed25519", ".config/gh/hosts.yml", ".pgpass"),
        *(".gnupg/private-keys-v1.d/A.key", ".NETRC", ".bash_history", ".config/gcloud/x.json"),
        *("prod.env", ".ssh/work", ".psql_history", "fish/fish_history", "terraform.tfstate"),
    ],
)
def test_a_place_of_secrets_is_refused_also_through_a_link(tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("nothing that can be seen to be secret\n")
    assert "passwords, tokens or keys" in refusal(path)
    link = tmp_path / "harmless.txt"
    link.symlink_to(path)
    assert "passwords, tokens or keys" in refusal(link)


def test_an_example_of_an_environment_goes_along(tmp_path: Path) -> None:
    for name in (".env.example", "example.env", ".ssh/known_hosts", ".ssh/a.pub", "env.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("PORT=80\n")
        assert attached([str(tmp_path / name)])


def test_the_key_store_is_refused_under_any_name(home: Path, tmp_path: Path) -> None:
    store = paths.user_config_dir() / "keys.json"
    store.parent.mkdir(parents=True, exist_ok=True)
    kept = secrets.token_urlsafe(30)
    store.write_text(json.dumps({"version": 1, "keys": [{"name": "A", "host": "b", "key": kept}]}))
    assert "holds your API keys" in refusal(store)
    os.link(store, tmp_path / "hard.txt")
    (tmp_path / "soft.txt").symlink_to(store)
    for name in ("hard.txt", "soft.txt"):
        assert "holds your API keys" in refusal(tmp_path / name)
    copy = tmp_path / "copy.txt"
    copy.write_text(f"the key is {kept}, do not tell\n")
    told = refusal(copy)
    assert "an API key of yours" in told
    assert kept not in told


def test_a_key_that_is_held_or_in_the_environment_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, other = secrets.token_urlsafe(30), secrets.token_hex(20)
    redaction.hold(held)
    monkeypatch.setenv("SOMEBODYS_API_KEY", other)
    pat, wrapped = secrets.token_hex(20), "\n".join((other[:20], other[20:]))
    monkeypatch.setenv("GITHUB_PAT", pat)
    encoded = [base64.b64encode(key.encode()).decode() for key in (held, other)]
    for text in (f"x = '{held}'", *encoded, f"KEY={other}", f"p: {pat}", pat.upper(), wrapped):
        path = tmp_path / "x.py"
        path.write_text(text)
        assert "an API key of yours" in refusal(path)


@pytest.mark.parametrize(
    "line",
    [
        "\n",
        "-----BEGIN PRIVATE KEY-----",
        "machine x login ",
        " ",
        "_auth",
        "(private-key-",
        "sk-",
        "sk-a1 ",
    ],
)
def test_a_file_made_to_be_slow_is_not(tmp_path: Path, line: str) -> None:
    took = []
    for size in (64 * 1024, 256 * 1024):
        text = line * (size // len(line))
        began = time.process_time()
        why_refused(tmp_path / "x.txt", text)
        took.append(time.process_time() - began)
    assert took[1] < 16 * took[0] + 0.5
