"""The knowledge alone, worded: what `candor ask` and `candor eval` print."""

from __future__ import annotations

from composing import lead_of
from reply import Reply, citations_of
from services import Services


def ask_reply(parts: Services, question: str, company: str) -> Reply:
    """The reply to one question, without Rasa. Raises: UnknownCompanyError, IndexUnusableError."""
    answer = parts.answers.answer(question, company)
    lead = lead_of(answer, parts.wording)
    text = parts.wording.say(lead.response, **lead.values)
    return Reply(kind=answer.kind, text=text, company=company, answer_id=answer.id, citations=citations_of(answer))


def show(reply: Reply) -> str:
    """A reply for the terminal."""
    lines = [reply.text]
    for citation in reply.citations:
        lines.append(f"\n  [{citation.n}] {citation.section or citation.policy} ({citation.version})")
        lines += [f"      {citation.lead_in}"] if citation.lead_in else []
        lines += [f"      “{citation.quote}”", f"      {citation.url}"]
    if reply.ticket:
        lines.append(f"\n  request {reply.ticket.number}: {reply.ticket.status}")
    lines += [f"  ({button.title}: type {button.payload!r})" for button in reply.buttons]
    return "\n".join(lines)
