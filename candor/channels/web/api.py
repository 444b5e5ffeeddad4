"""The chat API: what the widget, `candor chat` and `candor replay` speak."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from candor.accounts.actors import VISITOR
from candor.channels.web.api_document import gives
from candor.channels.web.errors import RETRY_AFTER, problem
from candor.channels.web.headers import sends_gpc
from candor.channels.web.limits import counted, record_sender, sender_of, within
from candor.channels.web.tokens import Tokens
from candor.conversations.assistant import Assistant
from candor.conversations.history import Past, as_text
from candor.conversations.reply import Reply, Speaker
from candor.errors import NotAllowedError

router = APIRouter(prefix="/api", tags=["chat"], dependencies=[Depends(counted)], responses=gives(404, 429))
OPENED = gives(401)
bearer = HTTPBearer(auto_error=False, description="The token that came with the conversation.")


FeedbackReason = Literal["", "wrong_passage", "not_answered", "hard_to_understand", "out_of_date", "other"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewConversation(Strict):
    """Which company the visitor asks about."""

    company: str = Field(max_length=40, examples=["clevra"])
    gpc: bool = False  # navigator.globalPrivacyControl, where a browser sets only that and sends no Sec-GPC


class Begun(BaseModel):
    """A conversation, the token that opens it, and the greeting."""

    conversation: str
    token: str
    reply: Reply


class NewMessage(Strict):
    """One message; with a message_id of the client's, sending it again is safe."""

    text: str
    message_id: str | None = Field(default=None, min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


class Replies(BaseModel):
    """What came back, in order. Where a person has taken the conversation, nothing did: what they write comes as news."""

    replies: list[Reply]
    person: Speaker | None = None


class Feedback(Strict):
    """Whether an answer helped, and if not, why."""

    answer_id: str = Field(max_length=40, pattern=r"^a_[0-9a-f]+$")
    helpful: bool
    reason: FeedbackReason = ""
    comment: str = Field(default="", max_length=2000)


def assistant_of(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant


def opened(id: str, request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> str:
    """The conversation's id, once its token was checked."""
    tokens: Tokens = request.app.state.tokens
    if credentials is None:
        raise NotAllowedError("no token")
    tokens.check(id, credentials.credentials)
    return id


AssistantDep = Annotated[Assistant, Depends(assistant_of)]
OpenedConversation = Annotated[str, Depends(opened)]


@router.post("/conversations", status_code=201)
async def begin(body: NewConversation, request: Request, assistant: AssistantDep) -> Begun:
    """Begin a conversation about one company's policy. With Sec-GPC: 1 it is recorded that the browser sent that signal."""
    await within(request, "conversations")
    request.state.company = body.company  # whose contact is told, should this fail
    conversation, greeting = await assistant.begin(company=body.company, channel="web", gpc=body.gpc or sends_gpc(request))
    await record_sender(request, conversation.id)
    return Begun(conversation=conversation.id, token=request.app.state.tokens.make(conversation.id), reply=greeting)


@router.post("/conversations/{id}/messages", response_model=Replies, responses=OPENED)
async def say(id: OpenedConversation, body: NewMessage, request: Request, assistant: AssistantDep) -> Replies | JSONResponse:
    """Say something. 503 where the assistant is down or has too much to do: the message is kept, and may be sent again under its
    id, after as many seconds as Retry-After says.

    429 where that was too much at once, with the seconds to wait in Retry-After; nothing is kept of it.
    """
    await within(request, "messages", id)
    await within(request, "site", await assistant.company_of(id))
    await record_sender(request, id)
    result = await assistant.say(id, body.text, body.message_id, sender_of(request) or "")
    if result.down:
        replies = [reply.model_dump() for reply in result.replies]
        return problem(503, result.replies[0].text, {"Retry-After": str(result.retry_after or RETRY_AFTER)}, replies=replies)
    return Replies(replies=result.replies, person=result.person)


@router.get("/conversations/{id}", responses=OPENED)
async def past(id: OpenedConversation, assistant: AssistantDep, response: Response) -> Past:
    """What was said so far, as the visitor wrote it: what lies masked in the record is shown to its owner."""
    response.headers["Cache-Control"] = "no-store"
    return await assistant.past(id)


@router.get("/conversations/{id}/transcript", response_class=PlainTextResponse, responses=OPENED)
async def transcript(id: OpenedConversation, request: Request, assistant: AssistantDep) -> PlainTextResponse:
    """The same as a text file to keep."""
    past, now = await assistant.past(id), datetime.now(UTC)
    name = request.app.state.catalogue.company(past.company).name
    text = as_text(past, assistant.responses, name=name, site=str(request.base_url).rstrip("/"), now=now)
    file = f"candor-{past.company}-{now:%Y-%m-%d}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
    return PlainTextResponse(text, headers=headers)


@router.post("/conversations/{id}/feedback", status_code=204, response_class=Response, responses=OPENED)
async def feedback(id: OpenedConversation, body: Feedback, assistant: AssistantDep) -> None:
    """Say whether an answer helped."""
    await assistant.feedback(id, body.answer_id, helpful=body.helpful, reason=body.reason, comment=body.comment)


@router.post("/conversations/{id}/hand-back", status_code=204, response_class=Response, responses=OPENED)
async def hand_back(id: OpenedConversation, assistant: AssistantDep) -> None:
    """Let Candor answer again, where a person had taken the conversation."""
    await asyncio.to_thread(assistant.live_chat.hand_back, id, VISITOR)


@router.delete("/conversations/{id}", status_code=204, response_class=Response, responses=OPENED)
async def forget(id: OpenedConversation, assistant: AssistantDep) -> None:
    """Forget the conversation: transcript, vault and Rasa's memory. Opened requests stay."""
    await assistant.forget(id)
