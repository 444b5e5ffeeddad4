"""Signed messages of authorized agents: opened, verified and read, in the order that the protocol asks for.

Source: Data Rights Protocol 0.9.4 (Consumer Reports Innovation Lab), § 2.01 for the fields, § 3.04 for what is said of a person,
§ 3.07 for the order of checks and for signatures in libsodium's combined mode, base64 around them. Versions 0.9 to 0.9.4 and 1.0
have the same messages.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, ValidationError

from candor.errors import ConflictError, InvalidInputError, NotAllowedError
from candor.tickets.delivery.network_guard import LONGEST_URL
from candor.tickets.request_types import RequestTypeName

VERSION = "0.9.4"
VERSIONS = re.compile(r"0\.9(\.\d{1,2})?|1\.0(\.\d{1,2})?")
SKEW = timedelta(minutes=1)  # by which an agent's clock may be fast
LONGEST_VALID = timedelta(days=1)  # the protocol advises ten minutes; so long each message is remembered
# The rights of § 3.01, and what they are here. sale:opt_in has no type: a consent is given on the company's own pages.
EXERCISES: dict[str, RequestTypeName] = {
    "access": "access", "access:categories": "access", "access:specific": "access", "deletion": "deletion",
    "sale:opt_out": "opt_out_of_sale",
}  # fmt: skip
VERIFIABLE = ("email", "phone_number", "address")
Text = Annotated[str, Field(max_length=500)]
M = TypeVar("M", bound="Signed")


class UnreadableError(InvalidInputError):
    """The message is no base64, no JSON, or lacks what it must have. `public` names fields, and never repeats values."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.public = f"{why[:1].upper()}{why[1:]}."


class DistrustedError(NotAllowedError):
    """The signature, the agent, the business or the time is not right, so the message is not to be trusted."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.public = f"{why[:1].upper()}{why[1:]}."


class ReplayedError(ConflictError):
    """The very same message came before."""

    public = "This message was taken before. Sign a new one; with the same agent-request-id it opens nothing twice."


class Signed(BaseModel):
    """What every signed message says. Unknown claims are allowed, and not read."""

    model_config = ConfigDict(extra="ignore")

    agent_id: str = Field(alias="agent-id", max_length=80)
    business_id: str = Field(alias="business-id", max_length=80)
    issued_at: AwareDatetime = Field(alias="issued-at")
    expires_at: AwareDatetime = Field(alias="expires-at")
    version: str = Field(alias="drp.version", max_length=12, pattern=rf"^(?:{VERSIONS.pattern})$")


class KeySetup(Signed):
    """§ 2.05: an agent asks for a token."""


class PostalClaim(BaseModel):
    """OpenID Connect Core 1.0, § 5.1.1."""

    model_config = ConfigDict(extra="ignore")

    formatted: Text = ""
    street_address: Text = ""
    locality: Text = ""
    region: Text = ""
    postal_code: Text = ""
    country: Text = ""

    @property
    def written(self) -> str:
        parts = (self.street_address, self.postal_code, self.locality, self.region, self.country)
        return self.formatted or ", ".join(part for part in parts if part)


class Exercise(Signed):
    """§ 2.01: an agent makes use of somebody's right. What it says of the person is in § 3.04."""

    agent_request_id: str = Field(default="", alias="agent-request-id", max_length=100)
    exercise: str = Field(max_length=40)
    regime: Literal["", "ccpa"] = ""  # no other is encoded yet; without one it is the law of where the person lives
    status_callback: str = Field(default="", max_length=LONGEST_URL)
    relationships: list[Annotated[str, Field(max_length=80)]] = Field(default_factory=list, max_length=20)
    name: Text = ""
    email: str = Field(default="", max_length=254)
    email_verified: StrictBool = False
    phone_number: str = Field(default="", max_length=40)
    phone_number_verified: StrictBool = False
    address: PostalClaim | Text = ""
    address_verified: StrictBool = False
    power_of_attorney: Text = ""

    @property
    def right(self) -> str:
        """The right as § 3.01 spells it; § 2.01 has a hyphen in its example."""
        return self.exercise.replace("opt-out", "opt_out").replace("opt-in", "opt_in")

    @property
    def postal(self) -> str:
        return self.address if isinstance(self.address, str) else self.address.written

    @property
    def verified(self) -> tuple[str, ...]:
        """What of VERIFIABLE the agent gives and says to have verified."""
        given = {"email": self.email, "phone_number": self.phone_number, "address": self.postal}
        return tuple(name for name in VERIFIABLE if given[name] and getattr(self, f"{name}_verified"))


class Revocation(BaseModel):
    """§ 2.04. It names no request and no time: that its token is right says which agent asks, its signature that it does."""

    model_config = ConfigDict(extra="ignore")

    reason: str = Field(default="", max_length=2000)


def opened(body: bytes, key: bytes) -> tuple[bytes, dict[str, Any]]:
    """The signed bytes, which stand for the message, and what they say. Raises: UnreadableError; DistrustedError."""
    try:
        signed = base64.b64decode(b"".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError("the body is a signed message in base64") from None
    try:
        said = VerifyKey(key).verify(signed)
    except (BadSignatureError, ValueError):
        raise DistrustedError("the signature is not that of the agent's key") from None
    try:
        claims = json.loads(said, object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        raise UnreadableError("what is signed is a JSON object, with each key once") from None
    if not isinstance(claims, dict):
        raise UnreadableError("what is signed is a JSON object")
    return signed, claims


def read(kind: type[M], claims: dict[str, Any], *, agent_id: str, business_id: str | None, now: datetime) -> M:
    """The message, once agent, business and times are right; in the order of § 3.07.

    business_id: the one that the message must name; None: whichever the caller looks up.

    Raises: UnreadableError; DistrustedError.
    """
    try:
        message = kind.model_validate(claims)
    except ValidationError as error:
        raise UnreadableError(f"not as it should be: {_faults(error)}") from None
    if message.agent_id != agent_id:
        raise DistrustedError("agent-id is another agent's")
    if business_id is not None and message.business_id != business_id:
        raise DistrustedError("business-id is another business")
    if message.issued_at > now + SKEW:
        raise DistrustedError("issued-at lies in the future: is the clock right?")
    if message.expires_at <= now:
        raise DistrustedError("the message has expired")
    if message.expires_at - message.issued_at > LONGEST_VALID:
        raise DistrustedError("the message is valid for longer than a day")
    return message


def read_revocation(claims: dict[str, Any]) -> Revocation:
    """Raises: UnreadableError."""
    try:
        return Revocation.model_validate(claims)
    except ValidationError as error:
        raise UnreadableError(f"not as it should be: {_faults(error)}") from None


def business_of(company: str) -> str:
    """A company's id in the directory, which has capitals and _ (§ 3.05.2): acme-shop is ACME_SHOP."""
    return company.upper().replace("-", "_")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises: ValueError where a key comes twice: two readers could read two different messages."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _faults(error: ValidationError) -> str:
    """The fields at fault, by their names alone."""
    known = {"agent-id", "business-id", "issued-at", "expires-at", "drp.version", "agent-request-id", *Exercise.model_fields}
    named = [str(fault["loc"][0]) for fault in error.errors(include_input=False) if fault["loc"]]
    return ", ".join(dict.fromkeys(name for name in named if name in known)) or "its fields"
