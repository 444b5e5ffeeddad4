"""The rule table holds together, says honestly what it rests on, and the right law is found for each residence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from candor.errors import InvalidInputError
from candor.settings import ROOT
from candor.tickets.law.laws import TABLE, ChoiceReason, TermUnit, applicable, calendar_of, laws, read_laws, rule_for
from candor.tickets.request_types import REQUEST_TYPES

RULES = [rule for law in laws().values() for rule in law.rules.values()]


def a_table(tmp_path: Path, **changes: object) -> Path:
    """A table of one good law whose access row is changed."""
    row = {"known": True, "right": "Art. 1", "confirmed": True, "response": {"amount": 30, "unit": "day", "article": "Art. 2"}}
    rules = {kind: dict(row) for kind in REQUEST_TYPES}
    rules["access"] |= changes
    law = {"name": "X", "source": "X Act", "territories": ["DE"], "zone": "Europe/Berlin", "rules": rules}
    path = tmp_path / "laws.yml"
    path.write_text(yaml.safe_dump({"laws": {"x": law}}), encoding="utf-8")
    return path


def test_every_law_has_a_row_for_every_request_type() -> None:
    """A request is opened all the same where a law does not know the right."""
    assert laws()
    assert all(set(law.rules) == set(REQUEST_TYPES) for law in laws().values())


def test_the_documentation_names_every_law() -> None:
    """docs/requests.md has a row for each, and lists the ids that a company.toml may name."""
    page = (ROOT / "docs" / "requests.md").read_text(encoding="utf-8")
    table = page.partition("| law | who lives in |")[2].partition("\n\n")[0]
    [ids] = re.findall(r"^\| `laws` \|(.*)$", page, re.MULTILINE)

    assert re.findall(r"`(\w+)`", ids) == list(laws())
    assert len(table.splitlines()) - 2 == len(laws())  # without the rest of the heading and the line below it


def test_the_laws_that_the_companies_name_are_in_the_table() -> None:
    """Who adds a law to a company.toml adds its rows."""
    named = {"gdpr", "uk_gdpr", "ccpa", "vcdpa", "popia", "ukraine"}

    assert named <= set(laws())


def test_rows_whose_text_was_not_confirmed_say_so() -> None:
    """They are shown as such wherever a date is shown; only these laws have rows that somebody has read in the official text."""
    confirmed = {law for law, row in laws().items() if any(rule.confirmed for rule in row.rules.values())}

    assert confirmed == {"gdpr", "ccpa", "vcdpa", "lgpd", "pipeda"}


def test_an_unknown_right_takes_the_term_of_the_nearest_one() -> None:
    """The copy in the row and the row it is copied from do not drift apart."""
    for rule in RULES:
        if rule.treated_as:
            nearest = rule_for(rule.law, rule.treated_as)
            assert (rule.response.amount, rule.response.unit) == (nearest.response.amount, nearest.response.unit), rule


@pytest.mark.parametrize(
    ("law", "kind", "known", "treated_as"),
    [
        ("gdpr", "opt_out_of_sale", False, "objection"),
        ("gdpr", "complaint", False, None),
        ("uk_gdpr", "complaint", True, None),
        ("ccpa", "objection", False, "opt_out_of_sale"),
        ("ccpa", "correction", True, None),
        ("vcdpa", "opt_out_of_sale", True, None),
    ],
)
def test_the_table_says_which_rights_a_law_knows(law: str, kind: str, known: bool, treated_as: str | None) -> None:
    """What a law does not know is a value, no gap."""
    rule = rule_for(law, kind)

    assert (rule.known, rule.treated_as) == (known, treated_as)


def test_withdrawing_consent_is_prompt_and_borrows_its_outer_limit() -> None:
    """GDPR Art. 7(3) states no term: the month is only when it must be over at the latest, and nothing extends it."""
    rule = rule_for("gdpr", "withdraw_consent")

    assert (rule.prompt, rule.borrowed, rule.extension, rule.verify) == (True, True, None, False)


def test_a_law_or_type_that_does_not_exist_is_named() -> None:
    """With what there is."""
    with pytest.raises(InvalidInputError, match="uk_gdpr"):
        rule_for("hipaa", "access")
    with pytest.raises(InvalidInputError, match="no row"):
        rule_for("gdpr", "everything")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"response": {"amount": 30, "unit": "week", "article": "Art. 2"}}, "x: rules access response unit: .*business_day"),
        ({"response": {"amount": 0, "unit": "day", "article": "Art. 2"}}, "x: rules access response amount: .*greater than 0"),
        ({"response": {"amount": 30, "unit": "day", "article": ""}}, "x: rules access response article"),
        ({"confirmd": True}, "x: rules access confirmd: .*mend this entry"),
        ({"known": False, "borrowed": True}, "x: access: right names the article"),
        ({"known": False, "right": ""}, "x: access: .*set borrowed: true"),
        ({"treated_as": "deletion"}, "x: access: treated_as"),
        ({"trigger": ["identity"]}, "x: access: trigger must name receipt"),
    ],
)
def test_a_bad_row_is_named_with_its_cure(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    """A term that nobody can count must not wait for the first request to show itself."""
    path = a_table(tmp_path, **changes)

    with pytest.raises(InvalidInputError, match=f"laws.yml: {message}"):
        read_laws(path)


def test_a_missing_row_a_bad_zone_and_a_broken_file_are_named(tmp_path: Path) -> None:
    """Each with its cure."""
    table = yaml.safe_load(a_table(tmp_path).read_text(encoding="utf-8"))
    path = tmp_path / "laws.yml"

    path.write_text(yaml.safe_dump({"laws": {"x": table["laws"]["x"] | {"zone": "Mars/Base"}}}), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="x: unknown time zone 'Mars/Base'"):
        read_laws(path)

    del table["laws"]["x"]["rules"]["complaint"]
    path.write_text(yaml.safe_dump(table), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="no row for complaint: add one, with known: false"):
        read_laws(path)

    for broken in ("laws: [", "", "laws: {x: 1}"):
        path.write_text(broken, encoding="utf-8")
        with pytest.raises(InvalidInputError, match=r"laws\.yml"):
            read_laws(path)


def test_a_good_table_is_read(tmp_path: Path) -> None:
    """So that the bad ones above are refused for their fault alone."""
    assert read_laws(a_table(tmp_path))["x"].rules["access"].response.unit is TermUnit.DAY
    assert TABLE.exists()


@pytest.mark.parametrize(
    ("listed", "residence", "ruling", "reason"),
    [
        (["gdpr", "ccpa"], "DE", ("gdpr",), ChoiceReason.RESIDENCE),
        (["gdpr"], "NO", ("gdpr",), ChoiceReason.RESIDENCE),  # Norway is in the European Economic Area, Switzerland is not
        (["gdpr", "ccpa"], "CH", ("switzerland",), ChoiceReason.NOT_LISTED),
        (["gdpr", "ccpa"], "JP", ("gdpr", "ccpa"), ChoiceReason.NO_RULE_FOR_RESIDENCE),
        (["gdpr"], "US-OR", ("oregon",), ChoiceReason.NOT_LISTED),
        (["gdpr"], "RE", ("gdpr",), ChoiceReason.RESIDENCE),
        (["gdpr"], "EU", ("gdpr",), ChoiceReason.RESIDENCE),
        (["gdpr", "uk_gdpr"], "GB-SCT", ("uk_gdpr",), ChoiceReason.RESIDENCE),
        (["gdpr"], "GB", ("uk_gdpr",), ChoiceReason.NOT_LISTED),
        (["gdpr", "ccpa", "vcdpa"], "US-VA", ("vcdpa",), ChoiceReason.RESIDENCE),
        (["gdpr", "ccpa", "vcdpa"], "US", ("ccpa", "vcdpa"), ChoiceReason.RESIDENCE_UNKNOWN),
        (["gdpr", "ccpa"], "US-OH", ("gdpr", "ccpa"), ChoiceReason.NO_RULE_FOR_RESIDENCE),
        (["gdpr"], "BR", ("lgpd",), ChoiceReason.NOT_LISTED),
        (["popia"], "ZA", ("popia",), ChoiceReason.RESIDENCE),
        (["gdpr"], "CA", ("pipeda",), ChoiceReason.NOT_LISTED),  # Canada, not California
        (["pipeda"], "CA-QC", ("quebec",), ChoiceReason.NOT_LISTED),  # not Canada's, which holds elsewhere in it
        (["pipeda", "quebec"], "CA", ("pipeda",), ChoiceReason.RESIDENCE),
        (["pipeda"], "CA-BC", ("pipeda",), ChoiceReason.REGION_HAS_OWN_LAW),
        (["gdpr", "ukraine"], None, ("gdpr", "ukraine"), ChoiceReason.RESIDENCE_UNKNOWN),
    ],
)
def test_the_law_follows_the_person(
    listed: list[str], residence: str | None, ruling: tuple[str, ...], reason: ChoiceReason
) -> None:
    """Not the company's list: it only decides where the residence does not."""
    found = applicable(listed, residence)

    assert (found.laws, found.reason) == (ruling, reason)


def test_a_company_that_lists_no_law_gets_the_strictest_of_the_table() -> None:
    """Its requests are opened all the same."""
    found = applicable([], None)

    assert (found.laws, found.reason) == (tuple(laws()), ChoiceReason.NO_LAW_LISTED)


def test_a_law_that_the_table_lacks_is_reported_and_stops_nothing() -> None:
    """A typing error in a company.toml must not keep anybody from a right."""
    found = applicable(["gdpr", "gpdr"], "DE")

    assert (found.laws, found.unknown) == (("gdpr",), ("gpdr",))


def test_holidays_are_the_company_s_in_the_union_else_the_person_s_else_nobody_s() -> None:
    """Regulation 1182/71 Art. 2(1): of the Member State in which something is to be done."""
    gdpr = laws()["gdpr"]

    assert calendar_of(gdpr, "FR", "DE") == ("FR",)
    assert calendar_of(gdpr, "ZA", "DE") == ("DE",)
    assert calendar_of(gdpr, None, "EU") == ()
    assert calendar_of(laws()["uk_gdpr"], "FR", "GB-ENG") == ("GB",)
