"""Checklists: a default for each right, a company's own, and each request's copy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.tickets.checklists import (
    MOST_POINTS,
    ChecklistPoint,
    ChecklistRefusedError,
    Checklists,
    NoSuchPointError,
    as_lines,
    defaults,
    read_lines,
)
from candor.tickets.law.laws import laws
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.staff import OpenPointsError
from tests.candor.tickets.conftest import Office

CRM = ChecklistPoint("system", "CRM", "Ada")
TOLD = ChecklistPoint("processor", "Mailchimp")


@pytest.fixture
def lists(office: Office) -> Checklists:
    return Checklists(office.engine)


def test_each_right_has_its_default_and_who_was_given_data_is_told() -> None:
    """After correction, erasure and restriction."""
    assert set(defaults()) == set(REQUEST_TYPES)
    for right in ("correction", "deletion", "restriction"):
        assert any(one.kind == "processor" for one in defaults()[right])


@pytest.mark.parametrize(
    ("law", "right", "article"),
    [
        ("gdpr", "restriction", " (Art. 19 GDPR)"), ("uk_gdpr", "correction", " (Art. 19 UK GDPR)"),
        ("lgpd", "deletion", " (Art. 18 § 6 LGPD)"), ("ccpa", "deletion", " (Civ. Code § 1798.105(c) CCPA)"),
        ("ccpa", "correction", " (11 CCR § 7023(c) CCPA)"), ("vcdpa", "deletion", ""), ("", "deletion", ""),
    ],
)  # fmt: skip
def test_a_point_cites_the_law_of_the_request(law: str, right: str, article: str) -> None:
    """A Californian request names no article of the GDPR."""
    told = next(one.under(law).text for one in defaults()[right] if one.kind == "processor")

    assert told == f"Processors and everybody else who was given the data are told{article}"


@pytest.mark.parametrize(("residence", "article"), [("DE", "(Art. 19 GDPR)"), ("US-CA", "(Civ. Code § 1798.105(c) CCPA)")])
def test_a_request_has_the_points_of_its_law(office: Office, lists: Checklists, residence: str, article: str) -> None:
    """As it is read, and as it is ticked."""
    number = office.opened(residence=residence).ticket.number
    seen = lists.of(number)
    lists.tick(number, 0, "staff:bo", office.now(), done=True)

    assert seen[-1].point.text.endswith(article)
    assert lists.of(number)[-1].point == seen[-1].point


def test_only_laws_that_candor_knows_are_cited() -> None:
    """A mistyped one would be cited nowhere."""
    cited = {law for points in defaults().values() for one in points for law in one.articles}

    assert cited <= set(laws())


def test_a_companys_own_list_replaces_the_default(lists: Checklists) -> None:
    """Of one right; taken away, the default is back."""
    lists.change("acme", "deletion", [CRM, TOLD])

    assert lists.of_company("acme", "deletion") == (CRM, TOLD)
    assert lists.of_company("acme", "access") == defaults()["access"]
    assert lists.of_company("globex", "deletion") == defaults()["deletion"]
    lists.change("acme", "deletion", [])
    assert lists.of_company("acme", "deletion") == defaults()["deletion"]
    assert not lists.is_own("acme", "deletion")


@pytest.mark.parametrize(
    "points", [[CRM] * (MOST_POINTS + 1), [ChecklistPoint("system", "x" * 201)], [ChecklistPoint("system", "")]]
)
def test_a_list_nobody_could_work_through_is_refused(lists: Checklists, points: list[ChecklistPoint]) -> None:
    """Nothing of it is kept."""
    with pytest.raises(ChecklistRefusedError):
        lists.change("acme", "deletion", points)

    assert not lists.is_own("acme", "deletion")


async def test_a_request_keeps_the_list_on_which_work_began(office: Office, lists: Checklists) -> None:
    """Who ticked what, and when, stays readable."""
    number = await office.verified()
    lists.change("acme", "deletion", [CRM, TOLD])
    lists.tick(number, 1, "staff:bo", office.now(), done=True)
    lists.change("acme", "deletion", [ChecklistPoint("system", "Another")])

    first, second = lists.of(number)

    assert (first.point, first.done_at) == (CRM, None)
    assert (second.point, second.done_at, second.done_by) == (TOLD, office.now(), "staff:bo")
    lists.tick(number, 1, "staff:bo", office.now(), done=False)
    assert lists.of(number)[1].done_at is None
    with pytest.raises(NoSuchPointError):
        lists.tick(number, 2, "staff:bo", office.now(), done=True)


async def test_who_completes_with_open_points_says_why(office: Office, lists: Checklists) -> None:
    """The reason stays with the request; where all is done, none is asked for."""
    number = await office.verified()
    lists.change("acme", "deletion", [CRM, TOLD])
    lists.tick(number, 0, "staff:bo", office.now(), done=True)

    with pytest.raises(OpenPointsError) as open_still:
        office.staff.take(number, "complete", "staff:bo", words="Deleted.", left_open=" ")
    assert "One point of the checklist is open" in open_still.value.public
    office.staff.take(number, "complete", "staff:bo", words="Deleted.", left_open="No data were passed on.")

    left = office.staff.details(number).events[-2]
    assert (left.what, left.words, left.data["open"]) == ("left_open", "No data were passed on.", 1)
    office.staff.reopen(number, "Once more.", "staff:bo")
    lists.tick_all(number, "staff:bo", office.now())
    office.staff.take(number, "complete", "staff:bo", words="Deleted.", left_open="")
    assert office.row(number).status == "completed"


def test_a_list_is_typed_a_point_a_line() -> None:
    """With a name after a bar, and Tell: before who must be told."""
    typed = "CRM | Ada\n\n  tell:  Mailchimp \r\nBackups\n | nobody"

    assert read_lines(typed) == [CRM, TOLD, ChecklistPoint("system", "Backups")]


@given(st.text(max_size=300))
def test_what_was_read_is_written_and_read_the_same(typed: str) -> None:
    """A form that is opened and saved unchanged changes nothing."""
    points = read_lines(typed)

    assert read_lines(as_lines(points)) == points
