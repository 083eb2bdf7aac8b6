"""The code blocks of a Markdown text, as they were written."""

from typing import NamedTuple

from moa_tui.markdown.fences import lengthened
from moa_tui.markdown.rules import parser


class CodeBlock(NamedTuple):
    """A fenced or indented block: its language, as far as it is named, and its lines."""

    language: str
    code: str


def code_blocks(text: str) -> list[CodeBlock]:
    """Return the blocks of `text` in order, those in lists and quotes too."""
    return [
        CodeBlock((token.info.split() or [""])[0], token.content)
        for token in parser().parse(lengthened(text))
        if token.type in {"fence", "code_block"} and token.content.strip()
    ]
