"""`python -m bench_console [sqlite] [postgresql]`: how long the console's pages take over a million recorded turns.

Makes plausible conversations of four turns, writes them in bulk, and asks the running application for its pages, each many
times, as a browser would: the figure is the time until the server has answered, p95.
"""

from __future__ import annotations

import hashlib
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, create_engine, text

from benchmarks import reports as bench_reports
from benchmarks.fill import fill_reports
from benchmarks.postgresql import running_server
from benchmarks.slack import ReadyRasa
from candor.accounts.roles import Grant
from candor.app.web import make_app
from candor.console.deps import COOKIE
from candor.services import Services
from candor.settings import ROOT, Settings
from candor.transcripts import facets
from candor.transcripts.search import stored, upsert
from candor.transcripts.tokenizer import words_in

TURNS = 1_000_000
A_TALK = 4  # turns of one conversation
AT_ONCE = 2_000  # conversations written in one transaction
ROUNDS = 40  # a page
SEED = 7
COMPANIES = ("clevra", "clevio", "cleverom", "cleverbox", "clevertap")
INTENTS = (
    "ask_policy",
    "request_deletion",
    "request_access",
    "greet",
    "thanks",
    "talk_to_human",
    "out_of_scope_general",
    "affirm",
)
KINDS = ("answer", "not_in_policy", "unsure", "request", "smalltalk", "handoff", "out_of_scope")
SHARES = (52, 14, 9, 8, 12, 1, 4)  # of the kinds, in percent
COMMON = (
    "do", "you", "keep", "sell", "share", "use", "my", "data", "how", "long", "why", "which", "account", "cookies", "privacy",
    "policy", "email", "delete", "can", "i", "what", "about",
)  # fmt: skip
FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
LEAD = "This is what the policy says about it:"
LEAD_WORDS = list(words_in(LEAD))
CITATION = {
    "n": 1, "policy": "Privacy Policy", "version": "2026-01-15", "section": "3. Sharing", "lead_in": "", "start": 100, "end": 300,
    "url": "/policies/clevra/2026-01-15#c100-300",
}  # fmt: skip
PASSAGES = [{"start": 100 * place, "end": 100 * place + 90, "score": 1.5 - place / 4, "cited": place == 0} for place in range(8)]
ASPECTS = [f"topic{topic}.aspect{aspect}" for topic in range(16) for aspect in range(20)]
ASKED = [1 / (rank + 1) for rank in range(len(ASPECTS))]  # a few are asked again and again, most hardly ever (Zipf)
EVIDENCE = {
    aspect: json.dumps({"version": "2026-01-15", "probability": 0.7, "aspect": aspect, "passages": PASSAGES})
    for aspect in ASPECTS
}
TRACE = json.dumps({"actions": ["action_answer_question"], "slots": {}, "rasa": 60.0})
DATABASE, LIST = "bench", "/console/conversations"
QUERIES = {
    "newest": "", "needs a person": "is=needs_person", "not helpful": "is=not_helpful", "refused": "is=refused",
    "unsure": "is=unsure", "low confidence": "is=low_confidence", "has request": "is=request", "failed": "is=failed",
    "company": "company=clevio", "channel": "channel=slack", "intent": "intent=request_deletion",
    "aspect": "aspect=topic3.aspect11", "kind": "kind=handoff", "time span": "from=2025-06-01&to=2025-06-02",
    "refused, company, slack": "is=refused&company=clevio&channel=slack",
    "needs a person, not helpful, unsure": "is=needs_person&is=not_helpful&is=unsure",
    "all seven": "is=needs_person&is=not_helpful&is=unsure&is=refused&is=request&is=failed&is=low_confidence",
    "search: common word": "q=data", "search: two common words": "q=data+cookies", "search: rare word": "q=word49999",
    "search: common and rare": "q=data+word20011", "search: unknown word": "q=unheardof", "search: middling word": "q=word40",
    "search: common, needs a person": "q=data&is=needs_person",
    "search: common, refused, slack": "q=data&is=refused&channel=slack", "search: rare, company": "q=word30011&company=clevio",
    "search: common, one day": "q=data&from=2025-06-01&to=2025-06-02",
}  # fmt: skip


