"""Find a person from the first page, by all that identifies them, and by nothing that is not theirs to see."""

from __future__ import annotations

import re

import pytest

from candor.services import Services
from tests.candor.console.conftest import SignIn
from tests.candor.console.opened_requests import opened


def test_a_requester_is_found_by_address_from_the_first_page(parts: Services, sign_in: SignIn) -> None:
    """One form and one click, in any spelling of the address, with all their requests; and it is audited namelessly."""
    first = opened(parts, email="grace@example.com")
    second = opened(parts, email="grace@example.com", request_type="access")
    other = opened(parts, email="somebody@example.com")
    email = "grace@example.com"
    desk = sign_in("agent")

    assert 'action="/console/find"' in desk.get("").text
    page = desk.submit("find", who=f"  {email.upper()} ").text

    assert set(re.findall(r"requests/(R-[0-9A-Z-]+)", page)) == {first, second}
    assert other not in page
    assert email not in page.lower()
    (entry,) = parts.staff.audit.entries(action="person.find")
    assert entry.details["requests"] == 2
    assert email not in str(entry)


@pytest.mark.parametrize("spell", [str, str.lower, lambda number: number.replace("-", " ")])
def test_a_number_leads_to_its_request(parts: Services, sign_in: SignIn, spell: object) -> None:
    """As people type it."""
    number = opened(parts)

    moved = sign_in("agent").submit("find", who=spell(number))  # type: ignore[operator]

    assert (moved.status_code, moved.headers["location"]) == (303, f"/console/requests/{number}")


def test_a_conversation_is_found_by_its_id_or_its_address(parts: Services, sign_in: SignIn) -> None:
    """Copied from wherever."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="web").id

    moved = sign_in("agent").submit("find", who=f"https://acme.example/console/conversations/{conversation}#turn-1")

    assert moved.headers["location"] == f"/console/conversations/{conversation}"


def test_a_name_leads_to_the_conversation_that_has_it(parts: Services, sign_in: SignIn) -> None:
    """By its keyed hash: names are stored nowhere else."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="web").id
    masked = parts.conversations.vault.mask(conversation, "My name is Ada Lovelace.")
    parts.conversations.transcripts.ask(conversation, "m1", masked)

    page = sign_in("agent").submit("find", who="Ada Lovelace").text

    assert "Lovelace" not in masked
    assert f"/console/conversations/{conversation}" in page


@pytest.mark.parametrize("who", ["a!", "", "   ", "x" * 400])
def test_what_cannot_be_found_says_by_what_one_can(sign_in: SignIn, who: str) -> None:
    """Too little to be anybody, or too much."""
    answered = sign_in("agent").submit("find", who=who)

    assert answered.status_code == 422
    assert "Type one whole value" in answered.text


def test_another_companys_requests_are_not_found(parts: Services, sign_in: SignIn) -> None:
    """Who works for one company learns nothing of the other, not even that there is something."""
    number = opened(parts)
    email = parts.requests.staff_desk.details(number).email or ""

    page = sign_in("agent", company="globex").submit("find", who=email).text

    assert number not in page
    assert "Nothing is held under this" in page
