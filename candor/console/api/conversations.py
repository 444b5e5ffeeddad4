"""Conversations: the list with filters and search, one with its turns, its masked values for a reason, and forgetting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from candor.accounts.api_tokens import ApiToken, Scope
from candor.console.api.deps import LISTS, READS, WRITES, Parts, StrictBody, TheAssistant, Token, not_kept
from candor.console.api.idempotent import IdempotentRoute
from candor.console.api.selection import companies_of
from candor.console.conversations.filters import filters_of, wanted_of
from candor.console.conversations.view import TurnSeen, turns_seen
from candor.console.requests import text as say
from candor.conversations.reply import Reply
from candor.errors import InvalidInputError
from candor.services import Services
from candor.transcripts.listing import ListedConversation
from candor.transcripts.masking import TOKEN, mask
from candor.transcripts.store import Conversation

router = APIRouter(tags=["conversations"], route_class=IdempotentRoute)
ConversationId = Annotated[str, Path(description="Such as c_0f3a…")]
State = Literal["needs_person", "not_helpful", "refused", "unsure", "low_confidence", "request", "failed", "unreviewed"]
Word = Annotated[str, Query(max_length=60)]


class ConversationSummaryData(BaseModel):
    """One conversation of a list. first, last: the beginnings of the visitor's first and last message, masked."""

    id: str
    company: str
    channel: str
    last_at: datetime
    messages: int
    first: str
    last: str
    kinds: list[str]
    labels: list[str]


class ConversationPageData(BaseModel):
    """A page of the list. next: the cursor of what is older; null at the end."""

    conversations: list[ConversationSummaryData]
    next: str | None


class TurnData(BaseModel):
    """One message and its replies. withheld: it is about a company that the token is not for, and only its time is told.

    state: asked (never answered), answered, failed, to_person, by_person, by_candor. text: masked.
    """

    id: int
    at: datetime
    company: str
    withheld: bool
    state: str
    text: str
    replies: list[Reply]
    intent: str
    confidence: float | None
    aspects: list[str]
    helpful: bool | None


class ConversationData(BaseModel):
    """A conversation as staff read it, masked."""

    id: str
    company: str
    channel: str
    turns: list[TurnData]


class RevealWish(StrictBody):
    """Which masked values are needed, and why. The reason goes into the audit log, with personal data in it masked."""

    reason: str = Field(max_length=say.LONGEST_REASON)
    tokens: list[Annotated[str, Field(max_length=40)]] = Field(
        default=[], max_length=100, description="Such as <email_1>; none: all of them."
    )


class RevealedValues(BaseModel):
    """What tokens stand for. One whose value is not kept any more, or is another company's, is missing."""

    values: dict[str, str]


class RevealRefusedError(InvalidInputError):
    """A reason that says nothing, or something that is no token; `public` says which."""

    def __init__(self, public: str) -> None:
        super().__init__("revealing was not asked for as it must be")
        self.public = public


class ForgottenData(BaseModel):
    """everywhere: false where Rasa does not answer now, and forgets it as soon as it does."""

    everywhere: bool


@router.get("/conversations", **LISTS)
def conversations(
    parts: Parts, token: Token, *, q: Annotated[str, Query(max_length=500, description="Words to search for.")] = "",
    company: Annotated[str, Query(max_length=40)] = "",
    is_: Annotated[list[State] | None, Query(alias="is", max_length=8, description="All of these hold.")] = None,
    channel: Word = "", kind: Word = "", intent: Word = "", aspect: Word = "", label: Word = "",
    from_: Annotated[date | None, Query(alias="from", description="A day in UTC.")] = None,
    to: Annotated[date | None, Query(description="A day in UTC, included.")] = None,
    older: Annotated[str, Query(max_length=80, description="`next` of the page before.")] = "",
) -> ConversationPageData:  # fmt: skip
    """Conversations, the newest first; with `q`, those with the newest message that has the words. Scope: conversations:read."""
    wanted = companies_of(token, "conversations:read", company)
    pairs = [*(("is", one) for one in is_ or []), ("channel", channel), ("kind", kind), ("intent", intent), ("aspect", aspect)]
    pairs += [("label", label), ("q", q)] + [(name, day.isoformat()) for name, day in (("from", from_), ("to", to)) if day]
    query = wanted_of(filters_of(pairs), wanted)
    if q.strip() and not query.words:
        return ConversationPageData(conversations=[], next=None)
    page = parts.conversations.listing.page(query, older=older)
    return ConversationPageData(conversations=[_listed(row) for row in page.rows], next=page.older)


