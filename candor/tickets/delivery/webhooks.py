"""Send news about requests to other systems, signed as the Standard Webhooks specification says (headers `webhook-*`)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from candor.errors import InvalidInputError, UnavailableError
from candor.tickets.delivery.mailer import LOOPBACK
from candor.tickets.delivery.network_guard import Network, address_to_call

TIMEOUT = 15  # seconds of each step of a call; the specification advises 15 to 30
LONGEST_CALL = 25  # seconds in all, whatever a receiver does to draw it out
SHORTEST_SECRET = 24  # bytes; the specification asks for 24 to 64
GONE = 410


class WebhookFailedError(UnavailableError):
    """The receiver did not take it. status: what it answered; None: nothing."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


class Webhooks:
    """One receiver. The body is not encrypted, so the receiver must use https or be this machine."""

    def __init__(self, url: str, secret: str) -> None:
        """Raises: InvalidInputError naming the setting to correct."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise InvalidInputError("CANDOR_WEBHOOK_URL must begin with https:// (http:// only for this machine itself)")
        key = read_secret(secret)
        if len(key) < SHORTEST_SECRET:
            raise InvalidInputError(
                f"CANDOR_WEBHOOK_SECRET must be whsec_ and at least {SHORTEST_SECRET} random bytes in base64: "
                "openssl rand -base64 32"
            )
        self._url, self._signer = url, Webhook(key)

    async def send(self, key: str, body: dict[str, Any]) -> int:
        """Make one attempt; returns the status. Raises: WebhookFailedError for any answer but 2xx, redirections included."""
        return await _post(self._url, self._signer, key, body)


class GuardedWebhook:
    """A receiver whose address somebody typed into the console: it is called only at public addresses, and in `networks`.

    The address is looked up once, checked, and the very same is called, so that a name whose address changes between the two
    leads nowhere else.
    """

    def __init__(
        self, url: str, secret: str, networks: Sequence[Network], *, patience: float = TIMEOUT, longest: float = LONGEST_CALL
    ) -> None:
        """patience: seconds for each step of a call; longest: for all of it."""
        self._url, self._signer, self._networks = url, Webhook(read_secret(secret)), networks
        self._patience, self._longest = patience, longest

    async def send(self, key: str, body: dict[str, Any]) -> int:
        """Make one attempt; returns the status. Raises: WebhookFailedError, also for an address that is not called."""
        return await _post_guarded(self._url, self._signer, key, body, self._networks, self._patience, self._longest)


class WebhookSender(Protocol):
    """Sends one webhook; returns the receiver's status. Raises: UnavailableError."""

    async def send(self, key: str, body: dict[str, Any]) -> int: ...


def new_secret() -> str:
    """A secret as the specification writes it: whsec_ and 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def read_secret(secret: str) -> bytes:
    """The bytes of a secret; none where it is not base64."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return b""


async def post_guarded(url: str, body: dict[str, Any], networks: Sequence[Network]) -> int:
    """Make one attempt to send a body that is not signed, to an address that somebody gave; returns the status.

    Raises: WebhookFailedError, also for an address that is not called.
    """
    return await _post_guarded(url, None, "", body, networks, TIMEOUT, LONGEST_CALL)


async def _post_guarded(
    url: str, signer: Webhook | None, key: str, body: dict[str, Any], networks: Sequence[Network], patience: float, longest: float
) -> int:  # fmt: skip
    try:
        async with asyncio.timeout(longest):
            address = await address_to_call(url, networks)
            return await _post(url, signer, key, body, address, patience)
    except TimeoutError as error:
        raise WebhookFailedError(f"the webhook's receiver took longer than {longest:g} seconds") from error
    except InvalidInputError as error:
        raise WebhookFailedError(str(error)) from error


async def _post(
    url: str, signer: Webhook | None, key: str, body: dict[str, Any], address: str = "", patience: float = TIMEOUT
) -> int:  # fmt: skip
    """signer: None: nothing is signed. address: the network address to call; empty: whatever the name stands for."""
    import httpx  # a tenth of a second, which no command that calls nobody needs to spend

    at, text = datetime.now(UTC), json.dumps(body, ensure_ascii=False)
    headers = {"content-type": "application/json"}
    if signer:
        headers |= {
            "webhook-id": key,  # the same with each attempt: the receiver's idempotency key
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signer.sign(key, at, text),
        }
    target, options = httpx.URL(url), {}
    if address:
        headers["host"] = target.netloc.decode()
        options = {"sni_hostname": target.host}  # whose certificate it must show
        target = target.copy_with(host=address)
    try:
        async with (
            httpx.AsyncClient(timeout=patience, trust_env=False) as http,
            http.stream("POST", target, content=text.encode(), headers=headers, extensions=options) as answer,
        ):
            status = answer.status_code  # whatever else it says is not read
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise WebhookFailedError(f"the webhook's receiver does not answer ({type(error).__name__})") from error
    if not answer.is_success:
        redirected = ", and redirections are not followed" if answer.is_redirect else ""
        raise WebhookFailedError(f"the webhook's receiver answered {status}{redirected}", status)
    return status
