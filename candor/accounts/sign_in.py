"""Who may come in: address and password, then a code where the account has a second factor; with patience that runs out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore
from typing import Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.accounts.audit import AuditLog
from candor.accounts.login_throttle import LoginThrottle
from candor.accounts.models import AccountRow
from candor.accounts.passwords import is_password, renewed
from candor.accounts.roles import Account
from candor.accounts.sealed_tokens import SealedTokens
from candor.accounts.second_factor import SecondFactor
from candor.accounts.store import account_of, as_kept
from candor.errors import CandorError
from candor.storage import writing

PATIENCE = 5  # wrong passwords or codes in a row before an account waits
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)  # doubled with each further one
CODE_WITHIN = timedelta(minutes=5)  # after the password
AT_ONCE = BoundedSemaphore(4)  # each check of a password takes 64 MB
HALFWAY = "sign-in, code pending"
NOBODY = "nobody"  # the log's actor where somebody was not let in

Means = Literal["password", "password+code", "password+recovery", "oidc"]
SignInRefusal = Literal["password", "code", "waiting", "disabled"]


class NotLetInError(CandorError):
    """Address, password or code is wrong, or the account waits or is closed. It never says which."""

    public = (
        "That did not work. Check the address and the password and try again. After several tries there is a wait, up to an hour."
    )


class WrongCodeError(NotLetInError):
    """The password was right, the code was not, or was used before."""

    public = "That code did not work. A code opens once: wait for the next one in your app. Is your phone's clock right?"


class TooLateError(NotLetInError):
    """The code came too long after the password, or the account changed in between."""

    public = "That took too long. Please sign in once more."


@dataclass(frozen=True)
class LetIn:
    """Somebody who may have a session."""

    account: Account
    means: Means


@dataclass(frozen=True)
class CodeNeeded:
    """The password was right. The slip comes back with the code; it opens nothing else."""

    slip: str


class Authenticator:
    """Lets people in, and writes each try into the audit log, without the address that was typed."""

    def __init__(
        self, engine: Engine, audit: AuditLog, factor: SecondFactor, slips: SealedTokens, tries: LoginThrottle,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._engine, self._audit, self._factor, self._slips, self._tries, self._now = engine, audit, factor, slips, tries, now

    def with_password(self, email: str, password: str, sender: str = "") -> LetIn | CodeNeeded:
        """`sender`: the network address, whose failures are counted. It takes as long whether there is such an account or not.

        Raises: NotLetInError; TooManyError.
        """
        self._tries.check(sender)
        with Session(self._engine) as session:
            row = session.scalar(select(AccountRow).where(AccountRow.email == as_kept(email)))
            number, kept = (row.id, row.password_hash) if row else (None, None)
        with AT_ONCE:  # outside the transaction: nobody waits for a writer who reckons
            right = is_password(password, kept)
            fresh = renewed(password, kept) if right and kept else None
        with writing(self._engine) as session:
            row = session.get(AccountRow, number) if number is not None else None
            right = right and row is not None and row.password_hash == kept
            why = self._why_not(row, right=right)
            if why is None and row is not None:
                row.password_hash = fresh or row.password_hash
                if row.totp_secret is not None:  # only the code ends the count: else it could be guessed without end
                    return CodeNeeded(self._slips.make(HALFWAY, account=row.id, stamp=row.stamp))
                return self._let_in(session, row, "password")
            self._refuse(session, row, why or "password")
        self._tries.failed(sender)
        raise NotLetInError("not let in")

    def with_code(self, slip: str, code: str, sender: str = "") -> LetIn:
        """Raises: WrongCodeError; TooLateError; TooManyError."""
        self._tries.check(sender)
        told = self._slips.read(HALFWAY, slip, CODE_WITHIN)
        if told is None:
            raise TooLateError("no slip of ours, or too old")
        with writing(self._engine) as session:
            row = session.get(AccountRow, told["account"])
            if row is None or row.stamp != told["stamp"]:
                raise TooLateError("the account changed between password and code")
            waiting = row.locked_until is not None and row.locked_until > self._now()
            kind = None if waiting else self._factor.opens(session, row, code)
            why = self._why_not(row, right=kind is not None)
            if why is None and kind is not None:
                return self._let_in(session, row, "password+code" if kind == "code" else "password+recovery")
            self._refuse(session, row, "code" if why == "password" else why or "code")
        self._tries.failed(sender)
        raise WrongCodeError("not let in")

    def proves(self, account: int, *, code: str = "", password: str = "") -> bool:
        """Whether somebody who is signed in is really there: by a code, or else the password. Failures count as at the door."""
        with Session(self._engine) as session:
            kept = session.get_one(AccountRow, account).password_hash
        with AT_ONCE:
            right = not code and is_password(password, kept)
        with writing(self._engine) as session:
            row = session.get_one(AccountRow, account)
            if self._why_not(row, right=True) is None and (right or (code and self._factor.opens(session, row, code))):
                row.failures, row.locked_until = 0, None
                return True
            self._refuse(session, row, self._why_not(row, right=True) or ("code" if code else "password"))
        return False

    def _why_not(self, row: AccountRow | None, *, right: bool) -> SignInRefusal | None:
        if row is not None and row.locked_until is not None and row.locked_until > self._now():
            return "waiting"
        if row is None or not right:
            return "password"
        return "disabled" if row.disabled_at is not None else None

    def _let_in(self, session: Session, row: AccountRow, means: Means) -> LetIn:
        row.failures, row.locked_until = 0, None
        account = account_of(row)
        self._audit.add(session, account.actor, "session.begin", means=means)
        return LetIn(account, means)

    def _refuse(self, session: Session, row: AccountRow | None, why: SignInRefusal) -> None:
        if row is not None and why != "waiting":
            row.failures += 1
            if row.failures >= PATIENCE:
                row.locked_until = self._now() + min(FIRST_WAIT * 2 ** min(row.failures - PATIENCE, 20), LONGEST_WAIT)
        self._audit.add(session, NOBODY, "session.refused", f"account {row.id}" if row else "", why=why)
