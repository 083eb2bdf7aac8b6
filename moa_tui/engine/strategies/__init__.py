"""How a question becomes streams, one file each, readable as the algorithm of its source."""

from moa_tui.engine.strategies.council import council
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.engine.strategies.route import route
from moa_tui.engine.strategies.single import single
from moa_tui.engine.strategies.vote import vote
from moa_tui.engine.turn import Strategy

STRATEGIES: dict[str, Strategy] = {
    strategy.__name__: strategy for strategy in (mixture, route, council, vote, single)
}
"""By the name that agents.yaml uses."""
