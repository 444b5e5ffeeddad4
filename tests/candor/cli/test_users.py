"""Accounts and the audit log in the terminal, on the real parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

import candor.services as joined
from candor.accounts.roles import Grant
from candor.accounts.second_factor import SecondFactor
from candor.accounts.sign_in import Authenticated
from candor.app import doctor
from candor.cli.main import app
from candor.services import Services

PASSWORD = "a sentence that only she writes"


@pytest.fixture
def parts(tmp_path: Path, policies: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """The process's own services, configured to the test's folder."""
    for name, value in {
        "VAR_DIR": str(tmp_path / "var"), "POLICIES_DIR": str(policies), "DATABASE_URL": "", "SECRET_KEY": "a secret",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CANDOR_{name}", value)
    joined.services.cache_clear()
    made = joined.services()
    yield made
    made.engine.dispose()
    joined.services.cache_clear()


def says(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=typed)


def admin(email: str = "ada@acme.example") -> Result:
    return says("user", "add", email, "--role", "admin", "--password-stdin", typed=f"{PASSWORD}\n")


def actions(parts: Services) -> list[tuple[str, str]]:
    return [(entry.actor.partition(":")[0], entry.action) for entry in reversed(parts.staff.audit.entries())]


def test_the_first_admin_is_made_in_the_terminal_and_can_sign_in(parts: Services) -> None:
    """No default password exists: before this nobody can come in."""
    before = doctor._accounts(parts)

    said = says("user", "add", "Ada@Acme.example", "--name", "Ada", "--role", "admin", "--role", "agent:acme",
                "--password-stdin", typed=f"{PASSWORD}\n")  # fmt: skip

    assert "candor user add" in before
    assert (said.exit_code, "admin, agent:acme" in said.output, PASSWORD in said.output) == (0, True, False)
    assert isinstance(parts.staff.authenticator.with_password("ada@acme.example", PASSWORD), Authenticated)
    assert actions(parts)[0] == ("cli", "account.add")


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(parts: Services) -> None:
    """Two that differ are asked for again."""
    typed = f"{PASSWORD}\nanother long sentence\n{PASSWORD}\n{PASSWORD}"

    said = says("user", "add", "ada@acme.example", "--role", "admin", typed=f"{typed}\n")

    assert (said.exit_code, said.output.count("The same again"), PASSWORD in said.output) == (0, 2, False)
    assert isinstance(parts.staff.authenticator.with_password("ada@acme.example", PASSWORD), Authenticated)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("ada@acme.example", "--role", "boss"), "is no role"),
        (("ada@acme.example",), "needs a role"),
        (("ada@acme.example", "--role", "agent:nobody"), "there is no company"),
        (("no address", "--role", "agent"), "no e-mail address"),
    ],
)
def test_what_cannot_be_an_account_is_refused_with_the_cure(parts: Services, arguments: tuple[str, ...], why: str) -> None:
    """And nothing is made."""
    said = says("user", "add", *arguments, "--password-stdin", typed=f"{PASSWORD}\n")

    assert (said.exit_code, why in said.output) == (1, True)
    assert parts.staff.accounts.all() == []


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", "ada@acme.example 1"])
def test_an_easy_password_is_refused(parts: Services, weak: str) -> None:
    """Short, of few letters, or made of the address."""
    said = says("user", "add", "ada@acme.example", "--role", "admin", "--password-stdin", typed=f"{weak}\n")

    assert (said.exit_code, parts.staff.accounts.all()) == (1, [])


def test_a_new_password_and_a_closed_account_sign_out_everywhere(parts: Services) -> None:
    """Each change is in the log."""
    admin()
    says("user", "add", "bea@acme.example", "--role", "agent", "--company", "acme", "--password-stdin", typed=f"{PASSWORD}\n")
    bea = parts.staff.accounts.find("bea@acme.example")
    assert bea is not None
    assert bea.grants == (Grant("agent", "acme"),)
    first, second = parts.staff.sessions.begin(bea, "password"), None

    says("user", "password", "bea@acme.example", "--password-stdin", typed="quite another sentence\n")
    after_password = parts.staff.sessions.look(first)
    second = parts.staff.sessions.begin(bea, "password")
    says("user", "disable", "bea@acme.example")
    after_closing = parts.staff.sessions.look(second)
    says("user", "enable", "bea@acme.example")
    says("user", "roles", "bea@acme.example", "--role", "reviewer:globex")

    assert (after_password, after_closing) == (None, None)
    found = parts.staff.accounts.get(bea.id)
    assert (found.disabled, found.grants) == (False, (Grant("reviewer", "globex"),))
    done = [action for actor, action in actions(parts) if actor == "cli"]
    assert done == ["account.add", "account.add", "account.password", "account.disable", "account.enable", "account.roles"]


def test_the_last_admin_stays(parts: Services) -> None:
    """Also an admin who was only invited, or is one for a single company, is none who could manage the rest."""
    admin()
    says("user", "add", "bea@acme.example", "--role", "admin", "--invite")
    says("user", "add", "cem@acme.example", "--role", "admin:acme", "--password-stdin", typed=f"{PASSWORD}\n")

    disabled, demoted = says("user", "disable", "ada@acme.example"), says("user", "roles", "ada@acme.example", "--role", "agent")

    assert (disabled.exit_code, demoted.exit_code) == (1, 1)
    ada = parts.staff.accounts.find("ada@acme.example")
    assert ada is not None
    assert (ada.disabled, ada.may("manage_people")) == (False, True)


def test_a_list_of_nobody_says_how_the_first_account_is_made(parts: Services) -> None:
    """In one line that can be copied; and not any more once there is somebody."""
    before = says("user", "list")
    admin()
    after = says("user", "list")

    assert before.exit_code == 0
    assert "candor user add ada@example.org --name Ada --role admin\n" in before.output
    assert ("candor user add" in after.output, "ada@acme.example" in after.output) == (False, True)


def test_the_log_is_listed_and_checked(parts: Services) -> None:
    """The head of today holds tomorrow; one that was cut off, and a changed entry, exit with 1."""
    admin()
    head = parts.staff.audit.verify().head
    parts.staff.audit.record("system", "a.later.thing")

    whole, noted, other = (
        says("audit", "verify"),
        says("audit", "verify", "--expect", head),
        says("audit", "verify", "--expect", "ab"),
    )
    listed = says("audit", "list", "--action", "account.")
    with parts.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_kept_update"))
        connection.execute(text("UPDATE audit SET actor = 'account:9' WHERE id = 1"))
    broken = says("audit", "verify")

    assert (whole.exit_code, noted.exit_code, other.exit_code, broken.exit_code) == (0, 0, 1, 1)
    assert "2 entries hold" in whole.output
    assert ("account.add" in listed.output, "a.later.thing" in listed.output) == (True, False)
    assert "breaks at entry 1" in broken.output


def test_a_change_of_keys_takes_second_factors_along(parts: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the new key alone the code of the same phone still opens."""
    admin()
    ada = parts.staff.accounts.find("ada@acme.example")
    assert ada is not None
    secret = SecondFactor.new_secret()
    assert parts.staff.second_factor.confirm(ada.id, secret, pyotp.TOTP(secret).now())
    monkeypatch.setenv("CANDOR_SECRET_KEY", "a new secret")
    monkeypatch.setenv("CANDOR_OLD_SECRET_KEYS", "a secret")
    joined.services.cache_clear()

    said = says("keys", "rotate")

    assert "1 second factors" in said.output
    joined.services().engine.dispose()
    monkeypatch.setenv("CANDOR_OLD_SECRET_KEYS", "")
    joined.services.cache_clear()
    assert joined.services().staff.second_factor.rotate() == 1
    joined.services().engine.dispose()
