"""What the courier carries into Slack: news for requesters as direct messages, and for staff in their channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from channels.slack import blocks as kit
from channels.slack.handled import key_of
from channels.slack.places import Places
from channels.slack.post import Poster
from channels.slack.refusals import Refused
from channels.slack.texts import escaped
from errors import CandorError, UnavailableError
from services import Services
from telling import Telling
from tickets.store import Ticket

TAKE = "take"  # action id
TAKEABLE = {"staff_new", "staff_person", "staff_person_late", "staff_reminder"}
SENTENCES = {
    "staff_new": "utter_slack_staff_new", "staff_reminder": "utter_slack_staff_reminder",
    "staff_answer": "utter_slack_staff_answer", "staff_withdrawn": "utter_slack_staff_withdrawn",
    "staff_person": "utter_slack_staff_person", "staff_person_late": "utter_slack_staff_person_late",
}  # fmt: skip


class SlackUnavailableError(UnavailableError):
    """Slack took no message; the courier tries again."""


class News:
    """The courier's chat. client_of: a client that may speak in a workspace; "" for the staff channel's own."""

    def __init__(
        self, parts: Services, places: Places, poster: Poster, client_of: Callable[[str], Awaitable[AsyncWebClient]],
        staff_channel: str,
    ) -> None:  # fmt: skip
        self._wording, self._places, self._poster, self._client_of = parts.wording, places, poster, client_of
        self._card = parts.company_card
        self._telling, self._staff = Telling(parts.wording, parts.company_card), staff_channel

    async def tell_requester(self, key: str, conversation: str, ticket: Ticket) -> bool:
        """How a request stands, told to who opened it from Slack. False if nobody in Slack did.

        Raises: SlackUnavailableError.
        """
        person = self._places.whose(conversation)
        if person is None:
            return False
        said = self._wording.say("utter_slack_news", status=self._telling.status(ticket))
        await self._post(person.team, person.id, [kit.paragraph(said)], said, key)
        return True

    async def tell_staff(self, key: str, what: str, handoff: int | None, values: dict[str, Any]) -> bool:
        """A line in the staff channel, without anybody's identity. False for what is said by mail only.

        Raises: SlackUnavailableError.
        """
        if what not in SENTENCES:
            return False
        said = self._wording.say(SENTENCES[what], **{name: str(value) for name, value in values.items()})
        blocks = [kit.paragraph(said)]
        if what in TAKEABLE:
            value = f"person {handoff}" if handoff else f"request {values['number']}"
            blocks.append(kit.actions(kit.button("I take it", TAKE, value, style="primary")))
        await self._post("", self._staff, blocks, said, key)
        return True

    async def tell_refused(self, refused: Refused, week: str) -> None:
        """What many have asked in vain, once a week. Raises: SlackUnavailableError."""
        values = {"count": str(refused.conversations), "company": self._card(refused.company).name, "aspect": refused.words}
        said = self._wording.say("utter_slack_staff_refused", **values)
        await self._post("", self._staff, [kit.paragraph(said)], said, f"{refused.company} {refused.aspect} {week}")

    async def _post(self, team: str, channel: str, blocks: list[dict[str, Any]], said: str, key: str) -> None:
        try:
            client = await self._client_of(team)
            await self._poster.post(client, channel, blocks, escaped(said), key=key_of("news", key)[:40])
        except SlackApiError as error:
            raise SlackUnavailableError(f"Slack refused a message: {error.response.get('error', 'no reason')}") from error
        except (TimeoutError, aiohttp.ClientError, CandorError) as error:
            raise SlackUnavailableError(f"Slack took no message ({type(error).__name__})") from error
