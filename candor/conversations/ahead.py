"""Have the action server read a question while Rasa still finds out what the message is: its encoder needs about as long as Rasa.

Only where nobody else is being answered, so that it takes no core from anybody: what is no question was read for nothing.
"""

from __future__ import annotations

from contextlib import suppress

import aiohttp

from candor.conversations.inside import InsideClient

LONGEST_WAIT = 2.0  # seconds: later it helps nobody
FEWEST_WORDS = 3  # "yes", "my name" and "<email_1>" are no questions


class Ahead:
    """Calls the action server, with the secret of Candor's processes."""

    def __init__(self, address: str, secret: str) -> None:
        """address: without a slash at the end."""
        self._address, self._http = address, InsideClient(secret, LONGEST_WAIT)

    async def read(self, text: str, company: str) -> None:
        """Have a message read. If that fails nothing is lost: it is read when it is asked for."""
        if len(text.split()) >= FEWEST_WORDS:
            with suppress(aiohttp.ClientError):
                await self._http.request("POST", f"{self._address}/ahead", {"text": text, "company": company})

    async def close(self) -> None:
        await self._http.close()
