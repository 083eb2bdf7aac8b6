"""Columns that hold whatever a terminal makes of a text: each is addressed after what is in doubt.

How many cells an emoji of several parts or a syllable of Devanagari takes is seen differently by
terminals, by tmux, and by Textual. Whatever stands behind it in its row, such as the line between
two panes, would move. So its cells are blanked, it is written, and the cursor is put to where
Textual takes it to be. Text of one opinion is written as it comes. Pure.
"""

import re

from rich.cells import cell_len

_SAFE = (
    "\x00-\u02ff\u0300-\u05ff\u0600-\u06ff\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u27bf"
    "\u2900-\u2bff\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u3190-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\ue000-\uf8ff\ufffd"
)
"""Letters, marks and signs that take one or two cells, or none, wherever they are shown."""

_CHANGES = "\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff"
_MORE = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
_PICTURE = "[\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
_IN_DOUBT = re.compile(
    "[\U0001f1e6-\U0001f1ff]{1,2}"
    f"|(?:{_PICTURE}|[{_SAFE}](?=[{_CHANGES}])){_MORE}(?:\u200d[^ -~]{_MORE})*"
    f"|[^{_SAFE}]+"
)
_TOKEN = re.compile(
    r"\x1b\[(?P<row>\d{1,5});(?P<column>\d{1,5})H"
    r"|\x1b\[[0-?]*[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.?|(?P<moves>[\n\r\b\t]+)"
    r"|(?P<text>[^\x1b\n\r\b\t]+)",
    re.DOTALL,
)


def anchored(data: str) -> str:
    """Return `data`, about to be written, with the cursor put right after what is in doubt."""
    if data.isascii() or _IN_DOUBT.search(data) is None:
        return data
    parts: list[str] = []
    row = column = 0
    for token in _TOKEN.finditer(data):
        if token["row"]:
            row, column = int(token["row"]), int(token["column"])
        elif token["moves"] or (token["final"] and token["final"] not in "mhl"):
            column = 0  # where it is now is not known here
        elif token["text"] and column:
            column += _write(token["text"], row, column, parts)
            continue
        parts.append(token[0])
    return "".join(parts)


def _write(text: str, row: int, column: int, parts: list[str]) -> int:
    """Add `text`, which begins at `column`, to `parts`; return how many cells it takes."""
    done = 0
    for match in _IN_DOUBT.finditer(text):
        before, after = cell_len(text[: match.start()]), cell_len(text[: match.end()])
        parts += [
            text[done : match.start()],
            " " * (after - before),
            f"\x1b[{row};{column + before}H{match[0]}\x1b[{row};{column + after}H",
        ]
        done = match.end()
    parts.append(text[done:])
    return cell_len(text)
