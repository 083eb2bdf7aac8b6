"""Render pictures of the app: python scripts/gallery.py [FOLDER [NAME…]].

The turn on them is scripted, to show every state at any size; no model is asked. Pictures are SVG,
and PNG as well where cairosvg is installed (it is in the `dev` extra).
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot
from textual.widgets import TextArea

from moa_tui import paths
from moa_tui.engine.events import (
    Outcome,
    ReasoningDelta,
    RequestSent,
    RetryScheduled,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.engine.provider import Failure, FailureKind, Usage
from moa_tui.local.process import LocalServer
from moa_tui.roster.build import parse_roster
from moa_tui.roster.loading import find_roster
from moa_tui.roster.model import Roster
from moa_tui.roster.parsed import Permission
from moa_tui.roster.trust import trusted_roster
from moa_tui.settings.loading import Loaded
from moa_tui.settings.model import Settings
from moa_tui.state import TurnState, fold
from moa_tui.transcript.history import HistoryWriter
from moa_tui.ui.app import MoaApp
from moa_tui.ui.start import Start
from moa_tui.ui.widgets.pane import Pane
from scripts import gallery_strategies as strategies

QUESTION = "REST or gRPC for our new service?"
ANALYST = """\
Three things decide it: **who calls**, how *much* is sent, and what you already run.

1. Browsers cannot speak gRPC without a proxy; `fetch` and JSON need nothing.
2. Between services, protobuf is about a third of the bytes.
3. Streaming both ways is native in gRPC and an add-on in REST.
"""
SKEPTIC = """\
Do not decide by benchmarks. Few services are limited by their wire format.

- HTTP/2 behind an old load balancer pins every client to one backend.
- A contract helps only if somebody runs the breaking-change check.
- Debugging: `curl` is everywhere, `grpcurl` is not.
"""
MAKER = """\
Start with REST and an OpenAPI file. Move the two hottest calls to gRPC when you can measure it:

```python
async def call(stub: GreeterStub) -> str:
    reply = await stub.SayHello(HelloRequest(name="you"))
    return reply.message
```
"""
ANSWER = """\
# REST at the edge, gRPC inside

Use **REST** for everything a browser or a partner calls, and **gRPC** between your own services \
once a measurement asks for it.

| | REST | gRPC |
|---|---|---|
| browser | works | needs a proxy |
| bytes on the wire | 1 | about a third |
| streaming | server-sent events | both ways |
| debugging | `curl` | `grpcurl`, reflection |

1. Write the OpenAPI file first; generate the client from it.
2. Check that your load balancer speaks HTTP/2 per request, not per connection.
3. Move the hottest call, measure, decide.

```python
async def call(stub: GreeterStub) -> str:
    reply = await stub.SayHello(HelloRequest(name="you"))
    return reply.message
```

> What would change this: a mobile client on a slow link, or bidirectional streams.
"""
MATHS = r"""\
The roots of $ax^2 + bx + c$ are, for $a \neq 0$,

$$x_{1,2} = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}$$

and their sum is $-\frac{b}{a}$. In the limit,

\[
\lim_{n \to \infty} \left(1 + \frac{1}{n}\right)^n = e,
\qquad
\begin{pmatrix} a & b \\ c & d \end{pmatrix}
\]

