"""The first page counts what waits, for whom it waits."""

from __future__ import annotations

from candor.services import Services
from tests.candor.console.conftest import SignIn


def test_visitors_who_wait_are_counted_for_those_who_talk(parts: Services, sign_in: SignIn) -> None:
    """By company; a reviewer, who does not talk with them, is not told."""
    parts.conversations.handoff_queue.wanted("c_1", "acme")
    parts.conversations.handoff_queue.wanted("c_2", "globex")

    assert "Visitors who wait for a person <strong>2</strong>" in sign_in("agent").get("./").text
    assert "Visitors who wait for a person <strong>1</strong>" in sign_in("agent", company="acme").get("./").text
    assert "Visitors who wait" not in sign_in("reviewer", name="Rae").get("./").text


def test_every_count_leads_somewhere(sign_in: SignIn) -> None:
    """Each is a link to what it counts."""
    desk = sign_in("agent", "reviewer")
    links = [
        part.split('"')[0] for part in desk.get("./").text.split('<ul class="counts">')[1].split("</ul>")[0].split('href="')[1:]
    ]

    assert len(links) == 8
    assert {desk.get(f"http://testserver{link}").status_code for link in links} == {200}
