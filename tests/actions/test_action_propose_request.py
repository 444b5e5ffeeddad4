"""Nothing is opened before a clear yes: first it is said what would be, and where it is unclear, it is asked."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_propose_request import SURE_REQUEST, ActionProposeRequest
from actions.request_words import QUESTIONS, WHAT, WORDS
from candor.errors import IndexUnusableError, UnknownCompanyError
from candor.services import Services
from candor.tickets.request_types import REQUEST_TYPES
from tests.actions.test_action_answer_question import SELLING, FakeAnswers, a_hit
from tests.actions.trackers import a_tracker, payload_of, slots_of, worded
from tests.fakes import an_answer, small_answers


@pytest.mark.parametrize("request_type", REQUEST_TYPES)
async def test_says_what_would_be_opened_and_has_the_form_ask(
    parts: Services, dispatcher: CollectingDispatcher, request_type: str
) -> None:
    """For each right, in words; nothing is in the database yet."""
    events = await ActionProposeRequest().run(dispatcher, a_tracker("please", intent=f"request_{request_type}"), domain={})

    (message,) = dispatcher.messages
    proposal = slots_of(events)["proposal"]
    assert worded(message).startswith(f"I can open a request with Acme to {WHAT[request_type]}.")
    assert message["custom"] == {"kind": "request", "request_type": request_type, "begun": proposal["id"]}
    assert (proposal["request_type"], proposal["company"]) == (request_type, "acme")
    assert events[-1] == {"event": "followup", "timestamp": None, "name": "request_form"}
    assert parts.requests.desk.of_conversation("c_1") == []


async def test_what_was_said_with_the_wish_is_kept(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Where they say that they live, and the one address that they name."""
    tracker = a_tracker("i live in france, delete my account <email_1>", intent="request_deletion")

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert (slots_of(events)["residence"], slots_of(events)["email"]) == ("FR", "<email_1>")


