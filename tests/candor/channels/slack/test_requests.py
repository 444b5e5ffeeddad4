"""Requests from Slack: the form, its checks, whose address counts as proven, and what becomes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from candor.channels.slack.request_form import DETAILS, EMAIL, RESIDENCE, TYPE, fitting_places
from candor.services import Services
from tests.candor.channels.slack.conftest import Candor, with_slack, worker
from tests.candor.channels.slack.fake import ADA, TEAM, FakeSlack, action_body, message
from tests.candor.channels.slack.people import ada, elements, shown
from tests.fakes import FakeRasa

PROPOSAL = {"text": "I can open a request with Acme.", "custom": {"kind": "request", "request_type": "deletion"}}


def member(email: str = "ada@acme.example", **more: Any) -> dict[str, Any]:
    """Ada, as Slack tells of her."""
    return {"id": ADA, "team_id": TEAM, "is_email_confirmed": True, "profile": {"email": email, "real_name": "Ada"}, **more}


def submission(view: str = "V1", *, begun: str = "", **given: str) -> dict[str, Any]:
    """The form, filled in and sent."""
    values = {"request_type": "deletion", "residence": "Germany", "email": "ada@acme.example", "details": "", **given}
    chosen = {TYPE, "company", RESIDENCE}
    state = {
        name: {name: {"selected_option": {"value": value}} if name in chosen else {"value": value}}
        for name, value in values.items()
    }
    return {
        "type": "view_submission", "team": {"id": TEAM}, "user": {"id": ADA, "team_id": TEAM}, "api_app_id": "A0CANDOR",
        "view": {
            "id": view, "type": "modal", "callback_id": "request", "state": {"values": state},
            "private_metadata": json.dumps({"company": "acme", "begun": bool(begun)}),
        },
    }  # fmt: skip


async def test_a_proposal_can_be_filled_in_as_a_form(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """From the chat's proposal to the number of the request; the chat's own form is over then."""
    candor.slack.places.choose(ada, "acme")
    slack.members[ADA] = member()
    rasa.messages = [PROPOSAL]
    await candor.event(message("delete my data"))
    await candor.settled()
    [button] = [each for each in elements(slack.posted[0], "button") if each["action_id"] == "request_form"]

    await candor.form(action_body(slack, {"action_id": button["action_id"], "value": button["value"]}))
    await candor.settled()
    [opened] = slack.of("views.open")
    answered = await candor.form(submission(begun="yes"))
    await candor.settled()

    view = opened.body["view"]
    fields = {block["block_id"]: block["element"] for block in view["blocks"]}
    assert fields[EMAIL]["initial_value"] == "ada@acme.example"
    assert fields[TYPE]["initial_option"]["value"] == "deletion"
    assert "company" not in fields
    assert answered.json()["response_action"] == "update"
    assert "R-" in shown(slack.posted[-1])
    assert "six-digit code" in shown(slack.posted[-1])
    assert [sent["text"] for sent in rasa.sent] == ["delete my data", "stop"]


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("aus", "Australia", "aus"),
        ("united s", "United States", "united s"),
        ("AUSTRIA", "Austria", "Austria"),
        ("Vienna", "Vienna", "Vienna"),
    ],
)
async def test_where_one_lives_is_found_while_one_types(candor: Candor, typed: str, first: str, last: str) -> None:
    """Places that begin with it come first; what is no place of the list can be given as it was typed."""
    body = {
        "type": "block_suggestion", "team": {"id": TEAM}, "user": {"id": ADA, "team_id": TEAM}, "api_app_id": "A0CANDOR",
        "action_id": RESIDENCE, "block_id": RESIDENCE, "value": typed, "container": {"type": "view", "view_id": "V1"},
        "view": {"type": "modal", "callback_id": "request"},
    }  # fmt: skip

    options = (await candor.form(body)).json()["options"]

    assert (options[0]["value"], options[-1]["value"]) == (first, last)
    assert 1 <= len(options) <= 100


@given(st.text(max_size=400))
def test_no_list_of_places_breaks_a_limit_of_slack(typed: str) -> None:
    """Whatever is typed."""
    options = fitting_places(typed)

    assert len(options) <= 100
    assert all(1 <= len(each["text"]["text"]) <= 75 and 1 <= len(each["value"]) <= 150 for each in options)


async def test_the_form_and_the_direct_messages_are_one_conversation(
    parts: Services, candor: Candor, slack: FakeSlack, rasa: FakeRasa
) -> None:
    """The code is typed in a direct message: it must find the request that the form opened."""
    candor.slack.places.choose(ada, "acme")
    await candor.form(submission())
    await candor.settled()
    await candor.event(message("how is my request?"))
    await candor.settled()

    [ticket] = parts.requests.desk.of_conversation(rasa.sent[0]["sender"])
    assert (ticket.company, ticket.request_type, ticket.residence, ticket.status) == (
        "acme",
        "deletion",
        "DE",
        "awaiting_identity",
    )


async def test_a_form_that_is_sent_again_opens_one_request(parts: Services, candor: Candor, slack: FakeSlack) -> None:
    """Slack shows an error where our answer was lost, and people press again."""
    candor.slack.places.choose(ada, "acme")

    for _ in range(3):
        await candor.form(submission(view="V7"))
        await candor.settled()

    assert len(candor_requests(parts)) == 1


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"email": "not an address"}, EMAIL, "whole e-mail address"),
        ({"email": ""}, EMAIL, "Without an e-mail address"),
        ({"residence": "Atlantis"}, RESIDENCE, "did not recognise"),
        ({"residence": "Georgia"}, RESIDENCE, "more than one"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    parts: Services, candor: Candor, slack: FakeSlack, given: dict[str, str], field: str, said: str
) -> None:
    """The same checks as in the chat, and nothing is opened before they pass."""
    candor.slack.places.choose(ada, "acme")

    answered = (await candor.form(submission(**given))).json()

    assert answered["response_action"] == "errors"
    assert said in answered["errors"][field]
    assert candor_requests(parts) == []


async def test_to_opt_out_of_sale_no_address_is_needed(parts: Services, candor: Candor) -> None:
    """11 CCR § 7026(d): no proof, so no address either."""
    candor.slack.places.choose(ada, "acme")

    answered = await candor.form(submission(request_type="opt_out_of_sale", email="", residence="California"))
    await candor.settled()

    assert answered.json()["response_action"] == "update"
    assert [ticket.status for ticket in candor_requests(parts)] == ["open"]


@pytest.mark.parametrize(
    ("verified", "who", "typed", "status"),
    [
        (TEAM, member(), "Ada@acme.example", "open"),
        ("", member(), "ada@acme.example", "awaiting_identity"),
        ("T0OTHER", member(), "ada@acme.example", "awaiting_identity"),
        (TEAM, member(), "bob@acme.example", "awaiting_identity"),
        (TEAM, member(is_email_confirmed=False), "ada@acme.example", "awaiting_identity"),
        (TEAM, member(is_ultra_restricted=True), "ada@acme.example", "awaiting_identity"),
        (TEAM, member(team_id="T0GUEST"), "ada@acme.example", "awaiting_identity"),
    ],
)
async def test_a_workspace_address_counts_as_proven_only_where_the_operator_says_so(
    parts: Services, slack: FakeSlack, rasa: FakeRasa, verified: str, who: dict[str, Any], typed: str, status: str
) -> None:
    """Only for full members of that workspace, only the address that Slack has confirmed; everybody else gets a code."""
    parts.settings = with_slack(parts.settings, slack, slack_verified_workspaces=verified)
    slack.members[ADA] = who
    async with worker(parts, rasa) as candor:
        candor.slack.places.choose(ada, "acme")

        await candor.form(submission(email=typed))
        await candor.settled()

        assert [ticket.status for ticket in candor_requests(parts)] == [status]


async def test_a_database_that_is_away_loses_nothing_unseen(
    parts: Services, candor: Candor, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form stays open and says so; sent again, it opens the request."""
    candor.slack.places.choose(ada, "acme")

    def away(_: object) -> None:
        raise OperationalError("x", {}, Exception())

    with monkeypatch.context() as broken:
        broken.setattr(parts.requests.desk, "open", away)
        answered = (await candor.form(submission())).json()
    again = (await candor.form(submission())).json()
    await candor.settled()

    assert answered["response_action"] == "errors"
    assert "nothing has been sent" in answered["errors"][TYPE]
    assert again["response_action"] == "update"


