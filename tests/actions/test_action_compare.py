"""One question to several companies, and their words side by side."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_compare import ActionCompare
from actions.action_switch_company import ActionSwitchCompany
from actions.another_company import asked_of_another
from candor.conversations.assistant import reply_of
from candor.services import Services
from knowledge.catalogue import PolicyCatalogue
from tests.actions.trackers import a_tracker, payload_of, slots_of, worded
from tests.fakes import small_answers


@pytest.fixture
def comparing(parts: Services, mapped: PolicyCatalogue) -> ActionCompare:
    """On the two companies with their aspect maps."""
    parts.knowledge.catalogue, parts.knowledge.answers = mapped, small_answers(mapped)
    return ActionCompare()


async def test_two_companies_stand_side_by_side(comparing: ActionCompare, dispatcher: CollectingDispatcher) -> None:
    """The one that speaks with its quote, the other as silent; the door makes a Reply of it."""
    await comparing.run(dispatcher, a_tracker("acme and globex: do you sell my data?"), domain={})

    (message,) = dispatcher.messages
    reply = reply_of({"text": worded(message)}, payload_of(message), "acme")
    assert reply.kind == "compare"
    assert [(side.name, side.silent, side.citations) for side in reply.comparison] == [("Acme", False, [1]), ("Globex", True, [])]
    assert [citation.quote for citation in reply.citations] == ["We never sell personal data to advertisers."]
    assert "In the policy of Globex I found nothing" in reply.text
    assert (reply.answer_id or "").startswith("a_")


async def test_tells_the_record_why(comparing: ActionCompare, dispatcher: CollectingDispatcher) -> None:
    """Company by company; ids and numbers only."""
    await comparing.run(dispatcher, a_tracker("acme and globex: do you sell my data?"), domain={})

    evidence = payload_of(dispatcher.messages[0]).evidence
    assert evidence["aspect"] == "selling.sold"
    assert [(side["company"], side["version"]) for side in evidence["sides"]] == [("acme", "2026-06-01"), ("globex", "undated")]
    assert [passage["cited"] for passage in evidence["sides"][0]["passages"]].count(True) == 1


async def test_asks_what_to_compare(comparing: ActionCompare, dispatcher: CollectingDispatcher) -> None:
    """Two names alone are no question."""
    await comparing.run(dispatcher, a_tracker("compare acme and globex"), domain={})

    (message,) = dispatcher.messages
    assert message["response"] == "utter_compare_what"
    assert "the policies of Acme and Globex" in worded(message)


async def test_one_company_cannot_be_compared(
    comparing: ActionCompare, parts: Services, dispatcher: CollectingDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company that hosts Candor for itself has nobody to stand beside."""
    monkeypatch.setattr(PolicyCatalogue, "companies", {"acme": parts.knowledge.catalogue.company("acme")})

    await comparing.run(dispatcher, a_tracker("who sells more, you or the others?"), domain={})

    (message,) = dispatcher.messages
    assert worded(message) == "I have only the policy of Acme here, so there is nothing to compare it with."


@pytest.mark.parametrize(
    ("text", "asked", "named"),
    [
        ("and globex?", "do you sell my data?", ["Acme", "Globex"]),
        ("what about globex then", "do you sell my data?", ["Acme", "Globex"]),
        ("and globex, do they?", "do you sell my data?", ["Acme", "Globex"]),
        ("globex", "do you sell my data?", None),  # may be a wish to change the company
        ("and does globex encrypt backups?", "do you sell my data?", None),  # asks something of its own
        ("and globex?", "", None),
    ],
)
def test_one_company_more_is_asked_the_question_before(
    comparing: ActionCompare, parts: Services, text: str, asked: str, named: list[str] | None
) -> None:
    """Where nothing but its name is said."""
    last = {"company": "acme", "text": asked} if asked else None

    found = asked_of_another(a_tracker(text, last_question=last), parts.knowledge.catalogue.companies)

    assert (found and [parts.knowledge.catalogue.company(one).name for one in found.companies]) == named
    assert found is None or found.question == asked


async def test_one_company_more_stands_beside_those_compared(comparing: ActionCompare, dispatcher: CollectingDispatcher) -> None:
    """Also where Rasa took its name for a wish to change the company."""
    events = await comparing.run(dispatcher, a_tracker("compare yourself with globex: do you sell my data?"), domain={})
    said, last = dispatcher.messages[0]["custom"], slots_of(events)["last_question"]

    await ActionSwitchCompany().run(dispatcher, a_tracker("and globex?", said=(said,), last_question=last), domain={})

    assert payload_of(dispatcher.messages[1]).shown.kind == "compare"


@pytest.mark.parametrize(
    ("text", "on"),
    [("and who of them speaks of children?", True), ("do both keep logs?", True), ("do you keep logs?", False)],
)
async def test_what_is_asked_of_them_is_put_to_all_that_were_compared(
    comparing: ActionCompare, parts: Services, dispatcher: CollectingDispatcher, text: str, *, on: bool
) -> None:
    events = await comparing.run(dispatcher, a_tracker("compare yourself with globex: do you sell my data?"), domain={})
    said, last = dispatcher.messages[0]["custom"], slots_of(events)["last_question"]

    found = asked_of_another(a_tracker(text, said=(said,), last_question=last), parts.knowledge.catalogue.companies)

    assert (found is not None and set(found.companies) == {"acme", "globex"} and found.question == text) is on
