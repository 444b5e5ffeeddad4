"""Who comes in: passwords, codes, patience, and what the log keeps of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from candor.accounts.audit import AuditLog
from candor.accounts.devices import FAILURES, KnownDevices
from candor.accounts.login_throttle import LoginThrottle
from candor.accounts.models import AccountRow
from candor.accounts.roles import Account, Grant
from candor.accounts.sealed_tokens import SealedTokens
from candor.accounts.second_factor import SecondFactor
from candor.accounts.sign_in import (
    CODE_WITHIN,
    FAILURES_BEFORE_WAIT,
    FIRST_WAIT,
    Authenticated,
    Authenticator,
    CodeNeeded,
    CodeTooLateError,
    SignInRefusedError,
)
from candor.accounts.sign_in import WrongCodeError as WrongCode
from candor.accounts.store import AccountStore
from candor.errors import ConflictError, TooManyError
from candor.tickets.cipher import FieldCipher

PASSWORD, EMAIL = "a sentence that only she writes", "ada@acme.example"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class SignInDesk:
    """All that lets people in, over one database and one clock."""

    def __init__(self, engine: Engine, rule: str = "", ada: Account | None = None) -> None:
        """ada: her account, where another desk over the same database made it."""
        self.engine, self.clock = engine, Clock()
        self.audit = AuditLog(engine, "a secret", now=self.clock)
        self.factor = SecondFactor(engine, FieldCipher("a secret"), self.clock)
        self.tokens = SealedTokens("a secret", now=self.clock)
        self.devices = KnownDevices(self.tokens, LoginThrottle(FAILURES, "a secret"))
        throttle = LoginThrottle(rule, "a secret")
        self.authenticator = Authenticator(engine, self.audit, self.factor, self.tokens, throttle, self.devices, self.clock)
        self.accounts = AccountStore(engine, self.clock)
        self.ada = ada or self.accounts.add(EMAIL, "Ada", [Grant("agent")], PASSWORD)

    def enrol(self, account: Account | None = None) -> tuple[str, list[str]]:
        secret = SecondFactor.new_secret()
        codes = self.factor.confirm((account or self.ada).id, secret, self.code(secret))
        assert codes is not None
        return secret, codes

    def code(self, secret: str, steps: int = 0) -> str:
        return pyotp.TOTP(secret).at(self.clock.now + timedelta(seconds=30 * steps))

    def token(self) -> str:
        found = self.authenticator.with_password(EMAIL, PASSWORD)
        assert isinstance(found, CodeNeeded)
        return found.token


@pytest.fixture
def desk(engine: Engine) -> SignInDesk:
    return SignInDesk(engine)


def test_after_several_wrong_passwords_an_account_waits_and_each_further_wait_is_longer(desk: SignInDesk) -> None:
    """The right password does not help meanwhile, and gets the same answer."""
    for _ in range(FAILURES_BEFORE_WAIT):
        with pytest.raises(SignInRefusedError):
            desk.authenticator.with_password(EMAIL, "wrong")

    with pytest.raises(SignInRefusedError):
        desk.authenticator.with_password(EMAIL, PASSWORD)
    desk.clock.now += FIRST_WAIT + timedelta(seconds=1)
    with pytest.raises(SignInRefusedError):
        desk.authenticator.with_password(EMAIL, "wrong")
    desk.clock.now += FIRST_WAIT + timedelta(seconds=1)
    with pytest.raises(SignInRefusedError):
        desk.authenticator.with_password(EMAIL, PASSWORD)
    desk.clock.now += FIRST_WAIT

    assert isinstance(desk.authenticator.with_password(EMAIL, PASSWORD), Authenticated)
    assert desk.accounts.get(desk.ada.id).locked_until is None


def test_unlocking_ends_a_wait(desk: SignInDesk) -> None:
    """An admin knows that it was really her."""
    for _ in range(FAILURES_BEFORE_WAIT):
        with pytest.raises(SignInRefusedError):
            desk.authenticator.with_password(EMAIL, "wrong")

    desk.accounts.unlock(desk.ada.id)

    assert isinstance(desk.authenticator.with_password(EMAIL, PASSWORD), Authenticated)


def test_one_address_cannot_try_many_accounts(engine: Engine) -> None:
    """Other addresses go on; what succeeds is not counted."""
    desk = SignInDesk(engine, "3/minute")
    desk.authenticator.with_password(EMAIL, PASSWORD, "192.0.2.1")
    for number in range(3):
        with pytest.raises(SignInRefusedError):
            desk.authenticator.with_password(f"{number}@acme.example", "wrong", "192.0.2.1")

    with pytest.raises(TooManyError):
        desk.authenticator.with_password(EMAIL, PASSWORD, "192.0.2.1")

    assert isinstance(desk.authenticator.with_password(EMAIL, PASSWORD, "192.0.2.2"), Authenticated)


def test_the_log_tells_of_each_try_and_never_the_address_that_was_typed(desk: SignInDesk) -> None:
    """What is typed into the wrong field may be a password."""
    desk.authenticator.with_password(EMAIL, PASSWORD)
    for email in (EMAIL, "my-secret@elsewhere.example"):
        with pytest.raises(SignInRefusedError):
            desk.authenticator.with_password(email, "wrong")

    entries = desk.audit.entries()

    assert [(entry.actor, entry.action, entry.subject) for entry in entries] == [
        ("nobody", "session.refused", ""),
        ("nobody", "session.refused", f"account {desk.ada.id}"),
        (desk.ada.actor, "session.begin", ""),
    ]
    assert "example" not in str(entries)


def test_an_unknown_account_has_a_hash_checked_too(desk: SignInDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the answer takes as long as for one that exists."""
    checked: list[str] = []
    real = PasswordHasher.verify

    def noted(self: PasswordHasher, kept: str, given: str) -> bool:
        checked.append(kept)
        return real(self, kept, given)

    monkeypatch.setattr(PasswordHasher, "verify", noted)

    for email in (EMAIL, "nobody@acme.example"):
        with pytest.raises(SignInRefusedError):
            desk.authenticator.with_password(email, "wrong")

    parameters = {kept.rsplit("$", 2)[0] for kept in checked}
    assert (len(checked), len(parameters)) == (2, 1)


