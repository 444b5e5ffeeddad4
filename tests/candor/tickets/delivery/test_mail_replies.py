"""What is new in a mail that answers one of ours, and what no person wrote."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candor.tickets.delivery.dsn import LARGEST_MAIL, verp_address
from candor.tickets.delivery.mail_replies import LONGEST_REPLY, AttachedFile, files_in, read_reply, what_is_new
from tests.candor.tickets.delivery import bounce_mails

KEY = "k" * 32
QUOTED = "> Your request R-7KQ4-M2XD\n> has come.\n"


def a_mail(text: str = "Yes, please.", html: str = "", **headers: str) -> EmailMessage:
    """A mail of Ada's that answers the letter with KEY."""
    mail = EmailMessage()
    known = {
        "From": "Ada <ada@example.com>",
        "To": "replies@acme.example",
        "In-Reply-To": f"<{KEY}@acme.example>",
        "Message-ID": "<1@x>",
    }
    for name, value in (known | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        mail[name] = value
    if html:
        mail.set_content(html, subtype="html")
    else:
        mail.set_content(text)
    return mail


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes, please.\n", "Yes, please."),
        (f"Yes.\n\nOn Mon, 16 Nov 2026 at 10:00, Acme <candor@acme.example> wrote:\n{QUOTED}", "Yes."),
        (f"Yes.\r\n\r\nOn Mon, 16 Nov 2026 at 10:00, The Privacy Team\r\n<a@acme.example> wrote:\r\n\r\n{QUOTED}", "Yes."),
        (f"Ja.\n\nAm Mo., 16. Nov. 2026 um 10:00 Uhr schrieb Acme <candor@acme.example>:\n{QUOTED}", "Ja."),
        (f"Oui.\n\nLe lun. 16 nov. 2026 à 10:00, Acme <candor@acme.example> a écrit :\n{QUOTED}", "Oui."),
        ("Yes.\n\n________________________________\nFrom: Acme <a@x.example>\nSent: Monday\nTo: Ada\nSubject: Re\n\nOld", "Yes."),
        ("Yes.\n\n-----Original Message-----\nFrom: Acme\n\nOld", "Yes."),
        (f"On Mon, 16 Nov 2026 at 10:00, Acme <a@acme.example> wrote:\n{QUOTED}\nBelow it.", "Below it."),
        ("Yes.\n\n-- \nAda Lovelace\n+44 20 7946 0000\n", "Yes."),
        ("Yes.\n--\nAda Lovelace\n", "Yes."),
        ("Yes.\n\nSent from my iPhone\n", "Yes."),
        ("I wrote:\n- one\n- two\n", "I wrote:\n- one\n- two"),
        ("One.\n\n\n\n\nTwo.", "One.\n\nTwo."),
        ("", ""),
    ],
)  # fmt: skip
def test_quotes_and_signatures_are_cut(text: str, new: str) -> None:
    """As the commonest programs write them; what somebody wrote stays, above the quote or below it."""
    assert what_is_new(text) == new


@settings(max_examples=60)
@given(st.text(max_size=400))
def test_whatever_comes_is_read(text: str) -> None:
    """Without an error, and no longer than is kept."""
    assert len(what_is_new(text)) <= LONGEST_REPLY


@pytest.mark.parametrize("piece", ["\n", "> ", "a\n", "On a ", "On x wrote:\n", "From: ", "-- \n", "Sent from "])
def test_a_mail_that_is_made_to_take_long_is_cut_before(piece: str) -> None:
    """What is read of it is bounded in lines and letters."""
    assert len(what_is_new(piece * 200_000)) <= LONGEST_REPLY


def test_a_mail_of_html_alone_is_read_as_its_text() -> None:
    """Without what it quotes."""
    html = "<p>Yes, <b>please</b>.</p><style>p {}</style><div class='gmail_quote'>On Monday Acme wrote: <p>Old</p></div>"

    reply = read_reply(a_mail(html=html).as_bytes())

    assert reply
    assert " ".join(reply.text.split()) == "Yes, please ."


def test_attachments_are_named() -> None:
    """As not kept, where nobody says that they are: a passport that nobody asked for should not lie about."""
    mail = a_mail()
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="passport.pdf")

    reply = read_reply(mail.as_bytes())

    assert reply
    assert (reply.attachments, reply.words) == (("passport.pdf",), "Yes, please.\n\nAttached, and not kept: passport.pdf")
    assert reply.words_with(["passport.pdf"]) == "Yes, please.\n\nPut to the files: passport.pdf"


def test_files_are_read_as_they_were_attached_and_of_a_mail_that_may_be_cut_off_none() -> None:
    """Half a file would be taken for a whole one."""
    mail = a_mail()
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="invoice.pdf")
    raw = mail.as_bytes()

    assert files_in(raw) == [AttachedFile("invoice.pdf", b"%PDF-1.7")]
    assert files_in(raw + b"\n" * LARGEST_MAIL) == []


@given(st.binary(max_size=3000), st.integers(0, 3000))
def test_no_mail_breaks_the_reading_of_its_files(junk: bytes, cut: int) -> None:
    """Mails come from everywhere."""
    mail = a_mail()
    mail.add_attachment(junk, maintype="application", subtype="pdf", filename="a.pdf")
    raw = mail.as_bytes()

    assert all(isinstance(one.content, bytes) for mail in (junk, raw[:cut], raw[:cut] + junk) for one in files_in(mail))


def test_the_letter_is_known_by_the_address_or_by_what_is_answered() -> None:
    """Whichever a program has kept."""
    by_address = a_mail(To=verp_address("replies@acme.example", KEY), In_Reply_To="<other@x>")
    by_header = a_mail(In_Reply_To="", References=f"<x@y> <{KEY}@acme.example>")

    for mail in (by_address, by_header):
        reply = read_reply(mail.as_bytes())
        assert reply
        assert reply.keys[0] == KEY


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated; x=1"}, {"Precedence": "bulk"},
        {"Precedence": "auto_reply"}, {"X_Autoreply": "yes"}, {"List_Id": "<a.list>"}, {"Return_Path": "<>"},
        {"From": "Mail <MAILER-DAEMON@example.com>"}, {"From": "no-reply@example.com"}, {"From": ""}, {"In_Reply_To": ""},
    ],
)  # fmt: skip
def test_what_no_person_wrote_is_no_answer(headers: dict[str, str]) -> None:
    """Holiday notices, lists, robots, a mail that answers nothing of ours."""
    assert read_reply(a_mail(**headers).as_bytes()) is None


def test_a_person_whose_program_says_that_nothing_is_automatic_is_heard() -> None:
    """RFC 3834: "no" is a value too."""
    assert read_reply(a_mail(Auto_Submitted="no").as_bytes())


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"From: a@b.c\n\n", bounce_mails.postfix(KEY), bounce_mails.receipt(KEY)])
def test_what_is_no_answer_is_nothing(raw: bytes) -> None:
    """Rubbish, bounces and receipts."""
    assert read_reply(raw) is None
