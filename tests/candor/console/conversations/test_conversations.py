"""The list of conversations: what it shows to whom, its filters, its search and its saved views."""

from __future__ import annotations

import re
from unittest.mock import Mock

import pytest

from candor.accounts.roles import Grant
from candor.services import Services
from tests.candor.console.conftest import Desk, SignIn
from tests.candor.console.live_chats import a_question, begin, say

HOSTILE = '<script>alert(1)</script> {{7*7}} \N{RIGHT-TO-LEFT OVERRIDE}evil "quoted" \' =1+1'


def talk_of(parts: Services, text: str, company: str = "acme", kind: str = "answer", channel: str = "web") -> str:
    known = begin(parts, company, channel)
    say(parts, known, text, {"kind": kind, "text": "This is what it says:"})
    return known


def listed(desk: Desk, query: str = "") -> list[str]:
    answered = desk.get(f"conversations?{query}")
    assert answered.status_code == 200, answered.text
    return re.findall(r'href="/console/conversations/(c_\w+)[^"]*" class="talk-link"', answered.text)


def test_an_empty_list_says_what_will_come(sign_in: SignIn) -> None:
    """Instead of an empty page."""
    assert "As soon as somebody asks Candor something, it appears here." in sign_in("reviewer").get("conversations").text


def test_the_newest_stand_first_masked(parts: Services, sign_in: SignIn) -> None:
    """With company, channel and what is special about them."""
    old = begin(parts)
    a_question(parts, old)
    new = talk_of(parts, "talk to a human", kind="handoff", channel="slack")

    desk = sign_in("agent")
    page = desk.get("conversations").text

    assert listed(desk) == [new, old]
    assert "ada@example.com" not in page
    assert '<span class="token">email 1</span>' in page
    assert '<span class="chip" data-kind="bad">Needs a person</span>' in page


def test_each_filter_is_a_chip_that_can_be_removed(parts: Services, sign_in: SignIn) -> None:
    """Filters go together, and stand in the address."""
    talk_of(parts, "one", kind="unsure")
    wanted = talk_of(parts, "two", kind="unsure", channel="slack")
    desk = sign_in("reviewer")
    query = "is=unsure&channel=slack&intent=ask_policy&company=acme&kind=unsure&from=2020-01-01&to=2200-01-01&q=two"

    page = desk.get(f"conversations?{query}").text

    assert listed(desk, query) == [wanted]
    assert page.count('class="chip filter"') == 8
    assert (
        'href="/console/conversations?is=unsure&amp;company=acme&amp;kind=unsure&amp;intent=ask_policy' in page
    )  # without Slack
    assert "Intent: ask policy" in page


@pytest.mark.parametrize("query", ["is=nothing", "from=yesterday", "to=0001-01-01", "older=x", "newer=%00", "from=2026-13-01"])
def test_a_filter_that_cannot_be_read_is_refused(sign_in: SignIn, query: str) -> None:
    """With a page that says what to do."""
    answered = sign_in("reviewer").get(f"conversations?{query}")

    assert answered.status_code == 422
    assert "<h1" in answered.text


def test_who_may_read_one_company_sees_that_companys(parts: Services, sign_in: SignIn) -> None:
    """In the list, in a search, and when they ask for another one by its name."""
    mine, other = talk_of(parts, "we sell"), talk_of(parts, "they sell secrets", company="globex")
    desk = sign_in("reviewer", company="acme")

    assert listed(desk) == listed(desk, "q=sell") == [mine]
    assert listed(desk, "company=globex") == listed(desk, "q=secrets") == []
    assert "globex" not in desk.get("conversations").text.lower()
    assert listed(sign_in("reviewer")) == [other, mine]


def test_who_may_read_two_of_them_sees_both(parts: Services, sign_in: SignIn) -> None:
    """A grant for each."""
    talks = [talk_of(parts, "we sell", company=company) for company in ("acme", "globex")]
    parts.staff.accounts.add("two@all.example", "Two", [Grant("reviewer", "acme"), Grant("reviewer", "globex")])
    desk = sign_in("reviewer", name="Two")

    assert listed(desk) == listed(desk, "q=sell") == talks[::-1]


def test_who_may_not_read_conversations_gets_no_list(parts: Services, sign_in: SignIn) -> None:
    """Nor its views."""
    talk_of(parts, "we sell")
    desk = sign_in("admin")

    assert desk.get("conversations").status_code == 403
    assert desk.submit("conversations/views", name="x", query="is=unsure").status_code == 403


def test_search_marks_the_words(parts: Services, sign_in: SignIn) -> None:
    """In a stretch of the text, with everything else in it as text."""
    conversation = talk_of(parts, f"{HOSTILE} do you sell <b>data</b>?")
    desk = sign_in("reviewer")

    page = desk.get("conversations?q=SELL+data").text

    assert "do you <mark>sell</mark> &lt;b&gt;<mark>data</mark>&lt;/b&gt;?" in page
    assert f"/console/conversations/{conversation}#turn-" in page
    assert not any(tag in page for tag in ("<script>", "<b>", "gt; 49 "))  # and not the clock at 12:49


