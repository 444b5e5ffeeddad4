"""`python -m benchmarks.console [sqlite] [postgresql]`: how long the console's pages take with a million recorded turns.

Writes plausible conversations of four turns each in bulk, then requests each page many times, as a browser would. The figure
is the 95th percentile of the time until the server has answered. With `--keep FOLDER`, SQLite's database stays there and is
written once only; with `--only WORD`, pages are measured in whose name the word stands.
"""

from __future__ import annotations

import argparse
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
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, text

from benchmarks import reports as bench_reports
from benchmarks.fill import PEOPLE, address_of, fill_people, fill_reports, written_number
from benchmarks.postgresql import running_server
from benchmarks.slack import ReadyRasa
from candor.accounts.roles import Account, Grant
from candor.accounts.sessions import csrf_of
from candor.app.web import make_app
from candor.console.deps import COOKIE
from candor.services import Services
from candor.services.knowledge import encoder_id
from candor.settings import ROOT, Settings
from candor.transcripts import facets
from candor.transcripts.risk import risk_of
from candor.transcripts.search import stored, upsert
from candor.transcripts.tokenizer import words_in
from knowledge.ingestion import ingest

TURNS = 1_000_000
TURNS_EACH = 4  # in each conversation
BATCH = 2_000  # conversations written in one transaction
ROUNDS = 40  # requests of each page
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
SHARES = (52, 14, 9, 8, 12, 1, 4)  # of KINDS, in percent
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
ASPECT_WEIGHTS = [1 / (rank + 1) for rank in range(len(ASPECTS))]  # a few aspects are asked about often, most hardly ever (Zipf)
EVIDENCE = {
    aspect: json.dumps({"version": "2026-01-15", "probability": 0.7, "aspect": aspect, "passages": PASSAGES})
    for aspect in ASPECTS
}
TRACE = json.dumps({"actions": ["action_answer_question"], "slots": {}, "rasa": 60.0})
WHO, LIMITED = "bench@candor.example", "limited@candor.example"
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


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.console")
    parser.add_argument("kinds", nargs="*", metavar="sqlite|postgresql")
    parser.add_argument("--keep", type=Path, help="where SQLite's database stays")
    parser.add_argument("--only", default="", help="pages in whose name this stands")
    given = parser.parse_args(arguments)
    for kind in given.kinds or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as folder:
            if kind == "sqlite":
                measure(kind, given.keep or Path(folder), "", given.only)
            else:
                with running_server() as server:
                    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
                    with admin.connect() as connection:
                        connection.execute(text(f"CREATE DATABASE {DATABASE}"))
                    admin.dispose()
                    measure(kind, Path(folder), f"{server}/{DATABASE}", given.only)
    return 0


def measure(kind: str, folder: Path, url: str, only: str = "") -> None:
    long = 36_500  # days; otherwise the retention job deletes turns during the measurement
    settings = Settings(
        var_dir=folder / "var", database_url=url, secret_key=SecretStr("benchmark"), actions_port=1,
        transcript_keep_days=long, request_keep_days=long,
        handoff_keep_days=long, audit_keep_days=long,
    )  # fmt: skip
    for made in ("encoder", "large_encoder", "index", "console", "widget"):
        (folder / "var").mkdir(parents=True, exist_ok=True)
        if not (folder / "var" / made).is_symlink():
            (folder / "var" / made).symlink_to(ROOT / "var" / made)
    services = Services(settings)
    account = services.staff.accounts.find(WHO) or _filled(kind, services)
    limited = services.staff.accounts.find(LIMITED) or services.staff.accounts.add(
        LIMITED, "Limited", [Grant("reviewer", "clevio"), Grant("reviewer", "clevertap")]
    )
    client = TestClient(make_app(services, ReadyRasa()), follow_redirects=False)  # not entered, so that no background job runs
    for scope, viewer in (("all companies", account), ("two companies", limited)):
        client.cookies.set(COOKIE, services.staff.sessions.begin(viewer, "password"), path="/console")
        for name, path in pages():
            if only not in name:
                continue
            report(f"{kind}, {scope}", f"{name:38} {timed(partial(get_page, client, path))}")
    key = services.staff.sessions.begin(account, "password")
    client.cookies.set(COOKIE, key, path="/console")
    for name, address, fields in forms(csrf_of(key)):
        if only in name:
            report(kind, f"{name:42} {timed(partial(post_form, client, address, fields))}")
    for timing in bench_reports.measure(client, [page for page in bench_reports.PAGES if only in page]):
        report(
            kind,
            f"{timing.page:42} p95 {timing.p95:7.1f} ms, median {timing.median:7.1f} ms, CPU here {timing.cpu:7.1f} ms",
        )
    services.engine.dispose()


