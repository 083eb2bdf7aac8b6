"""Code blocks: highlighted a piece at a time, on the pane's own code ground."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from rich.syntax import Syntax
from textual.color import Color

from moa_tui.ui.contrast import readable
from moa_tui.ui.text.runs import Look, Rows, Runs, padded, wrap_runs

_LANGUAGES = """
ada asm awk bash bat batch c c# c++ clj clojure cmake cobol common-lisp console cpp cs csharp css
cuda d dart diff docker dockerfile elisp elixir erlang ex f# fortran fsharp gdscript glsl go
golang graphql groovy haskell hcl hs html http ini java javascript js json json5 jsx kotlin latex
less lisp lua make makefile mysql nasm nginx nim nix objc objective-c objectivec ocaml pascal perl
php pl plpgsql postgres postgresql powershell prolog properties proto protobuf ps1 pwsh py pycon
python python3 r rb rs ruby rust sass scheme scss sed sh shell shell-session solidity sql swift
tcl terraform tex tf toml ts tsx typescript vbnet verilog vhdl vim vue wast wat xml yaml yml zig
zsh
"""
LANGUAGES = frozenset(_LANGUAGES.split())
"""Languages that are highlighted: those whose rules are read in a twentieth of a second or less."""

MAX_PIECE = 1_000
MAX_LINE = 500
"""Characters highlighted in one go: some languages' rules take seconds for ten times as many."""


def code_rows(code: str, language: str, width: int, look: Look) -> Rows:
    """Return the rows of a code block, each on its ground from edge to edge."""
    ground = Style(bgcolor=look.styles.code.bgcolor)
    edge = Segment(" ", ground)
    for line in _lines(code, language.lower(), look):
        if line is None:
            yield None
            continue
        for row in wrap_runs(line, max(1, width - 2)):
            yield padded([edge, *row], width, ground)


def pieces(code: str) -> Iterator[str]:
    """Split code into pieces of whole lines, where it can between two of its paragraphs."""
    piece: list[str] = []
    size = 0
    for line in code.rstrip().split("\n"):
        starts_anew = piece and not piece[-1].strip() and line[:1].strip()
        if piece and (size + len(line) > MAX_PIECE or (starts_anew and size > MAX_PIECE // 2)):
            yield "\n".join(piece)
            piece, size = [], 0
        piece.append(line)
        size += len(line) + 1
    yield "\n".join(piece)


def _lines(code: str, language: str, look: Look) -> Rows:
    plain = look.styles.code
    theme = _theme(look)
    for piece in pieces(code):
        lines = piece.split("\n")
        if language in LANGUAGES and max(map(len, lines)) <= MAX_LINE:
            yield from _highlighted(piece, _lexer(language), plain, theme)
        else:
            yield from ([Segment(line, plain)] for line in lines)


def _highlighted(piece: str, lexer: Any, plain: Style, theme: str) -> Rows:
    line: Runs = []
    for kind, text in lexer.get_tokens(piece + "\n"):
        style = plain + _style_of(kind, theme, plain)
        first, *rest = text.split("\n")
        line.append(Segment(first, style))
        yield None
        for part in rest:
            yield line
            line = [Segment(part, style)]


def _theme(look: Look) -> str:
    """Name the colours of code: on a terminal's own palette, those of the palette."""
    color = look.styles.base.color
    if color is not None and color.type in {ColorType.DEFAULT, ColorType.STANDARD}:
        return "ansi_dark" if look.dark else "ansi_light"
    return "github-dark" if look.dark else "default"


@cache
def _lexer(language: str) -> Any:
    return Syntax("", language).lexer


@cache
def _style_of(kind: Any, theme: str, plain: Style) -> Style:
    """Return the theme's style for a kind of token, but not its ground: that is the pane's.

    Its colour is made for another ground, and drawn towards plain code's where it has to be.
    """
    found = Syntax.get_theme(theme).get_style_for_token(kind)
    color, ink, ground = found.color, plain.color, plain.bgcolor
    if color and ink and ground and color.triplet and ink.triplet and ground.triplet:
        drawn = readable(*map(Color.from_rich_color, (color, ground, ink)))
        color = drawn.rich_color
    return Style(color=color, bold=found.bold, italic=found.italic)
