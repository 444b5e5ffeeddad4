"""Who did something: the one name by which events of requests, assignments, live chats and the audit log call a person.

account:3       somebody with an account of the console
chat:U0123      a member of a chat channel, under the name of the channel
cli:ada         a user of the operating system, at the command line
token:7         a program that uses the staff API with a token
requester       whoever makes a request
visitor         whoever talks with Candor
system          Candor itself

Earlier versions of the command line wrote staff:ada for steps of requests and cli:ada everywhere else. Stored events never
change, so read_actor() and stored_names() still know the old name.
"""

from __future__ import annotations

from typing import Final, NamedTuple

REQUESTER: Final = "requester"
VISITOR: Final = "visitor"
SYSTEM: Final = "system"
ACCOUNT: Final = "account"
TOKEN: Final = "token"
COMMAND_LINE: Final = "cli"
OLD_COMMAND_LINE: Final = "staff"


class Actor(NamedTuple):
    """A name in its two halves. kind: account, cli, a chat channel's name, or, with an empty id, one of the single words."""

    kind: str
    id: str = ""


def account_actor(account: int) -> str:
    """Somebody with an account, by the account's id."""
    return f"{ACCOUNT}:{account}"


def token_actor(token: int) -> str:
    """A program, by the id of its token of the staff API."""
    return f"{TOKEN}:{token}"


def chat_actor(channel: str, member: str) -> str:
    """A member of a chat channel, by the channel's name and the member's id in it."""
    return f"{channel}:{member}"


def command_line_actor(user: str) -> str:
    """A user of the operating system."""
    return f"{COMMAND_LINE}:{user}"


def read_actor(name: str) -> Actor:
    """The halves of a stored name; an old name is read as today's."""
    kind, _, id_ = name.partition(":")
    return Actor(COMMAND_LINE if kind == OLD_COMMAND_LINE and id_ else kind, id_)


def current_name(name: str) -> str:
    """Today's name of an actor that a row may store under the old one."""
    return stored_names(name)[0]


def stored_names(name: str) -> tuple[str, ...]:
    """Every name under which rows of this actor may be stored: today's first."""
    actor = read_actor(name)
    if actor.kind == COMMAND_LINE and actor.id:
        return (command_line_actor(actor.id), f"{OLD_COMMAND_LINE}:{actor.id}")
    return (name,)