@router.get("/conversations/{conversation}", **READS)
def one(conversation: ConversationId, parts: Parts, token: Token) -> ConversationData:
    """One conversation, masked. That it was read is audited. Scope: conversations:read."""
    token.require("conversations:read")
    found, turns = _read(conversation, parts, token)
    parts.staff.audit.record(token.actor, "conversation.read", f"conversation {found.id}", company=found.company)
    return ConversationData(id=found.id, company=found.company, channel=found.channel, turns=[_turn(turn) for turn in turns])


@not_kept
@router.post("/conversations/{conversation}/reveal", **READS)
def reveal(conversation: ConversationId, body: RevealWish, parts: Parts, token: Token) -> RevealedValues:
    """Read what is masked in a conversation, for a reason that the audit log keeps. Scope: conversations:reveal."""
    token.require("conversations:reveal")
    found, turns = _read(conversation, parts, token, "conversations:reveal")
    reason = mask(" ".join(say.plain(body.reason).split()), lambda kind, _: f"<{kind}>")
    if wrong := say.why_no_reason(reason, None):
        raise RevealRefusedError(wrong)
    if strange := next((one for one in body.tokens if not TOKEN.fullmatch(one)), None):
        raise RevealRefusedError(f"{strange[:40]!r} is no token of a masked value: they look like <email_1>.")
    shown = frozenset[str]().union(*(turn.tokens for turn in turns))
    wanted = shown & set(body.tokens) if body.tokens else shown
    parts.staff.audit.record(
        token.actor, "conversation.reveal", f"conversation {found.id}", company=found.company, reason=reason,
        **({"tokens": ", ".join(sorted(body.tokens))} if body.tokens else {}),
    )  # fmt: skip
    values = parts.conversations.vault.values(found.id)
    return RevealedValues(values={one: value for one, value in values.items() if one in wanted})


@router.delete("/conversations/{conversation}", **WRITES)
async def forget(conversation: ConversationId, parts: Parts, token: Token, assistant: TheAssistant) -> ForgottenData:
    """Forget a conversation for good: transcript, vault, Rasa's memory. Opened requests stay. Scope: conversations:forget."""
    token.require("conversations:forget")
    found = parts.conversations.transcripts.get(conversation[:40].replace("\0", ""))
    token.require("conversations:forget", found.company)
    everywhere = await assistant.forget_now(found.id)
    parts.staff.audit.record(
        token.actor, "conversation.forget", f"conversation {found.id}", company=found.company, everywhere=everywhere
    )
    return ForgottenData(everywhere=everywhere)


def _read(
    conversation: str, parts: Services, token: ApiToken, scope: Scope = "conversations:read"
) -> tuple[Conversation, list[TurnSeen]]:
    """A conversation with its turns; those about companies for which the token lacks the scope are withheld."""
    found = parts.conversations.transcripts.get(conversation[:40].replace("\0", ""))
    token.require(scope, found.company)
    rows = parts.conversations.transcripts.turns(found.id)
    covered = [company for company in {row.company for row in rows} if token.may(scope, company)]
    return found, turns_seen(rows, parts.conversations.transcripts.feedback_of(found.id), parts.knowledge.catalogue, covered)


def _listed(row: ListedConversation) -> ConversationSummaryData:
    return ConversationSummaryData(
        id=row.id, company=row.company, channel=row.channel, last_at=row.at, messages=row.messages, first=row.first,
        last=row.last, kinds=row.of("kind:"), labels=row.of("label:"),
    )  # fmt: skip


def _turn(turn: TurnSeen) -> TurnData:
    said = [one.helpful for one in turn.feedback.values()]
    return TurnData(
        id=turn.id, at=turn.at, company=turn.company, withheld=turn.withheld, state=turn.state, text=turn.text,
        replies=list(turn.replies), intent=turn.intent, confidence=turn.confidence, aspects=list(turn.aspects),
        helpful=said[-1] if said else None,
    )  # fmt: skip
