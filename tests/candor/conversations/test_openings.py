"""The questions that a chat opens with: asked of the action server once, and never worth a wait."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from candor.conversations.openings import Openings
from candor.errors import UnknownCompanyError
from knowledge.catalogue import PolicyCatalogue


class ActionServer(httpx.MockTransport):
    """Answers as it is told, and counts how often it was asked."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        super().__init__(answer)
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return super().handle_request(request)


def openings_of(catalogue: PolicyCatalogue, answer: Callable[[httpx.Request], httpx.Response]) -> tuple[Openings, ActionServer]:
    server = ActionServer(answer)
    return Openings(catalogue, "http://127.0.0.1:1", "a secret", server), server


def test_they_are_asked_for_once(mapped: PolicyCatalogue) -> None:
    """With the secret; each page that opens then has them at once."""
    openings, server = openings_of(mapped, lambda _: httpx.Response(200, json={"questions": ["Do you sell my data?"]}))

    found = [openings("acme"), openings("acme")]

    assert found == [["Do you sell my data?"]] * 2
    (asked,) = server.asked
    assert (asked.url.path, asked.headers["authorization"]) == ("/openings/acme", "Bearer a secret")


def refused(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize(
    "answer",
    [
        refused,
        lambda _: httpx.Response(503),
        lambda _: httpx.Response(200, text="no JSON"),
        lambda _: httpx.Response(200, json=[]),
        lambda _: httpx.Response(200, json={"questions": None}),
    ],
)
def test_a_page_opens_without_them(mapped: PolicyCatalogue, answer: Callable[[httpx.Request], httpx.Response]) -> None:
    """While the action server starts, or where something else answers; the next page asks again."""
    openings, server = openings_of(mapped, answer)

    assert [openings("acme"), openings("acme")] == [[], []]
    assert len(server.asked) == 2


def test_an_unknown_company_is_asked_of_nobody(mapped: PolicyCatalogue) -> None:
    """The name comes from the address of a page."""
    openings, server = openings_of(mapped, refused)

    with pytest.raises(UnknownCompanyError):
        openings("nosuch")

    assert server.asked == []
