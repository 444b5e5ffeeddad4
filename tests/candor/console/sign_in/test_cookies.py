"""The session's cookie, and its key."""

from __future__ import annotations

import httpx2
from fastapi.testclient import TestClient

from candor.accounts.roles import Grant
from candor.services import Services
from tests.candor.console.sign_in.test_sign_in import PASSWORD


def _key(entered: httpx2.Response) -> str:
    return entered.headers["set-cookie"].partition("=")[2].partition(";")[0]


def test_each_sign_in_has_a_key_of_its_own_and_the_one_before_ends(nobody: TestClient, parts: Services) -> None:
    """A key that somebody planted in a browser is never the one that is signed in."""
    parts.staff.accounts.add("ada@acme.example", "Ada", [Grant("reviewer")], PASSWORD)
    form = {"email": "ada@acme.example", "password": PASSWORD}
    nobody.cookies.set("candor_staff", "planted", domain="testserver.local", path="/console")

    first, second = (_key(nobody.post("sign-in", data=form)) for _ in range(2))

    assert len({"planted", first, second}) == 3
    assert (parts.staff.sessions.look("planted"), parts.staff.sessions.look(first)) == (None, None)
    assert parts.staff.sessions.look(second) is not None


def test_over_tls_the_cookie_belongs_to_this_host_alone(nobody: TestClient, parts: Services) -> None:
    """__Host- asks for Secure and the whole site; the plain name then opens nothing."""
    parts.staff.accounts.add("ada@acme.example", "Ada", [Grant("reviewer")], PASSWORD)
    secure = TestClient(nobody.app, base_url="https://testserver/console/", follow_redirects=False)

    entered = secure.post("sign-in", data={"email": "ada@acme.example", "password": PASSWORD})
    cookie = entered.headers["set-cookie"]
    opened = secure.get("./").status_code
    key = secure.cookies["__Host-candor_staff"]
    secure.cookies.clear()
    secure.cookies.set("candor_staff", key)

    assert cookie.startswith("__Host-candor_staff=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/;", "SameSite=lax"))
    assert "domain" not in cookie.lower()
    assert (opened, secure.get("./").status_code) == (200, 303)


def test_no_page_is_kept_by_a_browser(nobody: TestClient) -> None:
    """Not the sign-in page either."""
    assert nobody.get("sign-in").headers["cache-control"] == "no-store"


def test_a_browser_in_which_somebody_signed_in_stays_open_to_them_while_others_guess(nobody: TestClient, parts: Services) -> None:
    """It outlives the session, and is sent to the console alone."""
    ada = parts.staff.accounts.add("ada@acme.example", "Ada", [Grant("reviewer")], PASSWORD)
    form = {"email": "ada@acme.example", "password": PASSWORD}
    entered = nobody.post("sign-in", data=form)
    stranger = TestClient(nobody.app, base_url="http://testserver/console/", follow_redirects=False)
    for _ in range(5):
        stranger.post("sign-in", data={**form, "password": "wrong"})

    device = next(cookie for cookie in entered.headers.get_list("set-cookie") if cookie.startswith("candor_device="))
    assert all(part in device for part in ("HttpOnly", "Max-Age=31536000", "Path=/console", "SameSite=lax"))
    assert parts.staff.accounts.get(ada.id).locked_until is not None
    assert stranger.post("sign-in", data=form).status_code == 401
    assert nobody.post("sign-in", data=form).status_code == 303
