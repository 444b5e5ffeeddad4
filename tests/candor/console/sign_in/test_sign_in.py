"""Signing in and out, and what somebody gets who is not signed in."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from candor.accounts.roles import Grant
from candor.services import Services
from tests.candor.console.conftest import SignIn

PASSWORD = "a sentence that only she writes"


def test_the_right_password_opens_the_console(nobody: TestClient, parts: Services) -> None:
    """And the page that was wanted comes after it."""
    parts.staff.accounts.add("ada@acme.example", "Ada", [Grant("reviewer")], PASSWORD)
    wanted = nobody.get("./")

    entered = nobody.post("sign-in", data={"email": "Ada@Acme.example", "password": PASSWORD, "next": "/console/"})

    assert (wanted.status_code, wanted.headers["location"]) == (303, "/console/sign-in?next=/console/")
    assert (entered.status_code, entered.headers["location"]) == (303, "/console/")
    assert "Ada" in nobody.get("./").text
    cookie = entered.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/console"))


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(nobody: TestClient, parts: Services) -> None:
    """Nobody learns who has an account here."""
    parts.staff.accounts.add("ada@acme.example", "Ada", [Grant("reviewer")], PASSWORD)

    wrong = nobody.post("sign-in", data={"email": "ada@acme.example", "password": "not this one"})
    unknown = nobody.post("sign-in", data={"email": "eve@acme.example", "password": PASSWORD})

    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text.replace("ada@acme", "eve@acme") == unknown.text


def test_signing_out_ends_the_session_itself(nobody: TestClient, sign_in: SignIn) -> None:
    """A copy of the cookie is worth nothing afterwards."""
    desk = sign_in("reviewer")
    cookies = dict(desk.cookies)

    left = desk.submit("sign-out")

    assert left.headers["location"] == "/console/sign-in?left=1"
    nobody.cookies.update(cookies)
    assert nobody.get("./").status_code == 303


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/console/\\evil", "/other", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(nobody: TestClient, parts: Services, elsewhere: str) -> None:
    """A link to sign in cannot be made to lead to another site."""
    parts.staff.accounts.add("ada@acme.example", "Ada", [Grant("reviewer")], PASSWORD)

    entered = nobody.post("sign-in", data={"email": "ada@acme.example", "password": PASSWORD, "next": elsewhere})

    assert entered.headers["location"] == "/console/"


def test_a_form_without_the_sessions_token_changes_nothing(sign_in: SignIn) -> None:
    """Also not one with another session's."""
    desk, other = sign_in("reviewer"), sign_in("reviewer", name="Bea")

    assert desk.post("sign-out").status_code == 403
    assert desk.post("sign-out", data={"csrf": other.csrf}).status_code == 403
    assert desk.get("./").status_code == 200


def test_a_page_that_is_not_there_is_a_page(sign_in: SignIn) -> None:
    """With a way back, and not a document for machines."""
    answered = sign_in("reviewer").get("nothing-here")

    assert answered.status_code == 404
    assert "There is no such page." in answered.text
