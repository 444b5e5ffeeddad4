"""A Reply as Block Kit. Pure.

Text from a policy or a person stands in `rich_text`, whose text elements are literal: Slack finds no mention, link, format or
emoji in them. The limits are those of Slack's Block Kit reference.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, assert_never

from candor.channels.slack.texts import cut, escaped
from candor.conversations.reply import Button, CardRow, Citation, Reply, RequestCard, TicketCard
from candor.conversations.responses import Responses
from candor.tickets.dates import day
from candor.tickets.request_types import REQUEST_TYPES
from candor.transcripts.reply_kinds import ReplyKind

MOST_BLOCKS = 50  # of a message
LONGEST_TEXT = 3000  # characters of a section's text; we apply it to each rich_text as well
LONGEST_LABEL = 75  # characters of a button's text
LONGEST_VALUE = 2000  # characters of a button's value
MOST_BUTTONS = 25  # elements of an actions block
MOST_OPTIONS = 100  # of a select
BESIDES = 12  # blocks of a message beside texts and quotes: a card, its buttons, feedback
MOST_QUOTES = 10  # in one message; the policy page shows the rest
LONGEST_QUOTE = 1200  # characters
LONGEST_FALLBACK = 300  # characters of what a notification shows
LONGEST_ROW = 600  # characters of a line of a request card

# Action ids; ":<n>" makes them unique.
SAY, FORM, HELPFUL, SHARE, CARD, ADD, KEEP = "say", "request_form", "helpful", "share", "card", "ticket_add", "ticket_keep"
CARD_BLOCK = "card"  # block ids "card:<turn>:<n>" tell which turn's card a control belongs to

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
    replies: Sequence[Reply], responses: Responses, *, base_url: str, conversation: str, turn: str = "", share: bool = False,
    form: bool = False,
) -> list[SlackBlock]:  # fmt: skip
    """The replies to one message, as the blocks of one Slack message.

    turn: the id of that message; only the card of the newest turn can be edited. base_url: the address of policy pages; without
    one, citations have no link. share: add a button that shows the answer to the whole channel. form: only the person reads it;
    add a button that opens the request form, if the conversation is about a request, and what can be done about an opened one.
    """
    blocks: list[SlackBlock] = []
    for reply in replies:
        blocks += _reply(reply, base_url, room=MOST_BLOCKS - BESIDES - len(blocks))
    buttons = [button for reply in replies if not reply.card for button in reply.buttons]
    offers: list[SlackBlock] = []
    if form:
        wanted = next((reply for reply in replies if reply.kind == "request" and reply.request_type and not reply.ticket), None)
        if wanted:
            value = json.dumps({"type": wanted.request_type, "company": wanted.company, "begun": True})
            offers.append(form_button(responses.say("utter_slack_button_form"), value))
    if (drawn := next((reply for reply in replies if reply.card), None)) and drawn.card:
        blocks += _request_card(drawn.card, drawn, turn, offers)
    elif offers:
        blocks.append(actions(*offers))
    if (opened := next((reply.ticket for reply in replies if reply.ticket), None)) and form:
        blocks.append(ticket_actions(opened, responses))
    if buttons:
        blocks.append(actions(*(say_button(number, button) for number, button in enumerate(buttons[:MOST_BUTTONS]))))
    rated = next((reply for reply in replies if reply.answer_id and is_about_policy(reply.kind)), None)
    if rated and rated.answer_id:
        blocks.append(feedback(conversation, rated.answer_id, responses))
        if share:
            label = responses.say("utter_slack_button_share")
            blocks.append(actions(button(label, f"{SHARE}:0", f"{conversation} {rated.answer_id}")))
    return blocks[:MOST_BLOCKS]


def fallback(replies: Sequence[Reply]) -> str:
    """The text for notifications and screen readers; Slack reads it as mrkdwn."""
    return cut(escaped(" ".join(reply.text for reply in replies if reply.text)), LONGEST_FALLBACK) or "Candor"


def _reply(reply: Reply, base_url: str, room: int) -> list[SlackBlock]:
    blocks = [paragraph(each) for each in _paragraphs((reply.card and reply.card.lead) or reply.text)]
    at_once = len(reply.citations) if reply.comparison else reply.citations_shown
    shown = reply.citations[: max(0, min(MOST_QUOTES, at_once, room - len(blocks)))]
    blocks += [_citation(citation, base_url) for citation in shown]
    if folded := reply.citations[len(shown) :]:
        blocks.append(_more(folded, base_url))
    return blocks


def _request_card(card: RequestCard, reply: Reply, turn: str, offers: list[SlackBlock]) -> list[SlackBlock]:
    """A line for each thing with its Edit, then the answers to what is asked, and Cancel. offers: more buttons."""
    rows = [_row(row, f"{CARD_BLOCK}:{turn}:{number}") for number, row in enumerate(card.rows)]
    answers = reply.buttons[:1] if card.lead else reply.buttons  # beside the summary, Edit and Cancel stand for the others
    controls = [
        button(one.title, f"{CARD}:a{number}", cut(one.payload, LONGEST_VALUE))
        for number, one in enumerate(answers[: MOST_BUTTONS - 2])
    ]
    if card.lead and controls:
        controls[0]["style"] = "primary"
        offers = [{name: value for name, value in offer.items() if name != "style"} for offer in offers]  # one is primary
    cancel = button(card.cancel.title, f"{CARD}:cancel", card.cancel.payload)
    foot = {**actions(*controls, *offers, cancel), "block_id": f"{CARD_BLOCK}:{turn}:foot"[:255]}
    return [rich(section(text(cut(card.title, LONGEST_ROW), bold=True))), *rows, foot]


def _row(row: CardRow, block_id: str) -> SlackBlock:
    """One line. Its text is plain, so that Slack finds nothing in what the person wrote."""
    shown = {"type": "section", "text": plain(f"{row.label}: {cut(row.value, LONGEST_ROW) or '–'}", LONGEST_TEXT)}
    if row.options:
        choices = [option(choice.label, choice.value) for choice in row.options[:MOST_OPTIONS]]
        label = row.edit.title if row.edit else row.label
        chooser = {
            "type": "static_select",
            "action_id": f"{CARD}:{row.field}",
            "placeholder": plain(label, 150),
            "options": choices,
        }
        return {**shown, "block_id": block_id[:255], "accessory": chooser}
    if row.edit is None:
        return shown
    return {**shown, "block_id": block_id[:255], "accessory": button(row.edit.title, f"{CARD}:{row.field}", row.edit.payload)}


def turn_of(block_id: str) -> str:
    """The id of the turn whose card a block belongs to; empty if it belongs to none."""
    kind, _, rest = block_id.partition(":")
    return rest.rpartition(":")[0] if kind == CARD_BLOCK else ""


def without_controls(blocks: Sequence[SlackBlock]) -> list[SlackBlock]:
    """The same message to read only."""
    return [
        {name: value for name, value in block.items() if name != "accessory"}
        for block in blocks
        if block.get("type") != "actions"
    ]


def ticket_actions(ticket: TicketCard, responses: Responses) -> SlackBlock:
    """Add, Status, Save and Withdraw, as far as they are possible."""
    elements = [button(ticket.add.title, ADD, ticket.add.payload)] if ticket.add else []
    elements += [button(ticket.check.title, f"{SAY}:check", ticket.check.payload)] if ticket.check else []
    elements.append(button(responses.say("utter_slack_button_keep"), KEEP, cut(kept_text(ticket, responses), LONGEST_VALUE)))
    elements += [button(ticket.withdraw.title, f"{SAY}:withdraw", ticket.withdraw.payload)] if ticket.withdraw else []
    return actions(*elements)


def kept_text(ticket: TicketCard, responses: Responses) -> str:
    """What the requester needs to keep of a ticket, line by line."""
    say = responses.say
    lines = [say("utter_slack_keep_number", number=ticket.number, request=REQUEST_TYPES[ticket.request_type].wish)]
    if ticket.due:
        article = f" ({ticket.due_article})" if ticket.due_article else ""
        lines.append(say("utter_slack_keep_due", day=day(date.fromisoformat(ticket.due)), article=article))
    if ticket.contact:
        lines.append(say("utter_slack_keep_contact", contact=ticket.contact))
    return "\n".join(lines)


def keep_view(kept: str, responses: Responses) -> dict[str, Any]:
    """A ticket's number, date and contact, to be copied."""
    return {
        "type": "modal", "title": plain(responses.say("utter_slack_keep_title"), 24),
        "close": plain(responses.say("utter_slack_button_close"), 24),
        "blocks": [
            paragraph(responses.say("utter_slack_keep")),
            rich({"type": "rich_text_preformatted", "elements": [text(cut(kept, LONGEST_TEXT))]}),
        ],
    }  # fmt: skip


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


def company_select(action: str, responses: Responses) -> dict[str, Any]:
    """A select for more companies than Slack shows at once; Slack asks us for those that match what is typed."""
    placeholder = plain(responses.say("utter_slack_form_company_hint"))
    return {"type": "external_select", "action_id": action, "min_query_length": 0, "placeholder": placeholder}


def option(label: str, value: str) -> dict[str, Any]:
    return {"text": plain(label), "value": value}


def feedback(conversation: str, answer_id: str, responses: Responses) -> SlackBlock:
    """Slack's own feedback buttons."""

    def one(value: str, name: str) -> dict[str, Any]:
        return {
            "text": plain(responses.say(f"utter_slack_button_{name}")), "value": f"{value} {conversation} {answer_id}",
            "accessibility_label": cut(responses.say(f"utter_slack_describe_{name}"), LONGEST_LABEL),
        }  # fmt: skip

    rate = {
        "type": "feedback_buttons", "action_id": HELPFUL, "positive_button": one("yes", "helpful"),
        "negative_button": one("no", "not_helpful"),
    }  # fmt: skip
    return {"type": "context_actions", "elements": [rate]}
