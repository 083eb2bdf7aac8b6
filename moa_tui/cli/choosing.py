"""Which roster a command works with: the options for it, and the embedded model as a way out."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui.errors import MissingKeyError

if TYPE_CHECKING:
    from moa_tui.local.process import LocalServer
    from moa_tui.roster.model import Lineup, Provider, Roster


FILE_HELP = "a text file that goes along with the question; in the app, typing @FILE does so too"


@dataclass(frozen=True, slots=True)
class Choice:
    """A roster, who of it answers, and the embedded model's server should it be needed.

    `missing_keys` are environment variables without which the lineup cannot be asked; `notes` are
    sentences for the person about how the choice was made.
    """

    roster: "Roster"
    lineup: "Lineup"
    server: "LocalServer"
    missing_keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    file: Path | None = None
    """The agents.yaml that would be used if there were a key; None: the roster's own."""

    wanting: "tuple[Provider, ...]" = ()
    """Providers whose key is missing, also where the embedded model stands in."""

    def warnings(self, question: str | None = None) -> tuple[str, ...]:
        """Return what is better known before anything is sent."""
        from moa_tui.engine.warnings import warnings_for

        return warnings_for(self.lineup, self.roster.providers, question)

    @property
    def embedded(self) -> bool:
        """Whether the embedded demonstration model takes part."""
        providers = self.roster.providers
        return any(providers[agent.provider].embedded for agent in self.lineup.agents)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose who answers."""
    parser.add_argument("-c", "--config", type=Path, metavar="FILE", help="agents.yaml to use")
    parser.add_argument("-p", "--preset", default="", help="preset of the agents.yaml")
    parser.add_argument(
        "-s",
        "--strategy",
        choices=("mixture", "route", "council", "vote", "single"),
        help="how the question becomes streams, whatever the file says",
    )
    parser.add_argument(
        "-a", "--agent", action="append", default=[], metavar="NAME", help="only these proposers"
    )
    parser.add_argument(
        "--local", action="store_true", help="use the embedded model (small, needs no key)"
    )
    parser.add_argument(
        "--model-path", type=Path, metavar="GGUF", help="another model file; implies --local"
    )


def dollars(text: str) -> float:
    """Read an amount from the command line; raises ValueError."""
    amount = float(text.removeprefix("$"))
    if not 0 <= amount < 1e6:
        raise ValueError
    return amount


def choose(options: argparse.Namespace) -> Choice:
    """Return the roster and lineup that `options` ask for; raises MoaError.

    Raises UntrustedError where the person has to be asked about the file first.

    When keys are missing and nothing in particular was asked for, the embedded model is chosen if
    its weights are there; otherwise the choice is returned with what is missing.
    """
    from moa_tui.local.process import LocalServer
    from moa_tui.roster.keys import missing_keys
    from moa_tui.roster.trust import embedded_roster

    server = LocalServer(options.model_path)
    if options.local or options.model_path:
        roster = embedded_roster()
        return Choice(roster, _lineup(roster, options), server)
    roster, notes = roster_for(options.config)
    lineup = _lineup(roster, options)
    missing = tuple(missing_keys(roster, lineup))
    asked = dict.fromkeys(agent.provider for agent in lineup.agents)
    wanting = tuple(
        roster.providers[name] for name in asked if roster.providers[name].api_key_env in missing
    )
    choice = Choice(roster, lineup, server, missing, notes, wanting=wanting)
    asked_for = options.config or options.preset or options.agent or options.strategy
    if choice.missing_keys and not asked_for and _embedded_model_is_here():
        names = ", ".join(choice.missing_keys)
        demo = embedded_roster()
        note = f"{names} is not set: this is the embedded demonstration model"
        return replace(
            choice,
            roster=demo,
            lineup=demo.lineup(),
            missing_keys=(),
            notes=(*notes, note),
            file=roster.path,
        )
    return choice


def _lineup(roster: "Roster", options: argparse.Namespace) -> "Lineup":
    lineup = roster.lineup(options.preset, options.agent)
    return replace(lineup, strategy=options.strategy) if options.strategy else lineup


def reopen(options: argparse.Namespace, path: Path) -> Choice:
    """Return the roster in the file at `path`, which a turn was begun with.

    Raises UntrustedError where the person has to be asked, MoaError where the file is bad.
    """
    from moa_tui.local.process import LocalServer
    from moa_tui.roster.loading import Found
    from moa_tui.roster.trust import trusted_roster

    roster = trusted_roster(Found(path, "as before"))
    return Choice(roster, roster.lineup(), LocalServer(options.model_path))


def with_lineup(choice: Choice, lineup: "Lineup") -> Choice:
    """Return `choice` with others of its roster who answer."""
    from moa_tui.roster.keys import missing_keys

    missing = tuple(missing_keys(choice.roster, lineup))
    return replace(choice, lineup=lineup, missing_keys=missing)


def roster_for(config: Path | None) -> "tuple[Roster, tuple[str, ...]]":
    """Return the roster of the file that is to be used, and sentences about one that is not.

    Raises UntrustedError where the person has to be asked, MoaError where the file is bad.
    """
    from moa_tui.roster.loading import find_roster
    from moa_tui.roster.model import Roster
    from moa_tui.roster.trust import roster_of_folder, trusted_roster

    found = find_roster(config)
    notes: tuple[str, ...] = ()
    if found.passed_over:
        here = roster_of_folder(found.passed_over)
        if isinstance(here, Roster):
            return here, ()
        notes = (here,)
    return trusted_roster(found), notes


def require_keys(choice: Choice) -> None:
    """Raise MissingKeyError when the choice cannot be asked."""
    if choice.missing_keys:
        from moa_tui.roster.keys import auth_commands

        names = ", ".join(choice.missing_keys)
        raise MissingKeyError(
            f"no key: the environment variable {names} is not set, and none is stored",
            f"{auth_commands(choice.roster, choice.missing_keys)[0]}, or export"
            f" {choice.missing_keys[0]}=…, or use the embedded model:"
            " moa-tui local setup, then moa-tui --local",
        )


def _embedded_model_is_here() -> bool:
    from moa_tui.local.setup import engine_available
    from moa_tui.local.weights import find_weights

    return engine_available() and find_weights() is not None
