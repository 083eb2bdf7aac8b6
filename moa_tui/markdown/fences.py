"""Fences of code: closed where a text leaves them open, and whole where one holds others."""

import re
from functools import cache

from markdown_it import MarkdownIt

from moa_tui.markdown.limits import has_too_many_parts

_OPENING = re.compile(r"(?P<indent> {0,24})(?P<mark>`{3,}(?=[^`]*$)|~{3,})[ ]*(?P<info>[^\n]*)$")
_AFTER = "## After"
_MOST_ENDS = 5
_HTML_ENDS = {
    "<!--": "-->",
    "<?": "?>",
    "<![cdata[": "]]>",
    "<!": ">",
    **{f"<{name}": f"</{name}>" for name in ("script", "pre", "style", "textarea")},
}
_MARKDOWN = frozenset({"markdown", "md"})


def closed(text: str) -> str:
    """Return `text` with an end to what it leaves open: what follows is not part of it.

    That is a fence, or what a reader takes for HTML up to its end.
    """
    body = text.rstrip("\n")
    for _ in range(_MOST_ENDS):
        end = _left_open(body)
        if not end:
            break
        body = f"{body}\n{end}"
    return body if len(body) > len(text.rstrip("\n")) else text


def _left_open(text: str) -> str:
    """Return the line that would end what `text` leaves open; empty where it leaves nothing so."""
    if has_too_many_parts(text):
        mark = ""
        for line in text.split("\n"):
            found = None if mark else _OPENING.match(line)
            mark = found["mark"] if found else "" if mark and is_end(line, mark) else mark
        return mark
    tokens = _reader().parse(f"{text}\n\n{_AFTER}")
    last = tokens[-1]
    if last.type == "fence" and last.level == 0:
        return last.markup
    if last.type == "html_block":
        start = last.content.lstrip().lower()
        return next((end for begin, end in _HTML_ENDS.items() if start.startswith(begin)), "")
    tags = [token.content for token in tokens if token.type in {"html_block", "inline"}]
    opened = sum(content.count("<details") - content.count("</details") for content in tags)
    return "\n</details>" if opened > 0 else ""


@cache
def _reader() -> MarkdownIt:
    """Return what other programs read Markdown as."""
    return MarkdownIt("commonmark").disable("inline")


def is_end(line: str, mark: str) -> bool:
    """Whether `line` ends the block of code that `mark` began."""
    text = line.strip()
    return text.startswith(mark) and not text.strip(mark[0])


def unwrapped(text: str) -> str:
    """Return what stands in the one fence that all of `text` is in, if it says it is Markdown."""
    lines = text.strip().split("\n")
    found = _OPENING.match(lines[0])
    if not found or len(lines) < 2 or not _is_markdown(found["info"]):
        return text
    last = _end_of(lines, 0, found["mark"])
    whole = last == len(lines) - 1 or last < 0
    return "\n".join(lines[1 : last if last >= 0 else len(lines)]) if whole else text


def lengthened(text: str) -> str:
    """Return `text` with longer marks for fences of Markdown that hold other fences.

    Models put three backquotes into three backquotes: the first end inside would be theirs.
    """
    if "```" not in text and "~~~" not in text:
        return text
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        found = _OPENING.match(lines[at])
        if found is None:
            at += 1
            continue
        mark = found["mark"]
        if not _is_markdown(found["info"]):
            at = next((n for n in range(at + 1, len(lines)) if is_end(lines[n], mark)), len(lines))
            at += 1
            continue
        last = _end_of(lines, at, mark)
        if last < 0:
            break  # all that follows is inside
        inside = lines[at + 1 : last]
        if any(line.lstrip().startswith(mark) for line in inside):
            longest = max(len(line) - len(line.lstrip(mark[0])) for line in map(str.strip, inside))
            longer = mark[0] * max(len(mark), longest + 1)
            lines[at] = f"{found['indent']}{longer}{found['info']}"
            lines[last] = f"{found['indent']}{longer}"
        at = last + 1
    return "\n".join(lines)


def _is_markdown(info: str) -> bool:
    return (info.split() or [""])[0].lower() in _MARKDOWN


def _end_of(lines: list[str], first: int, mark: str) -> int:
    """Return the line that ends the fence of line `first`; -1: none does.

    Fences inside it that say a language begin blocks of their own, which have their own ends.
    """
    inner = ""
    depth = 0
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if inner:
            if is_end(line, inner):
                inner = ""
        elif (found := _OPENING.match(line)) and (found["info"] or found["mark"][0] != mark[0]):
            inner, depth = found["mark"], depth + 1
        elif is_end(line, mark):
            return number
    return -1
