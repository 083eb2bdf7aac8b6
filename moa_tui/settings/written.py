"""The text of a settings.yaml that says what there is: every setting with its default."""

import json
import textwrap
from typing import Any

from moa_tui.settings.model import Settings

_HEAD = """\
# Settings of moa-tui: docs/settings.md. What is left out, or deleted here, is as written below.
# The command line goes before this file.
"""


def default_document() -> str:
    """Return a settings.yaml in which every setting has its default, explained."""
    defaults = Settings()
    parts = [_HEAD]
    for name, field in Settings.model_fields.items():
        about = textwrap.fill(
            field.description or "", 96, initial_indent="# ", subsequent_indent="# "
        )
        parts.append(f"{about}\n{name}: {_as_yaml(getattr(defaults, name))}\n")
    return "\n".join(parts)


def _as_yaml(value: Any) -> str:
    if isinstance(value, str):
        return value or '""'
    return json.dumps(value)
