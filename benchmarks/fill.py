"""Synthetic data for the console's reports besides the turns: counts, quotes, ratings, reviews, requests, audit log entries."""

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
from candor.tickets.cipher import FieldCipher
from candor.tickets.models import HandoffRow, TicketEventRow, TicketRow
from candor.tickets.reference import ALPHABET
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
    VaultRow,
)
from candor.transcripts.vault import Vault
from knowledge.catalogue import PolicyCatalogue

BATCH = 20_000  # turns
PEOPLE, MASKED = 20_000, 0.6  # who asked; the share of conversations in which somebody left an address
RATED, HELPS = 0.08, 0.7  # share of answers with a rating; share of ratings that are positive
QUOTES, REFUSES = ("answer", "unsure"), ("not_in_policy",)
REVIEWERS = (1, 2, 3)  # account ids; the first one requests the pages
LAWS = (("gdpr", "Europe/Berlin"), ("ccpa", "America/Los_Angeles"), ("uk_gdpr", "Europe/London"))
KEPT = (TurnRow.id, TurnRow.conversation_id, TurnRow.at, TurnRow.company, TurnRow.state, TurnRow.intent, TurnRow.kind)


@dataclass(frozen=True)
class Amounts:
    """How many rows of each kind to write. Each reviewer judges `judged` turns; each sample has `sampled` turns."""

    judged: int = 20_000
    samples: int = 12
    sampled: int = 500
    corrections: int = 3000
    closed: int = 100_000  # requests
    pending: int = 2_000  # requests
    handoffs: int = 8_000
    audited: int = 200_000


@dataclass(frozen=True)
class SyntheticQuote:
    """A passage of a policy version, as offsets into its text."""

    version: str
    start: int
    end: int


def fill_reports(engine: Engine, catalogue: PolicyCatalogue, newest_at: datetime, amounts: Amounts = Amounts()) -> None:
    """Write everything except the turns, for existing turns; `newest_at` is the time of the newest turn."""
    rng = random.Random(11)  # noqa: S311  (no secrets here)
    passages = {company: _passages(catalogue, company) for company in catalogue.companies}
    newest = 0
    begun: set[str] = set()
    while True:
        with engine.begin() as connection:
            turns = connection.execute(
                select(*KEPT, TurnRow.aspect, TurnRow.answer_id, TurnRow.milliseconds, ConversationRow.channel)
                .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
                .where(TurnRow.id > newest).order_by(TurnRow.id).limit(BATCH)
            ).all()  # fmt: skip
            if not turns:
                break
            _write_turn_data(connection, rng, turns, passages, begun, newest_at)
        newest = turns[-1].id
    with engine.begin() as connection:
        companies = list(catalogue.companies)
        _write_reviews(connection, rng, amounts, companies, newest, newest_at)
        _write_requests(connection, rng, amounts, companies, newest_at)
        _write_audit_log(connection, rng, amounts, newest, newest_at)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # PostgreSQL's autovacuum would do this in time
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def _write_turn_data(
    connection: Connection, rng: random.Random, turns: Sequence[Any], passages: dict[str, list[list[SyntheticQuote]]],
    begun: set[str], last: datetime,
) -> None:  # fmt: skip
    """Counts, quotes and ratings of a batch of turns."""
    counts: defaultdict[CounterKey, Counter[CounterName]] = defaultdict(Counter)
    quote_rows: list[dict[str, Any]] = []
    feedback_rows: list[dict[str, Any]] = []
    for turn in turns:
        at = turn.at.replace(tzinfo=UTC) if turn.at.tzinfo is None else turn.at
        change = counts_of(turn.state, turn.intent, [{"kind": turn.kind}], {"aspect": turn.aspect}, rng.lognormvariate(5.5, 0.6))
        if turn.conversation_id not in begun:
            begun.add(turn.conversation_id)
            change[BEGUN] += 1
        if turn.kind in QUOTES:
            version = passages[turn.company][-1 if at < last - timedelta(days=170) else 0]
            passages_quoted = {min(int(rng.paretovariate(0.7)), len(version)) - 1 for _ in range(rng.choice((1, 1, 2)))}
            quote_rows += [
                {"turn_id": turn.id, "place": position, "company": turn.company, **vars(version[passage])}
                for position, passage in enumerate(sorted(passages_quoted), start=1)
            ]
        if turn.kind in (*QUOTES, *REFUSES) and rng.random() < RATED:
            helpful = rng.random() < HELPS
            change[HELPFUL if helpful else NOT_HELPFUL] += 1
            feedback_rows.append({**turn._asdict(), "helpful": helpful, "comment": "", "at": at})
        counts[turn.company, turn.channel, minute_of(at)] += change
    add(connection, counts)
    connection.execute(insert(QuoteRow), quote_rows)
    columns = ("conversation_id", "answer_id", "helpful", "comment", "at")
    connection.execute(insert(FeedbackRow), [{name: row[name] for name in columns} for row in feedback_rows])
    update = text("UPDATE turn SET helpful = :helpful WHERE id = :id")
    connection.execute(update, [{"id": row["id"], "helpful": row["helpful"]} for row in feedback_rows])


