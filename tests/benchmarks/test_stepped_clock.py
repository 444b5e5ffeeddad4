"""A process whose clock a benchmark steps: the time of day jumps, durations do not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.nodes import STEPPED_CLOCK

CODE = """
import time
from datetime import UTC, date, datetime
from pathlib import Path
file, before = Path(__import__("os").environ["STEPPED_CLOCK"]), (time.time(), datetime.now(UTC), time.monotonic())
file.write_text("+86400")
time.sleep(0.3)
days = (time.time() - before[0]) / 86400, (datetime.now(UTC) - before[1]).total_seconds() / 86400
print(*(round(each, 2) for each in days), round(time.monotonic() - before[2]) < 60, isinstance(before[1], datetime))
print(date.today() > before[1].date())
"""


def test_time_jumps_and_durations_do_not(tmp_path: Path) -> None:
    """In every way in which a process asks for the time."""
    clock = tmp_path / "clock"
    clock.write_text("+0", encoding="ascii")
    environment = {**os.environ, "STEPPED_CLOCK": str(clock), "PYTHONPATH": str(STEPPED_CLOCK)}

    said = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True).stdout

    assert said.split() == ["1.0", "1.0", "True", "True", "True"]
