"""A question is answered in the policy's own words, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import yaml
from rasa_sdk.executor import CollectingDispatcher

from actions.action_answer_question import ActionAnswerQuestion
from candor.conversations.responses import Responses
from candor.errors import IndexUnusableError, UnknownCompanyError
from candor.services import Services
from candor.settings import ROOT
from knowledge.answering import Answer, AnswerKind
from knowledge.aspects import Aspect
from knowledge.companies import Company
from knowledge.leaning import Quoted
from knowledge.passages import Passage
from knowledge.retrieval import Hit
from tests.actions.requests import a_conversation
from tests.actions.trackers import a_tracker, payload_of, worded
from tests.conftest import ACME
from tests.fakes import A_COMPANY, an_answer

SELLING = Aspect("selling.data", "selling personal data", "selling", (), ())


class FakeAnswers:
    """Gives the answer, or raises the error, that it was made with; remembers what it was asked."""

    def __init__(self, answer: Answer | Exception) -> None:
        self._answer = answer
        self.asked: list[tuple[str, str, str]] = []

    def answer(self, message: str, company: str, *, after: str = "", quoted: Sequence[Quoted] = ()) -> Answer:
        self.quoted = quoted
        self.asked.append((message, company, after))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def a_hit(score: float) -> Hit:
    quote = "We never sell personal data."
    start = ACME.index(quote)
    return Hit(Passage("acme", "2026-01-15", "sentence", "3. Selling", start, start + len(quote), quote, "", "Selling."), score)


def asking(parts: Services, answer: Answer | Exception) -> tuple[ActionAnswerQuestion, FakeAnswers]:
    fake = FakeAnswers(answer)
    parts.knowledge.answers = fake  # type: ignore[assignment]  # it has the one method that the action calls
    return ActionAnswerQuestion(), fake


async def test_admits_it_does_not_know_when_nothing_can_be_cited(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """A wrong statement about someone's rights costs more than no statement."""
    answer = an_answer("not_in_policy", 0.25, SELLING, seen=(a_hit(0.1),))
    action, _ = asking(parts, answer)

    events = await action.run(dispatcher, a_tracker("Do you sell my data?"), domain={})

    (message,) = dispatcher.messages
    assert message["response"] == "utter_not_in_policy"
    assert "“a question”" in worded(message)
    assert "privacy@acme.example" in worded(message)
    assert payload_of(message).shown.citations == []
    assert [event["name"] for event in events] == ["last_question"]


