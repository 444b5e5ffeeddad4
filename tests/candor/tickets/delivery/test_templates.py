"""Letters: plain text, complete, and nothing smuggled in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError

from candor.tickets.delivery.mailer import envelope
from candor.tickets.delivery.request_files import RequestFile
from candor.tickets.delivery.templates import TEMPLATES, Letter, LetterTemplates
from candor.tickets.events import LETTERS, STAFF_LETTERS
from candor.tickets.law.laws import laws
from candor.tickets.law.refusals import complaint_route, refusals
from tests.candor.tickets.conftest import COMPANIES, Office

LETTER_NAMES = sorted(path.stem for path in TEMPLATES.glob("*.txt"))

FACTS = {
    "company": "Acme", "contact": "privacy@acme.example", "number": "R-7KQ4-M2XD", "agent": "", "request": "have it deleted",
    "received": "15 January 2026", "due": "16 February 2026", "article": "Art. 12(3) GDPR",
    "extension_article": "Art. 12(3) GDPR", "confirmed_rule": False, "borrowed_rule": True, "extendable": True,
    "words": "Because.", "complain_to": "the authority",
    "first": "R-0000-0001", "code": "123456", "minutes": 10, "request_type": "deletion", "status": "open", "days_left": 2,
    "conversation": "c_1", "asked": "15 January 2026", "answer_by": "19 January 2026", "has_address": True,
    "urgent": True,
    "acknowledge_by": "30 January 2026", "late": True, "last": True,
    "ground": "We must keep it (Art. 17(3)(b)).", "appealed": False, "court": "go to court", "appeal": "60 days",
    "after_appeal": "", "files_at": "https://privacy.acme.example/files/abc", "files_until": "29 January 2026", "downloads": 10,
    "files": (RequestFile(1, "copy.csv", 12_000, datetime(2026, 1, 15, tzinfo=UTC), "staff:bo", 0),),
}  # fmt: skip


@pytest.mark.parametrize("name", LETTER_NAMES)
@pytest.mark.parametrize("given", ["all", "few"])
def test_each_letter_is_whole(name: str, given: str) -> None:
    """A subject of one line, then text, with or without what may be missing."""
    few = {
        "contact": "",
        "files": (),
        "due": "",
        "first": "",
        "conversation": "",
        "confirmed_rule": True,
        "borrowed_rule": False,
        "extendable": False,
        "has_address": False,
        "urgent": False,
        "days_left": -3,
    }

    letter = LetterTemplates().write(name, **(FACTS if given == "all" else FACTS | few))

    assert letter.subject
    assert "\n" not in letter.subject
    assert len(letter.text) > 40
    assert "Subject:" not in letter.text
    assert "{" not in letter.subject + letter.text
    assert "\n\n\n" not in letter.text
    assert "—" not in letter.text


@pytest.mark.parametrize("name", [name for name in LETTER_NAMES if not name.startswith(("staff_", "person_"))])
def test_each_letter_to_a_requester_greets_and_is_signed_by_the_company(name: str) -> None:
    """A person reads it. What staff answer to a visitor is their own letter, from its first word to its last."""
    lines = LetterTemplates().write(name, **FACTS).text.rstrip().splitlines()

    assert lines[0] == "Hello,"
    assert lines[2][0].isupper()
    assert lines[-2:] == ["Kind regards,", "Acme"]


@pytest.mark.parametrize(
    ("name", "says"), [("opened", "Asked by:   Permission Slip"), ("code", "Permission Slip, an agent that acts for")]
)
def test_who_hears_first_of_an_agents_request_is_told_of_the_agent(name: str, says: str) -> None:
    """The person may know nothing of it; a letter to who asked for themselves names nobody."""
    for_agent, for_person = (LetterTemplates().write(name, **{**FACTS, "agent": agent}) for agent in ("Permission Slip", ""))

    assert says in for_agent.text
    assert str(FACTS["number"]) in for_agent.text
    assert "agent" not in for_person.text


def test_a_value_that_misses_is_an_error_and_no_gap() -> None:
    """A letter without its date would be worse than none."""
    with pytest.raises(UndefinedError):
        LetterTemplates().write("extended", number="R-1")


def test_each_action_has_its_letter_and_each_letter_its_action() -> None:
    """None is missing, none is left over."""
    others = {"code", "news", "staff_reminder", "staff_acknowledge", "staff_person", "staff_person_late"}
    others |= {"person_answer", "staff_came_back", "staff_undelivered", "code_reminder", "file_code"}

    assert set(LETTERS.values()) | set(STAFF_LETTERS.values()) | others == set(LETTER_NAMES)


def test_each_law_has_its_place_to_complain() -> None:
    """And a law that nobody knows has one too."""
    assert set(refusals()) == set(laws())
    assert "where" not in complaint_route("nosuch")
    assert "authority" in complaint_route("nosuch")


@pytest.mark.parametrize(
    "words",
    [
        "{{ code }}",
        "{% include 'code.txt' %}",
        "<b>bold</b> & <script>",
        "a\r\nBcc: eve@example.com\r\n\r\nbody",
        "é 中 🦊 \u202e",
    ],
)
async def test_what_people_wrote_is_put_in_as_data(office: Office, words: str) -> None:
    """Neither template, nor markup, nor header."""
    number = await office.verified()
    office.staff.complete(number, words, "staff:bo")

    await office.deliver()

    mail = office.mails_to("ada@example.com")[-1]
    assert words.replace("\r\n", "\n") in mail.get_content().replace("\r\n", "\n")
    assert mail["Bcc"] is None
    assert bytes(mail)


@pytest.mark.parametrize("name", ["Acme\r\nBcc: eve@example.com", "Acme\nX: y", 'Acme "The" Best, Inc.'])
def test_a_companys_name_cannot_bring_a_header_along(name: str) -> None:
    """It comes from a file that somebody edits by hand."""
    letter = LetterTemplates().write("code", company=name, code="123456", minutes=10, agent="")

    mail = envelope(
        letter, to="ada@example.com", sender="candor@acme.example", name=name, key="k", at=datetime(2026, 1, 15, tzinfo=UTC)
    )

    assert mail["Subject"] == f"Your code for the chat with {' '.join(name.split())}"
    assert set(mail.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip


@pytest.mark.parametrize(("company", "reply_to"), [("acme", "privacy@acme.example"), ("globex", None)])
def test_answers_go_to_the_companys_contact_where_that_is_an_address(company: str, reply_to: str | None) -> None:
    """Some companies give a street."""
    card = COMPANIES[company]

    mail = envelope(
        Letter("s", "t\n"), to="ada@example.com", sender="candor@acme.example", name=card.name, key="k",
        at=datetime(2026, 1, 15, tzinfo=UTC), reply_to=card.contact,
    )  # fmt: skip

    assert mail["Reply-To"] == reply_to
