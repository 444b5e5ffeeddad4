"""Staff's work in the terminal, on the real parts."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

import candor.services as joined
from candor.app.worker import work
from candor.cli.main import app
from candor.services import Services
from candor.tickets.models import OutboxRow
from candor.tickets.requester import Confirmed, Opened
from knowledge.catalogue import PolicyCatalogue
from tests.fakes import FakeRasa


@pytest.fixture
def parts(tmp_path: Path, policies: Path, catalogue: PolicyCatalogue, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """The process's own services, configured to the test's folder."""
    for name, value in {
        "VAR_DIR": str(tmp_path / "var"), "POLICIES_DIR": str(policies), "DATABASE_URL": "", "SECRET_KEY": "a secret",
        "STAFF_EMAIL": "team@acme.example",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CANDOR_{name}", value)
    joined.services.cache_clear()
    made = joined.services()
    made.knowledge.catalogue = catalogue
    yield made
    made.engine.dispose()
    joined.services.cache_clear()


def says(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def opened(parts: Services, confirmation: str = "yes-1", **others: str) -> str:
    asked: dict[str, Any] = {"company": "acme", "request_type": "opt_out_of_sale", "conversation": "c_1"}
    asked |= {"email": "ada@example.com", "residence": "US-CA", **others}
    found = parts.requests.desk.open(Confirmed(confirmation=confirmation, **asked))
    assert isinstance(found, Opened)
    return found.ticket.number


def letters(parts: Services) -> list[str]:
    return [
        str(message_from_bytes(path.read_bytes(), policy=default)["Subject"])
        for path in sorted((parts.settings.var_dir / "outbox").glob("*.eml"))
    ]


def test_help_tells_each_command() -> None:
    """With a sentence on what it does."""
    for command in ("requests", "keys", "deliver"):
        assert command in says("--help").stdout
        assert says(command, "--help").exit_code == 0
    for command in (
        "list",
        "show",
        "start",
        "ask",
        "answer",
        "extend",
        "complete",
        "refuse",
        "note",
        "export",
        "overdue",
        "figures",
    ):
        assert says("requests", command, "--help").exit_code == 0


def test_requests_are_listed_as_a_table_and_as_json(parts: Services) -> None:
    """Number, right, state and date."""
    number = opened(parts)

    table = says("requests", "list").stdout
    (listed,) = json.loads(says("requests", "list", "--json").stdout)

    assert all(word in table for word in (number, "acme", "opt out of sale", "open", "11 CCR § 7026(f) CCPA"))
    assert (listed["number"], listed["status"], listed["law"]) == (number, "open", "ccpa")
    assert "There are none." in says("requests", "list", "--type", "deletion").stdout


def test_an_unknown_state_or_type_names_those_there_are(parts: Services) -> None:
    """One line, exit code 1."""
    for option, known in (("--state", "awaiting_identity"), ("--type", "deletion")):
        told = says("requests", "list", option, "nosuch")
        assert (told.exit_code, told.stdout) == (1, "")
        assert known in told.stderr


def test_a_refusal_on_the_law_s_ground_can_be_appealed(parts: Services) -> None:
    """`show` explains the date and lists the grounds; one of another law is refused, and so is an appeal where there is none."""
    number, elsewhere = opened(parts, residence="US-VA"), opened(parts, "yes-2")
    says("requests", "refuse", elsewhere, "--reason", "We sell nothing.", "--ground", "not_sold")

    shown = says("requests", "show", number).stdout
    wrong = says("requests", "refuse", number, "--reason", "No.", "--ground", "not_sold")
    refused = says("requests", "refuse", number, "--reason", "We need it.", "--ground", "exempt")
    appealed = says("requests", "appeal", number, "--message", "You do not.")
    none_given = says("requests", "appeal", elsewhere, "--message", "You do.")

    assert "VCDPA counts: the law of where the requester lives" in shown
    assert "Grounds: not_authenticated, unfounded, exempt" in shown
    assert [told.exit_code for told in (wrong, refused, appealed, none_given)] == [1, 0, 0, 1]
    assert f"{number} is appealed, due 20" in appealed.stdout


def test_a_request_is_worked_on_to_its_end_and_each_step_has_its_actor(
    parts: Services, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """The operating system's user."""
    monkeypatch.setenv("LOGNAME", "ada")
    number = opened(parts)

    steps = [
        says("requests", "note", number, "Look at the CRM."),
        says("requests", "ask", number, "--message", "Which account?"),
        says("requests", "answer", number, "--message", "ada1"),
        says("requests", "complete", number, "--message", "You are opted out."),
        says("requests", "reopen", number, "--reason", "One list was left."),
        says("requests", "refuse", number, "--reason", "It was another person's list."),
    ]

    assert [step.exit_code for step in steps] == [0] * 6
    assert f"{number} is refused\n" in steps[-1].stdout  # nothing is due any more
    shown = says("requests", "show", number).stdout
    assert all(word in shown for word in ("cli:ada", "Look at the CRM.", "ada@example.com", "Now possible: reopen"))
    file = json.loads(says("requests", "show", number, "--json").stdout)
    assert [event["actor"] for event in file["events"]][-6:] == ["cli:ada"] * 6


