"""The lead of an answer: the response of domain.yml that introduces the quotes, with its values.

A lead names what was looked for and where. It never says more than the quotes do, and never guesses a yes or a no.
"""

from __future__ import annotations

from dataclasses import dataclass

from candor.conversations.responses import Responses
from knowledge.answering import Answer, AnswerPart

SURE_OF_ASPECT = 0.75  # from this probability on, a lead names the aspect that the question was mapped to


@dataclass(frozen=True)
class Lead:
    """A response's name and its values, as Rasa and `Responses.say` take them."""

    response: str
    values: dict[str, str]


def lead_of(answer: Answer, responses: Responses) -> Lead:
    """The sentence before the quotes, or instead of them."""
    values = {
        "company_name": answer.company.name, "contact": answer.company.contact, "the_policy": answer.the_policy,
        "looked_for": answer.looked_for,
    }  # fmt: skip
    if answer.language_unknown:
        return Lead("utter_out_of_scope_language", values)
    if answer.kind == "out_of_scope":
        return Lead("utter_out_of_scope_general", values)
    if len(answer.parts) > 1 and answer.kind != "not_in_policy":
        parts = [_about_part(part, answer, responses) for part in answer.parts]
        return Lead("utter_several", {**values, "parts": " ".join(parts)})
    if answer.kind == "answer" and answer.aspect and answer.probability >= SURE_OF_ASPECT:
        return Lead("utter_answer_about", values)
    return Lead(f"utter_{answer.kind}", values)


def _about_part(part: AnswerPart, answer: Answer, responses: Responses) -> str:
    shown = [
        number for number, hit in enumerate(answer.hits, start=1) if hit in part.hits or any(map(hit.overlaps, part.hits[:1]))
    ]
    numbers = " ".join(f"[{number}]" for number in shown)
    response = f"utter_part_{part.kind}" if shown else "utter_part_not_in_policy"
    sure = not shown or (part.aspect is not None and part.probability >= SURE_OF_ASPECT)
    about = part.looked_for if sure else responses.say(f"utter_words_question_{part.position + 1}")
    return responses.say(response, looked_for=about, the_policy=answer.the_policy, numbers=numbers)
