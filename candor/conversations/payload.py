"""The payload of a message: what an action tells the assistant beside the text, in one typed form.

An action builds a Payload and hands `encoded()` to Rasa as the message's custom payload. Rasa carries it to the assistant and
keeps it in the tracker, where later actions read it. Both read it with `Payload.decoded`; domain.yml's own `custom:` entries
have the same form.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from candor.conversations.reply import AskedField, Citation, ComparedSide, RequestCard, TicketCard
from candor.errors import AssistantDownError
from candor.transcripts.reply_kinds import ReplyKind

PACKED = "details"  # the key under which all nested values stand as one JSON text
# Written by 0.1.0 and never read: trackers of conversations that went on during the upgrade still hold them.
RETIRED = {"asks", "offered"}


class MalformedPayloadError(AssistantDownError):
    """A message carries a payload that no action of ours builds. The error names keys and never repeats values."""


class _Part(BaseModel):
    """What all parts have in common: no unknown keys, no changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(_Part):
    """What the visitor gets to see beside the text; the fields of Reply with the same names."""

    kind: ReplyKind = "smalltalk"
    request_type: str | None = None  # Reply checks that there is such a type
    answer_id: str | None = None
    citations: list[Citation] = Field(default_factory=list)
    citations_shown: int = 1
    comparison: list[ComparedSide] = Field(default_factory=list)
    ticket: TicketCard | None = None
    form: AskedField | None = None
    card: RequestCard | None = None


class Command(_Part):
    """What the assistant shall do with the conversation once the message is out."""

    switch_company: str | None = None  # the id of the company that the conversation is about from here on
    forget: StrictBool = False


class Memory(_Part):
    """What later actions need to know of this message to understand the visitor's reply to it."""

    proposal: str | None = None  # the id of the proposal that a yes to this message accepts
    begun: str | None = None  # the id of the proposal that this message begins; the form's first question follows
    asked_back: StrictBool = False  # whether this message asks if a request is meant at all; the type is in `shown`
    may_open: str | None = None  # the request type that this message says can be opened; a yes to it begins it, and opens nothing
    which: list[str] = Field(default_factory=list)  # the request types that the visitor is to choose from
    person: StrictBool = False  # whether this message offers a person; an address that answers it is for that
    waits: StrictBool = False  # whether the form keeps silent until this message is answered


PARTS: dict[str, type[_Part]] = {"shown": Shown, "command": Command, "memory": Memory}


class Payload(_Part):
    """One message's payload; without arguments that of small talk.

    evidence: ids, offsets and scores of what an answer rests on, for the record of the turn; nobody is shown it.
    """

    shown: Shown = Shown()
    command: Command = Command()
    memory: Memory = Memory()
    evidence: dict[str, Any] = Field(default_factory=dict)

    def encoded(self) -> dict[str, str | bool | int]:
        """The payload as `dispatcher.utter_message(json_message=...)` takes it: flat, and without what is at its default.

        Nested values are packed into one text, because Rasa copies, searches and stores each nested value by itself.
        """
        flat: dict[str, Any] = {"kind": self.shown.model_dump(mode="json")["kind"]}
        for part in (self.shown, self.command, self.memory):
            flat |= part.model_dump(mode="json", exclude_defaults=True)
        if self.evidence:
            flat["evidence"] = self.evidence
        nested = {key: value for key, value in flat.items() if isinstance(value, dict | list)}
        scalars = {key: value for key, value in flat.items() if key not in nested}
        return {**scalars, PACKED: json.dumps(nested, ensure_ascii=False)} if nested else scalars

    @classmethod
    def decoded(cls, custom: Any) -> Payload:
        """The payload in a message's `custom`; None and {} are small talk. Raises: MalformedPayloadError."""
        if custom is None:
            return cls()
        if not isinstance(custom, dict):
            raise MalformedPayloadError("an action sent a malformed payload (it is no object)")
        try:
            packed = json.loads(custom[PACKED]) if PACKED in custom else {}
        except (ValueError, TypeError):
            packed = None
        if not isinstance(packed, dict):
            raise MalformedPayloadError("an action sent a malformed payload (its nested values cannot be unpacked)")
        flat = {**{key: value for key, value in custom.items() if key != PACKED}, **packed}
        flat = {key: value for key, value in flat.items() if key not in RETIRED}
        parts = {name: {key: flat.pop(key) for key in part.model_fields if key in flat} for name, part in PARTS.items()}
        if unknown := flat.keys() - {"evidence"}:
            raise MalformedPayloadError(f"an action sent a malformed payload (unknown: {', '.join(sorted(map(str, unknown)))})")
        try:
            return cls.model_validate({**parts, **flat})
        except ValidationError as error:
            places = sorted({".".join(map(str, fault["loc"])) for fault in error.errors()})
            raise MalformedPayloadError(f"an action sent a malformed payload (at {', '.join(places)})") from None