def test_a_step_that_is_not_possible_is_one_line(parts: Services) -> None:
    """It says what is."""
    number = opened(parts)
    told = says("requests", "start", number, "--how", "Known.")

    assert (told.exit_code, told.stdout) == (1, "")
    assert "complete" in told.stderr
    assert says("requests", "extend", number, "--reason", "Busy.").exit_code == 1
    assert "requests list" in says("requests", "show", "R-0000-0000").stderr


def test_what_a_stranger_wrote_cannot_steer_the_terminal(parts: Services) -> None:
    """Neither by control characters nor by markup."""
    number = opened(parts)
    parts.requests.desk.add_details(number, "c_1", "\x1b[2Jgone [red]now[/red]")

    shown = says("requests", "show", number).stdout

    assert "\x1b" not in shown
    assert "[red]now[/red]" in shown


def test_overdue_says_by_its_exit_code_whether_there_is_one(parts: Services) -> None:
    """So that a scheduler can tell."""
    opened(parts)

    told = says("requests", "overdue")

    assert (told.exit_code, "There are none." in told.stdout) == (0, True)


def test_a_late_acknowledgement_is_shown_and_can_be_made_up_for(parts: Services) -> None:
    """Listed among what is late, with the command that ends it; `show` tells how it stands."""
    number = opened(parts)
    assert "not done yet" not in says("requests", "show", number).stdout  # an opt-out needs none

    number = opened(parts, "yes-2", request_type="deletion")
    assert "Acknowledge: by" in says("requests", "show", number).stdout
    with parts.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ticket SET acknowledge_by = '2026-01-02 00:00:00.000000' WHERE number = ?", (number,))
    late = says("requests", "overdue")
    assert late.exit_code == 1
    assert f"Not acknowledged in time: {number}" in late.stdout

    assert says("requests", "acknowledge", number, "--how", "by mail").exit_code == 0

    assert says("requests", "overdue").exit_code == 0
    assert ": done" in says("requests", "show", number).stdout
    assert json.loads(says("requests", "show", number, "--json").stdout)["acknowledged"] is True


def test_an_export_goes_to_standard_output(parts: Services) -> None:
    """CSV or JSON lines; another form is refused."""
    number = opened(parts)

    assert says("requests", "export").stdout.splitlines()[1].startswith(f"{number},acme,opt_out_of_sale,open")
    assert json.loads(says("requests", "export", "--format", "jsonl", "--identity").stdout)["email"] == "ada@example.com"
    assert says("requests", "export", "--format", "xml").exit_code == 1


def test_the_yearly_figures_are_shown(parts: Services) -> None:
    """A row for each kind."""
    number = opened(parts)
    year = str(parts.requests.staff_desk.details(number).ticket.received_at.year)

    assert "opt out of sale or sharing" in says("requests", "figures", "--year", year).stdout
    rows = {row["kind"]: row["received"] for row in json.loads(says("requests", "figures", "--year", year, "--json").stdout)}
    assert (rows["opt out of sale or sharing"], rows["delete"]) == (1, 0)


