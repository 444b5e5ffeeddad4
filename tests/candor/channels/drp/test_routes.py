"""The Data Rights Protocol's receiver: only what an agent has signed, for this business, now, and once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from nacl.signing import SigningKey

from candor.services import Services
from candor.tickets.details import RequestDetails
from candor.tickets.models import TicketRow
from tests.candor.channels.drp.signing import AGENT, PLACE, SigningAgent, registered


@pytest.fixture
def agent(parts: Services, web: TestClient) -> SigningAgent:
    return registered(parts, web)


def details(parts: Services, agent: SigningAgent, request_id: str) -> RequestDetails:
    known = parts.requests.agents.find(agent.name)
    assert known is not None
    return parts.requests.agent_desk.find(known, "acme", request_id).details


def hours_from_now(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def test_a_signed_request_is_opened_with_law_date_and_what_is_still_unproven(parts: Services, agent: SigningAgent) -> None:
    """As any other: the law by the regime, its due date, and a person who has proven nothing yet."""
    answer = agent.ask(**{"agent-request-id": "foo", "relationships": ["customer"], "power_of_attorney": "document 7"})

    said = answer.json()
    found = details(parts, agent, said["request_id"])
    assert answer.status_code == 200
    assert (said["status"], said["reason"], said["agent_request_id"]) == ("in_progress", "need_user_verification", "foo")
    assert said["user_verification_url"].endswith("/chat/acme")
    assert found.ticket.number in said["processing_details"]
    assert (found.ticket.request_type, found.ticket.law, found.ticket.residence) == ("deletion", "ccpa", "US-CA")
    assert said["expected_by"] == (found.ticket.due.isoformat() if found.ticket.due else "")
    assert (found.email, found.ticket.status, found.verified_at) == ("ada@example.com", "awaiting_identity", None)
    words = found.events[0].words
    for part in (f"Permission Slip ({AGENT})", "Ada Example", "Signed permission: document 7", "customer"):
        assert part in words
    (authority,) = (event for event in found.events if event.what == "agent_authority")
    assert (authority.data["open"], authority.data["permission"]) == (["authority", "identity"], True)
    assert found.sent == ()  # the person hears of it from staff, or asks for a code; nobody is mailed unasked


@pytest.mark.parametrize(
    ("exercise", "request_type"),
    [("access", "access"), ("access:categories", "access"), ("access:specific", "access"), ("deletion", "deletion"),
     ("sale:opt_out", "opt_out_of_sale"), ("sale:opt-out", "opt_out_of_sale")],
)  # fmt: skip
def test_each_right_has_its_type(parts: Services, agent: SigningAgent, exercise: str, request_type: str) -> None:
    """In both spellings that the specification has."""
    said = agent.ask(exercise=exercise).json()

    assert details(parts, agent, said["request_id"]).ticket.request_type == request_type


def test_an_opt_out_needs_no_proof_of_who_asks(parts: Services, agent: SigningAgent) -> None:
    """11 CCR § 7026(j): the signed permission alone is to be looked at. It opens at once, also without an address."""
    said = agent.ask(exercise="sale:opt_out", email=None).json()

    found = details(parts, agent, said["request_id"])
    (authority,) = (event for event in found.events if event.what == "agent_authority")
    assert (said["status"], said.get("reason"), found.ticket.status) == ("in_progress", None, "open")
    assert authority.data["open"] == ["authority"]


@pytest.mark.parametrize(("trusted", "verified", "status"), [(True, True, "open"), (True, False, "awaiting_identity"),
                                                             (False, True, "awaiting_identity")])  # fmt: skip
def test_what_an_agent_has_verified_counts_where_the_administrator_trusts_it(
    parts: Services, web: TestClient, trusted: bool, verified: bool, status: str
) -> None:
    """And nowhere else."""
    agent = registered(parts, web, trusted=trusted)

    said = agent.ask(email_verified=verified).json()

    assert details(parts, agent, said["request_id"]).ticket.status == status


def test_without_a_regime_the_law_follows_the_address(parts: Services, agent: SigningAgent) -> None:
    """OpenID Connect's address has country and region."""
    said = agent.ask(regime=None, address={"locality": "Lyon", "country": "France"}).json()

    assert details(parts, agent, said["request_id"]).ticket.residence == "FR"


