"""The page of figures: whose they are, what they say, and the files that are made of them."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from benchmarks.figures import QUESTIONS, fill, measure
from candor.accounts.roles import Role
from candor.console.reports.comparing import Tile, count_tile
from candor.console.reports.figures import OUTCOME_NAMES, sheets_of
from candor.console.reports.query import read
from candor.console.reports.reporting import figures_of_today
from candor.console.reports.sheets import as_csv, as_text
from candor.services import Services
from candor.tickets.models import HandoffRow, TicketRow
from candor.transcripts.date_ranges import named_range
from candor.transcripts.figures import OUTCOMES, FigureScope, Today, figures
from tests.candor.console.conftest import Desk, SignIn
from tests.candor.transcripts.recorder import Recorder

NAMES = ("messages", "shares", "outcomes", "helpfulness", "times", "intents", "aspects", "places", "people")


@pytest.fixture
def talking(parts: Services) -> Recorder:
    return Recorder(parts.engine)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def both(talking: Recorder, now: datetime) -> datetime:
    """Three messages to Acme, five to Globex, an hour ago."""
    at = now - timedelta(hours=1)
    for company, many in (("acme", 3), ("globex", 5)):
        for number in range(many):
            talk = talking.exchange(at, company=company, aspect=f"{company}.kept", intent=f"ask_{company}", answer=f"a_{number}")
            talking.store.feedback(talk, f"a_{number}", helpful=number > 0)
    return at


def sheet(desk: Desk, name: str, query: str = "") -> list[dict[str, str]]:
    """The rows of one CSV."""
    answered = desk.get(f"figures/{name}.csv?{query}")
    assert answered.status_code == 200, answered.text
    return list(csv.DictReader(io.StringIO(answered.text)))


def tables(page: str) -> dict[str, list[list[str]]]:
    """Each table's cells as the page shows them."""
    found = {}
    for name, table in re.findall(r'<table id="(\w+)-table">(.*?)</table>', page, re.S):
        lines = re.findall(r"<tr>(.*?)</tr>", table, re.S)
        found[name] = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.S) for line in lines]
    return found


def request(parts: Services, company: str, at: datetime, due: datetime | None, status: str = "open") -> None:
    with Session(parts.engine) as session, session.begin():
        number = f"R-{at.timestamp():.0f}-{company[:2]}"
        session.add(
            TicketRow(
                number=number, confirmation=number, company=company, request_type="access", status=status, conversation="c_1",
                received_at=at, respond_by=due,
            )
        )  # fmt: skip


def test_the_page_says_what_was_counted(sign_in: SignIn, both: datetime) -> None:
    """Tiles, tables and their totals; small numbers as they are."""
    page = sign_in("reviewer").get("figures").text

    found = tables(page)
    assert found["messages"][-1] == ["All", "8", "8"]
    assert found["shares"][1] == ["Answer", "8", "100%", "–", "–"]
    assert found["helpfulness"][-1] == ["All", "6", "2", "8", "75%"]
    assert found["places"][1][:3] == ["Globex, web", "5", "5"]
    assert found["aspects"][0][1:] == ["Globex: kept", "Acme: kept", "All others"]
    assert "6 of 8" in page
    assert "75%" not in page.split('class="sheets"', 1)[0]
    assert "days as they are in UTC" in page


@pytest.mark.parametrize("role", ["reviewer", "agent", "privacy_officer"])
def test_nobody_sees_another_companys_figures(sign_in: SignIn, both: datetime, role: Role) -> None:
    """Not in totals, not by name, not by address, not as a file."""
    desk = sign_in(role, company="acme")

    page = desk.get("figures").text

    assert tables(page)["messages"][-1] == ["All", "3", "3"]
    assert "globex" not in page.lower()
    for name in NAMES:
        assert "globex" not in desk.get(f"figures/{name}.csv").text.lower()
    assert desk.get("figures?company=globex").status_code == 403
    assert desk.get("figures/messages.csv?company=globex").status_code == 403
    assert sheet(desk, "messages")[-1]["Messages"] == "3"
    assert sheet(desk, "helpfulness")[-1]["Rated"] == "3"


def test_who_may_not_read_reports_gets_none(sign_in: SignIn, both: datetime) -> None:
    """Who runs Candor need not know what people ask."""
    desk = sign_in("admin")

    assert "/figures" not in desk.get("./").text
    assert [desk.get(path).status_code for path in ("figures", "figures/messages.csv")] == [403, 403]


def test_companies_and_channels_can_be_looked_at_alone(sign_in: SignIn, talking: Recorder, both: datetime) -> None:
    """Each filter holds for the files too."""
    talking.exchange(both, channel="slack")
    desk = sign_in("reviewer")

    assert tables(desk.get("figures?company=acme").text)["messages"][-1] == ["All", "4", "4"]
    assert tables(desk.get("figures?channel=slack").text)["messages"][-1] == ["All", "1", "1"]
    assert sheet(desk, "messages", "company=acme&channel=web")[-1]["Messages"] == "3"


