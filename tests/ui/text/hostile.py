"""Texts made to hold up the program."""

WORDS = "the quick brown fox jumps over a lazy dog and runs on "
KB = 1024

SHAPES = {
    "words in one line": WORDS,
    "words in paragraphs": WORDS * 9 + "\n\n",
    "no space": "x",
    "short paragraphs": "word\n\n",
    "lines": "a\n",
    "hard breaks": "a  \n",
    "newlines": "\n",
    "spaces": " ",
    "tabs": "\t",
    "tabs between": "a\t",
    "code": "    x = 1\n",
    "fences": "```python\nx = 1\n```\n\n",
    "fences of tildes": "~~~\na\n~~~\n",
    "bullets": "- item **x** `y`\n",
    "bullets apart": "- item\n\n",
    "numbers": "1. item\n",
    "lists in a line": "- ",
    "quotes in a line": ">",
    "quotes": ">" * 60 + " x\n",
    "quoted paragraphs": "> word\n>\n",
    "quoted list": "> - a\n",
    "list with code": "- a\n  ```py\n  x=1\n  ```\n",
    "list in quote in list": "- > - > - > a\n",
    "headings": "# h\n",
    "underlined headings": "a\n===\n",
    "rules": "---\n\n",
    "brackets": "[",
    "bracket pairs": "[]",
    "bracket lines": "[" * 500 + "\n",
    "image brackets": "![",
    "links": "[a](b) ",
    "open links": "[a\n",
    "definitions": "[r]: http://x\n",
    "addresses": "<http://a.b> ",
    "images": "![a](b) ",
    "stars": "*",
    "emphasis": "*a **b ",
    "mixed emphasis": "_*a",
    "struck": "~~a ",
    "backticks": "`",
    "code spans": "`a ",
    "entities": "&#x202e;",
    "tags": "<b>x</b> ",
    "open tags": "<a ",
    "comments": "<!-- ",
    "blocks of html": "<div>\n",
    "escapes": "\\*",
    "marks": "Z" + "\u0301" * 8,
    "right to left": "\u05d0\u05d1 abc ",
    "emoji": "👩\u200d👩\u200d👧 ",
    "cjk": "你好世界",
}
FRAMED = {
    "fence of lines": ("```python\n", "def f(x): return [a for a in x]  # c\n", "```"),
    "fence of one line": ("```python\n", "x = 1; ", "\n```"),
    "fence of java": ("```java\n", "a ", "\n```"),
    "fence of newlines": ("```c\n", "\n", "x\n```"),
    "fence never closed": ("```\n", "abc\n", ""),
    "one bullet of many": ("- top\n", "  - sub item\n", ""),
    "table of rows": ("| a | b |\n|---|---|\n", "| one | two |\n", ""),
    "table of columns": ("|" + "a|" * 200 + "\n|" + "-|" * 200 + "\n", "|" + "b|" * 200 + "\n", ""),
    "table of long cells": ("| a | b |\n|---|---|\n", f"| {WORDS * 9} | b |\n", ""),
}


def text_of(name: str, size: int) -> str:
    before, piece, after = FRAMED.get(name) or ("", SHAPES.get(name, ""), "")
    return before + piece * (size // len(piece)) + after
