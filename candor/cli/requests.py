"""The commands `candor requests …`, `candor deliver` and `candor keys …`, for staff who work in the terminal."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from candor.accounts.actors import current_name
from candor.cli.terminal import actor, plainly, printable, services, table
from candor.errors import InvalidInputError

if TYPE_CHECKING:
    from candor.services import Services
    from candor.tickets.details import RequestDetails
    from candor.tickets.ticket import Ticket

requests = typer.Typer(help="Requests: see them by due date, work on them, answer them.", no_args_is_help=True)
keys = typer.Typer(help="The keys that encrypt who asked.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="The request's number, such as R-7KQ4-M2XD.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OnlyCompany = Annotated[str, typer.Option("--company", help="Only this company's.")]


@requests.command("list")
def list_requests(
    company: OnlyCompany = "",
    request_type: Annotated[str, typer.Option("--type", help="Only of this type, such as deletion.")] = "",
    state: Annotated[
        list[str] | None, typer.Option(help="Only in this state; may be given again. Default: all that are open.")
    ] = None,
    closed: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Requests by due date, the most urgent first."""
    with plainly():
        _show(services().requests.staff_desk.requests(_filter(company, request_type, state, closed=closed)), as_json)


@requests.command()
def overdue(as_json: AsJson = False) -> None:
    """Every open request whose answer or acknowledgement of receipt is late; exit 1 if there is one."""
    with plainly():
        staff = services().requests.staff_desk
        late, unacknowledged = staff.overdue(), staff.unacknowledged()
    both = [*late, *(ticket for ticket in unacknowledged if ticket not in late)]
    _show(both, as_json)
    if unacknowledged and not as_json:
        numbers = ", ".join(ticket.number for ticket in unacknowledged)
        typer.echo(f"Not acknowledged in time: {numbers}. Tell the requesters, then: candor requests acknowledge NUMBER --how …")
    raise typer.Exit(1 if both else 0)


