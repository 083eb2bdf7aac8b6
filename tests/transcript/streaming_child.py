"""A program that streams into a history, and says how far it has come, until it is killed.

Arguments: the history, seconds between two deltas, 0 for never ending or the number of deltas.
"""

import sys
import time
from pathlib import Path

from moa_tui.engine.events import RequestSent, Role, StreamPlanned, TextDelta, TurnStarted
from moa_tui.transcript.history import HistoryWriter

path, pause = Path(sys.argv[1]), float(sys.argv[2])
writer = HistoryWriter(path, lambda message: print("TROUBLE", message, flush=True))
log = writer.begin("c1", "agents.yaml", "deep")
log.record(TurnStarted(0.0, "t1", "Why?", "mixture", time.time(), 7))
log.record(StreamPlanned(0.0, "s1", "Ada", Role.PROPOSER, 1, "m", "p", ()))
log.record(RequestSent(0.0, "s1", 1))
count = 0
while True:
    log.record(TextDelta(time.perf_counter(), "s1", f"{count} "))
    # Said after it was recorded, with the clock that all processes of the machine share.
    print(count, time.monotonic(), flush=True)
    count += 1
    time.sleep(pause)
