"""What tests of the command line share: the program as a process of its own, on the double."""

import asyncio
import contextlib
import io
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest

from moa_tui.cli.main import main
from tests import canary
from tests.double import Answer, CerebrasDouble

ROSTER = """
version: 1
providers:
  double: {{base_url: "{url}", api_key_env: DOUBLE_API_KEY, like: cerebras}}
defaults: {{provider: double}}
agents:
  - {{name: ada, model: model-a}}
  - {{name: bob, model: model-b}}
aggregator: {{name: zoe, model: model-z}}
"""


class Ran(NamedTuple):
    """What a finished command said."""

    code: int
    out: str
    err: str


class Command:
    """Runs `python -m moa_tui` with the double's key and roster.

    The roster is in the person's settings folder: nobody is asked about it.
    """

    def __init__(self, double: CerebrasDouble, folder: Path) -> None:
        self.double = double
        self.roster = folder / "agents.yaml"
        self.roster.write_text(ROSTER.format(url=double.base_url))
        self.environment = {**os.environ, "DOUBLE_API_KEY": double.key}

    async def start(self, *arguments: str, stdin: int | None = None) -> asyncio.subprocess.Process:
        """Start the command; `{roster}` stands for the roster's path."""
        filled = [argument.replace("{roster}", str(self.roster)) for argument in arguments]
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "moa_tui", *filled),
            stdin=asyncio.subprocess.DEVNULL if stdin is None else stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environment,
        )

    async def run(self, *arguments: str, stdin: str | None = None) -> Ran:
        """Run the command to its end."""
        given = None if stdin is None else asyncio.subprocess.PIPE
        process = await self.start(*arguments, stdin=given)
        canary.look_at_processes()
        out, err = await process.communicate(None if stdin is None else stdin.encode())
        canary.look_through("the output", out + err)
        return Ran(process.returncode or 0, out.decode(), err.decode())

    async def inside(self, *arguments: str, stdin: str = "") -> Ran:
        """Run a command that needs no process of its own in a thread of this one: sooner done."""
        filled = [argument.replace("{roster}", str(self.roster)) for argument in arguments]
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.environment, clear=True),
            mock.patch.object(sys, "stdin", io.StringIO(stdin)),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = await asyncio.to_thread(main, filled)
        return Ran(code, out.getvalue(), err.getvalue())

    async def ask(self, *arguments: str, stdin: str | None = None) -> Ran:
        """Run `moa-tui run` on the double's roster."""
        return await self.run("run", "-c", "{roster}", *arguments, stdin=stdin)


@pytest.fixture
async def command(settings_folder: Path) -> AsyncIterator[Command]:
    """The command line, and a double that answers with each agent's name."""
    async with CerebrasDouble() as double:
        for letter in "abz":
            double.answers[f"model-{letter}"] = Answer(f"text of {letter}")
        yield Command(double, settings_folder)
