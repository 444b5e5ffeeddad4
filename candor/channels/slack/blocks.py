"""A Reply as Block Kit. Pure.

Text from a policy or a person stands in `rich_text`, whose text elements are literal: Slack finds no mention, link, format or
emoji in them. The limits are those of Slack's Block Kit reference.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, assert_never

from candor.channels.slack.texts import cut, escaped
from candor.conversations.reply import Button, Citation, Reply
from candor.transcripts.reply_kinds import ReplyKind

MOST_BLOCKS = 50  # of a message
LONGEST_TEXT = 3000  # characters of a section's text; we apply it to each rich_text as well
LONGEST_LABEL = 75  # characters of a button's text
LONGEST_VALUE = 2000  # characters of a button's value
MOST_BUTTONS = 25  # elements of an actions block
MOST_OPTIONS = 100  # of a select
MOST_QUOTES = 10  # in one message; the policy page shows the rest
LONGEST_QUOTE = 1200  # characters
LONGEST_FALLBACK = 300  # characters of what a notification shows

SAY, FORM, HELPFUL, SHARE = (
    "say",
    "request_form",
    "helpful",
    "share",
)  # action ids; ":<n>" makes them unique

SlackBlock = dict[str, Any]


def is_about_policy(kind: ReplyKind) -> bool:
    """Whether it says what a policy says, so that it can be rated, and shown to a whole channel."""
    match kind:
        case "answer" | "not_in_policy" | "unsure" | "compare":
            return True
        case "request" | "out_of_scope" | "smalltalk" | "handoff" | "human" | "error":
            return False
        case _:
            assert_never(kind)


def is_private(kind: ReplyKind) -> bool:
    """Whether it is about the person's own affairs, of which nothing is said where others read."""
    match kind:
        case "request" | "handoff":
            return True
        case "answer" | "not_in_policy" | "unsure" | "compare" | "out_of_scope" | "smalltalk" | "human" | "error":
            return False
        case _:
            assert_never(kind)


def reply_blocks(
    replies: Sequence[Reply], *, base_url: str, conversation: str, share: bool = False, form: bool = False
) -> list[SlackBlock]:
    """The replies to one message, as the blocks of one Slack message.

    base_url: the address of policy pages; without one, citations have no link. share: add a button that shows the answer to the
    whole channel. form: add a button that opens the request form, if the conversation is about a request.
    """
    blocks: list[SlackBlock] = []
    for reply in replies:
        blocks += _reply(reply, base_url, room=MOST_BLOCKS - 4 - len(blocks))
    buttons = [button for reply in replies for button in reply.buttons]
    if form:
        wanted = next((reply for reply in replies if reply.kind == "request" and reply.request_type and not reply.ticket), None)
        if wanted:
            value = json.dumps({"type": wanted.request_type, "company": wanted.company, "begun": True})
            blocks.append(actions(form_button("Fill in a form instead", value)))
    if buttons:
        blocks.append(actions(*(say_button(number, button) for number, button in enumerate(buttons[:MOST_BUTTONS]))))
    rated = next((reply for reply in replies if reply.answer_id and is_about_policy(reply.kind)), None)
    if rated and rated.answer_id:
        blocks.append(feedback(conversation, rated.answer_id))
        if share:
            blocks.append(actions(button("Share in channel", f"{SHARE}:0", f"{conversation} {rated.answer_id}")))
    return blocks[:MOST_BLOCKS]


def fallback(replies: Sequence[Reply]) -> str:
    """The text for notifications and screen readers; Slack reads it as mrkdwn."""
    return cut(escaped(" ".join(reply.text for reply in replies if reply.text)), LONGEST_FALLBACK) or "Candor"


def _reply(reply: Reply, base_url: str, room: int) -> list[SlackBlock]:
    blocks = [paragraph(each) for each in _paragraphs(reply.text)]
    at_once = len(reply.citations) if reply.comparison else reply.citations_shown
    shown = reply.citations[: max(0, min(MOST_QUOTES, at_once, room - len(blocks)))]
    blocks += [_citation(citation, base_url) for citation in shown]
    if folded := reply.citations[len(shown) :]:
        blocks.append(_more(folded, base_url))
    return blocks


