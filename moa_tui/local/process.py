"""The embedded model as the app sees it: an endpoint that is there when asked for.

The server process is started at the first request and again after it has died; its key travels
over a pipe only, so no other user of the machine can read it from the process list.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path

from moa_tui.errors import LocalModelError
from moa_tui.local.environment import for_engine
from moa_tui.local.setup import engine_available
from moa_tui.local.weights import SETUP_ADVICE, find_weights, verify_weights

ENGINE_ADVICE = "install it: `pip install 'moa-tui[local]'`"

_SERVER = Path(__file__).with_name("server.py")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the running server answers: the OpenAI base URL, and the key of this one start."""

    base_url: str
    key: str = field(repr=False)


class LocalServer:
    """Starts, watches and stops the server process of one model.

    Without `model_path` it serves the default weights, whose hash is checked once. `slots` requests
    are answered at once, more wait. A start may take `start_limit` seconds.
    """

    def __init__(
        self, model_path: Path | None = None, slots: int = 4, *, start_limit: float = 60
    ) -> None:
        self._model_path = model_path
        self._slots = slots
        self._start_limit = start_limit
        self._lock = asyncio.Lock()
        self._process: Process | None = None
        self._endpoint: Endpoint | None = None
        self._exit_status: int | None = None
        self._verified: Path | None = None

    @property
    def running(self) -> bool:
        """Whether the server is up: it has said where it listens, and has not died since."""
        return self._endpoint is not None and self.pid is not None

    @property
    def pid(self) -> int | None:
        """Process id of the server, also while it starts; None when there is none."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if alive and self._process is not None else None

    @property
    def exit_status(self) -> int | None:
        """How the last server ended: its exit status, or minus the signal. None if none has."""
        if self._process is not None and self._process.returncode is not None:
            return self._process.returncode
        return self._exit_status

    async def endpoint(self) -> Endpoint:
        """The endpoint of the running server, started first where there is none.

        Raises LocalModelError with advice if engine or weights are missing or the start fails.
        """
        async with self._lock:
            if self._endpoint is not None and self.running:
                return self._endpoint
            await self._end(patience=0)
            model = await asyncio.to_thread(self._checked_model)
            try:
                self._endpoint = await self._start(model)
            except BaseException as error:
                # A server that failed is about to end by itself, one that was given up is not.
                await self._end(patience=1 if isinstance(error, LocalModelError) else 0)
                raise
            return self._endpoint

    async def has_ended(self, patience: float = 0.5) -> bool:
        """Whether the process has ended; of one that has just died that is known in a moment."""
        process = self._process
        if process is None or process.returncode is not None:
            return True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await process.wait()
        return process.returncode is not None

    async def aclose(self) -> None:
        """Stop the server and wait for its end. `endpoint()` would start another one."""
        if self._process is not None and self._endpoint is None:
            _kill(self._process)  # ends the start in progress, which holds the lock
        async with self._lock:
            await self._end(patience=3)

    def _checked_model(self) -> Path:
        if not engine_available():
            raise LocalModelError("The embedded model's engine is not installed", ENGINE_ADVICE)
        if self._model_path is not None:
            if not self._model_path.is_file():
                raise LocalModelError(
                    f"There is no model file at {self._model_path}", "check --model-path"
                )
            return self._model_path
        path = find_weights()
        if path is None:
            raise LocalModelError("The embedded model's weights are not here yet", SETUP_ADVICE)
        if path != self._verified:
            verify_weights(path)
            self._verified = path
        return path

    async def _start(self, model: Path) -> Endpoint:
        # Run as a file and with -P, nothing is imported from the folder the person is in.
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", str(_SERVER), str(model), "--slots", str(self._slots)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=for_engine(),
            start_new_session=True,  # Ctrl-C in the terminal is the app's to handle
        )
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(self._start_limit):
                line = await self._process.stdout.readline()
                if not line:
                    status = await self._process.wait()
                    raise _start_error(model, f"it ended at once with status {status}")
        except TimeoutError as error:
            raise _start_error(
                model, f"it was not ready after {self._start_limit:g} seconds"
            ) from error
        return _read_endpoint(line, model)

    async def _end(self, patience: float) -> None:
        """End the process, if there is one, and everything of it that this loop holds.

        It gets `patience` seconds to go by itself when its stdin ends.
        """
        process, self._endpoint = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(patience):
                await process.wait()
        except TimeoutError:
            _kill(process)
            await process.wait()
        # Both pipes have to be seen closed, or asyncio reports them as leaked.
        await process.stdout.read()
        with contextlib.suppress(ConnectionError):
            await process.stdin.wait_closed()
        self._exit_status, self._process = process.returncode, None


def _kill(process: Process) -> None:
    # Process.kill() would look for the exit status by itself, and asyncio would then miss it.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


def _read_endpoint(line: bytes, model: Path) -> Endpoint:
    try:
        said = json.loads(line)
        if "error" in said:
            raise _start_error(model, str(said["error"]))
        return Endpoint(base_url=f"{said['url']}/v1", key=said["key"])
    except (ValueError, KeyError, TypeError) as error:
        raise _start_error(model, "it did not say where it listens") from error


def _start_error(model: Path, reason: str) -> LocalModelError:
    return LocalModelError(
        f"The embedded model's server did not start with {model}: {reason}",
        "check that the file is an intact GGUF model and that memory is free;"
        " `moa-tui local setup` fetches the default one, --model-path names another",
    )
