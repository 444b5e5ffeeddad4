"""Reply: what every channel, the command line and the tests see of an answer."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledge.answering import Answer

Kind = Literal["answer", "not_in_policy", "unsure", "request", "compare", "out_of_scope", "smalltalk", "handoff", "error"]
RequestType = Literal[
    "access", "deletion", "correction", "portability", "restriction", "objection",
    "withdraw_consent", "opt_out_of_sale", "complaint",
]  # fmt: skip


class Citation(BaseModel):
    """A verbatim quote and where it stands; `quote` is the version's stored text[start:end]."""

    model_config = ConfigDict(extra="forbid")

    n: int
    company: str
    policy: str
    version: str
    section: str
    lead_in: str = ""
    quote: str
    start: int
    end: int
    url: str


class Button(BaseModel):
    """Something to press; `payload` is the text that is sent for it."""

    title: str
    payload: str


class TicketCard(BaseModel):
    """What the requester gets to keep of an opened request."""

    number: str
    request_type: RequestType
    status: str
    company: str


class Reply(BaseModel):
    """One message of the assistant."""

    kind: Kind
    text: str
    company: str | None = None
    request_type: RequestType | None = None
    buttons: list[Button] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    answer_id: str | None = None
    ticket: TicketCard | None = None


def pack(**details: Any) -> str:
    """What Rasa only carries, as one text: it copies, searches and stores every nested value of a message by itself."""
    return json.dumps(details, ensure_ascii=False)


def unpack(custom: dict[str, Any]) -> dict[str, Any]:
    """A message's payload with its packed details beside the rest. Raises: ValueError if they are malformed."""
    details = json.loads(custom["details"]) if "details" in custom else {}
    if not isinstance(details, dict):
        raise ValueError("packed details must be an object")  # noqa: TRY004  (malformed text, not a caller's mistake)
    return {**{key: value for key, value in custom.items() if key != "details"}, **details}


def citations_of(answer: Answer) -> list[Citation]:
    """An answer's evidence as numbered citations, each with the address of its policy page."""
    return [
        Citation(
            n=number, company=hit.passage.company, policy=answer.policy, version=hit.passage.version,
            section=hit.passage.section, lead_in=hit.passage.lead_in, quote=hit.passage.text,
            start=hit.passage.start, end=hit.passage.end,
            url=f"/policies/{hit.passage.company}/{hit.passage.version}#c{hit.passage.start}-{hit.passage.end}",
        )
        for number, hit in enumerate(answer.hits, start=1)
    ]  # fmt: skip
