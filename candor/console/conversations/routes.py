"""Conversations: the list with its filters, search and saved filters; and the page of one, with the reasons for each answer.

Masked values are shown only to somebody who gives a reason.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from candor.accounts.roles import Account
from candor.console.companies.choosing import company_of
from candor.console.conversations.filters import FACETS, STATES, Filters, chips_of, filters_of, wanted_of
from candor.console.conversations.view import KINDS, LOOKS, turns_seen
from candor.console.deps import Parts, Staff
from candor.console.notes.telling import panel as notes_panel
from candor.console.pages import is_part, show
from candor.console.places import FOLDER
from candor.console.review.panels import reader_panels
from candor.errors import InvalidInputError, UnknownConversationError
from candor.services import Services
from candor.transcripts.listing import ConversationPage
from candor.transcripts.masking import mask
from candor.transcripts.search import SearchTooLongError
from candor.transcripts.store import Conversation

router = APIRouter(prefix="/conversations")
WHY_REVEAL = {
    "request": "To work on a privacy request", "answer": "To answer this person", "safety": "Somebody may be in danger",
    "legal": "A court or an authority asks", "fault": "To find a fault in the masking", "other": "Something else",
}  # fmt: skip
LONGEST_WORDS = 200


class ReasonMissingError(InvalidInputError):
    """Something was to be revealed without a reason."""

    public = "Please say why you need it: choose a reason, and for “something else” say it in your own words. Nothing was shown."


@router.get("")
def conversations(request: Request, parts: Parts, staff: Staff, older: str = "", newer: str = "") -> Response:
    """The list. A search that is too long is answered with the form as it was filled in, and what is wrong."""
    staff.require("read_conversations")
    given = request.query_params.multi_items()
    filters = filters_of([(name, company_of(parts, value) if name == "company" else value) for name, value in given])
    scope = _scope(parts, staff)
    problem, status, page = "", 200, ConversationPage()
    try:
        wanted = wanted_of(filters, scope)
        if filters.typed and not wanted.words:
            problem = "There is no letter or digit in what you searched for. Please write a word."
        else:
            page = parts.conversations.listing.page(wanted, older=older, newer=newer)
    except SearchTooLongError as error:
        problem, status = error.public, 422
    if newer and not page.newer:  # back at the top: show the whole first page
        return RedirectResponse(_address(filters), 303)
    context = _rows_context(parts, staff, filters, page) | {"trouble": problem}
    if not is_part(request):
        return show(request, "conversations/list.html", context | _page_context(parts, scope), status)
    # The address without empty filters; a further page of the list keeps the address of its request.
    pushed = None if older or newer else {"HX-Push-Url": _address(filters)}
    return show(request, "conversations/rows.html", context, status, pushed)


@router.post("/views")
def save_view(
    parts: Parts, staff: Staff, name: Annotated[str, Form()] = "", query: Annotated[str, Form()] = "",
    shared: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Save the list's filters under a name, for oneself or for everybody."""
    staff.require("read_conversations")
    filters = filters_of(parse_qsl(query[:2000]))
    view = parts.staff.saved_filters.save(staff.id, name, filters.query, shared=bool(shared))
    parts.staff.audit.record(staff.actor, "view.save", f"view {view.id}", shared=view.shared)
    return RedirectResponse(_address(filters), 303)


@router.post("/views/{view}/remove")
def remove_view(parts: Parts, staff: Staff, view: int) -> Response:
    staff.require("read_conversations")
    parts.staff.saved_filters.remove(staff.id, view)
    parts.staff.audit.record(staff.actor, "view.remove", f"view {view}")
    return RedirectResponse(_address(Filters()), 303)


@router.get("/{conversation_id}")
def read(request: Request, parts: Parts, staff: Staff, conversation_id: str, untold: str = "") -> Response:
    """One conversation, masked. Each opening is recorded."""
    try:
        conversation = _may_read(parts, staff, conversation_id)
    except UnknownConversationError:
        return show(request, "conversations/gone.html", {}, 404)
    context = _reader_context(parts, staff, conversation, untold)
    parts.staff.audit.record(staff.actor, "conversation.read", f"conversation {conversation.id}", company=conversation.company)
    return show(request, "conversations/reader.html", context)


