"""Settling what a policy says: by role and company, used at once, audited, and settled anew after a change."""

from __future__ import annotations

import re

import pytest

from candor.services import Services
from candor.services.knowledge import KnowledgeServices
from tests.candor.console.conftest import SignIn
from tests.conftest import ACME
from tests.fakes import small_answers

QUOTE = "We never sell personal data."
HERE = {"company": "acme", "aspect": "selling.sold"}


@pytest.fixture
def parts(parts: Services) -> Services:
    """Joined as they are in a process: the catalogue asks the database what is settled."""
    parts.knowledge.catalogue.settlements = parts.settled_by_staff
    parts.knowledge.answers = small_answers(parts.knowledge.catalogue)
    return parts


def mark_on(page: str) -> str:
    (mark,) = re.findall(r'name="fingerprint" value="([0-9a-f]+)"', page)
    return str(mark)


def test_services_join_the_catalogue_with_what_staff_settle(parts: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every process."""
    monkeypatch.setattr("candor.services.knowledge.encoder_id", lambda _: "an encoder")
    parts.staff.settlements.settle("acme", "selling.sold", quote=QUOTE, version="1", fingerprint="f", by=1)

    joined = KnowledgeServices(parts.settings, lambda: parts.engine, parts.settled_by_staff).catalogue

    assert [(one.aspect, one.quote) for one in joined.settlements("acme")] == [("selling.sold", QUOTE)]


def test_a_confirmed_silence_is_answered_with_certainty(sign_in: SignIn, parts: Services) -> None:
    """At once, and the page lists it; it can be left to Candor again."""
    desk = sign_in("privacy_officer", company="acme")
    assert parts.knowledge.answers.answer("Do you sell my data?", "acme").kind == "answer"
    mark = mark_on(desk.get("silence/settle?company=acme&aspect=selling.sold").text)

    moved = desk.submit("silence/settle", **HERE, fingerprint=mark, answer="silent")

    answer = parts.knowledge.answers.answer("Do you sell my data?", "acme")
    assert moved.headers["location"] == "/console/silence/settled?done=silent"
    assert (answer.kind, answer.probability, answer.hits, answer.parts[0].settled) == ("not_in_policy", 1.0, (), True)
    assert "The policy is silent" in desk.get("silence/settled").text
    (entry,) = parts.staff.audit.entries(action="silence.settle")
    assert entry.details == {"settled": "silent", "version": "2026-01-15"}
    desk.submit("silence/settle", **HERE, answer="open")
    assert parts.knowledge.answers.answer("Do you sell my data?", "acme").kind == "answer"


def test_the_passage_that_is_pointed_to_answers_first(sign_in: SignIn, parts: Services) -> None:
    """Word for word, with its place."""
    desk = sign_in("privacy_officer", company="acme")
    page = desk.get("silence/settle?company=acme&aspect=children.minimum_age").text
    start = ACME.index(QUOTE)

    desk.submit(
        "silence/settle", company="acme", aspect="children.minimum_age", fingerprint=mark_on(page), answer="passage",
        passage=f"{start}-{start + len(QUOTE)}",
    )  # fmt: skip

    answer = parts.knowledge.answers.answer("How old do I have to be?", "acme")
    assert (answer.kind, answer.hits[0].passage.text) == ("answer", QUOTE)
    assert QUOTE in desk.get("silence/settled").text


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": "silent", "fingerprint": "of another text"},
        {"answer": "passage"},
        {"answer": "passage", "passage": "1-2"},
        {"answer": ""},
        {"answer": "silent", "aspect": "no.such"},
    ],
)
def test_what_was_not_chosen_or_not_seen_is_refused(sign_in: SignIn, parts: Services, fields: dict[str, str]) -> None:
    """With what to do; nothing is settled."""
    desk = sign_in("privacy_officer", company="acme")
    mark = mark_on(desk.get("silence/settle?company=acme&aspect=selling.sold").text)

    assert desk.submit("silence/settle", **{**HERE, "fingerprint": mark, **fields}).status_code == 422
    assert parts.staff.settlements.recorded(["acme"]) == []


@pytest.mark.parametrize(
    ("role", "company"), [("reviewer", "acme"), ("agent", "acme"), ("admin", ""), ("privacy_officer", "globex")]
)
def test_only_the_companys_privacy_officer_settles(sign_in: SignIn, parts: Services, role: str, company: str) -> None:
    """Neither by the form nor without it."""
    desk = sign_in(role, company=company)

    assert desk.get("silence/settle?company=acme&aspect=selling.sold").status_code == 403
    assert desk.submit("silence/settle", **HERE, answer="open").status_code == 403
    assert parts.staff.settlements.recorded(["acme"]) == []


def test_another_companys_settlements_are_not_shown(sign_in: SignIn, parts: Services) -> None:
    """Not on the page, not by address."""
    parts.staff.settlements.settle("globex", "selling.sold", quote="A secret of Globex", version="1", fingerprint="f", by=1)
    desk = sign_in("reviewer", company="acme")

    assert "A secret of Globex" not in desk.get("silence/settled").text
    assert desk.get("silence/settled?company=globex&aspect=selling.sold").status_code == 403


def test_what_the_policy_no_longer_says_is_to_be_settled_anew(sign_in: SignIn, parts: Services) -> None:
    """It comes first, with a warning; answers do not go by it."""
    parts.staff.settlements.settle("acme", "selling.sold", quote="We sold it <once>.", version="1", fingerprint="f", by=1)

    page = sign_in("reviewer", company="acme").get("silence/settled").text

    assert "the policy has changed" in page
    assert "We sold it &lt;once&gt;." in page
    assert parts.knowledge.answers.answer("Do you sell my data?", "acme").hits[0].passage.text == QUOTE
