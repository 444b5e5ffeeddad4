"""Have the action server read a question while Rasa still finds out what the message is: its encoder needs about as long as Rasa.

Only where nobody else is being answered, so that it takes no core from anybody: what is no question was read for nothing.
"""

from __future__ import annotations

from contextlib import suppress

import httpx

LONGEST_WAIT = 2.0  # seconds: later it helps nobody
FEWEST_WORDS = 3  # "yes", "my name" and "<email_1>" are no questions


class Ahead:
    """Calls the action server, with the secret of Candor's processes."""

    def __init__(self, address: str, secret: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """address: without a slash at the end."""
        self._address = address
        headers = {"Authorization": f"Bearer {secret}"}
        self._http = httpx.AsyncClient(timeout=LONGEST_WAIT, trust_env=False, headers=headers, transport=transport)

    async def read(self, text: str, company: str) -> None:
        """Have a message read. If that fails nothing is lost: it is read when it is asked for."""
        if len(text.split()) >= FEWEST_WORDS:
            with suppress(httpx.HTTPError):
                await self._http.post(f"{self._address}/ahead", json={"text": text, "company": company})

    async def close(self) -> None:
        await self._http.aclose()
