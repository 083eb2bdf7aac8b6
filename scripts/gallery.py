"""Render pictures of the app: python scripts/gallery.py [FOLDER [NAME…]].

The turn on them is scripted, to show every state at any size; no model is asked. Pictures are SVG,
and PNG as well where cairosvg is installed (it is in the `dev` extra).
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

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
from moa_tui.roster.loading import find_roster, load_roster
from moa_tui.settings.loading import Loaded
from moa_tui.settings.model import Settings
from moa_tui.state import TurnState, fold
from moa_tui.ui.app import MoaApp
from moa_tui.ui.start import Start
from moa_tui.ui.widgets.pane import Pane

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
        for name, key in (("jump", "ctrl+o"), ("search", "ctrl+r"), ("help", "f1"))
        for size, cells in SIZES.items()
    ),
    Picture("ascii-medium", "done", SIZES["medium"], settings=Settings(ascii=True)),
    Picture("too-small", "done", (52, 12)),
    *(
        Picture(f"theme-{path.stem}", "done", SIZES["medium"], path.stem)
        for path in sorted(paths.shipped("themes").glob("*.yaml"))
    ),
]


def script(state: str) -> Iterator[TurnEvent]:
    """Yield the events of the scripted turn up to `state`."""
    if state == "ready":
        return
    yield TurnStarted(0.0, "scripted", QUESTION, "mixture", 0.0)
    for number, (agent, model, text, _tokens) in enumerate(AGENTS, start=1):
        stream = f"s{number}"
        yield StreamPlanned(0.0, stream, agent, Role.PROPOSER, 1, model, "cerebras", ())
        yield RequestSent(0.0, stream, 1)
        if state == "live" and agent == "maker":
            yield RetryScheduled(0.2, stream, 1, 12.0, LIMITED)
            continue
        yield ReasoningDelta(0.16, stream, "Who calls this service, and over what? ")
        if state == "live" and agent == "skeptic":
            continue
        shown = text if state != "live" else text[: len(text) * 2 // 3]
        for at, piece in enumerate(shown[i : i + 40] for i in range(0, len(shown), 40)):
            yield TextDelta(0.2 + at * 0.015, stream, piece)
    if state == "live":
        return
    for number, (*_, tokens) in enumerate(AGENTS, start=1):
        usage = Usage(140, tokens)
        yield StreamEnded(0.4, f"s{number}", Outcome.COMPLETE, "stop", usage)
    yield StreamPlanned(0.41, "s4", "editor", Role.AGGREGATOR, 2, "gpt-oss-120b", "cerebras", ())
    yield RequestSent(0.41, "s4", 1)
    done = state == "done"
    shown = ANSWER if done else ANSWER[: len(ANSWER) * 3 // 5]
    for at, piece in enumerate(shown[i : i + 40] for i in range(0, len(shown), 40)):
        yield TextDelta(0.6 + at * 0.012, "s4", piece)
    if done:
        yield StreamEnded(0.95, "s4", Outcome.COMPLETE, "stop", Usage(1480, 611))
        yield TurnEnded(0.95, TurnOutcome.COMPLETE, ANSWER, "s4")


def is_ended(pane: Pane) -> bool:
    """Return whether the pane shows a stream that has ended: its Markdown is to be seen."""
    return bool(pane.stream and pane.stream.outcome and pane.region)


async def paint(picture: Picture) -> str:
    """Return the picture as SVG."""
    roster = load_roster(find_roster())
    with tempfile.TemporaryDirectory() as folder:
        start = Start(
            roster=roster,
            lineup=roster.lineup(),
            server=LocalServer(),
            history=Path(folder) / "history.db",
            settings=Loaded(picture.settings),
        )
        # Not the layout that the person at this machine has chosen last.
        os.environ["XDG_STATE_HOME"] = folder
        app = MoaApp(lambda: start, paths.theme_dirs()[:1], picture.theme)
        async with app.run_test(size=picture.size) as pilot:
            while not app.query("#agent-1"):
                await pilot.pause()
            state = TurnState()
            for event in script(picture.state):
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
            await pilot.pause(0.1)
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
    except ImportError:
        return False
    target = str(folder / f"{picture.name}.png")
    cairosvg.svg2png(bytestring=svg.encode(), write_to=target, output_width=1600)
    return True


if __name__ == "__main__":
    arguments = sys.argv[1:] or ["gallery"]
    main(Path(arguments[0]), arguments[1:])