@router.post("/{conversation_id}/reveal")
def reveal(
    request: Request, parts: Parts, staff: Staff, conversation_id: str, reason: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """The same page with the values of its tokens, once. The reason is recorded before anything is shown."""
    try:
        conversation = _may_read(parts, staff, conversation_id)
    except UnknownConversationError:
        return show(request, "conversations/gone.html", {}, 404)
    staff.require("reveal", conversation.company)
    words = mask(" ".join(words.split())[:LONGEST_WORDS], lambda kind, _: f"<{kind}>")
    if reason not in WHY_REVEAL or (reason == "other" and not words):
        raise ReasonMissingError("revealing needs a reason")
    context = _reader_context(parts, staff, conversation)
    parts.staff.audit.record(
        staff.actor,
        "conversation.reveal",
        f"conversation {conversation.id}",
        company=conversation.company,
        reason=reason,
        words=words,
    )
    wanted = frozenset[str]().union(*(turn.tokens for turn in context["turns"]))
    values = {token: value for token, value in parts.conversations.vault.values(conversation.id).items() if token in wanted}
    return show(request, "conversations/reader.html", {**context, "revealed": values, "recorded": True, "may_reveal": False})


def _scope(parts: Services, staff: Account) -> tuple[str, ...] | None:
    """The companies whose conversations somebody may read; None: all, also those that are no longer served."""
    if staff.covers("read_conversations"):
        return None
    return staff.companies(
        "read_conversations", sorted({*parts.knowledge.catalogue.companies, *parts.conversations.listing.values("company:")})
    )


def _address(filters: Filters) -> str:
    return f"{FOLDER}/conversations" + (f"?{filters.query}" if filters.query else "")


def _rows_context(parts: Services, staff: Account, filters: Filters, page: ConversationPage) -> dict[str, Any]:
    """The context of the rows and the set filters, which htmx asks for while somebody types."""
    people = {account.id: account.name for account in parts.staff.accounts.all()}
    names = {f"company:{known}": name for known, name in parts.knowledge.catalogue.names.items()}
    names |= {f"{facet}:{id_}": name for facet in ("reviewer", "assignee") for id_, name in people.items()}
    views = parts.staff.saved_filters.visible_to(staff.id)
    return {
        "page": page, "filters": filters, "chips": chips_of(filters, names), "states": STATES, "names": names, "views": views,
        "query": filters.query, "saved": any(view.query == filters.query for view in views),
    }  # fmt: skip


def _page_context(parts: Services, scope: tuple[str, ...] | None) -> dict[str, Any]:
    """The context of the page around the rows: the values to choose from, and how many conversations have each state."""
    values = {facet.name: parts.conversations.listing.values(facet.prefix) for facet in FACETS}
    if scope is not None:
        values["company"] = list(scope)
    values["label"] = parts.staff.reviews.known_labels(scope)  # no labels of companies that are not theirs
    counts = {state.name: None if state.without else parts.conversations.listing.count(state.mark, scope) for state in STATES}
    return {"facets": FACETS, "values": values, "counts": counts}


def _may_read(parts: Services, staff: Account, conversation_id: str) -> Conversation:
    """Raises: NotYoursError; UnknownConversationError, only for those who may read conversations at all."""
    staff.require("read_conversations")
    conversation = parts.conversations.transcripts.get(conversation_id[:40])
    staff.require("read_conversations", conversation.company)
    return conversation


def _reader_context(parts: Services, staff: Account, conversation: Conversation, untold: str = "") -> dict[str, Any]:
    rows = parts.conversations.transcripts.turns(conversation.id)
    covered = staff.companies("read_conversations", {row.company for row in rows})
    turns = turns_seen(rows, parts.conversations.transcripts.feedback_of(conversation.id), parts.knowledge.catalogue, covered)
    masked = any(turn.tokens for turn in turns)
    return {
        "conversation": conversation, "turns": turns, "revealed": {}, "recorded": False, "kinds": KINDS,
        "looks": LOOKS, "reasons": WHY_REVEAL,
        "may_reveal": masked and staff.may("reveal", conversation.company),
        "back": f"{FOLDER}/conversations", **notes_panel(parts, staff, conversation.id, conversation.company, untold),
        **reader_panels(parts, staff, conversation, turns),
    }  # fmt: skip
