"""Reading one conversation: what was said and why, for whom, and what stays masked."""

from __future__ import annotations

import pytest

from candor.console.conversations.view import masked
from candor.services import Services
from tests.candor.console.conftest import SignIn
from tests.candor.console.live_chats import a_question, begin, passage, quote_of, say

HOSTILE = '<script>alert(1)</script> {{7*7}} \N{RIGHT-TO-LEFT OVERRIDE}evil "quoted" \' =1+1 ' + "x" * 2000


def test_a_turn_is_shown_as_the_visitor_saw_it(parts: Services, sign_in: SignIn) -> None:
    """Masked; with the quote, its link into the policy, and the buttons."""
    conversation = begin(parts)
    a_question(parts, conversation)

    page = sign_in("reviewer").get(f"conversations/{conversation}").text

    quote = quote_of(parts, "We never sell personal data.")
    assert 'do you sell my data? I am <span class="token">email 1</span>' in page
    assert "ada@example.com" not in page
    assert f'href="{quote["url"]}"' in page
    assert "<bdi>Ask a person</bdi>" in page


def test_beside_a_turn_stands_why(parts: Services, sign_in: SignIn) -> None:
    """Intents with confidences, aspect, passages cited and merely found, probability, version, actions, slots and times."""
    conversation = begin(parts)
    a_question(parts, conversation)

    page = sign_in("reviewer").get(f"conversations/{conversation}").text

    for part in (
        "ask policy", "92 %", "request deletion", "4 %", "selling: sold", "probability 81 %", "version of 2026-01-15",
        "2.50", "-0.75", "We collect your name and your email address.", "Found and not cited", "answer question",
        "last question", "company: acme; text: do you sell my data?", "85 ms", "61 ms",
    ):  # fmt: skip
        assert part in page


def test_a_policy_version_that_is_gone_is_said_to_be(parts: Services, sign_in: SignIn) -> None:
    """Its passages cannot be shown; the rest is."""
    conversation = begin(parts)
    gone = {"version": "2019-01-01", "probability": 0.5, "aspect": None,
            "passages": [{"start": 1, "end": 9, "score": 0.5, "cited": False}]}  # fmt: skip
    say(parts, conversation, "do you sell it?", {"kind": "not_in_policy", "text": "I found nothing."}, evidence=gone)

    page = sign_in("reviewer").get(f"conversations/{conversation}").text

    assert "This version of the policy is not kept any more" in page
    assert "characters 1 to 9" in page


def test_a_comparison_shows_each_side_and_its_passages(parts: Services, sign_in: SignIn) -> None:
    """Side by side, a silent one too."""
    conversation = begin(parts)
    quote = quote_of(parts, "We never sell personal data.")
    sides = [
        {"company": "acme", "name": "Acme", "version": "2026-01-15", "silent": False, "citations": [1]},
        {"company": "globex", "name": "Globex", "version": "undated", "silent": True},
    ]
    cookies = passage(parts, "We use cookies to remember your language.", 0.25, cited=False, company="globex", version="undated")
    evidence = {"aspect": "selling.sold", "sides": [
        {"company": "acme", "version": "2026-01-15", "probability": 0.9,
         "passages": [passage(parts, quote["quote"], 1.5, cited=True)]},
        {"company": "globex", "version": "undated", "probability": 0.1, "passages": [cookies]},
    ]}  # fmt: skip
    say(
        parts,
        conversation,
        "compare",
        {"kind": "compare", "text": "…", "citations": [quote], "comparison": sides},
        evidence=evidence,
    )

    page = sign_in("reviewer").get(f"conversations/{conversation}").text

    assert "Nothing found that says it." in page
    assert "We use cookies to remember your language." in page
    assert "probability 10 %" in page