def test_writers_do_not_wait_for_a_password_that_is_being_checked(desk: SignInDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty milliseconds with the writers' lock would stop every request of visitors."""
    real = PasswordHasher.verify

    def while_checking(self: PasswordHasher, kept: str, given: str) -> bool:
        with desk.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.rollback()
        return real(self, kept, given)

    monkeypatch.setattr(PasswordHasher, "verify", while_checking)

    assert isinstance(desk.authenticator.with_password(EMAIL, PASSWORD), Authenticated)


@pytest.mark.usefixtures("strong_hashes")
def test_a_password_is_hashed_anew_once_the_parameters_have_changed(desk: SignInDesk) -> None:
    """Which only works while we have it: at a sign-in."""
    old = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    with Session(desk.engine) as session, session.begin():
        session.execute(update(AccountRow).values(password_hash=old))

    desk.authenticator.with_password(EMAIL, PASSWORD)

    with Session(desk.engine) as session:
        kept = session.get_one(AccountRow, desk.ada.id).password_hash or ""
    assert "m=65536" in kept
    assert isinstance(desk.authenticator.with_password(EMAIL, PASSWORD), Authenticated)


def test_with_a_second_factor_the_password_alone_opens_nothing(desk: SignInDesk) -> None:
    """It is good for a token, and the token for five minutes, with a code."""
    secret, _ = desk.enrol()
    desk.clock.now += timedelta(minutes=1)

    entered = desk.authenticator.with_code(desk.token(), desk.code(secret))

    assert (entered.account.id, entered.means) == (desk.ada.id, "password+code")


def test_a_code_opens_once_and_a_clock_may_be_wrong_by_one_step(desk: SignInDesk) -> None:
    """Neither the same code nor an older one, nor one of a minute ahead."""
    secret, _ = desk.enrol()
    desk.clock.now += timedelta(minutes=1)
    desk.authenticator.with_code(desk.token(), desk.code(secret, 1))

    for steps in (1, 0, -1, 2):
        with pytest.raises(WrongCode):
            desk.authenticator.with_code(desk.token(), desk.code(secret, steps))
    desk.clock.now += timedelta(seconds=90)

    assert desk.authenticator.with_code(desk.token(), desk.code(secret, -1)).account.id == desk.ada.id


def test_guessing_codes_runs_into_the_same_wait(desk: SignInDesk) -> None:
    """Also when the right password is given before each guess."""
    secret, _ = desk.enrol()
    desk.clock.now += timedelta(minutes=1)
    token = desk.token()
    for _ in range(FAILURES_BEFORE_WAIT):
        with pytest.raises(WrongCode):
            desk.authenticator.with_code(desk.token(), "000000")

    with pytest.raises(WrongCode):
        desk.authenticator.with_code(token, desk.code(secret))
    with pytest.raises(SignInRefusedError):
        desk.authenticator.with_password(EMAIL, PASSWORD)


def test_a_sealed_token_is_good_for_five_minutes_and_for_this_password(desk: SignInDesk) -> None:
    """A changed password makes the half of a sign-in worthless."""
    secret, _ = desk.enrol()
    desk.clock.now += timedelta(minutes=1)
    old, changed = desk.token(), desk.token()
    desk.accounts.set_password(desk.ada.id, "quite another sentence")

    with pytest.raises(CodeTooLateError):
        desk.authenticator.with_code(changed, desk.code(secret))
    desk.clock.now += CODE_WITHIN + timedelta(seconds=2)
    for token in (old, "nonsense", desk.tokens.make("another purpose", account=desk.ada.id, stamp=0)):
        with pytest.raises(CodeTooLateError):
            desk.authenticator.with_code(token, desk.code(secret))


def test_each_code_on_paper_opens_once(desk: SignInDesk) -> None:
    """With or without its dashes; new ones make the older worthless."""
    _, codes = desk.enrol()

    means = [desk.authenticator.with_code(desk.token(), code).means for code in (codes[0], codes[1].replace("-", " ").upper())]
    with pytest.raises(WrongCode):
        desk.authenticator.with_code(desk.token(), codes[0])
    left = desk.factor.left(desk.ada.id)
    desk.factor.renew(desk.ada.id)

    assert (means, left) == (["password+recovery"] * 2, 8)
    with pytest.raises(WrongCode):
        desk.authenticator.with_code(desk.token(), codes[2])


def test_another_accounts_paper_opens_nothing(desk: SignInDesk) -> None:
    """Codes belong to one account."""
    bea = desk.accounts.add("bea@acme.example", "Bea", [Grant("agent")], PASSWORD)
    desk.enrol()
    _, hers = desk.enrol(bea)

    with pytest.raises(WrongCode):
        desk.authenticator.with_code(desk.token(), hers[0])


def test_a_factor_is_there_once_confirmed_and_lies_encrypted(desk: SignInDesk) -> None:
    """A wrong code sets up nothing; a second phone does not silently replace the first."""
    secret = SecondFactor.new_secret()

    refused = desk.factor.confirm(desk.ada.id, secret, "000000")
    before = desk.accounts.get(desk.ada.id).has_second_factor
    desk.factor.confirm(desk.ada.id, secret, desk.code(secret))

    assert (refused, before, desk.accounts.get(desk.ada.id).has_second_factor) == (None, False, True)
    with pytest.raises(ConflictError):
        desk.factor.confirm(desk.ada.id, secret, desk.code(secret, 1))
    with Session(desk.engine) as session:
        assert secret.encode() not in (session.get_one(AccountRow, desk.ada.id).totp_secret or b"")


def test_a_disabled_account_gets_the_same_answer(desk: SignInDesk) -> None:
    """And learns nothing about whether the password was right."""
    desk.accounts.add("boss@acme.example", "Boss", [Grant("admin")], PASSWORD)
    desk.accounts.disable(desk.ada.id)

    with pytest.raises(SignInRefusedError) as refused:
        desk.authenticator.with_password(EMAIL, PASSWORD)

    assert refused.value.public == SignInRefusedError.public
