"""What the app needs once it has painted: imported in a thread, while keys are already answered."""

from pathlib import Path

from textual.app import App

from moa_tui.local.setup import make_ready
from moa_tui.local.weights import find_weights
from moa_tui.redaction import redact
from moa_tui.roster.build import RosterError
from moa_tui.roster.changes import changes
from moa_tui.roster.loading import EMBEDDED
from moa_tui.roster.own_file import (
    copy_shipped,
    is_embedded,
    is_shipped,
    own_or_shipped,
    own_roster,
)
from moa_tui.roster.places import line_of_agent, roster_files
from moa_tui.roster.presets import PROVIDERS
from moa_tui.roster.variations import with_others
from moa_tui.settings.remembered import remember_layout, remembered_layout
from moa_tui.text import clean_line
from moa_tui.transcript import resuming
from moa_tui.transcript.export import as_markdown
from moa_tui.transcript.kept_turn import kept_turn
from moa_tui.transcript.page import as_page
from moa_tui.transcript.questions import asked_before
from moa_tui.transcript.record import record_of
from moa_tui.transcript.recording import recorded
from moa_tui.ui import enclosing, headline
from moa_tui.ui.actions.desk import Desk
from moa_tui.ui.ascii import write_in_ascii
from moa_tui.ui.budget_watch import BudgetWatch
from moa_tui.ui.commands import palette
from moa_tui.ui.editing import edit_file, edited, run_in_screen
from moa_tui.ui.file_watch import EVERY, SETTLING, FileWatch
from moa_tui.ui.frames import Frames, Questions, pace
from moa_tui.ui.key_table import key_for
from moa_tui.ui.keymap import follow_keymap
from moa_tui.ui.paging import mend_paging
from moa_tui.ui.remembered_theme import remember_theme
from moa_tui.ui.replay import words as replay_words
from moa_tui.ui.replay.player import Player
from moa_tui.ui.saved_files import save, stem
from moa_tui.ui.screens.code_blocks import CodeBlockScreen
from moa_tui.ui.screens.first_steps import DEMO, KEY, MODEL, FirstSteps
from moa_tui.ui.screens.help import help_for
from moa_tui.ui.screens.history import HistoryScreen
from moa_tui.ui.screens.key_entry import key_entry
from moa_tui.ui.screens.offer import OfferScreen
from moa_tui.ui.screens.palette import Palette
from moa_tui.ui.screens.question_search import QuestionSearch
from moa_tui.ui.screens.theme_picker import ThemePicker
from moa_tui.ui.screens.trust import prepared
from moa_tui.ui.terminal import clipboard
from moa_tui.ui.text.code_blocks import code_blocks
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

mend_paging()

__all__ = [
    "DEMO",
    "EMBEDDED",
    "EVERY",
    "KEY",
    "MODEL",
    "PROVIDERS",
    "SETTLING",
    "BudgetWatch",
    "CodeBlockScreen",
    "Desk",
    "FileWatch",
    "FirstSteps",
    "Frames",
    "Furniture",
    "HistoryScreen",
    "OfferScreen",
    "Palette",
    "Player",
    "PromptBox",
    "QuestionSearch",
    "Questions",
    "ResumeCard",
    "RosterError",
    "ThemePicker",
    "TransportBar",
    "TurnRunner",
    "Wardrobe",
    "as_markdown",
    "as_page",
    "asked_before",
    "changes",
    "clean_line",
    "clipboard",
    "code_blocks",
    "copy_shipped",
    "edit_file",
    "edited",
    "enclosing",
    "find_weights",
    "follow_keymap",
    "headline",
    "help_for",
    "is_embedded",
    "is_shipped",
    "kept_turn",
    "key_entry",
    "key_for",
    "line_of_agent",
    "make_ready",
    "own_or_shipped",
    "own_roster",
    "own_variables",
    "pace",
    "palette",
    "prepared",
    "record_of",
    "recorded",
    "redact",
    "remember_layout",
    "remember_theme",
    "remembered_layout",
    "replay_words",
    "resuming",
    "roster_files",
    "run_in_screen",
    "save",
    "stem",
    "with_others",
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
        # The colours that it names are there from now on; Textual would look for them, and style
        # anew what is there, only some time after another theme is put on, if one is.
        app.stylesheet.set_variables(app.get_css_variables())
        app.stylesheet.read(_LOOK)
        app.refresh_css(animate=False)
