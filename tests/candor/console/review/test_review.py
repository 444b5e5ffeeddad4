"""Review by role and company: the queue, verdicts, samples, corrections; what one may not do is not there and is refused."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from candor.reviews.corrections import Proposal
from candor.services import Services
from tests.candor.console.conftest import Desk, SignIn
from tests.candor.console.live_chats import a_question, begin, say

HOSTILE = "<script>alert(1)</script> {{7*7}} \u202eabc =HYPERLINK(1)"


def asked(parts: Services, text: str = "do you sell my data?", company: str = "acme", kind: str = "answer") -> tuple[int, str]:
    """A turn and its conversation."""
    conversation = begin(parts, company)
    if kind == "answer" and company == "acme":
        a_question(parts, conversation, text)
    else:
        say(parts, conversation, text, {"kind": kind, "text": "Well.", "answer_id": "a_1"}, evidence={"version": "2026-01-15"})
    return parts.conversations.transcripts.turns(conversation)[-1].id, conversation


def shown_turn(page: Any) -> int:
    found = re.search(r'data-turn="(\d+)"', page.text)
    assert found, page.text[:200]
    return int(found[1])


def entries(parts: Services, action: str) -> list[Any]:
    return parts.staff.audit.entries(action=action)


@pytest.fixture
def reviewer(sign_in: SignIn) -> Desk:
    return sign_in("reviewer", company="acme")


@pytest.mark.parametrize("role", ["agent", "admin"])
@pytest.mark.parametrize("path", ["review", "review/samples", "review/corrections", "review/turns/1/correct"])
def test_review_is_for_those_who_review(sign_in: SignIn, parts: Services, role: Any, path: str) -> None:
    """Refused by address, whether there is anything or not."""
    assert sign_in(role).get(path).status_code == 403


def test_the_queue_goes_from_the_newest_to_the_oldest_and_ends(reviewer: Desk, parts: Services) -> None:
    """Each verdict leads to the next answer; what was skipped comes again at the end."""
    turns = [asked(parts, f"question number {number}")[0] for number in range(3)]

    seen = [shown_turn(reviewer.get("review?kind=all"))]
    skipped = reviewer.get(f"review?kind=all&after={turns[2]}")
    seen.append(shown_turn(skipped))
    for _ in range(2):
        moved = reviewer.submit(f"review/turns/{seen[-1]}", verdict="right", next=f"/console/review?kind=all&after={seen[-1]}")
        assert moved.status_code == 303
        seen.append(shown_turn(reviewer.get(moved.headers["location"].removeprefix("/console/"))))
    reviewer.submit(f"review/turns/{seen[-1]}", verdict="tone")

    assert seen == [turns[2], turns[1], turns[0], turns[2]]
    assert "You have judged all of these" in reviewer.get("review?kind=all").text


def test_the_turn_stands_in_its_conversation_with_the_reasons(reviewer: Desk, parts: Services) -> None:
    """Two messages before, one after, masked; and that it was read is recorded."""
    conversation = begin(parts)
    for text in ("one", "two", "three", "my address here is ada@example.com", "five", "six"):
        a_question(parts, conversation, text)
    turn = parts.conversations.transcripts.turns(conversation)[3].id

    page = reviewer.get(f"review?turn={turn}").text

    assert all(word in page for word in ("two", "three", "five", "Understood as"))
    assert ">one<" not in page
    assert ">six<" not in page
    assert "ada@example.com" not in page
    (entry,) = entries(parts, "conversation.read")
    assert (entry.subject, entry.company, entry.details["turn"]) == (f"conversation {conversation}", "acme", turn)


def test_another_company_is_neither_shown_nor_judged(reviewer: Desk, parts: Services) -> None:
    """Not in the queue, not by address, not by a form."""
    turn, conversation = asked(parts, company="globex")

    assert "Nothing to review here" in reviewer.get("review").text
    for path in (f"review?turn={turn}", "review?company=globex", f"review/turns/{turn}/correct"):
        assert reviewer.get(path).status_code == 403
    for path, fields in (
        (f"review/turns/{turn}", {"verdict": "right"}), (f"review/turns/{turn}/correct", {"question": "x"}),
        (f"review/conversations/{conversation}/labels", {"labels": "x"}),
        (f"review/conversations/{conversation}/assignee", {"account": "0"}),
        ("review/samples", {"name": "all", "size": "1", "seed": "1", "company": "globex"}),
        ("review/samples", {"name": "all", "size": "1", "seed": "1"}),
    ):  # fmt: skip
        assert reviewer.submit(path, **fields).status_code == 403
    assert parts.staff.reviews.of_turns([turn]) == {}


@pytest.mark.parametrize(
    "path", ["review?turn=999", f"review?turn={2**40}", "review?sample=9", "review/turns/999/correct", "review/samples/9"]
)
def test_what_is_not_there_any_more_is_told_so(reviewer: Desk, path: str) -> None:
    """A page, not a fault."""
    assert reviewer.get(path).status_code == 404


@pytest.mark.parametrize("after", [2**70, -5, 0])
def test_a_strange_place_in_the_queue_is_its_beginning(reviewer: Desk, parts: Services, after: int) -> None:
    """Addresses are typed by anybody."""
    turn, _ = asked(parts)

    assert shown_turn(reviewer.get(f"review?kind=all&after={after}")) == turn


def test_filters_narrow_the_queue(reviewer: Desk, parts: Services) -> None:
    """By kind, by what visitors thought, by who looks after it."""
    plain, conversation = asked(parts)
    silent, _ = asked(parts, "drones?", kind="not_in_policy")
    parts.conversations.transcripts.feedback(conversation, "a_1", helpful=False)
    parts.staff.reviews.assign(parts.staff.reviews.turn(silent).conversation_id, reviewer.account.id)

    found = [shown_turn(reviewer.get(f"review?{query}")) for query in ("kind=not_in_policy", "not_helpful=1", "mine=1")]

    assert found == [silent, plain, silent]


def test_a_verdict_is_recorded_without_what_was_written(reviewer: Desk, parts: Services) -> None:
    """Who, which turn, which verdict, and the one before."""
    turn, _ = asked(parts)
    reviewer.submit(f"review/turns/{turn}", verdict="right", note="sentinelword")
    reviewer.submit(f"review/turns/{turn}", verdict="tone", note="sentinelword")

    newest, oldest = entries(parts, "review.give")

    assert (newest.details["before"], newest.details["verdict"], oldest.details["before"]) == ("right", "tone", "")
    assert "sentinelword" not in str(newest) + str(oldest)


def test_a_strangers_verdict_shows_after_ones_own(sign_in: SignIn, parts: Services) -> None:
    """In the queue and beside the conversation."""
    ada, bea = sign_in("reviewer", name="Ada"), sign_in("reviewer", name="Bea")
    turn, conversation = asked(parts)
    ada.submit(f"review/turns/{turn}", verdict="tone", note="far too curt")

    before = [bea.get(path).text for path in (f"review?turn={turn}", f"conversations/{conversation}")]
    bea.submit(f"review/turns/{turn}", verdict="right")
    after = [bea.get(path).text for path in (f"review?turn={turn}", f"conversations/{conversation}")]

    assert all("far too curt" not in page and "Somebody else has judged" in page for page in before)
    assert all("far too curt" in page for page in after)


def test_an_unknown_verdict_is_refused(reviewer: Desk, parts: Services) -> None:
    """With a page that says so."""
    turn, _ = asked(parts)

    assert reviewer.submit(f"review/turns/{turn}", verdict="excellent").status_code == 422


def test_a_verdict_leads_nowhere_else(reviewer: Desk, parts: Services) -> None:
    """`next` is one of our own pages."""
    turn, _ = asked(parts)

    moved = reviewer.submit(f"review/turns/{turn}", verdict="right", next="https://evil.example/")

    assert moved.headers["location"] == "/console/"


def test_labels_and_assignee_stand_in_the_reader(reviewer: Desk, parts: Services, sign_in: SignIn) -> None:
    """Only somebody who may read the conversation can be made to look after it."""
    _, conversation = asked(parts)
    other = sign_in("reviewer", company="globex", name="Gus")

    reviewer.submit(f"review/conversations/{conversation}/labels", labels="Legal, <b>odd</b>")
    reviewer.submit(f"review/conversations/{conversation}/assignee", account=reviewer.account.id)
    refused = [
        reviewer.submit(f"review/conversations/{conversation}/assignee", account=account).status_code
        for account in (other.account.id, 999, 2**40)
    ]

    page = reviewer.get(f"conversations/{conversation}").text
    assert refused == [403, 404, 422]
    assert "&lt;b&gt;odd&lt;/b&gt;" in page
    assert "Ada looks after it" in page
    assert "Gus" not in page


def test_the_list_of_conversations_is_filtered_by_what_staff_think(reviewer: Desk, parts: Services) -> None:
    """Unreviewed, by reviewer, by label, by who looks after it; what was taken back is found no more."""
    turn, conversation = asked(parts)
    _, other = asked(parts)
    before = reviewer.get("conversations?is=unreviewed").text
    me = reviewer.account.id
    reviewer.submit(f"review/turns/{turn}", verdict="right")
    reviewer.submit(f"review/conversations/{conversation}/labels", labels="legal, 100%_sure")
    reviewer.submit(f"review/conversations/{conversation}/assignee", account=me)

    found = {
        query: [
            one for one in (conversation, other) if f"/console/conversations/{one}" in reviewer.get(f"conversations?{query}").text
        ]
        for query in ("is=unreviewed", f"reviewer={me}", "label=legal", "label=100%25_sure", f"assignee={me}", "reviewer=999")
    }
    page = reviewer.get(f"conversations?reviewer={me}").text
    reviewer.submit(f"review/conversations/{conversation}/labels", labels="")
    reviewer.submit(f"review/conversations/{conversation}/assignee", account=0)

    assert all(f"/console/conversations/{one}" in before for one in (conversation, other))
    assert found == {
        "is=unreviewed": [other], f"reviewer={me}": [conversation],
        "label=legal": [conversation], "label=100%25_sure": [conversation],
        f"assignee={me}": [conversation], "reviewer=999": [],
    }  # fmt: skip
    assert "Reviewed by: Ada" in page
    for query in ("label=legal", f"assignee={me}"):
        assert f"/console/conversations/{conversation}" not in reviewer.get(f"conversations?{query}").text


def test_labels_of_other_companies_are_not_offered(reviewer: Desk, parts: Services) -> None:
    """They are words of their staff."""
    _, conversation = asked(parts, company="globex")
    parts.staff.reviews.label(conversation, "secret merger")

    assert "secret merger" not in reviewer.get("conversations").text


def test_those_who_do_not_review_see_nothing_of_it_in_the_reader(sign_in: SignIn, parts: Services) -> None:
    """An agent reads the conversation."""
    turn, conversation = asked(parts)
    sign_in("reviewer", name="Rea").submit(f"review/turns/{turn}", verdict="tone", note="far too curt")

    page = sign_in("agent", name="Ann").get(f"conversations/{conversation}").text

    assert "far too curt" not in page
    assert "/console/review" not in page


def test_two_reviewers_judge_the_same_sample_and_see_their_agreement(sign_in: SignIn, parts: Services) -> None:
    """Percent, kappa and n; where they differ, of what one has judged oneself."""
    ada, bea, cy = (sign_in("reviewer", name=name) for name in ("Ada", "Bea", "Cy"))
    turns = [asked(parts, f"question {number}")[0] for number in range(6)]
    made = ada.submit("review/samples", name="May", size=4, seed=3, company="")
    path = made.headers["location"].removeprefix("/console/")
    sample = int(path.rsplit("/", 1)[1])
    chosen = []
    for desk, verdicts in ((ada, ["right", "right", "tone", "tone"]), (bea, ["right", "tone", "tone", "tone"])):
        mine = []
        for verdict in verdicts:
            turn = shown_turn(desk.get(f"review?sample={sample}"))
            desk.submit(f"review/turns/{turn}", verdict=verdict)
            mine.append(turn)
        chosen.append(mine)

    page, strangers = ada.get(path).text, cy.get(path).text

    assert chosen[0] == chosen[1]
    assert set(chosen[0]) < set(turns)
    assert "75.0 %" in page  # kappa: observed 3/4, by chance (2·1 + 2·3)/16 = 1/2
    assert "<dd>0.5</dd>" in page
    assert f"Answer {chosen[0][1]}" in page
    assert "They differ on 1 answer that you have not judged" in strangers
    assert f"Answer {chosen[0][1]}" not in strangers


def test_a_sample_of_every_company_is_not_for_one_companys_reviewers(sign_in: SignIn, parts: Services) -> None:
    """It would show what they may not see."""
    asked(parts)
    sign_in("reviewer", name="Rea").submit("review/samples", name="all of them", size=1, seed=1)
    acme = sign_in("reviewer", company="acme", name="Al")

    assert "all of them" not in acme.get("review/samples").text
    assert (acme.get("review/samples/1").status_code, acme.get("review?sample=1").status_code) == (403, 403)
    assert acme.submit("review/samples/1/drop").status_code == 403


@pytest.mark.parametrize(
    "fields", [{"size": 0}, {"size": 10**9}, {"seed": -1}, {"seed": 2**40}, {"name": " \x00 "}, {"size": "x"}]
)
def test_a_sample_that_cannot_be_made_is_refused(sign_in: SignIn, parts: Services, fields: dict[str, Any]) -> None:
    """And nothing is kept."""
    desk = sign_in("reviewer")

    assert desk.submit("review/samples", **{"name": "n", "size": 1, "seed": 1, **fields}).status_code == 422
    assert parts.staff.samples.all() == []


def test_a_sample_is_dropped_by_whoever_made_it(sign_in: SignIn, parts: Services) -> None:
    """Or by the privacy officer, and by nobody else; verdicts stay."""
    turn, _ = asked(parts)
    maker, other = sign_in("reviewer", name="Rea"), sign_in("reviewer", name="Ola")
    maker.submit("review/samples", name="one", size=1, seed=1)
    maker.submit(f"review/turns/{turn}", verdict="right")

    refused = other.submit("review/samples/1/drop").status_code
    dropped = maker.submit("review/samples/1/drop").status_code

    assert (refused, dropped, parts.staff.samples.all()) == (403, 303, [])
    assert list(parts.staff.reviews.of_turns([turn])) == [turn]


def ticks(page: str) -> dict[str, str]:
    """The passages that can be ticked: text → value."""
    found = re.findall(r'name="passage" value="(\d+-\d+)"[^>]*> <span dir="auto">([^<]+?)\s*(?:<|$)', page)
    return {text.strip(): value for value, text in found}


def test_a_reviewer_proposes_and_the_privacy_officer_accepts(reviewer: Desk, sign_in: SignIn, parts: Services) -> None:
    """The passage that was ticked, the aspect that was chosen, the question made neutral; who did what is kept."""
    turn, _ = asked(parts, "do you sell my data to ada@example.com?")
    page = reviewer.get(f"review/turns/{turn}/correct").text
    chosen = ticks(page)["We never sell personal data."]

    moved = reviewer.submit(
        f"review/turns/{turn}/correct", question="do you sell my data to my e-mail address?", answer="passages", passage=[chosen],
        version="2026-01-15", target="aspect:selling.sold",
    )  # fmt: skip
    by_reviewer = reviewer.submit("review/corrections/1", decision="accept").status_code
    officer = sign_in("privacy_officer", company="acme", name="Pia")
    accepted = officer.submit("review/corrections/1", decision="accept", question="Do you sell my data?").status_code
    again = officer.submit("review/corrections/1", decision="decline").status_code
    officer.submit("review/corrections/2", decision="decline")

    assert "do you sell my data to my e-mail address?" in page
    assert moved.headers["location"] == "/console/review/corrections?done=proposed"
    assert (by_reviewer, accepted, again) == (403, 303, 409)
    answer, taught = parts.staff.corrections.get(1), parts.staff.corrections.get(2)
    text = parts.knowledge.catalogue.document("acme", "2026-01-15").text
    (start, end) = answer.proposal.spans[0]
    assert text[start:end] == "We never sell personal data."
    assert (answer.state, answer.proposal.question, answer.decided_by) == ("accepted", "Do you sell my data?", officer.account.id)
    assert (taught.state, taught.proposal.target, taught.proposed_by) == ("declined", "aspect:selling.sold", reviewer.account.id)
    assert "Pia" in officer.get("review/corrections?state=accepted").text


@pytest.mark.parametrize(
    ("fields", "cure"),
    [
        ({"question": "is <email_1> kept", "answer": "silence"}, "neutral words"),
        ({"question": "is ada@example.com kept", "answer": "silence"}, "e-mail address in it"),
        ({"answer": ""}, "Say what is to change"),
        ({"answer": "passages"}, "Tick the passage"),
        ({"answer": "passages", "passage": ["3-4"]}, "tick the passages again"),
        ({"answer": "passages", "passage": [HOSTILE]}, "tick the passages again"),
        ({"target": "aspect:no.such"}, "no such aspect or intent"),
    ],
)
def test_a_proposal_that_must_be_mended_loses_nothing(reviewer: Desk, parts: Services, fields: dict[str, Any], cure: str) -> None:
    """What was typed and ticked stands there still, and what to mend is said."""
    turn, _ = asked(parts)
    typed = {"question": "Is any of it sold then?", "version": "2026-01-15", **fields}

    page = reviewer.submit(f"review/turns/{turn}/correct", **typed)

    assert page.status_code == 422
    assert cure in page.text
    assert typed["question"].replace("<", "&lt;").replace(">", "&gt;") in page.text
    assert parts.staff.corrections.of_turn(turn) == []


def test_accepting_with_personal_data_in_the_question_is_refused(sign_in: SignIn, parts: Services) -> None:
    """The privacy officer may mend the question, and may make a mistake."""
    turn, _ = asked(parts)
    parts.staff.corrections.propose(turn, 1, [Proposal("silence", "is it sold")])

    page = sign_in("privacy_officer").submit("review/corrections/1", decision="accept", question="is ada@example.com sold")

    assert (page.status_code, parts.staff.corrections.get(1).state) == (422, "proposed")
    assert "e-mail address in it" in page.text


def test_passages_are_found_by_their_words(reviewer: Desk, parts: Services) -> None:
    """Without a script, too; what the answer quoted is marked."""
    turn, _ = asked(parts)

    page = reviewer.get(f"review/turns/{turn}/correct?find=SELL never").text

    assert list(ticks(page)) == ["We never sell personal data."]
    assert "quoted then" in page
    assert "holds all of these words" in reviewer.get(f"review/turns/{turn}/correct?find=zebra").text


def test_a_newer_version_is_pointed_out(reviewer: Desk, parts: Services, mapped: Any) -> None:
    """Passages are offered as it was answered from, and those of the newer one are a click away."""
    turn, _ = asked(parts)
    parts.knowledge.catalogue = mapped

    old = reviewer.get(f"review/turns/{turn}/correct").text
    new = reviewer.get(f"review/turns/{turn}/correct?version=2026-06-01").text

    assert "There is a newer version" in old
    assert "We never sell personal data." in ticks(old)
    assert "There is a newer version" not in new
    assert "We never sell personal data to advertisers." in ticks(new)


def test_hostile_words_are_shown_as_words(reviewer: Desk, parts: Services) -> None:
    """In the question, the note, a label, a correction, a sample's name."""
    turn, conversation = asked(parts, HOSTILE)
    reviewer.submit(f"review/turns/{turn}", verdict="tone", note=HOSTILE + "\x00" + "x" * 10_000)
    reviewer.submit(f"review/conversations/{conversation}/labels", labels=HOSTILE)
    reviewer.submit(f"review/turns/{turn}/correct", question="<b>49</b> {7}", answer="silence")
    reviewer.submit(f"review/turns/{turn}/correct", question="<script>alert(2)</script>", answer="silence")
    reviewer.submit("review/samples", name=HOSTILE, size=1, seed=1, company="acme")

    pages = [
        reviewer.get(path)
        for path in (
            f"review?turn={turn}", f"conversations/{conversation}", "review/corrections", f"review/turns/{turn}/correct",
            "review/samples", "review/samples/1",
        )
    ]  # fmt: skip

    assert [page.status_code for page in pages] == [200] * 6
    assert all("<script>alert" not in page.text and "49 \u202e" not in page.text for page in pages)
    assert "&lt;script&gt;alert(2)" in pages[2].text


