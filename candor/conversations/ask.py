"""Replies from the policies alone, without Rasa: what `candor ask` and `candor eval` print."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import assert_never

from candor.conversations.comparison import changes_address, describe_comparison
from candor.conversations.lead import lead_of
from candor.conversations.reply import Citation, Reply, citations_of
from candor.conversations.responses import Responses
from knowledge.answering import Answers
from knowledge.catalogue import PolicyCatalogue
from knowledge.comparing import companies_named, companies_to_compare, compare


@dataclass(frozen=True)
class KnowledgeReplies:
    """Replies to single questions."""

    answers: Answers
    responses: Responses
    catalogue: PolicyCatalogue

    def ask(self, question: str, company: str) -> Reply:
        """The reply to one question. Raises: UnknownCompanyError, IndexUnusableError."""
        answer = self.answers.answer(question, company)
        lead = lead_of(answer, self.responses)
        text = self.responses.say(lead.response, **lead.values)
        return Reply(
            kind=answer.kind, text=text, company=company, answer_id=answer.id, citations=citations_of(answer),
            citations_shown=answer.shown,
        )  # fmt: skip

    def compare(self, question: str) -> Reply | None:
        """The reply to a question that names two companies or more; None where it does not. Raises: IndexUnusableError."""
        companies = self.catalogue.companies
        if len(companies_named(question, companies)) < 2:
            return None
        comparison = compare(self.answers, self.catalogue, question, companies_to_compare(question, companies))
        if comparison is None:
            named = self.responses.in_a_row([company.name for company in companies.values()])
            return Reply(kind="compare", text=self.responses.say("utter_compare_what", companies=named))
        described = describe_comparison(comparison, self.responses)
        text = self.responses.say(described.response, **described.values)
        return Reply(kind="compare", text=text, citations=list(described.citations), comparison=list(described.sides))


def show(reply: Reply) -> str:
    """A reply for the terminal."""
    lines = _body(reply)
    if reply.ticket:
        lines.append(f"\n  request {reply.ticket.number}: {reply.ticket.status}")
    lines += [f"  ({button.title}: type {button.payload!r})" for button in reply.buttons]
    return "\n".join(lines)


def _body(reply: Reply) -> list[str]:
    """What is said, with what it rests on."""
    match reply.kind:
        case "human":
            speaks = reply.speaker is not None and reply.speaker.does == "says"
            who = f"{reply.speaker.name} from {reply.speaker.company}, a person: " if reply.speaker and speaks else ""
            return [f"{who}{reply.text}"]
        case "compare":
            return [reply.text, *(_side_by_side(reply) if reply.comparison else _quotes(reply))]
        case "answer" | "not_in_policy" | "unsure" | "request" | "out_of_scope" | "smalltalk" | "handoff" | "error":
            return [reply.text, *_quotes(reply)]
        case _:
            assert_never(reply.kind)


def _quotes(reply: Reply) -> list[str]:
    return [line for citation in reply.citations for line in _quoted(citation)]


def _side_by_side(reply: Reply) -> list[str]:
    """The sides below each other, each under its name, because a terminal is narrow."""
    quoted = {citation.n: citation for citation in reply.citations}
    lines: list[str] = []
    for about, sides in groupby(reply.comparison, key=lambda side: side.about):
        lines += [f"\n{about[:1].upper()}{about[1:]}"] if about else []
        for side in sides:
            lines.append(f"\n{side.name[:1].upper()}{side.name[1:]}:")
            if side.silent:
                lines.append("      not in this version" if side.about else "      nothing found that says it")
            for number in side.citations:
                lines += _quoted(quoted[number])
    old, new = reply.comparison[0], reply.comparison[-1]
    if new.about:
        lines.append(f"\n  all changes: {changes_address(new.company, old.version, new.version)}")
    return lines


def _quoted(citation: Citation) -> list[str]:
    lead_in = [f"      {citation.lead_in}"] if citation.lead_in else []
    place = f"\n  [{citation.n}] {citation.section or citation.policy} ({citation.version})"
    return [place, *lead_in, f"      “{citation.quote}”", f"      {citation.url}"]
