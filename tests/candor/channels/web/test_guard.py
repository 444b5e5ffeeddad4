"""What no route should see: calls under a foreign name."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from candor.app.web import make_app
from candor.services import Services
from candor.settings import Settings
from tests.fakes import FakeRasa


def called(
    parts: Services, rasa: FakeRasa, host: str, path: str = "/api/companies", public: str = "https://ask.example.org"
) -> int:
    """The status of a call with this Host, where the public address is set."""
    parts.settings = Settings(**{**parts.settings.model_dump(), "public_url": public})
    with TestClient(make_app(parts, rasa)) as web:
        return web.get(path, headers={"Host": host}).status_code


@pytest.mark.parametrize("host", ["ask.example.org", "ask.example.org:443", "ASK.example.org", "127.0.0.1:8000", "[::1]:8000"])
def test_the_public_address_and_this_machine_are_served(parts: Services, rasa: FakeRasa, host: str) -> None:
    """With any port, and in any case of its letters."""
    assert called(parts, rasa, host) == 200


@pytest.mark.parametrize("host", ["evil.example.com", "ask.example.org.evil.com", "10.0.0.7"])
def test_any_other_host_is_refused(parts: Services, rasa: FakeRasa, host: str) -> None:
    """Links would be made under that name."""
    assert called(parts, rasa, host) == 400


def test_a_balancer_may_ask_for_health_at_the_bare_address(parts: Services, rasa: FakeRasa) -> None:
    """It knows the machine, not its public name."""
    assert called(parts, rasa, "10.0.0.7", "/livez") == 200


def test_without_a_public_address_any_host_is_served(parts: Services, rasa: FakeRasa) -> None:
    """Nobody has said yet which one is right."""
    assert called(parts, rasa, "10.0.0.7", public="") == 200
