"""Replies of every kind, as the API sends them: what the browser tests let the chat show without asking for it."""

from __future__ import annotations

from typing import Any

Wire = dict[str, Any]


def cited(
    number: int, *, company: str = "clevra", section: str = "5. Data Retention", quote: str = "", lead_in: str = ""
) -> Wire:
    """One citation."""
    said = quote or "We delete or anonymise personal data when it is no longer needed for these purposes."
    return {
        "n": number,
        "company": company,
        "policy": "Privacy Policy",
        "version": "2026-01-15",
        "section": section,
        "lead_in": lead_in,
        "quote": said,
        "start": 10,
        "end": 20,
        "url": f"/policies/{company}/2026-01-15#c10-20",
    }


def reply(kind: str, text: str, **more: Any) -> Wire:
    """One reply of a kind."""
    nothing: Wire = {
        "company": "clevra",
        "request_type": None,
        "buttons": [],
        "citations": [],
        "comparison": [],
        "answer_id": None,
        "ticket": None,
        "form": None,
        "card": None,
    }
    return {"kind": kind, "text": text, **nothing, **more}


GIVEN = {"residence": "South Africa", "email": "thandi@example.org", "details": "My customer number is 88-1234."}
ORDER = ("residence", "email", "details", "agreed")
LABELS = {"residence": "Where", "email": "E-mail", "details": "Details"}
OTHERS = [
    {"value": "send me a copy of my data", "label": "Get a copy of your personal data", "code": ""},
    {"value": "correct my data", "label": "Have your personal data corrected", "code": ""},
]


def card(asked: str, *, lead: str = "", **given: str) -> Wire:
    """What is known of a request when the form asks for a field: all that it asks for before that, and what is given here."""
    known = {field: GIVEN[field] for field in ORDER[: ORDER.index(asked)]} | given
    rows = [{"field": "request", "label": "What", "value": "Have your personal data deleted", "left_out": False, "edit": None,
             "options": OTHERS}]  # fmt: skip
    for field, label in LABELS.items():
        edit = {"title": "Edit", "payload": f"change my {field}"} if field in known and field != asked else None
        value = known.get(field, "") if field != asked else ""
        rows.append({"field": field, "label": label, "value": value, "left_out": False, "edit": edit, "options": []})
    cancel = {"title": "Cancel", "payload": "cancel the request"}
    return {"title": "Your request to Clevra", "lead": lead, "rows": rows, "cancel": cancel}


def asks(
    field: str, text: str, *, options: list[Wire] | None = None, skippable: bool = False, buttons: list[Wire] | None = None
) -> Wire:
    """A step of a request that asks for something."""
    form = {"field": field, "options": options or [], "skippable": skippable}
    shown = card(field, lead="Please check it. Shall I open it?" if field == "agreed" else "") if field in ORDER else None
    return reply("request", text, request_type="deletion", form=form, buttons=buttons or [], card=shown)


PLACES = ("South Africa", "Austria", "Brazil", "France", "Germany", "Kenya", "Namibia", "United Kingdom")
CODES = ("ZA", "AT", "BR", "FR", "DE", "KE", "NA", "GB")
NOT_SAID = {"title": "Rather not say", "payload": "I'd rather not say"}
COUNTRIES = [
    *({"value": name, "label": name, "code": code} for name, code in zip(PLACES, CODES, strict=True)),
    {"value": NOT_SAID["payload"], "label": NOT_SAID["title"], "code": ""},
]
LIVES = (
    "Where do you live? The law of that place says by when Clevra has to answer. A country is enough; in the USA or Canada, the "
    "state or province. You can also skip this."
)
FINDS = (
    "Is there anything that would help Clevra to find your data, such as a user name or a customer number? You can also add "
    "something else, or just say no."
)
NO_DETAILS = {"value": "no details", "label": "No details"}
NO_DETAILS_BUTTON = {"title": "No details", "payload": "no details"}
YES_NO = [{"title": "Yes, open the request", "payload": "yes"}, {"title": "No", "payload": "no"}]
LIST = "fulfil the purposes described in this policy\n• comply with legal obligations\n• resolve disputes"
SIDES = [
    {"company": "clevra", "name": "Clevra", "version": "2026-01-15", "about": "", "silent": False, "citations": [1]},
    {"company": "clevio", "name": "Clevio", "version": "2020-05-05", "about": "", "silent": True, "citations": []},
]
TICKET = {
    "number": "R-7KQ4-M2XD",
    "request_type": "deletion",
    "status": "awaiting_identity",
    "company": "clevra",
    "due": "2026-12-22",
    "due_article": "POPIA, section 23",
    "what_next": "Type the six-digit code from the mail here.",
    "contact": "support@clevra.co.za",
    "add": {"title": "Add something", "payload": "add to R-7KQ4-M2XD:"},
    "withdraw": {"title": "Withdraw", "payload": "withdraw R-7KQ4-M2XD"},
    "check": {"title": "Status", "payload": "how is R-7KQ4-M2XD?"},
}

KINDS: dict[str, list[Wire]] = {
    "answer": [
        reply(
            "answer",
            "This is what Clevra's privacy policy says about how long data is kept:",
            answer_id="a_1",
            citations=[cited(1, lead_in="We retain personal data only for as long as necessary to:", quote=LIST), cited(2)],
        )
    ],
    "not_in_policy": [
        reply(
            "not_in_policy",
            "I found nothing in Clevra's privacy policy that answers “do you take my fingerprints?”. "
            "You can ask Clevra directly: support@clevra.co.za.",
            answer_id="a_2",
        )
    ],
    "unsure": [
        reply(
            "unsure",
            "I am not certain that Clevra's privacy policy answers this. This comes closest:",
            citations=[cited(1)],
            answer_id="a_3",
        )
    ],
    "compare": [
        reply(
            "compare", "I looked for how long data is kept. Here are the words of Clevra.", citations=[cited(1)], comparison=SIDES
        )
    ],
    "out_of_scope": [reply("out_of_scope", "That is outside what I know. I can answer questions about Clevra's privacy policy.")],
    "handoff": [
        reply(
            "handoff", "I have told the people at Clevra that you want to talk to a person. Somebody answers by 24 November 2026."
        )
    ],
    "human": [reply("human", "Hello, this is Thandi of Clevra. I have found your account and will delete it today.")],
    "error": [reply("error", "I cannot answer just now, because a part of me is not running. Your message is kept.")],
    "residence": [asks("residence", LIVES, options=COUNTRIES, buttons=[NOT_SAID])],
    "email": [
        asks("email", "Which e-mail address should the answer go to? I'll send a code there to make sure that it is yours.")
    ],
    "details": [asks("details", FINDS, skippable=True, options=[NO_DETAILS], buttons=[NO_DETAILS_BUTTON])],
    "agreed": [
        asks("agreed", "This is what I would send to Clevra:\nWhat: to delete your data\n\nShall I open it?", buttons=YES_NO)
    ],
    "code": [asks("code", "Please type the six-digit code from the mail.")],
    "ticket": [
        reply("request", "Done. Your request with Clevra to delete your data is with us.", request_type="deletion", ticket=TICKET)
    ],
}
