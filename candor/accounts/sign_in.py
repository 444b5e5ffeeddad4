"""Signing in: address and password, then a code where the account has a second factor. Failures make an account wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore
from typing import Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.accounts.audit import AuditLog
from candor.accounts.devices import KnownDevices
from candor.accounts.login_throttle import LoginThrottle
from candor.accounts.models import AccountRow
from candor.accounts.passwords import is_password, renewed
from candor.accounts.roles import Account
from candor.accounts.sealed_tokens import SealedTokens
from candor.accounts.second_factor import SecondFactor
from candor.accounts.store import account_of, as_kept
from candor.database.transactions import writing
from candor.errors import CandorError

FAILURES_BEFORE_WAIT = 5  # wrong passwords or codes in a row
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)  # doubled with each further failure
CODE_WITHIN = timedelta(minutes=5)  # after the password
PASSWORD_CHECKS = BoundedSemaphore(4)  # at the same time: each takes 64 MB
CODE_PENDING = "sign-in, code pending"
NOBODY = "nobody"  # the audit log's actor where a sign-in was refused

Means = Literal["password", "password+code", "password+recovery", "oidc"]
SignInRefusal = Literal["password", "code", "waiting", "disabled"]


class SignInRefusedError(CandorError):
    """Address, password or code is wrong, or the account waits or is closed. The text never says which."""

    public = (
        "That did not work. Check the address and the password and try again. After several tries there is a wait, up to an hour."
    )


class WrongCodeError(SignInRefusedError):
    """The password was right; the code was wrong or had been used."""

    public = "That code did not work. A code opens once: wait for the next one in your app. Is your phone's clock right?"


class CodeTooLateError(SignInRefusedError):
    """The code came too long after the password, or the account changed in between."""

    public = "That took too long. Please sign in once more."


@dataclass(frozen=True)
class Authenticated:
    """Somebody who has proven who they are, and may have a session."""

    account: Account
    means: Means


@dataclass(frozen=True)
class CodeNeeded:
    """The password was right. The sealed token comes back with the code, and is good for nothing else."""

    token: str


class Authenticator:
    """Checks who signs in, and records each attempt in the audit log, without the address that was typed."""

    def __init__(
        self, engine: Engine, audit: AuditLog, factor: SecondFactor, tokens: SealedTokens, throttle: LoginThrottle,
        devices: KnownDevices, now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._engine, self._audit, self._factor, self._tokens, self._now = engine, audit, factor, tokens, now
        self._throttle, self._devices = throttle, devices

    def with_password(self, email: str, password: str, sender: str = "", cookie: str = "") -> Authenticated | CodeNeeded:
        """`sender`: the network address under which failures are counted; `cookie`: that of a known device, which is counted by
        itself and does not wait for others' failures. Takes as long whether or not there is such an account.

        Raises: SignInRefusedError; TooManyError.
        """
        with Session(self._engine) as session:
            row = session.scalar(select(AccountRow).where(AccountRow.email == as_kept(email)))
            number, kept = (row.id, row.password_hash) if row else (None, None)
        device = self._devices.known(cookie, number)
        if not device:
            self._throttle.check(sender)
        with PASSWORD_CHECKS:  # outside the transaction, so that hashing holds up no other writer
            right = is_password(password, kept)
            fresh = renewed(password, kept) if right and kept else None
        with writing(self._engine, "accounts") as session:
            row = session.get(AccountRow, number) if number is not None else None
            right = right and row is not None and row.password_hash == kept
            why = self._why_not(row, right=right, device=device)
            if why is None and row is not None:
                row.password_hash = fresh or row.password_hash
                if row.totp_secret is not None:  # only the code resets the failures; otherwise codes could be guessed without end
                    return CodeNeeded(self._tokens.make(CODE_PENDING, account=row.id, stamp=row.stamp))
                return self._accept(session, row, "password")
            self._refuse(session, row, why or "password", device)
        self._count_failure(sender, device)
        raise SignInRefusedError("sign-in refused")

    def with_code(self, token: str, code: str, sender: str = "", cookie: str = "") -> Authenticated:
        """Raises: WrongCodeError; CodeTooLateError; TooManyError."""
        data = self._tokens.read(CODE_PENDING, token, CODE_WITHIN)
        device = self._devices.known(cookie, data["account"]) if data else ""
        if not device:
            self._throttle.check(sender)
        if data is None:
            raise CodeTooLateError("the sealed token is not ours, or too old")
        with writing(self._engine, "accounts") as session:
            row = session.get(AccountRow, data["account"])
            if row is None or row.stamp != data["stamp"]:
                raise CodeTooLateError("the account changed between password and code")
            kind = None if self._must_wait(row) and not device else self._factor.use(session, row, code)
            why = self._why_not(row, right=kind is not None, device=device)
            if why is None and kind is not None:
                return self._accept(session, row, "password+code" if kind == "code" else "password+recovery")
            self._refuse(session, row, "code" if why == "password" else why or "code", device)
        self._count_failure(sender, device)
        raise WrongCodeError("sign-in refused")

    def proves(self, account: int, *, code: str = "", password: str = "", cookie: str = "") -> bool:
        """Whether a signed-in person proves again who they are, by code or password. Failures count as at sign-in."""
        device = self._devices.known(cookie, account)
        with Session(self._engine) as session:
            kept = session.get_one(AccountRow, account).password_hash
        with PASSWORD_CHECKS:
            right = not code and is_password(password, kept)
        with writing(self._engine, "accounts") as session:
            row = session.get_one(AccountRow, account)
            why = self._why_not(row, right=True, device=device)
            if why is None and (right or (code and self._factor.use(session, row, code))):
                self._forgive(row)
                return True
            self._refuse(session, row, why or ("code" if code else "password"), device)
        if device:
            self._devices.failed(device)
        return False

    def _must_wait(self, row: AccountRow) -> bool:
        return row.locked_until is not None and row.locked_until > self._now()

    def _why_not(self, row: AccountRow | None, *, right: bool, device: str) -> SignInRefusal | None:
        if row is not None and self._must_wait(row) and not device:
            return "waiting"
        if row is None or not right:
            return "password"
        return "disabled" if row.disabled_at is not None else None

    def _accept(self, session: Session, row: AccountRow, means: Means) -> Authenticated:
        self._forgive(row)
        account = account_of(row)
        self._audit.add(session, account.actor, "session.begin", means=means)
        return Authenticated(account, means)

    def _forgive(self, row: AccountRow) -> None:
        """Forget failures after a success; not while others have to wait for theirs, when a known device succeeds meanwhile."""
        if not self._must_wait(row):
            row.failures, row.locked_until = 0, None

    def _count_failure(self, sender: str, device: str) -> None:
        if device:
            self._devices.failed(device)
        else:
            self._throttle.failed(sender)

    def _refuse(self, session: Session, row: AccountRow | None, why: SignInRefusal, device: str) -> None:
        if row is not None and why != "waiting" and not device:
            row.failures += 1
            if row.failures >= FAILURES_BEFORE_WAIT:
                row.locked_until = self._now() + min(FIRST_WAIT * 2 ** min(row.failures - FAILURES_BEFORE_WAIT, 20), LONGEST_WAIT)
        self._audit.add(session, NOBODY, "session.refused", f"account {row.id}" if row else "", why=why)
