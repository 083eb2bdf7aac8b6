"""A program that keeps turns in a history that others write to as well.

Arguments: the history, a letter for its turns' names, how many.
"""

import sys
from pathlib import Path

from moa_tui.engine.events import TurnEnded, TurnOutcome, TurnStarted
from moa_tui.transcript.history import HistoryWriter
from tests.transcript.kept import turn

path, letter, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
writer = HistoryWriter(path, lambda message: print("TROUBLE", message, flush=True))
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    name = f"{letter}{number:03}"
    if number % 2:
        writer.save(turn(name, number))
        continue
    log = writer.begin()
    log.record(TurnStarted(0.0, name, "Why?", "single", 1.7e9 + number))
    log.record(TurnEnded(1.0, TurnOutcome.FAILED, ""))
writer.close(timeout=60)