def test_requests_are_for_those_who_work_on_them(sign_in: SignIn, parts: Services, both: datetime, now: datetime) -> None:
    """Received, due and overdue; a reviewer sees none of it, an agent of Acme only Acme's."""
    day = timedelta(days=1)
    for company, received, due, status in (
        ("acme", 5, 3, "open"), ("acme", 40, -2, "open"), ("acme", 6, None, "received"), ("acme", 7, 2, "completed"),
        ("globex", 5, -1, "open"),
    ):  # fmt: skip
        request(parts, company, now - received * day, None if due is None else now + due * day, status)
    reviewer, agent, all_of_it = sign_in("reviewer"), sign_in("agent", company="acme", name="Bea"), sign_in("agent", name="Cy")

    assert "Requests received" not in reviewer.get("figures").text
    assert "Requests overdue" not in reviewer.get("figures").text
    assert reviewer.get("figures/requests.csv").status_code == 403
    assert sheet(agent, "requests")[-1]["Requests"] == "3"
    assert sheet(all_of_it, "requests")[-1]["Requests"] == "4"
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", agent.get("figures").text))
    assert "Requests due 1 within 7 days, of 3 open" in page
    assert "Requests overdue 2 right now" in page


def test_people_asked_for_are_counted(sign_in: SignIn, parts: Services, both: datetime) -> None:
    """By company."""
    with Session(parts.engine) as session, session.begin():
        for company in ("acme", "acme", "globex"):
            session.add(HandoffRow(conversation="c", company=company, asked_at=both, answer_by=both))

    assert sheet(sign_in("reviewer", company="acme"), "people")[-1]["Visitors"] == "2"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_what_its_table_says(sign_in: SignIn, both: datetime, name: str) -> None:
    """The same rows and numbers; with the dates of each step."""
    desk = sign_in("reviewer")

    shown = tables(desk.get("figures").text)[name]
    rows = list(csv.reader(io.StringIO(desk.get(f"figures/{name}.csv").text)))

    assert len(rows) == len(shown)
    keys = len(rows[0]) - len(shown[0]) + 1
    for row, line in zip(rows[1:], shown[1:], strict=True):
        for value, text in zip(row[keys:], line[1:], strict=True):
            assert value == ("" if text == "–" else re.sub(r"[,%+]| ms", "", text))


def test_taking_a_file_is_recorded(sign_in: SignIn, parts: Services, both: datetime) -> None:
    """Who, which, of whom and of when."""
    desk = sign_in("reviewer")

    answered = desk.get("figures/messages.csv?company=acme&span=7")

    (entry,) = parts.staff.audit.entries(action="figures.export")
    assert (entry.actor, entry.subject, entry.company) == (desk.account.actor, "figures messages", "acme")
    assert set(entry.details) == {"first", "last"}
    assert answered.headers["content-disposition"].startswith('attachment; filename="candor-messages-')
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"


HOSTILE = ["<script>alert(1)</script>", "{{7*7}}", '=HYPERLINK("http://x")', "\N{RIGHT-TO-LEFT OVERRIDE}abc", " @SUM(1)", '"><b>']


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_and_no_formulas(sign_in: SignIn, talking: Recorder, now: datetime, name: str) -> None:
    """On the page, in attributes, and in a spreadsheet."""
    talking.exchange(now, intent=name, aspect=name)
    desk = sign_in("reviewer")

    page = desk.get("figures").text
    titles = next(csv.reader(io.StringIO(desk.get("figures/aspects.csv").text)))

    assert "<script>alert" not in page.lower()
    assert "<b>" not in page
    assert ">49<" not in page
    assert not any(title.lstrip()[:1] in "=+-@" for title in titles)


def test_an_empty_database_says_what_will_be_here(sign_in: SignIn) -> None:
    """And a filter that finds nothing says what to change."""
    desk = sign_in("agent")

    assert "They appear here with the first message" in desk.get("figures").text
    assert "Choose a longer time" in desk.get("figures?company=acme").text
    assert "figure" not in re.findall(r"<(\w+)", desk.get("figures").text)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("span=own&from=2026-02-02&to=2026-02-01", "The first day comes after the last."),
        ("span=own&from=&to=2026-02-01", "Please give the first and the last day"),
        ("span=own&from=%3Cscript%3E&to=x", "Please give the first and the last day"),
        ("span=own&from=0001-01-01&to=9999-12-31", "longer than five years"),
        ("zone=Mars/Base", "There is no such time zone"),
        ("zone=../../etc/passwd", "There is no such time zone"),
        ("channel=carrier_pigeon", "There is no such channel"),
    ],
)
def test_what_cannot_be_read_is_said_and_passed_over(sign_in: SignIn, both: datetime, query: str, message: str) -> None:
    """The page still shows figures, and says which."""
    answered = sign_in("reviewer").get(f"figures?{query}")

    assert answered.status_code == 422
    assert message in answered.text
    assert tables(answered.text)["messages"][-1] == ["All", "8", "8"]


