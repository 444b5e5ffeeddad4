"""Saved replies: who words them, who is offered which, with what filled in, and that nothing is sent by choosing one."""

from __future__ import annotations

import html
import re

import pytest

from candor.services import Services
from candor.tickets.dates import day
from tests.candor.console.conftest import SignIn
from tests.candor.console.handoff.test_waiting import visitor
from tests.candor.console.opened_requests import events, letters, opened, seen

HOSTILE = ["<script>alert(1)</script>", "7*7}} {{", "\u202egnp.exe", "=HYPERLINK(1)", "'\"><b>", "a\nb\u2028c"]


def saved(parts: Services, title: str, text: str = "Good day.", company: str = "") -> int:
    return parts.staff.saved_replies.add(company, title, text, "account:1").id


def offered(page: str) -> list[str]:
    """The texts above a box, as they would be put into it."""
    return [html.unescape(text) for text in re.findall(r'data-saved-text="([^"]*)"', page)]


def box(page: str) -> str:
    """What stands in the box of a page."""
    return html.unescape(re.findall(r"<textarea[^>]*>\n?([^<]*)</textarea>", page)[0])


def test_nothing_is_saved_yet_and_the_page_says_who_begins(sign_in: SignIn) -> None:
    """An agent is told who writes them, the officer has the button."""
    assert "A privacy officer writes them here" in sign_in("agent").get("replies").text
    officer = sign_in("privacy_officer", name="Olga").get("replies").text
    assert "Write the first one" in officer
    assert "/console/replies/new" in officer


def test_an_officer_adds_changes_and_removes_one_and_the_log_holds_no_words(sign_in: SignIn, parts: Services) -> None:
    """By its id and company."""
    desk = sign_in("privacy_officer")

    added = desk.submit("replies", title="Where zanzibar is", text="In\r\nzanzibar, {company}.", company="acme")
    (made,) = parts.staff.saved_replies.of(None)
    page, form = desk.get("replies?done=added").text, desk.get(f"replies/{made.id}").text
    changed = desk.submit(f"replies/{made.id}", title="Where it is", text="In zanzibar.", company="", edition=1)
    (after,) = parts.staff.saved_replies.of(None)
    removed = desk.submit(f"replies/{made.id}/remove")

    assert [one.headers["location"] for one in (added, changed, removed)] == [
        f"/console/replies?done={what}" for what in ("added", "changed", "removed")
    ]
    assert (made.text, made.company, made.made_by) == ("In\nzanzibar, {company}.", "acme", desk.account.actor)
    assert all(said in page for said in ("Saved. It is offered", "Where zanzibar is", "Acme", "Ada"))
    assert box(form) == made.text
    assert (after.title, after.company, after.edition) == ("Where it is", "", 2)
    assert parts.staff.saved_replies.of(None) == []
    entries = parts.staff.audit.entries(action="saved_reply.")
    assert [(entry.action, entry.subject, entry.company, entry.details) for entry in reversed(entries)] == [
        ("saved_reply.add", f"saved reply {made.id}", "acme", {}),
        ("saved_reply.change", f"saved reply {made.id}", "", {"before": "acme"}),
        ("saved_reply.remove", f"saved reply {made.id}", "", {}),
    ]
    assert "zanzibar" not in repr(parts.staff.audit.entries())


@pytest.mark.parametrize("role", ["reviewer", "admin"])
def test_who_writes_to_nobody_sees_none_of_it(sign_in: SignIn, parts: Services, role: str) -> None:
    """Refused by address."""
    reply, desk = saved(parts, "Hello"), sign_in(role)

    assert [desk.get(path).status_code for path in ("replies", "replies/new", f"replies/{reply}")] == [403] * 3
    assert desk.submit("replies", title="x", text="x").status_code == 403
    assert len(parts.staff.saved_replies.of(None)) == 1


def test_an_agent_reads_them_and_words_none(sign_in: SignIn, parts: Services) -> None:
    """No button, and refused by address; also one of an agent who reviews."""
    reply, desk = saved(parts, "Hello"), sign_in("agent", "reviewer")

    page = desk.get("replies").text

    assert "Good day." in page
    assert "/console/replies/" not in page
    assert [desk.get(path).status_code for path in ("replies/new", f"replies/{reply}")] == [403] * 2
    assert desk.submit("replies", title="x", text="x").status_code == 403
    assert desk.submit(f"replies/{reply}", title="x", text="x", edition=1).status_code == 403
    assert desk.submit(f"replies/{reply}/remove").status_code == 403
    assert parts.staff.saved_replies.get(reply).text == "Good day."


