"""What a visitor writes back to a person's mail: in the conversation, masked, and they wait again."""

from __future__ import annotations

from contextlib import suppress

from candor.conversations.handoff.queue import HandoffQueue
from candor.conversations.handoff.sessions import LiveChatSessions
from candor.errors import UnknownConversationError
from candor.tickets.delivery.mail_replies import MailReply
from candor.transcripts.masking import without_personal_data
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault


class ConversationMail:
    """Implements candor.tickets.delivery.replies.VisitorMail."""

    def __init__(self, queue: HandoffQueue, sessions: LiveChatSessions, transcripts: TranscriptStore, vault: Vault) -> None:
        self._queue, self._sessions, self._transcripts, self._vault = queue, sessions, transcripts, vault

    def wrote_back(self, handoff: int, reply: MailReply, *, known_sender: bool) -> None:
        """Record it once for each id. Of a conversation that was forgotten, only the wish for a person is kept, as before."""
        asked = self._queue.get(handoff)
        if asked is None or asked.email is None:  # erased
            return
        masked = without_personal_data(reply.words)
        with suppress(UnknownConversationError):
            self._transcripts.get(asked.conversation)
            masked = self._vault.mask(asked.conversation, reply.words)
            self._sessions.by_mail(asked.conversation, asked.company, f"mail-{reply.id[:48]}", masked, known_sender=known_sender)
        self._queue.wrote_back(handoff, masked)
