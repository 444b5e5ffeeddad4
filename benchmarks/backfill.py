"""Count turns that were written without counting them, as if they were said now."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import Connection, select

from candor.transcripts.counters import BEGUN, HELPFUL, NOT_HELPFUL, CounterKey, CounterName, add, counts_of, minute_of
from candor.transcripts.models import ConversationRow, FeedbackRow, TurnRow

AT_ONCE = 20_000  # turns read at a time


def count_all(connection: Connection) -> int:
    """Count each turn with its verdict, as if it were said now; return how many were counted. The table must be empty."""
    verdicts = {
        (conversation, answer): helpful
        for conversation, answer, helpful in connection.execute(
            select(FeedbackRow.conversation_id, FeedbackRow.answer_id, FeedbackRow.helpful)
        )
    }
    begun: set[str] = set()
    last, counted = 0, 0
    while rows := connection.execute(_TURNS.where(TurnRow.id > last).limit(AT_ONCE)).all():
        counts: defaultdict[CounterKey, Counter[CounterName]] = defaultdict(Counter)
        for turn in rows:
            change = counts_of(turn.state, turn.intent, turn.replies, turn.evidence, turn.milliseconds, turn.trace)
            if not change:
                continue
            counted += 1
            if turn.conversation_id not in begun:
                begun.add(turn.conversation_id)
                change[BEGUN] += 1
            for answer in {reply.get("answer_id") for reply in turn.replies}:
                if (verdict := verdicts.get((turn.conversation_id, answer))) is not None:
                    change[HELPFUL if verdict else NOT_HELPFUL] += 1
            counts[turn.company, turn.channel, minute_of(turn.at)] += change
        add(connection, counts)
        last = rows[-1].id
    return counted


_TURNS = (
    select(
        TurnRow.id, TurnRow.conversation_id, TurnRow.at, TurnRow.company, TurnRow.state, TurnRow.intent, TurnRow.replies,
        TurnRow.evidence, TurnRow.milliseconds, TurnRow.trace, ConversationRow.channel,
    )
    .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
    .order_by(TurnRow.id)
)  # fmt: skip
