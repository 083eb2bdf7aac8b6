"""Turns as one web page that needs nothing else: no script, no other file, no network."""

from moa_tui.transcript.page.document import as_page

__all__ = ["as_page"]
