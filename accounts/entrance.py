"""Who may come in: password and address, with patience that runs out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from accounts.models import AccountRow
from accounts.passwords import is_password
from accounts.register import account_of
from accounts.roles import Account
from errors import CandorError
from storage import writing

PATIENCE = 5  # wrong passwords in a row before an account waits
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)  # doubled with each further one


class NotLetInError(CandorError):
    """Address, password or code is wrong, or the account waits or is closed. It never says which."""

    public = (
        "That did not work. Check the address and the password and try again. After several tries there is a wait, up to an hour."
    )


class Entrance:
    """Lets people in."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def with_password(self, email: str, password: str) -> Account:
        """Raises: NotLetInError. It takes as long whether there is such an account or not."""
        with writing(self._engine) as session:
            row = session.scalar(select(AccountRow).where(AccountRow.email == email.strip().lower()))
            right = is_password(password, row.password_hash if row else None)
            now = self._now()
            if row is not None and (row.locked_until is None or row.locked_until <= now):
                if right and row.disabled_at is None:
                    row.failures, row.locked_until = 0, None
                    return account_of(row)
                row.failures += 1
                if row.failures >= PATIENCE:
                    row.locked_until = now + min(FIRST_WAIT * 2 ** min(row.failures - PATIENCE, 20), LONGEST_WAIT)
        raise NotLetInError("not let in")
