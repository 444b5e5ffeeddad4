"""Conversation tokens: random, signed, bound to one conversation, and good for a while."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from candor.channels.web.tokens import Tokens
from candor.errors import ConversationEndedError, NotAllowedError

A_DAY = timedelta(days=1)


def test_a_token_opens_its_conversation() -> None:
    """Also after a restart: whoever has the same secret accepts it."""
    token = Tokens("a secret", A_DAY).make("c_1")

    Tokens("a secret", A_DAY).check("c_1", token)


def test_a_token_opens_no_other_conversation() -> None:
    """Else one visitor could read on in another's."""
    tokens = Tokens("a secret", A_DAY)

    with pytest.raises(NotAllowedError):
        tokens.check("c_2", tokens.make("c_1"))


@pytest.mark.parametrize("token", ["", ".", "c_1", "a.b", "WyJjXzEiLCJ4Il0.", "ü" * 40, "a" * 10_000])
def test_what_is_no_token_opens_nothing(token: str) -> None:
    """Whatever it is."""
    with pytest.raises(NotAllowedError):
        Tokens("a secret", A_DAY).check("c_1", token)


def test_a_token_of_another_secret_opens_nothing() -> None:
    """Nobody makes tokens but we."""
    with pytest.raises(NotAllowedError):
        Tokens("a secret", A_DAY).check("c_1", Tokens("another secret", A_DAY).make("c_1"))


def test_a_token_with_one_letter_changed_opens_nothing() -> None:
    """The signature covers all of it."""
    token = Tokens("a secret", A_DAY).make("c_1")
    swapped = [token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :] for place, letter in enumerate(token[:-1])]

    for forged in swapped:
        with pytest.raises(NotAllowedError):
            Tokens("a secret", A_DAY).check("c_1", forged)


def test_tokens_of_one_conversation_differ() -> None:
    """A token is random, not only a signature over an id that may become known."""
    tokens = Tokens("a secret", A_DAY)

    assert tokens.make("c_1") != tokens.make("c_1")


def test_the_error_does_not_hold_the_token() -> None:
    """Errors are logged."""
    with pytest.raises(NotAllowedError) as refused:
        Tokens("a secret", A_DAY).check("c_1", "sentinelword")

    assert "sentinelword" not in f"{refused.value} {refused.value.public}"


@pytest.mark.parametrize("hours", [-1, 0, 23])
def test_a_token_is_good_for_its_time(hours: int) -> None:
    """Also where the machine that checks it is behind the one that made it."""
    token = Tokens("a secret", A_DAY).make("c_1")

    Tokens("a secret", A_DAY, lambda: time.time() + 3600 * hours).check("c_1", token)


def test_an_old_token_says_that_the_conversation_ended() -> None:
    """Not that something is wrong with it; another's old token is still another's."""
    token = Tokens("a secret", A_DAY).make("c_1")
    tomorrow = Tokens("a secret", A_DAY, lambda: time.time() + 25 * 3600)

    with pytest.raises(ConversationEndedError) as ended:
        tomorrow.check("c_1", token)
    with pytest.raises(NotAllowedError) as refused:
        tomorrow.check("c_2", token)

    assert "has ended" in ended.value.public
    assert not isinstance(refused.value, ConversationEndedError)
