"""Accounts, one's own page, invitations: who may change what, and what ends with each change."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from fastapi.testclient import TestClient
from pydantic import SecretStr

from candor.accounts.roles import Grant
from candor.app.supervisor import free_port
from candor.console.people import invitations
from candor.services import Services
from candor.tickets.delivery.mailer import SmtpMailer
from tests.candor.console.conftest import SignIn
from tests.candor.console.sign_in.test_sign_in import PASSWORD

HOSTILE = '<script>alert(1)</script>{{7*7}}=1+1"'


def link_in(text: str) -> str:
    return html.unescape(re.findall(r"readonly>([^<]+/console/welcome[^<]+)<", text)[0])


def boss(parts: Services) -> None:
    """Another admin who can sign in, so that the one in the test is not the last."""
    parts.staff.accounts.add("boss@acme.example", "Boss", [Grant("admin")], PASSWORD)


@pytest.mark.parametrize("role", ["reviewer", "agent", "privacy_officer"])
def test_accounts_are_for_those_who_manage_people(sign_in: SignIn, parts: Services, role: str) -> None:
    """Everybody else finds no way there, and is refused by the address."""
    desk, other = sign_in(role), sign_in("admin", name="Bea").account

    answers = [desk.get(path) for path in ("accounts", "accounts/new", f"accounts/{other.id}")]
    answers += [desk.submit(f"accounts/{other.id}/{what}") for what in ("disable", "roles", "invite", "unlock", "second-factor")]

    assert {answer.status_code for answer in answers} == {403}
    assert 'href="/console/accounts"' not in desk.get("./").text
    assert parts.staff.accounts.get(other.id) == other


def test_an_invitation_opens_once_and_lets_its_person_choose_a_password(
    sign_in: SignIn, nobody: TestClient, parts: Services
) -> None:
    """The account has the roles that were given; the log tells who gave them."""
    desk = sign_in("admin")

    invited = desk.submit("accounts", email="Bea@Acme.example", name=HOSTILE, grant=["agent:acme", "reviewer"])
    token = link_in(invited.text).partition("token=")[2]
    looked = [nobody.get(f"welcome?{name}={token}").status_code for name in ("token", "slip")]  # the second: as links were before
    weak = nobody.post("welcome", data={"token": token, "new_password": "short", "new_password_again": "short"})
    entered = nobody.post("welcome", data={"token": token, "new_password": PASSWORD, "new_password_again": PASSWORD})
    twice = nobody.post(
        "welcome", data={"token": token, "new_password": "quite another one", "new_password_again": "quite another one"}
    )

    assert (invited.status_code, "<script>" in invited.text, "&lt;script&gt;" in invited.text) == (200, False, True)
    assert (looked, weak.status_code, entered.status_code, twice.status_code) == ([200, 200], 422, 303, 404)
    found = parts.staff.accounts.find("bea@acme.example")
    assert found is not None
    assert (found.grants, found.has_password) == ((Grant("agent", "acme"), Grant("reviewer")), True)
    assert nobody.get("me").status_code == 200
    done = [
        (entry.actor, entry.action) for entry in reversed(parts.staff.audit.entries()) if entry.subject == f"account {found.id}"
    ]
    assert done[:2] == [(desk.account.actor, "account.add"), (desk.account.actor, "account.invite")]


def test_a_newer_link_an_old_one_and_a_closed_account_make_a_link_worthless(
    sign_in: SignIn, nobody: TestClient, parts: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with the same plain page."""
    desk = sign_in("admin")
    boss(parts)
    bea = parts.staff.accounts.add("bea@acme.example", "Bea", [Grant("agent")])
    first = link_in(desk.submit(f"accounts/{bea.id}/invite").text)
    second = link_in(desk.submit(f"accounts/{bea.id}/invite").text)

    replaced, good = nobody.get(first).status_code, nobody.get(second).status_code
    monkeypatch.setattr(invitations, "LASTS", timedelta(seconds=-1))
    late = nobody.get(second).status_code
    monkeypatch.undo()
    desk.submit(f"accounts/{bea.id}/disable")
    closed = nobody.get(second).status_code

    assert (replaced, good, late, closed) == (404, 200, 404, 404)


