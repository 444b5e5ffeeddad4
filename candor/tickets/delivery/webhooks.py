"""Send news about requests to another system, signed as the Standard Webhooks specification says (headers `webhook-*`)."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from candor.errors import InvalidInputError, UnavailableError
from candor.tickets.delivery.mailer import LOOPBACK

TIMEOUT = 15  # seconds; the specification advises 15 to 30
SHORTEST_SECRET = 24  # bytes; the specification asks for 24 to 64


class Webhooks:
    """One receiver. The body is not encrypted, so the receiver must use https or be this machine."""

    def __init__(self, url: str, secret: str) -> None:
        """Raises: InvalidInputError naming the setting to correct."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise InvalidInputError("CANDOR_WEBHOOK_URL must begin with https:// (http:// only for this machine itself)")
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) < SHORTEST_SECRET:
            raise InvalidInputError(
                f"CANDOR_WEBHOOK_SECRET must be whsec_ and at least {SHORTEST_SECRET} random bytes in base64: "
                "openssl rand -base64 32"
            )
        self._url, self._signer = url, Webhook(key)

    async def send(self, key: str, body: dict[str, Any]) -> None:
        """Make one attempt. Raises: UnavailableError for any answer but 2xx, redirections included."""
        at, text = datetime.now(UTC), json.dumps(body, ensure_ascii=False)
        headers = {
            "content-type": "application/json",
            "webhook-id": key,  # the same with each attempt: the receiver's idempotency key
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._signer.sign(key, at, text),
        }
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
                answer = await http.post(self._url, content=text.encode(), headers=headers)
        except httpx.HTTPError as error:
            raise UnavailableError(f"the webhook's receiver does not answer ({type(error).__name__})") from error
        if not answer.is_success:
            raise UnavailableError(f"the webhook's receiver answered {answer.status_code}")
