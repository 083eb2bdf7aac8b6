"""How a question becomes streams, one file each, readable as the algorithm of its source."""

from moa_tui.engine.strategies.mixture import mixture
from moa_tui.engine.strategies.single import single
from moa_tui.engine.turn import Strategy

STRATEGIES: dict[str, Strategy] = {"mixture": mixture, "single": single}
"""By the name that agents.yaml uses."""