def main(kinds: list[str]) -> int:
    for kind in kinds or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as folder:
            if kind == "sqlite":
                measure(kind, Path(folder), "")
            else:
                with running_server() as server:
                    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
                    with admin.connect() as connection:
                        connection.execute(text(f"CREATE DATABASE {DATABASE}"))
                    admin.dispose()
                    measure(kind, Path(folder), f"{server}/{DATABASE}")
    return 0


def measure(kind: str, folder: Path, url: str) -> None:
    long = 36_500  # days: else the job of keeping forgets what is timed, while it is timed
    settings = Settings(
        var_dir=folder / "var", database_url=url, actions_port=1, transcript_keep_days=long, request_keep_days=long,
        handoff_keep_days=long, audit_keep_days=long,
    )  # fmt: skip
    for made in ("encoder", "index", "console", "widget"):
        (folder / "var").mkdir(exist_ok=True)
        (folder / "var" / made).symlink_to(ROOT / "var" / made)
    parts = Services(settings)
    started = time.monotonic()
    fill(parts.engine, TURNS)
    fill_reports(parts.engine, parts.knowledge.catalogue, LAST)
    say(kind, f"{TURNS:,} turns written in {time.monotonic() - started:.0f} s")
    account = parts.staff.accounts.add("bench@candor.example", "Bench", [Grant("privacy_officer")])
    limited = parts.staff.accounts.add(
        "limited@candor.example", "Limited", [Grant("reviewer", "clevio"), Grant("reviewer", "clevertap")]
    )
    client = TestClient(make_app(parts, ReadyRasa()), follow_redirects=False)  # not entered: nothing runs beside the pages
    for who, person in (("all companies", account), ("two companies", limited)):
        client.cookies.set(COOKIE, parts.staff.sessions.begin(person, "password"), path="/console")
        for name, path in pages():
            say(f"{kind}, {who}", f"{name:38} p95 {p95(partial(asked, client, path)):7.1f} ms")
    client.cookies.set(COOKIE, parts.staff.sessions.begin(account, "password"), path="/console")
    for took in bench_reports.measure(client):
        say(kind, f"{took.page:42} p95 {took.p95:7.1f} ms, middle {took.median:7.1f} ms, {took.cpu:7.1f} ms of it CPU here")
    parts.engine.dispose()


