"""Files that never go along with a question, whoever asks for it: keys, and what opens accounts.

By what they hold where that can be seen, else by where they are. A file that is refused in error
costs a copy of the part that matters; one that goes along in error cannot be called back.
"""

import json
import os
import re
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

from moa_tui import paths
from moa_tui.redaction import holds_key, secrets_of

_KEY_STORE = "keys.json"
_MOST_STORED = 1024 * 1024
_SHORTEST = 12

_PRIVATE_KEY = re.compile(
    # The text of a key follows, perhaps behind headers; a program or a manual only names the line.
    r"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----.{0,400}?[A-Za-z0-9+/=]{40}"
    r"|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"
    r"|PuTTY-User-Key-File-\d"
    r"|\bAGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{20}"
    r"|\(private-key\b"
    r"|\(protected-private-key\b",
    re.DOTALL,
)
_CREDENTIALS = re.compile(
    r"(?im)^[ \t]*aws_(?:secret_access_key|session_token)[ \t]*[=:][ \t]*\S{16}"
    r"|^[ \t-]*client-key-data[ \t]*:[ \t]*\S{16}"
    r"|^[ \t]*(?://\S{1,200}:)?_(?:authToken|auth|password)[ \t]*=[ \t]*\S{8}"
    r"|^[ \t]*machine[ \t]{1,9}\S{1,200}(?:\s{1,9}login\s{1,9}\S{1,200})?\s{1,9}password\s{1,9}\S"
)
_KEYS = re.compile(
    # As their hosts make them: an example in a manual is shorter, or has one letter over and over.
    r"(?<![\w-])(?:(?:csk|sk|xai|nvapi|pplx|glpat)-|(?:gsk|hf|npm|gh[oprsu]|github_pat)_|xox[abprs]-)"
    r"(?=[\w-]{0,99}\d)(?![\w-]{0,99}(\w)\1{4})[\w-]{20}"
    r"|(?<![\w-])AIza(?!\w{0,35}(\w)\2{4})[\w-]{35}"
)
_JSON_CREDENTIALS = re.compile(
    r'"auth"\s{0,9}:\s{0,9}"[A-Za-z0-9+/]{8,}={0,2}"'  # of Docker
    r'|"(?:client_secret|refresh_token)"\s{0,9}:\s{0,9}"[^"\s]{12,}"'
    r"|(?m:^[ \t-]*token[ \t]*:[ \t]*[\"\']?eyJ[\w-]{8,}\.)"  # of Kubernetes
)
_PRIVATE_JWK = re.compile(r'"d"\s{0,9}:\s{0,9}"[\w-]{30,}"')
_PLACES = (
    *("*/.netrc", "*/_netrc", "*/.authinfo", "*/.git-credentials", "*/.pgpass", "*/.my.cnf"),
    *("*/.config/git/credentials", "*/.aws/credentials", "*/.aws/*/cache/*", "*/.kube/config"),
    *("*/.docker/config.json", "*/.config/gh/hosts.yml", "*/.config/hub", "*/.vault-token"),
    *("*/.config/gcloud/*", "*/.azure/*", "*/.cargo/credentials*", "*/.gem/credentials"),
    *("*/.terraform.d/credentials*", "*/.pypirc", "*/.npmrc", "*/.yarnrc.yml", "*/.s3cfg"),
    *("*/.gnupg/*", "*/.password-store/*", "*/.ssh/*", "*/.env", "*/.env.*", "*/*.env"),
    *("*/.envrc", "*/.htpasswd", "/etc/shadow*", "/etc/gshadow*", "/proc/*/environ", "*/*.kdbx"),
    *("*/.*_history", "*/fish_history", "*/*.tfstate", "*/*.tfstate.backup", "/proc/*/maps"),
)
_HARMLESS = (
    *("*.pub", ".env.example", ".env.sample", ".env.template", ".env.dist", "example.env"),
    *("sample.env", "template.env", "known_hosts", "authorized_keys"),
)


def why_refused(path: Path, text: str, status: os.stat_result | None = None) -> str:
    """Return what is secret about the file at `path` that holds `text`; empty if nothing is."""
    if _is_key_store(path, status):
        return "holds your API keys"
    if _PRIVATE_KEY.search(text):
        return "holds a private key"
    if holds_key(text, *_secrets()):
        return "holds an API key of yours, or another secret of your environment"
    if _KEYS.search(text):
        return "holds what looks like an API key"
    if _holds_credentials(text) or _is_in_a_secret_place(path):
        return "is a place for passwords, tokens or keys"
    return ""


def _holds_credentials(text: str) -> bool:
    if _CREDENTIALS.search(text) or _JSON_CREDENTIALS.search(text):
        return True
    return '"kty"' in text and bool(_PRIVATE_JWK.search(text))


def _is_key_store(path: Path, status: os.stat_result | None) -> bool:
    store = paths.user_config_dir() / _KEY_STORE
    with suppress(OSError):
        there = store.stat()
        here = status or path.stat()
        if (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino):
            return True
    return os.path.realpath(path) == os.path.realpath(store)


def _secrets() -> set[str]:
    """Return what the environment and the key store hold, whether or not it has been used."""
    found = set(secrets_of())
    with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        with (paths.user_config_dir() / _KEY_STORE).open("rb") as file:
            rows = json.loads(file.read(_MOST_STORED))["keys"]
        found |= {row["key"] for row in rows if isinstance(row.get("key"), str)}
    return {
        secret
        for secret in found
        # Neither a word nor a path: those may stand anywhere.
        if len(secret) >= _SHORTEST and not secret.isalpha() and not secret.startswith(("/", "~"))
    }


def _is_in_a_secret_place(path: Path) -> bool:
    for where in {path, Path(os.path.realpath(path))}:
        if any(fnmatchcase(where.name, harmless) for harmless in _HARMLESS):
            continue
        # A system's file names may differ in case only and be the same.
        name = where.as_posix().casefold()
        if any(fnmatchcase(name, place) for place in _PLACES):
            return True
    return False
