"""The pages of keeping and forgetting: for whom they are there, what they do, and what they never show."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import inspect

from candor.accounts.audit import Entry
from candor.accounts.roles import Role
from candor.services import Services
from tests.actions.requests import a_request
from tests.candor.console.conftest import SignIn
from tests.fakes import FakeRasa

HOSTILE = ["<script>alert(1)</script>", "{{7*7}}", "\u202eevil@example.com", "x" * 10_000, "=HYPERLINK()@x", "a\x00b@c.example"]


def talk_in(parts: Services, company: str = "acme") -> str:
    """A conversation with a masked value and a request."""
    talk = parts.conversations.transcripts.begin(company=company, channel="web").id
    parts.conversations.transcripts.ask(talk, "message-1", parts.conversations.vault.mask(talk, "I am jo@sentinel.example"))
    a_request(parts, talk, confirmation=talk, company=company, email=None)
    return talk


def last_entry(parts: Services, action: str) -> Entry:
    return parts.staff.audit.entries(action=action)[0]


@pytest.mark.parametrize(
    ("role", "sees", "forgets"),
    [("reviewer", False, False), ("agent", False, False), ("privacy_officer", True, True), ("admin", True, False)],
)
def test_who_may_see_and_who_may_forget(parts: Services, sign_in: SignIn, role: Role, *, sees: bool, forgets: bool) -> None:
    """What a role may not do is not on the page, and refused by URL."""
    desk, talk = sign_in(role), talk_in(parts)

    page = desk.get("keeping")
    answers = [
        desk.get(f"conversations/{talk}/forget"),
        desk.get("keeping/erase"),
        desk.submit("keeping/erase", person="jo@sentinel.example"),
        desk.submit("keeping/run"),
        desk.get("forgotten"),
        desk.submit(f"conversations/{talk}/forget"),
    ]

    assert page.status_code == (200 if sees else 403)
    assert ("Run now" in page.text, "Erase a person" in page.text) == (forgets, forgets)
    assert [answer.status_code < 400 for answer in answers] == [forgets] * len(answers)
    assert parts.conversations.transcripts.known([talk]) == (set() if forgets else {talk})


def test_the_page_says_what_is_kept_and_what_the_next_run_removes(parts: Services, sign_in: SignIn) -> None:
    """With the setting that decides; and what a run came to."""
    talk_in(parts)
    desk = sign_in("privacy_officer")

    before = desk.get("keeping").text
    ran = desk.submit("keeping/run")
    after = desk.get("keeping?done=ran").text

    assert "CANDOR_TRANSCRIPT_KEEP_DAYS" in before
    assert "No run yet" in before
    assert ran.headers["location"] == "/console/keeping?done=ran"
    assert desk.account.name in after
    assert "nothing was over" in after
    assert last_entry(parts, "keeping.run").actor == desk.account.actor


def test_a_run_in_which_rasa_was_down_says_so(parts: Services, rasa: FakeRasa, sign_in: SignIn) -> None:
    """On the page and beside the run; the rest was done."""
    rasa.down = True
    desk = sign_in("privacy_officer")

    ran = desk.submit("keeping/run")

    assert ran.headers["location"] == "/console/keeping?done=failed"
    page = desk.get("keeping?done=failed").text
    assert "a part of it failed" in page
    assert page.count("Rasa does not answer. It is tried again in a few minutes.") == 2


def test_a_conversation_is_forgotten_everywhere_after_it_was_shown_what_goes(
    parts: Services, rasa: FakeRasa, sign_in: SignIn
) -> None:
    """Its request stays without its link; the entry holds the id only; a second time it is not there."""
    desk, talk = sign_in("privacy_officer"), talk_in(parts)
    (ticket,) = parts.requests.desk.of_conversation(talk)

    asked = desk.get(f"conversations/{talk}/forget").text
    done = desk.submit(f"conversations/{talk}/forget")
    again = desk.submit(f"conversations/{talk}/forget")

    assert ticket.number in asked
    assert "1 e-mail address" in asked
    assert "sentinel" not in asked
    assert done.headers["location"] == "/console/forgotten"
    assert rasa.forgotten == [talk]
    assert parts.requests.desk.of_conversation(talk) == []
    assert parts.requests.staff_desk.details(ticket.number).ticket.status == ticket.status
    entry = last_entry(parts, "conversation.forget")
    assert (entry.subject, entry.company, entry.details) == (f"conversation {talk}", "acme", {"everywhere": True})
    assert again.status_code == 404
    assert "may have been forgotten" in again.text


def test_while_rasa_is_down_the_page_says_what_comes_later(parts: Services, rasa: FakeRasa, sign_in: SignIn) -> None:
    """Gone here at once."""
    rasa.down = True
    desk, talk = sign_in("privacy_officer"), talk_in(parts)

    done = desk.submit(f"conversations/{talk}/forget")

    assert done.headers["location"] == "/console/forgotten?later=1"
    assert "as soon as it is back" in desk.get("forgotten?later=1").text
    assert parts.conversations.transcripts.pending_deletions() == [talk]


def test_an_officer_of_one_company_touches_nothing_of_another(parts: Services, sign_in: SignIn) -> None:
    """Neither one conversation nor a person's."""
    officer = sign_in("privacy_officer", company="acme")
    ours, theirs = talk_in(parts), talk_in(parts, "globex")
    for number, talk in enumerate((ours, theirs)):
        (ticket,) = parts.requests.desk.of_conversation(talk)
        parts.requests.staff_desk.refuse(ticket.number, f"Answered {number}.", "staff:bo")

    assert officer.get(f"conversations/{theirs}/forget").status_code == 403
    assert officer.submit(f"conversations/{theirs}/forget").status_code == 403
    shown = officer.submit("keeping/erase", person="jo@sentinel.example")
    officer.submit("keeping/erase/now", sealed=sealed_in(shown.text))

    assert parts.conversations.transcripts.known([ours, theirs]) == {theirs}
    assert [ticket.number for ticket in parts.requests.desk.of_conversation(theirs)]


