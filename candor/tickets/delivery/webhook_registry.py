"""The webhooks that administrators made: each with its address, secret and filters; what became of its deliveries; replays.

A receiver that fails is called less and less often, and one that has failed for three days is switched off: its deliveries wait
as given up, and are sent again by a replay once somebody has mended it and switched it on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, and_, or_, select, update
from sqlalchemy.orm import Session

from candor.database.transactions import changed, writing
from candor.errors import InvalidInputError, NotFoundError
from candor.tickets.cipher import FieldCipher
from candor.tickets.delivery import outbox
from candor.tickets.delivery.network_guard import Network, check_url
from candor.tickets.delivery.outbox import DEAD, DUE, LAPSED, SENDING, wait_after
from candor.tickets.delivery.receivers import EVENTS, GROUPS, PING
from candor.tickets.delivery.webhooks import GONE, GuardedWebhook, WebhookFailedError, WebhookSender, new_secret
from candor.tickets.models import HandoffRow, OutboxRow, TicketRow, WebhookRow

STOPS_AFTER = timedelta(days=3)  # of failing without a success
MOST_WEBHOOKS, LONGEST_NAME = 50, 80
SWITCHED_OFF = "the webhook was switched off"


class WebhookRefusedError(InvalidInputError):
    """A webhook that cannot be kept; `public` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.public = f"{message[:1].upper()}{message[1:]}."


class NoSuchWebhookError(NotFoundError):
    """There is no such webhook."""

    public = "There is no such webhook."


class NoSuchDeliveryError(NotFoundError):
    """The webhook has no such delivery, or it is being sent right now."""

    public = "There is no such delivery, or it is on its way right now."


@dataclass(frozen=True)
class WebhookSettings:
    """What administrators decide about a webhook. events, companies: empty: all. identity: whether it is told who asked."""

    name: str
    url: str
    events: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    identity: bool = False
    active: bool = True


@dataclass(frozen=True)
class KnownWebhook:
    """A webhook without its secret, and how it does. stopped_why: empty unless it was switched off by itself."""

    id: int
    given: WebhookSettings
    made_by: str
    made_at: datetime
    failures: int
    failing_since: datetime | None
    paused_until: datetime | None
    stopped_at: datetime | None
    stopped_why: str


@dataclass(frozen=True)
class WebhookDelivery:
    """One message to a webhook. key: the `webhook-id` that the receiver sees. state: due, sending, sent, dead (given up) or
    lapsed (there was nothing left to say). answered: the receiver's last HTTP status. next_at: of the next attempt."""

    id: int
    key: str
    event: str
    about: str  # a request's number, or the conversation of a visitor who waits
    state: str
    tries: int
    answered: int | None
    why: str
    created_at: datetime
    next_at: datetime


