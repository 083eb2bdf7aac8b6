"""Providers of a file, laid over the presets; where an address and a key may go is decided here."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

from moa_tui.roster.document import Document, Location
from moa_tui.roster.model import LOOPBACK, Provider, RateLimits
from moa_tui.roster.presets import PROVIDERS
from moa_tui.roster.schema import ProviderEntry
from moa_tui.roster.wording import did_you_mean


def resolve_providers(
    entries: Mapping[str, ProviderEntry], document: Document
) -> dict[str, Provider]:
    """Return the presets and the file's own providers; what is wrong is reported to `document`."""
    own = {name: _provider(name, entry, document) for name, entry in entries.items()}
    return PROVIDERS | own


def _provider(name: str, entry: ProviderEntry, document: Document) -> Provider:
    where: Location = ("providers", name)
    base = PROVIDERS.get(entry.like or name)
    if entry.like and not base:
        document.report((*where, "like"), f"unknown preset{did_you_mean(entry.like, PROVIDERS)}")
    base = base or Provider(name, "", None, key_required=False)
    # At another address the preset's key has no business: it belongs to the preset's host.
    moved = entry.base_url is not None and _host(entry.base_url) != _host(base.base_url)
    provider = replace(
        base,
        name=name,
        base_url=entry.base_url or base.base_url,
        api_key_env=entry.api_key_env or (None if moved else base.api_key_env),
        key_required=entry.api_key_env is not None or (base.key_required and not moved),
        embedded=base.embedded and entry.base_url is None,
        reference_tokens=entry.reference_tokens or base.reference_tokens,
        # Like the key: what the preset's host allows says nothing about another host.
        limits=RateLimits() if moved else base.limits,
    )
    if entry.limits is not None:
        provider = replace(provider, limits=RateLimits(**entry.limits.model_dump()))
    if entry.finish_required is not None:
        dialect = replace(base.dialect, finish_required=entry.finish_required)
        provider = replace(provider, dialect=dialect)
    if provider.base_url:
        _check_address((*where, "base_url"), provider.base_url, document)
        _check_key_host((*where, "api_key_env"), provider, document)
    elif not provider.embedded and not entry.like:
        document.report(where, "no base_url — add one, or 'like: <preset>'")
    return provider


def _check_address(where: Location, url: str, document: Document) -> None:
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in url:
        document.report(where, "not an http(s) address — for example https://host/v1")
    elif parts.username is not None or parts.password is not None:
        document.report(where, "holds a name or password — use api_key_env")
    elif parts.query or parts.fragment:
        document.report(where, "holds more than an address — end it before the '?' or '#'")
    elif parts.scheme == "http" and parts.hostname not in LOOPBACK:
        document.report(where, "plain http can be read on its way — use https, or a tunnel")


def _check_key_host(where: Location, provider: Provider, document: Document) -> None:
    """A well-known provider's key goes to that provider's host and nowhere else."""
    variable, host = provider.api_key_env, _host(provider.base_url)
    owners = [p for p in PROVIDERS.values() if p.key_required and p.api_key_env == variable]
    hosts = sorted(_host(owner.base_url) for owner in owners)
    if variable and hosts and host not in hosts:
        belongs = f"{variable} belongs to {', '.join(hosts)}"
        document.report(where, f"{belongs} — give {host or 'this host'} a variable of its own")


def _host(url: str) -> str:
    host = _split(url).hostname or ""
    return "localhost" if host in LOOPBACK else host


def _split(url: str) -> SplitResult:
    """Take an address apart; one that cannot be an address has no parts."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else urlsplit("")
    except ValueError:
        return urlsplit("")
