"""What pages show of a request's files: which are here, which the requester can get, and until when."""

from __future__ import annotations

from typing import Any

from candor.accounts.actors import SYSTEM
from candor.services import Services
from candor.tickets.dates import day
from candor.tickets.delivery.request_files import MOST_DOWNLOADS, FileLink, megabytes
from candor.tickets.details import RequestDetails
from candor.tickets.states import CLOSED
from candor.tickets.ticket import last_day

LOOPBACK = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def handed_over(parts: Services, file: RequestDetails) -> dict[str, Any]:
    """The context of the panel with files."""
    number, settings = file.ticket.number, parts.settings
    links = parts.requests.files.links(number)
    return {
        "kept_files": parts.requests.files.of(number), "links": links,
        "live": next((one for one in links if not one.ended_at), None),
        "takes_files": file.ticket.status not in CLOSED and not file.erased_at, "largest": settings.largest_file,
        "largest_named": megabytes(settings.largest_file), "keep_days": settings.file_keep_days, "most": MOST_DOWNLOADS,
        "proven": is_proven(file), "link_state": link_state, "wrong_files": "",
        "only_here": settings.site.startswith(LOOPBACK),
    }  # fmt: skip


def is_proven(file: RequestDetails) -> bool:
    """Whether files may go out: somebody has proven who asks, and there is an address."""
    proven = any(event.what == "verify" or event.data.get("proof") for event in file.events)
    return proven and file.email is not None


def link_state(link: FileLink) -> tuple[str, str]:
    """The state of a link: the chip's colour, and its text."""
    times = "not downloaded yet" if not link.downloads else f"{link.downloads} download{'' if link.downloads == 1 else 's'}"
    until = day(last_day(link.until, "UTC"))
    if link.ended_at is None:
        return "good" if link.downloads else "info", f"there until {until}, {times}"
    if link.ended_at >= link.until:
        return "", f"ended on {until}, {times}"
    return ("", f"replaced by a newer one, {times}") if link.ended_by == SYSTEM else ("caution", f"taken back, {times}")
