"""Putting themes on, once the first frame is there: every one is made available, one is worn."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from textual.app import App

from moa_tui.text import clean_line
from moa_tui.ui.first_theme import NAME as FIRST
from moa_tui.ui.terminal.appearance import suitable
from moa_tui.ui.themes import ThemeFile, load_themes, theme_files


class Wardrobe:
    """The themes of some folders, on offer in `app`."""

    def __init__(self, app: App[None], folders: Sequence[Path]) -> None:
        self._app = app
        self._folders = folders
        self._files: dict[str, ThemeFile] = {}

    def files(self) -> list[Path]:
        """Return the theme files that are there now."""
        return [path for folder in self._folders for path in theme_files(folder)]

    def offer_all(self, wanted: str) -> list[str]:
        """Make every theme available and put on the wanted one; return what is wrong with any.

        One that is not there is told, and another one that suits the terminal is worn.
        """
        notes = self._read()
        available = self._app.available_themes
        if wanted in available:
            self._app.theme = wanted
        elif wanted:
            instead = suitable((), os.environ)
            if instead in available:
                self._app.theme = instead
            known = ", ".join(sorted(self._files))
            told = f"there is no theme '{clean_line(wanted, 60)}': this is {self._app.theme}"
            notes.append(f"{told}; choose another with Ctrl+T, or --theme: {known}")
        return notes

    def offer_again(self) -> list[str]:
        """Read the files anew and put on what the present theme has become; return what is wrong.

        A theme whose file cannot be used any more stays as it was.
        """
        app, worn = self._app, self._app.current_theme
        notes = self._read()
        new = app.get_theme(worn.name)
        if new is not None and new != worn:
            # The name stays the same: Textual has to be told by hand.
            app._watch_theme(new.name)  # noqa: SLF001
        return notes

    def choices(self) -> Iterator[tuple[str, str]]:
        """Yield the name of each theme and what it is like; Textual's own are last."""
        for name, file in self._files.items():
            yield name, file.description
        for name in sorted(self._app.available_themes):
            if name not in self._files and name != FIRST:
                yield name, ""

    def _read(self) -> list[str]:
        found, errors = load_themes(self._folders)
        for file in found.values():
            self._app.register_theme(file.theme)
        self._files |= found
        return [str(error) for error in errors]
