"""Texts made to do harm: to the terminal, by markup, and by what they cost to show."""

import re
import unicodedata

_ESC, _BEL, _ST = "\x1b", "\x07", "\x1b\\"

SEQUENCES = {
    "colour": f"a{_ESC}[31;1mb{_ESC}[0m",
    "colour, 24 bit": f"a{_ESC}[38;2;1;2;3mb{_ESC}[39m",
    "clear and home": f"a{_ESC}[2J{_ESC}[3J{_ESC}[1;1Hb",
    "cursor away": f"a{_ESC}[99A{_ESC}[99Db{_ESC}7{_ESC}8",
    "insert and delete lines": f"a{_ESC}[5L{_ESC}[5M{_ESC}[5@b",
    "scroll region": f"a{_ESC}[2;3r{_ESC}Mb",
    "title, BEL": f"a{_ESC}]0;owned{_BEL}b",
    "title, ST": f"a{_ESC}]2;owned{_ST}b",
    "title reported": f"a{_ESC}[21tb",
    "link, BEL": f"a{_ESC}]8;;http://evil.example{_BEL}bank{_ESC}]8;;{_BEL}b",
    "link, ST": f"a{_ESC}]8;id=x;http://evil.example{_ST}bank{_ESC}]8;;{_ST}b",
    "clipboard written, BEL": f"a{_ESC}]52;c;cm0gLXJm{_BEL}b",
    "clipboard written, ST": f"a{_ESC}]52;c;cm0gLXJm{_ST}b",
    "clipboard written, C1": "a\x9d52;c;cm0gLXJm\x9cb",
    "clipboard read": f"a{_ESC}]52;c;?{_ST}b",
    "notification": f"a{_ESC}]9;hello{_ST}{_ESC}]777;notify;a;b{_ST}b",
    "folder told": f"a{_ESC}]7;file:///etc{_ST}b",
    "palette": f"a{_ESC}]4;1;rgb:00/00/00{_ST}{_ESC}]104{_ST}b",
    "file transfer": f"a{_ESC}]1337;File=name=eA==:eA=={_BEL}b",
    "shell marks": f"a{_ESC}]133;A{_ST}{_ESC}]633;E;rm{_ST}b",
    "without an end": f"a{_ESC}]0;swallows the rest",
    "device control": f"a{_ESC}P+q544e{_ST}{_ESC}P$qm{_ST}b",
    "picture, sixel": f"a{_ESC}Pq#0;2;0;0;0~{_ST}b",
    "picture, kitty": f"a{_ESC}_Ga=T,f=24;AAAA{_ST}b",
    "privacy message": f"a{_ESC}^x{_ST}{_ESC}Xy{_ST}b",
    "tmux passthrough": f"a{_ESC}Ptmux;{_ESC}{_ESC}]52;c;eA=={_BEL}{_ST}b",
    "colour, C1": "a\x9b31mb\x9b0m",
    "all of C1": "a" + "".join(map(chr, range(0x80, 0xA0))) + "b",
    "all of C0": "a" + "".join(map(chr, range(0x20))) + "b",
    "delete": "ab\x7f\x7fc",
    "bells": "a\a\a\ab",
    "backspaces": "safe\b\b\b\bevil",
    "overwriting": "rm -rf /\rls       ",
    "character sets": "a\x0elqk\x0f\x1b(0x\x1b(Bb",
    "screen and mouse modes": f"a{_ESC}[?1049l{_ESC}[?25h{_ESC}[?1003h{_ESC}[?2004lb",
    "keyboard modes": f"a{_ESC}[>1u{_ESC}[<u{_ESC}[>4;2m{_ESC}=b",
    "synchronised output": f"a{_ESC}[?2026hb",
    "full reset": f"a{_ESC}c{_ESC}[!pb",
    "alignment": f"a{_ESC}#8{_ESC}#6b",
    "status asked": f"a{_ESC}[5n{_ESC}[6n{_ESC}[cb\x05",
    "status answered": f"a{_ESC}[0nb",
    "halves of a sequence": f"a{_ESC}{_ESC}[{_ESC}31mb",
    "vertical tab and form feed": "a\x0bb\x0cc\x1cd\x1de\x1ef",
    "bidi override": "user = \u202eadmin\u202c // ok",
    "bidi isolates": "if \u2066a\u2069 \u2067b\u2068c\u2069",
    "bidi marks": "a\u200eb\u200fc\u061cd",
    "zero width": "a\u200bb\u2060c\ufeffd\u00ade\u180ef",
    "invisible mathematics": "a\u2061\u2062\u2063\u2064b",
    "tags": "a" + "".join(chr(0xE0000 + ord(c)) for c in "obey") + "\U000e007fb",
    "annotations": "a\ufff9b\ufffac\ufffbd",
    "lines of Unicode": "a\u2028b\u2029c\x85d",
    "zalgo": "Z" + "\u0301\u0323\u0489" * 200 + "b",
    "joiners": "a" + "\u200d" * 300 + "b",
    "variation selectors": "a" + "\ufe0f\U000e0100" * 100 + "b",
    "high half": "a\ud83db",
    "low half": "a\ude00b",
    "halves": "a\ude00\ud83db",
    "a pair": "a\ud83d\ude00b",
    "NUL": "a\0b",
}
"""What a terminal would obey, hide or draw over something else."""

