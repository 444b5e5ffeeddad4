"""The inbox: what waits, for whom it waits, by urgency, each line with its next step."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

from sqlalchemy import update
from sqlalchemy.orm import Session

from candor.accounts.models import SessionRow
from candor.services import Services
from candor.tickets.models import HandoffRow, OutboxRow, TicketRow
from tests.candor.console.conftest import Desk, SignIn
from tests.candor.console.live_chats import a_question, begin, say
from tests.candor.console.opened_requests import opened, seen

SILENT = {"kind": "not_in_policy", "text": "It does not say.", "answer_id": "a_9"}


def lines(desk: Desk) -> list[tuple[str, str, str]]:
    """The group, the id and the words of the next step of each line."""
    found, group = [], ""
    for part in desk.get("./").text.split("<tr ")[1:]:
        if heading := re.search(r'scope="rowgroup"[^>]*>([^<]+)<', part):
            group = heading[1]
        elif row := re.match(r'id="([^"]+)" class="inbox-row"', part):
            action = re.search(r'inbox-next">.*?>([^<>]+)<span class="unseen">: ', part, re.DOTALL)
            assert action, part
            found.append((group, row[1], action[1]))
    return found


def links(desk: Desk) -> set[str]:
    """Where the lines lead."""
    table = desk.get("./").text.split("<tbody>", 1)[1].rpartition("</tbody>")[0]
    return {unescape(link) for link in re.findall(r'href="([^"]+)"', table)}


def test_visitors_who_wait_stand_there_for_those_who_talk(parts: Services, sign_in: SignIn) -> None:
    """With what they asked, by company; a reviewer, who does not talk with them, is not told."""
    asked, other = begin(parts), begin(parts, "globex")
    a_question(parts, asked, "do you sell my data? I am ada@example.com")
    parts.conversations.handoff_queue.wanted(asked, "acme")
    parts.conversations.handoff_queue.wanted(other, "globex")
    agent = sign_in("agent")

    page = agent.get("./").text

    assert [line[1:] for line in lines(agent)] == [("visitor-1", "Answer"), ("visitor-2", "Answer")]
    assert "do you sell my data? I am" in page
    assert "ada@example.com" not in page
    assert [line[1] for line in lines(sign_in("agent", company="acme"))] == ["visitor-1"]
    assert lines(sign_in("reviewer", name="Rae")) == []


def test_late_and_present_visitors_come_first(parts: Services, sign_in: SignIn) -> None:
    """Whoever has the chat open now, then who was promised an answer by now; the others have time."""
    calm, late, here = begin(parts), begin(parts), begin(parts)
    for conversation in (calm, late, here):
        parts.conversations.handoff_queue.wanted(conversation, "acme")
    with Session(parts.engine) as session, session.begin():
        past = datetime.now(UTC) - timedelta(hours=1)
        session.execute(update(HandoffRow).where(HandoffRow.conversation == late).values(answer_by=past))
    parts.conversations.live_chat_sessions.seen(here)

    found = lines(sign_in("agent"))

    assert [line[:2] for line in found] == [("Now", "visitor-3"), ("Now", "visitor-2"), ("Next", "visitor-1")]


def test_a_request_stands_in_one_line_with_the_step_that_is_next(parts: Services, sign_in: SignIn) -> None:
    """Late before due; an unproven one is proven first; what has time yet comes last, unless its requester has the next step."""
    late, soon = opened(parts, days_ago=40), opened(parts, days_ago=28)
    unproven = opened(parts, days_ago=39, proven=False)
    calm = opened(parts)
    opened(parts, proven=False)

    found = lines(sign_in("agent"))

    assert ("Now", f"request-{late}", "Complete") in found
    assert ("Now", f"request-{unproven}", "Send a new code") in found
    assert ("Next", f"request-{soon}", "Complete") in found
    assert found[0][1] == f"request-{late}"
    assert found[-1] == ("Next", f"request-{calm}", "Complete")
    assert len({line[1] for line in found}) == len(found) == 4


def test_of_an_appeal_no_end_is_suggested(parts: Services, sign_in: SignIn) -> None:
    """It is decided on its page, where both ends stand side by side: to grant it first, and neither as the usual step."""
    desk, number = sign_in("agent"), opened(parts, residence="US-VA")
    desk.submit(f"requests/{number}/refuse", words="We could not find you.", go="send", **seen(parts, number))
    desk.submit(f"requests/{number}/appeal", words="I was a customer.", go="send", **seen(parts, number))

    page = desk.get(f"requests/{number}").text
    steps = page[page.index('aria-label="Next steps"') :].split("</nav>")[0]

    assert ("Next", f"request-{number}", "Decide the appeal") in lines(desk)
    assert "primary" not in steps
    assert 0 < steps.index(">Reopen<") < steps.index(">Refuse<")


def test_the_next_open_requests_fill_a_list_with_little_that_is_urgent(parts: Services, sign_in: SignIn) -> None:
    """Six lines and one for the rest; where as many are urgent, only those."""
    desk = sign_in("agent")
    calm = [opened(parts) for _ in range(8)]
    shown, page = lines(desk), desk.get("./").text
    late = [opened(parts, days_ago=40) for _ in range(6)]

    assert [line[1] for line in shown[:6]] == [f"request-{one}" for one in calm[:6]]
    assert "2 more open requests" in page
    assert [line[1] for line in lines(desk)] == [f"request-{one}" for one in late]


def test_many_of_a_kind_are_a_few_and_a_line_for_the_rest(parts: Services, sign_in: SignIn) -> None:
    """A full queue does not hide that somebody waits."""
    for days in range(40, 50):
        opened(parts, days_ago=days)
    desk = sign_in("agent")

    found = lines(desk)

    assert [action for _, _, action in found] == ["Complete"] * 6 + ["Show all"]
    assert "4 more requests are overdue" in desk.get("./").text


def test_a_letter_that_did_not_arrive_stands_there_until_somebody_does_something(parts: Services, sign_in: SignIn) -> None:
    """A note is enough; one about a request that is closed is shown as well."""
    number, desk = opened(parts), sign_in("agent")
    with Session(parts.engine) as session, session.begin():
        session.execute(update(OutboxRow).where(OutboxRow.channel == "requester").values(state="refused"))
        session.execute(update(TicketRow).values(status="completed", closed_at=datetime.now(UTC)))

    before = lines(desk)
    newest = parts.requests.staff_desk.details(number).newest
    desk.submit(f"requests/{number}/note", words="I rang her up.", seen=newest, form="form-1", go="send")

    assert before == [("Now", f"letter-{number}", "See what to do")]
    assert lines(desk) == []


def test_messages_that_another_system_does_not_take_can_be_tried_again(parts: Services, sign_in: SignIn) -> None:
    """By whoever runs Candor; others are told whom to tell."""
    opened(parts)
    with Session(parts.engine) as session, session.begin():
        session.add(OutboxRow(
            key="hook", channel="webhook", what="person.wanted", state="dead", tries=12, created_at=datetime.now(UTC),
            next_at=datetime.now(UTC), last_error="the webhook's receiver answered 500",
        ))  # fmt: skip
    officer = sign_in("privacy_officer")

    before, agents = officer.get("./").text, sign_in("agent", name="Al").get("./").text
    answered = officer.submit("outbox/again")

    assert "The webhook&#39;s receiver answered 500. Tell whoever runs Candor here." in agents
    assert "Try again now" in before
    assert (answered.status_code, answered.headers["location"]) == (303, "/console/?done=again")
    assert "did not arrive" not in officer.get("./").text
    assert [entry.action for entry in parts.staff.audit.entries(limit=1)] == ["letters.again"]
    assert sign_in("privacy_officer", company="acme").submit("outbox/again").status_code == 403


def test_unhelpful_answers_stand_there_until_somebody_has_judged_them(parts: Services, sign_in: SignIn) -> None:
    """A reviewer judges, an agent reads."""
    conversation = begin(parts)
    a_question(parts, conversation)
    parts.conversations.transcripts.feedback(conversation, "a_1", helpful=False)
    turn = parts.conversations.transcripts.turns(conversation)[0].id
    reviewer = sign_in("reviewer")

    before = [line[1:] for line in lines(reviewer)]
    reviewer.submit(f"review/turns/{turn}", verdict="right")

    assert before == [(f"unhelpful-{turn}", "Judge the answer"), ("review", "Review")]
    assert [line[1:] for line in lines(sign_in("agent", name="Al"))] == []
    assert lines(reviewer) == []


def test_a_silence_that_is_met_often_waits_for_a_decision(parts: Services, sign_in: SignIn) -> None:
    """Once nobody minds; a decision, or a settlement, takes it off. The privacy officer settles it from here."""
    for number in range(3):
        evidence = {"aspect": "children.minimum_age" if number else "selling.sold"}
        say(parts, begin(parts), "how old must i be?", SILENT, evidence=evidence)
    officer = sign_in("privacy_officer")

    before = [line for line in lines(officer) if line[1].startswith("silence")]
    agents = [line for line in lines(sign_in("agent", name="Al")) if line[1].startswith("silence")]
    parts.staff.silences.decide("acme", "children.minimum_age", "told", "", officer.account.id)

    assert before == [("When there is time", "silence-acme-children.minimum_age", "Settle it")]
    assert agents == [("When there is time", "silence-acme-children.minimum_age", "Decide")]
    assert not [line for line in lines(officer) if line[1].startswith("silence")]


def test_every_line_leads_somewhere(parts: Services, sign_in: SignIn) -> None:
    """Each title and each next step opens a page that the reader may open."""
    conversation = begin(parts)
    a_question(parts, conversation)
    parts.conversations.transcripts.feedback(conversation, "a_1", helpful=False)
    parts.conversations.handoff_queue.wanted(conversation, "acme", "ada@example.com")
    opened(parts, days_ago=40)
    for _ in range(2):
        say(parts, begin(parts), "how old must i be?", SILENT, evidence={"aspect": "children.minimum_age"})
    for role in ("agent", "reviewer", "privacy_officer"):
        desk = sign_in(role, name=role)

        assert len(links(desk)) > 2
        assert {desk.get(f"http://testserver{link}").status_code for link in links(desk)} == {200}


def test_nothing_to_do_is_said_kindly_and_offers_something(sign_in: SignIn) -> None:
    """Only what the reader may open."""
    page = sign_in("reviewer").get("./").text

    assert "Nothing waits for you" in page
    assert "Judge a few answers" in page
    assert "See who can sign in" not in page


def test_the_page_asks_by_itself_and_hears_only_of_changes(parts: Services, sign_in: SignIn) -> None:
    """The navigation too; asking keeps no session alive, as a click does."""
    desk = sign_in("agent")
    known = re.search(r"\?known=([0-9a-f]{16})", desk.get("./").text)
    counts = re.search(r"news\?known=([^\"]+)", desk.get("requests").text)
    assert known
    assert counts
    part = {"HX-Request": "true", "X-Unattended": "1", "HX-Current-URL": "http://testserver/console/requests"}
    with Session(parts.engine) as session, session.begin():
        long_ago = datetime.now(UTC) - timedelta(minutes=30)
        session.execute(update(SessionRow).values(seen_at=long_ago))

    same = [desk.get(f"./?known={known[1]}", headers=part), desk.get(f"news?known={counts[1]}", headers=part)]
    parts.conversations.handoff_queue.wanted(begin(parts), "acme")
    other = [desk.get(f"./?known={known[1]}", headers=part), desk.get(f"news?known={counts[1]}", headers=part)]

    assert [each.status_code for each in same + other] == [204, 204, 200, 200]
    assert 'href="/console/requests" aria-current="page"' in other[1].text
    assert '1<span class="unseen"> wait</span>' in other[1].text
    (session_of_desk,) = parts.staff.sessions.of(desk.account.id)
    assert session_of_desk.seen_at == long_ago
