"""Requests from Slack: open the form, read it, and hand it to the same desk that the form in the chat uses."""

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
from candor.channels.slack.answering import Answering
from candor.channels.slack.companies import WhichCompany
from candor.channels.slack.conversation import SlackConversation
from candor.channels.slack.dedupe import key_of
from candor.channels.slack.events import SlackMessage
from candor.channels.slack.listeners import Guard
from candor.channels.slack.members import Member, member_of
from candor.channels.slack.request_form import (
    ADD_CALLBACK,
    CALLBACK,
    EMAIL,
    RESIDENCE,
    TYPE,
    FilledForm,
    Mistakes,
    Prefilled,
    add_view,
    added_text,
    done_view,
    fitting_places,
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
STOP = "stop"  # what a visitor says to leave the form in the chat


class Requests:
    """`verified`: the workspaces whose members' confirmed addresses need no code."""

    def __init__(
        self, parts: Services, conversations: SlackConversation, answering: Answering, which: WhichCompany, poster: Poster,
        verified: frozenset[str],
    ) -> None:  # fmt: skip
        self._desk, self._responses, self._company_of = (
            parts.requests.desk,
            parts.conversations.responses,
            parts.knowledge.company_of,
        )
        self._request_text = RequestText(parts.conversations.responses, parts.knowledge.company_of)
        self._conversations, self._answering, self._which = conversations, answering, which
        self._poster, self._verified = poster, verified

    def register(self, app: AsyncApp, guard: Guard) -> None:
        app.action(kit.FORM)(guard(self.show))
        app.view(CALLBACK)(guard(self.sent))
        app.options(RESIDENCE)(guard(self.places))
        app.action(kit.ADD)(guard(self.add))
        app.view(ADD_CALLBACK)(guard(self.added))
        app.action(kit.KEEP)(guard(self.keep))

    async def show(self, args: AsyncArgs) -> None:
        """Open the form, prefilled with what is known."""
        await args.ack()
        wanted = json.loads((args.action or {}).get("value") or "{}")
        person = SlackPerson(str(args.context.team_id), str(args.body["user"]["id"]))
        member = await member_of(args.client, person.team, person.id)
        company = wanted.get("company") or ""
        if not company and (about := await asyncio.to_thread(self._which.of, person, "")):
            company = about.company
        known = Prefilled(wanted.get("type") or "", company, member.email, begun=bool(wanted.get("begun")))
        clear = self._which.named(company) if company else None
        companies = [clear] if clear else self._which.first(kit.MOST_OPTIONS + 1)  # one more tells that there are too many
        await args.client.views_open(trigger_id=args.body["trigger_id"], view=request_view(companies, known, self._responses))

    async def sent(self, args: AsyncArgs) -> None:
        """Sending the form is the clear yes. Acknowledge it after the request is stored, so that none is lost unnoticed.

        Slack waits three seconds. If that is too short, the form says that the request is being opened, and later the result.
        """
        view: dict[str, Any] = args.body["view"]
        person = SlackPerson(str(args.context.team_id), str(args.body["user"]["id"]))
        filled = read_form(view, self._responses)
        if isinstance(filled, Mistakes):
            await args.ack(response_action="errors", errors=filled.by_field)
            return
        opening = asyncio.create_task(self._open(args.client, person, filled, view))
        await asyncio.wait({opening}, timeout=ACK_WITHIN)
        late = not opening.done()
        if late:
            await args.ack(
                response_action="update", view=done_view(self._responses.say("utter_slack_form_wait"), self._responses)
            )
        opened = await opening
        if not isinstance(opened, Opened):
            if late:
                await args.client.views_update(view_id=view["id"], view=done_view(" ".join(opened.values()), self._responses))
            else:
                await args.ack(response_action="errors", errors=opened)
            return
        done = done_view(self._responses.say("utter_slack_form_opened", number=opened.ticket.number), self._responses)
        if late:
            await args.client.views_update(view_id=view["id"], view=done)
        else:
            await args.ack(response_action="update", view=done)
        if json.loads(view.get("private_metadata") or "{}").get("begun"):
            await self._conversations.prompt(
                self._place(person), filled.company, STOP, key_of("form", str(view["id"]))
            )  # ends the form in the chat
        await self._tell(args.client, person, opened, str(view["id"]))

    async def places(self, args: AsyncArgs) -> None:
        """The places that fit what is typed into the form."""
        await args.ack(options=fitting_places(str(args.body.get("value") or "")))

    async def add(self, args: AsyncArgs) -> None:
        """Ask what is to be added to an opened request."""
        await args.ack()
        begins = str((args.action or {}).get("value") or "")
        await args.client.views_open(trigger_id=args.body["trigger_id"], view=add_view(begins, self._responses))

    async def added(self, args: AsyncArgs) -> None:
        """Say it for the person in the conversation that only they read, where the request was opened."""
        await args.ack()
        view: dict[str, Any] = args.body["view"]
        person = SlackPerson(str(args.context.team_id), str(args.body["user"]["id"]))
        text, named = added_text(view), str(view["id"])
        await self._answering.answer(args.client, SlackMessage(person, text, person.id, named, "", "dm", to=person.id))

    async def keep(self, args: AsyncArgs) -> None:
        """Show number, date and contact of a request to be copied."""
        await args.ack()
        kept = str((args.action or {}).get("value") or "")
        await args.client.views_open(trigger_id=args.body["trigger_id"], view=kit.keep_view(kept, self._responses))

    async def _open(
        self, client: AsyncWebClient, person: SlackPerson, filled: FilledForm, view: dict[str, Any]
    ) -> Opened | dict[str, str]:
        """The request, or what to show at which field."""
        try:
            member = await member_of(client, person.team, person.id) if person.team in self._verified else Member()
            conversation = await self._conversations.conversation(self._place(person), filled.company)
            opened = await asyncio.to_thread(self._desk.open, self._confirmed(view, filled, conversation, member))
        except (SQLAlchemyError, CandorError) as error:
            log.error("a request could not be opened: %s", type(error).__name__)
            company = self._company_of(filled.company)
            return {TYPE: self._responses.say("utter_slack_form_not_opened", company_name=company.name, contact=company.contact)}
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
            return {EMAIL: self._responses.say("utter_ask_email_malformed")}
        company = self._company_of(company_id)
        values = {
            "most": str(outcome.most),
            "until": moment(outcome.until, self._responses),
            "company_name": company.name,
            "contact": company.contact,
        }
        return {TYPE: self._responses.say("utter_too_many_requests", **values)}

    async def _tell(self, client: AsyncWebClient, person: SlackPerson, opened: Opened, view: str) -> None:
        """Send what the chat would say as a direct message: the person types the code there, and finds the number again."""
        ticket = opened.ticket
        response = "utter_request_repeated" if opened.first else "utter_request_opened"
        next_step = self._request_text.next(ticket, opened.identity, opened.code)
        text = self._responses.say(response, first=opened.first or "", next=next_step, **self._request_text.values(ticket))
        does = kit.ticket_actions(self._request_text.card(ticket), self._responses)
        await self._poster.post(client, person.id, [kit.paragraph(text), does], escaped(text), key=key_of("form", view)[:40])
