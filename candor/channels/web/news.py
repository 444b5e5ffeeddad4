"""News for a page that waits for a person, a live chat or a code: it asks every few seconds, and mostly there is none."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel

from candor.channels.web.api import OPENED, AssistantDep, OpenedConversation
from candor.channels.web.api_document import gives
from candor.channels.web.limits import within
from candor.conversations.history import PastTurn
from candor.conversations.reply import Speaker

router = APIRouter(prefix="/api", tags=["chat"])  # it has a limit of its own: waiting must not use up the limit of messages


RESPONSES = {304: {"description": "Nothing new."}, **OPENED, **gives(404, 429)}


class News(BaseModel):
    """What people of the company have said, and news of requests. `n` is what to ask after the next time."""

    turns: list[PastTurn]
    n: int
    person: Speaker | None = None  # who talks with the visitor now; then what is said goes to them
    waiting: bool  # a person was asked for, and has not answered yet
    awaits_code: bool = False  # a request waits for its code: its letter may still come back


@router.get("/conversations/{id}/news", response_model=News, responses=RESPONSES)
async def news(
    id: OpenedConversation, request: Request, assistant: AssistantDep, after: Annotated[int, Query(ge=0, le=100_000)] = 0,
    if_none_match: Annotated[str, Header(max_length=100)] = "",
) -> Response:  # fmt: skip
    """What came after the first so many such messages; 304 where that is what the ETag stands for."""
    await within(request, "news", id)
    latest = await asyncio.to_thread(assistant.live_chat.news, id, after)
    who = f"{latest.person.name}/{latest.person.company}" if latest.person else ""
    tag = f'"{hashlib.sha256(f"{after}/{latest.n}/{who}/{latest.waiting}/{latest.awaits_code}".encode()).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-store"}
    if if_none_match == tag:
        return Response(status_code=304, headers=headers)
    turns = await asyncio.to_thread(assistant.past_of, id, latest.turns)
    body = News(turns=turns, n=latest.n, person=latest.person, waiting=latest.waiting, awaits_code=latest.awaits_code)
    return Response(body.model_dump_json(), media_type="application/json", headers=headers)