That costs between $5 and $6, and stays text.
"""
CROWD = """\
version: 1
providers: {{cerebras: {{base_url: "https://api.cerebras.ai/v1", like: cerebras}}}}
defaults: {{provider: cerebras, model: gpt-oss-120b}}
agents: [{agents}]
layers: [{layers}]
aggregator: {{name: editor}}
"""
MODEL = "gpt-oss-120b"
AGENTS = (
    ("analyst", "gpt-oss-120b", ANALYST, 412),
    ("skeptic", "gpt-oss-120b", SKEPTIC, 388),
    ("maker", "qwen-3.8-27b", MAKER, 351),
)
LIMITED = Failure(
    FailureKind.RATE_LIMITED,
    "api.cerebras.ai: Requests per minute limit exceeded",
    "wait, or use fewer agents or a smaller max_tokens",
)


class Picture(NamedTuple):
    """What is painted: a state of the turn, at a size, in a theme and layout, after some keys."""

    name: str
    state: str
    size: tuple[int, int]
    theme: str = "wafer"
    settings: Settings = Settings()
    keys: tuple[str, ...] = ()
    crowd: tuple[int, int] = (0, 1)
    """Agents and layers, where they are not those of the shipped agents.yaml."""
    preset: str = ""


_THEN = 1.79e9
"""When the turns of the history began, in seconds since 1970."""

_WIDTH = 1600
"""Pixels of a picture."""

SIZES = {"wide": (200, 50), "medium": (120, 30), "narrow": (80, 24)}
PICTURES = [
    Picture("readme", "answering", (150, 40)),
    *(
        Picture(f"{state}-{size}", state, cells)
        for state in ("ready", "live", "answering", "done")
        for size, cells in SIZES.items()
    ),
    *(
        Picture(
            f"{layout}-{size}", state, cells, settings=Settings.model_validate({"layout": layout})
        )
        for layout, state in (("focus", "answering"), ("tabs", "done"), ("grid", "done"))
        for size, cells in SIZES.items()
    ),
    *(
        Picture(f"{name}-{size}", "done", cells, keys=(key,))
        for name, key in (
            ("jump", "ctrl+o"),
            ("search", "ctrl+r"),
            ("help", "f1"),
            ("history", "f8"),
            ("first-steps", "f10"),
        )
        for size, cells in SIZES.items()
    ),
    Picture("ascii-medium", "done", SIZES["medium"], settings=Settings(ascii=True)),
    Picture("too-small", "done", (52, 12)),
    *(
        Picture(f"{name}-{size}", state, cells, keys=keys, crowd=crowd)
        for name, state, keys, crowd in (
            ("timeline", "done", ("ctrl+l",), (0, 1)),
            ("maths", "maths", (), (0, 1)),
            ("crowd", "answering", (), (16, 1)),
            ("layers", "live", (), (6, 2)),
            ("find", "answering", ("f2", "slash", *"re", "enter", "n"), (0, 1)),
        )
        for size, cells in SIZES.items()
    ),
    *(
        Picture(f"{state}-{size}", state, cells, preset=state.partition("-")[0])
        for state in strategies.STATES
        for size, cells in SIZES.items()
    ),
    *(
        Picture(f"theme-{path.stem}", "done", SIZES["medium"], path.stem)
        for path in sorted(paths.shipped("themes").glob("*.yaml"))
    ),
]


def script(state: str, crowd: tuple[int, int] = (0, 1)) -> Iterator[TurnEvent]:
    """Yield the events of the scripted turn up to `state`."""
    if state == "ready":
        return
    yield TurnStarted(0.0, "scripted", QUESTION, "mixture", 0.0)
    count, layers = crowd
    at = 0.0
    for layer in range(1, layers + 1):
        going_on = state == "live" and layer == layers
        yield from proposals(at, layer, count or len(AGENTS), going_on=going_on)
        at += 0.41
    if state == "live":
        return
    yield StreamPlanned(at, "z", "editor", Role.AGGREGATOR, layers + 1, MODEL, "cerebras", ())
    yield RequestSent(at, "z", 1)
    answer = MATHS if state == "maths" else ANSWER
    shown = answer if state != "answering" else answer[: len(answer) * 3 // 5]
    yield from written(at + 0.19, "z", shown, 0.012)
    if state != "answering":
        yield StreamEnded(at + 0.54, "z", Outcome.COMPLETE, "stop", Usage(1480, 611))
        yield TurnEnded(at + 0.54, TurnOutcome.COMPLETE, answer, "z")


def proposals(at: float, layer: int, count: int, *, going_on: bool) -> Iterator[TurnEvent]:
    """Yield a layer: ended, or in the middle of it, with one of every state."""
    for number in range(count):
        agent, model, text, _ = AGENTS[number % len(AGENTS)]
        name = agent if count == len(AGENTS) else f"agent{number + 1}"
        stream = f"s{layer}-{number}"
        yield StreamPlanned(at, stream, name, Role.PROPOSER, layer, model, "cerebras", ())
        yield RequestSent(at, stream, 1)
        if going_on and agent == "maker":
            yield RetryScheduled(at + 0.2, stream, 1, 12.0, LIMITED)
            continue
        yield ReasoningDelta(at + 0.12, stream, "Who calls this service, and over what? ")
        if going_on and agent == "skeptic":
            continue
        yield from written(
            at + 0.2, stream, text[: len(text) * 2 // 3] if going_on else text, 0.015
        )
    for number in range(0 if going_on else count):
        usage = Usage(140, AGENTS[number % len(AGENTS)][3])
        yield StreamEnded(at + 0.4, f"s{layer}-{number}", Outcome.COMPLETE, "stop", usage)


def written(at: float, stream: str, text: str, apart: float) -> Iterator[TurnEvent]:
    """Yield `text` in pieces, `apart` seconds from one to the next."""
    for number, start in enumerate(range(0, len(text), 40)):
        yield TextDelta(at + number * apart, stream, text[start : start + 40])


def roster_of(crowd: tuple[int, int]) -> Roster:
    """Return the shipped agents, or as many as there are in the crowd."""
    count, layers = crowd
    if not count:
        return trusted_roster(find_roster())
    names = [f"agent{number}" for number in range(1, count + 1)]
    agents = ", ".join(f"{{name: {name}}}" for name in names)
    text = CROWD.format(agents=agents, layers=", ".join([f"[{', '.join(names)}]"] * layers))
    parsed = parse_roster(text.encode(), Path("agents.yaml"), "gallery")
    return parsed.released(Permission(parsed.digest))


def keep(history: Path) -> None:
    """Have the scripted turn in the history, whole and as far as it was when it was stopped."""
    writer = HistoryWriter(history, lambda trouble: print(trouble, file=sys.stderr))
    for name, state in (("first", "done"), ("second", "answering")):
        log = writer.begin(name, "agents.yaml", "")
        for event in script(state):
            if isinstance(event, TurnStarted):
                log.record(replace(event, turn=name, started_at=_THEN))
            else:
                log.record(event)
        if state != "done":
            log.record(TurnEnded(1.0, TurnOutcome.STOPPED, ""))
    writer.close()


def is_ended(pane: Pane) -> bool:
    """Return whether the pane shows a stream that has ended: its Markdown is to be seen."""
    return bool(pane.stream and pane.stream.outcome and pane.region)


@asynccontextmanager
async def painted(picture: Picture) -> AsyncIterator[MoaApp]:
    """Open the app, and have it show what is to be seen on the picture."""
    roster = roster_of(picture.crowd)
    with tempfile.TemporaryDirectory() as folder:
        start = Start(
            roster=roster,
            lineup=strategies.lineup(roster, picture.preset),
            server=LocalServer(),
            history=Path(folder) / "history.db",
            settings=Loaded(picture.settings),
        )
        keep(start.history)
        # Not the layout that the person at this machine has chosen last.
        os.environ["XDG_STATE_HOME"] = folder
        app = MoaApp(lambda: start, paths.theme_dirs()[:1], picture.theme)
        async with app.run_test(size=picture.size) as pilot:
            while not app.query("#agent-1"):
                await pilot.pause()
            state = TurnState()
            plain = partial(script, picture.state, picture.crowd)
            for event in strategies.STATES.get(picture.state, plain)():
                state = fold(state, [event])
                app.main.show(state, event.at)
            if state.turn:
                # Figures are not drawn at every event; these are the last ones.
                app.main.show(state, event.at + 0.25)
            await pilot.pause()
            while not all(pane.text.rendered for pane in filter(is_ended, app.main.stage.panes)):
                await pilot.pause(0.02)
            app.main.prompt.asked.remember([QUESTION, "Why is the sky dark at night?"])
            await pilot.press(*picture.keys)
            for area in app.screen.query(TextArea):  # a cursor is there on every picture
                area.cursor_blink = False
            await _settled(app, pilot)
            yield app


async def _settled(app: MoaApp, pilot: Pilot[None]) -> None:
    """Wait until the screen stays as it is: what is laid out anew is painted later."""
    before, now = None, app.export_screenshot()
    while now != before:
        await pilot.pause(0.2)
        before, now = now, app.export_screenshot()


async def paint(picture: Picture) -> str:
    """Return the picture as SVG."""
    async with painted(picture) as app:
        return app.export_screenshot(title="moa-tui")


def main(folder: Path, names: list[str]) -> None:
    """Paint every picture, or those whose names are given."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        if names and picture.name not in names:
            continue
        svg = asyncio.run(paint(picture)).replace("Fira Code", "DejaVu Sans Mono")
        (folder / f"{picture.name}.svg").write_text(svg, encoding="utf-8")
        print(folder / f"{picture.name}.svg", "+ png" if to_png(svg, folder, picture) else "")


def to_png(svg: str, folder: Path, picture: Picture) -> bool:
    """Write the picture as PNG, where cairosvg is installed."""
    try:
        import cairosvg  # noqa: PLC0415 - optional here
        from PIL import Image  # noqa: PLC0415 - cairosvg brings it
    except ImportError:
        return False
    # Large, then small: cairo makes every letter whole pixels wide, and words would drift apart.
    large = cairosvg.svg2png(bytestring=svg.encode(), output_width=4 * _WIDTH)
    image = Image.open(BytesIO(large)).convert("RGB")
    image.thumbnail((_WIDTH, image.height), Image.Resampling.LANCZOS)
    image.save(folder / f"{picture.name}.png", optimize=True)
    return True


if __name__ == "__main__":
    arguments = sys.argv[1:] or ["gallery"]
    main(Path(arguments[0]), arguments[1:])
