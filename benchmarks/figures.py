"""The page of figures: write and count a million turns, and time the page with the filters that staff use.

Works on any database that SQLAlchemy supports; `fill` needs an empty one.
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

BATCH = 10_000
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
class FiguresTiming:
    """The server's time for one query, from the request to the whole page, in milliseconds."""

    question: str
    median: float
    p95: float


def fill(engine: Engine, companies: Sequence[str], turns: int, days: int = 365, seed: int = 7) -> float:
    """Write `turns` synthetic turns over the last `days` days and count them; return the seconds that counting took."""
    rng, now = random.Random(seed), datetime.now(UTC)
    with engine.begin() as connection:
        for first in range(0, turns, BATCH):
            conversation_rows, turn_rows, feedback_rows = _rows(
                rng, companies, range(first, min(first + BATCH, turns)), turns, (now - timedelta(days=days), now)
            )
            connection.execute(insert(ConversationRow), conversation_rows)
            connection.execute(insert(TurnRow), turn_rows)
            connection.execute(insert(FeedbackRow), feedback_rows)
    started = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(delete(TurnCountRow))
        count_all(connection)
    return time.perf_counter() - started


def measure(parts: Services, rounds: int = ROUNDS) -> list[FiguresTiming]:
    """Request the page with each query in turn; nothing is cached between two requests."""
    account = parts.staff.accounts.find("bench@candor.example") or parts.staff.accounts.add(
        "bench@candor.example", "Bench", [Grant("agent")]
    )
    site = FastAPI()
    site.mount(FOLDER, make_console(parts, None, None, lambda _: None))  # type: ignore[arg-type]  # nothing is forgotten here
    client = TestClient(site)
    client.cookies.set(COOKIE, parts.staff.sessions.begin(account, "bench"), domain="testserver.local", path=FOLDER)
    company = next(iter(parts.knowledge.catalogue.companies))
    times_by_question: dict[str, list[float]] = {question: [] for question in QUESTIONS}
    for _ in range(rounds + 1):  # the first round warms up
        for question, query in QUESTIONS.items():
            started = time.perf_counter()
            client.get(f"{FOLDER}/figures?{query.format(company=company)}").raise_for_status()
            times_by_question[question].append(1000 * (time.perf_counter() - started))
    return [
        FiguresTiming(name, statistics.median(times[1:]), statistics.quantiles(times[1:], n=20)[-1])
        for name, times in times_by_question.items()
    ]


def _rows(
    rng: random.Random, companies: Sequence[str], numbers: range, total: int, period: tuple[datetime, datetime]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:  # fmt: skip
    conversation_rows: list[dict[str, Any]] = []
    turn_rows: list[dict[str, Any]] = []
    feedback_rows: list[dict[str, Any]] = []
    for number in numbers:
        at = period[0] + (period[1] - period[0]) * (number / total)
        if number % IN_CONVERSATION == 0 or not conversation_rows:
            company, channel = rng.choice(companies), rng.choice(CHANNELS)
            conversation_rows.append(
                {"id": f"c_{number}", "company": company, "channel": channel, "started_at": at, "last_at": at}
            )
        conversation = conversation_rows[-1]
        kind = rng.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
        replies = [{"kind": kind, "text": "What it says.", "answer_id": f"a_{number}"}]
        topic = min(int(rng.paretovariate(0.8)), 60)
        turn_rows.append({
            "conversation_id": conversation["id"], "message_id": f"m_{number}", "at": at, "company": conversation["company"],
            "text": "what do you keep", "state": "failed" if kind == "error" else "answered",
            "intent": f"ask_topic_{topic}", "confidence": 0.9, "intent_ranking": [], "replies": replies,
            "evidence": {"aspect": f"topic.{topic}"} if kind in {"answer", "not_in_policy", "unsure"} else {},
            "milliseconds": rng.lognormvariate(5.5, 0.6),
        })  # fmt: skip
        if kind == "answer" and rng.random() < 0.1:
            verdict = {"helpful": rng.random() < 0.8, "reason": "", "comment": "", "at": at}
            feedback_rows.append({"conversation_id": conversation["id"], "answer_id": f"a_{number}", **verdict})
    return conversation_rows, turn_rows, feedback_rows
