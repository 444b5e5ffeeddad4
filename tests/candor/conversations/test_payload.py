"""The payload between actions and assistant: encoded once, decoded once, and refused if it is not one of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from candor.conversations.payload import PARTS, Command, MalformedPayloadError, Memory, Payload, Shown
from candor.conversations.reply import (
    AskedField,
    Button,
    CardRow,
    Choice,
    Citation,
    ComparedSide,
    Reply,
    RequestCard,
    TicketCard,
)
from candor.settings import ROOT

CITATION = Citation(
    n=1, company="acme", policy="Privacy Policy", version="undated", section="1", quote="We keep it.", start=0, end=11,
    url="/policies/acme/undated#c0-11",
)  # fmt: skip
SIDE = ComparedSide(company="acme", name="Acme", version="undated", silent=False, citations=[1])
CARD = TicketCard(number="R-7KQ4-M2XD", request_type="deletion", status="open", company="acme", due="2026-02-15")
CHANGE, CANCEL = Button(title="Edit", payload="change my country"), Button(title="Cancel", payload="cancel the request")
DRAFT = RequestCard(
    title="Your request to Acme", rows=[CardRow(field="residence", label="Where", value="Germany", edit=CHANGE)], cancel=CANCEL
)
FIELD = AskedField(field="code", options=[Choice(value="send me a new code", label="Send me a new code")])


@pytest.mark.parametrize(
    "payload",
    [
        Payload(),
        Payload(shown=Shown(kind="answer", answer_id="a_1", citations=[CITATION]), evidence={"passages": [{"start": 1}]}),
        Payload(shown=Shown(kind="compare", citations=[CITATION], comparison=[SIDE])),
        Payload(shown=Shown(kind="request", request_type="deletion", ticket=CARD, form=FIELD)),
        Payload(command=Command(switch_company="globex")),
        Payload(command=Command(forget=True)),
        Payload(memory=Memory(proposal="p_1", begun="p_2", asked_back=True, which=["access", "deletion"], waits=True)),
    ],
)
def test_what_is_encoded_is_decoded_again(payload: Payload) -> None:
    """Also after its way through Rasa, which carries it as JSON."""
    carried = json.loads(json.dumps(payload.encoded()))

    assert Payload.decoded(carried) == payload


def test_rasa_carries_no_nested_value() -> None:
    """It copies, searches and stores each one by itself: a list of three hundred places would slow every turn after it."""
    payload = Payload(
        shown=Shown(kind="request", citations=[CITATION], comparison=[SIDE], ticket=CARD, form=FIELD, card=DRAFT),
        memory=Memory(which=["access", "deletion"]), evidence={"passages": [{"start": 1}]},
    )  # fmt: skip

    encoded = payload.encoded()

    assert encoded.keys() == {"kind", "details"}
    assert all(isinstance(value, str | bool | int) for value in encoded.values())


def test_what_is_at_its_default_is_not_sent() -> None:
    """Only the kind always is, so that a message without more than that carries a payload too."""
    assert Payload().encoded() == {"kind": "smalltalk"}
    assert Payload(memory=Memory(proposal="p_1")).encoded() == {"kind": "smalltalk", "proposal": "p_1"}


@pytest.mark.parametrize("custom", [None, {}])
def test_a_message_without_a_payload_is_small_talk(custom: Any) -> None:
    """Rasa's own messages carry none."""
    assert Payload.decoded(custom) == Payload()


@pytest.mark.parametrize(
    "custom",
    [
        {"kind": "smalltalk", "nosuch": "sentinelword"},
        {"kind": "smalltalk", "details": '{"nosuch": "sentinelword"}'},
        {"kind": "smalltalk", "shown": {}},
        {"kind": "answer", "citations": [{**CITATION.model_dump(), "nosuch": "sentinelword"}]},
        {"kind": "request", "card": {**DRAFT.model_dump(), "nosuch": "sentinelword"}},
        {"kind": "request", "card": {**DRAFT.model_dump(), "rows": [{"field": "sentinelword", "label": "Where"}]}},
        {"kind": "sentinelword"},
        {"kind": "smalltalk", "forget": "sentinelword"},
        {"kind": "smalltalk", "proposal": ["sentinelword"]},
        {"kind": "answer", "evidence": "sentinelword"},
        {"kind": "smalltalk", "details": "sentinelword"},
        {"kind": "smalltalk", "details": '["sentinelword"]'},
        {"kind": "smalltalk", "details": {"form": "sentinelword"}},
        ["sentinelword"],
        "sentinelword",
    ],
)
def test_an_unknown_key_or_a_malformed_value_is_refused(custom: Any) -> None:
    """Loudly, and without repeating what it was: a payload may hold what a person wrote."""
    with pytest.raises(MalformedPayloadError, match="malformed") as refused:
        Payload.decoded(custom)

    assert "sentinelword" not in str(refused.value)


def test_the_error_names_the_unknown_key() -> None:
    """Whoever mistyped it finds it."""
    with pytest.raises(MalformedPayloadError, match="nosuch"):
        Payload.decoded({"kind": "smalltalk", "nosuch": 1})


def test_keys_that_were_written_before_the_upgrade_are_passed_over() -> None:
    """A tracker holds them as long as its conversation goes on."""
    assert Payload.decoded({"kind": "smalltalk", "asks": "email", "offered": "deletion"}) == Payload()


def test_no_key_stands_in_two_parts() -> None:
    """The payload is flat on its way, so a key says which part it belongs to."""
    keys = [key for part in PARTS.values() for key in part.model_fields] + ["evidence", "details"]

    assert len(keys) == len(set(keys))


def test_all_that_is_shown_is_part_of_a_reply() -> None:
    """Under the same name."""
    assert Shown.model_fields.keys() <= Reply.model_fields.keys()


def test_the_payloads_of_the_domain_are_payloads() -> None:
    """Sentences that Rasa says without an action of ours carry theirs in domain.yml."""
    responses: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    customs = [variant["custom"] for variants in responses.values() for variant in variants if "custom" in variant]

    assert customs
    assert all(Payload.decoded(custom).shown.kind in {"smalltalk", "out_of_scope"} for custom in customs)
