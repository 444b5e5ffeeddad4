"""Sure, not certain, or nothing found: over made-up policies of many kinds, with a judge that believes in nothing."""

from __future__ import annotations

import pytest

from knowledge.catalogue import PolicyCatalogue
from knowledge.ingestion import ingest
from tests.fakes import FakeEncoder, small_answers

POLICIES = {
    "startup": """Privacy at Pebble

We keep it short. Pebble's servers stand in Norway.

You can wipe your profile whenever you like. Mail hello@pebble.example and we do it for you.

We love cookies, the ones that you eat; our site sets none.

Talks in our Driftwood Lounge are taped.
""",
    "lawyer": """Data Protection Notice

1. Controller

The controller within the meaning of the law is Quill Holding Ltd, 5 Harbour Street, Porthaven.

2. Data Protection Officer

The officer may be contacted at the address above.

3. Legal basis

Processing rests on the following grounds:

  (a) consent of the data subject;
  (b) performance of a contract;
  (c) legitimate interests of the controller.

4. Complaints

The data subject may lodge a complaint with the supervisory authority.
""",
    "lists": """Our Policy

Your rights

You have the right to:

  • obtain a copy of your data
  • have mistakes corrected
  • have data erased
  • object to advertising

Retention

  • Invoices: ten years
  • Server logs: 30 days
  • Job applications: six months
""",
    "clinic": """How the Practice Handles Your Records

Consultations may be recorded if you agree. Recordings are destroyed once the note is written.

Cameras watch the waiting room.

A fee may be charged for copies of your file.
""",
}
NAMED = [
    ("startup", "where are your servers"),
    ("startup", "how do i erase my profile"),
    ("startup", "any cookies on your site?"),
    ("startup", "what's your e-mail"),
    ("startup", "i sang silly tunes in driftwood last week, tell me nobody laughed"),  # by a name, whatever else is in it
    ("lawyer", "is the controller you"),
    ("lawyer", "do you have a dpo"),
    ("lawyer", "postal address"),
    ("lawyer", "on which legal grounds"),
    ("lawyer", "where can i complain"),
    ("lists", "can i have a copy"),
    ("lists", "can you fix a mistake"),
    ("lists", "how long are logs held"),
    ("lists", "what happens to my cv"),
    ("lists", "can i object to ads"),
    ("clinic", "are there cameras"),
    ("clinic", "are consultations recorded"),
    ("clinic", "what does a copy cost"),
]
ABSENT = [
    ("startup", "do you breed horses"),
    ("startup", "how do you handle fingerprints"),
    ("lawyer", "do you train robots with it"),
    ("lists", "may toddlers join"),
    ("clinic", "do you sell it to brokers"),
]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> PolicyCatalogue:
    """All of them, ingested with the fake encoder."""
    folder = tmp_path_factory.mktemp("kinds")
    for company, text in POLICIES.items():
        (folder / "policies" / company).mkdir(parents=True)
        (folder / "policies" / company / "2026-01-15.txt").write_text(text, encoding="utf-8")
        about = f'name = "{company.capitalize()}"\ncontact = "privacy@{company}.example"\n'
        (folder / "policies" / company / "company.toml").write_text(about, encoding="utf-8")
    ingest(folder / "policies", folder / "index", FakeEncoder, FakeEncoder.id, lambda _: None)
    return PolicyCatalogue(folder / "index", FakeEncoder.id)


@pytest.mark.parametrize(("company", "question"), NAMED)
def test_what_a_passage_names_is_never_denied(catalogue: PolicyCatalogue, company: str, question: str) -> None:
    """By its words, by other words for the thing, by its heading, in a list or in a single sentence."""
    answer = small_answers(catalogue, answer_from=0.99, unsure_from=0.9).answer(question, company)

    assert answer.kind in {"answer", "unsure"}
    assert answer.hits


@pytest.mark.parametrize(("company", "question"), ABSENT)
def test_where_nothing_comes_near_that_is_said(catalogue: PolicyCatalogue, company: str, question: str) -> None:
    """And nothing is quoted."""
    answer = small_answers(catalogue, answer_from=0.99, unsure_from=0.9).answer(question, company)

    assert (answer.kind, answer.hits) == ("not_in_policy", ())
