"""Requests from Slack: the form is opened, read, and handed to the same desk that the chat's form uses."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from candor.channels.slack import blocks as kit
from candor.channels.slack.companies import WhichCompany
from candor.channels.slack.conversation import SlackConversation
from candor.channels.slack.dedupe import key_of
from candor.channels.slack.listeners import Guard
from candor.channels.slack.members import Member, member_of
from candor.channels.slack.request_form import (
    CALLBACK,
    EMAIL,
    TYPE,
    FilledForm,
    Mistakes,
    Prefilled,
    done_view,
    read_form,
    request_view,
)
from candor.channels.slack.sender import Poster
from candor.channels.slack.texts import escaped
from candor.channels.slack.threads import SlackPerson, ThreadPlace
from candor.conversations.request_text import RequestText, moment
from candor.errors import CandorError
from candor.services import Services
from candor.tickets.addresses import NotAnAddress
from candor.tickets.requester import Confirmed, Opened, TooManyRequests

log = logging.getLogger("candor.slack")
ACK_WITHIN = 2  # seconds, of the three that Slack waits
STOP = "stop"  # what a visitor says to the chat's own form


class Requests:
    """`verified`: the workspaces whose members' confirmed addresses need no code."""

    def __init__(
        self, parts: Services, talk: SlackConversation, which: WhichCompany, poster: Poster, verified: frozenset[str]
    ) -> None:
        self._desk, self._wording, self._card = parts.requests.desk, parts.conversations.responses, parts.knowledge.company_of
        self._telling = RequestText(parts.conversations.responses, parts.knowledge.company_of)
        self._talk, self._which, self._poster, self._verified = talk, which, poster, verified

    def register(self, app: AsyncApp, guard: Guard) -> None:
        app.action(kit.FORM)(guard(self.show))
        app.view(CALLBACK)(guard(self.sent))

    async def show(self, args: AsyncArgs) -> None:
        """Open the form, with what is known filled in."""
        await args.ack()
        wanted = json.loads((args.action or {}).get("value") or "{}")
        person = SlackPerson(str(args.context.team_id), str(args.body["user"]["id"]))
        member = await member_of(args.client, person.team, person.id)
        company = wanted.get("company") or ""
        if not company and (about := await asyncio.to_thread(self._which.of, person, "")):
            company = about.company
        known = Prefilled(wanted.get("type") or "", company, member.email, begun=bool(wanted.get("begun")))
        await args.client.views_open(
            trigger_id=args.body["trigger_id"], view=request_view(self._which.companies, known, self._wording)
        )

    async def sent(self, args: AsyncArgs) -> None:
        """Sending the form is the clear yes. It is acknowledged once the request is kept, so that none is lost unseen.

        Slack waits three seconds: where that is too short, the form says that it is being opened, and then what came of it.
        """
        view: dict[str, Any] = args.body["view"]
        person = SlackPerson(str(args.context.team_id), str(args.body["user"]["id"]))
        filled = read_form(view, self._wording)
        if isinstance(filled, Mistakes):
            await args.ack(response_action="errors", errors=filled.by_field)
            return
        opening = asyncio.create_task(self._open(args.client, person, filled, view))
        await asyncio.wait({opening}, timeout=ACK_WITHIN)
        late = not opening.done()
        if late:
            await args.ack(response_action="update", view=done_view(self._wording.say("utter_slack_form_wait")))
        opened = await opening
        if not isinstance(opened, Opened):
            if late:
                await args.client.views_update(view_id=view["id"], view=done_view(" ".join(opened.values())))
            else:
                await args.ack(response_action="errors", errors=opened)
            return
        done = done_view(self._wording.say("utter_slack_form_opened", number=opened.ticket.number))
        if late:
            await args.client.views_update(view_id=view["id"], view=done)
        else:
            await args.ack(response_action="update", view=done)
        if json.loads(view.get("private_metadata") or "{}").get("begun"):
            await self._talk.prompt(
                self._place(person), filled.company, STOP, key_of("form", str(view["id"]))
            )  # the chat's is over
        await self._tell(args.client, person, opened, str(view["id"]))

    async def _open(
        self, client: AsyncWebClient, person: SlackPerson, filled: FilledForm, view: dict[str, Any]
    ) -> Opened | dict[str, str]:
        """The request, or what to say at which field."""
        try:
            member = await member_of(client, person.team, person.id) if person.team in self._verified else Member()
            conversation = await self._talk.conversation(self._place(person), filled.company)
            opened = await asyncio.to_thread(self._desk.open, self._confirmed(view, filled, conversation, member))
        except (SQLAlchemyError, CandorError) as error:
            log.error("a request could not be opened: %s", type(error).__name__)
            company = self._card(filled.company)
            return {TYPE: self._wording.say("utter_slack_form_not_opened", company_name=company.name, contact=company.contact)}
        return opened if isinstance(opened, Opened) else self._refused(opened, filled.company)

    def _place(self, person: SlackPerson) -> ThreadPlace:
        return ThreadPlace(person, company=self._which.fixed(person.team, ""))

    def _confirmed(self, view: dict[str, Any], filled: FilledForm, conversation: str, member: Member) -> Confirmed:
        own = member.staff and member.email.casefold() == filled.email.casefold()
        return Confirmed(
            confirmation=key_of("slack form", str(view["id"])), company=filled.company, request_type=filled.request_type,
            conversation=conversation, email=filled.email or None, residence=filled.residence, details=filled.details,
            vouched="the workspace's confirmed address" if own else "",
        )  # fmt: skip

    def _refused(self, outcome: TooManyRequests | NotAnAddress, company_id: str) -> dict[str, str]:
        if isinstance(outcome, NotAnAddress):
            return {EMAIL: self._wording.say("utter_ask_email_malformed")}
        company = self._card(company_id)
        values = {
            "most": str(outcome.most),
            "until": moment(outcome.until, self._wording),
            "company_name": company.name,
            "contact": company.contact,
        }
        return {TYPE: self._wording.say("utter_too_many_requests", **values)}

    async def _tell(self, client: AsyncWebClient, person: SlackPerson, opened: Opened, view: str) -> None:
        """What the chat would say, as a direct message: there the code is typed, and there it can be found again."""
        ticket = opened.ticket
        response = "utter_request_repeated" if opened.first else "utter_request_opened"
        nothing_more = self._telling.next(ticket, opened.identity, opened.code)
        said = self._wording.say(response, first=opened.first or "", next=nothing_more, **self._telling.values(ticket))
        await self._poster.post(client, person.id, [kit.paragraph(said)], escaped(said), key=key_of("form", view)[:40])
