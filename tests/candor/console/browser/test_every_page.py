"""Every page of the console as it looks with some weeks of work in it: a picture each, on a desk and a phone, light and dark."""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from candor.accounts.roles import Grant
from candor.reviews.corrections import Proposal
from candor.tickets.delivery.webhook_registry import WebhookSettings
from candor.tickets.delivery.webhooks import WebhookFailedError
from candor.tickets.models import HandoffRow, OutboxRow
from tests.candor.console.browser.conftest import SignedIn, Site, faults_in_looks, staff
from tests.candor.console.browser.test_requests import fill
from tests.candor.console.browser.test_review import silent
from tests.candor.console.live_chats import a_question, begin, quote_of, say
from tests.candor.console.opened_requests import opened
from tests.candor.transcripts.recorder import Recorder

ASKED = (
    ("how long do you keep my invoices after I leave?", "answer"),
    ("do you rent my data out to advertisers", "unsure"),
    ("my daughter is 14, may she have an account?", "not_in_policy"),
    ("who can read my support messages", "answer"),
    ("is my location shared with anybody outside the EU?", "not_in_policy"),
)


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, str]:
    """The address of each page below the console's, by the name of its picture."""
    parts, dice, now = site.parts, random.Random(7), datetime.now(UTC)
    past = Recorder(parts.engine)
    for days in range(45):
        for _ in range(1 + days % 4):
            at = now - timedelta(days=days, minutes=dice.randrange(600))
            kind = dice.choice(["answer"] * 6 + ["not_in_policy", "unsure", "request", "handoff", "step", "step"])
            talk = past.begin(at, dice.choice(["acme", "acme", "globex"]), dice.choice(["web", "web", "slack"]))
            past.say(talk, at, kind, aspect="retention.general" if kind == "answer" else None, answer=f"a_{dice.getrandbits(40)}")
    for text, kind in ASKED:
        known = begin(parts)
        say(parts, known, text, {"kind": kind, "text": "This is what it says:", "answer_id": "a_1"}, confidence=0.8)
        say(parts, known, "thanks", {"text": "You are welcome."}, intent="thanks")
    parts.conversations.transcripts.feedback(known, "a_1", helpful=False, reason="wrong_passage", comment="not what I asked")
    talk = begin(parts)
    a_question(parts, talk)
    for text in ("how old must I be", "is 15 too young?", "my son is 12"):
        turn = silent(parts, text, aspect="children.minimum_age")
    waiting = [begin(parts, company) for company in ("acme", "globex", "acme")]
    for conversation, (text, kind) in zip(waiting, ASKED, strict=False):
        say(parts, conversation, text, {"kind": kind, "text": "This is what it says:"})
        say(
            parts,
            conversation,
            "can I talk to somebody?",
            {"kind": "handoff", "text": "A person will answer."},
            intent="talk_to_human",
        )
    parts.conversations.handoff_queue.wanted(waiting[0], "acme")
    parts.conversations.handoff_queue.wanted(waiting[1], "globex", "grace@example.com")
    parts.conversations.handoff_queue.wanted(waiting[2], "acme")
    parts.conversations.live_chat_sessions.seen(waiting[2])
    with Session(parts.engine) as session, session.begin():
        late = {"asked_at": now - timedelta(days=3), "answer_by": now - timedelta(hours=2)}
        session.execute(update(HandoffRow).where(HandoffRow.conversation == waiting[0]).values(**late))
        session.add(OutboxRow(
            key="hook", channel="webhook", what="person.wanted", state="dead", tries=12, created_at=now, next_at=now,
            last_error="the webhook's receiver answered 500",
        ))  # fmt: skip
    requests = fill(parts)
    parts.requests.agents.add("PERMISSION_SLIP", "Permission Slip", base64.b64encode(bytes(32)).decode(), "cli:ada", trusted=True)
    parts.requests.files.add(requests["late"], "Invoice of March.pdf", b"%PDF-1.7 an invoice", "requester")
    parts.requests.files.add(requests["late"], "Copy of your data.pdf", b"%PDF-1.7 a copy", "staff:bo")
    parts.conversations.notes.add(waiting[2], 1, "She phoned from +44 20 7946 0958. @nell, please call back.", ["@nell"])
    who = staff(parts, "privacy_officer", "admin", name="Pia")
    sample = parts.staff.samples.make("May, first look", size=4, seed=7, by=who.id)
    quote = quote_of(parts, "We never sell personal data.")
    parts.staff.corrections.propose(turn, who.id, [
        Proposal("answer", "Do you pass it on for money?", "2026-01-15", ((quote["start"], quote["end"]),)),
        Proposal("teach", "is 15 too young?", target="aspect:children.minimum_age"),
    ])  # fmt: skip
    parts.staff.accounts.add("new@acme.example", "Nell Newcomer", [Grant("agent", "acme")])
    parts.staff.saved_replies.add("", "Thanks", "Thank you for writing to {company}.", who.actor)
    parts.staff.api_tokens.make("Jira", ["requests:read", "requests:write", "figures:read"], ["acme"], 365, who.actor)
    old = parts.staff.api_tokens.make("An old script", ["figures:read"], [], 30, who.actor)
    parts.staff.api_tokens.revoke(old.token.id, who.actor)
    url = "https://n8n.example.org/webhook/0b6a5c1e-privacy-requests"
    hook, _ = parts.requests.webhook_registry.add(WebhookSettings("n8n", url, ("request.*",), ("acme",)), who.actor)
    opened(parts)
    parts.requests.webhook_registry.failed(hook.id, WebhookFailedError("the webhook's receiver answered 502", 502))
    number, other = requests["late"], requests["identity"]
    return {
        "home": "", "conversations": "conversations", "search": "conversations?q=invoices", "reader": f"conversations/{talk}",
        "review": "review", "review-samples": "review/samples", "review-sample": f"review/samples/{sample}",
        "review-corrections": "review/corrections", "review-correct": f"review/turns/{turn}/correct",
        "waiting": "waiting", "waiting-one": f"waiting/{waiting[2]}", "waiting-mail": "waiting/mail/2",
        "requests": "requests", "requests-closed": "requests?closed=1", "requests-one": f"requests/{number}",
        "requests-identity": f"requests/{other}", "requests-complete": f"requests/{number}/complete",
        "requests-refuse": f"requests/{number}/refuse", "requests-note": f"requests/{number}/note",
        "requests-figures": "requests/figures", "requests-export": "requests/export", "find": "find",
        "requests-checklists": "requests/checklists", "policies": "policies", "policies-across": "across",
        "silence": "silence", "silence-changed": "silence/changed", "silence-settled": "silence/settled",
        "silence-settle": "silence/settle?company=acme&aspect=children.minimum_age", "figures": "figures",
        "figures-month": "figures?span=30", "replies": "replies", "replies-new": "replies/new", "retention": "keeping",
        "retention-erase": "keeping/erase", "audit": "audit", "accounts": "accounts", "accounts-new": "accounts/new",
        "tokens": "tokens", "tokens-new": "tokens/new", "webhooks": "webhooks", "webhooks-new": "webhooks/new",
        "webhook": f"webhooks/{hook.id}", "policies-new": "policies/new", "policy": "policies/acme",
        "policy-reading": "policies/acme/reading",
        "agents": "agents", "account": f"accounts/{who.id}", "me": "me", "second-factor": "me/second-factor",
        "gone": "conversations/c_0",
    }  # fmt: skip


def test_every_page_can_be_read_by_everybody(page_of: SignedIn, site: Site, pages: dict[str, str]) -> None:
    """axe finds nothing, nothing sticks out, and the script writes all times; look at the pictures."""
    page, found = page_of("privacy_officer", "admin", name="Pia"), {}

    for name, path in pages.items():
        page.goto(f"{site.console}/{path}")  # returns once the page's script has run
        found[name] = faults_in_looks(page, f"page-{name}")

    assert {name: faults for name, faults in found.items() if faults} == {}
