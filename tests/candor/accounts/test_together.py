"""What two do at the same moment, on SQLite and on a real PostgreSQL: nothing is used twice, and the rules hold."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine

from candor.accounts.roles import Account, Grant
from candor.accounts.sessions import Sessions, csrf_of
from candor.accounts.sign_in import Authenticated, SignInRefusedError
from candor.accounts.store import LastAdminError
from candor.database.engine import make_engine
from candor.errors import CandorError, ConflictError
from tests.candor.accounts.test_sign_in import EMAIL, PASSWORD, SignInDesk
from tests.postgresql import Databases


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def desk(request: pytest.FixtureRequest, engine: Engine, databases: Databases) -> Iterator[SignInDesk]:
    """The same desk over each database."""
    if request.param == "SQLite":
        yield SignInDesk(engine)
        return
    made = make_engine(databases.with_tables())
    yield SignInDesk(made)
    made.dispose()


def at_once(*steps: Callable[[], object]) -> list[object]:
    """What each gave, or the kind of error it raised on purpose."""

    def tried(step: Callable[[], object]) -> object:
        try:
            return step()
        except CandorError as error:
            return type(error)

    with ThreadPoolExecutor(len(steps)) as threads:
        return list(threads.map(tried, steps))


def test_one_code_opens_once_however_many_try(desk: SignInDesk) -> None:
    """Codes of the app and codes on paper."""
    secret, paper = desk.enrol()
    desk.clock.now += timedelta(minutes=1)

    for code in (desk.code(secret), paper[0]):
        desk.accounts.unlock(desk.ada.id)  # so many failures make the account wait
        tokens = [desk.token() for _ in range(8)]
        entered = at_once(*(lambda token=token, code=code: desk.authenticator.with_code(token, code) for token in tokens))

        assert sum(isinstance(one, Authenticated) for one in entered) == 1
    assert desk.audit.verify().broken_at is None


@dataclass(frozen=True)
class Try:
    """What one of several processes does, once all of them are ready."""

    database: str
    ada: Account
    now: datetime
    barrier: Barrier
    token: str = ""
    code: str = ""
    stamp: int | None = None
    password: str = ""

    def __call__(self) -> bool:
        """Whether it was let in, or its password set."""
        engine = make_engine(self.database)
        desk = SignInDesk(engine, ada=self.ada)
        desk.clock.now = self.now
        self.barrier.wait(60)
        entered = False
        with suppress(CandorError):
            if self.stamp is not None:
                desk.accounts.set_password(self.ada.id, self.password, stamp=self.stamp)
                entered = True
            else:
                entered = isinstance(desk.authenticator.with_code(self.token, self.code), Authenticated)
        engine.dispose()
        return entered


def test_processes_use_a_code_and_an_invitation_once_too(desk: SignInDesk) -> None:
    """Several web processes share a database, and no lock but its own."""
    n = 4
    secret, paper = desk.enrol()
    desk.clock.now += timedelta(minutes=1)
    context = multiprocessing.get_context("spawn")
    database = desk.engine.url.render_as_string(hide_password=False)
    with context.Manager() as manager, ProcessPoolExecutor(n, context) as processes:

        def one_of(**what: Any) -> Try:
            return Try(database, desk.ada, desk.clock.now, barrier, **what)

        for code in (desk.code(secret), paper[0]):
            barrier = manager.Barrier(n)
            desk.accounts.unlock(desk.ada.id)
            tries = [one_of(token=desk.token(), code=code) for _ in range(n)]
            assert sum(each.result() for each in [processes.submit(one) for one in tries]) == 1
        barrier = manager.Barrier(n)
        stamp = desk.accounts.new_stamp(desk.ada.id)
        invited = [one_of(stamp=stamp, password=f"a sentence that only number {number} writes") for number in range(n)]
        assert sum(each.result() for each in [processes.submit(one) for one in invited]) == 1


def test_a_code_that_signs_in_proves_nothing_else_at_the_same_moment(desk: SignInDesk) -> None:
    """Whoever reads a code over somebody's shoulder cannot use it beside them."""
    secret, _ = desk.enrol()
    desk.clock.now += timedelta(minutes=1)
    code, tokens = desk.code(secret), [desk.token() for _ in range(3)]

    sign_ins = [lambda token=token: desk.authenticator.with_code(token, code) for token in tokens]
    proofs = [lambda: desk.authenticator.proves(desk.ada.id, code=code) for _ in range(3)]
    done = at_once(*sign_ins, *proofs)

    assert sum(isinstance(one, Authenticated) or one is True for one in done) == 1


def test_an_invitation_sets_one_password_however_many_use_it(desk: SignInDesk) -> None:
    """It is bound to the account's stamp; the one password that was set is the one that opens."""
    stamp = desk.accounts.new_stamp(desk.ada.id)
    passwords = [f"a sentence that only number {number} writes" for number in range(6)]

    done = at_once(*(lambda one=one: desk.accounts.set_password(desk.ada.id, one, stamp=stamp) for one in passwords))

    assert done.count(ConflictError) == 5
    (winner,) = (one for one, outcome in zip(passwords, done, strict=True) if outcome is not ConflictError)
    assert isinstance(desk.authenticator.with_password(EMAIL, winner), Authenticated)


def test_two_admins_who_close_each_other_leave_one(desk: SignInDesk) -> None:
    """Each is the last one once the other is gone."""
    admins = [desk.accounts.add(f"{name}@acme.example", name, [Grant("admin")], PASSWORD) for name in ("bea", "cem")]

    done = at_once(*(lambda one=one: desk.accounts.disable(one.id) for one in admins))

    assert done.count(LastAdminError) == 1
    assert sum(not desk.accounts.get(one.id).disabled for one in admins) == 1


def test_guesses_at_the_same_moment_are_all_counted(desk: SignInDesk) -> None:
    """Patience does not run out slower for whoever is quick."""
    at_once(*(lambda: desk.authenticator.with_password(EMAIL, "wrong") for _ in range(5)))

    assert desk.accounts.get(desk.ada.id).locked_until is not None
    assert [entry.action for entry in desk.audit.entries()] == ["session.refused"] * 5


def test_sessions_begin_end_and_go(desk: SignInDesk) -> None:
    """The same on both databases, with times that keep their zone."""
    sessions = Sessions(desk.engine, timedelta(hours=1), timedelta(hours=8), desk.clock)
    first, second = sessions.begin(desk.ada, "password", "Firefox on Linux"), sessions.begin(desk.ada, "oidc")
    found = sessions.look(first)
    assert found is not None

    ended = sessions.end_all(desk.ada.id, but=found.session)
    (left,) = sessions.of(desk.ada.id)
    desk.clock.now += timedelta(days=31)

    assert (ended, sessions.look(second), left.name, left.began_at) == (1, None, "Firefox on Linux", found.began_at)
    assert sessions.whose_form(csrf_of(second)) == desk.ada.id
    assert sessions.of(desk.ada.id) == []


def test_a_nul_in_an_address_or_a_name_is_no_fault(desk: SignInDesk) -> None:
    """PostgreSQL takes it nowhere."""
    with pytest.raises(SignInRefusedError):
        desk.authenticator.with_password("ada\0@acme.example", PASSWORD)

    assert desk.accounts.find("\0") is None
    assert desk.accounts.add("bea@acme.example", "Bea\0\nB.", [Grant("agent")]).name == "Bea B."
