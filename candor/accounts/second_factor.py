"""The second factor: a code from an app on a phone (TOTP, RFC 6238), or one of ten recovery codes on paper."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, Protocol

import pyotp
from sqlalchemy import Engine, delete, func, or_, select, update
from sqlalchemy.orm import Session

from candor.accounts.models import AccountRow, RecoveryRow
from candor.accounts.store import find_account
from candor.database.transactions import changed, writing
from candor.errors import ConflictError

STEP = 30  # seconds that a code is shown
DRIFT = 1  # steps by which a phone's clock may be wrong, before and after
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
FactorKind = Literal["code", "recovery"]


class Cipher(Protocol):
    """Encrypts what must be read again; its keys can be rotated."""

    def encrypt(self, text: str) -> bytes: ...

    def decrypt(self, ciphertext: bytes) -> str: ...

    def rotate(self, ciphertext: bytes) -> bytes: ...


class HasOneError(ConflictError):
    """The account has got a second factor meanwhile, in another tab."""

    public = "Your account has a second factor already. To set up another phone, remove the one you have first."


class SecondFactor:
    """Second factors of accounts. Secrets are stored encrypted, recovery codes only as hashes."""

    def __init__(self, engine: Engine, cipher: Cipher, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._cipher, self._now = engine, cipher, now

    @staticmethod
    def new_secret() -> str:
        """160 bits in base32. It is stored only once a code of it has been confirmed."""
        return pyotp.random_base32()

    @staticmethod
    def address(secret: str, email: str) -> str:
        """The otpauth: address that an app reads from a QR code."""
        return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Candor")

    def confirm(self, account: int, secret: str, code: str) -> list[str] | None:
        """Set up the factor if this is a current code of the secret. The recovery codes, to be shown once; None: it is not.

        Raises: HasOneError.
        """
        step = self._step_of(secret, code, None)
        if step is None:
            return None
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            if row.totp_secret is not None:
                raise HasOneError("the account has a second factor already")
            row.totp_secret, row.totp_step, row.stamp = self._cipher.encrypt(secret), step, row.stamp + 1
            return _new_codes(session, row)

    def renew(self, account: int) -> list[str]:
        """Make new recovery codes; the older ones stop working."""
        with writing(self._engine, "accounts") as session:
            return _new_codes(session, find_account(session, account))

    def remove(self, account: int) -> bool:
        """Remove the factor; whether there was one."""
        with writing(self._engine, "accounts") as session:
            row = find_account(session, account)
            had = row.totp_secret is not None
            row.totp_secret, row.totp_step, row.stamp = None, None, row.stamp + 1
            session.execute(delete(RecoveryRow).where(RecoveryRow.account_id == account))
            return had

    def left(self, account: int) -> int:
        """How many recovery codes are unused."""
        unused = select(func.count()).where(RecoveryRow.account_id == account, RecoveryRow.used_at.is_(None))
        with Session(self._engine) as session:
            return session.scalar(unused) or 0

    def use(self, session: Session, row: AccountRow, code: str) -> FactorKind | None:
        """The kind of the code if it is right, and use it up in the caller's transaction; None where it is wrong.

        One UPDATE asks whether it is unused and marks it, so that it opens once however many send it at the same moment.
        """
        if row.totp_secret is None:
            return None
        step = self._step_of(self._cipher.decrypt(row.totp_secret), code, row.totp_step)
        if step is not None:
            unused = or_(AccountRow.totp_step.is_(None), AccountRow.totp_step < step)
            code_step = update(AccountRow).where(AccountRow.id == row.id, unused).values(totp_step=step)
            return "code" if changed(session.execute(code_step)) else None
        unused_paper = (RecoveryRow.code_hash == _hash(row.id, code), RecoveryRow.used_at.is_(None))
        paper = update(RecoveryRow).where(RecoveryRow.account_id == row.id, *unused_paper).values(used_at=self._now())
        return "recovery" if changed(session.execute(paper)) else None

    def rotate(self) -> int:
        """Encrypt each secret with the newest key; return how many. Raises: UnavailableError where a key is unknown."""
        with writing(self._engine, "accounts") as session:
            rows = session.scalars(select(AccountRow).where(AccountRow.totp_secret.is_not(None))).all()
            for row in rows:
                row.totp_secret = self._cipher.rotate(row.totp_secret or b"")
            return len(rows)

    def _step_of(self, secret: str, code: str, used: int | None) -> int | None:
        """The step of this code, if it is later than the one used last: a code is good for once (RFC 6238, 5.2)."""
        plain, now, found = "".join(code.split()), int(self._now().timestamp()) // STEP, None
        for step in range(now - DRIFT, now + DRIFT + 1):
            right = hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step).encode(), plain.encode())
            if right and (used is None or step > used):
                found = step
        return found


def _new_codes(session: Session, row: AccountRow) -> list[str]:
    session.execute(delete(RecoveryRow).where(RecoveryRow.account_id == row.id))
    codes = ["-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryRow(account_id=row.id, code_hash=_hash(row.id, code)) for code in codes)
    return codes


def _hash(account: int, code: str) -> str:
    """74 random bits need no slow hash; spaces, dashes and capitals do not matter."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(f"candor recovery {account} {plain}".encode()).hexdigest()
