"""The only place where parts are built and joined. Reads the settings once and hands plain values on."""

from __future__ import annotations

import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from candor.accounts.audit import AuditLog
from candor.accounts.login_throttle import LoginThrottle
from candor.accounts.saved_filters import SavedFilters
from candor.accounts.saved_replies import SavedReplies
from candor.accounts.sealed_tokens import SealedTokens
from candor.accounts.second_factor import SecondFactor
from candor.accounts.sessions import Sessions
from candor.accounts.sign_in import Authenticator
from candor.accounts.store import AccountStore
from candor.conversations.handoff.queue import HandoffQueue
from candor.conversations.handoff.sessions import LiveChatSession, LiveChatSessions, SessionEvent
from candor.conversations.responses import Responses
from candor.database import make_engine, upgrade
from candor.errors import CandorError, EncoderError
from candor.reviews.corrections import Corrections
from candor.reviews.queue import ReviewQueue
from candor.reviews.samples import Samples
from candor.reviews.unanswered import Silences
from candor.reviews.verdicts import ReviewStore
from candor.settings import RASA_FILES, Settings
from candor.tickets.cipher import FieldCipher
from candor.tickets.company import RequestCompany
from candor.tickets.delivery.mailer import FolderMailer, Mailer, SmtpMailer
from candor.tickets.delivery.messages import OutboxMessages
from candor.tickets.delivery.outbox import Outbox
from candor.tickets.delivery.reminders import Reminders
from candor.tickets.delivery.templates import LetterTemplates
from candor.tickets.delivery.webhooks import Webhooks
from candor.tickets.delivery.worker import OutboxWorker
from candor.tickets.erasing import TicketErasure
from candor.tickets.events import EventTargets, RequestEvents
from candor.tickets.requester import RequestDesk
from candor.tickets.retention import Retention
from candor.tickets.staff import StaffDesk
from candor.tickets.ticket import TicketStore
from candor.tickets.unlink import RequestLinks
from candor.transcripts.listing import Listing
from candor.transcripts.masking import without_personal_data
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault
from knowledge.answering import Answers
from knowledge.aspect_mapper import AspectMapper
from knowledge.aspects import AspectBank
from knowledge.catalogue import PolicyCatalogue
from knowledge.encoder import CARD_FILE, EncoderMissingError, OnnxEncoder
from knowledge.ranking import Ranker
from knowledge.retrieval import Retrieval
from knowledge.scope import Scope

if TYPE_CHECKING:
    from candor.accounts.oidc import OidcProvider

NLU = RASA_FILES / "bot" / "data" / "nlu"  # what people say that is not about privacy stands among Rasa's examples


