"""Find what many people asked and the policy does not say, so that staff can add it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.transcripts.models import TurnRow
from candor.transcripts.store import ANSWERED

MANY = 5  # conversations
WITHIN = timedelta(days=7)
AT_ONCE = 500  # rows


@dataclass(frozen=True)
class UnansweredCount:
    """One aspect that people asked about in vain, of one company's policy."""

    company: str
    aspect: str  # id in knowledge/aspects.yml
    conversations: int

    @property
    def words(self) -> str:
        """The aspect as people read it: "children: minimum age"."""
        return self.aspect.replace(".", ": ").replace("_", " ")


def often_refused(engine: Engine, now: datetime) -> list[UnansweredCount]:
    """The aspects for which at least five conversations of the last week were told that the policy does not say it."""
    conversations: dict[tuple[str, str], set[str]] = defaultdict(set)
    recent = select(TurnRow).where(TurnRow.at > now - WITHIN, TurnRow.state == ANSWERED)
    with Session(engine) as session:
        for turn in session.scalars(recent.execution_options(yield_per=AT_ONCE)):
            aspect = (turn.evidence or {}).get("aspect")
            if aspect and any(reply.get("kind") == "not_in_policy" for reply in turn.replies):
                conversations[turn.company, str(aspect)].add(turn.conversation_id)
    return [
        UnansweredCount(company, aspect, len(who)) for (company, aspect), who in sorted(conversations.items()) if len(who) >= MANY
    ]
