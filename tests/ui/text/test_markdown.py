"""Finished text as rows: every part of Markdown, nothing lost, nothing run."""

import re
from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from rich.color import ColorType
from rich.style import Style

from moa_tui.text import clean
from moa_tui.ui.text import code, markdown
from tests.ui.text.looks import HARD_TEXTS, MARKDOWN, STYLES, lines, rendered, styles_at

SHOWN = {
    "headings": ("# One\nx\n### Three ###", ["One", "", "x", "", "Three"]),
    "a line below a text": ("Two\n---\nx\n===", ["Two", "", "─" * 60, "", "x", "==="]),
    "lines of a paragraph": ("one\ntwo  \nthree\\\nfour", ["one", "two", "three\\", "four"]),
    "tags are text": ("Vec<T> <b>x</b>\n\n<p>\n*y*</p>", ["Vec<T> <b>x</b>", "", "<p>", "y</p>"]),
    "breaks": ("a<br>b<br />c", ["a", "b", "c"]),
    "escapes": (r"\*a\* &amp; &lt;b&gt; \[c\]", [r"\*a\* & <b> \[c\]"]),
    "bullets": ("- a\n- b\n  - c\n    1. d\n- e", ["• a", "• b", "  • c", "    1. d", "• e"]),
    "numbers": ("9. a\n9. b\n\ntext\n\n3) c", ["9. a", "10. b", "", "text", "", "3) c"]),
    "loose list": ("- a\n\n- b\n\n  c", ["• a", "", "• b", "", "  c"]),
    "empty item": ("-\n- b", ["•", "• b"]),
    "list with code": ("1. a\n   ```\n   x\n   ```\n2. b", ["1. a", "    x", "2. b"]),
    "quote": ("> a\n>\n> - b\n>\n> > c", ["▌ a", "▌", "▌ • b", "▌", "▌ ▌ c"]),
    "rule": ("a\n\n***\n\nb", ["a", "", "─" * 60, "", "b"]),
    "fence": ("```nosuchlanguage\nx\n\n  y\n```", [" x", "", "   y"]),
    "empty fence": ("a\n\n```\n```\n\nb", ["a", "", "", "", "b"]),
    "unclosed fence": ("~~~\nx\n\n# y", [" x", "", " # y"]),
    "indented code": ("a\n\n    x = 1\n\tb", ["a", "", "    x = 1", "    b"]),
    "tabs": ("```\n\tx\n```\n- \ty", ["     x", "", "• y"]),
    "struck out": ("~~a~~ b ~~删除（括号）。~~这个", ["a b 删除（括号）。这个"]),
    "backslashes": (r"C:\new\*.txt \(x y\) \\srv \d+\.\d", [r"C:\new\*.txt \(x y\) \\srv \d+\.\d"]),
    "a command over lines": ("run \\\n  -it x", ["run \\", "  -it x"]),
    "Chinese emphasis": ("**重要：**请，含**「重点」**内容。", ["重要：请，含「重点」内容。"]),
    "Japanese emphasis": ("**文（括弧）。**続き **テ(a)**です", ["文（括弧）。続き テ(a)です"]),
    "Korean emphasis": ("**한국어(괄호)**는 좋다", ["한국어(괄호)는 좋다"]),
    "quotes in emphasis": ("他说**“好”**了", ["他说“好”了"]),
    "products and names": ("2*3*4 a**b**c __init__ x_y_z", ["2*3*4 a**b**c __init__ x_y_z"]),
    "still emphasis": ("**a**b *c* _d_ __e f__ (**g**).", ["ab c d e f (g)."]),
    "bare code": (
        "So:\ndef f(*a, **k):\n    if a:\n        return 1\n\n    return 2",
        ["So:", "def f(*a, **k):", "    if a:", "        return 1", "", "    return 2"],
    ),
    "a bare tree": (
        "p/\n├── src/\n│   └── `a`\n|-- x\n|   `-- y\n`-- z",
        ["p/", "├── src/", "│   └── a", "|-- x", "|   `-- y", "`-- z"],
    ),
    "a poem": ("  Roses\n    are\n red", ["  Roses", "    are", " red"]),
    "below 10": (
        "9. a\n   - b\n10. c\n   - d\n     - e\n   - f\n\n   g\n11. h\n  ```\n  i\n  ```",
        [
            *("9. a", "", "   • b", "", "10. c", "", "    • d", "      • e", "    • f"),
            *("", "    g", "", "11. h", "", "     i"),
        ],
    ),
    "below 1 by two": ("1. a\n  - b\n    - c\n2. d", ["1. a", "   • b", "     • c", "2. d"]),
    "numbers as written": ("3. a\n5. b\n1986. c", ["3. a", "5. b", "1986. c"]),
    "all in a fence": ("```markdown\n# T\n\n- a\n```\n", ["T", "", "• a"]),
    "all in a fence with another": ("```md\n# T\n```py\nx\n```\ny\n```", ["T", "", " x", "", "y"]),
    "Markdown in a fence": ("a\n```md\n```py\nx\n```\n```", ["a", "", " ```py", " x", " ```"]),
    "fences in fences": ("````\n```\nx\n```\n````\ny", [" ```", " x", " ```", "", "y"]),
    "tildes around a fence": ("~~~\n```\nx\n~~~", [" ```", " x"]),
    "words after a fence": ("```Hello there\nx\n```", ["Hello there", " x"]),
    "no heading": ("#hashtag\n#1 of 2", ["#hashtag", "#1 of 2"]),
    "a year": ("1986. A great year", ["1986. A great year"]),
    "tasks": ("- [ ] a\n- [x] b", ["• [ ] a", "• [x] b"]),
    "footnotes": ("b[^1]\n\n[^1]: c", ["b[^1]", "", "[^1]: c"]),
    "link": ("[a *b*](http://c.d \"t\")", ["a b (http://c.d)"]),
    "link to itself": ("<http://a.b> [http://a.b](http://a.b)", ["http://a.b http://a.b"]),
    "reference": ("[a][r]\n\n[r]: http://b 't'", ["a (http://b)", "", "[r]: http://b 't'"]),
    "reference before": ("[r]: http://b\n\n[r]", ["[r]: http://b", "", "r (http://b)"]),
    "reference in a quote": ("> [r]: http://b\n\n[r]", ["> [r]: http://b", "", "r (http://b)"]),
    "image": ("![a](http://b) ![](http://c)", ["a (http://b) image (http://c)"]),
    "linked image": ("[![a](http://b)](http://c)", ["a (http://b) (http://c)"]),
    "table": (
        "| a | b |\n|---|--:|\n| **one** | 1 |\n| `two` | 22 |\n| only |",
        ["a    │  b", "─────┼───", "one  │  1", "two  │ 22", "only │"],
    ),
    "centred": ("|a|b|\n|:-:|---|\n|xxxxx|y|", ["  a   │ b", "──────┼──", "xxxxx │ y"]),
    "table with a line too much": ("|a|b|\n|-|-|\n|x|y|z|", ["|a|b|", "|-|-|", "|x|y|z|"]),
    "spelt by entities": ("&#x202e;a&#x200b;b&#27;[31m&#9;c", ["ab�[31m c"]),
    "a line by an entity": ("a&#10;b", ["a", "b"]),
    "markup of others": ("[bold]x[/] [@click=app.quit]y[/]", ["[bold]x[/] [@click=app.quit]y[/]"]),
    "nothing": ("\n \n\n", []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SHOWN.values(), ids=SHOWN)
def test_what_is_shown(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


def test_blocks_are_a_row_apart_and_none_is_lost() -> None:
    blocks = ["# h", "para", "- item", "> quote", "```\ncode\n```", "| t |\n|---|", "1. one", "***"]
    words = ["h", "para", "• item", "▌ quote", " code", "t", "1. one", "─" * 60]
    rows = lines("\n\n".join(blocks))
    assert [row for row in rows if row in words] == words
    assert rows.count("") == len(blocks) - 1


def test_styles() -> None:
    rows = rendered("# H *i*\n\na **b** *c* `d` **_e_** ~~f~~ [g](h)\n\n> q **r**\n\n- i")
    assert styles_at(rows, "H").color == STYLES.heading.color
    assert styles_at(rows, "a ").color == STYLES.base.color
    assert styles_at(rows, "b").bold
    assert styles_at(rows, "c").italic
    assert styles_at(rows, "d").bgcolor == STYLES.code.bgcolor
    assert (styles_at(rows, "e").bold, styles_at(rows, "e").italic) == (True, True)
    assert styles_at(rows, "f").strike
    assert styles_at(rows, "g").underline
    assert styles_at(rows, "(h)").color == STYLES.quote.color
    quoted = styles_at(rows, "r")
    assert (quoted.bold, quoted.color) == (True, STYLES.quote.color)
    assert styles_at(rows, "•").color == STYLES.marker.color


def test_emphasis_beside_wide_letters_is_seen() -> None:
    rows = rendered("含**「重点」**内容，~~删除（括号）。~~这个")
    assert styles_at(rows, "「重点」").bold
    assert not styles_at(rows, "内容，").bold
    assert styles_at(rows, "删除（括号）。").strike


_MARKUP = set("#*_~`>|-+=:[](){}!<&;\\$^'\" \n\t\u00a0") | set("0123456789.")
"""What may be markup somewhere, or is drawn in its place."""

_PLAIN_PIECES = st.sampled_from(
    [
        *(
            "word ",
            "C:\\new ",
            "\\(x\\) ",
            "重点",
            "「括」",
            "。",
            "é",
            "def f():\n    ",
            "x\n",
            "\n\n",
        ),
        *(
            "├── a\n",
            "│   └── b\n",
            "**",
            "*",
            "_",
            "__",
            "~~",
            "`",
            "```\n",
            "````\n",
            "~~~\n",
        ),
        *(
            "- ",
            "  - ",
            "10. ",
            "   - ",
            "1986. ",
            "> ",
            "# ",
            "#tag ",
            "---\n",
            "===\n",
            "| a | b |\n|--|--|\n",
        ),
        *(
            "<details>",
            "<b>",
            "[ ] ",
            "[a](b) ",
            "[^1]",
            "2*3*4 ",
            "__init__ ",
            "    ",
            "\\\n",
            "  \n",
        ),
    ]
)


@settings(deadline=None, max_examples=300)
@given(parts=st.lists(_PLAIN_PIECES, max_size=25))
def test_every_letter_is_shown_in_its_order_and_none_is_invented(parts: list[str]) -> None:
    text = "".join(parts)
    assume("~~~" not in text)  # the language of a fence is not shown

    def said(words: str) -> str:
        return "".join(char for char in words if char not in _MARKUP and char not in "•▌─│┼")

    assert said("".join(lines(text, 200))) == said(text)


def test_code_is_highlighted_on_the_ground_of_code() -> None:
    (row,) = rendered("```python\ndef f(): pass\n```", 30)
    assert row.text == " def f(): pass                "
    grounds = {segment.style.bgcolor for segment in row if segment.style}
    assert grounds == {STYLES.code.bgcolor}
    keyword, name = (styles_at([row], text).color for text in ("def", "f"))
    assert keyword != name
    (light,) = rendered("```python\ndef f(): pass\n```", 30, dark=False)
    assert styles_at([light], "def").color != keyword


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize(
    ("base", "kinds"),
    [
        ("default on default", {ColorType.DEFAULT, ColorType.STANDARD}),
        ("#ffffff on #000000", {ColorType.TRUECOLOR}),
    ],
)
async def test_code_on_the_palette_of_the_terminal_keeps_to_it(
    base: str, kinds: set[ColorType], dark: bool
) -> None:
    styles = replace(STYLES, base=Style.parse(base), code=Style.parse(base))
    rows = await markdown.render("```py\ndef f(): return 1\n```", 30, styles, dark=dark)
    used = {segment.style.color for segment in rows[0] if segment.style and segment.style.color}
    assert len(used) > 1
    assert {color.type for color in used} <= kinds


def test_a_narrow_table_wraps_its_cells_and_one_without_room_stays_as_written() -> None:
    text = "| name | what it is for |\n|---|---|\n| abc | long words that wrap |"
    assert lines(text, 20) == [
        *("name │ what it is", "     │ for", "─────┼──────────────"),
        *("abc  │ long words", "     │ that wrap"),
    ]
    assert lines(text, 10) == [
        *(
            "| name |",
            "what it is",
            "for |",
            "|---|---|",
            "| abc |",
            "long words",
            "that wrap",
            "|",
        ),
    ]


def test_what_is_nested_too_deeply_stays_as_written() -> None:
    deep = "\n".join("  " * level + f"- level{level}" for level in range(40))
    rows = lines(deep, 200)
    assert all(any(f"level{level}" in row for row in rows) for level in range(40))
    quotes = lines(">" * 60 + " inside\n")
    assert quotes[0].startswith("▌ ▌ ▌")
    assert "inside" in "".join(quotes)


def test_a_paragraph_with_too_many_marks_stays_as_written() -> None:
    assert "[[[" in lines("[" * 1_500)[0]
    assert lines("**a** " * 600, 200)[0].startswith("**a** **a**")


WORDS = st.integers(0, 99).map(lambda number: f"qz{number:02}q")
_INFO = re.compile(r"(```|~~~)[^\n]*")


@settings(deadline=None, max_examples=200)
@given(parts=st.lists(MARKDOWN | WORDS | WORDS.map("\n\n{}\n".format), max_size=30))
def test_no_word_is_lost(parts: list[str]) -> None:
    text = "".join(parts)
    # The word after a fence names a language and is not shown.
    words = re.findall(r"qz\d\dq", _INFO.sub("", text))
    shown = "".join(lines(text, 200))
    assert [word for word in words if word not in shown] == []


@settings(deadline=None, max_examples=200)
@given(text=MARKDOWN | HARD_TEXTS, width=st.integers(1, 200))
@example(text="- > - > 1. > | a | b |", width=10)
@example(text="100000000. x", width=10)
def test_every_row_is_exactly_as_wide_as_asked_and_links_nowhere(text: str, width: int) -> None:
    for strip in rendered(clean(text), width):
        assert strip.cell_length == width == sum(part.cell_length for part in strip)
        assert not any(segment.style and segment.style.link for segment in strip)
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", strip.text)


@settings(deadline=None)
@given(text=st.text("ab\n ", max_size=200), sizes=st.integers(10, 60))
def test_code_in_pieces_is_the_code(text: str, sizes: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code, "MAX_PIECE", sizes)
        pieces = list(code.pieces(text))
    assert "\n".join(pieces) == text.rstrip()
    assert all(len(piece) <= sizes or "\n" not in piece for piece in pieces)


def test_every_language_shows_the_code_as_it_is() -> None:
    source = "\n  a = 'b' /* c */ # {d}\n\n\n<e f=\"g\">;\n:- h(i)\n-- $j\n  k"
    expected = [f" {line}".rstrip() for line in source.split("\n")]
    fences = {language: f"```{language}\n{source}\n```" for language in code.LANGUAGES}
    assert [name for name, text in fences.items() if lines(text) != expected] == []