def sealed_in(page: str) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_what_was_typed_stands_nowhere(parts: Services, sign_in: SignIn, caplog: pytest.LogCaptureFixture) -> None:
    """Not on the page, in no address, in no entry, in no log."""
    talk_in(parts)
    officer = sign_in("privacy_officer")

    shown = officer.submit("keeping/erase", person="jo@sentinel.example")

    assert "sentinel" not in shown.text + str(shown.url) + caplog.text
    assert last_entry(parts, "person.find").details == {"conversations": 1, "requests": 0}


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_text_is_looked_for_or_refused_and_never_shown(sign_in: SignIn, typed: str) -> None:
    """It is text, and not even shown as such."""
    answered = sign_in("privacy_officer").submit("keeping/erase", person=typed)

    assert answered.status_code in {200, 422}
    assert typed not in answered.text


@pytest.mark.parametrize("sealed", ["", "rubbish", "gAAAAABlrubbish"])
def test_what_was_not_sealed_here_erases_nothing(parts: Services, sign_in: SignIn, sealed: str) -> None:
    """409: type it again."""
    answered = sign_in("privacy_officer").submit("keeping/erase/now", sealed=sealed)

    assert answered.status_code == 409
    assert "type it again" in answered.text


def test_a_preview_serves_only_its_own_officer_and_not_for_long(
    parts: Services, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten minutes."""
    talk = parts.conversations.transcripts.begin(company="acme", channel="web").id
    parts.conversations.vault.mask(talk, "I am jo@sentinel.example")
    ada, bea = sign_in("privacy_officer"), sign_in("privacy_officer", name="Bea")
    sealed = sealed_in(ada.submit("keeping/erase", person="jo@sentinel.example").text)
    import time

    assert bea.submit("keeping/erase/now", sealed=sealed).status_code == 409
    at = time.time() + 601
    monkeypatch.setattr("candor.console.retention.routes.time.time", lambda: at)
    assert ada.submit("keeping/erase/now", sealed=sealed).status_code == 409
    assert parts.conversations.transcripts.known([talk]) == {talk}


@pytest.mark.parametrize("reference", ["E-0000-0000", "%2e%2e", "x" * 500])
def test_an_erasure_that_never_was_is_not_there(sign_in: SignIn, reference: str) -> None:
    """404."""
    assert sign_in("privacy_officer").get(f"keeping/erase/{reference}").status_code == 404


# Where a table names a conversation, forgetting one has to reach it: by cascade, or by what is named here.
REACHED = {
    "ticket": "links", "identity_code": "links", "identity_try": "links", "ticket_access": "links", "handoff": "links",
    "conversation_sender": "links",
    "slack_talk": "places", "slack_staff_thread": "places", "forget_later": "the job",
}  # fmt: skip


def test_every_table_that_names_a_conversation_is_reached_by_forgetting(parts: Services) -> None:
    """A new one must go with the conversation (ON DELETE CASCADE), or be cut and named above."""
    found = inspect(parts.engine)
    left: list[Any] = []
    for table in found.get_table_names():
        cascades = {
            key["constrained_columns"][0]
            for key in found.get_foreign_keys(table)
            if key["referred_table"] == "conversation" and key["options"].get("ondelete") == "CASCADE"
        }
        named = {column["name"] for column in found.get_columns(table) if "conversation" in column["name"]}
        if named - cascades and table not in REACHED:
            left.append((table, named - cascades))

    assert left == []
