"""The programs that are compared: each returns the seconds from its first request to its end."""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.mixtures import Mixture
from benchmarks.opened import COMPLETE, app_on
from benchmarks.peers.installed import NotRun, Package
from benchmarks.peers.running import (
    LIMIT,
    NotFinished,
    environment,
    headless,
    screen,
    seconds_since_request,
)
from benchmarks.pty_terminal import MOA_TUI, NotPaintedError
from benchmarks.wire.server import ReplayServer, Script

QUORUMDECK = Package("quorumdeck", "0.2.0", ("litellm==1.106.2",))
LLM = Package("llm", "0.36")
# elia takes a first delta without text, as today's litellm hands it on, for the answer's end.
ELIA = Package("elia-chat", "1.10.0", ("litellm==1.53.1", "openai==1.55.3"))
ELIA_LIMIT = 60

_NO_AGGREGATOR = Script(1, 0, 0, 10)
"""Ours always has an aggregator, a peer's fan-out has none: it writes one token, and it counts."""

_PLAIN = """
import asyncio, sys
from openai import AsyncOpenAI

async def main(url, model, streams):
    client = AsyncOpenAI(base_url=url, api_key="no-secret")
    async def one():
        messages = [{"role": "user", "content": "why?"}]
        answer = await client.chat.completions.create(model=model, messages=messages, stream=True)
        async for chunk in answer:
            if chunk.choices and chunk.choices[0].delta.content:
                print(chunk.choices[0].delta.content, end="", flush=True)
    await asyncio.gather(*(one() for _ in range(streams)))

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""

_COUNTED_ELIA = """
import os, sys
from elia_chat.widgets.chatbox import Chatbox
count, append = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT), Chatbox.append_chunk
def counted(self, chunk):
    append(self, chunk)
    os.write(count, b".")
Chatbox.append_chunk = counted
from elia_chat.__main__ import cli
cli()
"""
"""elia as it is, and a file as long as the number of deltas that its chat has taken: nothing on
its screen says how far it is, and the end of the turn paints nothing of its own."""


def ours_headless(server: ReplayServer, script: Script, streams: int) -> float:
    """Run moa-tui without its screen."""
    mixture = Mixture(streams, script, _NO_AGGREGATOR)
    with _home() as home:
        roster = mixture.write_roster(server, home)
        env = {**environment(home), **mixture.environment(server, home)}
        return headless(server, [*MOA_TUI, "run", "-c", str(roster), "why?"], env, streams + 1)


def ours_on_screen(server: ReplayServer, script: Script, streams: int) -> float:
    """Run moa-tui in a terminal, its first turn."""
    with app_on(server, Mixture(streams, script, _NO_AGGREGATOR)) as terminal:
        server.reset()
        terminal.type("why?\r", COMPLETE, LIMIT)
        return seconds_since_request(server, terminal.seen_at, streams + 1)


def plain_script(server: ReplayServer, script: Script, streams: int) -> float:
    """Run what is written without a program: the SDK's default stream, deltas printed."""
    with _home() as home:
        command = [sys.executable, "-c", _PLAIN, server.url, script.model, str(streams)]
        return headless(server, command, environment(home), streams)


def quorumdeck_headless(server: ReplayServer, script: Script, streams: int) -> float:
    """Run `deck run`."""
    deck = QUORUMDECK.program("deck")
    with _home() as home:
        config = _write_deck(server, script, streams, home / "agents.yaml")
        command = [deck, "-c", str(config), "run", "why?"]
        return headless(server, command, environment(home), streams)


def quorumdeck_on_screen(server: ReplayServer, script: Script, streams: int) -> float:
    """Run `deck`, its first turn."""
    deck = QUORUMDECK.program("deck")
    with _home() as home:
        config = _write_deck(server, script, streams, home / "agents.yaml")
        with screen([deck, "-c", str(config)], environment(home), "Ask the deck") as terminal:
            server.reset()
            terminal.type("why?\r", "thinking")
            # While it works, the line that ends so begins with "thinking".
            terminal.expect("ready  ·  fanout")
            try:
                ended = terminal.painted(LIMIT)
            except NotPaintedError:
                raise NotFinished(f"not finished after {LIMIT} s") from None
        return seconds_since_request(server, ended, streams)


def llm_headless(server: ReplayServer, script: Script, streams: int) -> float:
    """Run `llm`, which has one stream only."""
    llm = LLM.program("llm")
    with _home() as home:
        model = {"model_id": "replay", "model_name": script.model, "api_base": server.url}
        (home / "extra-openai-models.yaml").write_text(json.dumps([model]))
        env = {**environment(home), "LLM_USER_PATH": str(home)}
        return headless(server, [llm, "-m", "replay", "why?"], env, streams)


def elia_on_screen(server: ReplayServer, script: Script, streams: int) -> float:
    """Run elia, which has one stream only, until its chat holds the whole answer."""
    python = ELIA.program("python")
    with _home() as home:
        env = {**environment(home), "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
        (home / "elia").mkdir()
        (home / "elia" / "config.toml").write_text(
            'default_model = "replay"\n[[models]]\nid = "replay"\n'
            f'name = "openai/{script.model}"\napi_base = "{server.url}"\napi_key = "no-secret"\n'
        )
        counted = home / "count"
        server.reset()
        with screen([python, "-c", _COUNTED_ELIA, str(counted), "why?"], env):
            limit, taken = time.monotonic() + ELIA_LIMIT, 0
            while time.monotonic() < limit:
                taken = counted.stat().st_size if counted.exists() else 0
                if taken >= script.tokens:
                    return seconds_since_request(server, time.monotonic(), streams)
                time.sleep(0.02)
        if not taken:
            raise NotRun(f"its chat took no text in {ELIA_LIMIT} s")
        raise NotFinished(f"not finished after {ELIA_LIMIT} s: at token {taken:,}")


@contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _write_deck(server: ReplayServer, script: Script, streams: int, path: Path) -> Path:
    agents = "".join(
        f"  - {{id: agent{number}, model: openai/{script.model}, api_base: '{server.url}'}}\n"
        for number in range(1, streams + 1)
    )
    path.write_text(f"version: 1\ndeck: {{pattern: fanout}}\nagents:\n{agents}")
    return path
