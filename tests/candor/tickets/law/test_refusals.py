"""What a refusal tells, law by law and right by right; appeals and their clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from candor.errors import InvalidInputError
from candor.tickets.law.laws import laws, rule_for
from candor.tickets.law.refusals import RefusalRules, grounds_for, read_refusals, refusals
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.staff import NoAppealError, NoSuchGroundError
from candor.tickets.states import NotNowError
from tests.candor.tickets.conftest import Office

LIVES = {
    "gdpr": "DE", "uk_gdpr": "GB", "ccpa": "US-CA", "vcdpa": "US-VA", "cpa": "US-CO",
    "ctdpa": "US-CT", "tdpsa": "US-TX", "lgpd": "BR", "pipeda": "CA", "ukraine": "UA",
    "popia": "ZA", "utah": "US-UT", "iowa": "US-IA", "oregon": "US-OR", "montana": "US-MT", "delaware": "US-DE",
    "new_hampshire": "US-NH", "new_jersey": "US-NJ", "nebraska": "US-NE", "tennessee": "US-TN", "minnesota": "US-MN",
    "maryland": "US-MD", "indiana": "US-IN", "kentucky": "US-KY", "rhode_island": "US-RI", "quebec": "CA-QC", "switzerland": "CH",
}  # fmt: skip


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("rules", refusals().values(), ids=list(refusals()))
def test_each_letter_of_refusal_tells_what_its_law_asks_for(office: Office, rules: RefusalRules) -> None:
    """For each right: each ground with its article, the words, the authority, the court, and the way to appeal."""
    for kind in REQUEST_TYPES:
        opened = office.opened(f"yes-{kind}", request_type=kind, residence=LIVES[rules.law], email=f"{kind}@example.com")
        number = opened.ticket.number
        if office.staff.ticket(number).status != "open":
            office.staff.start(number, "Known at the counter.", "staff:bo")
        assert office.staff.ticket(number).law == rules.law
        for ground in grounds_for(rules.law, kind):
            letter = office.staff.preview(number, "refuse", "staff:bo", words="Our own words.", other=ground.id).letter
            assert letter
            told = one_line(letter.text)
            assert ground.says.rstrip(".") in told
            assert ground.article in told
            assert "Our own words." in told
            assert one_line(rules.authority) in told or one_line(rules.after_appeal) in told
            assert one_line(rules.court) in told
            appeal = rule_for(rules.law, kind).appeal
            assert ("You can appeal" in told) == (appeal is not None)
            assert appeal is None or (str(appeal.amount) in told and appeal.article in told)
            assert told.startswith("Hello,")
            assert told.endswith("Kind regards, Acme")


@pytest.mark.parametrize("rules", refusals().values(), ids=list(refusals()))
def test_the_table_can_give_what_it_asks_for(rules: RefusalRules) -> None:
    """An appeal is asked for where laws.yml has its term; each right can be refused on some ground."""
    appeals = {rule.appeal is not None for rule in laws()[rules.law].rules.values()}

    assert ("appeal" in rules.must_tell) == (True in appeals)
    assert "reason" in rules.must_tell
    assert "court" not in rules.must_tell or rules.court
    assert all(rules.for_type(kind) for kind in REQUEST_TYPES)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("authority: it", "article"), ("article: Art. 1\n    authority: it\n    courts: no", "courts"),
        ("article: Art. 1\n    authority: it", "must_tell names the court"),
    ],
)  # fmt: skip
def test_a_faulty_table_is_refused_with_its_fault(tmp_path: Path, entry: str, fault: str) -> None:
    """A misspelt column must not quietly leave a sentence out of letters."""
    table = tmp_path / "refusals.yml"
    table.write_text(f"laws:\n  x:\n    confirmed: true\n    must_tell: [reason, court]\n    grounds: {{}}\n    {entry}\n")

    with pytest.raises(InvalidInputError, match=fault):
        read_refusals(table)


def test_a_ground_that_the_law_lacks_is_refused(office: Office) -> None:
    """Also one of another right."""
    number = office.opened(request_type="access").ticket.number

    for ground in ("duty", "nosuch"):
        with pytest.raises(NoSuchGroundError):
            office.staff.refuse(number, "Because.", "staff:bo", ground=ground)


async def test_an_appeal_has_its_own_clock_and_is_decided(office: Office) -> None:
    """Code of Virginia § 59.1-577(C): 60 days from its receipt, then the attorney general."""
    number = await office.verified(residence="US-VA")
    office.staff.refuse(number, "We need it.", "staff:bo", ground="exempt")
    office.wait(days=20)

    appealed = office.staff.appeal(number, "They say that we do not.", "staff:bo")
    refused = office.staff.preview(number, "refuse", "staff:bo", words="We still need it.")
    await office.deliver()

    assert (appealed.status, appealed.due_on) == ("appealed", date(2026, 4, 5))
    assert "577(C)" in appealed.respond_article
    assert "5 April 2026" in office.mailer.sent[-1].get_content()
    assert number in {one.number for one in office.staff.requests()}
    assert refused.ticket.status == "refused"
    assert refused.letter
    told = one_line(refused.letter.text)
    assert "stays with the refusal" in told
    assert "contact the Attorney General of Virginia to submit a complaint" in told
    assert "You can appeal" not in told
    assert office.staff.reopen(number, "You are right.", "staff:bo").due_on == date(2026, 3, 1)


async def test_only_a_refusal_under_a_law_with_appeals_is_appealed(office: Office) -> None:
    """Elsewhere it is reopened."""
    german = await office.verified()
    office.staff.refuse(german, "We need it.", "staff:bo")

    with pytest.raises(NoAppealError):
        office.staff.appeal(german, "", "staff:bo")
    office.staff.reopen(german, "Again.", "staff:bo")
    with pytest.raises(NotNowError):
        office.staff.appeal(german, "", "staff:bo")
