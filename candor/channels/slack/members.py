"""Look up a member of a workspace, as far as our scopes allow."""

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
    """email: empty if the scope or the workspace hides it. staff: a full member whose address Slack has confirmed."""

    name: str = ""
    email: str = ""
    staff: bool = False


async def member_of(client: AsyncWebClient, team: str, person: str) -> Member:
    """What Slack says of a member; nothing if it refuses or is slow. Then nothing is prefilled, and no address is trusted."""
    try:
        answer = await asyncio.wait_for(client.users_info(user=person), PATIENCE)
    except (SlackApiError, TimeoutError, aiohttp.ClientError):
        return Member()
    user = answer.get("user") or {}
    profile = user.get("profile") or {}
    full = user.get("team_id") == team and not any(user.get(flag) for flag in OUTSIDERS)
    name = str(profile.get("display_name") or profile.get("real_name") or user.get("real_name") or "")
    return Member(name, str(profile.get("email") or ""), staff=bool(full and user.get("is_email_confirmed")))
