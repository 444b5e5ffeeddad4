"""Authorized agents in the console: an admin for every company lets them in and shuts them out, and it is recorded."""

from __future__ import annotations

import base64

import pytest

from candor.services import Services
from tests.candor.console.conftest import SignIn

KEY = base64.b64encode(b"k" * 32).decode()
OTHER = base64.b64encode(b"o" * 32).decode()


def test_an_agent_is_entered_shut_out_and_given_another_key(parts: Services, sign_in: SignIn) -> None:
    """Each step is in the audit log under who took it."""
    desk = sign_in("admin")

    assert desk.submit("agents", agent_id="SLIP", name="Permission Slip", key=KEY).status_code == 303
    for what in ("trust", "disable", "enable", "distrust"):
        assert desk.submit(f"agents/SLIP/{what}").status_code == 303
    assert desk.submit("agents/SLIP/key", key=OTHER).status_code == 303

    agent = parts.requests.agents.find("SLIP")
    assert agent is not None
    assert (agent.enabled, agent.trusted, agent.written_key) == (True, False, OTHER)
    noted = [entry.action for entry in parts.staff.audit.entries(subject="agent SLIP")]
    assert noted == ["agent.key", "agent.distrust", "agent.enable", "agent.disable", "agent.trust", "agent.add"]
    assert "Permission Slip" in desk.get("agents").text


@pytest.mark.parametrize(
    "form", [{"agent_id": "SLIP", "key": "nonsense"}, {"agent_id": "a b", "key": KEY}, {"agent_id": "SLIP", "key": "AAAA"}]
)
def test_what_is_no_agent_is_refused_and_what_was_typed_stays(parts: Services, sign_in: SignIn, form: dict[str, str]) -> None:
    """With a sentence that says what is wrong."""
    page = sign_in("admin").submit("agents", **form)

    assert page.status_code == 422
    assert f'value="{form["agent_id"]}"' in page.text
    assert parts.requests.agents.all() == []


def test_an_admin_of_one_company_does_not_let_agents_in(parts: Services, sign_in: SignIn) -> None:
    """They are let in for every company."""
    desk = sign_in("admin", company="acme")

    assert desk.get("agents").status_code == 403
    assert desk.submit("agents", agent_id="SLIP", key=KEY).status_code == 403