def test_what_failed_and_what_was_never_answered_is_said_to_be(parts: Services, sign_in: SignIn) -> None:
    """Nobody takes the sentence that the assistant is down for an answer."""
    conversation = begin(parts)
    parts.conversations.transcripts.ask(conversation, "m-1", "hello?")
    parts.conversations.transcripts.failed(conversation, "m-1", [{"kind": "error", "text": "The assistant is down."}], 20.0)
    parts.conversations.transcripts.ask(conversation, "m-2", "anybody?")

    page = sign_in("reviewer").get(f"conversations/{conversation}").text

    assert "Nobody could answer this message" in page
    assert "This message was never answered" in page


def test_what_the_visitor_said_of_an_answer_stands_below_it(parts: Services, sign_in: SignIn) -> None:
    """With the reason and the comment, masked."""
    conversation = begin(parts)
    a_question(parts, conversation)
    parts.conversations.transcripts.feedback(
        conversation,
        "a_1",
        helpful=False,
        reason="wrong_passage",
        comment=parts.conversations.vault.mask(conversation, "ask bo@x.org"),
    )

    page = sign_in("reviewer").get(f"conversations/{conversation}").text

    assert "Not helpful" in page
    assert "It quotes the wrong passage" in page
    assert 'ask <span class="token">email 2</span>' in page


def test_hostile_text_is_text(parts: Services, sign_in: SignIn) -> None:
    """In messages, replies, slots, intents and comments."""
    conversation = begin(parts)
    say(
        parts, conversation, HOSTILE, {"kind": "answer", "text": HOSTILE, "answer_id": "a_9"}, intent="<b>",
        trace={"actions": ["<i>"], "slots": {"<u>": HOSTILE[:200]}, "rasa": 1.0},
    )  # fmt: skip
    parts.conversations.transcripts.feedback(conversation, "a_9", helpful=False, reason="<em>", comment=HOSTILE)

    page = sign_in("reviewer").get(f"conversations/{conversation}")

    assert page.status_code == 200
    assert page.text.count("&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}") == 4
    assert not any(tag in page.text for tag in ("<script>", "<b>", "<i>", "<u>", "<em>", "49 "))


def test_a_reply_of_an_older_shape_is_shown_with_its_text(parts: Services, sign_in: SignIn) -> None:
    """A record outlives the code that made it."""
    conversation = begin(parts)
    say(parts, conversation, "hello", {"kind": "nothing we know", "text": "An old reply"})

    assert "An old reply" in sign_in("reviewer").get(f"conversations/{conversation}").text


def test_each_opening_is_recorded_once(parts: Services, sign_in: SignIn) -> None:
    """By whom, and which; nothing of what it says."""
    conversation = begin(parts)
    a_question(parts, conversation)
    desk = sign_in("agent")

    desk.get(f"conversations/{conversation}")

    (entry,) = parts.staff.audit.entries(action="conversation.read")
    assert (entry.actor, entry.subject, entry.company) == (desk.account.actor, f"conversation {conversation}", "acme")
    assert entry.details == {}


@pytest.mark.parametrize("role", ["admin", "reviewer"])
def test_who_may_not_read_it_sees_nothing_of_it(parts: Services, sign_in: SignIn, role: str) -> None:
    """An admin reads no conversations; a reviewer of another company not this one. Nothing is recorded as read."""
    conversation = begin(parts)
    a_question(parts, conversation)
    desk = sign_in("admin") if role == "admin" else sign_in("reviewer", company="globex")

    answered = desk.get(f"conversations/{conversation}")

    assert answered.status_code == 403
    assert "sell" not in answered.text
    assert parts.staff.audit.entries(action="conversation.") == []


def test_turns_about_another_company_are_withheld(parts: Services, sign_in: SignIn) -> None:
    """A conversation that has moved on to a company does not show its staff what was said of the one before."""
    conversation = begin(parts, company="globex")
    say(parts, conversation, "what does globex do")
    parts.conversations.transcripts.switch_company(conversation, "acme")
    a_question(parts, conversation)

    limited = sign_in("reviewer", company="acme").get(f"conversations/{conversation}").text
    everything = sign_in("reviewer").get(f"conversations/{conversation}").text

    assert "what does globex do" not in limited
    assert "Your account does not include that company." in limited
    assert "what does globex do" in everything