async def test_cites_with_place_and_address(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Each quote can be checked: it is the stored text at the offsets given, on the page linked."""
    action = ActionAnswerQuestion()

    await action.run(dispatcher, a_tracker("never sell personal data"), domain={})

    (message,) = dispatcher.messages
    assert message["response"] == "utter_answer"
    assert worded(message) == "This is what Acme's Privacy Policy says:"
    best = payload_of(message).shown.citations[0]
    assert best.quote == "We never sell personal data."
    assert ACME[best.start : best.end] == best.quote
    assert best.url == f"/policies/acme/2026-01-15#c{best.start}-{best.end}"
    assert message["custom"]["kind"] == "answer"
    assert message["custom"]["answer_id"].startswith("a_")


async def test_tells_the_record_why(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Version, aspect, and each passage looked at with its score, cited or not; ids and numbers only."""
    cited = a_hit(0.654321)
    seen = replace(a_hit(0.3), passage=replace(cited.passage, start=cited.passage.end + 1, end=cited.passage.end + 9))
    answer = an_answer("unsure", 0.25, SELLING, (cited,), seen=(cited, seen))
    action, _ = asking(parts, answer)

    await action.run(dispatcher, a_tracker("sell?"), domain={})

    start, end = cited.passage.start, cited.passage.end
    assert payload_of(dispatcher.messages[0]).evidence == {
        "version": "2026-01-15",
        "probability": 0.25,
        "aspect": "selling.data",
        "aspects": ["selling.data"],
        "passages": [
            {"start": start, "end": end, "score": 0.6543, "cited": True},
            {"start": end + 1, "end": end + 9, "score": 0.3, "cited": False},
        ],
    }


async def test_asks_of_the_company_that_the_door_named(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Never of one that the text names: the door knows whose page the visitor is on."""
    company = Company("globex", "Globex", "privacy@globex.example")
    action, fake = asking(parts, an_answer("not_in_policy", 0.1, company=company))

    await action.run(dispatcher, a_tracker("does Acme sell data?", company="globex"), domain={})

    assert fake.asked == [("does Acme sell data?", "globex", "")]
    assert "“a question”" in worded(dispatcher.messages[0])


@pytest.mark.parametrize("error", [UnknownCompanyError("nosuch", []), IndexUnusableError("no index")])
async def test_says_nothing_where_it_cannot_look(parts: Services, dispatcher: CollectingDispatcher, error: Exception) -> None:
    """The server makes an empty answer of it, and the door then says that something is down."""
    action, _ = asking(parts, error)

    with pytest.raises(type(error)):
        await action.run(dispatcher, a_tracker("sell?"), domain={})

    assert dispatcher.messages == []


async def test_who_asks_about_a_right_is_offered_to_use_it(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """ "Can I delete my account?" gets the policy's answer first, and then the offer; nothing is proposed unasked."""
    deletion = Aspect("rights.deletion", "the right to have information deleted", "rights", (), ())
    action, _ = asking(parts, an_answer("answer", 0.9, deletion, hits=(a_hit(1.0),)))

    await action.run(dispatcher, a_tracker("can i delete my account?", intent="ask_policy"), domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_answer_about", "utter_may_open_request"]
    assert dispatcher.messages[1]["buttons"] == [{"title": "Delete my data", "payload": "delete my data"}]


async def test_the_same_question_again_gets_the_next_passage(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Never the same words twice: what was read already is not shown again."""
    first, second = a_hit(1.0), replace(a_hit(0.9), passage=replace(a_hit(0.9).passage, start=0, end=5))
    action, _ = asking(parts, an_answer("answer", 0.9, SELLING, (first, second)))
    await action.run(dispatcher, a_tracker("do you sell it"), domain={})
    earlier = (("do you sell it", dispatcher.messages[0]["custom"]),)

    await action.run(dispatcher, a_tracker("Do you sell it?", before=earlier), domain={})

    again = payload_of(dispatcher.messages[1]).shown
    assert dispatcher.messages[1]["response"] == "utter_again"
    assert [(citation.start, citation.end) for citation in again.citations] == [(0, 5)]
    assert again.kind == "unsure"


async def test_who_asks_until_nothing_is_left_is_sent_to_a_person(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The company's contact, and a button."""
    action, _ = asking(parts, an_answer("answer", 0.9, SELLING, (a_hit(1.0),)))
    await action.run(dispatcher, a_tracker("do you sell it"), domain={})
    earlier = (("do you sell it", dispatcher.messages[0]["custom"]),)

    await action.run(dispatcher, a_tracker("why?", before=earlier), domain={})

    assert dispatcher.messages[1]["response"] == "utter_again_nothing"
    assert "privacy@acme.example" in worded(dispatcher.messages[1])
    assert dispatcher.messages[1]["buttons"]


async def test_remembers_what_was_asked(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """As it was looked up, and of which company: a follow-up leans on it."""
    action, _ = asking(parts, an_answer(question="do you sell my data and for how long"))

    events = await action.run(dispatcher, a_tracker("and for how long"), domain={})

    assert [(event["name"], event["value"]) for event in events] == [
        ("last_question", {"company": "acme", "text": "do you sell my data and for how long"})
    ]


async def test_what_asked_nothing_is_not_remembered(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """After a message in another language a follow-up still leans on the question before it."""
    foreign = Answer("out_of_scope", A_COMPANY, "Privacy Policy", "2026-01-15", (), language_unknown=True)
    action, _ = asking(parts, foreign)

    events = await action.run(dispatcher, a_tracker("verkauft ihr meine daten"), domain={})

    assert events == []
    assert dispatcher.messages[0]["response"] == "utter_language_de"


@pytest.mark.parametrize(("asked_of", "after"), [("acme", "do you sell my data"), ("globex", "")])
async def test_a_follow_up_leans_on_the_question_before_it(
    parts: Services, dispatcher: CollectingDispatcher, asked_of: str, after: str
) -> None:
    """But never on one that was put to another company."""
    action, fake = asking(parts, an_answer())
    tracker = a_tracker("and for how long", last_question={"company": asked_of, "text": "do you sell my data"})

    await action.run(dispatcher, tracker, domain={})

    assert fake.asked == [("and for how long", "acme", after)]


@pytest.mark.parametrize("kind", ["answer", "unsure", "not_in_policy", "out_of_scope"])
async def test_a_person_is_offered_where_the_policy_is_silent(
    parts: Services, dispatcher: CollectingDispatcher, kind: AnswerKind
) -> None:
    """And only there: who got an answer is not sent away."""
    action, _ = asking(parts, an_answer(kind))

    await action.run(dispatcher, a_tracker("sell?"), domain={})

    assert dispatcher.messages[0]["buttons"] == (
        Responses().buttons("utter_buttons_ask_person") if kind == "not_in_policy" else []
    )


def test_asking_for_a_person_is_understood() -> None:
    """What the button says for the visitor is an example that Rasa is trained on."""
    (button,) = Responses().buttons("utter_buttons_ask_person")
    data = yaml.safe_load((ROOT / "bot" / "data" / "nlu" / "dialogue.yml").read_text(encoding="utf-8"))

    meant = [entry["intent"] for entry in data["nlu"] if f"- {button['payload']}" in entry["examples"].splitlines()]

    assert meant == ["talk_to_human"]


async def test_a_right_is_asked_for_by_its_name_where_the_words_found_nothing(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """And where the policy is silent on it, that is no "no": the request is offered all the same."""
    action, fake = asking(parts, an_answer("not_in_policy", 0.2))
    tracker = a_tracker("is there a way to be wiped from your systems?", intent="ask_policy")
    tracker.latest_message["intent_ranking"] = [
        {"name": "ask_policy", "confidence": 0.99}, {"name": "request_deletion", "confidence": 0.004},
    ]  # fmt: skip

    await action.run(dispatcher, tracker, domain={})

    assert [asked for asked, _, _ in fake.asked] == [tracker.latest_message["text"], "can I have my data deleted?"]
    assert worded(dispatcher.messages[0]).startswith("I see nothing about this right in")


@pytest.mark.parametrize("kind", ["not_in_policy", "unsure"])
async def test_who_waits_for_a_person_asks_that_person_what_the_policy_does_not_tell(
    parts: Services, dispatcher: CollectingDispatcher, kind: AnswerKind
) -> None:
    """No passages that only come near, no advice to ask somebody: it goes with the question, and by when is said."""
    action, _ = asking(parts, an_answer(kind, 0.3, SELLING, (a_hit(0.4),) if kind == "unsure" else ()))
    talk = a_conversation(parts)
    parts.conversations.handoff_queue.wanted(talk, "acme", question="My card is out there.")

    await action.run(dispatcher, a_tracker("is it only me?", sender=talk, waits_for_person="data_exposed"), domain={})

    (message,) = dispatcher.messages
    (waiting,) = parts.conversations.handoff_queue.waiting()
    assert (message["response"], payload_of(message).shown.kind) == ("utter_asked_person", "handoff")
    assert message["day"] in worded(message)
    assert waiting.question == "My card is out there.\n\nis it only me?"


async def test_what_the_policy_does_tell_is_answered_to_who_waits_too(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """And once somebody has answered them, what it does not tell is said as to everybody."""
    action, _ = asking(parts, an_answer("answer", 0.9, SELLING, (a_hit(1.0),)))
    talk = a_conversation(parts)
    parts.conversations.handoff_queue.wanted(talk, "acme")
    await action.run(dispatcher, a_tracker("do you sell it", sender=talk, waits_for_person=True), domain={})
    action, _ = asking(parts, an_answer("not_in_policy", 0.1, SELLING))
    await action.run(dispatcher, a_tracker("is it only me?", sender=a_conversation(parts), waits_for_person=True), domain={})

    assert [payload_of(message).shown.kind for message in dispatcher.messages] == ["answer", "not_in_policy"]


async def test_a_short_question_that_the_policy_does_not_answer_may_be_about_the_request(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """Whatever Rasa took it for; begun, open, or none at all."""
    action, _ = asking(parts, an_answer("not_in_policy", 0.1))
    begun = {"id": "p_1", "request_type": "deletion", "company": "acme"}
    about = {"number": "R-7KQ4-M2XD", "then": "status"}

    for slots in ({"asked": "details", "proposal": begun}, {"about_number": about}, {}):
        await action.run(dispatcher, a_tracker("is there a fee", intent="ask_policy", **slots), domain={})

    said = [message["response"] for message in dispatcher.messages]
    assert said == ["utter_about_request_cost", "utter_about_open_cost", "utter_not_in_policy"]


async def test_what_would_happen_is_told_and_the_request_offered(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Where the policy is not sure of it."""
    parts.knowledge.answers = FakeAnswers(an_answer("unsure"))  # type: ignore[assignment]

    await ActionAnswerQuestion().run(dispatcher, a_tracker("if i asked you to delete my data, what would happen"), domain={})

    told, offered = dispatcher.messages
    assert told["response"] == "utter_about_request_next"
    assert payload_of(offered).memory.may_open == "deletion"


@pytest.mark.parametrize(
    ("intent", "confidence", "kind"),
    [("ask_policy", 0.9, "not_in_policy"), ("ask_policy", 0.5, "out_of_scope"), ("nlu_fallback", 0.9, "out_of_scope")],
)
async def test_what_surely_asks_the_policy_is_never_outside_of_what_we_know(
    parts: Services, dispatcher: CollectingDispatcher, intent: str, confidence: float, kind: str
) -> None:
    """Its words alone may look like something else; then it is true that nothing was found."""
    asking(parts, an_answer("out_of_scope", 0.1))
    tracker = a_tracker(
        "whats the deadline for telling people", intent=intent, confidence=confidence, sender=a_conversation(parts)
    )

    await ActionAnswerQuestion().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert payload_of(message).shown.kind == kind
    assert message["response"].startswith(f"utter_{kind}")
