"""What went wrong with Candor itself: mail and news that do not leave, data that stays, people who cannot sign in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from candor.accounts.api_tokens import may_give_to
from candor.accounts.roles import Account
from candor.console.home.inbox import InboxAction, InboxItem, Urgency, with_rest
from candor.console.places import FOLDER
from candor.retention.job import RetentionRun
from candor.services import Services

ENDS_SOON, IN_USE = timedelta(days=14), timedelta(days=30)
AGAIN = f"{FOLDER}/outbox/again"


def sending(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """Mail that no server takes, and news that another system does not take; both are of no one company."""
    if not staff.covers("see_settings") and not staff.covers("work_requests"):
        return
    may = staff.covers("see_settings")
    mail, hooks = parts.requests.outbox.failing(), parts.requests.outbox.stuck("webhook")
    if mail.count:
        letters = "One letter cannot be sent" if mail.count == 1 else f"{mail.count} letters cannot be sent"
        yield _stuck("mail", letters, f"{_sentence(mail.why)}. The settings of mail have to be put right.", may=may)
    if hooks.count:
        news = "One message" if hooks.count == 1 else f"{hooks.count} messages"
        yield _stuck("webhook", f"{news} to the other system did not arrive", f"{_sentence(hooks.why) or 'No answer'}.", may=may)


def webhooks(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """Receivers that do not take what is sent to them, for whoever may change them."""
    if not staff.may("manage_people"):
        return
    for one in parts.requests.webhook_registry.all():
        stopped = one.stopped_at is not None
        if not may_give_to(staff, one.given.companies) or not (stopped or one.failing_since):
            continue
        url = f"{FOLDER}/webhooks/{one.id}"
        title = f"The webhook {one.given.name} {'was switched off' if stopped else 'does not arrive'}"
        why = _sentence(one.stopped_why) if stopped else "It is tried again, less and less often, for three days"
        urgency = Urgency.NOW if stopped else Urgency.NEXT
        action = InboxAction("Switch it on again" if stopped else "See why", url)
        yield InboxItem(f"webhook-{one.id}", urgency, title, url, action, about=why, since=one.failing_since, order=(5, 1.5))


def tokens(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """Tokens that programs use and that end soon: what they do would end with them."""
    if not staff.may("manage_people"):
        return
    for one in parts.staff.api_tokens.all():
        in_use = one.used_at is not None and now - one.used_at < IN_USE
        if in_use and one.works(now) and one.expires_at - now < ENDS_SOON and may_give_to(staff, one.companies):
            url = f"{FOLDER}/tokens"
            yield InboxItem(
                f"token-{one.id}",
                Urgency.NEXT,
                f"The API token {one.name} ends soon",
                url,
                InboxAction("Make another one", f"{url}/new"),
                about="What the program does ends with it",
                due=one.expires_at,
                order=(6, one.expires_at.timestamp()),
            )


def deletions(staff: Account, runs: Sequence[RetentionRun]) -> Iterator[InboxItem]:
    """Whether the last run of the retention job left something. runs: the newest first."""
    if not staff.may("see_settings") or not runs or not runs[0].failed:
        return
    failed = ", ".join(f"{one.kind.replace('_', ' ')} ({one.failed})" for one in runs[0].failed)
    url = f"{FOLDER}/keeping"
    yield InboxItem(
        "deletions",
        Urgency.NOW,
        "Not everything that is over could be deleted",
        url,
        InboxAction("See the runs", url),
        about=f"{failed}. It is tried again every five minutes",
        since=runs[0].began_at,
        order=(5, 2.0),
    )


def accounts(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """For whoever manages people: who waits after wrong passwords, and who was invited and never came."""
    if not staff.may("manage_people"):
        return
    theirs = [one for one in parts.staff.accounts.all() if not one.disabled and one.id != staff.id and staff.may_manage(one)]
    for one in theirs:
        url = f"{FOLDER}/accounts/{one.id}"
        if one.locked_until and one.locked_until > now:
            yield InboxItem(
                f"locked-{one.id}",
                Urgency.NEXT,
                f"{one.name} has to wait before signing in",
                url,
                InboxAction("End the wait", url),
                about="Several wrong passwords or codes",
                due=one.locked_until,
                order=(6, one.locked_until.timestamp()),
            )
    items = [
        InboxItem(
            f"invited-{one.id}",
            Urgency.LATER,
            f"{one.name} has never signed in",
            f"{FOLDER}/accounts/{one.id}",
            InboxAction("Invite again", f"{FOLDER}/accounts/{one.id}"),
            about="Invited, without a password so far",
            order=(9, one.id),
        )
        for one in theirs
        if one.invited
    ]
    yield from with_rest(items, len(items), lambda left: f"{left} more were invited and never signed in", f"{FOLDER}/accounts")


def _stuck(name: str, title: str, why: str, *, may: bool) -> InboxItem:
    settings = f"{FOLDER}/requests"
    action = InboxAction("Try again now", AGAIN, post=True) if may else InboxAction("See the requests", settings)
    about = why if may else f"{why} Tell whoever runs Candor here."
    return InboxItem(f"stuck-{name}", Urgency.NOW, title, settings if not may else "", action, about=about, order=(5, 1.0))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