def test_a_forgotten_conversation_is_said_to_be_gone(parts: Services, sign_in: SignIn) -> None:
    """A link from yesterday leads to a kind page; also one that was never right."""
    conversation = begin(parts)
    parts.conversations.transcripts.forget(conversation)
    desk = sign_in("agent")

    for path in (conversation, "c_none", "x" * 300):
        answered = desk.get(f"conversations/{path}")
        assert answered.status_code == 404
        assert "It was forgotten, by its visitor or because its time was over." in answered.text


def test_revealing_shows_values_once_and_is_recorded(parts: Services, sign_in: SignIn) -> None:
    """Only in the answer to the form; the reason is kept as it was chosen, free words masked."""
    conversation = begin(parts)
    a_question(parts, conversation)
    desk = sign_in("agent")

    shown = desk.submit(f"conversations/{conversation}/reveal", reason="answer", words="write to ada@example.com")
    later = desk.get(f"conversations/{conversation}")

    assert 'title="&lt;email_1&gt;">ada@example.com</bdi>' in shown.text
    assert "It was recorded that you looked" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert "ada@example.com" not in later.text
    (entry,) = parts.staff.audit.entries(action="conversation.reveal")
    assert (entry.actor, entry.subject) == (desk.account.actor, f"conversation {conversation}")
    assert entry.details == {"reason": "answer", "words": "write to <email>"}


@pytest.mark.parametrize(
    "fields", [{}, {"reason": ""}, {"reason": "curious"}, {"reason": "other"}, {"reason": "other", "words": " "}]
)
def test_nothing_is_revealed_without_a_reason(parts: Services, sign_in: SignIn, fields: dict[str, str]) -> None:
    """And nothing is recorded, because nothing was shown."""
    conversation = begin(parts)
    a_question(parts, conversation)

    answered = sign_in("agent").submit(f"conversations/{conversation}/reveal", **fields)

    assert answered.status_code == 422
    assert "ada@example.com" not in answered.text
    assert parts.staff.audit.entries(action="conversation.reveal") == []


def test_a_reviewer_is_not_offered_to_reveal_and_is_refused(parts: Services, sign_in: SignIn) -> None:
    """Judging answers needs nobody's address."""
    conversation = begin(parts)
    a_question(parts, conversation)
    desk = sign_in("reviewer")

    refused = desk.submit(f"conversations/{conversation}/reveal", reason="answer")

    assert "reveal" not in desk.get(f"conversations/{conversation}").text
    assert refused.status_code == 403
    assert "ada@example.com" not in refused.text


def test_revealing_is_no_link(parts: Services, sign_in: SignIn) -> None:
    """What is in a link is fetched ahead, bookmarked and sent on."""
    conversation = begin(parts)

    assert sign_in("agent").get(f"conversations/{conversation}/reveal").status_code == 405


def test_what_another_companys_turns_hold_is_not_revealed(parts: Services, sign_in: SignIn) -> None:
    """Only what stands masked on the page that is shown."""
    conversation = begin(parts, company="globex")
    say(parts, conversation, "I am bo@example.org")
    parts.conversations.transcripts.switch_company(conversation, "acme")
    a_question(parts, conversation)

    shown = sign_in("agent", company="acme").submit(f"conversations/{conversation}/reveal", reason="answer").text

    assert "ada@example.com" in shown
    assert "bo@example.org" not in shown


def test_revealed_values_are_text_too() -> None:
    """A value may look like markup: people mask themselves with what they like."""
    assert "<img" not in masked("<email_1>", {"<email_1>": "<img src=x>@x.org"})


@pytest.mark.parametrize("gpc", [True, False])
def test_what_the_browser_asked_for_stands_above_the_conversation(parts: Services, sign_in: SignIn, gpc: bool) -> None:
    """Global Privacy Control, in plain words."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="web", gpc=gpc).id

    page = sign_in("reviewer").get(f"conversations/{conversation}").text

    assert ("asks companies not to sell or share their data" in page) is gpc
