"""The small commands: help, version, schema, models, and how little they import."""

import json
import subprocess
import sys

import pytest

from moa_tui import __version__
from moa_tui.cli.main import main
from tests.cli.conftest import Command


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"moa-tui {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["local", "--help"], ["history", "--help"]]
)
def test_help_exits_0(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        main(arguments)
    assert exited.value.code == 0
    assert "usage:" in capsys.readouterr().out


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    for name in ("run", "models", "history", "schema", "local", "CEREBRAS_API_KEY", "124"):
        assert name in shown


@pytest.mark.parametrize("arguments", [["--nonsense"], ["run", "--nonsense"], ["local"]])
def test_wrong_usage_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        main(arguments)
    assert exited.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["properties"]["agents"]


def test_an_empty_history_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history"]) == 0
    assert "no turns yet" in capsys.readouterr().out


def test_the_full_screen_needs_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "moa-tui run" in capsys.readouterr().err


async def test_models_are_listed(command: Command) -> None:
    command.double.models[:] = ["model-b", "model-a"]
    ran = await command.run("models", "-c", "{roster}")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert {"double  model-a", "double  model-b"} <= set(lines)


async def test_models_of_an_unknown_provider_are_2(command: Command) -> None:
    ran = await command.run("models", "-c", "{roster}", "--provider", "nobody")
    assert ran.code == 2
    assert "double" in ran.err


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        ("['--version']", ("textual", "openai", "pydantic", "yaml", "asyncio")),
        ("['--help']", ("textual", "openai", "pydantic")),
        ("['schema']", ("textual", "openai")),
        ("['history']", ("textual", "openai", "pydantic")),
        ("['history', 'search', 'x']", ("textual", "openai", "pydantic")),
    ],
)
def test_commands_import_no_more_than_they_need(arguments: str, absent: tuple[str, ...]) -> None:
    code = (
        "import sys, contextlib\n"
        "from moa_tui.cli.main import main\n"
        f"with contextlib.suppress(SystemExit): main({arguments})\n"
        f"print('LOADED', [name for name in {absent!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_nothing_is_looked_through_for_cycles_at_the_end() -> None:
    code = (
        "import atexit, gc, sys\n"
        "sys.argv[:] = ['moa-tui', '--version']\n"
        "atexit.register(lambda: sys.stderr.write(f'{gc.get_freeze_count() > 1000}'))\n"
        "from moa_tui.cli.main import main\n"
        "sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert (done.stdout, done.stderr) == (f"moa-tui {__version__}\n", "True")


def test_the_app_paints_before_it_imports_the_client() -> None:
    code = (
        "import sys, moa_tui.ui.launch\n"
        "print([name for name in ('openai', 'pydantic', 'msgspec') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == "[]"
