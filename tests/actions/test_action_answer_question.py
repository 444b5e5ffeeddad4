"""A question is answered in the policy's own words, or not at all."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_answer_question import ActionAnswerQuestion
from errors import IndexUnusableError, UnknownCompanyError
from knowledge.answering import Answer
from knowledge.aspects import Aspect
from knowledge.companies import Company
from knowledge.passages import Passage
from knowledge.retrieval import Hit
from reply import unpack
from services import Services
from tests.actions.trackers import a_tracker, worded
from tests.conftest import ACME

SELLING = Aspect("selling.data", "selling personal data", "selling", (), ())


class FakeAnswers:
    """Gives the answer, or raises the error, that it was made with; remembers what it was asked."""

    def __init__(self, answer: Answer | Exception) -> None:
        self._answer = answer
        self.asked: list[tuple[str, str]] = []

    def answer(self, question: str, company: str) -> Answer:
        self.asked.append((question, company))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def a_hit(score: float) -> Hit:
    quote = "We never sell personal data."
    start = ACME.index(quote)
    return Hit(Passage("acme", "2026-01-15", "sentence", "3. Selling", start, start + len(quote), quote, "", "Selling."), score)


def asking(parts: Services, answer: Answer | Exception) -> tuple[ActionAnswerQuestion, FakeAnswers]:
    fake = FakeAnswers(answer)
    parts.answers = fake  # type: ignore[assignment]  # it has the one method that the action calls
    return ActionAnswerQuestion(), fake


async def test_admits_it_does_not_know_when_nothing_can_be_cited(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """A wrong statement about someone's rights costs more than no statement."""
    company = Company("acme", "Acme", "privacy@acme.example")
    answer = Answer("not_in_policy", company, "Privacy Policy", "2026-01-15", 0.25, SELLING, hits=(), seen=(a_hit(0.1),))
    action, _ = asking(parts, answer)

    events = await action.run(dispatcher, a_tracker("Do you sell my data?"), domain={})

    (message,) = dispatcher.messages
    assert message["response"] == "utter_not_in_policy"
    assert "selling personal data" in worded(message)
    assert "privacy@acme.example" in worded(message)
    assert unpack(message["custom"])["citations"] == []
    assert events == []


async def test_cites_with_place_and_address(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Each quote can be checked: it is the stored text at the offsets given, on the page linked."""
    action = ActionAnswerQuestion()

    await action.run(dispatcher, a_tracker("never sell personal data"), domain={})

    (message,) = dispatcher.messages
    assert message["response"] == "utter_answer"
    assert worded(message) == "This is what Acme's Privacy Policy says:"
    best = unpack(message["custom"])["citations"][0]
    assert best["quote"] == "We never sell personal data."
    assert ACME[best["start"] : best["end"]] == best["quote"]
    assert best["url"] == f"/policies/acme/2026-01-15#c{best['start']}-{best['end']}"
    assert message["custom"]["kind"] == "answer"
    assert message["custom"]["answer_id"].startswith("a_")


async def test_tells_the_record_why(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Version, aspect, and each passage looked at with its score, cited or not; ids and numbers only."""
    cited, seen = a_hit(0.654321), a_hit(0.3)
    company = Company("acme", "Acme", "privacy@acme.example")
    answer = Answer("unsure", company, "Privacy Policy", "2026-01-15", 0.25, SELLING, hits=(cited,), seen=(cited, seen))
    action, _ = asking(parts, answer)

    await action.run(dispatcher, a_tracker("sell?"), domain={})

    start, end = cited.passage.start, cited.passage.end
    assert unpack(dispatcher.messages[0]["custom"])["evidence"] == {
        "version": "2026-01-15",
        "probability": 0.25,
        "aspect": "selling.data",
        "passages": [
            {"start": start, "end": end, "score": 0.6543, "cited": True},
            {"start": start, "end": end, "score": 0.3, "cited": False},
        ],
    }


async def test_asks_of_the_company_that_the_door_named(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Never of one that the text names: the door knows whose page the visitor is on."""
    company = Company("globex", "Globex", "privacy@globex.example")
    action, fake = asking(parts, Answer("not_in_policy", company, "Notice", "undated", 0.1, None, (), ()))

    await action.run(dispatcher, a_tracker("does Acme sell data?", company="globex"), domain={})

    assert fake.asked == [("does Acme sell data?", "globex")]
    assert "for an answer" in worded(dispatcher.messages[0])


@pytest.mark.parametrize("error", [UnknownCompanyError("nosuch", []), IndexUnusableError("no index")])
async def test_says_nothing_where_it_cannot_look(parts: Services, dispatcher: CollectingDispatcher, error: Exception) -> None:
    """The server makes an empty answer of it, and the door then says that something is down."""
    action, _ = asking(parts, error)

    with pytest.raises(type(error)):
        await action.run(dispatcher, a_tracker("sell?"), domain={})

    assert dispatcher.messages == []


async def test_who_asks_about_a_right_is_offered_to_use_it(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """ "Can I delete my account?" gets the policy's answer first, and then the offer; nothing is proposed unasked."""
    company = Company("acme", "Acme", "privacy@acme.example")
    action, _ = asking(parts, Answer("answer", company, "Notice", "undated", 0.9, None, (a_hit(1.0),), (a_hit(1.0),)))

    await action.run(dispatcher, a_tracker("can i delete my account?", intent="ask_can_i_request"), domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_answer", "utter_may_open_request"]
