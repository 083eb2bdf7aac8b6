"""The page: question, answer, figures, the time line, and what every agent wrote."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from moa_tui.engine.events import StreamPlanned, TurnEvent
from moa_tui.engine.wholeness import remark_on
from moa_tui.state.spans import Doing, spans
from moa_tui.text import clean_line
from moa_tui.transcript.page.markup import from_markdown, plain
from moa_tui.transcript.page.time_line import legend, time_line

_STYLE = Path(__file__).with_name("page.css")
_WORDS = {
    Doing.QUEUED: "queued for the rate limit",
    Doing.WAITING: "asked, nothing yet",
    Doing.THINKING: "thinking",
    Doing.WRITING: "writing",
    Doing.RETRYING: "waiting to be asked again",
}


def as_page(turns: Iterable[tuple[dict[str, Any], Sequence[TurnEvent]]]) -> Iterator[str]:
    """Yield a page of `turns`, piece by piece: the record of each, and its events if kept."""
    style = _STYLE.read_text(encoding="utf-8")
    # The one style that may count is this one, and nothing else may be loaded or run.
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rule = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    first = True
    for record, events in turns:
        if first:
            yield _head(clean_line(str(record["question"]), 80), rule, style)
            first = False
        yield from _turn(record, events)
    if first:
        yield _head("no turns", rule, style) + "<p>There are no turns.</p>\n"
    yield "</body>\n</html>\n"


def _head(title: str, rule: str, style: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{plain(rule)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{plain(title)} · moa-tui</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )


def _turn(record: dict[str, Any], events: Sequence[TurnEvent]) -> Iterator[str]:
    yield f'<article>\n<h1 class="question">{plain(record["question"])}</h1>\n'
    yield f'<p class="figures">{plain(" · ".join(_figures(record)))}</p>\n'
    answer = str(record["answer"])
    text = from_markdown(answer) if answer else '<p class="none">There is no answer.</p>\n'
    yield f'<section class="answer">\n{text}</section>\n'
    if said := remark_on(record):
        yield f'<p class="notice">{plain(said)}</p>\n'
    yield from (f'<p class="notice">{plain(notice)}</p>\n' for notice in record["notices"])
    yield _picture(events)
    yield "<h2>What each of them wrote</h2>\n"
    for stream in record["streams"]:
        yield from _stream(stream)
    yield (
        f"<footer>Turn {plain(record['turn'])}, {plain(record['started_at'])}, "
        f"kept by moa-tui {plain(record['version'])}</footer>\n</article>\n"
    )


def _figures(record: dict[str, Any]) -> Iterator[str]:
    yield f"{record['outcome']}"
    if record.get("participation"):  # turns kept by earlier versions do not have it
        yield str(record["participation"])
    yield f"{record['strategy']}"
    race = record.get("race") or {}
    # Beside the answer's time stand the answer's tokens: a baseline has its own.
    tokens = race.get("answer", {}).get("output_tokens", record["output_tokens"])
    yield f"{tokens:,} tokens"
    if record["throughput"]:
        yield f"{record['throughput']:,.0f} tok/s"
    yield f"{record['seconds']:.2f} s"
    if race:
        yield str(race.get("words", ""))


def _picture(events: Sequence[TurnEvent]) -> str:
    if not events:
        return '<p class="none">When each of them wrote was not kept of this turn.</p>\n'
    planned = {event.stream: event for event in events if isinstance(event, StreamPlanned)}
    rows = [
        (f"{planned[stream].agent} {planned[stream].sample or ''}".strip(), row)
        for stream, row in spans(events).items()
    ]
    done = {span.doing for _, row in rows for span in row}
    words = {str(doing): said for doing, said in _WORDS.items() if doing in done}
    return f"<figure>\n{time_line(rows)}\n<figcaption>{legend(words)}</figcaption>\n</figure>\n"


def _stream(stream: dict[str, Any]) -> Iterator[str]:
    ended = stream["outcome"] if stream.get("used", True) else "not used"
    name = f"{stream['agent']} {stream['sample'] or ''}".strip()
    figures = [stream["model"], ended, f"{stream['output_tokens']:,} tokens"]
    figures += [f"{stream['throughput']:,.0f} tok/s"] if stream["throughput"] else []
    figures += [] if stream["ttft"] is None else [f"first after {stream['ttft']:.2f} s"]
    figures += [f"{stream['seconds']:.2f} s"]
    yield f"<details>\n<summary><b>{plain(name)}</b> {plain(' · '.join(figures))}</summary>\n"
    if stream["failure"]:
        yield f'<p class="notice">{plain(stream["failure"])}</p>\n'
    if stream["reasoning"]:
        yield f"<details>\n<summary>thinking</summary>\n<pre>{plain(stream['reasoning'])}</pre>\n"
        yield "</details>\n"
    yield from_markdown(str(stream["text"])) or '<p class="none">(nothing)</p>\n'
    yield "</details>\n"
