"""Webhooks through the staff API, and the whole way of a ticket through another system and back."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import Any

import pytest

from candor.services import Services
from tests.candor.console.api.conftest import Connect, Program
from tests.candor.console.opened_requests import events, opened
from tests.receivers import receiving


@pytest.fixture(autouse=True)
def loopback_allowed(parts: Services) -> None:
    """Receivers of these tests are on this machine."""
    parts.settings = parts.settings.model_copy(update={"webhook_networks": "127.0.0.0/8"})


def deliver(parts: Services) -> None:
    asyncio.run(parts.requests.outbox_worker.deliver())


def made(program: Program, url: str, **wanted: Any) -> dict[str, Any]:
    answered = program.post("webhooks", json={"name": "Jira", "url": url, **wanted})
    assert answered.status_code == 201, answered.text
    found: dict[str, Any] = answered.json()
    return found


def test_a_ticket_is_worked_in_another_system_and_comes_back_as_an_event(connect: Connect, parts: Services) -> None:
    """It arrives by webhook, is taken, proved and completed through the API, and the receiver hears of each."""
    program = connect()
    with receiving() as jira:
        jira.secret = made(program, jira.url, identity=True)["secret"]
        worked: list[int] = []
        done = Event()

        def work(event: dict[str, Any]) -> None:
            """What Jira does with a new ticket; it knows its own changes by their actor."""
            if event["type"] != "request.awaiting_identity" or event["data"]["actor"] == program.actor:
                return
            number = event["data"]["number"]
            steps: list[tuple[str, dict[str, Any]]] = [
                ("assign", {"assignee": "me"}),
                ("prove", {"proof": "account", "words": "Signed in to their account."}),
                ("complete", {"words": "We have deleted your account."}),
            ]
            worked.extend(program.step(number, step, f"jira-{number}-{step}", **fields).status_code for step, fields in steps)
            done.set()

        jira.on_event = work
        number = opened(parts, proven=False, email="ada@example.com")

        deliver(parts)
        done.wait()  # the receiver works after it has answered
        deliver(parts)

        told = {event["type"]: event["data"] for _, event in jira.got}
        assert worked == [200, 200, 200]
        assert list(told)[-3:] == ["request.assigned", "request.open", "request.completed"]
        assert {told[kind]["actor"] for kind in list(told)[-3:]} == {program.actor}
        assert (told["request.awaiting_identity"]["email"], told["request.completed"]["email"]) == (None, "ada@example.com")
        assert events(parts, number)[-1] == "complete"


def test_a_webhook_is_made_changed_and_removed(connect: Connect, parts: Services) -> None:
    """Its secret is shown once; everything is audited."""
    program = connect()
    hook = made(program, "https://hooks.example.org/in", events=["request.*"])

    shown = program.get(f"webhooks/{hook['id']}").json()
    off = program.put(f"webhooks/{hook['id']}", json={"name": "Jira", "url": shown["url"], "active": False}).json()
    renewed = program.post(f"webhooks/{hook['id']}/secret").json()["secret"]
    removed = program.delete(f"webhooks/{hook['id']}")

    assert "secret" not in shown
    assert (off["active"], renewed != hook["secret"], removed.status_code) == (False, True, 200)
    assert program.get(f"webhooks/{hook['id']}").status_code == 404
    assert [entry.action for entry in parts.staff.audit.entries(actor=program.actor)] == [
        "webhook.remove", "webhook.secret", "webhook.change", "webhook.add",
    ]  # fmt: skip


def test_what_did_not_arrive_is_sent_again_under_its_id(connect: Connect, parts: Services) -> None:
    """One delivery, or all that failed."""
    program = connect()
    with receiving() as jira:
        hook = made(program, jira.url, events=["request.open"])
        jira.secret, jira.answers = hook["secret"], [500]
        opened(parts)
        deliver(parts)
        (failed,) = program.get(f"webhooks/{hook['id']}/deliveries", params={"failed": True}).json()["deliveries"]

        replayed = program.post(f"webhooks/{hook['id']}/replay", headers={"Idempotency-Key": "once"}).json()
        deliver(parts)
        again = program.post(f"webhooks/{hook['id']}/deliveries/{failed['id']}/replay").json()
        deliver(parts)

        assert (failed["answered"], failed["state"]) == (500, "due")
        assert (replayed, again) == ({"replayed": 1}, {"replayed": 1})
        assert [key for key, _ in jira.got] == [failed["webhook_id"]] * 3


def test_a_ping_tells_whether_the_receiver_answers(connect: Connect, parts: Services) -> None:
    """Whatever its filter."""
    program = connect()
    with receiving() as jira:
        hook = made(program, jira.url, events=["request.completed"])
        jira.secret = hook["secret"]

        program.post(f"webhooks/{hook['id']}/ping")
        deliver(parts)

        assert jira.types() == ["webhook.ping"]
        (sent,) = program.get(f"webhooks/{hook['id']}/deliveries").json()["deliveries"]
        assert (sent["state"], sent["answered"]) == ("sent", 200)


def test_a_token_of_one_company_has_others_told_of_that_one_only(connect: Connect, parts: Services) -> None:
    """And sees no webhook that hears of more."""
    of_all, of_acme = connect(), connect(company="acme")
    hook = made(of_all, "https://hooks.example.org/all")

    own = made(of_acme, "https://hooks.example.org/acme", companies=["acme"])

    assert [one["id"] for one in of_acme.get("webhooks").json()["webhooks"]] == [own["id"]]
    assert of_acme.get(f"webhooks/{hook['id']}").status_code == 403
    wish = {"name": "x", "url": "https://hooks.example.org/x"}
    assert of_acme.post("webhooks", json=wish).status_code == 403
    assert of_acme.post("webhooks", json={**wish, "companies": ["globex"]}).status_code == 403


def test_who_may_not_reveal_may_not_have_others_told_who_asked(connect: Connect) -> None:
    """A webhook with identities reveals each address."""
    program = connect("webhooks:write")

    refused = program.post("webhooks", json={"name": "x", "url": "https://hooks.example.org/x", "identity": True})

    assert refused.status_code == 403
    assert "requests:reveal" in refused.json()["detail"]


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://169.254.169.254/", "https://192.168.0.1/hook", "ftp://x.example/"])
def test_a_private_address_is_refused_in_plain_words(connect: Connect, url: str) -> None:
    """At once where it can be seen, else when it is called."""
    answered = connect().post("webhooks", json={"name": "x", "url": url})

    assert answered.status_code == 422
    assert answered.json()["detail"].endswith(".")
