"""A mail server or a provider reports a bounce over HTTP: with the secret, or not at all."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from candor.app.web import make_app
from candor.services import Services
from candor.tickets.models import OutboxRow
from candor.tickets.requester import Confirmed, Opened
from tests.candor.tickets.delivery import bounce_mails
from tests.fakes import FakeRasa

SECRET = "only the mail server knows this"
BEARER = {"Authorization": f"Bearer {SECRET}"}
BASIC = {"Authorization": "Basic " + base64.b64encode(f"candor:{SECRET}".encode()).decode()}
MAIL = {"Content-Type": "message/rfc822"}


@pytest.fixture
def parts(parts: Services) -> Services:
    parts.settings = parts.settings.model_copy(update={"bounce_webhook_secret": SecretStr(SECRET)})
    return parts


@pytest.fixture
def server(parts: Services) -> TestClient:
    """Without its lifespan: nothing is delivered beside the test."""
    return TestClient(make_app(parts, FakeRasa(), ()))


@pytest.fixture
def key(parts: Services) -> str:
    """Of a code's letter that was sent."""
    opened = parts.requests.desk.open(Confirmed("yes-1", "acme", "deletion", "c_1", "ada@example.com", "DE"))
    assert isinstance(opened, Opened)
    with Session(parts.engine) as session, session.begin():
        session.execute(update(OutboxRow).values(state="sent"))
        return session.scalars(select(OutboxRow.key).where(OutboxRow.what == "code")).one()


def state_of(parts: Services, key: str) -> str:
    with Session(parts.engine) as session:
        return session.scalars(select(OutboxRow.state).where(OutboxRow.key == key)).one()


@pytest.mark.parametrize("known", [BEARER, BASIC])
def test_the_bounce_itself_is_taken(server: TestClient, parts: Services, key: str, known: dict[str, str]) -> None:
    """As a mail server's alias pipes it."""
    answer = server.post("/bounces", content=bounce_mails.postfix(key), headers={**known, **MAIL})

    assert (answer.status_code, state_of(parts, key)) == (204, "refused")


def test_a_mail_may_bring_files_along(server: TestClient) -> None:
    """As large as mail servers take, which is more than any other body; only for who knows the secret."""
    mail = bounce_mails.postfix("x" * 32) + b"x" * 2_000_000

    assert server.post("/bounces", content=mail, headers={**BEARER, **MAIL}).status_code == 204
    assert server.post("/bounces", content=mail, headers=MAIL).status_code == 401
    assert server.post("/bounces", content=b"", headers={**BEARER, **MAIL, "Content-Length": "26000001"}).status_code == 413


def test_a_message_id_and_a_status_are_enough(server: TestClient, parts: Services, key: str) -> None:
    """As a provider's webhook has them; what else it says is left alone."""
    reported = {"message_id": f"<{key}@acme.example>", "status": "5.7.1", "provider": "anything"}

    assert server.post("/bounces", json=reported, headers=BEARER).status_code == 204
    assert state_of(parts, key) == "dead"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic !"}, {"Authorization": f"Digest {SECRET}"},
     {"Authorization": "Basic " + base64.b64encode(b"\xff").decode()}],
)  # fmt: skip
def test_without_the_secret_nothing_is_read(server: TestClient, parts: Services, key: str, headers: dict[str, str]) -> None:
    """Else anybody could have letters marked as undelivered."""
    answer = server.post("/bounces", content=bounce_mails.postfix(key), headers={**headers, **MAIL})

    assert (answer.status_code, state_of(parts, key)) == (401, "sent")


def test_a_letter_that_is_being_sent_is_to_be_reported_again(server: TestClient, parts: Services, key: str) -> None:
    """Its bounce was faster than our own note."""
    with Session(parts.engine) as session, session.begin():
        session.execute(update(OutboxRow).values(state="sending"))

    answer = server.post("/bounces", content=bounce_mails.postfix(key), headers={**BEARER, **MAIL})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


@pytest.mark.parametrize("body", [{}, {"message_id": "<x@y>", "status": "not a status"}, {"message_id": 7}])
def test_a_report_that_is_none_is_refused(server: TestClient, body: dict[str, Any]) -> None:
    """With what is expected."""
    assert server.post("/bounces", json=body, headers=BEARER).status_code == 422


def test_a_report_of_another_mail_is_ignored(server: TestClient) -> None:
    """A server may report everything."""
    assert server.post("/bounces", json={"message_id": "<x@y>"}, headers=BEARER).status_code == 204
    assert server.post("/bounces", content=b"hello", headers={**BEARER, **MAIL}).status_code == 204


def test_without_a_secret_in_the_settings_there_is_no_such_address(parts: Services) -> None:
    """Off unless somebody wants it."""
    parts.settings = parts.settings.model_copy(update={"bounce_webhook_secret": None})

    assert TestClient(make_app(parts, FakeRasa(), ())).post("/bounces", content=b"x").status_code == 404
