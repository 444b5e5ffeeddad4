"""What the console's reports read beside the turns: counts, quotes, ratings, reviews, requests, entries of the audit log."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, text

from candor.accounts.models import AuditRow
from candor.console.review.correction_form import passages_in
from candor.tickets.models import HandoffRow, TicketEventRow, TicketRow
from candor.transcripts.counters import BEGUN, HELPFUL, NOT_HELPFUL, CounterKey, CounterName, add, counts_of, minute_of
from candor.transcripts.models import (
    AssignmentRow,
    ConversationRow,
    CorrectionRow,
    FeedbackRow,
    LabelRow,
    QuoteRow,
    ReviewRow,
    SampleRow,
    SampleTurnRow,
    SilenceDecisionRow,
    TurnRow,
)
from knowledge.catalogue import PolicyCatalogue

AT_ONCE = 20_000  # turns
RATED, HELPS = 0.08, 0.7  # of the answers; of the ratings
QUOTES, REFUSES = ("answer", "unsure"), ("not_in_policy",)
REVIEWERS = (1, 2, 3)  # account ids; the first one is who asks for the pages
LAWS = (("gdpr", "Europe/Berlin"), ("ccpa", "America/Los_Angeles"), ("uk_gdpr", "Europe/London"))
KEPT = (TurnRow.id, TurnRow.conversation_id, TurnRow.at, TurnRow.company, TurnRow.state, TurnRow.intent, TurnRow.kind)


@dataclass(frozen=True)
class Many:
    """How much there is beside the turns. judged: turns, by each reviewer. A sample has `sampled` turns."""

    judged: int = 20_000
    samples: int = 12
    sampled: int = 500
    corrections: int = 3000
    closed: int = 100_000  # requests
    owed: int = 2_000
    handoffs: int = 8_000
    audited: int = 200_000


@dataclass(frozen=True)
class Quoted:
    """A passage as it stood in a version, and from when until when that was answered from."""

    version: str
    start: int
    end: int


def fill_reports(engine: Engine, catalogue: PolicyCatalogue, last: datetime, many: Many = Many()) -> None:
    """Everything but the turns, for turns that are there; `last`: when the newest was said."""
    chance = random.Random(11)  # noqa: S311  (no secrets here)
    passages = {company: _passages(catalogue, company) for company in catalogue.companies}
    newest = 0
    begun: set[str] = set()
    while True:
        with engine.begin() as connection:
            turns = connection.execute(
                select(*KEPT, TurnRow.aspect, TurnRow.answer_id, TurnRow.milliseconds, ConversationRow.channel)
                .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
                .where(TurnRow.id > newest).order_by(TurnRow.id).limit(AT_ONCE)
            ).all()  # fmt: skip
            if not turns:
                break
            _of_turns(connection, chance, turns, passages, begun, last)
        newest = turns[-1].id
    with engine.begin() as connection:
        companies = list(catalogue.companies)
        _of_staff(connection, chance, many, companies, newest, last)
        _requests(connection, chance, many, companies, last)
        _audited(connection, chance, many, newest, last)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # what PostgreSQL's autovacuum does by itself in time
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def _of_turns(
    connection: Connection, chance: random.Random, turns: Sequence[Any], passages: dict[str, list[list[Quoted]]],
    begun: set[str], last: datetime,
) -> None:  # fmt: skip
    """Their counts, quotes and ratings."""
    counts: defaultdict[CounterKey, Counter[CounterName]] = defaultdict(Counter)
    quotes: list[dict[str, Any]] = []
    rated: list[dict[str, Any]] = []
    for turn in turns:
        at = turn.at.replace(tzinfo=UTC) if turn.at.tzinfo is None else turn.at
        change = counts_of(
            turn.state, turn.intent, [{"kind": turn.kind}], {"aspect": turn.aspect}, chance.lognormvariate(5.5, 0.6)
        )
        if turn.conversation_id not in begun:
            begun.add(turn.conversation_id)
            change[BEGUN] += 1
        if turn.kind in QUOTES:
            version = passages[turn.company][-1 if at < last - timedelta(days=170) else 0]
            places = {min(int(chance.paretovariate(0.7)), len(version)) - 1 for _ in range(chance.choice((1, 1, 2)))}
            quotes += [
                {"turn_id": turn.id, "place": place, "company": turn.company, **vars(version[found])}
                for place, found in enumerate(sorted(places), start=1)
            ]
        if turn.kind in (*QUOTES, *REFUSES) and chance.random() < RATED:
            helpful = chance.random() < HELPS
            change[HELPFUL if helpful else NOT_HELPFUL] += 1
            rated.append({**turn._asdict(), "helpful": helpful, "comment": "", "at": at})
        counts[turn.company, turn.channel, minute_of(at)] += change
    add(connection, counts)
    connection.execute(insert(QuoteRow), quotes)
    columns = ("conversation_id", "answer_id", "helpful", "comment", "at")
    connection.execute(insert(FeedbackRow), [{name: row[name] for name in columns} for row in rated])
    said = text("UPDATE turn SET helpful = :helpful WHERE id = :id")
    connection.execute(said, [{"id": row["id"], "helpful": row["helpful"]} for row in rated])


def _passages(catalogue: PolicyCatalogue, company: str) -> list[list[Quoted]]:
    """Of each version, the newest first, what can be quoted of it."""
    return [
        [Quoted(version, one.start, one.end) for one in passages_in(catalogue, company, version)]
        for version in catalogue.versions(company)
    ]


def _of_staff(
    connection: Connection, chance: random.Random, many: Many, companies: list[str], newest: int, last: datetime
) -> None:  # fmt: skip
    """Verdicts, samples, labels, assignees, corrections, marks."""
    verdicts = ("right", "right", "right", "wrong_passage", "should_have_refused", "tone")
    for reviewer in REVIEWERS:
        judged = (
            range(newest, max(0, newest - many.judged), -1) if reviewer > 1 else chance.sample(range(1, newest + 1), newest // 50)
        )
        connection.execute(insert(ReviewRow), [
            {"turn_id": turn, "reviewer": reviewer, "verdict": chance.choice(verdicts), "note": "", "at": last} for turn in judged
        ])  # fmt: skip
    for number in range(1, many.samples + 1):
        sample = {"id": number, "name": f"Sample {number}", "company": "", "seed": number, "made_by": 1, "made_at": last}
        connection.execute(insert(SampleRow), sample)
        chosen = sorted(chance.sample(range(1, newest + 1), many.sampled))
        connection.execute(insert(SampleTurnRow), [{"sample_id": number, "turn_id": turn} for turn in chosen])
    talks = list(connection.scalars(select(ConversationRow.id).order_by(ConversationRow.last_at.desc()).limit(newest // 40)))
    connection.execute(
        insert(LabelRow), [{"conversation_id": talk, "label": f"label {int(talk[-4:], 16) % 60}"} for talk in talks]
    )
    mine = talks[::12]
    connection.execute(insert(AssignmentRow), [
        {"conversation_id": talk, "account": chance.choice(REVIEWERS), "at": last} for talk in mine
    ])  # fmt: skip
    connection.execute(insert(CorrectionRow), [
        {"turn_id": turn, "company": companies[0], "kind": "silence", "question": "is it sold", "spans": [], "proposed_by": 1,
         "state": chance.choice(("proposed", "accepted", "declined", "exported")), "proposed_at": last}
        for turn in chance.sample(range(1, newest + 1), many.corrections)
    ])  # fmt: skip
    connection.execute(insert(SilenceDecisionRow), [
        {"company": company, "aspect": f"topic{topic}.aspect3", "mark": "told", "note": "asked Kim", "by": 1, "at": last}
        for company in companies[:2] for topic in range(16)
    ])  # fmt: skip


def _requests(connection: Connection, chance: random.Random, many: Many, companies: list[str], last: datetime) -> None:
    rows = [_request(chance, number, number > many.closed, companies, last) for number in range(1, many.closed + many.owed + 1)]
    connection.execute(insert(TicketRow), rows)
    connection.execute(insert(TicketEventRow), [
        {"ticket_id": row["id"], "at": at, "actor": "account:1", "what": what, "state": state, "data": {}}
        for row in rows for at, what, state in _events(row, chance)
    ])  # fmt: skip
    connection.execute(insert(HandoffRow), [
        {"conversation": f"c_{number}", "company": chance.choice(companies), "asked_at": at, "answer_by": at + timedelta(days=2),
         "answered_at": at if number > 40 else None}
        for number in range(many.handoffs) for at in (last - timedelta(hours=2 * number),)
    ])  # fmt: skip


def _request(chance: random.Random, number: int, owed: bool, companies: list[str], last: datetime) -> dict[str, Any]:
    received = last - timedelta(days=chance.random() * (40 if owed else 650))
    law, zone = chance.choice(LAWS)
    state = chance.choice(
        ("open", "awaiting_identity", "waiting_for_requester") if owed else ("completed", "refused", "withdrawn")
    )
    return {
        "id": number, "number": f"R-{number:08d}", "confirmation": f"yes-{number}", "company": chance.choice(companies),
        "request_type": chance.choice(("access", "deletion", "correction", "opt_out_of_sale")), "status": state,
        "conversation": f"c_{number}", "received_at": received, "law": law, "time_zone": zone,
        "acknowledge_by": received + timedelta(days=10), "respond_by": received + timedelta(days=31),
        "closed_at": None if owed else received + timedelta(days=20 * chance.random()),
        "assignee": chance.choice(("", "account:1", "account:2")),
    }  # fmt: skip


def _events(row: dict[str, Any], chance: random.Random) -> Iterator[tuple[datetime, str, str]]:
    yield row["received_at"], "open", "received"
    if row["closed_at"] or chance.random() < 0.8:
        yield row["received_at"], "acknowledged", ""
    if row["closed_at"]:
        yield row["closed_at"], {"completed": "complete", "refused": "refuse"}.get(row["status"], "withdraw"), row["status"]


def _audited(connection: Connection, chance: random.Random, many: Many, newest: int, last: datetime) -> None:
    """Entries whose seals are none: for reading only."""
    actions = ("conversation.read", "conversation.read", "review.give", "request.read", "silence.read")
    connection.execute(insert(AuditRow), [
        {
            "id": number, "at": (last - timedelta(minutes=many.audited - number)).isoformat(), "details": "{}", "seal": "0" * 64,
            "actor": f"account:{chance.randrange(1, 30)}", "action": chance.choice(actions),
            "subject": f"conversation c_{chance.randrange(newest)}", "company": chance.choice(("clevio", "")),
        }
        for number in range(1, many.audited + 1)
    ])  # fmt: skip
