"""Figures: what they are, and when there are none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.metrics import WINDOW, RateMeter, estimated_tokens, throughput


@pytest.mark.parametrize(
    ("characters", "tokens"), [(0, 0), (1, 1), (3, 1), (4, 1), (5, 2), (8, 2), (4000, 1000)]
)
def test_estimated_tokens(characters: int, tokens: int) -> None:
    assert estimated_tokens(characters) == tokens


@pytest.mark.parametrize(
    ("tokens", "seconds", "rate"),
    [
        (100, 2.0, 50.0),
        (2, 1.0, 2.0),
        (2000, 0.5, 4000.0),
        (2, 0.05, 40.0),
        (2, 0.049, None),
        (1, 1.0, None),
        (0, 1.0, None),
        (-5, 1.0, None),
        (100, 0.0, None),
        (100, 0.001, None),
        (100, -1.0, None),
    ],
)
def test_throughput(tokens: int, seconds: float, rate: float | None) -> None:
    assert throughput(tokens, seconds) == rate


@given(st.integers(-10, 10**7), st.floats(-10, 10**6))
def test_throughput_is_a_finite_positive_number_or_none(tokens: int, seconds: float) -> None:
    rate = throughput(tokens, seconds)
    assert rate is None or (math.isfinite(rate) and rate > 0)


def meter(*samples: tuple[float, int]) -> RateMeter:
    made = RateMeter()
    for at, total in samples:
        made.add(at, total)
    return made


@pytest.mark.parametrize(
    ("samples", "rate"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([(0.0, 100)], None, id="one"),
        pytest.param([(0.0, 0), (1.0, 100)], 100.0, id="two"),
        pytest.param([(0.0, 0), (0.5, 10), (1.0, 100)], 100.0, id="within-the-window"),
        pytest.param([(5.0, 40), (6.0, 140)], 100.0, id="only-growth-counts"),
        pytest.param([(1.0, 0), (1.0, 100)], None, id="no-time"),
        pytest.param([(0.0, 7), (1.0, 7)], None, id="no-growth"),
        pytest.param([(0.0, 0), (1.0, 1)], None, id="too-little"),
        pytest.param([(0.0, 100), (1.0, 60)], None, id="an-estimate-put-right"),
        pytest.param([(0.0, 0), (10.0, 100)], 10.0, id="a-pause-counts"),
        pytest.param([(0.0, 0), (1.0, 1000), (11.0, 1100)], 10.0, id="what-was-before-is-over"),
    ],
)
def test_rate(samples: list[tuple[float, int]], rate: float | None) -> None:
    assert meter(*samples).rate == rate


@pytest.mark.parametrize("per_second", [10, 100, 3000])
@pytest.mark.parametrize("interval", [0.01, 0.05, 0.5, 2.0])
def test_a_steady_flow_is_measured_as_it_is(per_second: int, interval: float) -> None:
    steps = [i * interval for i in range(200)]
    made = meter(*((at, round(at * per_second)) for at in steps))
    assert made.rate == pytest.approx(per_second, rel=0.1)


def test_a_change_is_seen_after_the_window() -> None:
    slow = [(i / 10, i) for i in range(100)]
    at, total = slow[-1]
    fast = [(at + i / 10, total + 50 * i) for i in range(1, 2 + math.ceil(WINDOW * 10))]
    assert meter(*slow).rate == pytest.approx(10)
    assert meter(*slow, *fast).rate == pytest.approx(500)
    assert 10 < (meter(*slow, *fast[:5]).rate or 0) < 500


def test_what_lies_behind_the_window_is_not_kept() -> None:
    made = meter(*((i / 1000, i) for i in range(100_000)))
    assert len(made._samples) <= WINDOW * 1000 + 2