def test_the_same_message_is_not_taken_twice(parts: Services, agent: SigningAgent) -> None:
    """A replay is refused; signed anew under the same agent-request-id, it is the same request."""
    body = agent.signed(agent.wish(**{"agent-request-id": "foo"}))

    first, replayed, again = agent.post(body), agent.post(body), agent.ask(**{"agent-request-id": "foo"})

    assert (first.status_code, replayed.status_code, again.status_code) == (200, 409, 200)
    assert again.json()["request_id"] == first.json()["request_id"]
    assert agent.ask(exercise="access", **{"agent-request-id": "foo"}).status_code == 409
    assert len(parts.requests.staff_desk.requests()) == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"agent-id": "SOMEBODY_ELSE"}, 403),
        ({"business-id": "GLOBEX"}, 403),
        ({"issued-at": hours_from_now(20), "expires-at": hours_from_now(21)}, 403),
        ({"issued-at": hours_from_now(-0.3), "expires-at": hours_from_now(-0.1)}, 403),
        ({"expires-at": hours_from_now(40)}, 403),
        ({"issued-at": "yesterday"}, 422),
        ({"issued-at": "2026-11-30T10:00:00"}, 422),
        ({"expires-at": None}, 422),
        ({"drp.version": "0.8"}, 422),
        ({"drp.version": None}, 422),
        ({"exercise": "sale:opt_in"}, 422),
        ({"exercise": "everything"}, 422),
        ({"exercise": None}, 422),
        ({"regime": "gdpr"}, 422),
        ({"email": "no address"}, 422),
        ({"email_verified": "yes"}, 422),
        ({"relationships": "customer"}, 422),
        ({"name": "x" * 501}, 422),
    ],
)
def test_what_is_not_for_us_now_is_refused(parts: Services, agent: SigningAgent, changed: dict[str, Any], status: int) -> None:
    """In the form of § 3.06, and nothing is opened."""
    answer = agent.ask(**changed)

    assert (answer.status_code, answer.json()["code"], answer.json()["fatal"]) == (status, str(status), True)
    assert "ada@example.com" not in answer.text
    assert parts.requests.staff_desk.requests() == []


def test_a_forged_signature_is_refused(parts: Services, agent: SigningAgent) -> None:
    """Another key's, one bit that is turned, and one of another message."""
    forger = SigningAgent(agent.web, key=SigningKey.generate())
    signed = bytearray(base64.b64decode(agent.signed(agent.wish())))
    signed[70] ^= 1
    moved = bytes(signed[:64]) + b'{"agent-id": "PERMISSION_SLIP"}'

    answers = [agent.post(forger.signed(agent.wish())), agent.post(base64.b64encode(signed)), agent.post(base64.b64encode(moved))]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert parts.requests.staff_desk.requests() == []


def test_an_unknown_agent_gets_no_token(web: TestClient) -> None:
    """403, as § 2.05.1 has it."""
    assert SigningAgent(web, "NOBODY").set_up().status_code == 403


def test_a_token_is_for_one_agent_and_one_business(parts: Services, web: TestClient, agent: SigningAgent) -> None:
    """The newest counts; a business that is not here gives none; § 2.06 tells whether one is good."""
    other = registered(parts, web, "OTHER_AGENT")
    old = agent.token

    assert agent.set_up(**{"business-id": "NOBODY"}).status_code == 403
    assert agent.set_up().status_code == 200
    assert agent.token != old
    assert web.get(f"/v1/agent/{AGENT}", headers=agent.headers).json() == {}
    assert web.get(f"/v1/agent/{AGENT}", headers=other.headers).status_code == 403
    assert web.get(f"/v1/agent/{AGENT}", headers={"Authorization": f"Bearer {old}"}).status_code == 401
    assert web.post(PLACE, content=agent.signed(agent.wish())).status_code == 401


def test_a_key_set_up_cannot_be_replayed(web: TestClient, agent: SigningAgent) -> None:
    """Else whoever has seen one would get a token, and the agent would lose its own."""
    body = agent.signed(agent.envelope())

    answers = [web.post(f"/v1/agent/{AGENT}", content=body).status_code for _ in range(2)]

    assert answers == [200, 409]


def test_a_disabled_agent_is_let_in_nowhere(parts: Services, agent: SigningAgent) -> None:
    """At once, and a new token needs it enabled again. A new key ends the tokens of the old one."""
    parts.requests.agents.change(AGENT, enabled=False)
    assert (agent.ask().status_code, agent.set_up().status_code) == (401, 403)

    parts.requests.agents.change(AGENT, enabled=True)
    assert (agent.ask().status_code, agent.set_up().status_code, agent.ask().status_code) == (401, 200, 200)

    parts.requests.agents.change(AGENT, key=SigningAgent(agent.web).written_key)
    assert (agent.ask().status_code, agent.set_up().status_code) == (401, 403)


def test_another_agents_request_is_not_shown_nor_revoked(parts: Services, web: TestClient, agent: SigningAgent) -> None:
    """403, as § 2.02.1 has it; a name that does not exist is 404."""
    made = agent.ask().json()["request_id"]
    other = registered(parts, web, "OTHER_AGENT")

    assert (other.status(made).status_code, other.revoke(made).status_code) == (403, 403)
    assert agent.status("c789ff35-7644-4ceb-9981-4b35c264aac3").status_code == 404