class WebhookRegistry:
    """The webhooks in the database. The caller records in the audit log who did what. networks: besides public addresses."""

    def __init__(
        self, engine: Engine, cipher: FieldCipher, networks: Sequence[Network] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._engine, self._cipher, self._networks, self._now = engine, cipher, networks, now

    def add(self, wanted: WebhookSettings, by: str) -> tuple[KnownWebhook, str]:
        """Keep a webhook; returns it with its secret. Raises: WebhookRefusedError; BadReceiverError."""
        given, secret = self._checked(wanted), new_secret()
        with writing(self._engine, "webhooks") as session:
            if len(session.scalars(select(WebhookRow.id)).all()) >= MOST_WEBHOOKS:
                raise WebhookRefusedError(f"there are {MOST_WEBHOOKS} webhooks already, the most that there may be")
            row = WebhookRow(
                **self._columns(given), secret=self._cipher.encrypt(secret), made_by=by[:40], made_at=self._now(), failures=0,
                stopped_why="",
            )  # fmt: skip
            session.add(row)
            session.flush()
            return self._known(row), secret

    def change(self, webhook: int, wanted: WebhookSettings) -> KnownWebhook:
        """Raises: NoSuchWebhookError; WebhookRefusedError; BadReceiverError."""
        given = self._checked(wanted)
        with writing(self._engine, "webhooks") as session:
            row = _find(session, webhook)
            was_active = row.active
            for name, value in self._columns(given).items():
                setattr(row, name, value)
            if given.active and not was_active:
                _begin_anew(row)
            if not given.active and was_active:
                _give_up(session, row.id)
            return self._known(row)

    def renew_secret(self, webhook: int) -> str:
        """Give it another secret, which counts at once. Raises: NoSuchWebhookError."""
        secret = new_secret()
        with writing(self._engine, "webhooks") as session:
            _find(session, webhook).secret = self._cipher.encrypt(secret)
        return secret

    def remove(self, webhook: int) -> KnownWebhook:
        """Nothing is sent to it any more. Raises: NoSuchWebhookError."""
        with writing(self._engine, "webhooks") as session:
            row = _find(session, webhook)
            known = self._known(row)
            unsent = [OutboxRow.webhook_id == webhook, OutboxRow.state.in_((DUE, DEAD))]
            session.execute(update(OutboxRow).where(*unsent).values(state=LAPSED, last_error="the webhook was removed"))
            session.delete(row)
            return known

    def all(self) -> list[KnownWebhook]:
        """By name."""
        with Session(self._engine) as session:
            rows = session.scalars(select(WebhookRow).order_by(WebhookRow.name, WebhookRow.id))
            return [self._known(row) for row in rows]

    def get(self, webhook: int) -> KnownWebhook:
        """Raises: NoSuchWebhookError."""
        with Session(self._engine) as session:
            return self._known(_find(session, webhook))

    def target(self, webhook: int) -> WebhookSender | None:
        """What sends to it; None where it is gone or switched off. Raises: LostKeyError."""
        with Session(self._engine) as session:
            row = session.get(WebhookRow, webhook)
            if row is None or not row.active:
                return None
            return GuardedWebhook(self._cipher.decrypt(row.url), self._cipher.decrypt(row.secret), self._networks)

    def ping(self, webhook: int) -> None:
        """Have something sent to it that tells whether it answers. Raises: NoSuchWebhookError; WebhookRefusedError."""
        with writing(self._engine, "webhooks") as session:
            row = _find(session, webhook)
            if not row.active:
                raise WebhookRefusedError("this webhook is switched off: switch it on first")
            outbox.put(session, "webhook", PING, self._now(), webhook=row.id)

    def deliveries(
        self, webhook: int, *, before: int | None = None, limit: int = 50, failed: bool = False
    ) -> list[WebhookDelivery]:  # fmt: skip
        """Its newest deliveries. before: only older ones than that of this id. failed: only those that were given up, or wait
        after an attempt that failed. Raises: NoSuchWebhookError."""
        conditions = [OutboxRow.webhook_id == webhook]
        if before is not None:
            conditions.append(OutboxRow.id < before)
        if failed:
            conditions.append(or_(OutboxRow.state == DEAD, and_(OutboxRow.state == DUE, OutboxRow.tries > 0)))
        query = (
            select(OutboxRow, TicketRow.number, HandoffRow.conversation)
            .outerjoin(TicketRow, TicketRow.id == OutboxRow.ticket_id)
            .outerjoin(HandoffRow, HandoffRow.id == OutboxRow.handoff_id)
            .where(*conditions)
            .order_by(OutboxRow.id.desc())
            .limit(limit)
        )
        with Session(self._engine) as session:
            _find(session, webhook)
            return [_delivery(row, number or conversation or "") for row, number, conversation in session.execute(query)]

    def replay(self, webhook: int, delivery: int) -> None:
        """Send one delivery again, whatever became of it, under the `webhook-id` that it had.

        Raises: NoSuchWebhookError; NoSuchDeliveryError; WebhookRefusedError where the webhook is switched off.
        """
        if not self._again(webhook, [OutboxRow.id == delivery, OutboxRow.state != SENDING]):
            raise NoSuchDeliveryError(f"webhook {webhook} has no delivery {delivery}")

    def replay_failed(self, webhook: int) -> int:
        """Send again all that was given up, and at once what waits after a failure; returns how many.

        Raises: NoSuchWebhookError; WebhookRefusedError where the webhook is switched off.
        """
        return self._again(webhook, [or_(OutboxRow.state == DEAD, and_(OutboxRow.state == DUE, OutboxRow.tries > 0))])

    def succeeded(self, webhook: int) -> None:
        """It has taken something: what waited because of earlier failures is due at once."""
        with writing(self._engine, f"webhook {webhook}") as session:
            row = session.get(WebhookRow, webhook)
            if row is None or not row.failures:
                return
            _begin_anew(row)
            waits = [OutboxRow.webhook_id == webhook, OutboxRow.state == DUE]
            session.execute(update(OutboxRow).where(*waits).values(next_at=self._now()))

    def failed(self, webhook: int, error: Exception) -> datetime | None:
        """It has not taken something: until when nothing more is sent to it; None where it is switched off, perhaps by that."""
        now = self._now()
        with writing(self._engine, f"webhook {webhook}") as session:
            row = session.get(WebhookRow, webhook)
            if row is None or not row.active:
                return None
            row.failures, row.failing_since = row.failures + 1, row.failing_since or now
            row.paused_until = now + wait_after(min(row.failures, 20))
            gone = isinstance(error, WebhookFailedError) and error.status == GONE
            if gone or now - row.failing_since >= STOPS_AFTER:
                row.active, row.stopped_at = False, now
                row.stopped_why = "it answered that it is gone" if gone else f"it failed for {STOPS_AFTER.days} days"
                _give_up(session, webhook)
                return None
            waits = [OutboxRow.webhook_id == webhook, OutboxRow.state == DUE, OutboxRow.next_at < row.paused_until]
            session.execute(update(OutboxRow).where(*waits).values(next_at=row.paused_until))
            return row.paused_until

    def _again(self, webhook: int, which: Sequence[object]) -> int:
        with writing(self._engine, "webhooks") as session:
            row = _find(session, webhook)
            if not row.active:
                raise WebhookRefusedError("this webhook is switched off: switch it on first")
            row.paused_until = None
            conditions = [OutboxRow.webhook_id == webhook, *which]
            again = update(OutboxRow).where(*conditions).values(state=DUE, tries=0, next_at=self._now())  # type: ignore[arg-type]
            return changed(session.execute(again))

    def _checked(self, wanted: WebhookSettings) -> WebhookSettings:
        name = " ".join("".join(letter if letter.isprintable() else " " for letter in wanted.name).split())[:LONGEST_NAME]
        if not name:
            raise WebhookRefusedError("a webhook needs a name, such as that of the program that receives it")
        if unknown := sorted(set(wanted.events) - {*EVENTS, *GROUPS}):
            raise WebhookRefusedError(f"{unknown[0][:40]!r} is no event; there are {', '.join((*GROUPS, *EVENTS))}")
        url = wanted.url.strip()
        check_url(url, self._networks)
        return WebhookSettings(
            name, url, _unique(wanted.events), _unique(wanted.companies), identity=wanted.identity, active=wanted.active
        )

    def _columns(self, given: WebhookSettings) -> dict[str, object]:
        return {
            "name": given.name, "url": self._cipher.encrypt(given.url), "events": list(given.events),
            "companies": list(given.companies), "identity": given.identity, "active": given.active,
        }  # fmt: skip

    def _known(self, row: WebhookRow) -> KnownWebhook:
        given = WebhookSettings(
            row.name, self._cipher.decrypt(row.url), tuple(row.events), tuple(row.companies), identity=row.identity,
            active=row.active,
        )  # fmt: skip
        return KnownWebhook(
            row.id, given, row.made_by, row.made_at, row.failures, row.failing_since, row.paused_until, row.stopped_at,
            row.stopped_why,
        )  # fmt: skip


def _find(session: Session, webhook: int) -> WebhookRow:
    row = session.get(WebhookRow, webhook)
    if row is None:
        raise NoSuchWebhookError(f"there is no webhook {webhook}: `candor webhook list` shows all")
    return row


def _begin_anew(row: WebhookRow) -> None:
    row.failures, row.failing_since, row.paused_until, row.stopped_at, row.stopped_why = 0, None, None, None, ""


def _give_up(session: Session, webhook: int) -> None:
    """What waits for a webhook that is switched off waits for a replay."""
    waits = [OutboxRow.webhook_id == webhook, OutboxRow.state == DUE]
    session.execute(update(OutboxRow).where(*waits).values(state=DEAD, last_error=SWITCHED_OFF))


def _delivery(row: OutboxRow, about: str) -> WebhookDelivery:
    return WebhookDelivery(
        row.id, row.key, row.what, about, row.state, row.tries, row.answered, row.last_error, row.created_at, row.next_at
    )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
