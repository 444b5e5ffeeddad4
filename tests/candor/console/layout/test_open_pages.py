"""Who else has something open: colleagues alone, and only as long as they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from candor.accounts.models import OpenPageRow
from candor.console.layout.open_page import open_page_of
from candor.services import Services
from tests.candor.console.conftest import SignIn
from tests.candor.console.live_chats import begin
from tests.candor.console.opened_requests import opened


def test_colleagues_see_each_other_at_a_request(parts: Services, sign_in: SignIn) -> None:
    """By name, until the page has not been heard of for a while; oneself is nobody else."""
    ada, bea, page = sign_in("agent"), sign_in("agent", name="Bea"), f"request {opened(parts)}"

    alone = ada.submit("open", page=page).text
    joined = bea.submit("open", page=page).text
    both = ada.submit("open", page=page).text
    with Session(parts.engine) as session, session.begin():
        past = datetime.now(UTC) - timedelta(minutes=1)
        session.execute(update(OpenPageRow).where(OpenPageRow.account_id == bea.account.id).values(seen_at=past))

    assert "open too" not in alone
    assert "Ada has this open too." in joined
    assert "Bea has this open too." in both
    assert "open too" not in ada.submit("open", page=page).text


def test_a_conversation_is_one_however_it_is_opened(parts: Services, sign_in: SignIn) -> None:
    """In the live chat, to read, or to answer by mail."""
    conversation = begin(parts)
    parts.conversations.handoff_queue.wanted(conversation, "acme", "ada@example.com")
    sign_in("agent").submit("open", page=f"conversation {conversation}")

    assert "Ada has this open too." in sign_in("agent", name="Bea").submit("open", page="mail 1").text


@pytest.mark.parametrize("page", ["request {}", "conversation {}"])
def test_what_is_not_theirs_tells_them_nothing(parts: Services, sign_in: SignIn, page: str) -> None:
    """Another company's request or conversation."""
    name = opened(parts) if page.startswith("request") else begin(parts)

    assert sign_in("agent", company="globex").submit("open", page=page.format(name)).status_code == 403


@pytest.mark.parametrize("page", ["", "mail 1", "mail x", "request R-0000-0000", "figures x", "conversation c_0", "x" * 90])
def test_what_is_not_there_is_refused(sign_in: SignIn, page: str) -> None:
    """Whatever the name is."""
    assert sign_in("agent").submit("open", page=page).status_code in {403, 404, 422}


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/console/requests/R-7KQ4-M2XD", "request R-7KQ4-M2XD"),
        ("/console/requests/R-7KQ4-M2XD/complete", "request R-7KQ4-M2XD"),
        ("/console/requests/figures", ""),
        ("/console/waiting/c_0a", "conversation c_0a"),
        ("/console/waiting/mail/17", "mail 17"),
        ("/console/conversations/c_0a/forget", "conversation c_0a"),
        ("/console/conversations", ""),
        ("/console/", ""),
    ],
)
def test_the_address_tells_what_is_open(path: str, page: str) -> None:
    """Lists are nobody's."""
    assert open_page_of(path) == page