def test_the_status_follows_what_staff_do(parts: Services, agent: SigningAgent) -> None:
    """In the protocol's words, from proof to answer."""
    made = agent.ask().json()["request_id"]
    number, desk = details(parts, agent, made).ticket.number, parts.requests.staff_desk

    desk.prove(number, "agent", "The signed permission was looked at.", "account:1")
    assert "reason" not in without_none(agent.status(made).json())
    desk.extend(number, "There are many records.", "account:1")
    extended = agent.status(made).json()
    assert (extended["status"], "There are many records." in extended["processing_details"]) == ("in_progress", True)
    parts.requests.checklists.tick_all(number, "account:1", datetime.now(UTC))
    desk.complete(number, "All of it was deleted.", "account:1")
    assert agent.status(made).json()["status"] == "fulfilled"
    assert agent.revoke(made).status_code == 409


def test_an_agent_can_show_the_person_where_the_files_are(parts: Services, web: TestClient, agent: SigningAgent) -> None:
    """As long as the link lives; what the agent gets opens nothing without the code that the person gets by mail."""
    made = agent.ask(exercise="access").json()["request_id"]
    number, requests = details(parts, agent, made).ticket.number, parts.requests
    requests.staff_desk.prove(number, "agent", "The signed permission was looked at.", "account:1")
    requests.checklists.tick_all(number, "account:1", datetime.now(UTC))
    copy = requests.files.add(number, "Copy of your data.pdf", b"%PDF-1.7 a copy", "account:1")
    assert "results_url" not in without_none(agent.status(made).json())

    requests.staff_desk.complete(number, "Here it is.", "account:1", files=[copy])

    said = agent.status(made).json()
    assert said["status"] == "fulfilled"
    (link,) = requests.files.links(number)
    assert datetime.fromisoformat(said["expires_at"]) == link.until
    page = web.get(urlsplit(said["results_url"]).path)
    assert (page.status_code, "Copy of your data" in page.text) == (200, False)
    requests.files.take_back(number, link.id, "account:1")
    assert "results_url" not in without_none(agent.status(made).json())


@pytest.mark.parametrize(("ground", "reason"), [("not_verified", "insuf_verification"), ("exempt", "claim_not_covered"),
                                                ("unfounded", "other"), ("", "insuf_verification")])  # fmt: skip
def test_a_refusal_has_the_protocols_reason(parts: Services, agent: SigningAgent, ground: str, reason: str) -> None:
    """By its ground; without one, for lack of proof where nobody has proven anything."""
    made = agent.ask().json()["request_id"]

    parts.requests.staff_desk.refuse(details(parts, agent, made).ticket.number, "Sorry.", "account:1", ground=ground)

    said = agent.status(made).json()
    assert (said["status"], said["reason"]) == ("denied", reason)


def test_revoking_withdraws_the_request(parts: Services, agent: SigningAgent) -> None:
    """The reason is kept with it; a second time changes nothing."""
    made = agent.ask().json()["request_id"]

    answers = [agent.revoke(made, "I want to keep my account."), agent.revoke(made)]

    found = details(parts, agent, made)
    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [(200, "revoked")] * 2
    assert found.ticket.status == "withdrawn"
    assert "I want to keep my account." in [event.words for event in found.events]


def test_the_person_can_prove_it_in_the_chat(parts: Services, agent: SigningAgent) -> None:
    """By the number that the agent was told, from any conversation; a code goes to the address only then."""
    made = agent.ask().json()["request_id"]

    parts.requests.desk.send_code(details(parts, agent, made).ticket.number, "c_of_ada")

    assert [letter.what for letter in details(parts, agent, made).sent] == ["code"]


def test_discovery_tells_what_the_directory_needs(parts: Services, web: TestClient) -> None:
    """Nothing while nobody may ask."""
    assert web.get("/.well-known/data-rights.json").status_code == 404

    registered(parts, web)

    told = web.get("/.well-known/data-rights.json").json()
    assert [one["id"] for one in told["businesses"]] == ["ACME", "GLOBEX"]
    assert "sale:opt_in" not in told["actions"]


def test_both_spellings_of_the_address_are_served(agent: SigningAgent) -> None:
    """Before 0.9.3 it ended with a slash."""
    answer = agent.web.post(f"{PLACE}/", content=agent.signed(agent.wish()), headers=agent.headers)

    assert answer.status_code == 200


def test_a_key_that_comes_twice_is_refused(agent: SigningAgent) -> None:
    """Two readers could read two messages."""
    said = b'{"agent-id": "PERMISSION_SLIP", "agent-id": "PERMISSION_SLIP"}'

    assert agent.post(agent.signed(said)).status_code == 422


def without_none(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value is not None}


def test_nothing_of_the_person_stands_unencrypted(parts: Services, agent: SigningAgent) -> None:
    """Neither in the agent's row nor in the ticket's."""
    agent.ask(phone_number="+15555550100")

    with parts.engine.connect() as connection:
        tables = [TicketRow.metadata.tables[name] for name in ("ticket", "agent_request", "ticket_event")]
        kept = " ".join(str(row) for table in tables for row in connection.execute(table.select()))
    assert not any(word in kept for word in ("ada@", "Ada Example", "5550100"))
