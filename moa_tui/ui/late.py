"""What the app needs once it has painted: imported in a thread, while keys are already answered."""

from moa_tui.ui.turn_runner import TurnRunner
from moa_tui.ui.widgets.stage import Stage
from moa_tui.ui.widgets.status_bar import StatusBar
from moa_tui.ui.widgets.tab_strip import TabStrip

__all__ = ["Stage", "StatusBar", "TabStrip", "TurnRunner"]
