"""Checklists through the pages of the console."""

from __future__ import annotations

from candor.services import Services
from tests.candor.console.conftest import SignIn
from tests.candor.console.opened_requests import events, letters, opened, row, seen

PART = {"HX-Request": "true"}


def test_points_are_ticked_and_open_ones_ask_why(parts: Services, sign_in: SignIn) -> None:
    """The words that were typed stay, and nothing goes out until it is said."""
    number, desk = opened(parts, checked=False), sign_in("agent")
    page = desk.get(f"requests/{number}/complete").text
    assert "0 of 5 done" in page
    assert "Art. 19 GDPR" in page

    ticked = desk.post(f"requests/{number}/points/0", data={"csrf": desk.csrf, "done": "1", "to": "complete"}, headers=PART).text
    refused = desk.submit(f"requests/{number}/complete", words="All deleted.", **seen(parts, number))

    assert ("1 of 5 done" in ticked, 'name="left_open"' in ticked) == (True, True)
    assert refused.status_code == 422
    assert "4 points of the checklist are open. Tick what is done, or say why it stays open." in refused.text
    assert "All deleted." in refused.text
    assert letters(parts, number) == ["opened"]
    given = {"words": "All deleted.", "left_open": "Nothing lies there.", **seen(parts, number)}
    assert 'value="Nothing lies there."' in desk.submit(f"requests/{number}/complete", **given).text
    assert desk.submit(f"requests/{number}/complete", go="send", **given).status_code == 303
    assert events(parts, number)[-2:] == ["left_open", "complete"]
    assert "Nothing lies there." in desk.get(f"requests/{number}").text


def test_all_of_it_is_ticked_at_once(parts: Services, sign_in: SignIn) -> None:
    """One click, by name and time."""
    number, desk = opened(parts, checked=False), sign_in("agent", name="Bea")

    desk.submit(f"requests/{number}/points")

    assert "5 of 5 done" in desk.get(f"requests/{number}").text
    assert {point.done_by for point in parts.requests.checklists.of(number)} == {desk.account.actor}
    assert desk.submit(f"requests/{number}/complete", words="Done.", go="send", **seen(parts, number)).status_code == 303


def test_several_at_once_leave_out_those_with_open_points(parts: Services, sign_in: SignIn) -> None:
    """Each says what to do."""
    ready, unready, desk = opened(parts), opened(parts, checked=False), sign_in("agent")
    picks = [f"{number}:{parts.requests.staff_desk.details(number).newest}" for number in (ready, unready)]

    report = desk.submit("requests/bulk", pick=picks, step="complete", words="Done.", go="send", form="f").text

    assert [row(parts, number).status for number in (ready, unready)] == ["completed", "open"]
    assert "5 points of the checklist are open" in report


def test_who_words_letters_words_a_companys_checklist(parts: Services, sign_in: SignIn) -> None:
    """An agent ticks, a privacy officer words; of a company that is theirs."""
    officer, agent = sign_in("privacy_officer", company="acme"), sign_in("agent")
    page = officer.get("requests/checklists?company=acme&type=deletion").text
    assert "the list that comes with Candor" in page

    saved = officer.submit("requests/checklists", company="acme", type="deletion", lines="CRM | Ada\r\nTell: Mailchimp <b>")

    assert saved.status_code == 303
    number = opened(parts, checked=False)
    shown = agent.get(f"requests/{number}").text
    assert "Mailchimp &lt;b&gt;" in shown
    assert "0 of 2 done" in shown
    assert agent.get("requests/checklists").status_code == 403
    assert officer.get("requests/checklists?company=globex").status_code == 403
    assert officer.submit("requests/checklists", company="globex", type="deletion", lines="x").status_code == 403
    assert officer.submit("requests/checklists", company="acme", type="deletion", lines="x" * 300).status_code == 422
    assert officer.get("requests/checklists?type=nosuch").status_code == 422
    assert [entry.action for entry in parts.staff.audit.entries(action="checklist.")] == ["checklist.change"]
