"""Pages of errors: plain words for a person at a desk, and a way on."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.candor.console.conftest import SignIn


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