MARKUP = {
    "closing": "a[/]b",
    "closing what is not open": "a[/bold]b [/x]",
    "index": "x[0] = y[1][2]",
    "assignment": "[stage=1:] x[0]…[a=b: c]",
    "colour": "[red]a[/red] [bold on blue]b[/]",
    "never closed": "[red",
    "half a tag": "a [b +",
    "half a closing tag": "a [/",
    "action": "[@click=app.quit]a[/]",
    "action of the screen": "[@click=screen.dismiss]a[/] [@click=app.bell()]b[/]",
    "hyperlink": "[link=file:///etc/passwd]a[/link]",
    "variable": "[$primary]a[/] [$x]b",
    "emoji code": ":smile: [:warning:]",
    "backslash": "a\\[b\\",
    "backslash at the end": "[red]\\",
    "JSON": '[{"a": [1, 2]}, "[/]"]',
    "pattern": r"^[^\]\[]+[/@]\[$",
}
"""What Textual's or Rich's markup would read as more than text."""

PAYLOADS = {**SEQUENCES, **MARKUP}

_UNWANTED_BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_UNSEEN = "\u200b\u200e\u200f\u061c\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u180e"


def foreign(text: str) -> set[str]:
    """Return the characters that no text may bring to a terminal; line feed and tab may pass."""
    return {char for char in text if _is_foreign(char)}


def _is_foreign(char: str) -> bool:
    return (
        (unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} and char not in "\n\t")
        or unicodedata.bidirectional(char) in _UNWANTED_BIDI
        or char in _UNSEEN
        or 0xE0000 <= ord(char) < 0xE0080
    )


_OWN = re.compile(
    r"\x1b\[[0-9;]*m"  # styles, all with numbers
    r"|\x1b\[\d+;\d+H"  # where to write
    r"|\x1b\[\?2026[hl]"  # a frame begins, a frame ends
    r"|\x1b\]52;c;[A-Za-z0-9+/=]*\a"  # the person copies
    r"|\x1b\]22;[a-z-]*\a"  # the shape of the mouse pointer
    r"|\x1b\[\?(?:25|1000|1002|1003|1004|1006|1015|1049|2004|2048|7)[hl]"  # modes, on and off
    r"|\x1b\[>1u|\x1b\[<u|\x1b\[5n"
)
"""The sequences that the program itself writes, in exactly these shapes."""


def without_own(written: str) -> str:
    """Return what was written to a terminal, without the program's own sequences."""
    return _OWN.sub("", written)


_WORDS = "the quick brown fox jumps over a lazy dog and runs on "
_KB = 1024