def test_each_companys_are_seen_and_worded_by_its_own_people(sign_in: SignIn, parts: Services) -> None:
    """Those for every company are seen by all, and worded by who may for every company."""
    theirs, own, every = (saved(parts, f"of {one}", company=one) for one in ("globex", "acme", ""))
    agent, officer = sign_in("agent", company="acme").get("replies").text, sign_in("privacy_officer", company="acme", name="Olga")

    page, form = officer.get("replies").text, officer.get("replies/new").text

    assert [title in agent for title in ("of acme", "of globex", "<bdi>of </bdi>")] == [True, False, False]
    assert f'id="reply-{every}"' in agent
    assert f'href="/console/replies/{own}"' in page
    assert f'href="/console/replies/{every}"' not in page
    assert re.findall(r'<option value="(\w*)"', form) == ["acme"]
    for reply in (theirs, every):
        assert officer.get(f"replies/{reply}").status_code == 403
        assert officer.submit(f"replies/{reply}", title="x", text="x", company="acme", edition=1).status_code == 403
        assert officer.submit(f"replies/{reply}/remove").status_code == 403
    for company in ("globex", ""):
        assert officer.submit("replies", title="x", text="x", company=company).status_code == 403
        assert officer.submit(f"replies/{own}", title="x", text="x", company=company, edition=1).status_code == 403
    assert sign_in("privacy_officer").submit("replies", title="x", text="x", company="nowhere").status_code == 422
    assert [one.edition for one in parts.staff.saved_replies.of(None)] == [1, 1, 1]


def test_what_is_refused_stays_in_the_form_with_the_reason(sign_in: SignIn, parts: Services) -> None:
    """The placeholders that there are; nothing is saved."""
    desk = sign_in("privacy_officer")

    refused = desk.submit("replies", title="Hello", text="Dear {name},\r\n{{7*7}}", company="")

    assert refused.status_code == 422
    assert "There are: {company}, {contact}, {number}, {due}." in refused.text
    assert box(refused.text) == "Dear {name},\n{{7*7}}"
    assert parts.staff.saved_replies.of(None) == []


def test_who_comes_second_sees_what_it_says_now_and_keeps_their_words(sign_in: SignIn, parts: Services) -> None:
    """Then it is theirs to decide; and what was removed meanwhile can be saved anew."""
    reply, desk = saved(parts, "Hello"), sign_in("privacy_officer")
    parts.staff.saved_replies.change(reply, "", "Hello", "Good evening.", edition=1)

    late = desk.submit(f"replies/{reply}", title="Hello", text="My words.", company="", edition=1)
    edition = re.search(r'name="edition" value="(\d+)"', late.text)
    assert edition
    again = desk.submit(f"replies/{reply}", title="Hello", text="My words.", company="", edition=edition[1])
    parts.staff.saved_replies.remove(reply)
    gone = desk.submit(f"replies/{reply}", title="Hello", text="My words.", company="", edition=3)

    assert (late.status_code, "Good evening." in late.text, box(late.text)) == (409, True, "My words.")
    assert again.status_code == 303
    assert (gone.status_code, box(gone.text), 'action="/console/replies"' in gone.text) == (404, "My words.", True)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_as_text(sign_in: SignIn, parts: Services, hostile: str) -> None:
    """On its page, in its form, above a box and in the box."""
    desk = sign_in("privacy_officer")
    desk.submit("replies", title=f"t {hostile}", text=hostile, company="acme")
    (made,) = parts.staff.saved_replies.of(None)
    number = opened(parts)

    listed, form = desk.get("replies").text, desk.get(f"replies/{made.id}").text
    step = desk.submit(f"requests/{number}/complete", insert=made.id, **seen(parts, number)).text

    assert "<script>alert" not in listed + form + step
    assert "<b>" not in listed + form + step
    assert html.escape(hostile, quote=False).replace("'", "&#39;").replace('"', "&#34;") in listed
    assert (box(form), box(step), offered(step)) == (hostile, hostile, [hostile])


def test_a_letter_is_offered_what_its_page_can_fill(sign_in: SignIn, parts: Services) -> None:
    """The company's own and the general ones, with its name, contact, number and date."""
    text = "{company} ({contact}): {number} until {due}"
    for title, company in (("a", ""), ("b", "globex"), ("c", "acme")):
        saved(parts, title, f"{title} {text}", company)
    number = opened(parts)
    ticket = parts.requests.staff_desk.ticket(number)
    assert ticket.due_on

    page = sign_in("agent", company="acme").get(f"requests/{number}/complete").text

    filled = f"Acme (privacy@acme.example): {number} until {day(ticket.due_on)}"
    assert offered(page) == [f"a {filled}", f"c {filled}"]


def test_a_date_is_the_one_that_the_letter_leads_to(sign_in: SignIn, parts: Services) -> None:
    """More time: the later one. A question may move it: then no date is promised."""
    saved(parts, "Date", "Until {due}")
    number, desk = opened(parts), sign_in("agent")
    clock, ticket = parts.requests.staff_desk.details(number).clock, parts.requests.staff_desk.ticket(number)
    assert clock
    assert clock.extended
    assert ticket.due_on
    assert clock.extended.on > ticket.due_on

    assert offered(desk.get(f"requests/{number}/extend").text) == [f"Until {day(clock.extended.on)}"]
    assert offered(desk.get(f"requests/{number}/ask_requester").text) == []


@pytest.mark.parametrize("step", ["note", "acknowledge", "start", "withdraw", "assign", "mark_duplicate"])
def test_words_that_no_requester_reads_are_offered_none(sign_in: SignIn, parts: Services, step: str) -> None:
    """Notes are one's own; and a reply that is not offered is not put in."""
    reply, number, desk = saved(parts, "Hello"), opened(parts), sign_in("agent")

    assert offered(desk.get(f"requests/{number}/{step}").text) == []
    assert desk.submit(f"requests/{number}/{step}", insert=reply, **seen(parts, number)).status_code == 404