def test_visitors_who_wait_for_a_person_are_shown_and_ticked_off(parts: Services) -> None:
    """With where to answer."""
    parts.conversations.handoff_queue.wanted("c_1", "acme", "ada@example.com")

    (waiting,) = json.loads(says("requests", "people", "--json").stdout)
    assert "ada@example.com" in says("requests", "people").stdout

    assert "There are none." in says("requests", "people", "--answered", str(waiting["id"])).stdout
    assert says("requests", "people", "--answered", str(waiting["id"])).exit_code == 1


def test_delivering_once_sends_what_waits(parts: Services) -> None:
    """To the folder, where there is no mail server."""
    number = opened(parts)

    assert says("deliver", "--once").stdout.strip() == "2 sent"
    assert says("deliver", "--once").stdout.strip() == "nothing was due"

    assert f"Your request {number} to Acme" in letters(parts)
    assert any(subject.startswith(f"New request {number}") for subject in letters(parts))


def test_letters_that_were_given_up_are_sent_again_and_the_log_says_who_did_it(parts: Services) -> None:
    """Once the set-up is mended."""
    opened(parts)
    with Session(parts.engine) as session, session.begin():
        session.execute(update(OutboxRow).values(state="dead"))

    assert says("deliver", "--again", "--once").stdout.splitlines() == ["2 tried again", "2 sent"]

    (entry,) = parts.staff.audit.entries(action="letters.again")
    assert entry.details == {"messages": 2}


async def test_a_running_worker_delivers_by_itself(parts: Services) -> None:
    """What was opened before its start is sent as well; what is sent when it is told to stop, is sent."""
    opened(parts, request_type="deletion")
    stop = asyncio.Event()

    working = asyncio.create_task(work(parts, FakeRasa(), stop))
    opened(parts, "yes-2", request_type="access", email="bob@example.com")
    until = time.monotonic() + 30
    while len(letters(parts)) < 2 and time.monotonic() < until:  # noqa: ASYNC110  # files have no event
        await asyncio.sleep(0.02)
    stop.set()
    await working

    assert letters(parts) == ["Your code for the chat with Acme"] * 2


async def test_a_webhook_that_cannot_be_used_leaves_the_worker_alive(
    parts: Services, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    """Doctor names the setting; what else it does is done all the same."""
    parts.settings = parts.settings.model_copy(update={"webhook_url": "http://jira.example/hook"})
    stop = asyncio.Event()

    working = asyncio.create_task(work(parts, FakeRasa(), stop))
    while "nothing is delivered" not in caplog.text:  # noqa: ASYNC110  # nor has the log
        await asyncio.sleep(0.02)

    assert not working.done()
    stop.set()
    await working


def test_keys_are_rotated_and_the_old_one_can_go(parts: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests and conversations."""
    number = opened(parts)
    conversation = parts.conversations.transcripts.begin(company="acme", channel="web").id
    masked = parts.conversations.vault.mask(conversation, "I am bob@example.com")
    token = re.findall(r"<\w+>", masked)[0]
    parts.engine.dispose()

    monkeypatch.setenv("CANDOR_SECRET_KEY", "a new secret")
    monkeypatch.setenv("CANDOR_OLD_SECRET_KEYS", "an older one, a secret")
    joined.services.cache_clear()
    told = says("keys", "rotate")
    assert (told.exit_code, "1 of conversations" in told.stdout) == (0, True)
    joined.services().engine.dispose()

    monkeypatch.setenv("CANDOR_OLD_SECRET_KEYS", "")
    joined.services.cache_clear()
    assert joined.services().requests.staff_desk.details(number).email == "ada@example.com"
    assert joined.services().conversations.vault.reveal(conversation, token) == "bob@example.com"
    joined.services().engine.dispose()


def test_rotating_without_the_old_key_is_one_line(parts: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the setting."""
    opened(parts)
    monkeypatch.setenv("CANDOR_SECRET_KEY", "a new secret")
    joined.services.cache_clear()

    told = says("keys", "rotate")

    assert (told.exit_code, told.stdout) == (1, "")
    assert "CANDOR_OLD_SECRET_KEYS" in told.stderr
    joined.services().engine.dispose()
