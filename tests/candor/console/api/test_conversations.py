"""Conversations through the staff API: listed and read masked, shown for a reason, and forgotten."""

from __future__ import annotations

import pytest

from candor.services import Services
from tests.candor.console.api.conftest import Connect
from tests.candor.console.live_chats import a_question, begin, say


def test_a_conversation_is_found_read_masked_and_forgotten(connect: Connect, parts: Services) -> None:
    """As in the console; reading and forgetting are audited."""
    conversation, program = begin(parts), connect()
    a_question(parts, conversation)

    listed = program.get("conversations", params={"q": "sell"}).json()["conversations"]
    read = program.get(f"conversations/{conversation}")
    forgotten = program.delete(f"conversations/{conversation}").json()

    assert [(one["id"], one["kinds"]) for one in listed] == [(conversation, ["answer"])]
    assert read.json()["turns"][0]["text"] == "do you sell my data? I am <email_1>"
    assert "ada@example.com" not in read.text
    assert "everywhere" in forgotten
    assert program.get(f"conversations/{conversation}").status_code == 404
    assert [entry.action for entry in parts.staff.audit.entries(actor=program.actor)] == [
        "conversation.forget", "conversation.read",
    ]  # fmt: skip


def test_what_is_masked_is_shown_for_a_reason(connect: Connect, parts: Services) -> None:
    """All of it, or what was asked for; the audit log keeps the reason, and nobody's data with it."""
    conversation, program = begin(parts), connect("conversations:reveal")
    a_question(parts, conversation)
    say(parts, conversation, "or write to bo@example.org")
    address, why = f"conversations/{conversation}/reveal", "to answer ada@example.com by mail"

    everything = program.post(address, json={"reason": why})
    one = program.post(address, json={"reason": why, "tokens": ["<email_2>"]})

    assert everything.json() == {"values": {"<email_1>": "ada@example.com", "<email_2>": "bo@example.org"}}
    assert one.json() == {"values": {"<email_2>": "bo@example.org"}}
    newest, oldest = parts.staff.audit.entries(action="conversation.reveal")
    assert (oldest.actor, oldest.subject, oldest.company) == (program.actor, f"conversation {conversation}", "acme")
    assert oldest.details == {"reason": "to answer <email> by mail"}
    assert newest.details["tokens"] == "<email_2>"


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x"}, {"reason": "to answer her", "tokens": ["ada@example.com"]}], ids=str
)
def test_nothing_is_shown_without_a_reason_or_for_what_is_no_token(
    connect: Connect, parts: Services, body: dict[str, str]
) -> None:
    """And nothing is recorded, because nothing was shown."""
    conversation = begin(parts)
    a_question(parts, conversation)

    refused = connect().post(f"conversations/{conversation}/reveal", json=body)

    assert refused.status_code == 422
    assert "@example.com" not in refused.json().get("values", "")
    assert parts.staff.audit.entries(action="conversation.reveal") == []


def test_a_token_shows_what_its_scope_and_companies_include(connect: Connect, parts: Services) -> None:
    """To read is not to reveal; and of a conversation that began with another company, that company's part stays masked."""
    conversation = begin(parts, company="globex")
    say(parts, conversation, "I am bo@example.org")
    parts.conversations.transcripts.switch_company(conversation, "acme")
    a_question(parts, conversation)
    address, why = f"conversations/{conversation}/reveal", {"reason": "to answer her"}

    reader = connect("conversations:read", "conversations:forget", "requests:reveal").post(address, json=why)
    of_globex = connect(company="globex").post(address, json=why)
    of_acme = connect(company="acme").post(address, json=why)

    assert (reader.status_code, of_globex.status_code) == (403, 403)
    assert "conversations:reveal" in reader.json()["detail"]
    assert list(of_acme.json()["values"].values()) == ["ada@example.com"]
