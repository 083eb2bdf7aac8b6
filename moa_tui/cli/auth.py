"""`moa-tui auth`: takes a provider's key from the person, tries it, and stores it for its host."""

import argparse
import asyncio
import os
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui.cli.exits import Exit
from moa_tui.errors import MoaError

if TYPE_CHECKING:
    from moa_tui.roster.api_key import ApiKey
    from moa_tui.roster.model import Provider, Roster

_LONGEST = 10_000
_EPILOG = """\
The key is stored for the provider's host only: in the system's keyring if moa-tui[keyring] is
installed, else in a file that only you can read. The environment variable goes before it.
"""


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    parser = subparsers.add_parser("auth", help=summary, description=summary, epilog=_EPILOG)
    parser.add_argument(
        "provider", nargs="?", default="cerebras", metavar="PROVIDER", help="by default cerebras"
    )
    # Taken here, so that it is refused in words: argparse would repeat it.
    parser.add_argument("key", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("-c", "--config", type=Path, metavar="FILE", help="agents.yaml to use")
    parser.add_argument("--stdin", action="store_true", help="read the key from standard input")
    parser.add_argument("--no-verify", action="store_true", help="store it without trying it")
    parser.add_argument("--file", action="store_true", help="not in the keyring, if there is one")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="list the keys there are, not their text")
    what.add_argument("--remove", action="store_true", help="delete the stored key")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Store, list or remove."""
    from moa_tui.redaction import MARK, redact

    if options.key or redact(options.provider) != options.provider or MARK in options.provider:
        raise MoaError(
            "a key is not taken from the command line: other users and the shell's history see it",
            "run moa-tui auth PROVIDER alone, or pipe the key in with --stdin; get a new key",
        )
    roster = _roster(options.config)
    if options.list:
        return _list(roster)
    provider = _provider(roster, options.provider)
    return _remove(provider) if options.remove else _store(provider, options)


def _roster(config: Path | None) -> "Roster":
    from moa_tui.cli.asking import until_answered
    from moa_tui.cli.choosing import roster_for
    from moa_tui.roster.loading import find_roster
    from moa_tui.roster.trust import trusted_roster
    from moa_tui.roster.trust_question import UntrustedError

    if config:
        return until_answered(lambda: roster_for(config)[0])
    try:
        return roster_for(None)[0]
    except UntrustedError as error:
        if not error.question.offered:
            raise
        # A key can be stored without deciding about the file of this folder.
        return trusted_roster(find_roster())


def _provider(roster: "Roster", name: str) -> "Provider":
    from moa_tui.roster.wording import did_you_mean
    from moa_tui.text import clean_line

    provider = roster.providers.get(name)
    if provider is None:
        hint = did_you_mean(name, roster.providers)
        raise MoaError(f"there is no provider '{clean_line(name)}' in {roster.path}{hint}")
    if provider.api_key_env is None:
        raise MoaError(f"{name} takes no key", "api_key_env in agents.yaml gives it one")
    return provider


def _store(provider: "Provider", options: argparse.Namespace) -> int:
    from moa_tui.roster import keyring_access
    from moa_tui.roster.hosts import place_of
    from moa_tui.roster.key_store import KeyStore
    from moa_tui.text import shown_path

    assert provider.api_key_env
    variable, place = provider.api_key_env, place_of(provider.base_url)
    key = _read(f"{variable} for {place}: ", from_stdin=options.stdin)
    if not options.no_verify and not _accepted(provider, key):
        return Exit.FAILED
    store = KeyStore()
    in_keyring = not options.file and keyring_access.usable()
    store.put(variable, place, key, in_keyring=in_keyring)
    where = (
        "the system's keyring"
        if in_keyring
        else f"{shown_path(store.path)}, which only you can read"
    )
    print(f"stored in {where}: {variable}, for {place} only")
    return Exit.OK


def _read(prompt: str, *, from_stdin: bool) -> "ApiKey":
    from moa_tui.roster.api_key import stripped
    from moa_tui.roster.keys import require_key

    if from_stdin:
        from moa_tui.cli.piped import read_piped_line

        key = stripped(read_piped_line(_LONGEST, "in a terminal, the key can be typed"))
    elif sys.stdin.isatty():
        try:
            key = stripped(getpass(prompt))
        except EOFError:
            key = stripped("")
    else:
        raise MoaError("there is no terminal to type the key in", "pipe it in, with --stdin")
    if not key:
        raise MoaError("no key was given: nothing is stored", "get one from the provider's site")
    require_key(key, "what was given")
    return key


def _accepted(provider: "Provider", key: "ApiKey") -> bool:
    """Try the key on the list of models, and say what came of it."""
    from moa_tui.engine.provider import ProviderError
    from moa_tui.engine.trying import models_with
    from moa_tui.roster.hosts import place_of

    try:
        count = asyncio.run(models_with(provider, key))
    except ProviderError as error:
        print(f"moa-tui: not stored: {error}", file=sys.stderr)
        print("moa-tui: to store it untried: --no-verify", file=sys.stderr)
        return False
    print(f"{place_of(provider.base_url)} answers with it: {count} models")
    return True


def _list(roster: "Roster") -> int:
    from moa_tui.roster.hosts import place_of
    from moa_tui.roster.key_store import KeyStore
    from moa_tui.text import clean_line

    rows = {(entry.variable, entry.source, entry.place) for entry in KeyStore().entries()}
    for provider in roster.providers.values():
        variable = provider.api_key_env
        if variable and os.environ.get(variable):
            rows.add((variable, "environment", place_of(provider.base_url)))
    for variable, source, place in sorted(rows):
        print(f"{clean_line(variable):<24} {source:<12} {clean_line(place)}")
    if not rows:
        print("no keys: moa-tui auth stores one")
    return Exit.OK


def _remove(provider: "Provider") -> int:
    from moa_tui.roster.hosts import place_of
    from moa_tui.roster.key_store import KeyStore

    assert provider.api_key_env
    variable, place = provider.api_key_env, place_of(provider.base_url)
    removed = KeyStore().remove(variable, place)
    print(f"{variable} for {place}: {'removed' if removed else 'none was stored'}")
    if os.environ.get(variable):
        print(f"{variable} is still set in the environment")
    return Exit.OK
