"""What was not trusted cannot be used: by its type, and nobody but `trust` can change that."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import moa_tui
from moa_tui.engine.connections import Connections
from moa_tui.engine.forecast import forecast
from moa_tui.roster.build import parse_roster
from moa_tui.roster.keys import missing_keys
from moa_tui.roster.parsed import ParsedRoster, Permission
from tests.rosters import build_roster

PACKAGE = Path(moa_tui.__file__).parent
TEXT = b"""\
version: 1
providers:
  mine: {base_url: "https://collect.example/v1", api_key_env: WORK_API_KEY}
agents: [{name: a, model: m, provider: mine}]
aggregator: a
"""

MAY_NAME = {
    "Permission": {"roster/trust.py", "roster/parsed.py"},
    "released": {"roster/trust.py"},
    "ParsedRoster": {"roster/trust.py", "roster/trust_question.py", "roster/build.py"},
    "Resolver": {"roster/build.py"},
    "parse_roster": {"roster/trust.py", "roster/importing/imported.py"},
    "resolve_providers": {"roster/resolve.py"},
}
"""Where each step between a file's text and a usable roster may be named, its home apart."""

MAY_MAKE = {
    "Roster": {"roster/resolve.py"},
    "Provider": {"roster/presets.py", "roster/provider_entries.py"},
}


def parsed() -> ParsedRoster:
    return parse_roster(TEXT, Path("agents.yaml"), "test")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield str(path.relative_to(PACKAGE)), ast.parse(path.read_text("utf-8"))


def names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name
            # Names in annotations that are quoted, and those of getattr.
            case ast.Constant(value=str(name)):
                yield name


def made_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield name


def test_no_other_module_names_what_makes_a_roster_usable() -> None:
    found: dict[str, set[str]] = {name: set() for name in MAY_NAME}
    for module, tree in modules():
        for name in MAY_NAME.keys() & set(names_in(tree)):
            found[name].add(module)
    assert found == MAY_NAME


def test_no_other_module_makes_rosters_or_providers() -> None:
    found: dict[str, set[str]] = {name: set() for name in MAY_MAKE}
    for module, tree in modules():
        for name in MAY_MAKE.keys() & set(made_in(tree)):
            found[name].add(module)
    assert found == MAY_MAKE


def test_the_type_has_no_way_to_a_connection_a_key_or_a_forecast() -> None:
    """Mypy takes an ignored error that is none any more for an error: it guards this, too."""
    roster = parsed()
    with pytest.raises(AttributeError):
        Connections(roster.providers)  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        missing_keys(roster, roster.lineup())  # type: ignore[attr-defined, arg-type]
    with pytest.raises(AttributeError):
        forecast(roster.lineup(), roster.providers, "hi")  # type: ignore[attr-defined]


def test_nothing_in_it_that_can_be_reached_is_a_provider() -> None:
    roster = parsed()
    public = {name for name in dir(roster) if not name.startswith("_")}
    assert public == {"agents", "destinations", "digest", "path", "released"}
    assert "providers" not in repr(roster)


def test_a_permission_is_about_one_content() -> None:
    other = build_roster(TEXT, Path("agents.yaml"), "test")
    assert other.providers["mine"].api_key_env == "WORK_API_KEY"
    with pytest.raises(ValueError, match="another content"):
        parsed().released(Permission("0" * 64))
