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
from moa_tui.redaction import holds_key

_KEY_STORE = "keys.json"
_MOST_STORED = 1024 * 1024
_SHORTEST = 12
_SECRET_VARIABLE = re.compile(r"_(?:KEY|TOKEN|SECRET|PASSWORD)\Z")

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
_PLACES = (
    *("*/.netrc", "*/_netrc", "*/.authinfo", "*/.git-credentials", "*/.pgpass", "*/.my.cnf"),
    *("*/.config/git/credentials", "*/.aws/credentials", "*/.aws/*/cache/*", "*/.kube/config"),
    *("*/.docker/config.json", "*/.config/gh/hosts.yml", "*/.config/hub", "*/.vault-token"),
    *("*/.config/gcloud/*", "*/.azure/*", "*/.cargo/credentials*", "*/.gem/credentials"),
    *("*/.terraform.d/credentials*", "*/.pypirc", "*/.npmrc", "*/.yarnrc.yml", "*/.s3cfg"),
    *("*/.gnupg/*", "*/.password-store/*", "*/.ssh/id_*", "*/.ssh/*.pem", "*/.env", "*/.env.*"),
    *("*/.envrc", "*/.htpasswd", "/etc/shadow*", "/etc/gshadow*", "/proc/*/environ", "*/*.kdbx"),
    *("*/.bash_history", "*/.zsh_history", "*/.python_history", "*/.ssh/identity"),
)
_HARMLESS = ("*.pub", ".env.example", ".env.sample", ".env.template", ".env.dist")


def why_refused(path: Path, text: str, status: os.stat_result | None = None) -> str:
    """Return what is secret about the file at `path` that holds `text`; empty if nothing is."""
    if _is_key_store(path, status):
        return "holds your API keys"
    if _PRIVATE_KEY.search(text):
        return "holds a private key"
    if holds_key(text) or any(secret in text for secret in _secrets()):
        return "holds an API key of yours, or another secret of your environment"
    if _CREDENTIALS.search(text) or _is_in_a_secret_place(path):
        return "is a place for passwords, tokens or keys"
    return ""


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
    found = {v.strip() for name, v in os.environ.items() if _SECRET_VARIABLE.search(name.upper())}
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
