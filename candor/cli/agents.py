"""Authorized agents in the terminal: `candor drp …`."""

from __future__ import annotations

from typing import Annotated

import typer

from candor.cli.terminal import actor, plainly, services, table

drp = typer.Typer(help="Authorized agents of the Data Rights Protocol, who make requests for people.", no_args_is_help=True)
NOBODY_YET = "No agent is listed. Add one: candor drp add PERMISSION_SLIP --key BASE64 --name 'Permission Slip'"
AgentId = Annotated[str, typer.Argument(help="The agent's id in the protocol's directory, such as PERMISSION_SLIP.")]


@drp.command()
def add(
    agent_id: AgentId, key: Annotated[str, typer.Option(help="Its Ed25519 key for verifying, in base64.")],
    name: Annotated[str, typer.Option(help="What it is called.")] = "",
    trusted: Annotated[bool, typer.Option("--trusted", help="An address that it has verified counts as proven.")] = False,
) -> None:  # fmt: skip
    """Let an agent in: it can ask for a token then."""
    with plainly():
        made = services().requests.agents.add(agent_id, name, key, actor(), trusted=trusted)
        services().staff.audit.record(actor(), "agent.add", f"agent {made.agent_id}", trusted=made.trusted)
    typer.echo(f"{made.agent_id} can ask for its token at {services().settings.site}/v1/agent/{made.agent_id}")


@drp.command("list")
def list_agents() -> None:
    """All agents."""
    with plainly():
        agents = services().requests.agents.all()
    rows = [
        [one.agent_id, one.name, "accepted" if one.enabled else "refused", "yes" if one.trusted else "no", one.written_key]
        for one in agents
    ]
    table(["id", "name", "state", "trusted", "key"], rows, none=NOBODY_YET)


@drp.command()
def enable(agent_id: AgentId) -> None:
    """Accept an agent again. It must ask for a new token."""
    with plainly():
        services().requests.agents.change(agent_id, enabled=True)
        services().staff.audit.record(actor(), "agent.enable", f"agent {agent_id}")
    typer.echo(f"{agent_id} is accepted")


@drp.command()
def disable(agent_id: AgentId) -> None:
    """Refuse an agent from now on. Its open requests stay."""
    with plainly():
        services().requests.agents.change(agent_id, enabled=False)
        services().staff.audit.record(actor(), "agent.disable", f"agent {agent_id}")
    typer.echo(f"{agent_id} is refused from now on")


@drp.command()
def key(agent_id: AgentId, new: Annotated[str, typer.Argument(help="The new key, in base64.")]) -> None:
    """Give an agent another key. It must ask for a new token."""
    with plainly():
        services().requests.agents.change(agent_id, key=new)
        services().staff.audit.record(actor(), "agent.key", f"agent {agent_id}")
    typer.echo(f"{agent_id} has a new key")
