"""The server process: started when asked for, repaired after a crash, never left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from moa_tui.errors import LocalModelError
from moa_tui.local.process import Endpoint, LocalServer

PATIENCE = 60.0
"""Seconds that a loaded machine may take; nothing here waits that long by itself."""

SECRETS = [
    *("SOME_PROVIDER_API_KEY", "GITHUB_PAT", "DATABASE_URL", "AWS_SESSION", "LLAMA_API_KEY"),
    *("SSH_AUTH_SOCK", "MOA_TUI_CONFIG", "HTTPS_PROXY", "WHATEVER_IT_MAY_BE"),
]

FAKE_ENGINE = """
import os, sys, time

class CommonParams:
    def __getattr__(self, name):
        value = CommonParams()
        setattr(self, name, value)
        return value

class Server:
    def __init__(self, params):
        how = open(params.model.path).read()
        print("noise of native code")
        if how == "silent": os._exit(7)
        if how == "hanging": time.sleep(600)
        if how == "refusing": raise RuntimeError("Failed to init server")
        assert not [name for name in os.environ if name in SECRETS]
        assert params.api_keys[0] not in " ".join(sys.orig_argv)
        assert params.hostnames == ["127.0.0.1"]
        assert params.cors_origins == ""
        assert params.n_ctx == 4096 * params.n_parallel
        self.listening_address = f"http://127.0.0.1:{params.n_parallel}"
