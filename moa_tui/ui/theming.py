"""Putting themes on: the wanted one before the first paint, all the others after it."""

from collections.abc import Sequence
from pathlib import Path

from textual.app import App

from moa_tui.errors import ThemeError
from moa_tui.ui.themes import load_theme, load_themes


def put_on(app: App[None], folders: Sequence[Path], name: str) -> None:
    """Put on the theme `name`, reading its own file and no other; a broken one is left off."""
    for folder in reversed(folders):
        path = folder / f"{name}.yaml"
        if not name or not path.is_file():
            continue
        try:
            theme = load_theme(path).theme
        except ThemeError:
            continue  # `offer_all` tells about it
        app.register_theme(theme)
        app.theme = theme.name
        return


def offer_all(app: App[None], folders: Sequence[Path], wanted: str) -> list[str]:
    """Make every theme available and put on the wanted one; return what is wrong with any."""
    themes, errors = load_themes(folders)
    for file in themes.values():
        app.register_theme(file.theme)
    notes = [str(error) for error in errors]
    if wanted in app.available_themes:
        app.theme = wanted
    elif wanted:
        notes.append(f"there is no theme '{wanted}'; themes: {', '.join(sorted(themes))}")
    return notes
