"""Requests in the inbox: what is late, due or not acknowledged, the next of the others, and letters that did not arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from candor.accounts.roles import Account
from candor.console.home.inbox import MOST, InboxAction, InboxChip, InboxItem, Urgency, with_rest
from candor.console.requests import text as say
from candor.console.requests.queue import REQUESTS, scope, worklist
from candor.services import Services
from candor.tickets.queue import QueueEntry, QueueQuery

OUR_TURN = ("open", "extended", "appealed")  # the next step is the company's
READ = 4 * MOST  # requests of each kind: more than are shown, because one may stand there for another reason already


def open_requests(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """The most urgent first, then what is open; a request stands in one line, whatever is the matter with it."""
    if not staff.may("work_requests"):
        return
    work, companies = worklist(parts), scope(parts, staff, "work_requests")
    names = {account.actor: account.name for account in parts.staff.accounts.all()}
    counts = work.counts(companies, staff.actor, now)
    known: set[str] = set()
    seen_to = 0  # of those whose next step is ours
    for kind, in_all in (
        ("overdue", counts.overdue),
        ("today", counts.today),
        ("soon", counts.soon),
        ("acknowledge", counts.acknowledge),
    ):
        entries = work.page(QueueQuery(companies, due=kind), now, most=READ).entries if in_all else ()
        fresh = [one for one in entries if one.ticket.number not in known]
        known |= {one.ticket.number for one in fresh}
        seen_to += sum(one.ticket.status in OUR_TURN for one in fresh)
        urgency = Urgency.NOW if kind in {"overdue", "today"} else Urgency.NEXT
        items = [_item(one, urgency, place, staff, names) for place, one in enumerate(fresh)]
        yield from with_rest(items, in_all - (len(entries) - len(fresh)), _rest(kind), f"{REQUESTS}?due={kind}")
    if len(known) < MOST:  # else there is enough to do, and the queue has the others
        open_ones = work.page(QueueQuery(companies), now, most=READ).entries
        ours = [one for one in open_ones if one.ticket.status in OUR_TURN and one.ticket.number not in known]
        items = [_item(one, Urgency.NEXT, place + READ, staff, names) for place, one in enumerate(ours)]
        left = counts.open - counts.awaiting_identity - counts.waiting_for_requester - seen_to
        yield from with_rest(items, left, lambda more: f"{more} more open request{'' if more == 1 else 's'}", REQUESTS)
    lost = [one for one in work.undelivered(companies, now, 20) if one.ticket.number not in known]
    items = [_undelivered(one, place) for place, one in enumerate(lost)]
    yield from with_rest(items, len(items), lambda left: f"{left} more letters did not arrive", REQUESTS)


def written_back(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """What requesters have written, until somebody does something with it."""
    if not staff.may("work_requests"):
        return
    found = worklist(parts).written_back(scope(parts, staff, "work_requests"), now, 20)
    items = [
        InboxItem(
            f"wrote-{one.ticket.number}",
            Urgency.NEXT,
            f"{_named(one)}: the requester has written",
            f"{REQUESTS}/{one.ticket.number}",
            InboxAction("Read it", f"{REQUESTS}/{one.ticket.number}"),
            one.ticket.company,
            about=f"{one.ticket.number}, {say.STATES[one.ticket.status]}. A note says that you have seen to it",
            order=(1, float(place)),
        )
        for place, one in enumerate(found)
    ]
    yield from with_rest(items, len(items), lambda left: f"{left} more requesters have written", REQUESTS)


def _item(entry: QueueEntry, urgency: Urgency, place: int, staff: Account, names: dict[str, str]) -> InboxItem:
    ticket, near = entry.ticket, say.hurry(entry.days_left)
    chips = [InboxChip(near.text, near.kind, near.icon)]
    if entry.unacknowledged:
        chips.append(InboxChip("Not acknowledged yet", "caution", "silent"))
    if entry.letters:
        kind, text = say.LETTER_TROUBLES[entry.letters]
        chips.append(InboxChip(text, kind, "silent"))
    step = "acknowledge" if entry.unacknowledged and entry.days_left > 0 else say.PRIMARY.get(ticket.status, "")
    url = f"{REQUESTS}/{ticket.number}"
    action = InboxAction(say.STEPS[step].title, f"{url}/{step}") if step else InboxAction("Decide the appeal", url)
    whose = "" if not ticket.assignee else "yours" if ticket.assignee == staff.actor else names.get(ticket.assignee, "")
    return InboxItem(
        f"request-{ticket.number}",
        urgency,
        _named(entry),
        url,
        action,
        ticket.company,
        about=", ".join(part for part in (ticket.number, say.STATES[ticket.status], whose) if part),
        since=ticket.received_at,
        day=ticket.due_on,
        chips=tuple(chips),
        order=(3, float(place)),
    )


def _undelivered(entry: QueueEntry, place: int) -> InboxItem:
    ticket, (kind, text) = entry.ticket, say.LETTER_TROUBLES[entry.letters or "refused"]
    url = f"{REQUESTS}/{ticket.number}"
    return InboxItem(
        f"letter-{ticket.number}",
        Urgency.NOW,
        f"{_named(entry)}: a letter did not arrive",
        url,
        InboxAction("See what to do", url),
        ticket.company,
        about=f"{ticket.number}, {say.STATES[ticket.status]}. A note says that you have seen to it",
        chips=(InboxChip(text, kind, "silent"),),
        order=(4, float(place)),
    )


def _named(entry: QueueEntry) -> str:
    return f"{entry.ticket.request_type.replace('_', ' ').capitalize()} request"


def _rest(kind: str) -> Callable[[int], str]:
    words = {"overdue": "overdue", "today": "due today", "soon": "due in the next days", "acknowledge": "not acknowledged"}
    return lambda left: f"{left} more {'request is' if left == 1 else 'requests are'} {words[kind]}"