def _repeated(piece: str, size: int) -> str:
    return piece * (size // len(piece))


def shapes() -> dict[str, str]:
    """Return texts that cost much to show as Markdown, and their like."""
    found = {
        "1 MB without spaces": "x" * 1024 * _KB,
        "1 MB of wide characters": "混" * (1024 * _KB // 3),
        "1 MB in paragraphs": _repeated(_WORDS * 9 + "\n\n", 1024 * _KB),
        "100 KB of words in a line": _repeated(_WORDS, 100 * _KB),
        "64 KB of words in a line": _repeated(_WORDS, 64 * _KB),
        "64 KB of paragraphs": _repeated(_WORDS * 3 + "\n\n", 64 * _KB),
        "fence of 10,000 lines": "```python\n" + "x = [1, 2]\n" * 10_000 + "```",
        "fence of 1,000 lines": "```python\n" + "def f(x): return x\n" * 1_000 + "```",
        "table of 500 rows": "| a | b |\n|---|---|\n" + "| one | two |\n" * 500,
        "table of 5,000 rows": "| a | b |\n|---|---|\n" + "| one | two |\n" * 5_000,
        "table of 200 columns": "|" + "a|" * 200 + "\n|" + "-|" * 200 + ("\n|" + "b|" * 200) * 20,
        "2,000 headings": "# h\n" * 2_000,
        "2,000 underlined headings": "h\n===\n" * 2_000,
        "2,000 rules": "---\n\n" * 2_000,
        "list nested 300 deep": "\n".join("  " * depth + "- a" for depth in range(300)),
        "lists in a line": "- " * 10_000,
        "numbers in a line": "1. " * 10_000,
        "10,000 quotes in a line": ">" * 10_000 + " x",
        "quotes of quotes": (">" * 60 + " x\n") * 500,
        "brackets": "[" * 10_000,
        "bracket pairs": "[]" * 10_000,
        "image brackets": "![" * 10_000,
        "open links": "[a](" * 8_000,
        "links": "[a](http://b.example) " * 2_500,
        "link definitions": "\n".join(f"[r{n}]: http://x/{n}" for n in range(2_000)),
        "link references": "[r]: http://x\n\n" + "[a][r] " * 6_000,
        "emphasis": "*a **b " * 8_000,
        "emphasis, mixed": "_*a" * 15_000,
        "stars": "*" * 50_000,
        "pairs of stars apart": "** " * 20_000,
        "stars and letters": "**a" * 20_000,
        "underscores": "_a" * 25_000,
        "struck": "~~a " * 12_000,
        "backticks": "`" * 50_000,
        "backticks of all lengths": " ".join("`" * n for n in range(300)),
        "code spans never closed": "`a ``b " * 8_000,
        "entities": "&#x202e;&amp;" * 4_000,
        "html": "<a href='" * 6_000,
        "html comments": "<!-- " * 10_000,
        "backslashes": "\\*" * 25_000,
        "zalgo": "Z\u0301\u0323\u0489\u0301" * 10_000,
        "right to left": "\u05d0\u05d1 " * 15_000,
        "emoji": "👩\u200d👩\u200d👧 " * 7_000,
        "flags": "🇺🇳" * 10_000,
        "newlines": "\n" * 60_000,
        "spaces": " " * 60_000,
        "lines that end in spaces": "a  \n" * 12_000,
        "pipes": "|" * 30_000,
        "dashes and pipes": "|-" * 15_000 + "\n" + "|-" * 15_000,
    }
    for count in (300, 1_000, 2_000, 20_000):
        found[f"{count:,} bullets"] = "- item **x** `y`\n" * count
    for kb in (10, 50, 200):
        found[f"fence with a line of {kb} KB"] = f"```python\n{_repeated('x = 1; ', kb * _KB)}\n```"
        found[f"fence of json, {kb} KB a line"] = f"```json\n{_repeated('[[1,', kb * _KB)}\n```"
    for kb in (2, 8, 50):
        found[f"{kb},000 tabs"] = "\t" * kb * 1000
        found[f"{kb},000 tabs between"] = "a\t" * kb * 1000
    return found
