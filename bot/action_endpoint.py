"""Rasa's end of the connection to the action server: one connection for all turns, and the message's encoding along with it.

Rasa's own opens a connection for each action, and the action server would encode anew what Rasa has encoded already.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

import aiohttp
from rasa.core.agent import Agent
from rasa.utils.endpoints import ClientResponseError, EndpointConfig, concat_url

from knowledge.encoder import to_hand_on

ENCODED = "encoded"  # in the action call, beside what Rasa sends; actions/server.py reads it


class ActionEndpoint(EndpointConfig):
    """Calls the action server as Rasa's own endpoint does; of one event loop."""

    _kept: Optional[aiohttp.ClientSession] = None

    @classmethod
    def install(cls, agent: Agent) -> None:
        """Put it in the place of the agent's own endpoint, once."""
        given = agent.processor.action_endpoint if agent.processor else None
        if given is not None and not isinstance(given, cls):
            others = {"type": given.type, **given.kwargs}
            endpoint = cls(given.url, given.params, given.headers, given.basic_auth, cafile=given.cafile, **others)
            agent.action_endpoint = agent.processor.action_endpoint = endpoint

    async def request(
        self,
        method: str = "post",
        subpath: Optional[str] = None,
        content_type: Optional[str] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        """See EndpointConfig.request, for JSON. Raises: ClientResponseError where the action server refuses; aiohttp's errors."""
        if self._kept is None or self._kept.closed:
            self._kept = self.session()
        call = with_encoding(kwargs.pop("json"))
        async with self._kept.request(method, concat_url(self.url, subpath), json=call, compress=compress, **kwargs) as answer:
            if answer.status >= 400:
                raise ClientResponseError(answer.status, answer.reason, await answer.content.read())
            return await answer.json()


def with_encoding(call: Dict[str, Any]) -> Dict[str, Any]:
    """The action call, with the encoding of the message that it is about if there is one."""
    encoded = to_hand_on(str((call["tracker"].get("latest_message") or {}).get("text") or ""))
    return {**call, ENCODED: encoded} if encoded else call