def test_an_unknown_company_is_not_found(sign_in: SignIn, parts: Services, both: datetime) -> None:
    """And what stood in the address is not written to the audit log."""
    desk = sign_in("reviewer")

    assert [desk.get(f"figures{path}?company=hooli").status_code for path in ("", "/messages.csv")] == [404, 404]
    assert parts.staff.audit.entries(action="figures.export") == []


def test_an_unknown_file_is_not_found(sign_in: SignIn) -> None:
    """Also where its name is a path."""
    desk = sign_in("reviewer")

    assert [desk.get(f"figures/{name}.csv").status_code for name in ("none", "..%2Fmessages", "requests.csv")] == [404, 404, 404]


def test_the_chosen_zone_is_kept_for_the_next_visit(sign_in: SignIn, both: datetime) -> None:
    """And can be chosen back."""
    desk = sign_in("reviewer")

    desk.get("figures?zone=Asia/Kolkata")
    kept = desk.get("figures").text
    desk.get("figures?zone=UTC")

    assert "days as they are in Asia/Kolkata" in kept
    assert "days as they are in UTC" in desk.get("figures").text


def test_the_first_page_gets_a_few_figures(sign_in: SignIn, parts: Services, talking: Recorder, now: datetime) -> None:
    """Of the person's companies; none for whom figures are not."""
    for company in ("acme", "globex"):
        talk = talking.exchange(now, "not_in_policy", company=company, answer="a_1")
        talking.store.feedback(talk, "a_1", helpful=False)

    assert figures_of_today(parts, sign_in("reviewer", company="acme").account) == Today(1, 1, 1, 1, questions=1, answered=0)
    assert figures_of_today(parts, sign_in("reviewer").account) == Today(2, 2, 2, 2, questions=2, answered=0)
    assert figures_of_today(parts, sign_in("admin", name="Root").account) is None


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (5, 5, "as many as in the week before"), (0, 0, "none in the week before either"), (7, 0, "none in the week before"),
        (7, 3, "3 in the week before"), (150, 100, "50% more than in the week before (100)"),
        (90, 100, "10% fewer than in the week before (100)"), (400, 100, "4.0 times as many as in the week before (100)"),
    ],
)  # fmt: skip
def test_changes_are_told_in_words(now: int, before: int, change: str) -> None:
    """Percentages only of what is enough for them."""
    tile: Tile = count_tile("Messages", now, before, "the week before")

    assert (tile.value, tile.change) == (str(now), change)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1204.0, "", "1,204"), (None, "", "–"), (83.3, "%", "83.3%"), (340.4, "ms", "340 ms"), (1234.0, "ms", "1.2 s"),
        (2.1, "points", "+2.1"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_people_read_them(value: float | None, unit: Any, text: str) -> None:
    """A dash where there is nothing."""
    assert as_text(value, unit) == text


def test_every_kind_of_reply_has_a_name(parts: Services, now: datetime) -> None:
    """And each sheet keeps its shape without any data."""
    assert set(OUTCOME_NAMES) == set(OUTCOMES)
    for span in ("7", "30", "90", "year"):
        for made in sheets_of(figures(parts.engine, named_range(span, ZoneInfo("UTC"), now), FigureScope()), {}):
            assert all(len(row.cells) == len(made.columns) for row in made.rows)
            assert as_csv(made)


def test_a_question_can_be_asked_again_by_its_address(now: datetime) -> None:
    """What the links to the files carry."""
    asked = read({"span": "own", "from": "2026-01-01", "to": "2026-02-10", "zone": "Asia/Kolkata", "company": "acme"}, now)

    assert asked.query == "span=own&from=2026-01-01&to=2026-02-10&zone=Asia%2FKolkata&company=acme"
    assert (asked.before_name, asked.span.step) == ("the 41 days before", "week")


def test_the_measuring_measures_the_page(parts: Services) -> None:
    """Each of its questions is answered, and its made-up turns are counted."""
    fill(parts.engine, ("acme", "globex"), 300, days=20)

    took = measure(parts, rounds=2)

    assert {one.question for one in took} == set(QUESTIONS)
    assert all(0 < one.median < one.p95 * 1.001 for one in took)
    found = figures(parts.engine, named_range("30", ZoneInfo("UTC"), datetime.now(UTC)), FigureScope())
    assert (found.total.messages, found.total.conversations) == (300, 60)
