"""Releasing: what is served changes for one company, and what would change is known before."""

from __future__ import annotations

from pathlib import Path

import pytest

from candor.errors import InvalidInputError, UnknownVersionError
from knowledge.catalogue import PolicyCatalogue
from knowledge.ingestion import ingest
from knowledge.making import ArtefactMaker
from knowledge.policy_library import PolicyLibrary
from knowledge.releasing import PolicyReleasing
from tests.conftest import ACME
from tests.fakes import FakeEncoder, small_answers

SELL = "we never sell personal data"


def releasing_in(library: PolicyLibrary, encoder_id: str = FakeEncoder.id) -> PolicyReleasing:
    catalogue = PolicyCatalogue(library, encoder_id)
    maker = ArtefactMaker(library, FakeEncoder, encoder_id)
    return PolicyReleasing(library, lambda: maker, lambda: small_answers(catalogue), encoder_id)


@pytest.fixture
def both(policies: Path, catalogue: PolicyCatalogue) -> PolicyCatalogue:
    """Acme in two versions, of which the newer one sells."""
    sells = ACME.replace("We never sell personal data.", "We sell whatever we have.")
    (policies / "acme" / "2026-03-01.txt").write_text(sells, encoding="utf-8")
    ingest(policies, catalogue.policy_library, FakeEncoder, FakeEncoder.id, lambda _: None)
    return catalogue


def test_another_version_is_answered_from_at_once(both: PolicyCatalogue) -> None:
    """For that company alone, and nothing is ingested for it."""
    releasing_in(both.policy_library).release("acme", "2026-01-15", by="Ann")

    assert small_answers(both).answer(SELL, "acme").hits[0].passage.text == "We never sell personal data."
    assert both.release("acme").released_by == "Ann"


def test_going_back_serves_what_was_served_before(both: PolicyCatalogue) -> None:
    """And going back again serves what was taken away."""
    releasing = releasing_in(both.policy_library)
    releasing.release("acme", "2026-01-15", by="Ann")

    once, twice = releasing.back("acme", by="Ann").current, releasing.back("acme", by="Ann").current

    assert (once, twice) == ("2026-03-01", "2026-01-15")


def test_a_text_that_was_changed_under_the_same_name_can_be_brought_back(policies: Path, catalogue: PolicyCatalogue) -> None:
    """Its artefact is kept, although the file says something else."""
    (policies / "acme" / "2026-01-15.txt").write_text(ACME.replace("ten", "nine"), encoding="utf-8")
    ingest(policies, catalogue.policy_library, FakeEncoder, FakeEncoder.id, lambda _: None)

    releasing_in(catalogue.policy_library).back("acme", by="Ann")

    assert catalogue.served("acme").artefact.document.text == ACME


def test_a_version_that_another_encoder_made_is_made_anew(both: PolicyCatalogue) -> None:
    """Its text is kept, whatever encoder it was made with."""
    releasing_in(both.policy_library, "fake:2").release("acme", "2026-01-15", by="Ann")

    assert PolicyCatalogue(both.policy_library, "fake:2").served("acme").artefact.document.text == ACME


def test_a_retired_company_is_answered_no_more(both: PolicyCatalogue) -> None:
    """Until somebody releases a version of it."""
    releasing = releasing_in(both.policy_library)

    releasing.retire("acme")
    retired = set(both.companies)
    releasing.release("acme", "2026-03-01", by="Ann")

    assert (retired, set(both.companies)) == ({"globex"}, {"acme", "globex"})


def test_the_effect_of_a_release_is_known_beforehand(both: PolicyCatalogue) -> None:
    """Which answers change, and what changes in the policy's words; nothing is released for it."""
    releasing = releasing_in(both.policy_library)

    effect = releasing.effect("acme", both.release("acme").versions["2026-01-15"], [SELL, SELL, "how long do you keep invoices"])

    assert (effect.asked, [one.question for one in effect.answers]) == (2, [SELL])
    assert effect.answers[0].after.hits[0].passage.text == "We never sell personal data."
    assert (effect.policy.old, effect.policy.new) == ("2026-03-01", "2026-01-15")
    assert both.current_version("acme") == "2026-03-01"


def test_what_is_not_there_is_refused(both: PolicyCatalogue) -> None:
    """A version nobody has, and a way back that does not exist."""
    releasing = releasing_in(both.policy_library)

    with pytest.raises(UnknownVersionError):
        releasing.release("acme", "1999-01-01", by="Ann")
    with pytest.raises(InvalidInputError, match="nothing to go back to"):
        releasing.back("globex", by="Ann")
