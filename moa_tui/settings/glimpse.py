"""What the first frame needs of settings.yaml, picked out without reading it as YAML.

Reading and checking the file takes as long as a good part of the start; that is done behind the
first frame, and what is found there then counts.
"""

import re
from pathlib import Path

_LINE = re.compile(r"^([a-z_]+): +['\"]?([^\s#'\"]+)", re.MULTILINE)
_MOST = 64 * 1024


def glimpse(path: Path) -> dict[str, str]:
    """Return the plain settings that stand at the beginning of a line, as they are written."""
    try:
        # A pipe or a device in its place would be waited for.
        if not path.is_file():
            return {}
        with path.open(encoding="utf-8") as file:
            return dict(_LINE.findall(file.read(_MOST)))
    except (OSError, ValueError):
        return {}