async def test_where_somebody_lives_needs_no_pronoun(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """As people type on a phone."""
    tracker = a_tracker("want all my data sent 2 me, live in spain, <email_1>", intent="request_access")

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert slots_of(events)["residence"] == "ES"


async def test_a_name_that_is_a_country_too_is_no_residence(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Nobody said that they live there."""
    events = await ActionProposeRequest().run(
        dispatcher, a_tracker("Jordan here, delete my account", intent="request_deletion"), domain={}
    )

    assert "residence" not in slots_of(events)


async def test_another_wish_in_the_middle_is_asked_about_then_begun(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Said once it changes nothing; said again, to the question which, it takes the first one's place in the same form."""
    begun = {"id": "p_1", "request_type": "deletion", "company": "acme"}
    asking = a_tracker("a copy please", intent="request_access", asked="residence", proposal=begun)

    nothing = await ActionProposeRequest().run(dispatcher, asking, domain={})
    which = dispatcher.messages[0]["custom"]
    chosen = a_tracker("a copy please", intent="request_access", asked="residence", proposal=begun, said=(which,))
    events = await ActionProposeRequest().run(dispatcher, chosen, domain={})

    assert nothing == []
    assert [message["response"] for message in dispatcher.messages] == ["utter_which_request", "utter_request_instead"]
    assert which["waits"] is True
    assert slots_of(events)["proposal"]["request_type"] == "access"
    assert all(event["event"] != "followup" for event in events)


@pytest.mark.parametrize(
    ("text", "residence", "email"),
    [
        ("ok whatever, start a deletion. Iceland", "IS", None),
        ("Delete my data already! Northern Ireland.", "GB-NIR", None),
        ("delete my account, live in spain", "ES", None),
        ("delete it now, <email_1>", None, "<email_1>"),
        ("delete my data, i said so. Jordan knows it", None, None),
    ],
)
async def test_what_stands_beside_a_wish_said_again_is_an_answer(
    parts: Services, dispatcher: CollectingDispatcher, text: str, residence: str | None, email: str | None
) -> None:
    """Nobody has to send the same line twice: the wish, and the place that was just asked for."""
    begun = {"id": "p_1", "request_type": "deletion", "company": "acme"}
    tracker = a_tracker(text, intent="request_deletion", asked="residence", proposal=begun)

    slots = slots_of(await ActionProposeRequest().run(dispatcher, tracker, domain={}))

    assert (slots.get("residence"), slots.get("email")) == (residence, email)


async def test_each_proposal_is_another(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """A yes to the second must not be taken for a repeated yes to the first."""
    tracker = a_tracker("delete my data", intent="request_deletion")

    first = await ActionProposeRequest().run(dispatcher, tracker, domain={})
    second = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert slots_of(first)["proposal"]["id"] != slots_of(second)["proposal"]["id"]


async def test_proposes_nothing_with_a_company_that_is_not_there(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """There would be nobody to answer it."""
    with pytest.raises(UnknownCompanyError):
        await ActionProposeRequest().run(dispatcher, a_tracker(intent="request_deletion", company=""), domain={})

    assert dispatcher.messages == []


@pytest.mark.parametrize("request_type", REQUEST_TYPES)
async def test_a_guess_asks_back_and_proposes_nothing(
    parts: Services, dispatcher: CollectingDispatcher, request_type: str
) -> None:
    """A request, or a question about it? One button for each, in words that mean it; an older proposal is void."""
    tracker = a_tracker("my data, hm", intent=f"request_{request_type}", confidence=SURE_REQUEST - 0.01)

    (event,) = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert worded(message).startswith("I am not sure what you want. Shall I open a request with Acme")
    assert [button["payload"] for button in message["buttons"]] == [WORDS[request_type], QUESTIONS[request_type]]
    assert "proposal" not in message["custom"]
    assert (event["name"], event["value"]) == ("proposal", None)


async def test_who_was_asked_back_and_says_it_again_is_not_asked_back_again(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """However unsure Rasa is of their words: it is proposed now, and still needs a yes."""
    asked = {"kind": "request", "request_type": "deletion", "asked_back": True}
    tracker = a_tracker("my data gone", intent="request_deletion", confidence=0.3, said=(asked,))

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_propose_request"]
    assert slots_of(events)["proposal"]["request_type"] == "deletion"


async def test_another_guess_is_asked_back_too(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """To have been asked about deletion says nothing about a copy."""
    asked = {"kind": "request", "request_type": "deletion", "asked_back": True}
    tracker = a_tracker("my data then", intent="request_access", confidence=0.3, said=(asked,))

    await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_request_unsure"]


async def test_a_right_that_the_policy_does_not_name_is_proposed_all_the_same_and_that_is_said(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """The law decides, not what the policy forgot; the proposal stays the last thing said."""
    parts.knowledge.answers = small_answers(
        parts.knowledge.catalogue, answer_from=2.0, unsure_from=2.0
    )  # nothing is sure enough to be an answer

    events = await ActionProposeRequest().run(dispatcher, a_tracker("please", intent="request_portability"), domain={})

    note, proposed = dispatcher.messages
    assert note["text"].startswith("I see nothing about this right in Acme's Privacy Policy.")
    assert note["custom"] == {"kind": "request", "request_type": "portability"}
    assert proposed["response"] == "utter_propose_request"
    assert slots_of(events)["proposal"]["request_type"] == "portability"


async def test_an_index_that_cannot_be_read_stops_no_request(
    parts: Services, dispatcher: CollectingDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the policy says is then left out."""

    def broken(*_: object) -> None:
        raise IndexUnusableError("broken")

    monkeypatch.setattr(parts.knowledge.answers, "answer", broken)

    await ActionProposeRequest().run(dispatcher, a_tracker("please", intent="request_deletion"), domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_propose_request"]


async def test_a_guess_with_the_address_that_a_person_needs_is_that_address(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """Who waits for a person and adds where to be reached wants no data corrected; who waits for nobody is asked back."""
    talk = parts.conversations.transcripts.begin(company="acme", channel="web").id
    said = parts.conversations.vault.mask(talk, "please call me, I am Ada, ada@example.org")
    tracker = a_tracker(said, intent="request_correction", confidence=0.4, sender=talk)

    await ActionProposeRequest().run(dispatcher, tracker, domain={})
    parts.conversations.handoff_queue.wanted(talk, "acme")
    await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert [message["custom"]["kind"] for message in dispatcher.messages] == ["request", "handoff"]
    assert [waiting.email for waiting in parts.conversations.handoff_queue.waiting()] == ["ada@example.org"]


async def test_two_wishes_are_taken_one_after_the_other_the_copy_first(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """However they were said: what is deleted cannot be copied any more."""
    tracker = a_tracker("erase it all and send me a copy", intent="request_deletion", wishes=("deletion", "access"))

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert "so that you have your copy before anything is deleted" in worded(dispatcher.messages[0])
    assert slots_of(events)["proposal"]["request_type"] == "access"
    assert slots_of(events)["next_requests"] == ["deletion"]


async def test_a_second_wish_in_the_middle_is_noted_for_afterwards(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """ "Also" means that the first one stays."""
    begun = {"id": "p_1", "request_type": "access", "company": "acme"}
    tracker = a_tracker("and delete my data too", intent="request_deletion", asked="email", proposal=begun)

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert "I have noted that" in worded(dispatcher.messages[0])
    assert slots_of(events) == {"next_requests": ["deletion"]}


async def test_what_is_wished_before_the_other_comes_first(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """And the one that was begun follows it."""
    begun = {"id": "p_1", "request_type": "deletion", "company": "acme"}
    tracker = a_tracker("before that i want a copy", intent="request_access", asked="email", proposal=begun)

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert "first a request to get a copy" in worded(dispatcher.messages[0])
    assert slots_of(events)["proposal"]["request_type"] == "access"
    assert slots_of(events)["next_requests"] == ["deletion"]


@pytest.mark.parametrize("text", ["scrap that, wipe my account", "no, rather a deletion", "make it an erasure instead"])
async def test_another_wish_in_its_place_is_begun_at_once(parts: Services, dispatcher: CollectingDispatcher, text: str) -> None:
    """It is shown and asked about before anything is opened, so nobody need be asked which they want."""
    begun = {"id": "p_1", "request_type": "access", "company": "acme"}
    tracker = a_tracker(text, intent="request_deletion", asked="email", proposal=begun, residence="CH")

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert slots_of(events)["proposal"]["request_type"] == "deletion"
    assert slots_of(events)["agreed"] is None


async def test_who_said_no_and_wants_something_else_gets_that(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Nobody need be asked which of the two they want."""
    begun = {"id": "p_1", "request_type": "access", "company": "acme"}
    refused = {"slot": "residence", "why": "no", "options": [], "times": 0}
    tracker = a_tracker("ok but stop the ads", intent="request_objection", asked="residence", proposal=begun, unclear=refused)

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert slots_of(events)["proposal"]["request_type"] == "objection"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("i represent Mr Silva, erase his account", True),
        ("please wipe my grandma's account", True),
        ("please wipe my account", False),
    ],
)
async def test_who_asks_for_another_is_told_what_to_write(
    parts: Services, dispatcher: CollectingDispatcher, text: str, told: bool
) -> None:
    """The request begins all the same."""
    tracker = a_tracker(text, intent="request_deletion")

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    responses = [message["response"] for message in dispatcher.messages]
    assert ("utter_on_behalf" in responses) is told
    assert slots_of(events)["proposal"]["request_type"] == "deletion"


async def test_a_wish_that_is_only_supposed_is_answered_and_offered(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Nothing is begun by it."""
    tracker = a_tracker(
        "if i had my account deleted, would the backups go too?", intent="request_deletion",
        questions=(("would the backups go too?", "policy"),),
    )  # fmt: skip

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert slots_of(events)["proposal"] is None
    assert payload_of(dispatcher.messages[-1]).memory.may_open == "deletion"


@pytest.mark.parametrize(
    "text", ["what would happen if i asked you to delete my data", "suppose i want it erased, how long would that take?"]
)
async def test_how_a_request_would_go_on_is_told_without_the_policy(
    parts: Services, dispatcher: CollectingDispatcher, text: str
) -> None:
    """It says little of that; and the request is offered."""
    await ActionProposeRequest().run(dispatcher, a_tracker(text, intent="request_deletion"), domain={})

    told, offered = dispatcher.messages
    assert told["response"].startswith("utter_about_request_")
    assert payload_of(offered).memory.may_open == "deletion"


async def test_who_has_asked_elsewhere_hears_what_helps(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The number, a person, or to ask anew; no second request is begun over their head."""
    tracker = a_tracker("i asked you in may to delete it and heard nothing", intent="request_deletion")

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert (payload_of(message).memory.person, payload_of(message).memory.may_open) == (True, "deletion")
    assert slots_of(events) == {"proposal": None}


async def test_an_article_of_the_law_says_which_right_is_meant(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """More surely than a guess, which is not asked back then."""
    tracker = a_tracker("I exercise my right under article 15 GDPR.", intent="request_restriction", confidence=0.3)

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert slots_of(events)["proposal"]["request_type"] == "access"


async def test_what_is_put_as_a_question_and_may_be_a_wish_is_answered(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Where the policy answers it; nobody is asked back then."""
    parts.knowledge.answers = FakeAnswers(an_answer("answer", 0.9, SELLING, (a_hit(0.9),)))  # type: ignore[assignment]
    tracker = a_tracker("wait who else gets my data", intent="request_restriction", confidence=SURE_REQUEST - 0.1)

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert slots_of(events)["proposal"] is None
    assert [payload_of(message).shown.kind for message in dispatcher.messages] == ["answer"]


async def test_a_correction_that_was_told_is_no_second_wish(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """What is wrong, said while the form asks something else, is kept and told back."""
    begun = {"id": "p_1", "request_type": "correction", "company": "acme"}
    said = "my name is wrong, it should be Thora"
    tracker = a_tracker(said, intent="request_correction", asked="residence", proposal=begun)

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert slots_of(events)["details"] == said
    assert said in worded(dispatcher.messages[0])


@pytest.mark.parametrize(
    ("text", "answered"),
    [("then tell me what data you do collect", True), ("tell me what data you collect about me, send it over", False)],
)
async def test_what_is_done_with_everybodys_data_is_no_wish_for_ones_own(
    parts: Services, dispatcher: CollectingDispatcher, text: str, *, answered: bool
) -> None:
    """However sure the reading is."""
    parts.knowledge.answers = FakeAnswers(an_answer("answer", 0.9, SELLING, (a_hit(0.9),)))  # type: ignore[assignment]

    events = await ActionProposeRequest().run(dispatcher, a_tracker(text, intent="request_access"), domain={})

    assert (slots_of(events)["proposal"] is None) is answered
