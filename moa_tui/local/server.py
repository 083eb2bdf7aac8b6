"""The child process that serves a GGUF model: `python -m moa_tui.local.server MODEL.gguf`.

It speaks the OpenAI protocol on a free port of 127.0.0.1 and lives until its stdin ends, so it
cannot outlive its parent, whatever the parent dies of. The engine stays out of the app's own
process because tearing it down can hang.

Imports nothing but the standard library and the engine: it is also run as a plain file.
"""

import argparse
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any, TextIO

SLOT_TOKENS = 4096
"""Prompt and answer of one request have to fit into this many tokens."""


def main(argv: list[str] | None = None) -> None:
    """Serve until stdin ends. Does not return.

    The first line of stdout is JSON: `url`, `key` and `pid`, or `error` (then exit status 3).
    """
    parser = argparse.ArgumentParser(prog="python -m moa_tui.local.server")
    parser.add_argument("model", help="a GGUF file")
    parser.add_argument("--slots", type=int, default=4, help="requests answered at once")
    arguments = parser.parse_args(argv)
    channel = _private_stdout()
    key = secrets.token_urlsafe(24)
    try:
        server = _start(arguments.model, arguments.slots, key)
    except BaseException as error:  # noqa: BLE001 - whatever the engine raises, the parent is told
        _say(channel, error=f"{type(error).__name__}: {error}")
        os._exit(3)
    try:
        _say(channel, url=server.listening_address, key=key, pid=os.getpid())
        sys.stdin.buffer.read()
    finally:
        # Not sys.exit: the engine's destructor can wait for its own thread forever.
        os._exit(0)


def _private_stdout() -> TextIO:
    """Keep stdout for the one line; what native code prints there goes to stderr."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def _say(channel: TextIO, **line: str | int) -> None:
    channel.write(json.dumps(line) + "\n")
    channel.flush()


def _start(model: str, slots: int, key: str) -> Any:  # the engine has no types
    # Read by the native library when it loads. Threads that spin while they wait take the core
    # that the terminal is drawn on.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import xllamacpp  # noqa: PLC0415 - after the environment is set, and inside the caller's `try`

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {Path(model).stem}
    params.hostnames, params.port = ["127.0.0.1"], 0
    # The engine's defaults are no key and every origin.
    params.api_keys, params.cors_origins = [key], ""
    params.ui, params.fit_params, params.verbosity = False, False, 0
    # A pool shared by the slots needs less memory, but when it overflows every request dies.
    params.n_parallel, params.n_ctx, params.kv_unified = slots, slots * SLOT_TOKENS, False
    # Larger batches let one long prompt freeze the other streams for many seconds.
    params.n_batch = params.n_ubatch = 64
    cores = _cores()
    params.cpuparams.n_threads = max(1, min(4, cores - 1))
    params.cpuparams_batch.n_threads = min(4, cores)
    params.cache_ram_mib = 64
    # For requests that bring no sampling settings: without them a small model repeats itself.
    params.sampling.penalty_repeat, params.sampling.temp = 1.1, 0.3
    return xllamacpp.Server(params)


def _cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 2


if __name__ == "__main__":
    main()
