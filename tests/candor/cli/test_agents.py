"""`candor drp` and `candor user scim-token`: what an administrator does in the terminal, and that it is recorded."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from typer.testing import CliRunner

import candor.services as joined
from candor.cli.main import app
from candor.services import Services

KEY, OTHER = (base64.b64encode(letter * 32).decode() for letter in (b"k", b"o"))


@pytest.fixture
def known(parts: Services) -> Services:
    """The process's own services."""
    assert joined.services() is parts
    return parts


def says(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_an_agent_is_let_in_shut_out_and_given_another_key(known: Services) -> None:
    """Each is in the audit log."""
    assert "No agent is listed" in says("drp", "list")[1]
    assert says("drp", "add", "SLIP", "--key", KEY, "--name", "Permission Slip", "--trusted")[0] == 0
    assert all(says("drp", *step)[0] == 0 for step in (("disable", "SLIP"), ("enable", "SLIP"), ("key", "SLIP", OTHER)))

    agent = known.requests.agents.find("SLIP")
    assert agent is not None
    assert (agent.enabled, agent.trusted, agent.written_key) == (True, True, OTHER)
    assert "Permission Slip" in says("drp", "list")[1]
    noted = [entry.action for entry in known.staff.audit.entries(subject="agent SLIP")]
    assert noted == ["agent.key", "agent.enable", "agent.disable", "agent.add"]


@pytest.mark.parametrize("step", [("add", "SLIP", "--key", "nonsense"), ("disable", "NOBODY"), ("key", "NOBODY", KEY)])
def test_what_cannot_be_done_is_one_line_and_exit_code_1(known: Services, step: tuple[str, ...]) -> None:
    """Without a trace."""
    code, said = says("drp", *step)

    assert (code, len(said.strip().splitlines())) == (1, 1)


def test_a_token_for_the_directory_is_shown_once_with_its_hash(known: Services) -> None:
    """Only the hash goes into the settings."""
    code, said = says("user", "scim-token")

    token, hashed = said.splitlines()[1], re.search(r"CANDOR_SCIM_TOKEN_SHA256=([0-9a-f]{64})", said)
    assert code == 0
    assert hashed is not None
    assert hashlib.sha256(token.encode()).hexdigest() == hashed[1]
    assert [entry.action for entry in known.staff.audit.entries()] == ["scim.token"]
