"""Where things stand in an agents.yaml, for an editor that is opened at them."""

from contextlib import suppress
from pathlib import Path

from moa_tui import paths
from moa_tui.errors import MoaError
from moa_tui.roster.document import parse
from moa_tui.roster.loading import EMBEDDED, FILE_NAME, Found, read_source
from moa_tui.text import clean_line

_MOST_FILES = 50


def line_of_agent(path: Path, name: str) -> int:
    """Return the line on which the agent called `name` begins; 1 where it cannot be found."""
    try:
        document = parse(read_source(Found(path, "edited")))
    except MoaError:
        return 1
    data = document.data if isinstance(document.data, dict) else {}
    agents = data.get("agents")
    for index, entry in enumerate(agents if isinstance(agents, list) else ()):
        if isinstance(entry, dict) and entry.get("name") == name:
            return document.position(("agents", index)).line
    writer = data.get("aggregator")
    found = isinstance(writer, dict) and writer.get("name") == name
    return document.position(("aggregator",)).line if found else 1


def roster_files() -> list[tuple[str, Path]]:
    """Return the files to choose from, with their names: the person's own and the program's."""
    folder = paths.user_config_dir()
    found = sorted(p for p in folder.glob("[!.]*") if p.suffix in {".yaml", ".yml"})
    own = [(clean_line(path.name), path) for path in found[:_MOST_FILES] if _names_agents(path)]
    shipped = ("the shipped agents.yaml", paths.shipped(FILE_NAME))
    return [*own, shipped, ("the embedded model", EMBEDDED)]


def _names_agents(path: Path) -> bool:
    with suppress(MoaError):
        return any(
            line.startswith(b"agents:") for line in read_source(Found(path, "")).splitlines()
        )
    return False
