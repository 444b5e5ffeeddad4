"""Tell authorized agents how their requests are, at the addresses that they gave (Data Rights Protocol 0.9.4, § 2.03).

Only the newest status matters: it is made when it is sent, and an older message that still waits lapses. What is sent is what
the agent can ask for with its token. The address is called as those of webhooks are: over https, in public networks alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.tickets.agent_desk import AgentDesk
from candor.tickets.agent_statuses import status_of
from candor.tickets.cipher import FieldCipher
from candor.tickets.delivery.network_guard import Network
from candor.tickets.delivery.outbox import OutboxMessage
from candor.tickets.delivery.webhooks import post_guarded
from candor.tickets.models import AgentRequestRow, AuthorizedAgentRow, OutboxRow, TicketRow


class AgentCallbacks:
    """Sends what waits for agents in the outbox. site: where people reach Candor. networks: private ones that may be called."""

    def __init__(self, engine: Engine, desk: AgentDesk, cipher: FieldCipher, networks: Sequence[Network], site: str) -> None:
        self._engine, self._desk, self._cipher, self._networks, self._site = engine, desk, cipher, networks, site

    async def send(self, message: OutboxMessage) -> int | None:
        """Make one attempt; returns what the agent answered. None: there is nothing to tell any more.

        Raises: WebhookFailedError; LostKeyError.
        """
        found = self._wanted(message)
        if found is None:
            return None
        url, number = found
        status = status_of(self._desk.of_number(number), self._site)
        return await post_guarded(url, status.model_dump(exclude_none=True), self._networks)

    def _wanted(self, message: OutboxMessage) -> tuple[str, str] | None:
        """Address and number; None where a newer message will tell more, the agent is disabled, or the person was erased."""
        query = (
            select(AgentRequestRow.status_callback, TicketRow.number)
            .join(TicketRow, TicketRow.id == AgentRequestRow.ticket_id)
            .join(AuthorizedAgentRow, AuthorizedAgentRow.id == AgentRequestRow.agent)
            .where(TicketRow.id == message.ticket_id, AuthorizedAgentRow.enabled.is_(True))
        )
        newer = [OutboxRow.channel == "callback", OutboxRow.ticket_id == message.ticket_id, OutboxRow.id > message.id]
        with Session(self._engine) as session:
            if session.scalar(select(OutboxRow.id).where(*newer).limit(1)) is not None:
                return None
            found = session.execute(query).first()
        return (self._cipher.decrypt(found[0]), found[1]) if found and found[0] else None
