"""The questions that visitors asked of a company's policy, newest first: what a change of the policy should be tried on."""

from __future__ import annotations

from sqlalchemy import Engine, select

from candor.transcripts.models import TurnRow
from candor.transcripts.reply_kinds import ReplyKind

ABOUT_POLICIES: tuple[ReplyKind, ...] = ("answer", "unsure", "not_in_policy")
LOOKED_AT = 400  # turns; the same is asked again and again


def asked_of(engine: Engine, company: str, most: int = 50) -> list[str]:
    """At most so many different questions, as they were recorded: what was masked stays masked."""
    query = (
        select(TurnRow.text).where(TurnRow.kind.in_(ABOUT_POLICIES), TurnRow.company == company)
        .order_by(TurnRow.id.desc()).limit(LOOKED_AT)
    )  # fmt: skip
    with engine.connect() as connection:
        return list(dict.fromkeys(connection.scalars(query)))[:most]
