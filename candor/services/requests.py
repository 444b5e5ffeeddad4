"""The parts that open, work and deliver privacy requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cached_property, partial

from sqlalchemy.orm import Session

from candor.accounts.audit import AuditLog
from candor.services.ground import Ground
from candor.tickets.agent_desk import AgentDesk
from candor.tickets.agents import AuthorizedAgents
from candor.tickets.checklists import Checklists
from candor.tickets.company import CompanyOf
from candor.tickets.conversation_links import RequestLinks
from candor.tickets.delivery.agent_callbacks import AgentCallbacks
from candor.tickets.delivery.bounce_mailbox import BounceMailbox
from candor.tickets.delivery.bounces import Bounces
from candor.tickets.delivery.code_reminders import CodeReminders
from candor.tickets.delivery.file_page import FilePage
from candor.tickets.delivery.file_store import FileStore
from candor.tickets.delivery.mailer import FolderMailer, Mailer, SmtpMailer
from candor.tickets.delivery.messages import OutboxMessages
from candor.tickets.delivery.network_guard import read_networks
from candor.tickets.delivery.outbox import Outbox
from candor.tickets.delivery.reminders import Reminders
from candor.tickets.delivery.replies import IncomingMail, VisitorMail
from candor.tickets.delivery.request_files import RequestFiles
from candor.tickets.delivery.templates import LetterTemplates
from candor.tickets.delivery.webhook_registry import WebhookRegistry
from candor.tickets.delivery.webhooks import Webhooks
from candor.tickets.delivery.worker import ChatSender, ConversationNews, OutboxWorker
from candor.tickets.erasure import TicketErasure
from candor.tickets.events import EventTargets, RequestEvents
from candor.tickets.requester import RequestDesk
from candor.tickets.retention import Retention
from candor.tickets.senders import Senders
from candor.tickets.staff import StaffDesk


class RequestServices:
    """Privacy requests, and the mail, webhooks and reminders about them.

    company_of: a company as its requesters see it. audit: the log that records what staff did. notices: what writes news into
    conversations. visitors: what puts visitors' mails into them.
    """

    def __init__(
        self, ground: Ground, company_of: CompanyOf, audit: Callable[[], AuditLog], notices: Callable[[], ConversationNews],
        visitors: Callable[[], VisitorMail],
    ) -> None:  # fmt: skip
        self._visitors = visitors
        self._ground, self.company_of, self._audit, self._notices = ground, company_of, audit, notices

    @cached_property
    def desk(self) -> RequestDesk:
        """What requesters do with requests."""
        return RequestDesk(self._ground.engine, self.events)

    @cached_property
    def senders(self) -> Senders:
        """Who writes in which conversation, for limits."""
        return Senders(self._ground.engine, self._ground.cipher)

    @cached_property
    def staff_desk(self) -> StaffDesk:
        """What staff do with requests."""

        def on_step(session: Session, actor: str, action: str, number: str, company: str) -> None:
            self._audit().add(session, actor, action, f"request {number}", company=company)

        keep = timedelta(days=self._ground.settings.file_keep_days)
        return StaffDesk(self._ground.engine, self.events, on_step=on_step, files_keep=keep)

    @cached_property
    def agents(self) -> AuthorizedAgents:
        """Who may make requests for others."""
        return AuthorizedAgents(self._ground.engine)

    @cached_property
    def agent_desk(self) -> AgentDesk:
        """What authorized agents do with requests."""
        return AgentDesk(self._ground.engine, self.desk, self.staff_desk, self.files, self.events.files_at)

    @cached_property
    def agent_callbacks(self) -> AgentCallbacks:
        """Tells agents how their requests are."""
        given = self._ground.settings
        networks = read_networks(given.webhook_networks)
        return AgentCallbacks(self._ground.engine, self.agent_desk, self._ground.cipher, networks, given.site)

    @cached_property
    def events(self) -> RequestEvents:
        given = self._ground.settings
        channels = self._ground.channels
        targets = EventTargets(
            staff=bool(given.staff_email), webhook=bool(given.webhook_url), chat=channels.reach_requesters,
            chat_staff=channels.reach_staff,
        )  # fmt: skip
        return RequestEvents(self._ground.cipher, self.company_of, targets, files_at=f"{given.site}/files/")

    @cached_property
    def files(self) -> RequestFiles:
        """Files of requests: what staff do with them."""
        given = self._ground.settings
        store = FileStore(given.files)
        return RequestFiles(self._ground.engine, self._ground.cipher, store, given.largest_file)

    @cached_property
    def checklists(self) -> Checklists:
        """What is to be done before requests are completed."""
        return Checklists(self._ground.engine)

    @cached_property
    def file_page(self) -> FilePage:
        """Files of requests: what their requesters do with them."""
        return FilePage(self._ground.engine, self.events, self.files)

    @cached_property
    def retention(self) -> Retention:
        settings = self._ground.settings
        outbox_keeps = timedelta(days=settings.outbox_keep_days)
        return Retention(
            self._ground.engine, settings.request_keep_days, settings.handoff_keep_days, outbox_keeps, self.files.sweep
        )  # fmt: skip

    @cached_property
    def erasure(self) -> TicketErasure:
        """Finds and erases what requests hold about one person."""
        return TicketErasure(self._ground.engine, self._ground.cipher, sweep=self.files.sweep)

    @cached_property
    def links(self) -> RequestLinks:
        """The links from requests to conversations."""
        return RequestLinks(self._ground.engine)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self._ground.engine)

    @cached_property
    def mailer(self) -> Mailer:
        """Raises: InvalidInputError if CANDOR_SMTP_URL or CANDOR_BOUNCE_ADDRESS cannot be used."""
        url = self._ground.settings.smtp_url
        bounces_to = self._ground.settings.bounce_address
        return SmtpMailer(url.get_secret_value(), bounces_to) if url else FolderMailer(self._ground.settings.var_dir / "outbox")

    @cached_property
    def bounces(self) -> Bounces:
        """Records letters that came back."""
        return Bounces(self._ground.engine, self.events)

    @cached_property
    def incoming_mail(self) -> IncomingMail:
        """Reads each mail that arrives: bounces, and what people write back."""
        return IncomingMail(self._ground.engine, self.events, self.bounces, self._visitors, self.files)

    @cached_property
    def bounce_mailbox(self) -> BounceMailbox | None:
        """Raises: InvalidInputError if CANDOR_BOUNCE_IMAP_URL cannot be read."""
        url = self._ground.settings.bounce_imap_url
        return BounceMailbox(url.get_secret_value()) if url else None

    @cached_property
    def webhooks(self) -> Webhooks | None:
        """Raises: InvalidInputError if CANDOR_WEBHOOK_URL or CANDOR_WEBHOOK_SECRET cannot be used."""
        settings = self._ground.settings
        if not settings.webhook_url:
            return None
        return Webhooks(settings.webhook_url, settings.webhook_secret.get_secret_value() if settings.webhook_secret else "")

    @cached_property
    def webhook_registry(self) -> WebhookRegistry:
        """The webhooks that administrators made, besides that of the settings."""
        networks = read_networks(self._ground.settings.webhook_networks)
        return WebhookRegistry(self._ground.engine, self._ground.cipher, networks)

    @cached_property
    def outbox_worker(self) -> OutboxWorker:
        """A worker for mail and webhooks. Raises: InvalidInputError as `mailer` and `webhooks` do."""
        return self.make_outbox_worker()

    def make_outbox_worker(self, chats: Sequence[ChatSender] = ()) -> OutboxWorker:
        """A worker that also delivers to these chat channels. Raises: InvalidInputError as `mailer` and `webhooks` do."""
        given, engine = self._ground.settings, self._ground.engine
        messages = OutboxMessages(
            engine, self.events, LetterTemplates(), sender=given.mail_from, staff=given.staff_email,
            replies_to=given.reply_address,
        )  # fmt: skip
        reminders, mailbox = Reminders(engine, self.events), self.bounce_mailbox
        return OutboxWorker(
            engine, self.events, messages, self.mailer, self.webhooks, chats=chats, conversations=self._notices(),
            records=self.webhook_registry, callbacks=self.agent_callbacks,
            bounces=partial(mailbox.look, self.incoming_mail.read) if mailbox else None,
            jobs={
                "missing due dates": lambda _: self.staff_desk.set_missing_dates(), "reminders": reminders.write,
                "reminders of codes": CodeReminders(engine, self.events).write,
            },
        )  # fmt: skip
