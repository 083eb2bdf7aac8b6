"""Lineups that differ a little from the file: muted agents, others in their place, a race."""

from dataclasses import replace

from moa_tui.roster.model import Agent, Lineup
from moa_tui.roster.variations import racing, with_others, without

ADA, BOB, CYD, ZOE = (Agent(name, f"model-{name}", "acme") for name in ("ada", "bob", "cyd", "zoe"))
TEAM = Lineup("mixture", ((ADA, BOB), (BOB,)), ZOE)


def names(lineup: Lineup) -> list[list[str]]:
    return [[agent.name for agent in layer] for layer in lineup.layers]


def test_muted_agents_are_left_out_as_long_as_somebody_remains() -> None:
    assert names(without(TEAM, {"ada"})) == [["bob"], ["bob"]]
    assert names(without(TEAM, {"bob"})) == [["ada"], ["bob"]], "no layer is ever empty"
    assert without(TEAM, ()) == TEAM


def test_others_take_the_places_of_the_named() -> None:
    larger = replace(BOB, model="larger")
    changed = with_others(replace(TEAM, baseline=BOB), {"bob": larger, "zoe": CYD})
    assert changed.layers == ((ADA, larger), (larger,))
    assert (changed.aggregator, changed.baseline, changed.chosen_planner) == (CYD, larger, None)
    assert names(with_others(TEAM, {"bob": ADA})) == [["ada"], ["ada"]], "nobody is asked twice"


def test_a_race_is_run_by_the_files_baseline_or_the_first_agent() -> None:
    assert racing(TEAM, None).baseline == ADA
    assert racing(TEAM, CYD).baseline == CYD
    assert racing(replace(TEAM, baseline=BOB), CYD).baseline == BOB
