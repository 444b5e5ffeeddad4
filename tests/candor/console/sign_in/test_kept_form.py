"""A session that ends in the middle of a form: nothing that was typed is lost, and nobody else gets it."""

from __future__ import annotations

import html
import re
from random import Random
from string import ascii_letters, digits
from typing import Any

import pyotp
import pytest
from fastapi import APIRouter, Request
from fastapi.testclient import TestClient

from candor.accounts.second_factor import SecondFactor
from candor.console.deps import Staff
from candor.console.sign_in.cookies import COOKIE
from candor.services import Services
from tests.candor.console.conftest import Desk, SignIn
from tests.candor.console.sign_in.test_sign_in import PASSWORD

HOSTILE = "<script>alert(1)</script> {{7*7}} \N{RIGHT-TO-LEFT OVERRIDE}back =1+1 " + "word" * 2500
TAKEN: list[dict[str, Any]] = []
router = APIRouter()


@router.post("/notes")
async def take(request: Request, staff: Staff) -> dict[str, str]:
    """A form of some page."""
    TAKEN.append({"by": staff.email, **dict(await request.form())})
    return {}


@pytest.fixture(autouse=True)
def notes(nobody: TestClient) -> None:
    """A page's form at /console/notes."""
    TAKEN.clear()
    console = next(route.app for route in nobody.app.routes if getattr(route, "path", "") == "/console")  # type: ignore[attr-defined]
    console.include_router(router)


def with_password(parts: Services, desk: Desk) -> None:
    parts.staff.accounts.set_password(desk.account.id, PASSWORD)


def kept_in(text: str) -> str:
    return html.unescape(re.findall(r'name="kept" value="([^"]+)"', text)[0])


def again(desk: TestClient, answer: Any, email: str, password: str = PASSWORD) -> Any:
    """Sign in at the page that was answered."""
    return desk.post("sign-in", data={"email": email, "password": password, "kept": kept_in(answer.text), "next": "/console/"})


def fields_of(text: str) -> dict[str, str]:
    """What the page's form would send."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text.partition("data-again")[2])
    return {name: html.unescape(value) for name, value in found}


def test_what_was_typed_comes_back_after_signing_in_and_is_sent_with_one_button(parts: Services, sign_in: SignIn) -> None:
    """Hostile text stands there as text; what is sent is what was typed, to the same address, with the new token."""
    desk = sign_in("agent")
    with_password(parts, desk)
    parts.staff.sessions.end_all(desk.account.id)

    answer = desk.submit("notes?page=2", note=HOSTILE, kind="call")
    shown = again(desk, answer, desk.account.email)
    fields = fields_of(shown.text)
    sent = desk.post("notes?page=2", data=fields)

    assert (answer.status_code, answer.headers["cache-control"], "What you typed is kept" in answer.text) == (
        401,
        "no-store",
        True,
    )
    assert shown.status_code == 200
    assert ("This has not been sent yet" in shown.text, html.escape(HOSTILE[:60]) in shown.text) == (True, True)
    assert ("<script>alert" in shown.text, 'action="/console/notes?page=2"' in shown.text) == (False, True)
    assert sent.status_code == 200
    assert [*TAKEN] == [{"by": desk.account.email, "note": HOSTILE, "kind": "call", "csrf": fields["csrf"]}]
    assert fields["csrf"] != desk.csrf


def test_it_comes_through_a_wrong_password_and_a_second_factor(parts: Services, sign_in: SignIn) -> None:
    """Each page of the way carries it on."""
    desk = sign_in("agent")
    with_password(parts, desk)
    secret = SecondFactor.new_secret()
    codes = parts.staff.second_factor.confirm(desk.account.id, secret, pyotp.TOTP(secret).now())
    assert codes is not None
    parts.staff.sessions.end_all(desk.account.id)

    first = again(desk, desk.submit("notes", note="half a sentence"), desk.account.email, "wrong")
    half = again(desk, first, desk.account.email)
    token = re.findall(r'name="token" value="([^"]+)"', half.text)[0]
    wrong = desk.post("sign-in/code", data={"token": token, "code": "000000", "kept": kept_in(half.text)})
    shown = desk.post("sign-in/code", data={"token": token, "code": codes[0], "kept": kept_in(wrong.text)})

    assert [answer.status_code for answer in (first, half, wrong, shown)] == [401, 200, 401, 200]
    assert "half a sentence" in shown.text
    assert TAKEN == []


def test_another_person_at_the_same_browser_does_not_get_it(parts: Services, sign_in: SignIn) -> None:
    """It is not in the page before either: what carries it is sealed."""
    ada, bea = sign_in("agent"), sign_in("agent", name="Bea")
    with_password(parts, bea)
    parts.staff.sessions.end_all(ada.account.id)

    answer = ada.submit("notes", note="what only Ada may read")
    shown = again(ada, answer, bea.account.email)

    assert ("only Ada" in answer.text, "only Ada" in shown.text) == (False, False)
    assert "not shown to you" in shown.text
    assert TAKEN == []


def test_where_nobody_knows_whose_it_was_whoever_signs_in_gets_it(parts: Services, sign_in: SignIn, nobody: TestClient) -> None:
    """A form that was open so long that its session is gone from the table."""
    desk = sign_in("agent")
    with_password(parts, desk)

    shown = again(nobody, nobody.post("notes", data={"note": "typed long ago"}), desk.account.email)

    assert "typed long ago" in shown.text


def test_whoever_signs_in_in_another_tab_goes_on_in_this_one(parts: Services, sign_in: SignIn) -> None:
    """As with the company's own provider, to which a form cannot be carried along."""
    desk = sign_in("agent")
    parts.staff.sessions.end_all(desk.account.id)
    kept = kept_in(desk.submit("notes", note="half a sentence").text)

    early = desk.post("again", data={"kept": kept})
    other_tab = sign_in("agent")
    shown = other_tab.post("again", data={"kept": kept_in(early.text)})

    assert (early.status_code, "still kept" in early.text) == (401, True)
    assert (shown.status_code, "half a sentence" in shown.text, TAKEN) == (200, True, [])


