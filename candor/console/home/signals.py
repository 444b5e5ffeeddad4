"""What answers could do better, in the inbox: unhelpful answers, silences, answers and corrections to judge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

from candor.accounts.roles import Account
from candor.console.home.inbox import InboxAction, InboxItem, Urgency, with_rest
from candor.console.places import FOLDER
from candor.console.reports.reporting import companies_for
from candor.console.reports.settled import settled_rows
from candor.console.reports.unanswered import aspect_labels
from candor.reviews.queue import COUNTED, QueueFilter
from candor.services import Services

LOOKS_BACK = timedelta(days=7)
SILENCES = 3  # lines; a silence that one person met once is not worth one
ASKED_OFTEN = 2


def unhelpful(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """The newest answers that visitors called not helpful and that nobody has judged."""
    if not staff.may("read_conversations"):
        return
    companies = companies_for(parts, staff, "read_conversations", "")
    found = parts.staff.review_queue.called_not_helpful(companies, now - LOOKS_BACK, 100)
    items: list[InboxItem] = []
    for one in found:
        read = f"{FOLDER}/conversations/{one.conversation}#turn-{one.turn}"
        judge = InboxAction("Judge the answer", f"{FOLDER}/review?turn={one.turn}")
        items.append(
            InboxItem(
                f"unhelpful-{one.turn}",
                Urgency.LATER,
                one.text,
                read,
                judge if staff.may("review", one.company) else InboxAction("Read it", read),
                one.company,
                about="The visitor called the answer not helpful",
                since=one.at,
                order=(6, float(len(items))),
            )
        )
    rest = f"{FOLDER}/conversations?is=not_helpful"
    yield from with_rest(items, len(items), lambda left: f"{left} more answers were called not helpful", rest)


def silences(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """What was asked most in these days, that the policy does not say, and about which nobody has decided anything."""
    if not staff.may("read_reports"):
        return
    companies = staff.companies("read_reports", parts.knowledge.catalogue.companies)
    decided = set(parts.staff.silences.decisions(companies)) | {
        (one.company, one.aspect) for one in parts.staff.settlements.recorded(companies)
    }
    open_ones = [
        one
        for one in parts.staff.silences.unanswered("not_in_policy", now - LOOKS_BACK, now, companies, compared=False)
        if one.aspect and one.asked >= ASKED_OFTEN and (one.company, one.aspect) not in decided
    ]
    for place, one in enumerate(open_ones[:SILENCES]):
        label = aspect_labels().get(one.aspect, one.aspect)
        settle = f"{FOLDER}/silence/settle?{urlencode({'company': one.company, 'aspect': one.aspect})}"
        report = f"{FOLDER}/silence?days=7"
        action = InboxAction("Settle it", settle) if staff.may("settle", one.company) else InboxAction("Decide", report)
        yield InboxItem(
            f"silence-{one.company}-{one.aspect}",
            Urgency.LATER,
            f"Nothing found in the policy: {label}",
            report,
            action,
            one.company,
            about=f"Asked {one.asked} times in 7 days",
            since=one.last_at,
            order=(7, float(place)),
        )


def judging(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """What reviewers and privacy officers decide about: answers, corrections, and settlements that a new version has undone."""
    if staff.may("settle"):
        companies = staff.companies("settle", parts.knowledge.catalogue.companies)
        stale = [
            row for row in settled_rows(parts.knowledge.catalogue, parts.staff.settlements.recorded(companies)) if not row.holds
        ]
        items = [
            InboxItem(
                f"settled-{row.settled.company}-{row.settled.aspect}",
                Urgency.NEXT,
                f"Settled for an older policy: {row.label}",
                f"{FOLDER}/silence/settled",
                InboxAction(
                    "Settle it anew",
                    f"{FOLDER}/silence/settle?{urlencode({'company': row.settled.company, 'aspect': row.settled.aspect})}",
                ),
                row.settled.company,
                about="Until then Candor goes by its own findings",
                since=row.settled.at,
                order=(7, float(place)),
            )
            for place, row in enumerate(stale)
        ]
        yield from with_rest(items, len(items), lambda left: f"{left} more to settle anew", f"{FOLDER}/silence/settled")
    if staff.may("export"):
        count = parts.staff.corrections.counts(companies_for(parts, staff, "export", ""))["proposed"]
        if count:
            title = "One correction waits for a decision" if count == 1 else f"{count} corrections wait for a decision"
            url = f"{FOLDER}/review/corrections"
            yield InboxItem("corrections", Urgency.LATER, title, url, InboxAction("Decide", url), order=(8, 0.0))
    if staff.may("review"):
        left = parts.staff.review_queue.left(QueueFilter(), staff.id, companies_for(parts, staff, "review", ""))
        if left:
            title = "One answer to judge" if left == 1 else f"{left}{'+' if left >= COUNTED else ''} answers to judge"
            about = "The riskiest first, and one in ten of the others"
            url = f"{FOLDER}/review"
            yield InboxItem("review", Urgency.LATER, title, url, InboxAction("Review", url), about=about, order=(8, 1.0))
