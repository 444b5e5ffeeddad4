"""Authorized agents: who may make requests for other people by the Data Rights Protocol. They are let in for every company."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.roles import Account, NotYoursError
from candor.console.deps import FormText, Parts, Staff
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.tickets.agents import AgentNotTakenError

router = APIRouter(prefix="/agents")
DONE = {
    "add": "The agent is added. It can ask for its token now.",
    "enable": "The agent is accepted again. It must ask for a new token.",
    "disable": "The agent is refused from now on. Its open requests stay, and you work on them as before.",
    "key": "The key is changed. The agent must ask for a new token.",
    "trust": "An address that this agent has verified counts as proven from now on.",
    "distrust": "What this agent has verified counts as its word only.",
}


@router.get("")
def agents(request: Request, staff: Staff, parts: Parts, done: str = "") -> Response:
    _require(staff)
    return _page(request, parts, done=DONE.get(done, ""))


@router.post("")
def add(
    request: Request, staff: Staff, parts: Parts, agent_id: FormText = "", name: FormText = "", key: FormText = "",
    trusted: FormText = "",
) -> Response:  # fmt: skip
    _require(staff)
    try:
        made = parts.requests.agents.add(agent_id, name, key, staff.actor, trusted=bool(trusted))
    except AgentNotTakenError as error:
        typed = {"agent_id": agent_id[:80], "name": name[:80], "key": key[:100], "trusted": bool(trusted)}
        return _page(request, parts, wrong=error.public, typed=typed)
    parts.staff.audit.record(staff.actor, "agent.add", f"agent {made.agent_id}", trusted=made.trusted)
    return _done("add")


@router.post("/{agent_id}/{what}")
def change(request: Request, staff: Staff, parts: Parts, agent_id: str, what: str, key: FormText = "") -> Response:
    """Enable, disable, trust, distrust, or give another key."""
    _require(staff)
    agents = parts.requests.agents
    try:
        match what:
            case "enable" | "disable":
                agents.change(agent_id, enabled=what == "enable")
            case "trust" | "distrust":
                agents.change(agent_id, trusted=what == "trust")
            case "key":
                agents.change(agent_id, key=key)
            case _:
                raise AgentNotTakenError("there is no such change")
    except AgentNotTakenError as error:
        return _page(request, parts, wrong=error.public)
    parts.staff.audit.record(staff.actor, f"agent.{what}", f"agent {agent_id}")
    return _done(what)


def _require(staff: Account) -> None:
    """Raises: NotYoursError for whoever manages people of one company only."""
    staff.require("manage_people")
    if not staff.covers("manage_people"):
        raise NotYoursError(f"{staff.actor} does not manage every company")


def _page(
    request: Request, parts: Parts, *, done: str = "", wrong: str = "", typed: dict[str, object] | None = None
) -> Response:  # fmt: skip
    context = {
        "agents": parts.requests.agents.all(), "done": done, "wrong": wrong,
        "typed": typed or {"agent_id": "", "name": "", "key": "", "trusted": False},
    }  # fmt: skip
    return show(request, "people/agents.html", context, 422 if wrong else 200)


def _done(done: str) -> Response:
    return RedirectResponse(f"{FOLDER}/agents?done={done}", 303)