"""


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds, or fail after PATIENCE."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - other processes set no event here
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether the process runs; one that nobody has collected yet does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return not Path("/proc/self").exists()


def started_with(pid: int) -> bytes:
    """Arguments and environment of a process, where the system shows them."""
    files = [Path(f"/proc/{pid}/{name}") for name in ("cmdline", "environ")]
    return b"".join(file.read_bytes() for file in files if file.exists())


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, object]


async def ask(endpoint: Endpoint, path: str, key: str | None = None, body: object = None) -> Answer:
    """One HTTP request to the server, with its own key unless `key` is given."""
    request = urllib.request.Request(
        endpoint.base_url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {endpoint.key if key is None else key}",
            "Content-Type": "application/json",
        },
    )

    def send() -> Answer:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return Answer(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, json.load(error))

    return await asyncio.to_thread(send)


class TestProtocol:
    """With a stand-in for the engine, so that this runs where the engine is not installed."""

    @pytest.fixture(autouse=True)
    def engine(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        site = tmp_path / "site"
        site.mkdir()
        (site / "xllamacpp.py").write_text(f"SECRETS = {SECRETS}\n{FAKE_ENGINE}")
        monkeypatch.syspath_prepend(site)
        monkeypatch.setenv("PYTHONPATH", str(site))
        for name in SECRETS:
            monkeypatch.setenv(name, "not for the engine")

    @staticmethod
    def model(tmp_path: Path, how: str) -> Path:
        path = tmp_path / f"{how}.gguf"
        path.write_text(how)
        return path

    async def test_start_and_stop(self, tmp_path: Path) -> None:
        server = LocalServer(self.model(tmp_path, "good"), slots=3)
        assert (server.running, server.pid, server.exit_status) == (False, None, None)
        endpoint = await server.endpoint()
        assert endpoint.base_url == "http://127.0.0.1:3/v1"
        assert endpoint.key not in repr(endpoint)
        assert server.running
        pid = server.pid
        assert pid is not None
        await server.aclose()
        assert (server.running, server.pid, server.exit_status) == (False, None, 0)
        assert not alive(pid)

    async def test_requests_at_once_start_one_server(self, tmp_path: Path) -> None:
        server = LocalServer(self.model(tmp_path, "good"))
        endpoints = await asyncio.gather(*(server.endpoint() for _ in range(5)))
        assert len({endpoint.key for endpoint in endpoints}) == 1
        await server.aclose()

    async def test_a_closed_server_starts_again_when_asked(self, tmp_path: Path) -> None:
        server = LocalServer(self.model(tmp_path, "good"))
        await server.aclose()
        first = await server.endpoint()
        await server.aclose()
        await server.aclose()
        assert await server.endpoint() != first
        await server.aclose()

    @pytest.mark.parametrize(
        ("how", "said", "status"),
        [
            ("refusing", "RuntimeError: Failed to init server", 3),
            ("silent", "ended at once with status 7", 7),
        ],
    )
    async def test_a_server_that_cannot_start(
        self, tmp_path: Path, how: str, said: str, status: int
    ) -> None:
        server = LocalServer(self.model(tmp_path, how))
        with pytest.raises(LocalModelError, match=said) as caught:
            await server.endpoint()
        assert "--model-path" in caught.value.advice
        assert server.exit_status == status
        assert server.pid is None

    async def test_a_server_that_is_never_ready_is_given_up(self, tmp_path: Path) -> None:
        server = LocalServer(self.model(tmp_path, "hanging"), start_limit=0.2)
        with pytest.raises(LocalModelError, match=r"not ready after 0\.2 seconds"):
            await server.endpoint()
        assert server.exit_status == -signal.SIGKILL
        assert server.pid is None

    @pytest.mark.parametrize("how", ["cancel", "aclose"])
    async def test_a_start_can_be_given_up(self, tmp_path: Path, how: str) -> None:
        server = LocalServer(self.model(tmp_path, "hanging"))
        start = asyncio.create_task(server.endpoint())
        await eventually(lambda: server.pid is not None)
        pid = server.pid
        assert pid is not None
        if how == "cancel":
            start.cancel()
        else:
            await server.aclose()
        with pytest.raises((asyncio.CancelledError, LocalModelError)):
            await start
        assert server.pid is None
        assert not alive(pid)

    def test_asyncio_has_nothing_to_complain_of_at_exit(self, tmp_path: Path) -> None:
        script = (
            "import asyncio, gc, os, pathlib, signal, sys\n"
            "from moa_tui.errors import LocalModelError\n"
            "from moa_tui.local.process import LocalServer\n"
            "async def main():\n"
            "    for how in sys.argv[1:]:\n"
            "        server = LocalServer(pathlib.Path(how), start_limit=20)\n"
            "        try:\n"
            "            await server.endpoint()\n"
            "            if 'killed' in how:\n"
            "                os.kill(server.pid, signal.SIGKILL)\n"
            "                while server.running:\n"
            "                    await asyncio.sleep(0.01)\n"
            "                await server.endpoint()\n"
            "        except LocalModelError:\n"
            "            continue\n"
            "        await server.aclose()\n"
            "asyncio.run(main())\n"
            "made = [o for o in gc.get_objects() if isinstance(o, asyncio.BaseTransport)]\n"
            "sys.exit(' '.join(repr(o) for o in made if not o.is_closing()) or 0)\n"
        )
        models = [
            str(self.model(tmp_path, how)) for how in ("good", "refusing", "silent", "killed")
        ]
        ended = subprocess.run(
            # The development mode has asyncio and the resources report what was left open.
            [sys.executable, "-X", "dev", "-c", script, *models],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        # What asyncio says of slow steps in its debug mode is about the machine.
        said = [line for line in ended.stderr.splitlines() if not line.startswith("Executing <")]
        assert (ended.returncode, said) == (0, [])

    async def test_a_model_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(LocalModelError, match=r"no model file at .*missing\.gguf") as caught:
            await LocalServer(tmp_path / "missing.gguf").endpoint()
        assert "--model-path" in caught.value.advice

    async def test_weights_that_are_not_there(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("moa_tui.local.process.find_weights", lambda: None)
        with pytest.raises(LocalModelError, match="weights are not here") as caught:
            await LocalServer().endpoint()
        assert "moa-tui local setup" in caught.value.advice

    async def test_weights_of_another_hash_are_not_served(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = self.model(tmp_path, "good")
        monkeypatch.setattr("moa_tui.local.process.find_weights", lambda: other)
        with pytest.raises(LocalModelError, match="damaged or not SmolLM2"):
            await LocalServer().endpoint()

    async def test_an_engine_that_is_not_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("moa_tui.local.process.engine_available", lambda: False)
        with pytest.raises(LocalModelError, match="engine is not installed") as caught:
            await LocalServer(self.model(tmp_path, "good")).endpoint()
        assert "moa-tui[local]" in caught.value.advice


@pytest.mark.embedded
class TestRealEngine:
    @pytest.fixture
    def server(self, real_weights: Path, monkeypatch: pytest.MonkeyPatch) -> LocalServer:
        monkeypatch.setattr("moa_tui.local.process.find_weights", lambda: real_weights)
        return LocalServer()

    async def test_it_answers_with_its_key_only(self, server: LocalServer) -> None:
        endpoint = await server.endpoint()
        assert (await ask(endpoint, "/health")).body == {"status": "ok"}
        assert (await ask(endpoint, "/models")).status == 200
        question = {"messages": [{"role": "user", "content": "Hello!"}], "max_tokens": 4}
        refused = await ask(endpoint, "/chat/completions", key="wrong", body=question)
        assert refused.status == 401
        answer = await ask(endpoint, "/chat/completions", body=question)
        assert answer.status == 200
        assert answer.body["choices"]
        pid = server.pid
        assert pid is not None
        assert endpoint.key.encode() not in started_with(pid)
        await server.aclose()
        assert server.exit_status == 0
        assert not alive(pid)

    async def test_a_crash_is_repaired_by_the_next_request(self, server: LocalServer) -> None:
        first = await server.endpoint()
        crashed = server.pid
        assert crashed is not None
        os.kill(crashed, signal.SIGKILL)
        await eventually(lambda: not server.running)
        assert server.exit_status == -signal.SIGKILL
        second = await server.endpoint()
        assert server.pid != crashed
        assert second.key != first.key
        assert (await ask(second, "/health")).status == 200
        await server.aclose()

    async def test_a_file_that_is_no_model(self, server: LocalServer, tmp_path: Path) -> None:
        bad = tmp_path / "bad.gguf"
        bad.write_bytes(b"GGUF and then nothing of use")
        with pytest.raises(LocalModelError, match=r"did not start with .*bad\.gguf") as caught:
            await LocalServer(bad).endpoint()
        assert "--model-path" in caught.value.advice

    def test_it_dies_with_a_parent_that_was_killed(self, real_weights: Path) -> None:
        script = (
            "import asyncio, pathlib, sys\n"
            "from moa_tui.local.process import LocalServer\n"
            "async def main():\n"
            "    server = LocalServer(pathlib.Path(sys.argv[1]))\n"
            "    await server.endpoint()\n"
            "    print(server.pid, flush=True)\n"
            "    await asyncio.Event().wait()\n"
            "asyncio.run(main())\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script, str(real_weights)], stdout=subprocess.PIPE
        ) as parent:
            assert parent.stdout is not None
            child = int(parent.stdout.readline())
            assert alive(child)
            parent.kill()
        asyncio.run(eventually(lambda: not alive(child)))
