"""Markdown as models write it: read so that what was finished says what streamed. Pure."""
