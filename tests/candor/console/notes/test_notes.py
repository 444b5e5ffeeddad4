"""Notes between staff: for colleagues alone, masked, and in the inbox of whom they name."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from candor.services import Services
from tests.candor.console.conftest import Desk, SignIn
from tests.candor.console.live_chats import a_question, begin
from tests.candor.console.opened_requests import opened, seen

NOTE = "The caller was ada@example.com. @bea, please look."


def looked(desk: Desk, path: str, page: str) -> None:
    """What a page's script posts when the page is open."""
    desk.post("open", data={"csrf": desk.csrf, "page": page}, headers={"HX-Current-URL": f"http://testserver/console/{path}"})


def test_a_note_on_a_conversation_is_masked_and_read_by_colleagues_alone(parts: Services, sign_in: SignIn) -> None:
    """On both of its pages; never by the visitor, and never by those of another company."""
    conversation = begin(parts)
    a_question(parts, conversation, "do you sell my data?")
    parts.conversations.handoff_queue.wanted(conversation, "acme")
    desk, bea = sign_in("agent"), sign_in("agent", name="Bea")

    kept = desk.submit(f"notes/{conversation}", text=NOTE, to="waiting")

    assert kept.headers["location"] == f"/console/waiting/{conversation}#notes"
    for path in (f"conversations/{conversation}", f"waiting/{conversation}"):
        page = bea.get(path).text
        assert "@bea, please look." in page
        assert "ada@example.com" not in page
        assert '<span class="token">email 1</span>' in page
    assert sign_in("agent", company="globex", name="Gil").submit(f"notes/{conversation}", text="Hello.").status_code == 403
    assert "please look" not in str([turn.text for turn in parts.conversations.transcripts.turns(conversation)])
    (entry,) = parts.staff.audit.entries(action="conversation.note")
    assert "look" not in str(entry.details)


def test_the_visitor_never_sees_a_note(parts: Services, sign_in: SignIn, nobody: TestClient) -> None:
    """Neither in the chat's own record nor among its news."""
    conversation = begin(parts)
    a_question(parts, conversation, "do you sell my data?")
    sign_in("agent").submit(f"notes/{conversation}", text="A difficult one.")

    shown = parts.conversations.live_chat.news(conversation, 0)

    assert "difficult" not in str(shown)
    assert "difficult" not in str(parts.conversations.transcripts.turns(conversation)[0].replies)


@pytest.mark.parametrize("kind", ["conversation", "request"])
def test_whom_a_note_names_finds_it_in_the_inbox_until_they_look(parts: Services, sign_in: SignIn, kind: str) -> None:
    """A form below the page does not count as looking: it does not show the note."""
    desk, bea, cy = sign_in("agent"), sign_in("agent", name="Bea"), sign_in("agent", name="Cy")
    name = begin(parts) if kind == "conversation" else opened(parts)
    path = f"{kind}s/{name}"

    if kind == "conversation":
        desk.submit(f"notes/{name}", text=NOTE)
    else:
        desk.submit(f"requests/{name}/note", words=NOTE, **seen(parts, name))

    assert "Ada wants you to see a note" in bea.get("./").text
    assert path in bea.get("./").text
    assert "wants you to see a note" not in cy.get("./").text
    assert "wants you to see a note" not in desk.get("./").text
    looked(bea, f"{path}/complete", f"{kind} {name}")
    assert "wants you to see a note" in bea.get("./").text
    looked(bea, path, f"{kind} {name}")
    assert "wants you to see a note" not in bea.get("./").text
    (entry,) = parts.staff.audit.entries(action="note.tell")
    assert (entry.subject, entry.details["told"]) == (f"{kind} {name}", [bea.account.id])


@pytest.mark.parametrize("kind", ["conversation", "request"])
def test_whom_nobody_knows_or_who_may_not_open_it_is_not_told(parts: Services, sign_in: SignIn, kind: str) -> None:
    """And whoever wrote it hears of that; the note is kept."""
    desk = sign_in("agent")
    gil = sign_in("agent", company="globex", name="Gil")
    name = begin(parts) if kind == "conversation" else opened(parts)

    if kind == "conversation":
        answered = desk.submit(f"notes/{name}", text="@gil or @bob, look")
    else:
        answered = desk.submit(f"requests/{name}/note", words="@gil or @bob, look", **seen(parts, name))

    page = desk.get(answered.headers["location"].removeprefix("/console/")).text
    assert "nobody was told for <bdi>@gil</bdi>, <bdi>@bob</bdi>" in page
    assert ("@gil or @bob, look" if kind == "request" else "username 1</span> or ") in page
    assert "wants you to see a note" not in gil.get("./").text


def test_a_note_goes_with_its_conversation(parts: Services, sign_in: SignIn) -> None:
    """And nobody is led to what is gone."""
    conversation = begin(parts)
    bea = sign_in("agent", name="Bea")
    sign_in("agent").submit(f"notes/{conversation}", text=NOTE)

    parts.conversations.transcripts.forget(conversation)

    assert parts.conversations.notes.of(conversation) == []
    assert "wants you to see a note" not in bea.get("./").text


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001])
def test_a_note_that_says_nothing_or_too_much_is_refused(parts: Services, sign_in: SignIn, text: str) -> None:
    """Nothing is kept of it."""
    conversation = begin(parts)

    assert sign_in("agent").submit(f"notes/{conversation}", text=text).status_code == 422
    assert parts.conversations.notes.of(conversation) == []


def test_a_note_offers_whom_it_can_name(parts: Services, sign_in: SignIn) -> None:
    """Those who may open the conversation, but for oneself."""
    conversation = begin(parts)
    sign_in("agent", name="Bea")
    sign_in("admin", name="Ann")

    page = sign_in("agent").get(f"conversations/{conversation}").text

    assert 'data-mention="@bea"' in page
    assert 'data-mention="@ann"' not in page
    assert 'data-mention="@ada"' not in page
