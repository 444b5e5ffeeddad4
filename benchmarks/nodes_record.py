"""What came of several runs of benchmarks/nodes.py, added up: a small machine does harm in pieces. A run is a line of JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class HarmRun:
    """One run: what was done, and what visitors noticed of it."""

    at: str  # ISO 8601
    revision: str  # of the code that the nodes ran
    load: float  # of the machine at its end
    at_once: int
    harm: dict[str, int]  # what was done → how often
    conversations: int
    messages: int
    seconds: float
    p50: float  # milliseconds until a message was answered
    p95: float
    longest: float
    again: dict[str, int]  # attempts that had to be repeated, by what was met
    most_again: int  # of one message
    broken: int
    unfinished: int
    lost_or_doubled: int

    @property
    def losses(self) -> int:
        return self.broken + self.unfinished + self.lost_or_doubled


def added(record: Path, run: HarmRun) -> list[HarmRun]:
    """Write a run to the end of the record; returns all that are in it."""
    with record.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(run)) + "\n")
    return read(record)


def read(record: Path) -> list[HarmRun]:
    """All runs, the oldest first, those too in which something was lost."""
    return [HarmRun(**json.loads(line)) for line in record.read_text(encoding="utf-8").splitlines() if line]


def in_sum(runs: Sequence[HarmRun]) -> str:
    """All runs in some lines."""
    harm, again = sum((Counter(run.harm) for run in runs), Counter()), sum((Counter(run.again) for run in runs), Counter())
    kills = sum(often for what, often in harm.items() if what.endswith(" killed"))
    waited = f"p50 {_between(run.p50 for run in runs)} ms, p95 {_between(run.p95 for run in runs)} ms"
    talks, messages = sum(run.conversations for run in runs), sum(run.messages for run in runs)
    what_was_lost = ", ".join(
        f"{name.replace('_', ' ')}: {sum(getattr(run, name) for run in runs)}"
        for name in ("broken", "unfinished", "lost_or_doubled")
    )
    lines = [f"conversations: {talks}, messages: {messages}, in {sum(run.seconds for run in runs):.0f} s and {len(runs)} runs"]
    lines += [f"processes killed: {kills}; {', '.join(f'{what} {often}' for what, often in sorted(harm.items()))}"]
    lines += [f"until a message was answered: {waited}, longest {max(run.longest for run in runs) / 1000:.1f} s"]
    lines += [
        f"attempts that had to be repeated: {dict(again) or 'none'}; most of one message: {max(run.most_again for run in runs)}"
    ]
    lines += [f"{what_was_lost}, in {sum(run.losses > 0 for run in runs)} of the runs"]
    lines += [f"at once: {_between(run.at_once for run in runs)}; load of the machine: {_between(run.load for run in runs)}"]
    return "\n".join(lines)


def _between(values: Iterable[float]) -> str:
    numbers = sorted(values)
    return f"{numbers[0]:.0f} to {numbers[-1]:.0f}"
