"""settings.yaml → Settings: what is wrong in it is told with its place, the rest still counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from moa_tui import paths
from moa_tui.errors import MoaError
from moa_tui.roster.document import Document, Position, Problem, parse
from moa_tui.roster.loading import Found, read_source
from moa_tui.roster.wording import describe, did_you_mean
from moa_tui.settings.model import Settings
from moa_tui.text import clean_line

FILE_NAME = "settings.yaml"
MAX_SHOWN = 5
"""Problems told at once: they stand on the screen beside the conversation."""


def settings_file() -> Path:
    """The person's settings.yaml; it need not be there."""
    return paths.user_config_dir() / FILE_NAME


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings that count, and what is wrong in their file: `file:line:column: what`.

    `keymap_at` says where each of its entries stands, for those who know which keys there are.
    """

    settings: Settings = field(default_factory=Settings)
    problems: tuple[str, ...] = ()
    path: Path = Path(FILE_NAME)
    keymap_at: Mapping[str, Position] = field(default_factory=dict)


def load_settings(path: Path | None = None) -> Loaded:
    """Read the person's settings, or those at `path`. Nothing is raised.

    A setting that cannot be used is as if it were not there; so is a file that cannot be read.
    """
    path = path or settings_file()
    if not path.exists():
        return Loaded(path=path)
    try:
        document = parse(read_source(Found(path, "your settings")))
    except MoaError as error:
        return Loaded(problems=(str(error),), path=path)
    settings = Settings() if document.problems else _validated(document)
    at = {name: document.position(("keymap", name)) for name in settings.keymap}
    return Loaded(settings, told(path, document.problems), path, at)


def told(path: Path, problems: Iterable[Problem]) -> tuple[str, ...]:
    """Return each of the first problems as a line that begins with its place."""
    listed = sorted(problems)
    name = clean_line(str(path), 4096)
    lines = [f"{name}:{at.line}:{at.column}: {text}" for at, text in listed[:MAX_SHOWN]]
    if len(listed) > MAX_SHOWN:
        lines.append(f"{name}: and {len(listed) - MAX_SHOWN} more problems")
    return tuple(lines)


def _validated(document: Document) -> Settings:
    data = {} if document.data is None else document.data
    if not isinstance(data, dict):
        document.report((), "the file has no 'key: value' lines — begin with 'theme: wafer'")
        return Settings()
    wrong = set()
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            location = tuple(part for part in item["loc"] if part != "[key]")
            wrong.add(location[0])
            if item["type"] == "extra_forbidden":
                meant = did_you_mean(str(location[0]), Settings.model_fields)
                document.report(location, f"unknown setting{meant}")
            else:
                document.report(location, describe(item, location))
    return Settings.model_validate({key: data[key] for key in data if key not in wrong})
