"""An authorized agent, so to speak: real keys, and messages signed as libsodium's combined mode has it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient
from nacl.signing import SigningKey

from candor.services import Services

AGENT, BUSINESS = "PERMISSION_SLIP", "ACME"
PLACE = "/v1/data-rights-request"


class SigningAgent:
    """An agent with a key of its own, which talks with a Candor."""

    def __init__(self, web: TestClient, name: str = AGENT, key: SigningKey | None = None) -> None:
        self.web, self.name, self.key, self.token = web, name, key or SigningKey.generate(), ""

    @property
    def written_key(self) -> str:
        return base64.b64encode(bytes(self.key.verify_key)).decode()

    def signed(self, said: Mapping[str, Any] | bytes) -> bytes:
        return base64.b64encode(self.key.sign(said if isinstance(said, bytes) else json.dumps(said).encode()))

    def envelope(self, **changed: Any) -> dict[str, Any]:
        """What every message says, valid for ten minutes from now. A value None takes the claim out."""
        now = datetime.now(UTC)
        said = {
            "agent-id": self.name, "business-id": BUSINESS, "issued-at": now.isoformat(),
            "expires-at": (now + timedelta(minutes=10)).isoformat(), "drp.version": "0.9.4", **changed,
        }  # fmt: skip
        return {key: value for key, value in said.items() if value is not None}

    def wish(self, **changed: Any) -> dict[str, Any]:
        """Ada's deletion under CCPA."""
        asked = {"exercise": "deletion", "regime": "ccpa", "name": "Ada Example", "email": "ada@example.com", **changed}
        return self.envelope(**asked)

    def set_up(self, **changed: Any) -> Any:
        """Ask for a token, and keep it."""
        answer = self.web.post(f"/v1/agent/{self.name}", content=self.signed(self.envelope(**changed)))
        self.token = answer.json().get("token", "") if answer.status_code == 200 else self.token
        return answer

    def post(self, body: bytes) -> Any:
        return self.web.post(PLACE, content=body, headers=self.headers)

    def ask(self, **changed: Any) -> Any:
        """Make a request for somebody."""
        return self.post(self.signed(self.wish(**changed)))

    def status(self, request_id: str) -> Any:
        return self.web.get(f"{PLACE}/{request_id}", headers=self.headers)

    def revoke(self, request_id: str, reason: str = "") -> Any:
        body = self.signed({"reason": reason} if reason else {})
        return self.web.request("DELETE", f"{PLACE}/{request_id}", content=body, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "text/plain"}


def registered(parts: Services, web: TestClient, name: str = AGENT, *, trusted: bool = False) -> SigningAgent:
    """One that the administrator has entered, with a token for acme."""
    agent = SigningAgent(web, name)
    parts.requests.agents.add(name, "Permission Slip", agent.written_key, "cli:ada", trusted=trusted)
    assert agent.set_up().status_code == 200
    return agent