@requests.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Everything about one request, with who asked and what was written."""
    with plainly():
        details = services().requests.staff_desk.details(number)
    if as_json:
        typer.echo(json.dumps(_details_as_data(details), ensure_ascii=False, indent=1))
    else:
        _show_details(details)


@requests.command()
def acknowledge(number: Number, words: Annotated[str, typer.Option("--how", help="How the requester was told.")]) -> None:
    """Note that the requester was told that the request has arrived, what happens next, and when the answer comes."""
    with plainly():
        _moved(services().requests.staff_desk.acknowledge(number, words, actor()))


@requests.command()
def start(number: Number, words: Annotated[str, typer.Option("--how", help="How you know who the requester is.")]) -> None:
    """Begin the work without a code, because you know who the requester is."""
    with plainly():
        _moved(services().requests.staff_desk.start(number, words, actor()))


@requests.command()
def ask(number: Number, words: Annotated[str, typer.Option("--message", help="What you need to know.")]) -> None:
    """Ask the requester something."""
    with plainly():
        _moved(services().requests.staff_desk.ask_requester(number, words, actor()))


@requests.command()
def answer(number: Number, words: Annotated[str, typer.Option("--message", help="What the requester said.")]) -> None:
    """Note that the requester has answered, by mail or phone."""
    with plainly():
        _moved(services().requests.staff_desk.answer(number, words, actor()))


@requests.command()
def extend(number: Number, words: Annotated[str, typer.Option("--reason", help="Why; the requester is told.")]) -> None:
    """Take the longer time that the law gives, and tell the requester why."""
    with plainly():
        _moved(services().requests.staff_desk.extend(number, words, actor()))


@requests.command()
def complete(
    number: Number, words: Annotated[str, typer.Option("--message", help="What was done; the requester is told.")]
) -> None:
    """Close it as done."""
    with plainly():
        _moved(services().requests.staff_desk.complete(number, words, actor()))


@requests.command()
def refuse(
    number: Number,
    words: Annotated[str, typer.Option("--reason", help="Why; the requester is told.")],
    ground: Annotated[
        str, typer.Option(help="The law's ground, such as exempt; `candor requests show` lists those that fit.")
    ] = "",
) -> None:
    """Refuse it; the letter names the ground, the reason and where to complain."""
    with plainly():
        _moved(services().requests.staff_desk.refuse(number, words, actor(), ground=ground))


@requests.command()
def appeal(number: Number, words: Annotated[str, typer.Option("--message", help="What the requester said.")]) -> None:
    """Note that the requester appeals against a refusal, where the law gives an appeal; its own date begins."""
    with plainly():
        _moved(services().requests.staff_desk.appeal(number, words, actor()))


@requests.command()
def withdraw(number: Number, words: Annotated[str, typer.Option("--how", help="How the requester said so.")] = "") -> None:
    """Note that the requester has withdrawn it, by mail or phone."""
    with plainly():
        _moved(services().requests.staff_desk.withdraw(number, words, actor()))


@requests.command()
def duplicate(number: Number, first: Annotated[str, typer.Option("--of", help="The earlier request's number.")]) -> None:
    """Link it to the earlier request that asks for the same."""
    with plainly():
        _moved(services().requests.staff_desk.mark_duplicate(number, first, actor()))


@requests.command()
def reopen(number: Number, words: Annotated[str, typer.Option("--reason", help="Why; the requester is told.")]) -> None:
    """Continue the work on a closed request."""
    with plainly():
        _moved(services().requests.staff_desk.reopen(number, words, actor()))


@requests.command()
def note(number: Number, words: Annotated[str, typer.Argument(help="For staff only.")]) -> None:
    """Add a note to a request; the requester does not see it."""
    with plainly():
        _moved(services().requests.staff_desk.note(number, words, actor()))


@requests.command()
def export(
    company: OnlyCompany = "",
    form: Annotated[str, typer.Option("--format", help="csv or jsonl.")] = "csv",
    state: Annotated[list[str] | None, typer.Option(help="Only in this state; may be given again. Default: all.")] = None,
    identity: Annotated[bool, typer.Option("--identity", help="Also who asked, and what was written.")] = False,
) -> None:
    """Requests as CSV or JSON lines, to standard output."""
    from candor.tickets.export import as_csv, as_json_lines

    with plainly():
        if form not in {"csv", "jsonl"}:
            raise InvalidInputError("--format is csv or jsonl")
        staff = services().requests.staff_desk
        exported = [staff.details(ticket.number) for ticket in staff.requests(_filter(company, "", state, closed=True))]
    text = as_csv(exported, identity=identity) if form == "csv" else as_json_lines(exported, identity=identity)
    sys.stdout.buffer.write(text.encode())


@requests.command()
def figures(
    year: Annotated[int, typer.Option(min=1, max=9998, help="The calendar year in which requests were received.")],
    company: OnlyCompany = "",
    law: Annotated[str, typer.Option(help="Only requests under this law, such as ccpa. Default: all.")] = "",
    as_json: AsJson = False,
) -> None:
    """The yearly figures of 11 CCR § 7102: requests received, complied with and denied, and the days that took."""
    from candor.tickets.figures import figures as count

    with plainly():
        rows = [asdict(row) for row in count(services().engine, year, company=company, law=law)]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table(
        ["", "received", "complied with", "denied", "neither", "median days", "mean days"],
        [["–" if value is None else str(value) for value in row.values()] for row in rows],
    )


@requests.command()
def people(
    answered: Annotated[int | None, typer.Option(help="Somebody has answered the visitor with this id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Visitors who wait for a person, the longest first."""
    with plainly():
        if answered is not None:
            services().conversations.handoff_queue.answered(answered, actor())
        waiting = [asdict(one) for one in services().conversations.handoff_queue.waiting()]
    if as_json:
        typer.echo(json.dumps(waiting, default=str, ensure_ascii=False))
        return
    rows = [
        [
            str(one["id"]), one["company"], f"{one['answer_by']:%Y-%m-%d %H:%M} UTC",
            (one["email"] or "in the chat") + (", mail not taken yet" if one["mail"] else ""), one["conversation"],
        ]
        for one in waiting
    ]  # fmt: skip
    table(["id", "company", "answer by", "where", "conversation"], rows)


def deliver(
    once: Annotated[bool, typer.Option("--once", help="Send what is due now, and end.")] = False,
    again: Annotated[bool, typer.Option("--again", help="First try again what failed or was given up.")] = False,
) -> None:
    """Send the letters and webhooks that wait. `candor serve` does so by itself."""
    with plainly():
        parts = services()
        if again:
            revived = parts.requests.outbox.revive(datetime.now(UTC))
            parts.staff.audit.record(actor(), "letters.again", messages=revived)
            typer.echo(f"{revived} tried again")
        if once:
            asyncio.run(_deliver_once(parts))
            return
        with _ended_by_ctrl_c():
            asyncio.run(parts.requests.outbox_worker.run(asyncio.Event()))


@keys.command()
def rotate() -> None:
    """Encrypt everything again with the newest key, so that older ones can be thrown away (docs/requests.md)."""
    from candor.app.channels import CHATS
    from candor.tickets.key_rotation import rotate as run

    with plainly():
        parts = services()
        typer.echo(
            f"{run(parts.engine, parts.cipher)} values of requests and {parts.conversations.vault.rotate()} of conversations"
        )
        if secrets := parts.staff.second_factor.rotate():
            typer.echo(f"{secrets} second factors of staff")
        for chat in CHATS:
            if tokens := chat.rotate(parts):
                typer.echo(f"{tokens} tokens of {parts.channels.label(chat.name)}")
    typer.echo(
        "CANDOR_OLD_SECRET_KEYS is not needed any more, once every process runs with the new key; but the audit log's entries "
        "of before are checked with the old one: note `candor audit verify` now, or keep it."
    )


