"""Turn Slack's events into messages, and decide whether a message was meant for Candor. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from candor.channels.slack.threads import SlackPerson, Thread

# <@U1>, <@U1|ada>, <#C1|news>, <!here>, <mailto:a@b.c|a@b.c>, <https://x|label>: Slack's markup in a message's text.
MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
SPOKEN = {None, "file_share", "thread_broadcast", "assistant_app_thread"}  # subtypes of a message that a person has written
# A request's number or a one-time code: like an address, it makes a message the person's own affair.
OWN_AFFAIR = re.compile(r"\bR-[0-9A-Z]{4}-[0-9A-Z]{4}\b|(?<![\w-])\d{3}[ -]?\d{3}(?![\w-])", re.IGNORECASE)

Surface = Literal["dm", "thread", "whisper"]


@dataclass(frozen=True)
class SlackMessage:
    """One message of one person, and where its answer goes.

    surface: a direct message; a thread that others read; or a whisper, which only the person sees in a channel.
    thread: the ts of the thread to answer in, empty in a direct message that is in none.
    to: where the answer is posted, if not in the channel: a person's id for a direct message.
    """

    person: SlackPerson
    text: str
    channel: str
    ts: str
    thread: str
    surface: Surface
    to: str = ""
    mentioned: bool = False
    to_others: bool = False  # somebody else is mentioned


def message_of(event: dict[str, Any], team: str, bot_user: str) -> SlackMessage | None:
    """Read a `message` or `app_mention` event; None if no person wrote it, or if it has no text."""
    person, channel, ts = event.get("user"), event.get("channel"), event.get("ts")
    if not person or not channel or not ts or event.get("bot_id") or event.get("subtype") not in SPOKEN or person == bot_user:
        return None
    mentioned = mentions(event.get("text") or "")
    text = plain_text(event.get("text") or "", bot_user)
    if not text:
        return None
    direct = event.get("channel_type") == "im" or str(channel).startswith("D")
    thread = str(event.get("thread_ts") or ("" if direct else ts))
    return SlackMessage(
        SlackPerson(team, str(person)), text, str(channel), str(ts), thread, "dm" if direct else "thread",
        mentioned=bot_user in mentioned, to_others=bool(mentioned - {bot_user}),
    )  # fmt: skip


def mentions(text: str) -> set[str]:
    """The ids of the people who are mentioned."""
    return {match[2] for match in MARKUP.finditer(text) if match[1] == "@"}


def plain_text(text: str, bot_user: str) -> str:
    """The text as its writer saw it: without Slack's markup, and without our own name."""

    def shown(match: re.Match[str]) -> str:
        kind, name, label = match[1], match[2], match[3]
        if kind == "@":
            return "" if name == bot_user else f"@{label or 'somebody'}"
        if kind == "#":
            return f"#{label}" if label else ""
        if kind == "!":
            return label or ""
        return label or name.removeprefix("mailto:").removeprefix("tel:")

    plain = MARKUP.sub(shown, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


@dataclass(frozen=True)
class Attention:
    """Whether to answer, and the thread's new state; None if it does not change."""

    answer: bool
    thread: Thread | None = None


def attention(message: SlackMessage, thread: Thread | None, *, in_thread: bool) -> Attention:
    """Whether a message in a channel was meant for Candor.

    A mention always is. In a thread that Candor is part of, messages of the person who talks with it are too, until somebody
    else writes or is mentioned. Then people talk to each other, and Candor is quiet until it is mentioned again.
    """
    if message.mentioned:
        return Attention(True, Thread(message.person.id, quiet=False))
    if not in_thread or thread is None:
        return Attention(False)
    if message.to_others or message.person.id != thread.person:
        return Attention(False, None if thread.quiet else Thread(thread.person, quiet=True))
    return Attention(not thread.quiet)
