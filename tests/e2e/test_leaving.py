"""However the program is made to leave, it goes soon and gives the terminal back."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import READY, Running

# From 3.12 on Python warns of fork beside threads, which the test runner has; exec follows at once.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    """The program, opened and ready for a question."""
    program = Running()
    program.read_until(lambda painted: READY in painted)
    yield program
    program.end()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_gives_the_terminal_back(running: Running, name: str) -> None:
    number = getattr(signal, name)
    running.kill(number)
    running.read_given_back()
    assert running.exit_code() == 128 + number
    assert running.clean


def test_it_goes_with_its_terminal(running: Running) -> None:
    running.hang_up()
    assert running.exit_code() == 128 + signal.SIGHUP


def test_a_terminal_that_nobody_reads_does_not_keep_it(running: Running) -> None:
    running.stall()
    running.kill(signal.SIGTERM)
    assert running.exit_code() == 128 + signal.SIGTERM
