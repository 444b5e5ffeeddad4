"""The places that a visitor can pick as where they live.

All of them are some 300. They are put to a reply only as it goes out, because Rasa would copy, send and read them anew at each
turn that follows, and every turn that asks would be stored with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from candor.conversations.reply import Choice, Reply
from candor.tickets.law.laws import within_laws
from candor.tickets.law.residence import known_places, place_name


def with_places(replies: Sequence[Reply], laws_of: Callable[[str], Iterable[str]]) -> list[Reply]:
    """The same replies; one that asks where the visitor lives, and names no place to choose from, offers all of them.

    laws_of: the laws of the company with this id.
    """
    return [_with_places(reply, laws_of) for reply in replies]


def _with_places(reply: Reply, laws_of: Callable[[str], Iterable[str]]) -> Reply:
    form = reply.form
    if form is None or form.field != "residence" or any(option.code for option in form.options):
        return reply
    options = [*places_to_choose(tuple(laws_of(reply.company or ""))), *form.options]
    return reply.model_copy(update={"form": form.model_copy(update={"options": options})})


@lru_cache(maxsize=64)
def places_to_choose(laws: tuple[str, ...]) -> tuple[Choice, ...]:
    """Every place: first those where one of these laws holds, then the rest, both by name."""
    places = sorted(known_places(), key=lambda code: not within_laws(code, laws))  # a stable sort: the names stay in order
    return tuple(Choice(value=place_name(code), label=place_name(code), code=code) for code in places)
