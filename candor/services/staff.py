"""The services for the company's own people: accounts, audit log, reviews."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from candor.accounts.api_tokens import ApiTokens
from candor.accounts.audit import AuditLog
from candor.accounts.devices import FAILURES, KnownDevices
from candor.accounts.directory import Directory
from candor.accounts.group_roles import GroupRoles, read_group_roles
from candor.accounts.kept_answers import KeptAnswers
from candor.accounts.login_throttle import LoginThrottle
from candor.accounts.mentions import Mentions
from candor.accounts.open_pages import OpenPages
from candor.accounts.saved_filters import SavedFilters
from candor.accounts.saved_replies import SavedReplies
from candor.accounts.sealed_tokens import SealedTokens
from candor.accounts.second_factor import SecondFactor
from candor.accounts.sessions import Sessions
from candor.accounts.sign_in import Authenticator
from candor.accounts.store import AccountStore
from candor.reviews.corrections import Corrections
from candor.reviews.queue import ReviewQueue
from candor.reviews.samples import Samples
from candor.reviews.settlements import Settlements
from candor.reviews.unanswered import Silences
from candor.reviews.verdicts import ReviewStore
from candor.services.ground import Ground
from candor.transcripts.masking import without_personal_data

if TYPE_CHECKING:
    from candor.accounts.oidc import OidcProvider


class StaffServices:
    """Accounts of the company's people, the audit log, and their reviews of turns."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    @cached_property
    def accounts(self) -> AccountStore:
        return AccountStore(self._ground.engine)

    @cached_property
    def authenticator(self) -> Authenticator:
        ground = self._ground
        throttle = LoginThrottle(ground.settings.limit_sign_in, ground.secret_key, ground.redis_url)
        return Authenticator(ground.engine, self.audit, self.second_factor, self.sealed_tokens, throttle, self.known_devices)

    @cached_property
    def known_devices(self) -> KnownDevices:
        """Browsers in which somebody has signed in before."""
        ground = self._ground
        return KnownDevices(self.sealed_tokens, LoginThrottle(FAILURES, ground.secret_key, ground.redis_url))

    @cached_property
    def second_factor(self) -> SecondFactor:
        return SecondFactor(self._ground.engine, self._ground.cipher)

    @cached_property
    def provider(self) -> OidcProvider | None:
        """The OpenID Connect provider where staff sign in; None where none is configured."""
        given = self._ground.settings
        if not given.oidc_issuer:
            return None
        from candor.accounts.oidc import OidcProvider  # Authlib takes a while to load

        secret = given.oidc_client_secret.get_secret_value() if given.oidc_client_secret else ""
        return OidcProvider(
            given.oidc_issuer, given.oidc_client_id, secret, scope=given.oidc_scope, groups_claim=given.oidc_groups_claim
        )

    @cached_property
    def group_roles(self) -> GroupRoles:
        """The roles of the directory's groups. Raises: AccountRefusedError if CANDOR_GROUP_ROLES cannot be read."""
        return read_group_roles(self._ground.settings.group_roles)

    @cached_property
    def directory(self) -> Directory:
        """Accounts and groups as the company's own directory keeps them."""
        return Directory(self._ground.engine, self.accounts, self.sessions, self.audit, self.group_roles)

    @cached_property
    def sealed_tokens(self) -> SealedTokens:
        """For a sign-in between password and code, an invitation, a form whose session has ended."""
        return SealedTokens(self._ground.secret_key, self._ground.old_secret_keys)

    @cached_property
    def sessions(self) -> Sessions:
        given = self._ground.settings
        idle, longest = timedelta(hours=given.console_idle_hours), timedelta(hours=given.console_longest_hours)
        return Sessions(self._ground.engine, idle, longest)

    @cached_property
    def open_pages(self) -> OpenPages:
        """Which pages staff have open right now."""
        return OpenPages(self._ground.engine)

    @cached_property
    def mentions(self) -> Mentions:
        """Who is named in notes and has not looked yet."""
        return Mentions(self._ground.engine)

    @cached_property
    def saved_replies(self) -> SavedReplies:
        """Ready-made texts for what staff write to people."""
        return SavedReplies(self._ground.engine)

    @cached_property
    def saved_filters(self) -> SavedFilters:
        """Filters of lists that staff have saved."""
        return SavedFilters(self._ground.engine)

    @cached_property
    def audit(self) -> AuditLog:
        ground = self._ground
        return AuditLog(ground.engine, ground.secret_key, ground.old_secret_keys, masked=without_personal_data)

    @cached_property
    def api_tokens(self) -> ApiTokens:
        """Tokens of programs that use the staff API."""
        return ApiTokens(self._ground.engine)

    @cached_property
    def kept_answers(self) -> KeptAnswers:
        """What repeated calls of the staff API are answered."""
        return KeptAnswers(self._ground.engine, self._ground.cipher)

    @cached_property
    def reviews(self) -> ReviewStore:
        """Verdicts, labels and assignees."""
        return ReviewStore(self._ground.engine)

    @cached_property
    def review_queue(self) -> ReviewQueue:
        """The order in which turns are reviewed."""
        return ReviewQueue(self._ground.engine)

    @cached_property
    def samples(self) -> Samples:
        return Samples(self._ground.engine)

    @cached_property
    def corrections(self) -> Corrections:
        return Corrections(self._ground.engine)

    @cached_property
    def silences(self) -> Silences:
        """Questions that the policies do not answer."""
        return Silences(self._ground.engine)

    @cached_property
    def settlements(self) -> Settlements:
        """What privacy officers settled about policies."""
        return Settlements(self._ground.engine)
