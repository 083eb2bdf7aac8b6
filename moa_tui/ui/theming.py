"""Putting themes on, once the first frame is there: every one is made available, one is worn."""

from collections.abc import Sequence
from pathlib import Path

from textual.app import App

from moa_tui.text import clean_line
from moa_tui.ui.themes import load_themes


def offer_all(app: App[None], folders: Sequence[Path], wanted: str) -> list[str]:
    """Make every theme available and put on the wanted one; return what is wrong with any."""
    themes, errors = load_themes(folders)
    for file in themes.values():
        app.register_theme(file.theme)
    notes = [str(error) for error in errors]
    if wanted in app.available_themes:
        app.theme = wanted
    elif wanted:
        notes.append(
            f"there is no theme '{clean_line(wanted, 60)}'; themes: {', '.join(sorted(themes))}"
        )
    return notes
