"""The page: everything in it is text, nothing in it loads, runs or leaves the reader's machine."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa_tui.engine.events import (
    Noticed,
    Outcome,
    ReasoningDelta,
    RequestSent,
    RetryScheduled,
    Role,
    StreamEnded,
    StreamPlanned,
    StreamQueued,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.state import TurnState, fold
from moa_tui.state.spans import Doing, Span, spans
from moa_tui.transcript.page import as_page
from moa_tui.transcript.page.markup import from_markdown
from moa_tui.transcript.record import record_of
from tests.transcript.test_record import EVENTS

TAGS = """
html head meta title style body article h1 h2 p section figure figcaption svg line text rect
details summary b span footer pre a em strong code ul ol li blockquote hr br table thead tbody
tr th td s h3 h4 h5 h6
"""
ATTRIBUTES = """
lang charset http-equiv content name class href rel viewbox role aria-label x x1 x2 y y1 y2
width height rx start
"""
HOSTILE = (
    "</title></style></pre></svg><script>alert(1)</script><img src=x onerror=alert(1)>"
    "\"'><iframe src=//evil.example></iframe>\n\n<style>*{}</style>\n\n"
    "[a](javascript:alert(1)) [b](data:text/html,x) ![c](https://evil.example/c.png)"
    ' [d](//evil.example) <https://good.example/?a="b> `</code><b onclick=x>`\n\n'
    "```<script>\n</pre><script>\n```\n\n| <b> |\n|:-:|\n| </td><script> |\n\n\x1b]0;x\x07\u202e"
)


class Seen(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in {"meta", "line", "br", "hr"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(events: list[TurnEvent], *, times: bool = True) -> str:
    record = record_of(fold(TurnState(), events)).as_json()
    return "".join(as_page([(record, events if times else ())]))


def hostile_turn(text: str) -> list[TurnEvent]:
    """Return a turn with `text` wherever a text can be."""
    failure = Failure(FailureKind.SERVER, text, text)
    return [
        TurnStarted(0.0, text, text, text, 1.7e9, 0, ((text,),), text),
        StreamPlanned(0.1, "s1", text, Role.PROPOSER, 1, text, text, (), text, 2, None, text),
        StreamQueued(0.2, "s1", 1.0),
        RequestSent(0.3, "s1", 1),
        RetryScheduled(0.4, "s1", 1, 0.1, failure),
        RequestSent(0.5, "s1", 2),
        ReasoningDelta(0.6, "s1", text),
        TextDelta(0.7, "s1", text),
        StreamEnded(0.8, "s1", Outcome.PARTIAL, text, failure=failure),
        Noticed(0.8, text),
        TurnEnded(0.9, TurnOutcome.DEGRADED, text, "s1", failure),
    ]


def only_ours(text: str) -> Seen:
    """Return what is in a page of `text`, in which nothing may be but what the page is made of."""
    found = Seen(page(hostile_turn(text)))
    assert found.tags <= set(TAGS.split())
    assert found.attributes <= set(ATTRIBUTES.split())
    assert found.open == []
    assert all(link.startswith(("https://", "http://")) for link in found.links)
    return found


def test_hostile_text_in_every_field_is_text() -> None:
    found = only_ours(HOSTILE)
    assert "<script>alert(1)</script>" in found.text
    assert not {"\x1b", "\x07", "\u202e"} & set(found.text)
    assert all("good.example" in link or "evil.example/c.png" in link for link in found.links)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*"<>\"'&`[]()!|*_#-=:/\\\n ab", "script", "http://x", "javascript:", "]]>"]
        ),
        max_size=30,
    ).map("".join)
)
def test_no_text_becomes_markup_of_another_kind(text: str) -> None:
    only_ours(text)


def test_nothing_may_load_or_run_but_the_style_of_the_page() -> None:
    text = page(EVENTS)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (rule,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert f"default-src &#x27;none&#x27;; style-src &#x27;sha256-{digest}&#x27;" in rule
    assert "style=" not in text
    assert "url(" not in style


def test_a_page_has_the_whole_turn() -> None:
    found = Seen(page(EVENTS))
    for words in ("Why?", "Be😀cause.", "Mind the gap.", "1 of 1 answer", "Hm …", "140 tok/s"):
        assert words in found.text
    assert "waiting, 0.80 to 1.00 s" in found.text
    assert "was not kept" in Seen(page(EVENTS, times=False)).text
    assert "There are no turns." in Seen("".join(as_page([]))).text


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("[a](https://x.example)", 'href="https://x.example" rel="noreferrer noopener"'),
        ("[a](ftp://x.example)", "<a>a</a>"),
        ("![a](https://x.example)", '!<a href="https://x.example"'),
        ("|a|\n|-:|\n|1|", '<td class="to-right">1</td>'),
        ("x" * 200_001, "<pre>xxx"),
        ("\n" * 20_000, "<pre>"),
        ("[" * 60_000, "<p>[[["),
        (r"\tfrac12\,( C:\new \*a\* b\,2^{k-1}", r"\tfrac12\,( C:\new \*a\* b\,2^{k-1}"),
        (r"so $b\,2^{k-1}$ is", r"<code>$b\,2^{k-1}$</code>"),
        ("$$\n\\tfrac12\\,(x_1)_2\n$$", "$$\n\\tfrac12\\,(x_1)_2\n$$"),
        ("含**「重点」**内", "含<strong>「重点」</strong>内"),
        ("def f():\n    return 1", "def f():<br />\n\u00a0\u00a0\u00a0\u00a0return 1"),
        ("a&#x202e;b&#x200b;c&#27;[31m&#65;", "<p>abc\ufffd[31mA</p>"),
        ("[a&#x202e;b](https://x.example/&#x202e;)", ">ab</a>"),
        ("```markdown\n# T\n```", "<h1>T</h1>"),
        ("10. a\n   - b", "<li>a\n<ul>\n<li>b</li>"),
        ("3. a\n1986. b", '<ol start="3">\n<li>a</li>\n<li value="1986">b</li>'),
    ],
)
def test_markdown(markdown: str, html: str) -> None:
    assert html in from_markdown(markdown)


def test_spans_say_what_a_stream_did() -> None:
    assert spans(EVENTS) == {
        "s1": (
            Span(Doing.QUEUED, 0.15, 0.2),
            Span(Doing.WAITING, 0.2, 0.3),
            Span(Doing.RETRYING, 0.3, 0.8),
            Span(Doing.WAITING, 0.8, 1.0),
            Span(Doing.THINKING, 1.0, 1.25),
            Span(Doing.WRITING, 1.25, 2.5),
        )
    }


def test_what_never_ended_lasts_until_the_last_event() -> None:
    ended = next(i for i, event in enumerate(EVENTS) if isinstance(event, StreamEnded))
    later = replace(EVENTS[ended + 1], at=9.0)
    assert spans([*EVENTS[:ended], later])["s1"][-1] == Span(Doing.WRITING, 1.25, 9.0)
    assert spans([*EVENTS[:2], later]) == {"s1": ()}
