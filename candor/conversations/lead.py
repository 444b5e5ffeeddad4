"""The lead of an answer: the response of domain.yml that stands before the quotes, with its values.

Where the quoted sentence plainly answers, the lead is one line that says so, composed from what was found
(knowledge/first_line.py). Otherwise it names whose words follow. It never says more than the quotes do.
"""

from __future__ import annotations

from dataclasses import dataclass

from candor.conversations.responses import Responses
from knowledge.answering import Answer, AnswerPart
from knowledge.first_line import FirstLine
from knowledge.messages import in_short

SURE_OF_ASPECT = 0.75  # from this probability on, a lead names the aspect that the question was mapped to

SAID_AGAIN = frozenset(["said", "doubt", "no_more"])  # by the quotes of the answer that a message leans on


@dataclass(frozen=True)
class Lead:
    """A response's name and its values, as Rasa and `Responses.say` take them."""

    response: str
    values: dict[str, str]


def lead_of(answer: Answer, responses: Responses) -> Lead:
    """The sentence before the quotes, or instead of them."""
    asked = [part for part in answer.parts if not part.end_user]
    values = {
        "company_name": answer.company.name, "contact": answer.company.contact, "the_policy": answer.the_policy,
        "the_policy_first": answer.the_policy[:1].upper() + answer.the_policy[1:],
        "looked_for": answer.looked_for, "question": "” or “".join(in_short(part.asked) for part in asked),
    }  # fmt: skip
    if answer.language_unknown:
        return Lead("utter_out_of_scope_language", values)
    if answer.kind == "out_of_scope":
        return Lead("utter_out_of_scope_general", values)
    if len(answer.parts) > 1 and answer.hits:
        paragraphs = [_paragraph(part, answer, responses, values, alone=len(asked) == 1) for part in answer.parts]
        paragraphs += [responses.say("utter_part_left_over", question=in_short(left)) for left in answer.left_over]
        return Lead("utter_several", {**values, "parts": "\n\n".join(paragraphs)})
    line = asked[0].line if asked else None
    return _line(line, values) if line is not None else Lead(_named(answer), values)


def _named(answer: Answer) -> str:
    """The response for an answer that no line can be said of."""
    if answer.leans in SAID_AGAIN:
        return f"utter_leans_{answer.leans}"
    sure = answer.kind == "answer" and answer.aspect and answer.probability >= SURE_OF_ASPECT
    return "utter_answer_about" if sure and not answer.leans else f"utter_{answer.kind}"  # of what a few words are is not sure


def _line(line: FirstLine, values: dict[str, str]) -> Lead:
    """The response that says a first line."""
    whose = {"company": "_it", "visitor": "_you"}.get(line.agent, "") if line.said_back else ""
    if line.kind == "some" or (line.kind == "may" and whose != "_it"):
        whose = ""
    value = line.value[:10] if line.kind == "dated" else line.value
    return Lead(
        f"utter_line_{line.kind}{whose}",
        {
            **values, "do": line.said_back, "does": in_third_person(line.said_back),
            "value": value[:1].upper() + value[1:] if line.kind == "span" else value,
        },
    )  # fmt: skip


def in_third_person(predicate: str) -> str:
    """ "sell your data" → "sells your data"."""
    verb, _, rest = predicate.partition(" ")
    if verb == "have":
        verb = "has"
    elif verb.endswith(("s", "x", "ch", "sh", "o")):
        verb += "es"
    elif verb.endswith("y") and verb[-2:-1] not in set("aeiou"):
        verb = f"{verb[:-1]}ies"
    elif verb:
        verb += "s"
    return f"{verb} {rest}".strip()


def _paragraph(part: AnswerPart, answer: Answer, responses: Responses, values: dict[str, str], *, alone: bool) -> str:
    """What is said of one question of several; `alone` if the visitor asked only one, and another part was added."""
    shown = [
        number for number, hit in enumerate(answer.hits, start=1) if hit in part.hits or any(map(hit.overlaps, part.hits[:1]))
    ]
    numbers = " ".join(f"[{number}]" for number in (shown if part.kind == "answer" else shown[:1]))
    if part.end_user:
        return responses.say("utter_part_end_user", **values, numbers=numbers)
    if part.line is not None and part.line.kind == "part_unsure" and shown:
        said = responses.say("utter_part_unsure_under", value=part.line.value, numbers=numbers)
    elif part.line is not None:
        line = _line(part.line, values)
        said = responses.say("utter_part_line", line=responses.say(line.response, **line.values), numbers=numbers).strip()
    else:
        nothing = "utter_part_out_of_scope" if part.kind == "out_of_scope" else "utter_part_not_in_policy"
        said = responses.say(f"utter_part_{part.kind}" if shown else nothing, **values, numbers=numbers)
    return said if alone else responses.say("utter_part", question=in_short(part.asked), said=said)
