"""One yes, one request: whoever repeats it, and wherever a process dies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from candor.settings import ROOT
from candor.tickets.delivery.worker import OutboxWorker
from candor.tickets.models import IdentityCodeRow, OutboxRow, TicketEventRow, TicketRow
from candor.tickets.requester import Confirmed, Opened, Verified
from tests.candor.tickets.conftest import FakeMailer, Office, code_in

KILLED = -9
STEPS = (
    "before the transaction", "transaction begun", "request written", "event written", "mail written", "before the commit",
    "committed",
)  # fmt: skip
CHILD = """
import asyncio, os, signal, sys
from candor.database.engine import make_engine
from tests.candor.tickets.conftest import Office

database, what, step, folder = sys.argv[1:]
office = Office(make_engine(f"sqlite:///{database}"))

def die(now):
    if now == step:
        os.kill(os.getpid(), signal.SIGKILL)

if what == "open":
    office.desk._step = die
    office.opened()
else:
    from pathlib import Path
    from candor.tickets.delivery.worker import OutboxWorker
    from candor.tickets.delivery.mailer import FolderMailer
    mailer = FolderMailer(Path(folder))
    asyncio.run(OutboxWorker(office.engine, office.request_events, office.messages, mailer, now=office.now, step=die).deliver())
print("lived")
"""


def child(engine: Engine, what: str, step: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own that works on the database and kills itself, without any warning, at a step."""
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(engine.url.database), what, step, str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def counts(engine: Engine) -> dict[str, int]:
    with Session(engine) as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (TicketRow, TicketEventRow, IdentityCodeRow, OutboxRow)
        }


def test_a_thousand_confirmations_at_once_open_one_request_and_send_one_code(office: Office) -> None:
    """From a thousand threads that start together."""
    numbers = office.opened_at_once(1000)

    assert list(numbers.values()) == [1000]
    assert counts(office.engine)["ticket"] == 1
    assert office.outbox_of("requester") == [("code", "due")]


@pytest.mark.parametrize("step", STEPS)
async def test_a_kill_at_any_step_of_opening_loses_no_request_and_invents_none(office: Office, step: str, tmp_path: Path) -> None:
    """Before the commit there is nothing at all, after it there is everything; the repeated yes gives one request, one mail."""
    killed = child(office.engine, "open", step, tmp_path)

    assert (killed.returncode, killed.stdout) == (KILLED, "")
    left = counts(office.engine)
    if step == "committed":
        assert (left["ticket"], left["ticket_event"], left["identity_code"]) == (1, 3, 1)
    else:
        assert set(left.values()) == {0}
    opened = office.opened()  # the visitor got no answer, so Rasa or the visitor says yes again
    assert counts(office.engine)["ticket"] == 1
    assert office.events(opened.ticket.number) == ["received", "ask_identity", "code_sent"]
    await office.deliver()
    await office.deliver()
    (mail,) = office.mails_to("ada@example.com")
    assert isinstance(office.desk.give_code(opened.ticket.number, code_in(mail) or "", "c_1"), Verified)


async def test_a_request_that_was_committed_before_the_kill_is_served_without_any_repetition(
    office: Office, tmp_path: Path
) -> None:  # fmt: skip
    """Nobody has to say yes again for the mail to leave."""
    child(office.engine, "open", "committed", tmp_path)

    await office.deliver()

    assert len(office.mails_to("ada@example.com")) == 1
    assert [ticket.status for ticket in office.staff.requests()] == ["awaiting_identity"]


@pytest.mark.parametrize(("step", "files"), [("claimed", 0), ("sent", 1)])
async def test_a_kill_while_sending_loses_no_mail(office: Office, step: str, files: int, tmp_path: Path) -> None:
    """It is sent by another process; where the first one had sent it, under the same id, so that it is one file."""
    office.opened()

    killed = child(office.engine, "deliver", step, tmp_path / "outbox")

    assert killed.returncode == KILLED
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == files
    office.wait(minutes=5)
    child(office.engine, "deliver", "never", tmp_path / "outbox")  # its clock stands before the claim has run out
    mailer = FakeMailer()
    await OutboxWorker(office.engine, office.request_events, office.messages, mailer, now=office.now).deliver()
    ids = {str(mail["Message-ID"]) for mail in mailer.sent}
    ids |= {f"<{path.stem}@acme.example>" for path in (tmp_path / "outbox").glob("*.eml")}
    assert len(ids) == 1
    assert office.outbox_of("requester") == [("code", "sent")]


def test_two_processes_that_open_the_same_yes_get_one_request(office: Office, tmp_path: Path) -> None:
    """Web and action server are two, and there may be more."""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(office.engine.url.database), "open", "never", str(tmp_path)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip

    assert [run.communicate(timeout=120)[0].strip() for run in runs] == ["lived"] * 3

    opened = office.desk.open(
        Confirmed(confirmation="yes-1", company="acme", request_type="deletion", conversation="c_1", email="ada@example.com")
    )
    assert isinstance(opened, Opened)
    assert counts(office.engine)["ticket"] == 1
