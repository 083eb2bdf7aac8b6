"""The program itself: versions, folders, settings, the roster that would be used, keys, model."""

import os
import platform
import stat
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui import __version__, paths
from moa_tui.cli.doctoring.section import Section
from moa_tui.errors import MoaError
from moa_tui.text import clean_line

if TYPE_CHECKING:
    from moa_tui.roster.model import Roster
    from moa_tui.roster.trust_question import TrustQuestion

_LIBRARIES = ("textual", "rich", "openai", "aiohttp", "pydantic", "msgspec", "keyring", "xllamacpp")


def program_section() -> Section:
    """Say which versions are installed."""
    section = Section("Program", {"moa-tui": __version__, "Python": platform.python_version()})
    section.facts["system"] = f"{platform.system()} {platform.release()} {platform.machine()}"
    for name in _LIBRARIES:
        try:
            section.facts[name] = version(name)
        except PackageNotFoundError:
            section.facts[name] = "not installed"
    return section


def folders_section() -> Section:
    """Say where things are, and whether others can read them."""
    section = Section("Folders")
    folders = {
        "settings": paths.user_config_dir(),
        "history and models": paths.user_data_dir(),
        "state": paths.user_state_dir(),
        "history": paths.history_file(),
    }
    for name, path in folders.items():
        section.facts[name] = f"{clean_line(str(path), 200)}  {permissions(path)}"
    return section


def permissions(path: Path) -> str:
    """Say who may do what with `path`."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return "(not there yet)"
    except OSError as error:
        return f"(cannot be looked at: {error.strerror})"
    words = stat.filemode(found.st_mode)
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        return f"{words} of another user"
    return f"{words}, writable" if os.access(path, os.W_OK) else f"{words}, not writable"


def model_section() -> Section:
    """Say whether the embedded model can run."""
    from moa_tui.local.setup import engine_available
    from moa_tui.local.weights import find_weights

    weights = find_weights()
    section = Section("Embedded model")
    section.facts["engine"] = "installed" if engine_available() else "not installed"
    section.facts["weights"] = clean_line(str(weights), 200) if weights else "not here"
    if not (weights and engine_available()):
        section.advice.append("moa-tui local setup")
    return section


def roster_section(config: Path | None) -> "tuple[Section, Roster | None]":
    """Say which agents.yaml would be used, and of which providers there are keys: names only.

    Of a file that nobody has allowed only what it asks for is told: no key is looked up for it.
    """
    from moa_tui.cli.choosing import roster_for
    from moa_tui.roster.loading import find_roster
    from moa_tui.roster.trust import trusted_roster
    from moa_tui.roster.trust_question import UntrustedError

    section = Section("Agents")
    found = find_roster(config)
    try:
        try:
            roster, _ = roster_for(config)
        except UntrustedError as error:
            if not error.question.offered:
                raise
            # What only lies in this folder is passed over until it is allowed.
            section.facts["passed over"] = f"{error.question.shown_path}, until allowed"
            section.advice.append(error.question.command)
            roster = trusted_roster(found)
        section.facts["file"] = f"{clean_line(str(roster.path), 200)} ({roster.origin})"
        lineup = roster.lineup()
    except UntrustedError as error:
        section.facts |= _not_allowed(error.question, found.origin)
        section.advice.append(f"look at it, then allow it: {error.question.command}")
        return section, None
    except MoaError as error:
        section.facts.setdefault("file", f"{clean_line(str(found.path), 200)} ({found.origin})")
        section.advice.append(str(error))
        return section, None
    names = dict.fromkeys(agent.name for agent in lineup.agents)
    section.facts["agents"] = ", ".join(clean_line(name, 40) for name in names)
    for name in dict.fromkeys(agent.provider for agent in lineup.agents):
        section.facts[f"key of {clean_line(name, 40)}"] = _key_of(roster, name)
    return section, roster


def _not_allowed(question: "TrustQuestion", origin: str) -> dict[str, str]:
    from moa_tui.roster.trust_words import destination_lines, heading

    return {
        "file": f"{question.shown_path} ({origin})",
        "not used": f"{heading(question)} No key was looked up, nobody was asked.",
        "it would ask": "; ".join(line for line, _ in destination_lines(question)),
    }


def _key_of(roster: "Roster", name: str) -> str:
    from moa_tui.roster.keys import Keys

    provider = roster.providers[name]
    if not provider.api_key_env:
        return "none needed"
    try:
        found = Keys().find(provider)
    except MoaError as error:
        return str(error)
    if found:
        return f"{provider.api_key_env} is set ({found.source})"
    return f"{provider.api_key_env} is not set{'' if provider.key_required else ', nor needed'}"


def keyring_section() -> Section:
    """Say where `moa-tui auth` would put a key."""
    from moa_tui.roster.keyring_access import usable

    where = "the system's keyring" if usable() else "a file that only you can read"
    return Section("Keys", {"stored in": where})
