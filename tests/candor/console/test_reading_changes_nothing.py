"""A GET writes nothing: every page of the web application is opened, and the tables are compared before and after.

Allowed are the entries and columns of ALLOWED, each for its reason. GET /console/elsewhere/back begins a session, because OpenID
Connect leads the browser back with a GET (Core 1.0, 3.1.2.5); the sealed cookie of that sign-in guards it. Without a provider, as
here, it is not found; tests/candor/console/sign_in/test_elsewhere.py covers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import text
from starlette.routing import Mount

from candor.accounts.api_tokens import SCOPES
from candor.accounts.roles import ROLES, Grant
from candor.app.web import make_app
from candor.console.api.app import STAFF_API
from candor.console.deps import COOKIE
from candor.reviews.corrections import Proposal
from candor.services import Services
from candor.tickets.delivery.webhook_registry import WebhookSettings
from knowledge.catalogue import PolicyCatalogue
from tests.candor.console.live_chats import a_question, begin
from tests.candor.console.opened_requests import opened
from tests.fakes import FakeRasa, small_answers

# Table → routes that may add to it. Rows that were there before stay as they are in each of them.
ALLOWED = {
    # Who read or took what is recorded, because somebody may have to answer for it; the page itself shows the same afterwards.
    "audit": re.compile(r"/console/.*|/api/staff/v1/.*"),
    "audit_entry": re.compile(r"/console/.*|/api/staff/v1/.*"),
    "audit_chain": re.compile(r"/console/.*|/api/staff/v1/.*"),
    # That the visitor's page is open right now, for the colleague who answers: at most one row a conversation, gone with it. The
    # poll is the sign, and the API's address for it must stay.
    "visitor_seen": re.compile(r"/api/conversations/[^/]+/news"),
}
# Until when a session that is used goes on, when a token was used last, and how far the record of who read has come.
ALLOWED_COLUMNS = {("account_session", "seen_at"), ("api_token", "used_at"), ("audit_chain", "number"), ("audit_chain", "seal")}
# What the audit log calls the reading of something, and the taking of a file.
READINGS = {
    "conversation.read", "request.read", "request.figures", "silence.read", "silence.changed", "silence.settled",
    "request.file_read", "silence.export", "figures.export", "audit.export",
}  # fmt: skip
# What answers without a page: nothing of it exists here, or it leads elsewhere.
NO_PAGE = {
    "/.well-known/data-rights.json": 404,  # no agent is known
    "/v1/agent/nobody": 401,  # authorized agents have tokens of their own
    "/v1/data-rights-request/nosuch": 401,
    "/console/companies": 422,  # a field asks it, with the permission that is needed
    "/console/elsewhere": 404,
    "/console/elsewhere/back": 404,
    "/console/policies/acme/effect": 422,  # nothing was released before, so there is nothing to go back to
    "/console/welcome": 404,
    "/console/requests/bulk": 303,
    "/console/silence/settle": 303,
    "/files/nosuch": 404,
    "/files/nosuch/1": 303,
    "/policies/acme": 307,
    "/readyz": 503,
}

Tables = dict[str, list[str]]


@dataclass(frozen=True)
class World:
    """Something of each kind that a route can be about."""

    app: FastAPI
    account: int
    desk: TestClient  # somebody with every role is signed in
    paths: list[str]
    token: str
    program: str  # a token of the staff API


def routes(app: Any, prefix: str = "") -> Iterator[str]:
    """The paths of every GET, as the application has them."""
    for route in app.routes:
        if isinstance(route, APIRoute):
            if "GET" in (route.methods or set()):
                yield prefix + route.path
        elif isinstance(route, Mount) and hasattr(route.app, "include_router"):
            yield from routes(route.app, prefix + route.path)
        elif included := getattr(route, "original_router", None):
            yield from routes(included, prefix)


@pytest.fixture
def catalogue(mapped: PolicyCatalogue) -> PolicyCatalogue:
    """With aspect maps, so that every page has something to show."""
    return mapped


@pytest.fixture
def world(parts: Services) -> World:
    """The request lacks its date, as old ones do: no page may be the one that sets it."""
    parts.knowledge.answers = small_answers(parts.knowledge.catalogue)
    conversation = begin(parts)
    a_question(parts, conversation)
    turn = parts.conversations.transcripts.turns(conversation)[-1].id
    parts.conversations.handoff_queue.wanted(conversation, "acme", "ada@example.com")
    app = make_app(parts, FakeRasa())  # it is not started, so no worker writes meanwhile
    account = parts.staff.accounts.add("ada@all.example", "Ada", [Grant(role) for role in ROLES])
    desk = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    desk.cookies.set(COOKIE, parts.staff.sessions.begin(account, "password"))
    sample = parts.staff.samples.make("first", size=1, seed=1, by=account.id)
    parts.staff.corrections.propose(turn, account.id, [Proposal("silence", "do you sell my data?")])
    reply = parts.staff.saved_replies.add("", "Thanks", "Thank you.", account.actor)
    kinds = ("conversations", "requests", "handoffs", "slack_members", "letters", "pending")
    counts: dict[str, Any] = dict.fromkeys(kinds, 0)
    parts.staff.audit.record(account.actor, "person.erase", "erasure E-1", **counts)
    number = opened(parts, conversation=conversation)
    file = parts.requests.files.add(number, "copy.csv", b"a;b", account.actor)
    with parts.engine.begin() as connection:
        connection.execute(text("UPDATE ticket SET respond_by = NULL"))
        connection.execute(text("UPDATE account_session SET seen_at = datetime(seen_at, '-10 minutes')"))
    program = parts.staff.api_tokens.make("Jira", SCOPES, [], 30, account.actor).secret
    hook, _ = parts.requests.webhook_registry.add(WebhookSettings("Jira", "https://hooks.example.org/x"), account.actor)
    given = {
        "webhook": hook.id, "request_id": "nosuch", "agent_id": "nobody",
        "id": conversation, "conversation": conversation, "conversation_id": conversation,
        "turn": turn, "waiting": 1, "sample": sample, "reply": reply.id,
        "number": number, "step": "complete", "account": account.id, "reference": "E-1", "name": "messages",
        "company": "acme", "version": "2026-01-15", "file": file, "token": "nosuch",
    }  # fmt: skip
    paths = [re.sub(r"\{(\w+)(:\w+)?\}", lambda match: str(given[match[1]]), path) for path in routes(app)]
    return World(app, account.id, desk, sorted(set(paths)), app.state.tokens.make(conversation), program)


def tables(parts: Services) -> Tables:
    """Every row of every table of ours, but for the columns that may change."""
    with parts.engine.connect() as connection:
        ours = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        names = connection.scalars(text(ours)).all()
        found: Tables = {}
        for name in names:
            rows = connection.execute(text(f'SELECT * FROM "{name}"')).mappings().all()  # noqa: S608  (our own tables)
            found[name] = sorted(repr([pair for pair in row.items() if (name, pair[0]) not in ALLOWED_COLUMNS]) for row in rows)
        return found


def test_every_get_leaves_the_tables_as_they_were(world: World, parts: Services) -> None:
    """But for what ALLOWED names; each address that is walked really opens, and what is recorded of it is a reading."""
    known = {entry.id for entry in parts.staff.audit.entries()}
    elsewhere = TestClient(world.app, headers={"Authorization": f"Bearer {world.token}"}, follow_redirects=False)
    program = TestClient(world.app, headers={"Authorization": f"Bearer {world.program}"}, follow_redirects=False)
    wrong: list[tuple[str, object]] = []
    for path in world.paths:
        before = tables(parts)
        browser = world.desk if path.startswith("/console") else program if path.startswith(STAFF_API) else elsewhere

        answered = browser.get(f"http://testserver{path}")

        after = tables(parts)
        if answered.status_code != NO_PAGE.get(path, 200):
            wrong.append((path, answered.status_code))
        for table in sorted(name for name in after if before[name] != after[name]):
            allowed = table in ALLOWED and ALLOWED[table].fullmatch(path)
            if not allowed or not set(before[table]) <= set(after[table]):
                wrong.append((path, table))

    assert not wrong, wrong
    assert len(world.paths) > 60
    assert {entry.action for entry in parts.staff.audit.entries(limit=1000) if entry.id not in known} <= READINGS


def test_a_session_goes_on_while_it_is_used(world: World, parts: Services) -> None:
    """Only that it is: what else is known of it stays."""
    (before,) = parts.staff.sessions.of(world.account)

    world.desk.get("/console/")

    (after,) = parts.staff.sessions.of(world.account)
    assert after.seen_at - before.seen_at > timedelta(minutes=9)
    assert (after.session, after.name, after.means, after.began_at) == (
        before.session, before.name, before.means, before.began_at,
    )  # fmt: skip
