"""Whatever is done to an agents.yaml, it is good or its problems are told with their place."""

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from moa_tui import paths
from moa_tui.roster.build import RosterError
from tests.rosters import build_roster

SHIPPED = paths.shipped("agents.yaml").read_bytes()
SNIPPETS = [
    *(b"\0", b"\t", b"\r", b"\x1b[2J", b"\xff", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\n---\n"),
    *(
        b": ",
        b"- ",
        b"? ",
        b"# ",
        b"{",
        b"[",
        b"'",
        b'"',
        b"~",
        b"&a ",
        b"*a",
        b"<<: ",
        b"%YAML 9\n",
    ),
    *(b"!!python/object:os.system ", b"'\\e'", b'"\\ud800"', b"agents: ", b"version: 1\n"),
    *(b"9" * 400, b".nan", b"1e999", b"-1", b"0x7f"),
]


@st.composite
def spoilt_files(draw: st.DrawFn) -> bytes:
    """The shipped file with pieces taken out, doubled, moved or put in."""
    source = SHIPPED
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(source)))
        end = min(len(source), start + draw(st.integers(0, 60)))
        piece = draw(st.sampled_from([b"", *SNIPPETS, source[start:end] * 2]))
        source = source[:start] + piece + source[end:]
    return source


@settings(deadline=None, max_examples=60)
@given(source=spoilt_files() | st.binary(max_size=200))
def test_any_file_is_good_or_its_problems_are_told(source: bytes) -> None:
    try:
        build_roster(source, Path("f.yaml"), "test")
    except RosterError as error:
        for line in str(error).splitlines():
            assert re.match(r"f\.yaml:(?:[1-9]\d*:[1-9]\d*: .|\x20and \d+ more problems)", line)
            assert line.isprintable()