@pytest.mark.parametrize("field", ["password", "new_password", "old_password", "code", "client_secret"])
def test_secrets_are_never_carried(parts: Services, sign_in: SignIn, field: str) -> None:
    """A form with one is typed anew."""
    desk = sign_in("agent")
    parts.staff.sessions.end_all(desk.account.id)

    answer = desk.submit("notes", note="some words", **{field: "a secret thing"})

    assert (answer.status_code, answer.headers["location"][:16]) == (303, "/console/sign-in")
    assert "kept" not in answer.text


def test_a_stale_token_of_the_same_person_loses_nothing(parts: Services, sign_in: SignIn) -> None:
    """She signed in again in another tab; this tab's form has the token of before. Nothing is done before she says so."""
    before = sign_in("agent")
    now = sign_in("agent")

    shown = now.post("notes", data={"csrf": before.csrf, "note": "from the older tab"})
    done_before = list(TAKEN)
    sent = now.post("notes", data=fields_of(shown.text))

    assert (shown.status_code, "from the older tab" in shown.text, done_before) == (409, True, [])
    assert (sent.status_code, TAKEN[0]["note"]) == (200, "from the older tab")


def test_a_stale_token_of_somebody_else_or_of_nobody_is_refused(sign_in: SignIn) -> None:
    """Else a page of another site could have a stranger's words sent with one click."""
    ada, bea = sign_in("agent"), sign_in("agent", name="Bea")

    for token in (ada.csrf, "", "made up"):
        answer = bea.post("notes", data={"csrf": token, "note": "not hers"})

        assert (answer.status_code, "not hers" in answer.text) == (403, False)
    assert TAKEN == []


def test_htmx_is_answered_with_a_whole_page(parts: Services, sign_in: SignIn) -> None:
    """It asked for a part, and shows the page in its place; a part that is only read leads to the sign-in, and back."""
    desk = sign_in("agent")
    stale = sign_in("agent").post("notes", data={"csrf": desk.csrf, "note": "some words"}, headers={"HX-Request": "true"})
    parts.staff.sessions.end_all(desk.account.id)
    asks = {"HX-Request": "true", "HX-Current-URL": "http://testserver/console/me?done=others"}

    posted = desk.post("notes", data={"note": "some words"}, headers=asks | {"X-CSRF-Token": desk.csrf})
    read = desk.get("me", headers=asks)

    assert (posted.status_code, posted.headers["hx-retarget"], posted.headers["hx-reswap"]) == (401, "body", "innerHTML")
    assert (stale.status_code, stale.headers["hx-retarget"]) == (409, "body")
    assert read.headers["hx-redirect"] == "/console/sign-in?next=/console/me%3Fdone%3Dothers"


def test_what_cannot_be_carried_is_shown_to_be_copied(parts: Services, sign_in: SignIn) -> None:
    """Sixty kilobytes that cannot be packed would make the sign-in form larger than the guard lets in."""
    desk = sign_in("agent")
    parts.staff.sessions.end_all(desk.account.id)
    noise = "".join(Random(7).choices(ascii_letters + digits, k=62_000))

    answer = desk.submit("notes", note=noise)

    assert (answer.status_code, noise in answer.text, 'name="kept"' in answer.text) == (401, True, False)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"garbage", "multipart/form-data; boundary=x"), (b"{", "application/json"), (b"", "text/plain"),
        (b"&".join(b"a=1" for _ in range(1500)), "application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
def test_what_is_no_form_leads_to_the_sign_in(nobody: TestClient, body: bytes, kind: str) -> None:
    """And breaks nothing."""
    answer = nobody.post("notes", content=body, headers={"Content-Type": kind})

    assert (answer.status_code, answer.headers["location"][:16]) == (303, "/console/sign-in")


def test_the_guards_limit_holds_before_all_this(parts: Services, sign_in: SignIn) -> None:
    """Ten megabytes are not read."""
    desk = sign_in("agent")
    parts.staff.sessions.end_all(desk.account.id)

    assert desk.submit("notes", note="x" * 10_000_000).status_code == 413


def test_a_made_up_token_and_one_of_yesterday_lead_to_the_first_page(parts: Services, sign_in: SignIn) -> None:
    """Nobody can have a form of their own making shown."""
    desk = sign_in("agent")
    with_password(parts, desk)
    foreign = parts.staff.sealed_tokens.make("another purpose", path="/console/notes", fields=[["note", "x y"]], whose=None)

    for token in (foreign, "nonsense", "ü"):
        entered = desk.post("sign-in", data={"email": desk.account.email, "password": PASSWORD, "kept": token})
        assert (entered.status_code, entered.headers["location"]) == (303, "/console/")


def test_whose_form_it_was_is_known_after_the_session_has_ended(parts: Services, sign_in: SignIn) -> None:
    """Also after the session has ended; then keeping's job removes the session's row."""
    desk = sign_in("agent")
    parts.staff.sessions.end_all(desk.account.id)

    assert parts.staff.sessions.whose_form(desk.csrf) == desk.account.id
    assert desk.cookies.get(COOKIE)
