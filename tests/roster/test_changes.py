"""What an edited file has changed, in a sentence."""

from pathlib import Path

import pytest

from moa_tui.roster.changes import changes
from moa_tui.roster.model import Roster
from tests.rosters import build_roster

TEXT = """\
version: 1
defaults: {model: m, temperature: 0.7}
agents:
  - {name: analyst}
  - {name: poet, system_prompt: You are a poet.}
aggregator: {name: editor}
"""


def roster(text: str) -> Roster:
    return build_roster(text.encode(), Path("agents.yaml"), "test")


CASES = {
    "nothing": ("", "", ""),
    "a comment": ("version: 1\n", "version: 1  # one\n", ""),
    "one for another": ("name: poet", "name: critic", "+ critic, − poet"),
    "temperature": (
        "{name: analyst}",
        "{name: analyst, temperature: 0.9}",
        "analyst: temperature 0.7 → 0.9",
    ),
    "two settings": (
        "{name: analyst}",
        "{name: analyst, model: n, seed: 3}",
        "analyst: model m → n, seed none → 3",
    ),
    "a long text is only named": ("a poet.", "a poet" + " of note" * 9, "poet: system prompt"),
    "layers": ("version: 1", "version: 1\nlayers: 2", "layers 1 → 2"),
    "a ceiling": ("version: 1", "version: 1\nmax_cost: 0.5", "max cost none → 0.5"),
    "strategy": ("version: 1", "version: 1\nstrategy: vote", "strategy mixture → vote"),
    "out of the mixture": (
        "{name: analyst}",
        "{name: analyst, enabled: false}",
        "analyst: enabled True → False, who answers in which layer",
    ),
}


@pytest.mark.parametrize(("old", "new", "told"), CASES.values(), ids=CASES)
def test_changes_are_told(old: str, new: str, told: str) -> None:
    assert changes(roster(TEXT), roster(TEXT.replace(old, new) if old else TEXT)) == told


def test_many_are_cut() -> None:
    more = "".join(f"  - {{name: a{n}}}\n" for n in range(9))
    told = changes(roster(TEXT), roster(TEXT.replace("aggregator", more + "aggregator")))
    assert told == "+ a0, + a1, + a2, + a3, + a4, and 4 more"