def _filled(kind: str, services: Services) -> Account:
    """Write everything; the account that requests the pages is made last, so that it is known to be all there."""
    started = time.monotonic()
    knowledge = services.knowledge  # whose files are those of set-up, so that nothing is encoded
    ingest(
        services.settings.policies_dir, knowledge.policy_library, lambda: knowledge.passage_encoder,
        encoder_id(services.settings), lambda _: None, knowledge.mapper, openings=knowledge.opening_judge,
    )  # fmt: skip
    fill(services.engine, TURNS)
    fill_reports(services.engine, services.knowledge.catalogue, LAST)
    fill_people(services.engine, services.conversations.vault, services.cipher)
    report(kind, f"{TURNS:,} turns written in {time.monotonic() - started:.0f} s")
    return services.staff.accounts.add(WHO, "Bench", [Grant("privacy_officer")])


def forms(csrf: str) -> Iterator[tuple[str, str, Callable[[], dict[str, str]]]]:
    """Yield (name, address, what returns the fields) of what is looked up by a form, so that nothing of it is logged."""
    rng = random.Random(SEED)  # noqa: S311  (no secrets here)
    find = "/console/find"
    yield "find: a person by address", find, lambda: {"csrf": csrf, "who": address_of(rng.randrange(PEOPLE))}
    yield "find: an unknown address", find, lambda: {"csrf": csrf, "who": "nobody@example.net"}
    yield (
        "palette: a number's beginning",
        "/console/palette",
        lambda: {"csrf": csrf, "q": written_number(rng.randrange(10**5))[:6]},
    )


def post_form(client: TestClient, path: str, fields: Callable[[], dict[str, str]]) -> None:
    response = client.post(path, data=fields())
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status_code}")


def pages() -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield (name of a page, what returns its address): a fixed address, or a random one of several."""
    rng = random.Random(SEED)  # noqa: S311  (no secrets here)
    for name, query in QUERIES.items():
        yield name, partial("{}?{}".format, LIST, query)
    conversations = [name_of(number) for number in rng.sample(range(TURNS // TURNS_EACH), 200)]
    yield "reader", lambda: f"{LIST}/{rng.choice(conversations)}"
    cursors = [f"{time_of(number):%Y%m%dT%H%M%S.%f}_{name_of(number)}" for number in rng.sample(range(TURNS // TURNS_EACH), 200)]
    yield "older, anywhere in the list", lambda: f"{LIST}?older={rng.choice(cursors)}"
    yield "newer, refused, anywhere", lambda: f"{LIST}?is=refused&newer={rng.choice(cursors)}"
    yield "inbox", lambda: "/console/"
    yield "the navigation's numbers", lambda: "/console/news"
    turns = [str(rng.randrange(TURNS)) for _ in range(200)]
    yield "search: common word, anywhere", lambda: f"{LIST}?q=data&older={rng.choice(turns)}"


def get_page(client: TestClient, path: Callable[[], str]) -> None:
    response = client.get(path())
    if response.status_code not in {200, 303, 403}:
        raise SystemExit(f"{path()} answered {response.status_code}")


def timed(call: Callable[[], None]) -> str:
    """The 95th percentiles of ROUNDS calls, in milliseconds: until the answer, and of CPU time in this process, which tells more
    on a machine that others use too. One call before them warms up."""
    call()
    took, worked = [], []
    for _ in range(ROUNDS):
        started, cpu = time.perf_counter(), time.process_time()
        call()
        took.append(1000 * (time.perf_counter() - started))
        worked.append(1000 * (time.process_time() - cpu))
    until, of_it = (statistics.quantiles(each, n=20)[-1] for each in (took, worked))
    return f"p95 {until:7.1f} ms, CPU here {of_it:7.1f} ms"


def report(what: str, figure: str) -> None:
    print(f"{what}: {figure}", flush=True)


def time_of(conversation: int) -> datetime:
    """The time of a conversation by its number: evenly spread over the period, in order."""
    return FIRST + conversation * (LAST - FIRST) / (TURNS // TURNS_EACH)


def name_of(conversation: int) -> str:
    """A conversation's id by its number; like real ids, it does not reveal the order."""
    return f"c_{hashlib.sha256(str(conversation).encode()).hexdigest()[:24]}"


