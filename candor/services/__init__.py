"""The only place where parts are built and joined. Reads the settings once and hands plain values on.

Parts stand in four small groups, so that a process, a command or a test loads what it uses: knowledge, requests, staff and
conversations. Each part is made when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING

from candor.services.ground import Ground
from candor.settings import Settings

# A group's module brings its libraries along: it is imported when the group is first asked for.
if TYPE_CHECKING:
    from candor.services.conversations import ConversationServices
    from candor.services.knowledge import KnowledgeServices
    from candor.services.requests import RequestServices
    from candor.services.staff import StaffServices
    from candor.tickets.company import RequestCompany
    from knowledge.settling import Settlement


class Services(Ground):
    """The groups, on one ground: settings, database and keys."""

    @cached_property
    def knowledge(self) -> KnowledgeServices:
        """Policies, and what answers questions about them."""
        from candor.services.knowledge import KnowledgeServices

        return KnowledgeServices(self.settings, lambda: self.engine, self.settled_by_staff)

    @cached_property
    def requests(self) -> RequestServices:
        """Privacy requests, and the mail, webhooks and reminders about them."""
        from candor.services.requests import RequestServices

        return RequestServices(
            self,
            company_of=self._company_of,
            audit=lambda: self.staff.audit,
            notices=lambda: self.conversations.notices,
            visitors=lambda: self.conversations.mail,
        )

    @cached_property
    def staff(self) -> StaffServices:
        """Accounts of the company's people, and what they say of turns."""
        from candor.services.staff import StaffServices

        return StaffServices(self)

    @cached_property
    def conversations(self) -> ConversationServices:
        """What was said, what was masked of it, and who waits for a person."""
        from candor.services.conversations import ConversationServices

        return ConversationServices(self, self.requests, self._company_names_in)

    def _company_names_in(self, text: str) -> frozenset[str]:
        return self.knowledge.company_names_in(text)

    def settled_by_staff(self, company: str) -> Sequence[Settlement]:
        """What a company's privacy officer settled about its policy, read from the database each time."""
        from knowledge.settling import Settlement

        return [Settlement(aspect, fingerprint, quote) for aspect, fingerprint, quote in self.staff.settlements.in_short(company)]

    def _company_of(self, company: str) -> RequestCompany:
        return self.knowledge.company_of(company)


@cache
def services() -> Services:
    """The process's own services."""
    return Services(Settings())
