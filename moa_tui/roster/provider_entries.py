"""Providers of a file, laid over the presets; where an address and a key may go is decided here."""

from collections.abc import Mapping
from dataclasses import replace

from moa_tui.roster.document import Document, Location
from moa_tui.roster.hosts import host_of, is_loopback, place_of, split
from moa_tui.roster.model import Dialect, Price, Provider, RateLimits
from moa_tui.roster.presets import PROVIDERS
from moa_tui.roster.schema import PriceEntry, ProviderEntry, SamplingEntry
from moa_tui.roster.wording import did_you_mean

_PLAIN = "plain http can be read on its way — use https or a tunnel, or add 'allow_http: true'"
_NOT_OWN = " here, once the file is in your settings folder"
_OWN_ONLY = "counts only in a file of your settings folder — move the file there, or take this out"


def resolve_providers(
    entries: Mapping[str, ProviderEntry], document: Document, *, own: bool
) -> dict[str, Provider]:
    """Return the presets and the file's own providers; what is wrong is reported to `document`.

    `own` says that the file is the person's: only then may it allow plain http.
    """
    own_providers = {
        name: _provider(name, entry, document, own=own) for name, entry in entries.items()
    }
    return PROVIDERS | own_providers


def _provider(name: str, entry: ProviderEntry, document: Document, *, own: bool) -> Provider:
    where: Location = ("providers", name)
    base = PROVIDERS.get(entry.like or name)
    if entry.like and not base:
        document.report((*where, "like"), f"unknown preset{did_you_mean(entry.like, PROVIDERS)}")
    base = base or Provider(name, "", None, key_required=False)
    # At another address the preset's key has no business: it belongs to the preset's host.
    moved = entry.base_url is not None and host_of(entry.base_url) != host_of(base.base_url)
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
        prices={model: _price(price) for model, price in entry.prices.items()},
        context_window=entry.context_window or (None if moved else base.context_window),
        context_windows={} if moved or entry.context_window else base.context_windows,
    )
    if entry.limits is not None:
        provider = replace(provider, limits=RateLimits(**entry.limits.model_dump()))
    provider = replace(provider, dialect=_dialect(base.dialect, entry))
    refuse_of_others(where, entry, document, own=own)
    if entry.headers:
        provider = replace(provider, headers=entry.headers)
    if provider.base_url:
        _check_address((*where, "base_url"), provider.base_url, document)
        if is_plain(provider.base_url):
            _check_plain(where, entry, document, own=own)
        _check_key_host((*where, "api_key_env"), provider, document)
    elif not provider.embedded and not entry.like:
        document.report(where, "no base_url — add one, or 'like: <preset>'")
    return provider


def refuse_of_others(
    where: Location, entry: ProviderEntry | SamplingEntry, document: Document, *, own: bool
) -> None:
    """Further fields and headers are sent unseen: no file from elsewhere can add any."""
    for name in ("extra_body", "headers"):
        if getattr(entry, name, None) and not own:
            document.report((*where, name), _OWN_ONLY)


def _dialect(base: Dialect, entry: ProviderEntry) -> Dialect:
    dialect = base
    if entry.finish_required is not None:
        dialect = replace(dialect, finish_required=entry.finish_required)
    if entry.omit is not None:
        dialect = replace(dialect, omit=tuple(entry.omit))
    if entry.extra_body:
        dialect = replace(dialect, extra_body={**dialect.extra_body, **entry.extra_body})
    return dialect


def is_plain(url: str) -> bool:
    """Whether `url` is asked over plain http on another machine."""
    return split(url).scheme == "http" and not is_loopback(url)


def _price(entry: PriceEntry) -> Price:
    return Price(entry.input, entry.output, entry.cached)


def _check_address(where: Location, url: str, document: Document) -> None:
    parts = split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in url:
        document.report(where, "not an http(s) address — for example https://host/v1")
    elif parts.username is not None or parts.password is not None:
        document.report(where, "holds a name or password — use api_key_env")
    elif parts.query or parts.fragment:
        document.report(where, "holds more than an address — end it before the '?' or '#'")


def _check_plain(where: Location, entry: ProviderEntry, document: Document, *, own: bool) -> None:
    """Plain http has to be allowed, and no file from elsewhere can allow it."""
    if not entry.allow_http:
        document.report((*where, "base_url"), _PLAIN if own else f"{_PLAIN}{_NOT_OWN}")
    elif not own:
        what = "counts only in a file of your settings folder — use https, or move the file there"
        document.report((*where, "allow_http"), what)


def _check_key_host(where: Location, provider: Provider, document: Document) -> None:
    """A well-known provider's key goes to that provider's host and nowhere else."""
    variable, host = provider.api_key_env, host_of(provider.base_url)
    owners = [p for p in PROVIDERS.values() if p.key_required and p.api_key_env == variable]
    hosts = sorted(host_of(owner.base_url) for owner in owners)
    if not variable or not hosts:
        return
    belongs = f"{variable} belongs to {', '.join(hosts)}"
    if host not in hosts:
        document.report(where, f"{belongs} — give {host or 'this host'} a variable of its own")
    elif is_plain(provider.base_url):
        document.report(where, f"{belongs} over https — plain http can be read on its way")
    elif place_of(provider.base_url) not in hosts:
        document.report(where, f"{belongs} — give another port a variable of its own")
