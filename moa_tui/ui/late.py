"""What the app needs once it has painted: imported in a thread, while keys are already answered."""

from pathlib import Path

from textual.app import App

from moa_tui.attachments import attached
from moa_tui.settings.remembered import remember_layout, remembered_layout
from moa_tui.transcript import resuming
from moa_tui.transcript.page import as_page
from moa_tui.transcript.questions import asked_before
from moa_tui.transcript.record import record_of
from moa_tui.transcript.recording import recorded
from moa_tui.ui import headline
from moa_tui.ui.ascii import write_in_ascii
from moa_tui.ui.budget_watch import BudgetWatch
from moa_tui.ui.commands import palette
from moa_tui.ui.editing import edited
from moa_tui.ui.file_watch import EVERY, SETTLING, FileWatch
from moa_tui.ui.frames import Frames, Questions, pace
from moa_tui.ui.key_table import key_for
from moa_tui.ui.keymap import follow_keymap
from moa_tui.ui.remembered_theme import remember_theme
from moa_tui.ui.replay import words as replay_words
from moa_tui.ui.replay.player import Player
from moa_tui.ui.saved_files import save
from moa_tui.ui.screens.help import help_for
from moa_tui.ui.screens.question_search import QuestionSearch
from moa_tui.ui.screens.theme_picker import ThemePicker
from moa_tui.ui.screens.trust import prepared
from moa_tui.ui.themes import own_variables
from moa_tui.ui.theming import Wardrobe
from moa_tui.ui.turn_runner import TurnRunner
from moa_tui.ui.widgets.forecast_line import ForecastLine
from moa_tui.ui.widgets.key_hints import KeyHints
from moa_tui.ui.widgets.prompt_box import PromptBox
from moa_tui.ui.widgets.resume_card import ResumeCard
from moa_tui.ui.widgets.stage import Stage
from moa_tui.ui.widgets.status_bar import StatusBar
from moa_tui.ui.widgets.tab_strip import TabStrip
from moa_tui.ui.widgets.transport_bar import TransportBar

__all__ = [
    "EVERY",
    "SETTLING",
    "BudgetWatch",
    "FileWatch",
    "Frames",
    "Furniture",
    "Player",
    "QuestionSearch",
    "Questions",
    "ResumeCard",
    "ThemePicker",
    "TransportBar",
    "TurnRunner",
    "Wardrobe",
    "as_page",
    "asked_before",
    "attached",
    "edited",
    "follow_keymap",
    "headline",
    "help_for",
    "key_for",
    "own_variables",
    "pace",
    "palette",
    "prepared",
    "record_of",
    "recorded",
    "remember_layout",
    "remember_theme",
    "remembered_layout",
    "replay_words",
    "resuming",
    "save",
    "write_in_ascii",
]

_LOOK = Path(__file__).with_name("app.tcss")


class Furniture:
    """The parts of the main screen that its first frame does without."""

    def __init__(self) -> None:
        self.tabs = TabStrip(id="tabs")
        self.stage = Stage(id="stage")
        self.forecast = ForecastLine(id="forecast")
        self.prompt = PromptBox(id="prompt")
        self.status = StatusBar(id="status")
        self.footer = KeyHints(id="hints")

    @staticmethod
    def add_look(app: App[None]) -> None:
        """Give `app` the style sheet of these parts."""
        app.stylesheet.read(_LOOK)
