"""How much Slack adds to an answer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from benchmarks.slack import milliseconds
from candor.services import Services
from tests.candor.channels.slack.people import answer
from tests.fakes import FakeRasa


async def test_slack_adds_little_to_an_answer(parts: Services, record_figures: Callable[[str, dict[str, float]], None]) -> None:
    """From the signed event to the posted answer without Rasa's time. The median is printed; held to 50 ms is the work
    of the processor, which does not depend on what else the machine does.
    """
    questions = [f"do you sell my data? {number}" for number in range(20)]
    await milliseconds(parts, FakeRasa(answer()), questions[:3], "acme")

    began = time.process_time()
    took = await milliseconds(parts, FakeRasa(answer()), questions, "acme")
    work = 1000 * (time.process_time() - began) / len(questions)

    record_figures("slack", {"median_ms": round(statistics.median(took), 1), "work_ms": round(work, 1)})
    assert len(took) == len(questions)
    assert work < 50