def fill(engine: Engine, turns: int) -> None:
    """Write in bulk what the store would write; a million turns one by one would take hours. What was interrupted goes on."""
    with engine.connect() as connection:
        there = connection.scalar(text("SELECT count(*) FROM conversation")) or 0
    rng = random.Random(SEED + there)  # noqa: S311  (no secrets here)
    names = [f"word{number}" for number in range(50_000)]
    rare = iter(rng.choices(names, [1 / (rank + 10) for rank in range(len(names))], k=8 * turns))
    zone = "+00" if engine.dialect.name == "postgresql" else ""
    for begin in range(there, turns // TURNS_EACH, BATCH):
        with engine.begin() as connection:
            write(
                connection,
                [conversation_rows(rng, rare, talk, zone) for talk in range(begin, min(begin + BATCH, turns // TURNS_EACH))],
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":  # rows were inserted with ids, so the sequence must be advanced
            connection.execute(text("SELECT setval('turn_id_seq', :last)"), {"last": turns})
        connection.execute(text("ANALYZE"))


def write(connection: Connection, conversations: list[ConversationRows]) -> None:
    dialect = connection.dialect.name
    into = "INSERT INTO {} ({}) VALUES ({})"
    for table, rows in (
        ("conversation", [conversation.row for conversation in conversations]),
        ("turn", [turn for conversation in conversations for turn in conversation.turns]),
        ("conversation_mark", [mark for conversation in conversations for mark in conversation.marks]),
    ):
        connection.execute(text(into.format(table, ", ".join(rows[0]), ", ".join(f":{name}" for name in rows[0]))), rows)
    words = [
        {"id": number, "words": stored(dialect, words_of_turn)}
        for conversation in conversations
        for number, words_of_turn in conversation.words
    ]
    connection.execute(upsert(dialect), words)


@dataclass
class ConversationRows:
    """The rows of one conversation, table by table."""

    row: dict[str, Any]
    turns: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    words: list[tuple[int, list[str]]]


def conversation_rows(rng: random.Random, rare: Iterator[str], number_of_conversation: int, zone: str) -> ConversationRows:
    name, company, channel = name_of(number_of_conversation), rng.choice(COMPANIES), "slack" if rng.random() < 0.3 else "web"
    last = f"{time_of(number_of_conversation):%F %T.%f}{zone}"
    row = {"id": name, "company": company, "channel": channel, "started_at": last, "last_at": last}
    conversation = ConversationRows(row, [], [], [])
    all_facets = {facets.SAID, f"company:{company}", f"channel:{channel}"}
    for index in range(TURNS_EACH):
        turn_id = number_of_conversation * TURNS_EACH + index + 1
        at = f"{time_of(number_of_conversation) - timedelta(minutes=TURNS_EACH - 1 - index):%F %T.%f}{zone}"
        turn, words, facets_of_turn = turn_rows(rng, rare, turn_id, company)
        conversation.turns.append({**turn, "id": turn_id, "conversation_id": name, "message_id": f"m-{turn_id}", "at": at})
        conversation.words.append((turn_id, words))
        all_facets |= facets_of_turn
    all_facets |= {mark for mark, share in ((facets.NOT_HELPFUL, 0.05), (facets.FAILED, 0.01)) if rng.random() < share}
    if rng.random() < 0.9:  # a member of staff has answered
        all_facets.discard(facets.NEEDS_PERSON)
    conversation.marks = [{"conversation_id": name, "mark": mark, "last_at": last} for mark in all_facets]
    return conversation


def turn_rows(
    rng: random.Random, rare: Iterator[str], number: int, company: str
) -> tuple[dict[str, Any], list[str], set[str]]:  # fmt: skip
    """A turn's columns, its words and its facets."""
    (kind,), intent, confidence = rng.choices(KINDS, SHARES), rng.choice(INTENTS), round(rng.betavariate(8, 1.5), 4)
    question_words = [*rng.sample(COMMON, 7), next(rare), next(rare)]
    reply: dict[str, Any] = {"kind": kind, "text": LEAD, "company": company, "buttons": [], "answer_id": f"a-{number}"}
    quote: list[str] = []
    if kind in {"answer", "unsure"}:
        quote = [*rng.choices(COMMON, k=20), *(next(rare) for _ in range(5))]
        reply["citations"] = [{**CITATION, "company": company, "quote": " ".join(quote)}]
    if kind == "request":
        reply["ticket"] = {"number": f"R-{number}", "request_type": "deletion", "status": "open", "company": company}
    (aspect,) = rng.choices(ASPECTS, ASPECT_WEIGHTS)
    columns = {
        "company": company, "text": " ".join(question_words), "state": "answered", "intent": intent, "confidence": confidence,
        "milliseconds": 80.0, "replies": json.dumps([reply]), "evidence": EVIDENCE[aspect], "trace": TRACE,
        "kind": kind, "aspect": aspect, "answer_id": f"a-{number}",
        "risk": int(risk_of(kind, confidence, {"probability": 0.7}, helpful=None, message=f"m-{number}")),
        "intent_ranking": f'[{{"name": "{intent}", "confidence": {confidence}}}]',
    }  # fmt: skip
    facets_of_turn = facets.facets_of_answer(intent, confidence, [reply], {"aspect": aspect})
    return columns, list(dict.fromkeys([*question_words, *LEAD_WORDS, *quote])), facets_of_turn


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