@pytest.mark.parametrize(
    "typed", ['"', "NEAR(sell data)", "sell*", "%00sell", "***", "sell AND NOT you", "'; DROP TABLE turn;--"]
)
def test_operators_in_a_search_are_words_or_nothing(parts: Services, sign_in: SignIn, typed: str) -> None:
    """None breaks the page."""
    talk_of(parts, "do you sell data")

    assert sign_in("reviewer").get(f"conversations?q={typed}").status_code == 200


def test_a_search_that_is_too_long_is_refused_kindly(parts: Services, sign_in: SignIn) -> None:
    """Ten kilobytes; what was typed can still be shortened."""
    answered = sign_in("reviewer").get("conversations", params={"q": "sell " * 2000})

    assert answered.status_code == 422
    assert "A few telling words find more." in answered.text
    assert 'type="search"' in answered.text


def test_a_search_without_letters_says_so(sign_in: SignIn) -> None:
    """Not that nothing was found."""
    assert "Please write a word." in sign_in("reviewer").get("conversations?q=%3F%21").text


def test_htmx_gets_the_rows_alone(parts: Services, sign_in: SignIn) -> None:
    """Not the frame around them."""
    talk_of(parts, "do you sell data")

    answered = sign_in("reviewer").get("conversations?q=sell", headers={"HX-Request": "true"})

    assert answered.text.lstrip().startswith('<div id="rows"')
    assert "<html" not in answered.text


def test_nothing_is_counted_while_somebody_types(parts: Services, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands beside the rows, figures of each state and values of each filter, is not asked of the database for the rows."""
    a_question(parts, begin(parts))
    desk = sign_in("reviewer")
    count, values = Mock(side_effect=parts.conversations.listing.count), Mock(side_effect=parts.conversations.listing.values)
    monkeypatch.setattr(parts.conversations.listing, "count", count)
    monkeypatch.setattr(parts.conversations.listing, "values", values)

    desk.get("conversations?q=sell&intent=greet", headers={"HX-Request": "true"})
    of_rows = (count.called, values.called)
    desk.get("conversations?q=sell&intent=greet")

    assert (of_rows, (count.called, values.called)) == ((False, False), (True, True))


def test_pages_go_on_where_the_last_one_ended(parts: Services, sign_in: SignIn) -> None:
    """Older, then newer, then the top again."""
    talks = [talk_of(parts, f"question {number}") for number in range(53)][::-1]
    desk = sign_in("reviewer")
    first = desk.get("conversations").text
    (older,) = re.findall(r'rel="next" href="/console/conversations\?older=([^"]+)"', first)

    second = desk.get(f"conversations?older={older}").text
    (newer,) = re.findall(r'rel="prev" href="/console/conversations\?newer=([^"]+)"', second)
    back = desk.get(f"conversations?newer={newer}")

    assert listed(desk) + listed(desk, f"older={older}") == talks
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in second
    assert (back.status_code, back.headers["location"]) == (303, "/console/conversations")


def test_a_view_is_saved_for_oneself_or_for_everybody(parts: Services, sign_in: SignIn) -> None:
    """And removed only by whom it belongs to."""
    ada, bea = sign_in("reviewer"), sign_in("reviewer", name="Bea")
    ada.submit("conversations/views", name="My <b>unsure</b>", query="channel=slack&is=unsure&evil=1")
    ada.submit("conversations/views", name="Ours", query="is=refused&q=data", shared="yes")
    shared = next(view for view in parts.staff.saved_filters.visible_to(bea.account.id))

    assert 'href="/console/conversations?is=unsure&amp;channel=slack"' in ada.get("conversations").text
    assert "My &lt;b&gt;unsure&lt;/b&gt;" in ada.get("conversations").text
    assert "My &lt;b&gt;" not in bea.get("conversations").text
    assert "is=refused&amp;q=data" in bea.get("conversations").text
    assert bea.submit(f"conversations/views/{shared.id}/remove").status_code == 404
    assert ada.submit(f"conversations/views/{shared.id}/remove").status_code == 303
    assert [view.name for view in parts.staff.saved_filters.visible_to(bea.account.id)] == []


@pytest.mark.parametrize("name", ["", " ", "x" * 61])
def test_a_view_needs_a_name(sign_in: SignIn, name: str) -> None:
    """A short one."""
    assert sign_in("reviewer").submit("conversations/views", name=name, query="is=unsure").status_code == 422


def test_saving_under_a_name_again_replaces_it(parts: Services, sign_in: SignIn) -> None:
    """Nobody collects ten views of one name."""
    desk = sign_in("reviewer")
    for query in ("is=unsure", "is=refused"):
        desk.submit("conversations/views", name="Mine", query=query)

    assert [view.query for view in parts.staff.saved_filters.visible_to(desk.account.id)] == ["is=refused"]


def test_a_forgotten_conversation_is_found_no_more(parts: Services, sign_in: SignIn) -> None:
    """Not in the list, not by its words."""
    conversation = talk_of(parts, "sentinelword")
    desk = sign_in("reviewer")
    before = listed(desk, "q=sentinelword")

    parts.conversations.transcripts.forget(conversation)

    assert before == [conversation]
    assert listed(desk) == listed(desk, "q=sentinelword") == []
