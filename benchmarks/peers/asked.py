"""Answer questions from stdin, for as long as there are any: what each peer's program does once its index stands.

A line in is a company and a question, a line out the passages found, best first, and the seconds that took, by the clock and of
CPU. An empty line asks for the memory held. Standard library only, and for any Python from 3.10 on: it runs in each environment.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

SHOWN = 3  # passages that are compared with the gold ones


def answer_on_stdin(search: Callable[[str, str], list[str]]) -> None:
    """search: company and question → the passages' texts, best first."""
    out, sys.stdout = sys.stdout, sys.stderr  # what libraries print must not stand among the answers
    print(json.dumps({"ready": True}), file=out, flush=True)
    for line in sys.stdin:
        if not line.strip():
            print(json.dumps({"megabytes": megabytes()}), file=out, flush=True)
            continue
        asked = json.loads(line)
        wall, work = time.perf_counter(), time.process_time()
        quotes = search(asked["company"], asked["question"])
        took = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - work}
        print(json.dumps({**took, "quotes": quotes[:SHOWN]}), file=out, flush=True)


def megabytes() -> float:
    """What this process holds; of what it shares with others, its part (PSS)."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
