"""Record the demonstration that the wheel ships: python scripts/record_demo.py [FOLDER [TAKES]].

Asks the embedded model, which has to be set up, the same question several times and writes each
take, with its true timing, to FOLDER. Read the answers, then copy one to recordings/demo.jsonl:
nothing in a take is edited.
"""

import subprocess
import sys
from pathlib import Path

QUESTION = "Why is exercise good for you?"


def main(folder: Path, takes: int) -> int:
    """Record the takes that are not in `folder` yet; print where each is, and its answer."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, takes + 1):
        take = folder / f"take-{number}.jsonl"
        if take.exists():
            continue
        print(f"\n== {take}", flush=True)
        command = [sys.executable, "-m", "moa_tui", "run", "--local", "--no-history"]
        done = subprocess.run([*command, "--record", str(take), QUESTION], check=False)
        if done.returncode:
            return done.returncode
        print(f"== {take.stat().st_size / 1024:.0f} KB", flush=True)
    return 0


if __name__ == "__main__":
    where = sys.argv[1] if len(sys.argv) > 1 else "takes"
    sys.exit(main(Path(where), int(sys.argv[2]) if len(sys.argv) > 2 else 5))
