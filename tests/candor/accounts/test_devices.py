"""A device on which somebody signed in before: others' guesses do not make its owner wait, and it gives nobody more guesses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from candor.accounts.devices import LASTS
from candor.accounts.roles import Grant
from candor.accounts.sign_in import FAILURES_BEFORE_WAIT, Authenticated, CodeNeeded, SignInRefusedError, WrongCodeError
from candor.errors import TooManyError
from tests.candor.accounts.test_sign_in import EMAIL, PASSWORD, SignInDesk

ATTACKER, OFFICE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def desk(engine: Engine) -> SignInDesk:
    return SignInDesk(engine, "3/minute")


def guess(desk: SignInDesk, times: int, sender: str = ATTACKER, cookie: str = "") -> None:
    for number in range(times):
        with pytest.raises(SignInRefusedError):
            desk.authenticator.with_password(EMAIL, "wrong", f"{sender}{number}" if sender == ATTACKER else sender, cookie)


def test_the_owner_signs_in_on_a_known_device_while_others_guess(desk: SignInDesk) -> None:
    """The account waits for everybody else, and goes on waiting after that."""
    cookie = desk.devices.remember(desk.ada.id)
    guess(desk, FAILURES_BEFORE_WAIT)

    with pytest.raises(SignInRefusedError):
        desk.authenticator.with_password(EMAIL, PASSWORD, OFFICE)
    assert isinstance(desk.authenticator.with_password(EMAIL, PASSWORD, OFFICE, cookie), Authenticated)
    with pytest.raises(SignInRefusedError):
        desk.authenticator.with_password(EMAIL, PASSWORD, OFFICE)


def test_a_known_device_also_signs_in_where_its_network_has_failed_too_often(desk: SignInDesk) -> None:
    """One colleague who mistypes does not lock out the office."""
    cookie = desk.devices.remember(desk.ada.id)
    for number in range(3):
        with pytest.raises(SignInRefusedError):
            desk.authenticator.with_password(f"{number}@acme.example", "wrong", OFFICE)

    with pytest.raises(TooManyError):
        desk.authenticator.with_password(EMAIL, PASSWORD, OFFICE)
    assert isinstance(desk.authenticator.with_password(EMAIL, PASSWORD, OFFICE, cookie), Authenticated)


def test_the_code_is_taken_and_proven_on_a_known_device_while_the_account_waits(desk: SignInDesk) -> None:
    """Both factors, or neither: a password alone would not let anybody in."""
    secret, _ = desk.enrol()
    cookie = desk.devices.remember(desk.ada.id)
    guess(desk, FAILURES_BEFORE_WAIT)
    desk.clock.now += timedelta(seconds=1)

    pending = desk.authenticator.with_password(EMAIL, PASSWORD, OFFICE, cookie)
    assert isinstance(pending, CodeNeeded)
    with pytest.raises(WrongCodeError):
        desk.authenticator.with_code(pending.token, desk.code(secret, 1), OFFICE)
    entered = desk.authenticator.with_code(pending.token, desk.code(secret, 1), OFFICE, cookie)

    assert entered.means == "password+code"
    assert not desk.authenticator.proves(desk.ada.id, password=PASSWORD)
    assert desk.authenticator.proves(desk.ada.id, password=PASSWORD, cookie=cookie)


def test_a_known_device_that_fails_too_often_is_treated_as_any_other(desk: SignInDesk) -> None:
    """Its first failures make nobody else wait; those after them count for the account."""
    cookie = desk.devices.remember(desk.ada.id)

    guess(desk, 5, OFFICE, cookie)
    assert desk.accounts.get(desk.ada.id).locked_until is None
    guess(desk, FAILURES_BEFORE_WAIT, cookie=cookie)

    assert desk.accounts.get(desk.ada.id).locked_until is not None
    with pytest.raises(SignInRefusedError):
        desk.authenticator.with_password(EMAIL, PASSWORD, OFFICE, cookie)


@pytest.mark.parametrize("kind", ["forged", "of another account", "too old"])
def test_only_this_accounts_own_cookie_counts(desk: SignInDesk, kind: str) -> None:
    """Nobody gets past somebody else's wait with a cookie of their own."""
    bea = desk.accounts.add("bea@acme.example", "Bea", [Grant("agent")], PASSWORD)
    cookie = {"forged": "x" * 80, "of another account": desk.devices.remember(bea.id)}.get(
        kind, desk.devices.remember(desk.ada.id)
    )
    if kind == "too old":
        desk.clock.now += LASTS + timedelta(days=1)
    guess(desk, FAILURES_BEFORE_WAIT)

    with pytest.raises(SignInRefusedError):
        desk.authenticator.with_password(EMAIL, PASSWORD, OFFICE, cookie)