class Mailbox:
    """Takes every mail."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802  # the server's name
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.mark.parametrize("up", [True, False], ids=["mail goes", "the mail server is down"])
def test_the_link_goes_by_mail_and_is_always_shown(sign_in: SignIn, parts: Services, *, up: bool) -> None:
    """Where the mail server is down it can still be handed over."""
    mailbox, port = Mailbox(), free_port()
    url = f"smtp://127.0.0.1:{port}"
    parts.settings = parts.settings.model_copy(update={"smtp_url": SecretStr(url)})
    parts.requests.mailer = SmtpMailer(url)
    desk = sign_in("admin")
    server = Controller(mailbox, hostname="127.0.0.1", port=port) if up else None
    if server:
        server.start()
    try:
        answer = desk.submit("accounts", email="bea@acme.example", name="Bea", grant="agent")
    finally:
        if server:
            server.stop()
    link = link_in(answer.text)

    assert (answer.status_code, "was sent to bea@acme.example" in answer.text) == (200, up)
    assert [(mail["To"], link in mail.get_content()) for mail in mailbox.mails] == ([("bea@acme.example", True)] if up else [])  # type: ignore[attr-defined]


@pytest.mark.parametrize("fields", [
    {"email": "no address", "grant": "agent"}, {"email": "x@acme.example"}, {"email": "x@acme.example", "grant": "boss"},
    {"email": "x@acme.example", "grant": "agent:nobody"}, {"email": "taken@acme.example", "grant": "agent"},
])  # fmt: skip
def test_what_cannot_be_an_account_comes_back_with_what_was_typed(
    sign_in: SignIn, parts: Services, fields: dict[str, str]
) -> None:  # fmt: skip
    """And nothing is made."""
    desk = sign_in("admin")
    parts.staff.accounts.add("taken@acme.example", "Taken", [Grant("agent")])
    before = parts.staff.accounts.all()

    answer = desk.submit("accounts", name="Typed Name", **fields)

    assert (answer.status_code, 'value="Typed Name"' in answer.text) == (422, True)
    assert parts.staff.accounts.all() == before


def test_closing_an_account_signs_it_out_at_once(sign_in: SignIn, parts: Services) -> None:
    """Opening it again brings back no session."""
    desk, bea = sign_in("admin"), sign_in("agent", name="Bea")
    boss(parts)

    closed = desk.submit(f"accounts/{bea.account.id}/disable")
    during = bea.get("./").status_code
    desk.submit(f"accounts/{bea.account.id}/enable")

    assert (closed.status_code, during, bea.get("./").status_code) == (303, 303, 303)
    assert "open again" in desk.get(f"accounts/{bea.account.id}?done=enable").text


def test_roles_hold_from_the_next_click_on(sign_in: SignIn, parts: Services) -> None:
    """The session goes on: roles are read with every request."""
    desk, bea = sign_in("admin"), sign_in("reviewer", name="Bea")
    boss(parts)
    before = bea.get("audit").status_code

    changed = desk.submit(f"accounts/{bea.account.id}/roles", grant=["privacy_officer", "agent:acme"])

    assert (before, changed.status_code, bea.get("audit").status_code) == (403, 303, 200)
    details = parts.staff.audit.entries(action="account.roles")[0].details
    assert details == {"roles": "privacy_officer, agent:acme", "before": "reviewer"}


def test_the_last_admin_and_ones_own_account_stay(sign_in: SignIn, parts: Services) -> None:
    """Nobody locks the company out, or themselves."""
    desk = sign_in("admin")
    parts.staff.accounts.set_password(desk.account.id, PASSWORD)

    last = desk.submit(f"accounts/{desk.account.id}/roles", grant="agent")
    oneself = [desk.submit(f"accounts/{desk.account.id}/{what}").status_code for what in ("disable", "second-factor")]

    assert (last.status_code, oneself) == (409, [409, 409])
    assert parts.staff.accounts.get(desk.account.id).may("manage_people")


def test_an_admin_of_one_company_manages_only_that_companys_people(sign_in: SignIn, parts: Services) -> None:
    """Not those with a role elsewhere, and gives no role elsewhere, also not to themselves."""
    desk = sign_in("admin", company="acme")
    boss(parts)
    hers = sign_in("agent", company="acme", name="Bea").account
    elsewhere = sign_in("agent", company="globex", name="Cem").account
    everywhere = sign_in("reviewer", name="Dan").account

    page = desk.get("accounts").text
    refused = [desk.get(f"accounts/{one.id}").status_code for one in (elsewhere, everywhere)]
    refused += [desk.get("accounts/999").status_code, desk.submit(f"accounts/{elsewhere.id}/disable").status_code]
    grabs = [
        desk.submit(f"accounts/{one.id}/roles", grant=grant).status_code
        for one in (hers, desk.account) for grant in ("admin", "agent:globex")
    ]  # fmt: skip
    given = desk.submit(f"accounts/{hers.id}/roles", grant="reviewer:acme")

    assert ("Bea" in page, "Cem" in page, "Dan" in page, "Every company" in desk.get("accounts/new").text) == (
        True,
        False,
        False,
        False,
    )
    assert (set(refused), set(grabs), given.status_code) == ({403}, {403}, 303)


def test_a_wait_a_second_factor_and_sessions_are_ended_by_an_admin(sign_in: SignIn, parts: Services) -> None:
    """Each is in the log."""
    desk, bea = sign_in("admin"), sign_in("agent", name="Bea")
    number = bea.account.id
    (session,) = parts.staff.sessions.of(number)

    one = desk.submit(f"accounts/{number}/sessions/end", session=session.session)
    out = bea.get("./").status_code
    answers = [desk.submit(f"accounts/{number}/{what}").status_code for what in ("unlock", "second-factor", "sessions/end")]

    assert (one.status_code, out, answers) == (303, 303, [303] * 3)
    done = [entry.action for entry in reversed(parts.staff.audit.entries(subject=f"account {number}"))]
    assert done == ["session.end.one", "account.unlock", "account.second_factor.reset", "session.end.all"]


def test_ones_own_sessions_are_listed_and_ended(sign_in: SignIn) -> None:
    """This one stays; another person's cannot be ended."""
    here, there, other = sign_in("agent"), sign_in("agent"), sign_in("agent", name="Bea")
    sessions = re.findall(r"/me/sessions/(\d+)/end", here.get("me").text)

    foreign = other.submit(f"me/sessions/{sessions[0]}/end")
    still = there.get("me").status_code
    ended = here.submit("me/sessions/others")

    assert (len(sessions), foreign.status_code, still, ended.status_code) == (1, 404, 200, 303)
    assert (here.get("me").status_code, there.get("me").status_code, other.get("me").status_code) == (200, 303, 200)


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(sign_in: SignIn, parts: Services) -> None:
    """The log holds neither."""
    here, there = sign_in("agent"), sign_in("agent")
    parts.staff.accounts.set_password(here.account.id, PASSWORD)
    new = "quite another sentence"

    def change(old: str, first: str = new, second: str = new) -> int:
        fields = {"old_password": old, "new_password": first, "new_password_again": second}
        status: int = here.submit("me/password", **fields).status_code
        return status

    refused = [change("wrong one here"), change(PASSWORD, second="different words"), change(PASSWORD, "short", "short")]
    there_before = there.get("me").status_code
    changed = change(PASSWORD)

    assert (refused, changed) == ([422] * 3, 303)
    assert (here.get("me").status_code, there_before, there.get("me").status_code) == (200, 200, 303)
    assert (PASSWORD in str(parts.staff.audit.entries()), new in str(parts.staff.audit.entries())) == (False, False)


def test_how_news_make_themselves_noticed_is_kept_with_the_account(sign_in: SignIn, parts: Services) -> None:
    """Silent until somebody wishes otherwise; whoever waits for nobody is not asked."""
    desk = sign_in("agent")
    before = desk.get("me").text

    desk.submit("me/news", sound="1")

    after = parts.staff.accounts.get(desk.account.id)
    assert "data-sound" not in before
    assert "When somebody waits" in before
    assert (after.news_sound, after.news_notification) == (True, False)
    assert "data-sound" in desk.get("me").text
    assert "When somebody waits" not in sign_in("reviewer", name="Rae").get("me").text
