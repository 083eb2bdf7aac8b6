"""Text without what a search does not look at: case, accents, the ways to write one letter."""

import unicodedata


def folded(text: str) -> str:
    """Return `text` in lower case, compatible forms as one, without accents; twice is as once."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join([char for char in parts if not unicodedata.combining(char)])