def _passages(catalogue: PolicyCatalogue, company: str) -> list[list[SyntheticQuote]]:
    """The passages that can be quoted from each version, the newest version first."""
    return [
        [SyntheticQuote(version, one.start, one.end) for one in passages_in(catalogue, company, version)]
        for version in catalogue.versions(company)
    ]


def _write_reviews(
    connection: Connection, rng: random.Random, amounts: Amounts, companies: list[str], newest: int, last: datetime
) -> None:  # fmt: skip
    """Verdicts, samples, labels, assignees, corrections and marks of silence."""
    verdicts = ("right", "right", "right", "wrong_passage", "should_have_refused", "tone")
    for reviewer in REVIEWERS:
        judged = (
            range(newest, max(0, newest - amounts.judged), -1) if reviewer > 1 else rng.sample(range(1, newest + 1), newest // 50)
        )
        connection.execute(insert(ReviewRow), [
            {"turn_id": turn, "reviewer": reviewer, "verdict": rng.choice(verdicts), "note": "", "at": last} for turn in judged
        ])  # fmt: skip
    for number in range(1, amounts.samples + 1):
        sample = {"id": number, "name": f"Sample {number}", "company": "", "seed": number, "made_by": 1, "made_at": last}
        connection.execute(insert(SampleRow), sample)
        chosen = sorted(rng.sample(range(1, newest + 1), amounts.sampled))
        connection.execute(insert(SampleTurnRow), [{"sample_id": number, "turn_id": turn} for turn in chosen])
    conversations = list(
        connection.scalars(select(ConversationRow.id).order_by(ConversationRow.last_at.desc()).limit(newest // 40))
    )
    connection.execute(
        insert(LabelRow),
        [
            {"conversation_id": conversation, "label": f"label {int(conversation[-4:], 16) % 60}"}
            for conversation in conversations
        ],
    )
    assigned = conversations[::12]
    connection.execute(insert(AssignmentRow), [
        {"conversation_id": conversation, "account": rng.choice(REVIEWERS), "at": last} for conversation in assigned
    ])  # fmt: skip
    connection.execute(insert(CorrectionRow), [
        {"turn_id": turn, "company": companies[0], "kind": "silence", "question": "is it sold", "spans": [], "proposed_by": 1,
         "state": rng.choice(("proposed", "accepted", "declined", "exported")), "proposed_at": last}
        for turn in rng.sample(range(1, newest + 1), amounts.corrections)
    ])  # fmt: skip
    connection.execute(insert(SilenceDecisionRow), [
        {"company": company, "aspect": f"topic{topic}.aspect3", "mark": "told", "note": "asked Kim", "by": 1, "at": last}
        for company in companies[:2] for topic in range(16)
    ])  # fmt: skip


def _write_requests(connection: Connection, rng: random.Random, amounts: Amounts, companies: list[str], last: datetime) -> None:
    rows = [
        request_row(rng, number, number > amounts.closed, companies, last)
        for number in range(1, amounts.closed + amounts.pending + 1)
    ]
    connection.execute(insert(TicketRow), rows)
    connection.execute(insert(TicketEventRow), [
        {"ticket_id": row["id"], "at": at, "actor": "account:1", "what": what, "state": state, "data": {}}
        for row in rows for at, what, state in request_events(row, rng)
    ])  # fmt: skip
    connection.execute(insert(HandoffRow), [
        {"conversation": f"c_{number}", "company": rng.choice(companies), "asked_at": at, "answer_by": at + timedelta(days=2),
         "answered_at": at if number > 40 else None}
        for number in range(amounts.handoffs) for at in (last - timedelta(hours=2 * number),)
    ])  # fmt: skip


def request_row(rng: random.Random, number: int, pending: bool, companies: list[str], last: datetime) -> dict[str, Any]:
    """A pending request of the last forty days, or a closed one of the last 650."""
    received = last - timedelta(days=rng.random() * (40 if pending else 650))
    law, zone = rng.choice(LAWS)
    state = rng.choice(
        ("open", "awaiting_identity", "waiting_for_requester") if pending else ("completed", "refused", "withdrawn")
    )
    return {
        "id": number, "number": written_number(number), "confirmation": f"yes-{number}", "company": rng.choice(companies),
        "request_type": rng.choice(("access", "deletion", "correction", "opt_out_of_sale")), "status": state,
        "conversation": f"c_{number}", "received_at": received, "law": law, "time_zone": zone,
        "acknowledge_by": received + timedelta(days=10), "respond_by": received + timedelta(days=31),
        "closed_at": None if pending else received + timedelta(days=20 * rng.random()),
        "assignee": rng.choice(("", "account:1", "account:2")),
    }  # fmt: skip


def written_number(number: int) -> str:
    """A request's number as people read it, unlike that of every other."""
    letters: list[str] = []
    for _ in range(8):
        number, place = divmod(number * 7919 + 17, len(ALPHABET)) if not letters else divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return f"R-{''.join(letters[:4])}-{''.join(letters[4:])}"


def address_of(person: int) -> str:
    return f"person{person}@example.com"


def fill_people(engine: Engine, vault: Vault, cipher: FieldCipher) -> None:
    """Give each request somebody who asked, and three in five conversations somebody who is masked in it."""
    rng = random.Random(13)  # noqa: S311  (no secrets here)
    hashes = [(cipher.fingerprint(address_of(one)), min(vault.hashes([address_of(one)]))) for one in range(PEOPLE)]
    email = cipher.encrypt(address_of(0))
    with engine.begin() as connection:
        tickets = connection.scalars(select(TicketRow.id)).all()
        change = text("UPDATE ticket SET email = :email, email_hash = :hash WHERE id = :id")
        connection.execute(change, [{"id": id_, "email": email, "hash": rng.choice(hashes)[0]} for id_ in tickets])
        conversations = connection.scalars(select(ConversationRow.id)).all()
        named = [one for one in conversations if rng.random() < MASKED]
        for begin in range(0, len(named), BATCH):
            connection.execute(insert(VaultRow), [
                {"conversation_id": one, "token": "<email_1>", "fingerprint": rng.choice(hashes)[1], "ciphertext": b"benchmark"}
                for one in named[begin : begin + BATCH]
            ])  # fmt: skip
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def request_events(row: dict[str, Any], rng: random.Random) -> Iterator[tuple[datetime, str, str]]:
    """Yield (time, event, state) for each event of a request."""
    yield row["received_at"], "open", "received"
    if row["closed_at"] or rng.random() < 0.8:
        yield row["received_at"], "acknowledged", ""
    if row["closed_at"]:
        yield row["closed_at"], {"completed": "complete", "refused": "refuse"}.get(row["status"], "withdraw"), row["status"]


def _write_audit_log(connection: Connection, rng: random.Random, amounts: Amounts, newest: int, last: datetime) -> None:
    """Audit log entries with invalid seals, good only for reading."""
    actions = ("conversation.read", "conversation.read", "review.give", "request.read", "silence.read")
    connection.execute(insert(AuditRow), [
        {
            "id": number, "at": (last - timedelta(minutes=amounts.audited - number)).isoformat(),
            "details": "{}", "seal": "0" * 64,
            "actor": f"account:{rng.randrange(1, 30)}", "action": rng.choice(actions),
            "subject": f"conversation c_{rng.randrange(newest)}", "company": rng.choice(("clevio", "")),
        }
        for number in range(1, amounts.audited + 1)
    ])  # fmt: skip
