"""Who somebody is in their workspace, as far as the scopes let us ask."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

PATIENCE = 1.5  # seconds: a modal must be open within three
OUTSIDERS = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted")


@dataclass(frozen=True)
class Member:
    """email: empty where the scope or the workspace does not tell it. staff: a full member whose address Slack has confirmed."""

    name: str = ""
    email: str = ""
    staff: bool = False


async def member_of(client: AsyncWebClient, team: str, person: str) -> Member:
    """What Slack tells of a member. Where it does not, or is slow, nothing is known: then nothing is prefilled or believed."""
    try:
        told = await asyncio.wait_for(client.users_info(user=person), PATIENCE)
    except (SlackApiError, TimeoutError, aiohttp.ClientError):
        return Member()
    user = told.get("user") or {}
    profile = user.get("profile") or {}
    full = user.get("team_id") == team and not any(user.get(flag) for flag in OUTSIDERS)
    name = str(profile.get("display_name") or profile.get("real_name") or user.get("real_name") or "")
    return Member(name, str(profile.get("email") or ""), staff=bool(full and user.get("is_email_confirmed")))
