"""`make bench`, the figures: a million turns are written and counted, and the page is asked for as staff ask for it.

Works on any database that SQLAlchemy knows; `fill` wants an empty one.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, delete, insert

from benchmarks.backfill import count_all
from candor.accounts.roles import Grant
from candor.console.app import make_console
from candor.console.deps import COOKIE
from candor.console.places import FOLDER
from candor.services import Services
from candor.transcripts.models import ConversationRow, FeedbackRow, TurnCountRow, TurnRow

AT_ONCE = 10_000
ROUNDS = 20
IN_CONVERSATION = 5  # turns
KINDS = (("answer", 55), ("not_in_policy", 12), ("unsure", 8), ("smalltalk", 10), ("request", 8), ("out_of_scope", 4), ("handoff", 2), ("error", 1))  # fmt: skip  # noqa: E501
CHANNELS = ("web", "web", "web", "slack")
QUESTIONS = {
    "7 days": "span=7", "30 days": "span=30", "30 days, Berlin": "span=30&zone=Europe/Berlin",
    "30 days, Kolkata": "span=30&zone=Asia/Kolkata", "90 days": "span=90", "90 days, Berlin": "span=90&zone=Europe/Berlin",
    "12 months": "span=year", "12 months, Berlin": "span=year&zone=Europe/Berlin",
    "30 days, one company": "span=30&company={company}", "30 days, Slack": "span=30&channel=slack",
}  # fmt: skip


@dataclass(frozen=True)
class FiguresTook:
    """Milliseconds of one question at the server, from the request to the whole page."""

    question: str
    median: float
    p95: float


def fill(engine: Engine, companies: Sequence[str], turns: int, days: int = 365, seed: int = 7) -> float:
    """Write so many made-up turns of the last `days` days and count them; return the seconds that counting took."""
    dice, now = random.Random(seed), datetime.now(UTC)
    with engine.begin() as connection:
        for first in range(0, turns, AT_ONCE):
            talks, said, rated = _some(
                dice, companies, range(first, min(first + AT_ONCE, turns)), turns, (now - timedelta(days=days), now)
            )
            connection.execute(insert(ConversationRow), talks)
            connection.execute(insert(TurnRow), said)
            connection.execute(insert(FeedbackRow), rated)
    started = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(delete(TurnCountRow))
        count_all(connection)
    return time.perf_counter() - started


def measure(parts: Services, rounds: int = ROUNDS) -> list[FiguresTook]:
    """Ask for the page of each span, in turns; nothing is kept between two questions."""
    account = parts.staff.accounts.find("bench@candor.example") or parts.staff.accounts.add(
        "bench@candor.example", "Bench", [Grant("agent")]
    )
    site = FastAPI()
    site.mount(FOLDER, make_console(parts, None, None, lambda _: None))  # type: ignore[arg-type]  # nothing is forgotten here
    client = TestClient(site)
    client.cookies.set(COOKIE, parts.staff.sessions.begin(account, "bench"), domain="testserver.local", path=FOLDER)
    company = next(iter(parts.knowledge.catalogue.companies))
    took: dict[str, list[float]] = {question: [] for question in QUESTIONS}
    for _ in range(rounds + 1):  # the first one warms up
        for question, query in QUESTIONS.items():
            started = time.perf_counter()
            client.get(f"{FOLDER}/figures?{query.format(company=company)}").raise_for_status()
            took[question].append(1000 * (time.perf_counter() - started))
    return [
        FiguresTook(name, statistics.median(found[1:]), statistics.quantiles(found[1:], n=20)[-1]) for name, found in took.items()
    ]


def _some(
    dice: random.Random, companies: Sequence[str], numbers: range, of: int, span: tuple[datetime, datetime]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:  # fmt: skip
    talks: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    rated: list[dict[str, Any]] = []
    for number in numbers:
        at = span[0] + (span[1] - span[0]) * (number / of)
        if number % IN_CONVERSATION == 0 or not talks:
            company, channel = dice.choice(companies), dice.choice(CHANNELS)
            talks.append({"id": f"c_{number}", "company": company, "channel": channel, "started_at": at, "last_at": at})
        talk = talks[-1]
        kind = dice.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
        replies = [{"kind": kind, "text": "What it says.", "answer_id": f"a_{number}"}]
        topic = min(int(dice.paretovariate(0.8)), 60)
        said.append({
            "conversation_id": talk["id"], "message_id": f"m_{number}", "at": at, "company": talk["company"],
            "text": "what do you keep", "state": "failed" if kind == "error" else "answered",
            "intent": f"ask_topic_{topic}", "confidence": 0.9, "intent_ranking": [], "replies": replies,
            "evidence": {"aspect": f"topic.{topic}"} if kind in {"answer", "not_in_policy", "unsure"} else {},
            "milliseconds": dice.lognormvariate(5.5, 0.6),
        })  # fmt: skip
        if kind == "answer" and dice.random() < 0.1:
            verdict = {"helpful": dice.random() < 0.8, "reason": "", "comment": "", "at": at}
            rated.append({"conversation_id": talk["id"], "answer_id": f"a_{number}", **verdict})
    return talks, said, rated