def _citation(citation: Citation, base_url: str) -> SlackBlock:
    where = " · ".join(part for part in (citation.section, citation.policy, citation.version) if part and part != "undated")
    label = cut(where or citation.policy, 200)
    place = url(base_url + citation.url, label) if base_url else text(label)
    lead_in = cut(citation.lead_in, LONGEST_QUOTE // 2)
    quote = cut(citation.quote, LONGEST_QUOTE)
    quoted = [*([text(lead_in + "\n")] if lead_in else []), text(quote)]
    if quote != citation.quote and base_url:
        quoted.append(url(base_url + citation.url, " read on in the policy"))
    return rich(section(text(f"{citation.n}  ", bold=True), place), {"type": "rich_text_quote", "elements": quoted})


def _more(folded: Sequence[Citation], base_url: str) -> SlackBlock:
    """One line that names the passages that are not shown, each a link to its place in the policy."""
    elements = [text(f"{len(folded)} more passage{'s' if len(folded) > 1 else ''}: ")]
    for number, citation in enumerate(folded[:MOST_QUOTES]):
        label = cut(citation.section or citation.policy, LONGEST_LABEL)
        elements += [text(" · ")] if number else []
        elements.append(url(base_url + citation.url, label) if base_url else text(label))
    return rich(section(*elements))


def _paragraphs(content: str) -> list[str]:
    return [paragraph for paragraph in content.split("\n\n") if paragraph.strip()]


def rich(*elements: dict[str, Any]) -> SlackBlock:
    return {"type": "rich_text", "elements": list(elements)}


def section(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def text(content: str, *, bold: bool = False) -> dict[str, Any]:
    return {"type": "text", "text": content, **({"style": {"bold": True}} if bold else {})}


def url(address: str, label: str) -> dict[str, Any]:
    return {"type": "link", "url": address, "text": label}


def paragraph(content: str) -> SlackBlock:
    """A paragraph in which Slack finds no mention, link or format."""
    return rich(section(text(cut(content, LONGEST_TEXT))))


def header(content: str) -> SlackBlock:
    return {"type": "header", "text": plain(content, 150)}


def plain(content: str, longest: int = LONGEST_LABEL) -> dict[str, Any]:
    return {"type": "plain_text", "text": cut(content, longest), "emoji": False}


def actions(*elements: dict[str, Any]) -> SlackBlock:
    return {"type": "actions", "elements": list(elements)}


def button(label: str, action: str, value: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(label), "action_id": action, "value": value, **more}


def say_button(number: int, choice: Button) -> dict[str, Any]:
    """A button that says its payload for the person who presses it."""
    return button(choice.title, f"{SAY}:{number}", cut(choice.payload, LONGEST_VALUE))


def form_button(label: str, value: str) -> dict[str, Any]:
    """Opens the request form."""
    return button(label, FORM, value, style="primary")


def company_select(action: str) -> dict[str, Any]:
    """A select for more companies than Slack shows at once; Slack asks us for those that match what is typed."""
    return {"type": "external_select", "action_id": action, "min_query_length": 0, "placeholder": plain("Type a company's name")}


def option(label: str, value: str) -> dict[str, Any]:
    return {"text": plain(label), "value": value}


def feedback(conversation: str, answer_id: str) -> SlackBlock:
    """Slack's own feedback buttons."""

    def one(label: str, value: str, description: str) -> dict[str, Any]:
        return {"text": plain(label), "value": f"{value} {conversation} {answer_id}", "accessibility_label": description}

    rate = {
        "type": "feedback_buttons", "action_id": HELPFUL, "positive_button": one("Helpful", "yes", "This answer helped"),
        "negative_button": one("Not helpful", "no", "This answer did not help"),
    }  # fmt: skip
    return {"type": "context_actions", "elements": [rate]}