def test_the_filter_goes_along_from_turn_to_turn(reviewer: Desk, parts: Services) -> None:
    """The form leads back to the same queue."""
    turn, _ = asked(parts, "drones?", kind="not_in_policy")

    page = reviewer.get("review?kind=not_in_policy").text
    (wanted,) = set(re.findall(r'name="next" value="([^"]+)"', page))

    assert parse_qs(urlsplit(wanted.replace("&amp;", "&")).query) == {
        "kind": ["not_in_policy"], "after": [str(turn)], "done": ["judged"],
    }  # fmt: skip


def test_whoever_may_settle_points_from_a_claimed_silence_to_the_passage(parts: Services, sign_in: SignIn) -> None:
    """The link names company and aspect; a reviewer is not offered it, and an answer has none."""
    conversation = begin(parts)
    evidence = {"aspect": "children.minimum_age", "version": "2026-01-15"}
    say(parts, conversation, "how old must I be?", {"kind": "not_in_policy", "text": "It does not say."}, evidence=evidence)
    a_question(parts, conversation)
    silent, answered = (turn.id for turn in parts.conversations.transcripts.turns(conversation))
    link = "/console/silence/settle?company=acme&amp;aspect=children.minimum_age"
    officer = sign_in("privacy_officer")

    assert link in officer.get(f"review?turn={silent}").text
    assert "/silence/settle?" not in officer.get(f"review?turn={answered}").text
    assert "/silence/settle?" not in sign_in("reviewer", name="Rae").get(f"review?turn={silent}").text
