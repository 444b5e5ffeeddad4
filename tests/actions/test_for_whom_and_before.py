"""Who writes for somebody else, and who has asked before and elsewhere, are told what helps them."""

from __future__ import annotations

import pytest

from actions.asked_before import asked_before
from actions.for_another import for_another


@pytest.mark.parametrize(
    "text",
    [
        "my grandmother passed away and i am the executor",
        "as the guardian of a boy i ask for his file",
        "my 9 year old made an account",
        "i look after an old man who cannot write",
        "my late uncle had an account",
        "my brother can't do it himself",
        "we act for a consumer",
        "my client wants the data that you hold",
        "it is about my mum's photos",
    ],
)
def test_who_speaks_for_another(text: str) -> None:
    assert for_another(text)


@pytest.mark.parametrize(
    "text",
    [
        "my wife told me that you sell data",
        "do you collect data of children?",
        "a friend uses it too, is it safe",
        "do you read our client chats",
        "who sees our customer data",
        "delete my data",
    ],
)
def test_who_only_mentions_somebody_speaks_for_themselves(text: str) -> None:
    assert not for_another(text)


@pytest.mark.parametrize(
    "text",
    [
        "i wrote to you in may and never got an answer",
        "we asked three weeks ago and nobody replied",
        "I've already requested a copy last month, still nothing",
        "i phoned twice and was ignored",
    ],
)
def test_who_has_asked_elsewhere(text: str) -> None:
    assert asked_before(text)


@pytest.mark.parametrize(
    "text",
    [
        "i asked you last week, please delete it now",
        "i want my data deleted",
        "i made an account years ago",
        "did you send it in may?",
    ],
)
def test_who_wishes_now_or_tells_something_else_has_not(text: str) -> None:
    """A wish that is made now is worth more than a complaint about an earlier one."""
    assert not asked_before(text)