def test_without_a_script_the_text_is_put_below_what_was_typed_and_nothing_is_sent(sign_in: SignIn, parts: Services) -> None:
    """The form comes back, and still knows what was seen of the request."""
    reply, number, desk = saved(parts, "Hello"), opened(parts), sign_in("agent")
    before, form = (events(parts, number), letters(parts, number)), seen(parts, number)

    page = desk.submit(f"requests/{number}/complete", words="My beginning.\r\n", insert=reply, **form)

    assert (page.status_code, box(page.text)) == (200, "My beginning.\n\nGood day.")
    assert f'name="seen" value="{form["seen"]}"' in page.text
    assert f'name="form" value="{form["form"]}"' in page.text
    assert (events(parts, number), letters(parts, number)) == before


def test_another_companys_reply_is_not_put_in_by_its_number(sign_in: SignIn, parts: Services) -> None:
    """Neither into a letter nor into a talk; nor does it come out that it exists."""
    theirs, number, conversation = saved(parts, "Hello", company="globex"), opened(parts), visitor(parts)
    desk = sign_in("agent", company="acme")
    desk.submit(f"waiting/{conversation}/take")

    for reply in (theirs, theirs + 1):
        letter = desk.submit(f"requests/{number}/complete", insert=reply, **seen(parts, number))
        talk = desk.submit(f"waiting/{conversation}/say", insert=reply, message_id="m2345678")
        assert (letter.status_code, talk.status_code) == (404, 404)
        assert "Good day." not in letter.text + talk.text


def test_in_a_talk_the_text_is_put_into_the_box_and_not_said(sign_in: SignIn, parts: Services) -> None:
    """Only by who talks; what speaks of a request is not offered there."""
    reply = saved(parts, "Hello", "{company} here. Write to {contact}.")
    saved(parts, "Number", "It is {number}.")
    conversation, ada, bob = visitor(parts), sign_in("agent", name="Ada"), sign_in("agent", name="Bob")
    before = ada.get(f"waiting/{conversation}").text
    ada.submit(f"waiting/{conversation}/take")
    said = len(parts.conversations.live_chat_sessions.turns_by_people(conversation))

    page = ada.get(f"waiting/{conversation}").text
    put = ada.submit(f"waiting/{conversation}/say", text="Good day,", insert=reply, message_id="m2345678")
    others = bob.submit(f"waiting/{conversation}/say", insert=reply, message_id="m2345678")

    assert (offered(before), offered(bob.get(f"waiting/{conversation}").text)) == ([], [])
    assert offered(page) == ["Acme here. Write to privacy@acme.example."]
    assert (put.status_code, box(put.text)) == (200, "Good day,\n\nAcme here. Write to privacy@acme.example.")
    assert others.status_code == 409
    assert len(parts.conversations.live_chat_sessions.turns_by_people(conversation)) == said
    assert parts.staff.audit.entries(action="person.say") == []


def test_several_requests_are_offered_what_is_true_of_all(sign_in: SignIn, parts: Services) -> None:
    """No number or date; the company's own and its name only where it is one company."""
    general, named = saved(parts, "a general"), saved(parts, "b named", "{company}")
    saved(parts, "c number", "{number}")
    saved(parts, "d own", "of acme", "acme")
    desk = sign_in("agent")
    first, second, other = opened(parts), opened(parts), opened(parts, company="globex")

    def written(*numbers: str, **more: object) -> str:
        picks = [f"{number}:{parts.requests.staff_desk.details(number).newest}" for number in numbers]
        page: str = desk.submit("requests/bulk", pick=picks, step="complete", go="write", **more).text
        return page

    assert offered(written(first, second)) == ["Good day.", "Acme", "of acme"]
    assert offered(written(first, other)) == ["Good day."]
    assert box(written(first, other, words="Hello.", insert=general)) == "Hello.\n\nGood day."
    assert "no such saved reply here" in written(first, other, insert=named)
    assert events(parts, first)[-1] != "complete"


def test_texts_to_begin_with_are_added_once_and_offered_where_they_fit(parts: Services, sign_in: SignIn) -> None:
    """Every placeholder in them is known; who may not word them is not asked."""
    officer = sign_in("privacy_officer", company="acme")
    assert "Begin with texts that come with Candor" in officer.get("replies").text

    assert officer.submit("replies/starters", company="acme").status_code == 303
    officer.submit("replies/starters", company="acme")

    added = parts.staff.saved_replies.of(["acme"])
    assert len(added) == len({one.title for one in added}) > 5
    assert all(one.filled(dict.fromkeys(("company", "contact", "number", "due"), "x")) for one in added)
    assert officer.submit("replies/starters", company="globex").status_code == 403
    assert sign_in("agent").submit("replies/starters").status_code == 403
    number = opened(parts)
    assert "Your data are deleted" in sign_in("agent").get(f"requests/{number}/complete").text
