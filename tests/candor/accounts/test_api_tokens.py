"""Tokens of the staff API: shown once, kept as hashes, worth nothing when they are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from candor.accounts.api_tokens import ApiTokens, BadTokenWishError, TokenRefusedError, may_give_to
from candor.accounts.kept_answers import KeptAnswer, KeptAnswers, StillBeingDoneError
from candor.accounts.roles import Account, Grant
from candor.tickets.cipher import FieldCipher

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class Clock:
    at = NOON

    def __call__(self) -> datetime:
        return self.at


def test_a_token_is_kept_as_a_hash_only(engine: Engine) -> None:
    """Whoever reads the database cannot use it."""
    made = ApiTokens(engine).make("Jira", ["requests:read"], [], 30, "account:1")

    with engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM api_token")).all()

    assert made.secret.startswith("candor_")
    assert made.secret not in str(row)
    assert ApiTokens(engine).check(made.secret).name == "Jira"


@pytest.mark.parametrize("secret", ["", "candor_", "candor_x", "\ud800", "a" * 100_000])
def test_what_is_no_token_is_refused(engine: Engine, secret: str) -> None:
    """Whatever it looks like."""
    ApiTokens(engine).make("Jira", ["requests:read"], [], 30, "account:1")

    with pytest.raises(TokenRefusedError):
        ApiTokens(engine).check(secret)


def test_a_token_ends_by_itself_and_by_hand(engine: Engine) -> None:
    """Its row stays: events go on to name it."""
    clock = Clock()
    tokens = ApiTokens(engine, clock)
    short, revoked = (tokens.make(name, ["requests:read"], [], 1, "account:1") for name in ("short", "revoked"))
    tokens.revoke(revoked.token.id, "account:1")

    with pytest.raises(TokenRefusedError):
        tokens.check(revoked.secret)
    assert tokens.check(short.secret).id == short.token.id
    clock.at += timedelta(days=1)
    with pytest.raises(TokenRefusedError):
        tokens.check(short.secret)
    assert {one.name for one in tokens.all()} == {"short", "revoked"}


def test_when_it_was_used_last_is_known_to_the_minute(engine: Engine) -> None:
    """Without a write at each call."""
    clock = Clock()
    tokens = ApiTokens(engine, clock)
    made = tokens.make("Jira", ["requests:read"], [], 30, "account:1")

    tokens.check(made.secret)
    clock.at += timedelta(seconds=30)
    tokens.check(made.secret)
    assert tokens.get(made.token.id).used_at == NOON
    clock.at += timedelta(seconds=30)
    tokens.check(made.secret)
    assert tokens.get(made.token.id).used_at == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [("", ["requests:read"], 30), ("\n", ["requests:read"], 30), ("x", [], 30), ("x", ["all"], 30), ("x", ["figures:read"], 0),
     ("x", ["figures:read"], 10_000)],
)  # fmt: skip
def test_a_token_that_makes_no_sense_is_not_made(engine: Engine, name: str, scopes: list[str], days: int) -> None:
    """No name, no scope, no end."""
    with pytest.raises(BadTokenWishError):
        ApiTokens(engine).make(name, scopes, [], days, "account:1")


def test_an_administrator_of_one_company_gives_tokens_for_that_one() -> None:
    """As with accounts."""
    of_acme, of_all = (Account(1, "a@b.example", "Ada", (Grant("admin", company),)) for company in ("acme", ""))
    officer = Account(2, "o@b.example", "Olu", (Grant("privacy_officer"),))

    assert [may_give_to(of_acme, wanted) for wanted in (["acme"], ["acme", "globex"], [])] == [True, False, False]
    assert [may_give_to(of_all, wanted) for wanted in (["acme"], [])] == [True, True]
    assert not may_give_to(officer, ["acme"])


def test_a_call_that_never_ended_may_be_made_again_after_a_while(engine: Engine) -> None:
    """Its process died; and what was answered is over after a day."""
    clock = Clock()
    token = ApiTokens(engine, clock).make("Jira", ["requests:read"], [], 30, "account:1").token.id
    kept = KeptAnswers(engine, FieldCipher("a secret"), clock)

    assert kept.begin(token, "k") is None
    with pytest.raises(StillBeingDoneError):
        kept.begin(token, "k")
    clock.at += timedelta(minutes=10)
    assert kept.begin(token, "k") is None
    kept.keep(token, "k", KeptAnswer("f", 200, "{}"))
    assert kept.begin(token, "k") == KeptAnswer("f", 200, "{}")
    clock.at += timedelta(days=1)
    assert kept.begin(token, "k") is None


def test_what_is_kept_can_be_read_by_nobody_else(engine: Engine) -> None:
    """It is encrypted, and its key is hashed."""
    token = ApiTokens(engine).make("Jira", ["requests:read"], [], 30, "account:1").token.id
    kept = KeptAnswers(engine, FieldCipher("a secret"))
    kept.begin(token, "my key")
    kept.keep(token, "my key", KeptAnswer("f", 200, '{"said": "hush"}'))

    with engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM kept_answer")).all()

    assert "hush" not in str(row)
    assert "my key" not in str(row)
