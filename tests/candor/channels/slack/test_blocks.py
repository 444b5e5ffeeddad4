"""Replies as Block Kit: within Slack's limits, whatever a policy or a person wrote, and nothing in them but text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.channels.slack.blocks import CARD, fallback, kept_text, reply_blocks, turn_of, without_controls
from candor.channels.slack.texts import cut, escaped, link
from candor.conversations.reply import Button, CardRow, Choice, Citation, Reply, RequestCard, TicketCard
from candor.conversations.responses import Responses
from candor.tickets.request_types import REQUEST_TYPES
from tests.candor.channels.slack.limits import message_problems
from tests.candor.channels.slack.people import citation

WORDS = Responses()
HOSTILE = "<!channel> <@U0BOB> <https://evil.example|click> *bold* _it_ ~no~ `code` :tada: &lt;!here&gt; & more"


def a_reply(*quotes: str, text: str = "This is what it says:", **more: object) -> Reply:
    cited = [Citation.model_validate(citation(number, quote)) for number, quote in enumerate(quotes, start=1)]
    return Reply(kind="answer", text=text, citations=cited, answer_id="a_1", **more)  # type: ignore[arg-type]


def blocks_of(*replies: Reply, base_url: str = "https://privacy.example.org") -> list[dict[str, object]]:
    return reply_blocks(replies, WORDS, base_url=base_url, conversation="c_1", turn="t_1", share=True, form=True)


texts = st.text(max_size=400) | st.sampled_from([HOSTILE, "x" * 5000, "word " * 2000])


@given(st.lists(texts, max_size=70), texts, st.lists(st.tuples(texts, texts), max_size=30))
def test_no_reply_breaks_a_limit_of_slack(quotes: list[str], said: str, buttons: list[tuple[str, str]]) -> None:
    """What breaks one is refused by Slack, and the person would read nothing at all."""
    pressed = [Button(title=title or "x", payload=payload) for title, payload in buttons]
    reply = a_reply(*(quote or "x" for quote in quotes), text=said or "x", buttons=pressed)

    assert message_problems({"blocks": blocks_of(reply, reply), "text": fallback([reply])}) == []


@pytest.mark.parametrize("base_url", ["https://privacy.example.org", ""])
def test_what_was_written_stays_text(base_url: str) -> None:
    """In quotes, leads and buttons: no block of ours reads markup out of what others wrote."""
    reply = a_reply(HOSTILE, text=HOSTILE, buttons=[Button(title=HOSTILE, payload=HOSTILE)])

    blocks = blocks_of(reply, base_url=base_url)

    assert '"mrkdwn"' not in json.dumps(blocks)
    quoted = [leaf for block in blocks for part in block.get("elements", []) for leaf in part.get("elements", [])]  # type: ignore[attr-defined]
    assert [leaf["text"] for leaf in quoted].count(HOSTILE) == 2
    assert "<" not in fallback([reply])


def test_a_quote_is_word_for_word_and_leads_to_its_place() -> None:
    """What is quoted can be checked by whoever doubts it."""
    blocks = blocks_of(a_reply("We never sell personal data."))

    assert blocks[1]["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "1  ", "style": {"bold": True}},
                {
                    "type": "link", "url": "https://privacy.example.org/policies/acme/2026-01-15#c10-38",
                    "text": "3. Selling · Privacy Policy · 2026-01-15",
                },
            ],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "We never sell personal data."}]},
    ]  # fmt: skip


def test_the_best_passage_is_read_and_the_others_are_one_line_of_links() -> None:
    """A screen full of quotes hides the one that answers; each of the others can be opened in the policy."""
    said = json.dumps(blocks_of(a_reply(*(f"Quote {number}." for number in range(3)))))

    assert "Quote 0." in said
    assert "Quote 1." not in said
    assert "2 more passages: " in said
    assert said.count("https://privacy.example.org/policies/acme/") == 3


def test_a_message_with_two_questions_shows_a_passage_for_each() -> None:
    """As many as the reply says; and of a comparison every side."""
    said = json.dumps(blocks_of(a_reply("Quote 0.", "Quote 1.", "Quote 2.", citations_shown=2)))

    assert "Quote 1." in said
    assert "1 more passage: " in said


def test_a_long_list_is_cut_kindly_with_a_link_to_the_rest() -> None:
    """Ten quotes are read, sixty are not."""
    blocks = blocks_of(a_reply(*(f"Quote {number}." for number in range(60)), citations_shown=60))

    said = json.dumps(blocks)
    assert "50 more passages: " in said
    assert "Quote 9." in said
    assert "Quote 10." not in said


def test_a_long_quote_says_that_it_goes_on() -> None:
    """A cut quote must not look like a whole one."""
    said = json.dumps(blocks_of(a_reply("word " * 1000)), ensure_ascii=False)

    assert "word …" in said
    assert "read on in the policy" in said


def a_card(*, lead: str = "", details: str = "", title: str = "Your request to Acme") -> RequestCard:
    """One of a request whose details are asked for, or known."""
    others = [Choice(value=row.phrase, label=row.wish) for row in REQUEST_TYPES.values()]
    edit = Button(title="Edit", payload="change my e-mail")
    rows = [
        CardRow(field="request", label="What", value="Have your personal data deleted", options=others),
        CardRow(field="email", label="E-mail", value="ada@acme.example", edit=edit),
        CardRow(field="details", label="Details", value=details),
    ]
    return RequestCard(title=title, lead=lead, rows=rows, cancel=Button(title="Cancel", payload="cancel the request"))


def a_step(card: RequestCard, *buttons: str) -> Reply:
    offered = [Button(title=title, payload=title) for title in buttons]
    return Reply(kind="request", request_type="deletion", text="And then?", card=card, buttons=offered)


def controls(blocks: list[dict[str, object]]) -> dict[str, str]:
    """What can be pressed in cards, with what is said for it."""
    found = [each for block in blocks for each in (block.get("accessory"), *block.get("elements", []))]  # type: ignore[misc]
    return {
        each["action_id"]: each.get("value", "")
        for each in found if isinstance(each, dict) and str(each.get("action_id", "")).startswith(CARD)
    }  # fmt: skip


def test_a_card_shows_what_is_known_and_says_what_its_controls_say() -> None:
    """Line by line, with Edit, another request, the answers and Cancel."""
    blocks = blocks_of(a_step(a_card(), "No details"))

    said = json.dumps(blocks, ensure_ascii=False)
    assert all(line in said for line in ("Your request to Acme", "E-mail: ada@acme.example", "Details: –"))
    assert controls(blocks) == {
        "card:request": "", "card:email": "change my e-mail", "card:a0": "No details", "card:cancel": "cancel the request",
    }  # fmt: skip
    ids = [str(block["block_id"]) for block in blocks if "accessory" in block or block["type"] == "actions"]
    assert {turn_of(each) for each in ids} == {"t_1"}


def test_beside_a_summary_the_card_stands_for_change_and_no() -> None:
    """One yes, one Cancel, and an Edit at each line; the lead stands for the summary in words."""
    blocks = blocks_of(a_step(a_card(lead="Please check it."), "Yes, open it", "Change something", "No"))

    assert {"card:a0", "card:cancel"} <= controls(blocks).keys()
    assert not {"card:a1", "card:a2"} & controls(blocks).keys()
    assert "And then?" not in json.dumps(blocks)


def test_an_old_card_can_be_read_but_not_pressed() -> None:
    """All its lines stay."""
    blocks = blocks_of(a_step(a_card(), "No details"))

    left = without_controls(blocks)

    assert controls(left) == {}
    assert "E-mail: ada@acme.example" in json.dumps(left)


@given(texts, texts, texts, st.lists(texts, max_size=60))
def test_no_card_breaks_a_limit_of_slack(lead: str, details: str, title: str, quotes: list[str]) -> None:
    """Neither alone nor after an answer that was asked for in between."""
    step = a_step(a_card(lead=lead, details=details, title=title or "x"), *(quote or "x" for quote in quotes[:30]))
    answer = a_reply(*(quote or "x" for quote in quotes))

    blocks = blocks_of(answer, step)

    assert message_problems({"blocks": blocks, "text": fallback([answer, step])}) == []
    assert "card:cancel" in controls(blocks)


def test_what_stands_in_a_card_stays_text() -> None:
    """Details are what a person wrote."""
    blocks = blocks_of(a_step(a_card(details=HOSTILE)))

    assert '"mrkdwn"' not in json.dumps(blocks)
    assert f"Details: {HOSTILE}" in [str(block["text"]["text"]) for block in blocks if block["type"] == "section"]  # type: ignore[index]


TICKET = TicketCard(
    number="R-7KQ4-M2XD", request_type="deletion", status="open", company="acme", due="2026-02-15", due_article="Art. 12(3) GDPR",
    contact="privacy@acme.example", add=Button(title="Add", payload="add to R-7KQ4-M2XD:"),
    check=Button(title="Status", payload="how is R-7KQ4-M2XD?"),
    withdraw=Button(title="Withdraw", payload="withdraw R-7KQ4-M2XD"),
)  # fmt: skip


def test_an_opened_request_offers_add_status_save_and_withdraw() -> None:
    """As far as its state allows; nothing of it where others read."""
    done = Reply(kind="request", text="Done.", ticket=TICKET)
    closed = Reply(kind="request", text="Done.", ticket=TICKET.model_copy(update={"add": None, "withdraw": None}))

    [offered, less, none] = [
        [each["value"] for block in blocks if block["type"] == "actions" for each in block["elements"]]  # type: ignore[union-attr]
        for blocks in (blocks_of(done), blocks_of(closed), reply_blocks([done], WORDS, base_url="", conversation="c_1"))
    ]

    kept = kept_text(TICKET, WORDS)
    assert offered == ["add to R-7KQ4-M2XD:", "how is R-7KQ4-M2XD?", kept, "withdraw R-7KQ4-M2XD"]
    assert less == ["how is R-7KQ4-M2XD?", kept]
    assert none == []


def test_what_is_kept_of_a_request_says_number_date_and_contact() -> None:
    """It stands alone when the chat is gone."""
    for words in ("R-7KQ4-M2XD", "15 February 2026", "Art. 12(3) GDPR", "privacy@acme.example"):
        assert words in kept_text(TICKET, WORDS)


@given(st.text(max_size=300))
def test_escaped_text_holds_no_mark_that_slack_reads(text: str) -> None:
    """Taking the joiners and entities away gives the text again."""
    safe = escaped(text)

    assert "<" not in safe
    assert ">" not in safe
    back = safe.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert back.replace("\N{WORD JOINER}", "") == text.replace("\N{WORD JOINER}", "")


def test_a_link_of_ours_keeps_its_label_apart_from_its_address() -> None:
    """A label with Slack's own marks in it."""
    assert link("https://a.example", "a|b <c>") == "<https://a.example|a¦b &lt;c&gt;>"


@given(st.text(max_size=200), st.integers(min_value=10, max_value=100))
def test_cut_text_is_never_too_long(text: str, longest: int) -> None:
    """And a short one is left alone."""
    assert len(cut(text, longest)) <= longest
    assert cut(text, longest) == text or len(text) > longest
