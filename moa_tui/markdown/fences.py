"""Fences of code: closed where a text leaves them open, and whole where one holds others."""

import re

_OPENING = re.compile(r"(?P<indent> {0,24})(?P<mark>`{3,}(?=[^`]*$)|~{3,})[ ]*(?P<info>[^\n]*)$")
_MARKDOWN = frozenset({"markdown", "md"})


def closed(text: str) -> str:
    """Return `text` with an end to what it leaves open: what follows is not part of it.

    That is a fence, or a comment of HTML.
    """
    mark, indent = "", ""
    comment = False
    for line in text.split("\n"):
        if mark:
            if is_end(line, mark):
                mark = ""
        elif found := _OPENING.match(line):
            mark, indent = found["mark"], found["indent"]
        else:
            begins, ends = line.rfind("<!--"), line.rfind("-->")
            comment = begins > ends or (comment and ends < 0)
    if mark:
        return f"{text.rstrip(chr(10))}\n{indent[:3]}{mark}"
    return f"{text.rstrip(chr(10))}\n-->" if comment else text


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
        inside = lines[at + 1 : last] if last >= 0 else []
        if any(line.lstrip().startswith(mark) for line in inside):
            longest = max(len(line) - len(line.lstrip(mark[0])) for line in map(str.strip, inside))
            longer = mark[0] * max(len(mark), longest + 1)
            lines[at] = f"{found['indent']}{longer}{found['info']}"
            lines[last] = f"{found['indent']}{longer}"
        at = last + 1 if last >= 0 else at + 1
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
