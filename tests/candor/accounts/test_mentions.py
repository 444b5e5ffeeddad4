"""Whom a note names, and until when they are to look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from candor.accounts.mentions import KEEPS, Mentions, handle_of, named_in
from candor.accounts.roles import Account, Grant
from candor.accounts.store import AccountStore

BEA = Account(1, "bea@acme.example", "Bea Miller", (Grant("agent"),))
CY = Account(2, "cy.miller@acme.example", "Cy Miller", (Grant("agent"),))
OTHER = Account(3, "bea@globex.example", "Bea Young", (Grant("agent"),))
COLLEAGUES = (BEA, CY)


@pytest.mark.parametrize(
    ("text", "named", "unknown"),
    [
        ("@bea please look", [BEA], ()),
        ("@Bea, please look.", [BEA], ()),
        ("(@cy.miller) and @bea@acme.example.", [CY, BEA], ()),
        ("@cy look", [CY], ()),
        ("@bea and again @bea", [BEA], ()),
        ("@bob?", [], ("bob",)),
        ("write to ada@example.com", [], ()),
        ("mail@bea", [], ()),
        ("we meet @ 5", [], ()),
        ("", [], ()),
    ],
)
def test_an_at_names_a_colleague(text: str, named: list[Account], unknown: tuple[str, ...]) -> None:
    """By address, its first part or a first name; an address in the text names nobody."""
    found = named_in(text, COLLEAGUES)

    assert sorted(found.accounts, key=lambda one: one.id) == sorted(named, key=lambda one: one.id)
    assert found.unknown == unknown


def test_of_two_with_one_name_nobody_is_guessed() -> None:
    """The form offers what tells them apart."""
    everybody = (BEA, OTHER)

    assert named_in("@bea", everybody).unknown == ("bea",)
    assert [handle_of(each, everybody) for each in everybody] == [BEA.email, OTHER.email]
    assert named_in(f"@{OTHER.email} look", everybody).accounts == (OTHER,)


@given(st.text(max_size=200))
def test_whatever_is_written_can_be_read(text: str) -> None:
    """No text breaks it, and what names nobody stands in the text."""
    assert all(f"@{name}" in text for name in named_in(text, COLLEAGUES).unknown)


@given(st.sampled_from(COLLEAGUES), st.text(alphabet="abc .,!?\n", max_size=20), st.sampled_from([" ", "\n", ", ", "! ", ""]))
def test_what_the_form_offers_names_its_colleague(colleague: Account, before: str, after: str) -> None:
    """Anywhere in a text, after a space."""
    text = f"{before} @{handle_of(colleague, COLLEAGUES)}{after}"

    assert named_in(text, COLLEAGUES).accounts == (colleague,)


def test_a_mention_waits_until_its_person_has_looked(engine: Engine) -> None:
    """Once for each page, however often somebody is named; what nobody looks at is dropped in the end."""
    now = datetime(2026, 1, 15, tzinfo=UTC)
    bea = AccountStore(engine).add("bea@acme.example", "Bea", [Grant("agent")])
    cy = AccountStore(engine).add("cy@acme.example", "Cy", [Grant("agent")])
    mentions = Mentions(engine, lambda: now)

    mentions.add([bea.id, cy.id], "request R-7KQ4-M2XD", by=9)
    mentions.add([bea.id], "request R-7KQ4-M2XD", by=8)
    mentions.looked(cy.id, "request R-7KQ4-M2XD")

    assert [(one.page, one.by, one.at) for one in mentions.unread(bea.id)] == [("request R-7KQ4-M2XD", 8, now)]
    assert mentions.unread(cy.id) == []
    later = Mentions(engine, lambda: now + KEEPS + timedelta(days=1))
    later.add([cy.id], "conversation c_1", by=9)
    assert mentions.unread(bea.id) == []
