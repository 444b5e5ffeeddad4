"""A conversation so far, for its own visitor: as data for the chat, and as a text file to save. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Protocol

from pydantic import BaseModel, Field

from candor.conversations.places import with_places
from candor.conversations.reply import Citation, Reply, unmasked
from candor.conversations.responses import Responses
from candor.transcripts.models import TurnRow


class Unmask(Protocol):
    """The vault's unmask_all, of one conversation."""

    def __call__(self, texts: Sequence[str], *, as_read: bool = False) -> list[str]: ...


class PastTurn(BaseModel):
    """One message with what came back; no replies where it was never answered, or went to a person of the company.

    What such a person says stands in turns of its own, without a text: one reply of kind human.
    """

    message_id: str
    text: str
    replies: list[Reply]
    at: datetime
    feedback: dict[str, bool] = Field(default_factory=dict)  # answer_id → helpful, of the answers in `replies`


class Past(BaseModel):
    """A conversation as its visitor knows it; `company` is whom it is about now."""

    company: str
    turns: list[PastTurn]


def past_of(
    company: str, rows: Sequence[TurnRow], verdicts: Mapping[str, bool], unmask: Unmask, laws_of: Callable[[str], Iterable[str]]
) -> Past:
    """The turns with their replies. unmask: puts the visitor's own values in the place of tokens, for many texts at once.
    laws_of: the laws of the company with this id.

    In replies with `as_read`, so that they show what they showed when they came.
    """
    messages = unmask([row.text for row in rows])
    as_they_came = partial(unmask, as_read=True)
    kept = [Reply.model_validate(reply) for row in rows for reply in row.replies]
    said = iter(with_places(unmasked(kept, as_they_came), laws_of))
    replies = [list(islice(said, len(row.replies))) for row in rows]
    turns = [
        PastTurn(
            message_id=row.message_id, text=text, replies=many, at=row.at.replace(tzinfo=row.at.tzinfo or UTC),
            feedback={known: verdicts[known] for reply in many if (known := reply.answer_id) and known in verdicts},
        )
        for row, text, many in zip(rows, messages, replies, strict=True)
    ]  # fmt: skip
    return Past(company=company, turns=turns)


def as_text(past: Past, responses: Responses, *, name: str, site: str, now: datetime) -> str:
    """The conversation as plain text. name: the company's. site: put before the addresses of policy pages."""
    say = responses.say
    lines = [say("utter_saved_title", company_name=name), say("utter_saved_at", time=_minute(now)), ""]
    for turn in past.turns:
        if turn.text:  # what a person of the company says answers no message
            lines += [say("utter_saved_visitor", time=_minute(turn.at)), turn.text, ""]
        for reply in turn.replies:
            lines += [_speaker(reply, responses), reply.text]
            for citation in reply.citations:
                lines += _cited(citation, site)
            if reply.ticket:
                lines.append(say("utter_saved_request", number=reply.ticket.number))
            lines.append("")
    return "\n".join(lines)


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _speaker(reply: Reply, responses: Responses) -> str:
    speaker = reply.speaker
    if speaker and speaker.does == "says":
        return responses.say("utter_saved_person", name=speaker.name, company_name=speaker.company)
    return responses.say("utter_saved_candor")


def _cited(citation: Citation, site: str) -> list[str]:
    place = ", ".join(part for part in (citation.policy, citation.version, citation.section) if part)
    quoted = [f"    {citation.lead_in}"] if citation.lead_in else []
    return [f"[{citation.n}] {place}", *quoted, f"    “{citation.quote}”", f"    {site}{citation.url}"]
