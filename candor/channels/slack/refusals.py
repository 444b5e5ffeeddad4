"""What many people have asked and the policy does not say: worth a look by staff, who can then write it in."""

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
class UnansweredAspect:
    """One aspect of one company's policy that was asked for in vain."""

    company: str
    aspect: str  # id in knowledge/aspects.yml
    conversations: int

    @property
    def words(self) -> str:
        """The aspect as people read it: "children: minimum age"."""
        return self.aspect.replace(".", ": ").replace("_", " ")


def often_refused(engine: Engine, now: datetime) -> list[UnansweredAspect]:
    """The aspects about which at least five conversations of the last week were told that the policy does not say it."""
    asked: dict[tuple[str, str], set[str]] = defaultdict(set)
    recent = select(TurnRow).where(TurnRow.at > now - WITHIN, TurnRow.state == ANSWERED)
    with Session(engine) as session:
        for turn in session.scalars(recent.execution_options(yield_per=AT_ONCE)):
            aspect = (turn.evidence or {}).get("aspect")
            if aspect and any(reply.get("kind") == "not_in_policy" for reply in turn.replies):
                asked[turn.company, str(aspect)].add(turn.conversation_id)
    return [UnansweredAspect(company, aspect, len(who)) for (company, aspect), who in sorted(asked.items()) if len(who) >= MANY]
