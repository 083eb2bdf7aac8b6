"""Rosters of older programs: the JSON of the Cerebras workshop's app and its ancestors."""

from moa_tui.roster.importing.imported import Imported, import_json

__all__ = ["Imported", "import_json"]
