"""Replies as Block Kit: within Slack's limits, whatever a policy or a person wrote, and nothing in them but text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.channels.slack.blocks import fallback, reply_blocks
from candor.channels.slack.texts import cut, escaped, link
from candor.conversations.reply import Button, Citation, Reply
from tests.candor.channels.slack.limits import message_problems
from tests.candor.channels.slack.people import citation

HOSTILE = "<!channel> <@U0BOB> <https://evil.example|click> *bold* _it_ ~no~ `code` :tada: &lt;!here&gt; & more"


def a_reply(*quotes: str, text: str = "This is what it says:", **more: object) -> Reply:
    cited = [Citation.model_validate(citation(number, quote)) for number, quote in enumerate(quotes, start=1)]
    return Reply(kind="answer", text=text, citations=cited, answer_id="a_1", **more)  # type: ignore[arg-type]


def blocks_of(*replies: Reply, base_url: str = "https://privacy.example.org") -> list[dict[str, object]]:
    return reply_blocks(replies, base_url=base_url, conversation="c_1", share=True, form=True)


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