class Services:
    """Each part is made when it is first asked for, so that no process loads what it does not need."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def engine(self) -> Engine:
        self.settings.var_dir.mkdir(parents=True, exist_ok=True)
        engine = make_engine(self.settings.database)
        upgrade(engine)
        return engine

    @cached_property
    def encoder(self) -> OnnxEncoder:
        """Raises: EncoderError if the export misses or is damaged."""
        try:
            return OnnxEncoder(self.settings.encoder_dir)
        except EncoderMissingError as error:
            raise EncoderError(str(error)) from error

    @cached_property
    def catalogue(self) -> PolicyCatalogue:
        return PolicyCatalogue(self.settings.index_dir, encoder_id(self.settings.encoder_dir))

    @cached_property
    def answers(self) -> Answers:
        return Answers(self.catalogue, self.retrieval, self.ranker)

    @cached_property
    def retrieval(self) -> Retrieval:
        return Retrieval(self.encoder, self.mapper, self.scope, self.ranker)

    @cached_property
    def bank(self) -> AspectBank:
        return AspectBank.load(self.settings.encoder_dir / "bank.npz", self.encoder)

    @cached_property
    def scope(self) -> Scope:
        return Scope.load(self.settings.encoder_dir / "chatter.npz", self.encoder, NLU)

    @cached_property
    def mapper(self) -> AspectMapper:
        """Makes the aspect maps at ingestion; loads the bank when it makes the first one."""
        return AspectMapper.load(lambda: self.bank)

    @cached_property
    def ranker(self) -> Ranker:
        return Ranker.load()

    @cached_property
    def register(self) -> AccountStore:
        """Accounts of staff."""
        return AccountStore(self.engine)

    @cached_property
    def entrance(self) -> Authenticator:
        redis = self.settings.redis_url
        tries = LoginThrottle(self.settings.limit_sign_in, self.secret_key, redis.get_secret_value() if redis else "")
        return Authenticator(self.engine, self.audit, self.second_factor, self.slips, tries)

    @cached_property
    def second_factor(self) -> SecondFactor:
        return SecondFactor(self.engine, self.cipher)

    @cached_property
    def provider(self) -> OidcProvider | None:
        """Where staff sign in with OpenID Connect; None where nothing is configured."""
        given = self.settings
        if not given.oidc_issuer:
            return None
        from candor.accounts.oidc import OidcProvider  # Authlib takes a while to load

        secret = given.oidc_client_secret.get_secret_value() if given.oidc_client_secret else ""
        return OidcProvider(given.oidc_issuer, given.oidc_client_id, secret)

    @cached_property
    def slips(self) -> SealedTokens:
        """What staff carry for us: a sign-in halfway, an invitation, a form whose session ended."""
        return SealedTokens(self.secret_key, self.old_secret_keys)

    @cached_property
    def sessions(self) -> Sessions:
        given = self.settings
        return Sessions(self.engine, timedelta(hours=given.console_idle_hours), timedelta(hours=given.console_longest_hours))

    @cached_property
    def saved_replies(self) -> SavedReplies:
        """Ready-made texts for what staff write to people."""
        return SavedReplies(self.engine)

    @cached_property
    def views(self) -> SavedFilters:
        """What staff have saved of lists."""
        return SavedFilters(self.engine)

    @cached_property
    def audit(self) -> AuditLog:
        return AuditLog(self.engine, self.secret_key, self.old_secret_keys, masked=without_personal_data)

    @cached_property
    def tickets(self) -> TicketStore:
        return TicketStore(self.engine)

    @cached_property
    def transcripts(self) -> TranscriptStore:
        return TranscriptStore(self.engine)

    @cached_property
    def reviews(self) -> ReviewStore:
        """What staff think of turns."""
        return ReviewStore(self.engine)

    @cached_property
    def review_queue(self) -> ReviewQueue:
        """Which turn comes next."""
        return ReviewQueue(self.engine)

    @cached_property
    def samples(self) -> Samples:
        return Samples(self.engine)

    @cached_property
    def corrections(self) -> Corrections:
        return Corrections(self.engine)

    @cached_property
    def silences(self) -> Silences:
        """What policies do not say, as people asked it."""
        return Silences(self.engine)

    @cached_property
    def listing(self) -> Listing:
        """Lists and search of what `transcripts` keeps."""
        return Listing(self.engine)

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.engine, self.secret_key, self.old_secret_keys)

    @cached_property
    def desk(self) -> RequestDesk:
        """What requesters do with requests."""
        return RequestDesk(self.engine, self.ledger)

    @cached_property
    def staff(self) -> StaffDesk:
        """What staff do with requests."""

        def witness(session: Session, actor: str, action: str, number: str, company: str) -> None:
            self.audit.add(session, actor, action, f"request {number}", company=company)

        return StaffDesk(self.engine, self.ledger, witness=witness)

    @cached_property
    def people(self) -> HandoffQueue:
        return HandoffQueue(self.engine, self.ledger, self.settings.person_days)

    @cached_property
    def retention(self) -> Retention:
        given = self.settings
        sent = timedelta(days=given.outbox_keep_days)
        return Retention(self.engine, given.request_keep_days, given.handoff_keep_days, sent)

    @cached_property
    def persons_requests(self) -> TicketErasure:
        return TicketErasure(self.engine, self.cipher)

    @cached_property
    def links(self) -> RequestLinks:
        """What ties requests to conversations."""
        return RequestLinks(self.engine)

    @cached_property
    def talks(self) -> LiveChatSessions:
        """Between visitors and people of a company."""
        return LiveChatSessions(self.engine, self._tell_of_talk)

    def _tell_of_talk(self, session: Session, turn: int, *, channel: str, talk: LiveChatSession, what: SessionEvent) -> None:
        """Slack hears what was not said in it: a requester there, whatever a person does; the staff's thread, who comes and goes,
        and, where the talk is held in it, what the visitor writes."""
        in_thread = talk.actor.startswith("slack:")
        self.ledger.tell_of_talk(
            session, turn, datetime.now(UTC), requester=channel == "slack" and what != "asks",
            staff=what in {"joins", "leaves"} or (what == "asks" and in_thread),
        )  # fmt: skip

    @cached_property
    def ledger(self) -> RequestEvents:
        given = self.settings
        in_slack = bool(given.slack_bot_token or given.slack_client_id)
        outlets = EventTargets(
            staff=bool(given.staff_email), webhook=bool(given.webhook_url), chat=in_slack,
            chat_staff=in_slack and bool(given.slack_staff_channel),
        )  # fmt: skip
        return RequestEvents(self.cipher, self.company_card, outlets)

    @cached_property
    def cipher(self) -> FieldCipher:
        return FieldCipher(self.secret_key, self.old_secret_keys)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.engine)

    @cached_property
    def post(self) -> Mailer:
        """Raises: InvalidInputError if CANDOR_SMTP_URL cannot be read."""
        url = self.settings.smtp_url
        return SmtpMailer(url.get_secret_value()) if url else FolderMailer(self.settings.var_dir / "outbox")

    @cached_property
    def webhooks(self) -> Webhooks | None:
        """Raises: InvalidInputError if CANDOR_WEBHOOK_URL or CANDOR_WEBHOOK_SECRET cannot be used."""
        if not self.settings.webhook_url:
            return None
        secret = self.settings.webhook_secret
        return Webhooks(self.settings.webhook_url, secret.get_secret_value() if secret else "")

    @cached_property
    def courier(self) -> OutboxWorker:
        parcels = OutboxMessages(
            self.engine, self.ledger, LetterTemplates(), sender=self.settings.mail_from, staff=self.settings.staff_email
        )
        reminders = Reminders(self.engine, self.ledger)
        return OutboxWorker(
            self.engine, self.ledger, parcels, self.post, self.webhooks,
            jobs=(lambda _: self.staff.set_missing_dates(), reminders.write),
        )  # fmt: skip

    def company_card(self, company: str) -> RequestCompany:
        """A company as its requesters meet it; only its id where it is not served, because its answers are owed all the same."""
        try:
            known = self.catalogue.company(company)
        except CandorError:
            return RequestCompany(company, company)
        return RequestCompany(
            known.id, known.name, known.contact, known.laws, known.country or None, known.time_zone or None, known.promised_days
        )

    @cached_property
    def wording(self) -> Responses:
        return Responses()

    @cached_property
    def old_secret_keys(self) -> tuple[str, ...]:
        """What was encrypted with these can still be read."""
        given = self.settings.old_secret_keys.get_secret_value() if self.settings.old_secret_keys else ""
        return tuple(key.strip() for key in given.split(",") if key.strip())

    @cached_property
    def secret_key(self) -> str:
        """From the settings, else made once and kept where only this user can read it."""
        if self.settings.secret_key:
            return self.settings.secret_key.get_secret_value()
        return _kept_secret(self.settings.var_dir / "secret.key")


def encoder_id(folder: Path) -> str:
    """The id on an exported encoder's card. Raises: EncoderError if there is none."""
    try:
        found: str = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))["id"]
        return found
    except (OSError, ValueError, KeyError) as error:
        raise EncoderError("there is no exported encoder: run `make setup`") from error


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(fresh, path)  # fails where another process was first: then its secret is the one
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text(encoding="utf-8")


@cache
def services() -> Services:
    """The process's own services."""
    return Services(Settings())
