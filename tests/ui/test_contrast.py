"""Every pair of text and ground that the app paints is readable, in every theme.

Not the rules are looked at but what comes of them: the cells of the whole screen, in states that
show all of its parts. WCAG 2 asks for 4.5:1 of text, and 3:1 of large text and of parts without
words (1.4.3, 1.4.11); a terminal has no large text, so only frames, bars and thumbs go with 3.
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager

import pytest
from rich.style import Style
from textual.color import Color
from textual.screen import ModalScreen

from moa_tui.engine.events import Outcome, Role, TurnOutcome
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.state import Phase
from moa_tui.ui.widgets.pane import Pane
from tests.double import CerebrasDouble
from tests.ui.conftest import THEMES, Screen
from tests.ui.states import log, stream, turn, writing
from tests.ui.test_themes import contrast

Open = Callable[..., AbstractAsyncContextManager[Screen]]
FIXED = sorted(name for name, file in THEMES.items() if not file.theme.ansi)
TEXT = """\
# Heading

Words, **strong**, *emphasis*, `code`, ~~gone~~ and a [link](https://example.org).

> A quote
> of two rows

1. one
2. two
   - three

| a | b |
|---|---|
| c | d |

```python
# A comment about the class
@decorated
class Answer(Base):
    \"\"\"It says what it does.\"\"\"
    def __init__(self, value: int = 42) -> None:
        raise ValueError(f"no {value!r}") from None if value is None else sum([1, 0x2F, 3.5])
```

```diff
- old
+ new
```

***
"""
BROKEN = Failure(FailureKind.RATE_LIMITED, "too many requests", "wait a little")
RUNNING = turn(
    writing(1, TEXT, phase=Phase.ENDED, outcome=Outcome.COMPLETE, finish_reason="stop"),
    writing(2, TEXT, phase=Phase.THINKING, reasoning=log("a thought")),
    stream(3, phase=Phase.RETRYING, failure=BROKEN, retry_at=9.0, attempt=2),
)
ENDED = turn(
    stream(1, phase=Phase.ENDED, outcome=Outcome.FAILED, failure=BROKEN),
    writing(2, TEXT, phase=Phase.ENDED, outcome=Outcome.TRUNCATED, finish_reason="length"),
    writing(3, TEXT, phase=Phase.ENDED, outcome=Outcome.STOPPED),
    writing(4, TEXT, phase=Phase.ENDED, outcome=Outcome.COMPLETE, role=Role.AGGREGATOR, layer=2),
    turn="t2",
    outcome=TurnOutcome.DEGRADED,
    answer=TEXT,
    seconds=3.0,
)


def painted(screen: Screen) -> Iterator[tuple[str, Style]]:
    """Yield every piece of text with its style: of the dialog that is open, or of the screen.

    What lies under a dialog is greyed because it is not in use; WCAG asks nothing of that.
    """
    top = screen.app.screen
    region = top.children[0].region if isinstance(top, ModalScreen) else top.region
    for strip in list(top._compositor.render_strips())[region.y : region.bottom]:
        for text, style, _ in strip.crop(region.x, region.right):
            if style and text.strip():
                yield text, style


def least_for(text: str) -> float:
    """Return the contrast that `text` needs: frames less than words, shades and thumbs none."""
    names = [unicodedata.name(char, "") for char in text if not char.isspace()]
    if all("BLOCK" in name for name in names):
        return 1.0
    return 3.0 if all("BOX DRAWINGS" in name for name in names) else 4.5


def too_close(screen: Screen) -> set[str]:
    """Return what on the screen cannot be read well."""
    found = set()
    for text, style in painted(screen):
        assert style.color is not None, text
        assert style.bgcolor is not None, text
        pair = [Color.from_rich_color(c) for c in (style.color, style.bgcolor)]
        if style.reverse:
            pair.reverse()
        if (ratio := contrast(*pair)) < least_for(text):
            found.add(f"{pair[0].hex} on {pair[1].hex} {ratio:.2f}: {text.strip()[:40]!r}")
    return found


async def wear(screen: Screen, name: str) -> None:
    """Put a theme on, and wait until texts that have ended are rendered in its colours."""
    app = screen.app
    app.theme = name
    await screen.pilot.pause()
    await screen.wait(
        lambda: all(w.is_finished for w in app.workers if isinstance(w.node, Pane)), "rendered"
    )
    await screen.pilot.pause()


async def all_themes(screen: Screen) -> list[str]:
    """Return what cannot be read well on the screen as it is, in any theme."""
    found = []
    for name in FIXED:
        await wear(screen, name)
        found += [f"{name}: {pair}" for pair in too_close(screen)]
    return found


@pytest.mark.parametrize("size", [(160, 50), (80, 24)])
async def test_all_that_a_turn_paints_is_readable(
    open_app: Open, double: CerebrasDouble, size: tuple[int, int]
) -> None:
    async with open_app(size=size, notifications=True) as screen:
        app = screen.app
        app.main.show(RUNNING, 2.0, 1)
        app.notify("a note", title="Title", markup=False, timeout=60)
        app.notify("a warning", title="Title", severity="warning", markup=False, timeout=60)
        app.notify("an error", title="Title", severity="error", markup=False, timeout=60)
        await screen.shows("a note", "a warning", "an error", "again in 7 s")
        assert await all_themes(screen) == []
        app.clear_notifications()
        app.main.show(ENDED, 3.0)
        app.main.stage.focus_pane("answer")
        await screen.shows("degraded")
        assert await all_themes(screen) == []


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("f1", "Esc closes"),
        ("f10", "Paste a key"),
        ("ctrl+p", "Search for commands"),
        ("ctrl+t", "Enter keeps"),
    ],
)
async def test_dialogs_are_readable(
    open_app: Open, double: CerebrasDouble, key: str, shown: str
) -> None:
    found = []
    async with open_app(size=(120, 30)) as screen:
        for name in FIXED:
            screen.app.theme = name
            await screen.pilot.press(key)
            await screen.shows(shown)
            found += [f"{name}: {pair}" for pair in too_close(screen)]
            await screen.pilot.press("escape")
            await screen.hides(shown)
    assert found == []
