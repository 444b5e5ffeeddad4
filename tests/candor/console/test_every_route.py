"""All routes at once: none opens without signing in, without a role, without the session's token, or says more than it should."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from candor.accounts.models import GrantRow
from candor.console.app import ROUTERS
from candor.services import Services
from tests.candor.console.conftest import Desk, SignIn

BEFORE_SIGN_IN = re.compile(r"/(sign-in|elsewhere|welcome)\b.*")
ANYBODYS = re.compile(r"/|/sign-out|/again|/me\b.*")  # one's own session and account, and the first page


def routes() -> list[tuple[str, str]]:
    """Each route of the console as (method, path), with something in the place of each parameter."""

    def found() -> Iterator[tuple[str, str]]:
        for route in (route for router in ROUTERS for route in router.routes):
            if isinstance(route, APIRoute):
                for method in sorted((route.methods or set()) - {"HEAD"}):
                    yield (
                        method,
                        re.sub(r"\{[^}]*number[^}]*\}", "R-7KQ4-M2XD", re.sub(r"\{(?![^}]*number)[^}]*\}", "1", route.path)),
                    )

    return sorted(set(found()))


ROUTES = [route for route in routes() if not BEFORE_SIGN_IN.fullmatch(route[1])]
SEALED = {"/again"}  # shows what was typed before a sign-in, from a sealed token, and changes nothing
GUARDED = [route for route in ROUTES if not ANYBODYS.fullmatch(route[1])]


@pytest.fixture
def without_role(sign_in: SignIn, parts: Services) -> Desk:
    """Somebody whose roles were all taken away while they were signed in."""
    desk = sign_in("reviewer", name="Nora")
    with Session(parts.engine) as session, session.begin():
        session.execute(delete(GrantRow).where(GrantRow.account_id == desk.account.id))
    return desk


def test_nothing_opens_without_signing_in(nobody: TestClient) -> None:
    """A page leads to the sign-in page, a change is answered with it."""
    wrong = {}
    for method, path in ROUTES:
        answered = nobody.request(method, path.lstrip("/") or "./")
        leads = answered.headers.get("location", "").startswith("/console/sign-in?")
        if not (answered.status_code == 303 and leads if method == "GET" else answered.status_code in {303, 401}):
            wrong[method, path] = answered.status_code
        assert not nobody.cookies

    assert wrong == {}


def test_nothing_opens_without_a_role(without_role: Desk) -> None:
    """Each route names its permission: what a role does not include is refused by URL too, before anything is looked up."""
    wrong = {}
    for method, path in GUARDED:
        answered = without_role.request(method, path.lstrip("/"), data={"csrf": without_role.csrf} if method != "GET" else None)
        if answered.status_code != 403:
            wrong[method, path] = (answered.status_code, answered.text[:300])

    assert wrong == {}


def test_no_change_is_made_without_the_sessions_token(sign_in: SignIn) -> None:
    """Another site can make a browser send a form, but cannot know the token."""
    desk = sign_in("admin", "agent", "privacy_officer", "reviewer")
    changes = [route for route in ROUTES if route[0] != "GET" and route[1] not in SEALED]

    answers = {route: desk.request(route[0], route[1].lstrip("/"), data={"csrf": "0" * 64}).status_code for route in changes}

    assert answers == dict.fromkeys(changes, 403)