def pages() -> Iterator[tuple[str, Callable[[], str]]]:
    """What is asked for: a fixed address, or one of several by turns."""
    chance = random.Random(SEED)  # noqa: S311  (no secrets here)
    for name, query in QUERIES.items():
        yield name, partial("{}?{}".format, LIST, query)
    some = [name_of(number) for number in chance.sample(range(TURNS // A_TALK), 200)]
    yield "reader", lambda: f"{LIST}/{chance.choice(some)}"
    places = [f"{moment(number):%Y%m%dT%H%M%S.%f}_{name_of(number)}" for number in chance.sample(range(TURNS // A_TALK), 200)]
    yield "older, anywhere in the list", lambda: f"{LIST}?older={chance.choice(places)}"
    yield "newer, refused, anywhere", lambda: f"{LIST}?is=refused&newer={chance.choice(places)}"
    turns = [str(chance.randrange(TURNS)) for _ in range(200)]
    yield "search: common word, anywhere", lambda: f"{LIST}?q=data&older={chance.choice(turns)}"


def asked(client: TestClient, path: Callable[[], str]) -> None:
    answered = client.get(path())
    if answered.status_code not in {200, 303, 403}:
        raise SystemExit(f"{path()} answered {answered.status_code}")


def p95(call: Callable[[], None]) -> float:
    """Milliseconds; the first call warms up what is made once."""
    call()
    took = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - started))
    return statistics.quantiles(took, n=20)[-1]


def say(what: str, figure: str) -> None:
    print(f"{what}: {figure}", flush=True)


def moment(talk: int) -> datetime:
    """Conversations are spread evenly over the time, and written in its order."""
    return FIRST + talk * (LAST - FIRST) / (TURNS // A_TALK)


def name_of(talk: int) -> str:
    """Names tell nothing of the order, as those of real conversations."""
    return f"c_{hashlib.sha256(str(talk).encode()).hexdigest()[:24]}"


def fill(engine: Engine, turns: int) -> None:
    """What the store would write, in bulk: a million turns one by one would take hours."""
    chance = random.Random(SEED)  # noqa: S311  (no secrets here)
    names = [f"word{number}" for number in range(50_000)]
    rare = iter(chance.choices(names, [1 / (rank + 10) for rank in range(len(names))], k=8 * turns))
    zone = "+00" if engine.dialect.name == "postgresql" else ""
    for begin in range(0, turns // A_TALK, AT_ONCE):
        with engine.begin() as connection:
            write(connection, [a_talk(chance, rare, talk, zone) for talk in range(begin, min(begin + AT_ONCE, turns // A_TALK))])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":  # inserted with their ids, so the sequence does not know
            connection.execute(text("SELECT setval('turn_id_seq', :last)"), {"last": turns})
        connection.execute(text("ANALYZE"))


def write(connection: Connection, talks: list[ATalk]) -> None:
    dialect = connection.dialect.name
    into = "INSERT INTO {} ({}) VALUES ({})"
    for table, rows in (
        ("conversation", [talk.row for talk in talks]),
        ("turn", [turn for talk in talks for turn in talk.turns]),
        ("conversation_mark", [mark for talk in talks for mark in talk.marks]),
    ):
        connection.execute(text(into.format(table, ", ".join(rows[0]), ", ".join(f":{name}" for name in rows[0]))), rows)
    words = [{"id": number, "words": stored(dialect, found)} for talk in talks for number, found in talk.words]
    connection.execute(upsert(dialect), words)


@dataclass
class ATalk:
    """One conversation as rows."""

    row: dict[str, Any]
    turns: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    words: list[tuple[int, list[str]]]


def a_talk(chance: random.Random, rare: Iterator[str], talk: int, zone: str) -> ATalk:
    known, company, channel = name_of(talk), chance.choice(COMPANIES), "slack" if chance.random() < 0.3 else "web"
    last = f"{moment(talk):%F %T.%f}{zone}"
    row = {"id": known, "company": company, "channel": channel, "started_at": last, "last_at": last}
    made = ATalk(row, [], [], [])
    held = {facets.SAID, f"company:{company}", f"channel:{channel}"}
    for place in range(A_TALK):
        number = talk * A_TALK + place + 1
        at = f"{moment(talk) - timedelta(minutes=A_TALK - 1 - place):%F %T.%f}{zone}"
        turn, words, found = a_turn(chance, rare, number, company)
        made.turns.append({**turn, "id": number, "conversation_id": known, "message_id": f"m-{number}", "at": at})
        made.words.append((number, words))
        held |= found
    held |= {mark for mark, share in ((facets.NOT_HELPFUL, 0.05), (facets.FAILED, 0.01)) if chance.random() < share}
    if chance.random() < 0.9:  # a person has answered
        held.discard(facets.NEEDS_PERSON)
    made.marks = [{"conversation_id": known, "mark": mark, "last_at": last} for mark in held]
    return made


def a_turn(
    chance: random.Random, rare: Iterator[str], number: int, company: str
) -> tuple[dict[str, Any], list[str], set[str]]:  # fmt: skip
    """A turn's columns, its words and its marks."""
    (kind,), intent, confidence = chance.choices(KINDS, SHARES), chance.choice(INTENTS), round(chance.betavariate(8, 1.5), 4)
    asked = [*chance.sample(COMMON, 7), next(rare), next(rare)]
    reply: dict[str, Any] = {"kind": kind, "text": LEAD, "company": company, "buttons": [], "answer_id": f"a-{number}"}
    quote: list[str] = []
    if kind in {"answer", "unsure"}:
        quote = [*chance.choices(COMMON, k=20), *(next(rare) for _ in range(5))]
        reply["citations"] = [{**CITATION, "company": company, "quote": " ".join(quote)}]
    if kind == "request":
        reply["ticket"] = {"number": f"R-{number}", "request_type": "deletion", "status": "open", "company": company}
    (aspect,) = chance.choices(ASPECTS, ASKED)
    columns = {
        "company": company, "text": " ".join(asked), "state": "answered", "intent": intent, "confidence": confidence,
        "milliseconds": 80.0, "replies": json.dumps([reply]), "evidence": EVIDENCE[aspect], "trace": TRACE,
        "kind": kind, "aspect": aspect, "answer_id": f"a-{number}",
        "intent_ranking": f'[{{"name": "{intent}", "confidence": {confidence}}}]',
    }  # fmt: skip
    found = facets.facets_of_answer(intent, confidence, [reply], {"aspect": aspect})
    return columns, list(dict.fromkeys([*asked, *LEAD_WORDS, *quote])), found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
