"""YAML text → plain data, with the line and column of every key and value.

agents.yaml may come from anyone: size, depth and node count are limited, and what makes YAML
surprising or explosive (anchors, aliases, merge keys, tags, `no` as false, `12:30` as a number)
is left out, so that a value means what it looks like.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from moa_tui.text import clean, clean_line

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 20_000

_NO_WORD = "a key must be a word — remove the brackets"
_NOT_UTF8 = "not UTF-8 — save the file as UTF-8"

Location = tuple[str | int, ...]


class Position(NamedTuple):
    """A place in the file, counted from 1."""

    line: int
    column: int


class Problem(NamedTuple):
    """Something wrong in the file: where, and what in words that end with what to do."""

    position: Position
    text: str


@dataclass(slots=True)
class Document:
    """The data of a file and the positions of its parts; `problems` holds what was refused.

    `unquoted` are the places of texts that stand there without quotes.
    """

    data: Any = None
    positions: dict[Location, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unquoted: set[Location] = field(default_factory=set)

    def position(self, location: Location) -> Position:
        """Return the position of `location`, or of the nearest part around it."""
        while location and location not in self.positions:
            location = location[:-1]
        return self.positions.get(location, Position(1, 1))

    def report(self, location: Location, what: str) -> None:
        """Add a problem with what stands at `location`."""
        text = f"{dotted(location)}: {what}" if location else what
        self.problems.append(Problem(self.position(location), text))


def dotted(location: Location) -> str:
    """Write a location as a person would: `agents[2].temperature`."""
    parts = (
        f"[{part}]" if isinstance(part, int) else f".{part or repr(part)}" for part in location
    )
    return "".join(parts).removeprefix(".")


class _CoreLoader(yaml.SafeLoader):
    """PyYAML's safe loader with the scalars of YAML 1.2's core schema only."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own class attribute


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
    ("int", r"^[-+]?[0-9]{1,18}$", "-+0123456789"),
    # With a point or an exponent: more digits than an int may have are text, not a rounded number.
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]{1,3})?$", "-+.0123456789"),
    ("float", r"^[-+]?[0-9]+[eE][-+]?[0-9]{1,3}$", "-+0123456789"),
):
    for _char in _first:
        _CoreLoader.yaml_implicit_resolvers.setdefault("" if _char == "\0" else _char, []).append(
            (f"tag:yaml.org,2002:{_tag}", re.compile(_pattern))
        )


def parse(source: bytes) -> Document:
    """Read one YAML document; what is wrong with it is in `problems`, never raised."""
    document = Document()
    if len(source) > MAX_BYTES:
        document.report((), f"the file has more than {MAX_BYTES // 1024} KB — make it smaller")
        return document
    if b"\0" in source[:4]:
        document.report((), _NOT_UTF8)  # UTF-16 or UTF-32: no text begins with NUL
        return document
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        document.problems.append(Problem(Position(line, 1), _NOT_UTF8))
        return document
    try:
        problem = _refused(text)
        if problem:
            document.problems.append(problem)
        else:
            node = yaml.compose(text, Loader=_CoreLoader)
            document.data = _build(document, node, ()) if node else None
    except yaml.YAMLError as error:
        document.problems.append(_syntax_problem(error, text))
    except (RecursionError, ValueError, OverflowError) as error:
        document.report((), f"cannot be read as YAML: {clean_line(str(error))} — correct it")
    return document


def _refused(text: str) -> Problem | None:
    """Look at the events before anything is composed: a bomb must not be built to be seen."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=_CoreLoader):
        position = _position(event.start_mark)
        if getattr(event, "anchor", None):
            return Problem(position, "anchors and aliases are not supported — write the value out")
        if getattr(event, "tag", None):
            return Problem(position, "tags are not supported — leave the '!' out or quote the text")
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            return Problem(position, "nested too deeply or too many values — make the file simpler")
    return None


def _build(document: Document, node: yaml.Node, location: Location) -> Any:
    document.positions.setdefault(location, _position(node.start_mark))
    if isinstance(node, yaml.MappingNode):
        return _build_mapping(document, node, location)
    if isinstance(node, yaml.SequenceNode):
        return [_build(document, item, (*location, i)) for i, item in enumerate(node.value)]
    if location and isinstance(node, yaml.ScalarNode) and node.style is None:
        document.unquoted.add(location)
    return _scalar(node)


def _build_mapping(document: Document, node: yaml.MappingNode, location: Location) -> Any:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        position = _position(key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            document.problems.append(Problem(position, _NO_WORD))
            continue
        key = clean_line(key_node.value)
        if key in mapping:
            first = document.positions[(*location, key)].line
            document.problems.append(
                Problem(position, f"duplicate key '{key}' (first on line {first}) — remove one")
            )
            continue
        document.positions[(*location, key)] = position
        mapping[key] = _build(document, value_node, (*location, key))
    return mapping


def _scalar(node: yaml.Node) -> Any:
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return node.value.lower() == "true"
        case "int":
            return int(node.value)
        case "float":
            return float(node.value)
    return clean(node.value)


def _position(mark: Any) -> Position:
    if mark is None:
        return Position(1, 1)
    return Position(mark.line + 1, mark.column + 1)


def _syntax_problem(error: yaml.YAMLError, text: str) -> Problem:
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        position = Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
        character = f"U+{ord(text[error.position]):04X}"
        return Problem(position, f"the control character {character} is not allowed — remove it")
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        what = clean_line(" ".join(part for part in (error.context, error.problem) if part))
        advice = _advice(error)
        return Problem(_position(error.problem_mark), f"not valid YAML: {what} — {advice}")
    return Problem(Position(1, 1), f"not valid YAML: {clean_line(str(error))} — correct it")


def _advice(error: yaml.MarkedYAMLError) -> str:
    what = f"{error.context} {error.problem}"
    if "\\t" in what:
        return "indent with spaces, not with tabs"
    if "another document" in what:
        return "keep one document: remove the '---' and what does not belong to it"
    if "end of stream" in what or "stream end" in what:
        return "something above is not closed: a quote or a bracket is missing"
    if "mapping values" in what:
        return "put a text with ': ' in it in quotes, and check the indentation"
    if "cannot start any token" in what:
        return "put a text that begins like this in quotes"
    return "check the indentation, quotes and brackets here and on the line above"
