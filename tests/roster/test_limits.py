"""Clocks, caps, quorum and rate limits: where each comes from."""

from pathlib import Path

import pytest

from moa_tui.roster.model import RateLimits, Roster
from moa_tui.roster.presets import CEREBRAS_FREE
from tests.rosters import build_roster

FILE = """
version: 1
providers:
{providers}
defaults: {{model: m, {defaults}}}
agents: [{{name: a, {agent}}}, {{name: b}}]
aggregator: {{model: m}}
quorum: 2
layer_deadline: 10
presets:
  quick: {{agents: [a], quorum: 1, layer_deadline: 0}}
  plain: [a, b]
"""


def roster(providers: str = "", defaults: str = "", agent: str = "") -> Roster:
    providers = providers or "  x: {base_url: 'https://x.test/v1'}"
    source = FILE.format(providers=providers, defaults=defaults, agent=agent)
    return build_roster(source.encode(), Path("agents.yaml"), "test")


@pytest.mark.parametrize(
    ("defaults", "agent", "clocks"),
    [
        ("", "", (120, 60, 30, 400_000)),
        ("timeout: 50, gap_timeout: 7", "", (50, 60, 7, 400_000)),
        ("gap_timeout: 7", "gap_timeout: 9, first_token_timeout: 5", (120, 5, 9, 400_000)),
        ("max_characters: 5000", "", (120, 60, 30, 5000)),
        ("provider: ollama", "", (120, 120, 120, 400_000)),  # it may have to load its model
        ("provider: local, timeout: 90", "gap_timeout: 8", (90, 90, 8, 400_000)),
    ],
)
def test_clocks_and_the_cap(defaults: str, agent: str, clocks: tuple[float, ...]) -> None:
    made = roster("", defaults, agent).agents["a"]
    assert (
        made.timeout,
        made.first_token_timeout,
        made.gap_timeout,
        made.max_characters,
    ) == clocks


def test_quorum_and_deadline_of_the_file_and_of_its_presets() -> None:
    made = roster()
    for preset, expected in (("", (2, 10)), ("plain", (2, 10)), ("quick", (1, 0))):
        lineup = made.lineup(preset)
        assert (lineup.quorum, lineup.layer_deadline) == expected


@pytest.mark.parametrize(
    ("providers", "limits"),
    [
        ("  cerebras: {finish_required: true}", CEREBRAS_FREE),
        ("  cerebras: {limits: {}}", RateLimits()),
        ("  cerebras: {limits: {tokens_per_hour: 9}}", RateLimits(tokens_per_hour=9)),
        ("  cerebras: {base_url: 'https://x.test/v1'}", RateLimits()),  # another host's are not
    ],
)
def test_limits(providers: str, limits: RateLimits) -> None:
    assert roster(providers).providers["cerebras"].limits == limits
