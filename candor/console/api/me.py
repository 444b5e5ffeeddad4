"""What a token may do: the call that a program makes to try its connection."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from candor import __version__
from candor.accounts.api_tokens import Scope
from candor.console.api.deps import READS, Parts, Token, says
from candor.console.api.idempotent import IdempotentRoute

router = APIRouter(tags=["token"], route_class=IdempotentRoute)


class TokenData(BaseModel):
    """The token of the call. companies: those that it is for; empty: every one."""

    name: str
    actor: str
    scopes: list[Scope]
    companies: list[str]
    known_companies: list[str]
    expires_at: datetime
    version: str


@router.get("/me", **(READS | {"responses": says(401, 429)}))
def me(parts: Parts, token: Token) -> TokenData:
    """The name, scopes and companies of the token, and Candor's version. Needs no scope."""
    known = sorted(parts.knowledge.catalogue.companies)
    return TokenData(
        name=token.name, actor=token.actor, scopes=list(token.scopes), companies=list(token.companies),
        known_companies=[one for one in known if not token.companies or one in token.companies], expires_at=token.expires_at,
        version=__version__,
    )  # fmt: skip
