"""What a mail server means by a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.tickets.delivery.mail_status import is_mailbox, status_in


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("5.1.1 <ada@example.com>: user unknown", "5.1.1"),
        ("5.1.10 RESOLVER.ADR.RecipientNotFound", "5.1.10"),
        ("550-5.7.26 unauthenticated\n550 5.7.26 see", "5.7.26"),
        ("blocked: 192.5.1.1 is listed", ""),
        ("blocked: 5.1.1.7 is listed", ""),
        ("User unknown", ""),
        ("smtp; 550 5.1.1. No such user", "5.1.1"),
        ("", ""),
    ],
)
def test_the_status_is_found_in_a_servers_words(words: str, status: str) -> None:
    """And an IP address is none."""
    assert status_in(words) == status


@pytest.mark.parametrize("status", ["5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"])
def test_these_are_about_the_mailbox(status: str) -> None:
    """Only another address helps."""
    assert is_mailbox(status)


@pytest.mark.parametrize("status", ["", "5.7.1", "5.7.26", "5.1.7", "5.1.8", "5.2.2", "5.4.1", "4.1.1", "5.3.4", "5.10.1"])
def test_these_are_not(status: str) -> None:
    """Somebody's set-up, the sender's address, a mailbox that is full, or something that passes."""
    assert not is_mailbox(status)


@given(st.integers(0, 12), st.integers(0, 30))
def test_every_status_is_read_back_from_a_reply(subject: int, detail: int) -> None:
    """Whatever stands around it."""
    assert status_in(f"550 5.{subject}.{detail} <ada@example.com>... no") == f"5.{subject}.{detail}"
