"""What other programs look for under /.well-known/: how to report a hole, and whether Global Privacy Control is honoured.

Both are the company's own statements, so they stand in the settings. Where nothing is set, the answer is 404: to say `gpc: false`
would be a refusal in the company's name that nobody made, and a security.txt without a contact is not valid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from candor.channels.web.api_document import gives
from candor.channels.web.limits import counted

SECURITY_TXT, GPC_JSON = "/.well-known/security.txt", "/.well-known/gpc.json"
A_DAY = {"Cache-Control": "public, max-age=86400"}


@dataclass(frozen=True)
class SecurityContact:
    """What security.txt says (RFC 9116). contacts: addresses (mailto:, https:, tel:), the preferred one first."""

    contacts: tuple[str, ...]
    expires: datetime
    policy: str = ""
    languages: str = ""  # "en, de"


class GpcSupport(BaseModel):
    """The support resource of Global Privacy Control (W3C working draft "Global Privacy Control (GPC)", § 5).

    lastUpdate: the day of the statement, as an ISO date.
    """

    gpc: bool
    lastUpdate: str  # noqa: N815  # the specification's spelling


def well_known_router(contact: SecurityContact | None, gpc: GpcSupport | None, site: str) -> APIRouter:
    """Routes for what is stated, and for nothing else. site: where people reach Candor, without a slash; empty: nowhere yet."""
    router = APIRouter(tags=["statements"], dependencies=[Depends(counted)], responses=gives(429))

    if gpc is not None:

        @router.get(GPC_JSON)
        async def gpc_support() -> GpcSupport:
            """Whether Global Privacy Control is honoured."""
            return gpc

    if contact is not None:

        @router.get(SECURITY_TXT, response_class=PlainTextResponse)
        async def security_txt() -> PlainTextResponse:
            """Where to report a hole (RFC 9116)."""
            return PlainTextResponse(security_text(contact, site), headers=A_DAY)

    return router


def security_text(contact: SecurityContact, site: str) -> str:
    """The file of RFC 9116, § 2.5, with its fields in the order of their weight.

    Canonical is left out where the address is not one of https: a reader must not trust another (§ 2.5.2).
    """
    fields = [("Contact", each) for each in contact.contacts]
    fields += [("Expires", stamp(contact.expires))]
    if site.startswith("https://"):
        fields.append(("Canonical", f"{site}{SECURITY_TXT}"))
    fields += [("Policy", contact.policy)] if contact.policy else []
    fields += [("Preferred-Languages", contact.languages)] if contact.languages else []
    return "".join(f"{name}: {value}\n" for name, value in fields)


def stamp(moment: datetime) -> str:
    """An instant as RFC 3339 has it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
