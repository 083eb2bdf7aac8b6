"""Records of turns as documents: Markdown to read, JSON and JSON Lines for programs."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from moa_tui.engine.cost import dollars
from moa_tui.engine.wholeness import remark_on
from moa_tui.markdown.fences import closed

FORMATS = ("md", "json", "jsonl")


def exported(records: Iterable[dict[str, Any]], form: str) -> Iterator[str]:
    """Yield the text of a document that holds `records`, piece by piece; `form` is of FORMATS."""
    match form:
        case "jsonl":
            yield from (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        case "json":
            separator = "[\n"
            for record in records:
                yield separator + json.dumps(record, ensure_ascii=False, indent=2)
                separator = ",\n"
            yield "[]\n" if separator == "[\n" else "\n]\n"
        case _:
            for number, record in enumerate(records):
                yield ("\n---\n\n" if number else "") + as_markdown(record) + "\n"


def as_markdown(record: dict[str, Any]) -> str:
    """Return a turn as Markdown: the question, the answer, what each agent wrote."""
    # Each text ends where it ends: an open fence would swallow those after it.
    lines = [closed(f"# {record['question']}"), ""]
    if record.get("participation"):  # turns kept by earlier versions do not have it
        lines += [f"*{record['participation']}*", ""]
    lines += [closed(str(record["answer"])) or "(no answer)", ""]
    if said := remark_on(record):
        lines += [f"> {said}", ""]
    if race := record.get("race"):
        lines += [f"*{race.get('words', '')}*", ""]
    for stream in record["streams"]:
        ended = stream["outcome"] if stream.get("used", True) else "not used"
        figures = (
            f"{ended}, {stream['output_tokens']} tok, {stream['seconds']:.2f} s{_cost(stream)}"
        )
        lines += [f"## {stream['agent']} ({stream['model']}: {figures})", ""]
        if stream["text"] or not stream["failure"]:
            lines += [closed(stream["text"]) or "(nothing)", ""]
        if stream["failure"]:
            lines += [f"> {ended}: {stream['failure']}", ""]
    lines.append(f"{record['turn']} · {record['started_at']} · {record['outcome']}{_cost(record)}")
    return "\n".join(lines)


def _cost(part: dict[str, Any]) -> str:
    """Say what a turn or stream has cost; records of before costs were counted do not know."""
    cost = part.get("cost_usd")
    return "" if cost is None else f", {dollars(cost)}"