async def _deliver_once(parts: Services) -> None:
    await parts.requests.outbox_worker.run_jobs()
    done = await parts.requests.outbox_worker.deliver()
    typer.echo(", ".join(f"{count} {what}" for what, count in sorted(done.items())) or "nothing was due")


@contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("")


def _filter(company: str, request_type: str, state: list[str] | None, *, closed: bool) -> Any:
    from candor.tickets.request_types import REQUEST_TYPES
    from candor.tickets.staff import TicketFilter
    from candor.tickets.states import OPEN, STATES

    for given, known in ((state or [], STATES), ([request_type] if request_type else [], REQUEST_TYPES)):
        if unknown := set(given) - set(known):
            raise InvalidInputError(f"{sorted(unknown)[0]} is none of {', '.join(known)}")
    return TicketFilter(company=company, request_type=request_type, states=tuple(state or (() if closed else OPEN)))


def _show(tickets: list[Ticket], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_ticket_as_data(ticket) for ticket in tickets]))
        return
    from candor.tickets.request_types import REQUEST_TYPES

    rows = [
        [
            ticket.number, ticket.company, REQUEST_TYPES[ticket.request_type].label, ticket.status.replace("_", " "),
            *_due(ticket), ticket.respond_article,
        ]
        for ticket in tickets
    ]  # fmt: skip
    table(["number", "company", "right", "state", "due", "days left", "article"], rows)


def _due(ticket: Ticket) -> tuple[str, str]:
    from candor.tickets.states import OPEN

    if ticket.due_on is None:
        return "not known", ""
    left = (ticket.due_on - _today(ticket.time_zone)).days
    return ticket.due_on.isoformat(), str(left) if ticket.status in OPEN else ""


def _today(zone: str) -> date:
    return datetime.now(ZoneInfo(zone)).date()


def _ticket_as_data(ticket: Ticket) -> dict[str, Any]:
    fields = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(ticket).items()}
    return fields | {"due_on": ticket.due_on.isoformat() if ticket.due_on else None}


def _details_as_data(details: RequestDetails) -> dict[str, Any]:
    standing = details.acknowledgement
    return {
        **_ticket_as_data(details.ticket), "email": details.email, "duplicate_of": details.first,
        "repeated_by": details.repeated_by, "can": details.can, "flags": details.flags,
        "acknowledge_on": standing.deadline.on.isoformat() if standing else None,
        "acknowledged": standing.state == "completed" if standing else None,
        "events": [asdict(event) | {"at": event.at.isoformat()} for event in details.events],
    }  # fmt: skip


def _show_details(details: RequestDetails) -> None:
    from candor.tickets.deadline_text import FLAG_TEXT, explain
    from candor.tickets.law.refusals import grounds_for
    from candor.tickets.request_types import REQUEST_TYPES

    ticket = details.ticket
    due, left = _due(ticket)
    lines = {
        "Number": ticket.number, "Company": ticket.company, "Right": REQUEST_TYPES[ticket.request_type].label,
        "State": ticket.status.replace("_", " "), "Received": f"{ticket.received_at:%Y-%m-%d %H:%M} UTC",
        "Due": f"{due} ({ticket.respond_article})" + (f", {left} days left" if left else ""),
        "Acknowledge": _acknowledgement(details),
        "Mind": " ".join(FLAG_TEXT[flag] for flag in details.flags),
        "Requester": f"{details.email or 'no address'}, {'proven' if ticket.verified else 'not proven'}",
        "Lives in": ticket.residence or "not told", "Repeats": details.first or "", "Repeated by": ", ".join(details.repeated_by),
    }  # fmt: skip
    for name, value in lines.items():
        if value:
            typer.echo(f"{name + ':':<13}{value}")
    for sentence in explain(details.clock, datetime.now(UTC)) if details.clock else ():
        typer.echo(f"{'':<13}{sentence}")
    typer.echo("")
    for event in details.events:
        typer.echo(f"{event.at:%Y-%m-%d %H:%M}  {current_name(event.actor):<16} {event.what.replace('_', ' ')}")
        for line in event.words.splitlines():
            typer.echo(f"                                    {printable(line)}")
    typer.echo(f"\nNow possible: {', '.join(action.replace('_', ' ') for action in details.can) or 'nothing'}")
    if "refuse" in details.can:
        typer.echo(f"Grounds: {', '.join(ground.id for ground in grounds_for(ticket.law, ticket.request_type))}")


def _acknowledgement(details: RequestDetails) -> str:
    standing = details.acknowledgement
    if standing is None:
        return ""
    if standing.state == "completed":
        return f"by {standing.deadline.on}: done"
    late = {"overdue": ", LATE", "due_today": ", today"}.get(standing.state, "")
    return f"by {standing.deadline.on} ({standing.deadline.because.article}): not done yet{late}"


def _moved(ticket: Ticket) -> None:
    from candor.tickets.states import OPEN

    due = f", due {ticket.due_on}" if ticket.due_on and ticket.status in OPEN else ""
    typer.echo(f"{ticket.number} is {ticket.status.replace('_', ' ')}{due}")
