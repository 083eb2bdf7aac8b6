"""Every function over a stranger's text gets through the texts that are made to hold it up.

The functions are found, not listed: one that is new is tried too. A text of 16 KB may take a second
and a half of processor time, which is some fifty times what the slowest of them takes; what grows
with the square of the length or faster takes much longer.
"""

import importlib
import inspect
import pkgutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType, ModuleType

import pytest

from moa_tui.engine.agreement import agreement
from moa_tui.engine.nearest import nearest
from moa_tui.engine.planning.plan import UnusablePlanError, read_plan
from moa_tui.engine.prompts import Reference, cut
from moa_tui.engine.ranking.ballots import Ballot
from moa_tui.engine.structured import json_object_in
from moa_tui.state import TextLog
from moa_tui.transcript.comparing import difference
from moa_tui.ui.text import breaking, code, light, markdown, maths
from moa_tui.ui.text.blocks import Blocks
from moa_tui.ui.text.runs import Look
from moa_tui.ui.text.search import RowSearch
from moa_tui.ui.text.wrapping import WrappedText
from tests.ui.text.looks import STYLES

LENGTH = 16 * 1024
SECONDS = 1.5
LOOK = Look(STYLES, dark=True)

OWN = {"hold", "pattern"}
"""Functions over what the person has written, not a stranger: a key, and words to look for."""

ROOMS = [
    *("moa_tui.markdown", "moa_tui.engine.voting", "moa_tui.engine.ranking", "moa_tui.ui.links"),
    *("moa_tui.ui.text", "moa_tui.transcript.page", "moa_tui.engine.agreement"),
    *("moa_tui.engine.structured", "moa_tui.transcript.comparing", "moa_tui.text"),
    *("moa_tui.redaction", "moa_tui.ui.terminal.anchoring"),
]
_WRITTEN = r"""
␤ ␣ ⇥ ␣␤ a a␤ 1 1␣ 1, 1.␣a␤ -␣ >␣ >␤ #␣ ```␤ ````␤```␤ ~~~␤ ```md␤ ` `␣``␣```␣ [ ] [a]( ![ [a]:␣b␤ (
{ {"a": | |a|b␤ |- * *␣ **a␣ *a␣_b␣ _ __a ~~a < <a␣ <div>␤ <!-- & &#x202e; \ \␤ $ $a␣ $$␤ \( \[␤
\boxed{ \frac{ ^{ 漢 漢。 http://a.b/␣ a@ Answer:␣ answer␣ A␣>␣ A␣b␣c␣d.␣ $1,000␣ 30␣seconds␣ a␤---␤
===␤ sk- QUJD == ####␤ 10.␣a␤␣␣␣-␣b␤ A.␣ 1986-01-01␣ a␤b␤␤
"""
_SEEN = str.maketrans({"␤": "\n", "␣": " ", "⇥": "\t"})
PIECES = [
    *(piece.translate(_SEEN) for piece in _WRITTEN.split()),
    *("\r\n", "\0", "\u202e", "\x1b[", "\x1b[1;1H", "e\u0301", "\u0301", "👩\u200d", "🇩🇪", "क्"),
    *("1\ufe0f\u20e3", f"http://{'漢' * 60}.com/ ", f"http://{'漢' * 700} "),
]


def text_of(piece: str, length: int = LENGTH) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def modules() -> Iterator[ModuleType]:
    for name in ROOMS:
        module = importlib.import_module(name)
        yield module
        for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
            yield importlib.import_module(f"{name}.{found.name}")


def found() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Yield the public functions that need one text and nothing else."""
    for module in modules():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or name in OWN or function.__module__ != module.__name__:
                continue
            needed = [
                parameter
                for parameter in inspect.signature(function).parameters.values()
                if parameter.default is parameter.empty
            ]
            if len(needed) == 1 and needed[0].annotation in {str, "str", object, "object"}:
                yield f"{module.__name__}.{name}", function


def rendered(text: str) -> None:
    if not markdown.refusal(TextLog().append(text)):
        for _ in Blocks(text, LOOK).rows(60):
            pass


def streamed(text: str) -> None:
    wrapped = WrappedText(60)
    for start in range(0, len(text), 500):
        wrapped.append(text[start : start + 500])
    narrow = wrapped.rewrapped(20)
    for row in range(min(100, narrow.height)):
        light.paint(narrow.line(row), STYLES, 20)


def searched(text: str) -> None:
    rows = text.split("\n")
    for words in ("a b", "( (", "1", "漢"):
        search = RowSearch(words)
        search.look(len(rows), lambda first, last: rows[first:last])
        search.in_row(0)


def planned(text: str) -> None:
    part = {"task": text, "agent": text, "why": text, "needs": [text]}
    for data in ({"parts": text}, {"parts": [part] * 3, "why": text}, json_object_in(text)):
        with suppress(UnusablePlanError):
            read_plan(data, ["ada", "bob"])


FUNCTIONS: dict[str, Callable[[str], object]] = {
    **dict(found()),
    "agreement": lambda text: agreement([("a", text), ("b", text), ("c", text[1:])]),
    "ballot": Ballot({"A": "s1", "B": "s2"}).read,
    "plan": planned,
    "difference": lambda text: difference(text, text[1:]),
    "nearest": lambda text: nearest(text[:100], [text[:100] + str(n) for n in range(200)], 3),
    "cut": lambda text: cut(Reference("a", text), 100),
    "rendered": rendered,
    "streamed": streamed,
    "searched": searched,
    "wrapped": lambda text: breaking.wrap(text, 60),
    "code": lambda text: list(code.code_rows(text[:4_000], "python", 60, LOOK)),
    "formula": lambda text: maths.on_rows(text, 60),
}


class TooLongError(Exception):
    """More processor time went by than there was."""


@pytest.fixture
def limit() -> Iterator[Callable[[], None]]:
    """Begins the time anew."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)

    def begin() -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)

    yield begin
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def test_the_functions_are_found() -> None:
    names = {name.rpartition(".")[2] for name in FUNCTIONS}
    assert names >= {"links_in", "exact_answer", "normal_form", "closed", "clean", "from_markdown"}
    assert len(FUNCTIONS) > 30


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_text_holds_it_up(name: str, limit: Callable[[], None]) -> None:
    function = FUNCTIONS[name]
    function("warm")
    slow = []
    for piece in PIECES:
        text = text_of(piece)
        limit()
        try:
            result = function(text)
            if isinstance(result, Iterator):
                for _ in result:
                    pass
        except TooLongError:
            slow.append(piece)
        except (ValueError, UnicodeError):
            pass
    assert slow == []
