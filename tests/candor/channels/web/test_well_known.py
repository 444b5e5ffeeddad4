"""security.txt and gpc.json say what the company has stated, and nothing where it has not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from candor.app.doctor import _statements
from candor.app.web import make_app
from candor.channels.web.well_known import GPC_JSON, SECURITY_TXT
from candor.errors import UnavailableError
from candor.services import Services
from candor.settings import Settings
from tests.fakes import FakeRasa

CONTACT = {
    "security_contact": "mailto:security@acme.example, https://acme.example/holes", "security_expires": date(2027, 5, 31),
    "security_policy": "https://acme.example/disclosure", "security_languages": "en, de",
}  # fmt: skip


def site_with(parts: Services, **settings: object) -> TestClient:
    parts.settings = parts.settings.model_copy(update=settings)
    return TestClient(make_app(parts, FakeRasa(), ()), base_url="http://localhost")


def test_security_txt_has_the_fields_of_the_settings(parts: Services) -> None:
    """As RFC 9116 has them: contacts in order, one Expires, and the address under which the file is canonical."""
    answer = site_with(parts, **CONTACT, public_url="https://privacy.acme.example/").get(SECURITY_TXT)

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:security@acme.example",
        "Contact: https://acme.example/holes",
        "Expires: 2027-05-31T23:59:59Z",
        "Canonical: https://privacy.acme.example/.well-known/security.txt",
        "Policy: https://acme.example/disclosure",
        "Preferred-Languages: en, de",
    ]


def test_no_address_is_canonical_that_is_not_of_https(parts: Services) -> None:
    """Nor one that nobody has set."""
    answer = site_with(parts, **CONTACT).get(SECURITY_TXT)

    assert "Canonical" not in answer.text


@pytest.mark.parametrize("place", [SECURITY_TXT, GPC_JSON])
def test_what_nobody_has_stated_is_404(parts: Services, place: str) -> None:
    """Also for Global Privacy Control: a refusal in the company's name would be a statement."""
    assert site_with(parts).get(place).status_code == 404


@pytest.mark.parametrize("honoured", [True, False])
def test_gpc_json_says_what_was_stated_and_since_when(parts: Services, honoured: bool) -> None:
    """With the two members of the specification."""
    answer = site_with(parts, gpc=honoured, gpc_since=date(2026, 12, 1)).get(GPC_JSON)

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"gpc": honoured, "lastUpdate": "2026-12-01"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"security_contact": "security@acme.example", "security_expires": "2027-05-31"},
        {"security_contact": "mailto:a@acme.example"},
        {"security_contact": "http://acme.example/holes", "security_expires": "2027-05-31"},
        {"security_contact": "mailto:a@acme.example\nExpires: never", "security_expires": "2027-05-31"},
        {"security_policy": "http://acme.example"},
        {"security_languages": "en\nContact: https://evil.example"},
        {"gpc": True},
    ],
)
def test_what_would_be_no_valid_statement_is_refused_at_the_start(wrong: dict[str, object]) -> None:
    """With a sentence that names the setting."""
    with pytest.raises(ValidationError, match="CANDOR_"):
        Settings(**wrong)  # type: ignore[arg-type]


def test_doctor_says_what_is_stated_and_what_is_over() -> None:
    """A security.txt that has ended is a fault; one that nobody set is not."""
    settings = Settings(**{**CONTACT, "gpc": True, "gpc_since": date(2026, 12, 1)})  # type: ignore[arg-type]

    assert "no security.txt: set CANDOR_SECURITY_CONTACT" in _statements(Settings(), datetime(2026, 12, 1, tzinfo=UTC))
    assert _statements(settings, datetime(2026, 12, 1, tzinfo=UTC)) == "security.txt until 2027-05-31; gpc.json says true"
    assert "longer than the year" in _statements(settings, datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(UnavailableError, match="CANDOR_SECURITY_EXPIRES"):
        _statements(settings, datetime(2027, 6, 1, tzinfo=UTC))