async def test_a_slow_database_is_waited_for_in_the_open_form(
    parts: Services, candor: Candor, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack is acknowledged in time, and the form says in the end what came of it."""
    candor.slack.places.choose(ada, "acme")
    monkeypatch.setattr("candor.channels.slack.requests.ACK_WITHIN", 0)

    answered = (await candor.form(submission())).json()
    await candor.settled()

    assert "One moment" in json.dumps(answered["view"])
    assert "Done: your request has the number R-" in shown(slack.of("views.update")[0])
    assert len(candor_requests(parts)) == 1


async def test_details_are_no_markup_in_the_answer(candor: Candor, slack: FakeSlack) -> None:
    """Whatever is typed stays text; the fake refuses every live mention."""
    candor.slack.places.choose(ada, "acme")

    await candor.form(submission(**{DETAILS: "<!channel> <@U0BOB> *bold* <https://evil.example|click>"}))
    await candor.settled()

    assert "!channel" not in shown(slack.posted[0])


async def test_the_home_tab_shows_prompts_and_own_requests(parts: Services, candor: Candor, slack: FakeSlack) -> None:
    """Nobody else's, and a button to open another."""
    candor.slack.places.choose(ada, "acme")
    await candor.form(submission())
    await candor.settled()

    for user in (ADA, "U0BOB"):
        await candor.event({"type": "app_home_opened", "user": user, "channel": "D1", "tab": "home"}, event_id=user)
        await candor.settled()
    hers, his = slack.of("views.publish")

    [ticket] = candor_requests(parts)
    assert ticket.number in shown(hers)
    assert ticket.number not in shown(his)
    assert "Is my data sold?" in shown(hers)
    assert "Which company do you mean?" in shown(his)


async def test_the_messages_tab_gets_prompts_the_new_way_and_the_old(candor: Candor, slack: FakeSlack) -> None:
    """agent_view: without a thread; the older pane: with its own."""
    await candor.event({"type": "app_home_opened", "user": ADA, "channel": "D0ADA", "tab": "messages"}, event_id="Ev1")
    thread = {"user_id": ADA, "channel_id": "D0ADA", "thread_ts": "1.1", "context": {}}
    await candor.event({"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": "1.1"}, event_id="Ev2")
    await candor.settled()

    new, old = sorted(slack.of("assistant.threads.setSuggestedPrompts"), key=lambda call: "thread_ts" in call.body)
    assert "thread_ts" not in new.body
    assert old.body["thread_ts"] == "1.1"
    assert 1 <= len(json.loads(new.body["prompts"]) if isinstance(new.body["prompts"], str) else new.body["prompts"]) <= 4


async def test_a_chat_in_the_older_pane_is_answered_in_its_own_thread(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Apps with an Assistant: prompts, "is looking it up" in the thread and cleared, and the answer there, as often as asked."""
    candor.slack.places.choose(ada, "acme")
    thread = {"user_id": ADA, "channel_id": "D0ADA", "thread_ts": "1.1", "context": {"channel_id": "C0NEWS"}}
    await candor.event({"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": "1.1"}, event_id="Ev1")
    changed = {"type": "assistant_thread_context_changed", "assistant_thread": thread, "event_ts": "1.2"}
    await candor.event(changed, event_id="Ev2")
    await candor.event(message("do you sell my data?", ts="1.3", thread_ts="1.1"), event_id="Ev3")
    await candor.settled()
    await candor.event(message("and share it?", ts="1.4", thread_ts="1.1"), event_id="Ev4")
    await candor.settled()

    statuses = slack.of("assistant.threads.setStatus")
    assert [call.body["thread_ts"] for call in slack.posted] == ["1.1", "1.1"]
    assert {call.body["thread_ts"] for call in statuses} == {"1.1"}
    assert [bool(call.body["status"]) for call in statuses] == [True, False, True, False]
    assert [sent["text"] for sent in rasa.sent] == ["do you sell my data?", "and share it?"]


def candor_requests(parts: Services) -> list[Any]:
    """All requests there are."""
    from candor.tickets.staff import TicketFilter

    return parts.requests.staff_desk.requests(TicketFilter(states=()))
