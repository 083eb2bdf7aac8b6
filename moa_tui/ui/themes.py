"""Theme files (themes/*.yaml) → Textual themes, with colours for the agents and the answer.

A theme file may come from anyone, and Textual meets a bad value only when the theme is put on, by
ending the program: so every value is checked here, and only colours and text styles pass.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import cycle, islice
from pathlib import Path

from textual.color import Color
from textual.theme import Theme

from moa_tui.errors import ThemeError
from moa_tui.roster.document import parse
from moa_tui.ui.contrast import AA_TEXT, contrast
from moa_tui.ui.theme_fields import AGENT_COLORS, ThemeFields, theme_error

MAX_BYTES = 64 * 1024

_KEYS = ("name", "description", "dark", "ansi", "colors", "agents", "variables")
_COLORS = (
    *("primary", "secondary", "accent", "success", "warning", "error"),
    *("foreground", "background", "surface", "panel", "boost"),
)

# For themes that give the agents no colours, Textual's own among them.
_ON_DARK = "#6bc3f4 #8bd8ab #c39dee #eba6c6 #c3d578 #8da4ed #e49e7e #b8c3c9"
_ON_LIGHT = "#046d98 #0a7228 #762bb2 #ae2c77 #964c04 #065656 #676809 #4d5660"
_IN_TERMINAL = "ansi_cyan ansi_green ansi_magenta ansi_blue ansi_bright_magenta ansi_bright_blue"


@dataclass(frozen=True, slots=True)
class ThemeFile:
    """A checked theme file: what Textual registers, and what this program shows beside it."""

    path: Path
    description: str
    theme: Theme
    agent_colors: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name a person chooses the theme by."""
        return self.theme.name


def load_themes(dirs: Iterable[Path]) -> tuple[dict[str, ThemeFile], list[ThemeError]]:
    """Read all themes of the folders, later folders winning, and collect what is wrong."""
    themes: dict[str, ThemeFile] = {}
    errors: list[ThemeError] = []
    for folder in dirs:
        here: dict[str, ThemeFile] = {}
        for path in theme_files(folder):
            try:
                file = load_theme(path)
                if file.name in here:
                    what = f"'{file.name}' is already the name of {here[file.name].path.name}"
                    raise theme_error(path, what, "give one of the two another name")
                here[file.name] = file
            except ThemeError as error:
                errors.append(error)
        themes |= here
    return themes, errors


def theme_files(folder: Path) -> list[Path]:
    """Return what is to be read as a theme in a folder, which need not be there."""
    return sorted(p for p in folder.glob("[!.]*") if p.suffix in {".yaml", ".yml"})


def load_theme(path: Path) -> ThemeFile:
    """Read one theme file; raises ThemeError as `file:line: reason — what to do`."""
    return _theme_in(path, _read(path))


@lru_cache(maxsize=64)
def _theme_in(path: Path, source: bytes) -> ThemeFile:
    """Return the theme that is written so: when a file is edited, the others are not read anew."""
    fields = ThemeFields(path, parse(source))
    fields.keys((), _KEYS, required=("name", "colors"))
    colors = fields.keys(("colors",), _COLORS, required=("primary",))
    theme = Theme(fields.name(), primary=fields.color("colors", "primary"))
    theme.dark, theme.ansi = fields.flag("dark", default=True), fields.ansi
    for key in colors:
        setattr(theme, key, fields.color("colors", key))
    agents = fields.agents() or _agents_on(theme)
    variables = {key: fields.variable(key) for key in fields.keys(("variables",), _variables())}
    theme.variables = {**own_variables(theme, agents, variables), **variables}
    return ThemeFile(path, fields.description(), theme, agents)


def own_variables(
    theme: Theme, agents: Sequence[str] = (), given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the colours that Textual's themes lack, or that cannot be read in them.

    These are `agent-1` … `agent-8`, `answer`, `dim-text` and the colours of selected text. What is
    `given` by the theme stays as it is.
    """
    resolved = {**theme.to_color_system().generate(), **(given or {})}
    colors = islice(cycle(agents or _agents_on(theme)), AGENT_COLORS)
    own = {f"agent-{number}": color for number, color in enumerate(colors, start=1)}
    dim = "ansi_default" if theme.ansi else _dim_text(resolved)
    selection = {} if theme.ansi else _selection(resolved)
    return {**own, "answer": theme.accent or theme.primary, "dim-text": dim, **selection}


def _agents_on(theme: Theme) -> tuple[str, ...]:
    return tuple((_IN_TERMINAL if theme.ansi else _ON_DARK if theme.dark else _ON_LIGHT).split())


def _dim_text(resolved: dict[str, str]) -> str:
    """Fade the foreground as far as it stays readable on every ground."""
    foreground = Color.parse(resolved["foreground"])
    grounds = [Color.parse(resolved[key]) for key in ("background", "surface", "panel")]
    for percent in range(55, 100, 5):
        dim = grounds[0].blend(foreground, percent / 100, alpha=1)
        if all(contrast(dim, ground) >= AA_TEXT for ground in grounds):
            return dim.hex
    return foreground.hex


def _selection(resolved: Mapping[str, str]) -> dict[str, str]:
    """Return solid colours for selected text.

    Textual's foreground for it is transparent, which a row that is painted by itself cannot show.
    """
    ground, ink = (Color.parse(resolved[key]) for key in ("background", "foreground"))
    selected = Color.parse(resolved["screen-selection-background"])
    if selected.a < 1:
        selected = ground.blend(Color.parse(resolved["primary"]), 0.35, alpha=1)
    inks = (ink, ground, Color.parse("#000000"), Color.parse("#ffffff"))
    readable = next((each for each in inks if contrast(each, selected) >= AA_TEXT), None)
    text = readable or max(inks, key=lambda each: contrast(each, selected))
    return {
        "screen-selection-background": selected.hex,
        "screen-selection-foreground": text.hex,
    }


@cache
def _variables() -> tuple[str, ...]:
    """List what a file may set under `variables`: Textual's own, and ours but for the agents."""
    systems = (Theme("", primary="red", ansi=ansi).to_color_system() for ansi in (False, True))
    names = {name for system in systems for name in system.generate()}
    return ("answer", "dim-text", *sorted(names.difference(_COLORS)))


def _read(path: Path) -> bytes:
    try:
        # A pipe or a device would hold up the start of the program.
        if not path.is_file():
            raise theme_error(path, "not a file", "remove it, or put a theme file there")
        with path.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise theme_error(path, f"cannot be read: {reason}", "check its permissions") from None
    if len(source) > MAX_BYTES:
        what = f"too large, more than {MAX_BYTES // 1024} KB"
        raise theme_error(path, what, "make it smaller: a theme needs about 2 KB")
    return source
