"""The Home tab and the prompts of the Messages tab: what people can ask, and the state of their own requests."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError

from candor.channels.slack import blocks as kit
from candor.channels.slack.answering import CHOOSE
from candor.channels.slack.companies import WhichCompany
from candor.channels.slack.listeners import Guard
from candor.channels.slack.threads import SlackPerson, ThreadPlaces
from candor.conversations.reply import Button
from candor.conversations.request_text import RequestText
from candor.conversations.responses import Responses
from candor.services import Services
from candor.tickets.ticket import Ticket
from knowledge.companies import Company

MOST_SHOWN = 20  # requests
MOST_PROMPTS = 4


class Home:
    """Publishes the Home tab whenever somebody opens it."""

    def __init__(self, parts: Services, places: ThreadPlaces, which: WhichCompany) -> None:
        self._desk, self._responses, self._places, self._which = parts.requests.desk, parts.conversations.responses, places, which
        self._request_text = RequestText(parts.conversations.responses, parts.knowledge.company_of)

    def register(self, app: AsyncApp, guard: Guard) -> None:
        app.event("app_home_opened")(guard(self.opened))
        app.event("assistant_thread_started")(guard(self.chat_begun))
        app.event("assistant_thread_context_changed")(guard(self.nothing))

    async def opened(self, args: AsyncArgs) -> None:
        """Publish the Home tab again; on the Messages tab, set the prompts that new apps (agent_view) show outside threads."""
        event: dict[str, Any] = args.event or {}
        person = SlackPerson(str(args.context.team_id), str(event["user"]))
        if event.get("tab") == "messages":
            with suppress(SlackApiError):  # an app without an assistant has no prompts
                await args.client.assistant_threads_setSuggestedPrompts(
                    channel_id=event["channel"], title=self._responses.say("utter_slack_prompts"),
                    prompts=prompts(self._responses),
                    thread_ts=None,  # only the older assistant pane has threads
                )  # fmt: skip
            return
        about = await asyncio.to_thread(self._which.of, person, "")
        company = self._which.named(about.company) if about else None
        tickets = await asyncio.to_thread(self.requests_of, person)
        fixed = bool(about and about.fixed)
        view = home_view(
            company,
            [] if fixed else self._which.first(kit.MOST_BUTTONS + 1),  # one more tells that there are too many
            [self._request_text.status(each) for each in tickets],
            self._responses,
        )
        await args.client.views_publish(user_id=person.id, view=view)

    async def chat_begun(self, args: AsyncArgs) -> None:
        """Set the prompts of a new chat in the older assistant pane, where each chat is a thread."""
        thread = (args.event or {})["assistant_thread"]
        await args.client.assistant_threads_setSuggestedPrompts(
            channel_id=thread["channel_id"], thread_ts=thread["thread_ts"], title=self._responses.say("utter_slack_prompts"),
            prompts=prompts(self._responses),
        )  # fmt: skip

    async def nothing(self, args: AsyncArgs) -> None:
        """Ignore which channel the person looks at: it is none of our business."""

    def requests_of(self, person: SlackPerson) -> list[Ticket]:
        """A person's own requests, the newest first."""
        tickets = [ticket for each in self._places.of_person(person) for ticket in self._desk.of_conversation(each)]
        return tickets[::-1][:MOST_SHOWN]


def home_view(company: Company | None, companies: list[Company], requests: list[str], responses: Responses) -> dict[str, Any]:
    """companies: those to choose from; none if the workspace is set up for one. requests: the state of each, in words."""
    if company:
        blocks = [
            kit.header(responses.say("utter_slack_home_title", company_name=company.name)),
            kit.paragraph(responses.say("utter_welcome", company_name=company.name)),
        ]
        asked = [Button(**each) for each in responses.buttons("utter_slack_buttons_questions")]
        blocks.append(kit.actions(*(kit.say_button(number, each) for number, each in enumerate(asked))))
    else:
        names = ", ".join(each.name for each in companies[: kit.MOST_BUTTONS])
        blocks = [
            kit.header(responses.say("utter_slack_home_title_any")),
            kit.paragraph(responses.say("utter_which_company", companies=names)),
        ]
    if len(companies) > kit.MOST_BUTTONS:
        blocks.append(kit.actions(kit.company_select(f"{CHOOSE}:0", responses)))
    elif len(companies) > 1:
        blocks.append(kit.actions(*(_choice(number, each) for number, each in enumerate(companies))))
    blocks += [{"type": "divider"}, kit.header(responses.say("utter_slack_home_requests"))]
    blocks += [kit.paragraph(each) for each in requests] or [kit.paragraph(responses.say("utter_slack_home_no_requests"))]
    opens = json.dumps({"company": company.id if company else ""})
    begins = [kit.form_button(responses.say("utter_slack_button_make_request"), opens)]
    if company:
        person = Button(**responses.buttons("utter_slack_buttons_person")[0])
        begins.append(kit.button(person.title, f"{kit.SAY}:person", person.payload))
    blocks.append(kit.actions(*begins))
    return {"type": "home", "blocks": blocks}


def _choice(number: int, company: Company) -> dict[str, Any]:
    nothing_waits = {"company": company.id, "text": "", "ts": "", "thread": "", "surface": "dm", "channel": ""}
    return kit.button(company.name, f"{CHOOSE}:{number}", json.dumps(nothing_waits))


def prompts(responses: Responses) -> list[dict[str, str]]:
    """What people can begin with; Slack shows at most four."""
    offered = responses.buttons("utter_slack_buttons_prompts")
    return [{"title": each["title"], "message": each["payload"]} for each in offered][:MOST_PROMPTS]
