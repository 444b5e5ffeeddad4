"""Whatever an agent sends is read as a message or refused, and never breaks anything."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from candor.channels.drp.messages import DistrustedError, Exercise, UnreadableError, business_of, opened, read, read_revocation

KEY = SigningKey(b"k" * 32)
VERIFY = bytes(KEY.verify_key)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SAID: dict[str, Any] = {
    "agent-id": "AGENT", "business-id": "ACME", "issued-at": NOW.isoformat(),
    "expires-at": (NOW + timedelta(minutes=10)).isoformat(), "drp.version": "0.9.4", "exercise": "access",
    "email": "ada@example.com",
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
CLAIMS = st.sampled_from([*SAID, "regime", "relationships", "address", "name", "power_of_attorney", "email_verified"])


def understood(said: dict[str, Any]) -> Exercise:
    return read(Exercise, said, agent_id="AGENT", business_id="ACME", now=NOW)


@given(body=st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(base64.b64encode)))
def test_a_body_that_nobody_signed_is_refused(body: bytes) -> None:
    """Whatever it is."""
    with pytest.raises((UnreadableError, DistrustedError)):
        opened(body, VERIFY)


@given(said=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_what_is_signed_is_an_object_or_refused(said: bytes) -> None:
    """A right signature does not make sense of what it is under."""
    with suppress(UnreadableError):
        assert isinstance(opened(base64.b64encode(KEY.sign(said)), VERIFY)[1], dict)


@given(changed=st.dictionaries(CLAIMS, JSON, min_size=1, max_size=3))
def test_claims_of_any_shape_are_read_or_refused_without_repeating_them(changed: dict[str, Any]) -> None:
    """The sentence of a refusal names fields only."""
    said = ""

    try:
        understood({**SAID, **changed})
    except (UnreadableError, DistrustedError) as error:
        said = error.public

    assert "ada@example.com" not in said


@given(flip=st.integers(min_value=0), body=st.just(base64.b64encode(KEY.sign(json.dumps(SAID).encode()))))
def test_one_bit_makes_a_message_worthless(flip: int, body: bytes) -> None:
    """Wherever it is."""
    raw = bytearray(base64.b64decode(body))
    raw[flip // 8 % len(raw)] ^= 1 << flip % 8

    with pytest.raises((UnreadableError, DistrustedError)):
        opened(base64.b64encode(raw), VERIFY)


@pytest.mark.parametrize(("seconds", "taken"), [(59, True), (61, False)])
def test_a_clock_that_is_a_little_fast_is_forgiven(seconds: int, taken: bool) -> None:
    """By a minute; beyond that somebody could sign for the future."""
    said = {**SAID, "issued-at": (NOW + timedelta(seconds=seconds)).isoformat()}

    if taken:
        assert understood(said).right == "access"
    else:
        with pytest.raises(DistrustedError):
            understood(said)


@pytest.mark.parametrize("version", ["0.9", "0.9.1", "0.9.4", "1.0"])
def test_versions_with_the_same_messages_are_read(version: str) -> None:
    """0.9 and what came after it."""
    assert understood({**SAID, "drp.version": version}).version == version


def test_a_company_has_the_directorys_name() -> None:
    """Capitals and underscores (§ 3.05.2)."""
    assert business_of("acme-shop") == "ACME_SHOP"


@pytest.mark.parametrize("said", [{"reason": 7}, {"reason": "x" * 2001}, {"reason": None}])
def test_a_revocation_has_a_reason_or_none(said: dict[str, Any]) -> None:
    """Words, and not too many."""
    assert read_revocation({}).reason == ""
    with pytest.raises(UnreadableError):
        read_revocation(said)
