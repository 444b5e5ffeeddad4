"""Who talks in the tests, and what Rasa says to them."""

from __future__ import annotations

import json
from typing import Any

from candor.channels.slack.threads import SlackPerson
from tests.candor.channels.slack.fake import ADA, BOB, TEAM, Call

ada, bob = SlackPerson(TEAM, ADA), SlackPerson(TEAM, BOB)


def citation(number: int = 1, quote: str = "We never sell personal data.", **more: Any) -> dict[str, Any]:
    """A citation as an action packs it."""
    return {
        "n": number, "company": "acme", "policy": "Privacy Policy", "version": "2026-01-15", "section": "3. Selling",
        "quote": quote, "start": 10, "end": 10 + len(quote), "url": f"/policies/acme/2026-01-15#c10-{10 + len(quote)}", **more,
    }  # fmt: skip


def answer(*citations: dict[str, Any], text: str = "This is what it says:", **more: Any) -> dict[str, Any]:
    """An answer as Rasa passes it on."""
    return {"text": text, "custom": {"kind": "answer", "answer_id": "a_1", "citations": list(citations or [citation()])}, **more}


def shown(call: Call) -> str:
    """All that a message's blocks hold, in reading order."""
    return json.dumps(call.blocks, ensure_ascii=False)


def elements(call: Call, kind: str) -> list[dict[str, Any]]:
    """The elements of a message's blocks of one type, such as button."""
    return [element for block in call.blocks for element in block.get("elements", []) if element.get("type") == kind]
