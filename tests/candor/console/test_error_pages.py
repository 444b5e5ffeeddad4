"""Pages of errors: plain words for a person at a desk, and a way on."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from candor.services import Services
from tests.candor.console.conftest import SignIn
from tests.candor.console.opened_requests import opened


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("accounts", 403, "Not for your role"),
        ("nowhere", 404, "Not found"),
        ("requests?due=maybe", 422, "That was not understood"),
    ],
)
def test_an_error_is_named_in_plain_words(sign_in: SignIn, path: str, status: int, title: str) -> None:
    """HTTP's own names ("Forbidden", "Unprocessable Entity") are for machines."""
    answer = sign_in("privacy_officer").get(path)

    assert answer.status_code == status
    assert f"<h1 data-unsent>{title}</h1>" in answer.text
    assert "Go to the first page" in answer.text


def test_a_form_without_its_token_is_not_blamed_on_the_role(sign_in: SignIn) -> None:
    """It is refused as well (403), but what helps is to send it again."""
    answer = sign_in("privacy_officer").post("keeping/run", data={"csrf": "another"})

    assert answer.status_code == 403
    assert "Nothing was done" in answer.text
    assert "Not for your role" not in answer.text


def test_a_locked_database_is_told_and_nothing_is_done(
    parts: Services, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """503 and when to try again, as the chat says it; the same form goes through once the lock is gone."""
    monkeypatch.setattr("candor.database.engine.LONGEST_WAIT", 0.05)
    desk = sign_in("privacy_officer")
    parts.engine.dispose()
    form = {"company": "", "title": "Hello", "text": "Good to hear from you."}
    with create_engine(parts.engine.url).connect() as another:
        another.exec_driver_sql("BEGIN IMMEDIATE")
        refused = desk.submit("replies", **form)
        another.rollback()

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert "so this was not taken" in refused.text
    assert "Hello" not in desk.get("replies").text
    assert desk.submit("replies", **form).status_code == 303


def test_an_unexpected_error_is_a_page_and_its_text_is_nowhere(
    parts: Services, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    """An error's text may hold what a person wrote; the server would log it if it were raised once more."""

    def breaks(*_: object, **__: object) -> None:
        raise ValueError("Ada Lovelace")

    monkeypatch.setattr(parts.requests.staff_desk, "details", breaks)
    desk = sign_in("agent")
    raising = TestClient(desk.app, base_url=str(desk.base_url), cookies=desk.cookies)

    answer = raising.get(f"requests/{opened(parts)}")  # whatever reaches the server would be raised here

    assert answer.status_code == 500
    assert "That did not work" in answer.text
    assert "Lovelace" not in answer.text + caplog.text
    assert "ValueError" in caplog.text


@pytest.fixture
def unbuilt(nobody: TestClient, tmp_path: Path) -> TestClient:
    """The console while set-up builds its script and styles anew."""
    console = next(route.app for route in nobody.app.routes if getattr(route, "path", "") == "/console")  # type: ignore[attr-defined]
    console.state.build.folder = tmp_path / "none"
    return nobody


@pytest.mark.parametrize(("path", "status"), [("nosuch", 404), ("sign-in", 503)])
def test_a_page_tells_what_is_wrong_while_the_console_is_being_built(unbuilt: TestClient, path: str, status: int) -> None:
    """Without script and styles, but as a page: its own error must not hide the first one."""
    answer = unbuilt.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1" in answer.text
    assert status != 503 or "make setup" in answer.text
