"""The second factor: set up on one's own page, asked for at each sign-in, and a half sign-in opens nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from candor.accounts.roles import Grant
from candor.app.web import make_app
from candor.services import Services
from candor.settings import Settings
from knowledge.catalogue import PolicyCatalogue
from tests.candor.console.conftest import CONSOLE, Desk, SignIn
from tests.candor.console.sign_in.test_sign_in import PASSWORD
from tests.fakes import FakeRasa

EVERYWHERE = ("./", "me", "accounts", "audit", "audit.csv")


def shown(text: str) -> dict[str, str]:
    """The token and the secret of the page that sets it up."""
    secret = re.findall(r'class="mono key">([^<]+)<', text)[0].replace(" ", "")
    return {"token": re.findall(r'name="token" value="([^"]+)"', text)[0], "secret": secret}


def enrolled(desk: Desk) -> tuple[str, Any]:
    """Set up as a person would; the secret, and the page with the codes for paper."""
    page = shown(desk.get("me/second-factor").text)
    return page["secret"], desk.submit("me/second-factor", token=page["token"], code=pyotp.TOTP(page["secret"]).now())


def test_setting_it_up_shows_a_picture_and_codes_for_paper_once(parts: Services, sign_in: SignIn) -> None:
    """Every other browser is signed out; the log names the change and no secret."""
    desk, other = sign_in("agent"), sign_in("agent")

    secret, done = enrolled(desk)
    codes = re.findall(r"<li><code>([^<]+)</code>", done.text)

    assert (done.status_code, len(codes)) == (200, 10)
    assert 'src="data:image/svg+xml;base64,' in sign_in("agent", name="Bea").get("me/second-factor").text
    assert (desk.get("me").status_code, other.get("me").status_code) == (200, 303)
    assert codes[0] not in desk.get("me").text
    entries = str(parts.staff.audit.entries())
    assert ("second_factor.add" in entries, secret in entries, codes[0] in entries) == (True, False, False)


def test_a_wrong_code_sets_up_nothing_and_the_picture_stays(parts: Services, sign_in: SignIn) -> None:
    """Who has scanned it already need not scan again; somebody else's token is worth nothing."""
    desk = sign_in("agent")
    page = shown(desk.get("me/second-factor").text)
    theirs = shown(sign_in("agent", name="Bea").get("me/second-factor").text)

    wrong = desk.submit("me/second-factor", token=page["token"], code="000000")
    foreign = desk.submit("me/second-factor", token=theirs["token"], code=pyotp.TOTP(theirs["secret"]).now())

    assert (wrong.status_code, shown(wrong.text)["secret"]) == (422, page["secret"])
    assert foreign.status_code == 422
    assert parts.staff.accounts.get(desk.account.id).has_second_factor is False


def test_the_password_alone_gives_no_session(nobody: TestClient, parts: Services, sign_in: SignIn) -> None:
    """With the right password and no code, no page opens; with the code, a session with a new key."""
    desk = sign_in("admin")
    parts.staff.accounts.set_password(desk.account.id, PASSWORD)
    _, done = enrolled(desk)
    paper = re.findall(r"<li><code>([^<]+)</code>", done.text)[0]

    half = nobody.post("sign-in", data={"email": desk.account.email, "password": PASSWORD, "next": "/console/me"})
    token = re.findall(r'name="token" value="([^"]+)"', half.text)[0]
    opened = [nobody.get(path).status_code for path in EVERYWHERE]
    nobody.cookies.set("candor_staff", token, path="/console")
    with_token = [nobody.get(path).status_code for path in EVERYWHERE]
    entered = nobody.post("sign-in/code", data={"token": token, "code": paper, "next": "/console/me"})

    assert (half.status_code, "set-cookie" in half.headers, "Your code" in half.text) == (200, False, True)
    assert set(opened) == set(with_token) == {303}
    assert (entered.status_code, entered.headers["location"]) == (303, "/console/me")
    assert "password and a code on paper" in nobody.get("me").text


def test_removing_it_and_new_codes_need_a_code(parts: Services, sign_in: SignIn) -> None:
    """Whoever finds an open browser cannot take the factor away."""
    desk = sign_in("agent")
    _, done = enrolled(desk)
    codes = re.findall(r"<li><code>([^<]+)</code>", done.text)

    refused = desk.submit("me/second-factor/remove", code="000000")
    renewed = desk.submit("me/second-factor/codes", code=codes[0])
    old = desk.submit("me/second-factor/remove", code=codes[1])
    fresh = re.findall(r"<li><code>([^<]+)</code>", renewed.text)
    removed = desk.submit("me/second-factor/remove", code=fresh[0])

    assert (refused.status_code, renewed.status_code, old.status_code, removed.status_code) == (409, 200, 409, 303)
    assert parts.staff.accounts.get(desk.account.id).has_second_factor is False


@pytest.fixture
def strict(tmp_path: Path, policies: Path, catalogue: PolicyCatalogue) -> Iterator[Services]:
    """Services of a company where every account must have a second factor."""
    settings = Settings(  # type: ignore[call-arg]  # pydantic-settings' own parameter
        var_dir=tmp_path / "strict", policies_dir=policies, secret_key=SecretStr("a secret"), database_url="", actions_port=1,
        console_second_factor="required", _env_file=None,
    )  # fmt: skip
    made = Services(settings)
    made.knowledge.catalogue = catalogue
    yield made
    made.engine.dispose()


def test_where_everybody_must_have_one_nothing_opens_before_it(strict: Services) -> None:
    """The person is led to set it up; after it the session they have is enough, and what they had typed goes on."""
    strict.staff.accounts.add("ada@acme.example", "Ada", [Grant("admin")], PASSWORD)
    with TestClient(make_app(strict, FakeRasa()), base_url=f"{CONSOLE}/", follow_redirects=False) as desk:
        kept = re.findall(r'name="kept" value="([^"]+)"', desk.post("accounts", data={"name": "Bea the typed"}).text)[0]
        entered = desk.post("sign-in", data={"email": "ada@acme.example", "password": PASSWORD, "kept": kept})
        before = {path: desk.get(path) for path in EVERYWHERE}
        csrf = re.findall(r'name="csrf" value="([^"]+)"', entered.text)[0]
        changed = desk.post("me/sessions/others", data={"csrf": csrf})
        page = shown(entered.text)
        done = desk.post("me/second-factor", data={
            "csrf": csrf, "token": page["token"], "code": pyotp.TOTP(page["secret"]).now(), "kept": kept,
        })  # fmt: skip
        after = [desk.get(path).status_code for path in ("./", "me", "accounts", "audit")]
        again = desk.post("again", data={"kept": html.unescape(re.findall(r'name="kept" value="([^"]+)"', done.text)[0])})

    assert (entered.status_code, "Every account here needs one" in entered.text, "Audit log" in entered.text) == (
        200,
        True,
        False,
    )
    assert {answer.headers["location"] for answer in before.values()} == {"/console/me/second-factor"}
    assert changed.headers["location"] == "/console/me/second-factor"
    assert after == [200] * 4
    assert "Bea the typed" in again.text
