"""A turn as Markdown: every answer ends where it ends."""

import pytest
from markdown_it import MarkdownIt

from moa_tui.state import TurnState, fold
from moa_tui.transcript.export import as_markdown
from moa_tui.transcript.record import record_of
from tests.transcript.test_record import EVENTS


@pytest.mark.parametrize("text", ["```py\nx = 1", "~~~~\n```", "<!-- a", "<pre>\nb", "plain"])
def test_an_answer_that_leaves_something_open_swallows_no_other(text: str) -> None:
    record = record_of(fold(TurnState(), EVENTS)).as_json()
    stream = {**record["streams"][0], "text": text}
    record |= {"question": text, "answer": text, "streams": [stream, stream]}
    tokens = MarkdownIt("commonmark").parse(as_markdown(record))
    headings = [token.tag for token in tokens if token.type == "heading_open"]
    assert headings == ["h1", "h2", "h2"]
