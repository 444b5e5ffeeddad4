"""Verdicts of staff on turns, labels and assignees of conversations. Who gives them is an account's id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast, get_args

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from candor.errors import InvalidInputError, NotFoundError
from candor.storage import writing
from candor.text_input import read_line, read_note
from candor.transcripts import facets
from candor.transcripts.models import AssignmentRow, ConversationRow, LabelRow, ReviewRow, TurnRow

Verdict = Literal["right", "wrong_passage", "should_have_refused", "should_have_answered", "wrong_intent", "tone"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)  # in the order of their keys, 1 to 6
LONGEST_NOTE, LONGEST_LABEL, MOST_LABELS = 4000, 40, 12


class UnknownTurnError(NotFoundError):
    """There is no such turn: it never was, or its conversation was forgotten."""

    public = "This message is not here any more: its conversation was forgotten."


@dataclass(frozen=True)
class Review:
    """One person's verdict on one turn."""

    turn: int
    reviewer: int
    verdict: Verdict
    note: str
    at: datetime


class ReviewStore:
    """What staff think of turns."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def give(self, turn: int, reviewer: int, verdict: str, note: str = "") -> Verdict | None:
        """Keep a verdict; a later one of the same person replaces it. Returns the one before.

        Raises: UnknownTurnError; InvalidInputError for a verdict that does not exist.
        """
        if verdict not in VERDICTS:
            raise InvalidInputError(f"that is no verdict; there are {', '.join(VERDICTS)}")
        with writing(self._engine) as session:
            talk = find_turn(session, turn).conversation_id
            facets.held(session, talk)
            facets.add(session, talk, (facets.REVIEWED, f"reviewer:{reviewer}"))
            row = session.scalar(select(ReviewRow).filter_by(turn_id=turn, reviewer=reviewer))
            before = cast("Verdict", row.verdict) if row else None
            if row is None:
                row = ReviewRow(turn_id=turn, reviewer=reviewer)
                session.add(row)
            row.verdict, row.note, row.at = verdict, read_note(note, longest=LONGEST_NOTE), self._now()
            return before

    def turn(self, turn: int) -> TurnRow:
        """The turn as it was recorded. Raises: UnknownTurnError."""
        with Session(self._engine, expire_on_commit=False) as session:
            return find_turn(session, turn)

    def of_turns(self, turns: Collection[int]) -> dict[int, list[Review]]:
        """Turn → its reviews, the oldest first; turns without any are not there."""
        found: dict[int, list[Review]] = defaultdict(list)
        with Session(self._engine) as session:
            for row in session.scalars(select(ReviewRow).where(ReviewRow.turn_id.in_(turns)).order_by(ReviewRow.at)):
                found[row.turn_id].append(_review(row))
        return dict(found)

    def to_show(self, turns: Collection[int], viewer: int) -> dict[int, list[Review]]:
        """As `of_turns`, but what others think only where the viewer has said what they think: nobody is led."""
        return {
            turn: [review for review in found if review.reviewer == viewer or viewer in {each.reviewer for each in found}]
            for turn, found in self.of_turns(turns).items()
        }

    def given_since(self, reviewer: int, since: datetime) -> int:
        """How many turns somebody has judged since then."""
        with Session(self._engine) as session:
            query = select(func.count()).select_from(ReviewRow).where(ReviewRow.reviewer == reviewer, ReviewRow.at >= since)
            return session.scalar(query) or 0

    def reviewers(self) -> list[int]:
        """Everybody who ever gave a verdict."""
        with Session(self._engine) as session:
            return list(session.scalars(select(ReviewRow.reviewer).distinct().order_by(ReviewRow.reviewer)))

    def label(self, conversation: str, labels: str) -> tuple[str, ...]:
        """Put these labels on a conversation, in place of those it has; with commas between them.

        Raises: UnknownConversationError.
        """
        wanted = labels_in(labels)
        with writing(self._engine) as session:
            facets.held(session, conversation)
            facets.replace(session, conversation, "label:", wanted)
            session.execute(delete(LabelRow).where(LabelRow.conversation_id == conversation))
            session.add_all(LabelRow(conversation_id=conversation, label=label) for label in wanted)
        return wanted

    def labels(self, conversation: str) -> tuple[str, ...]:
        with Session(self._engine) as session:
            query = select(LabelRow.label).where(LabelRow.conversation_id == conversation).order_by(LabelRow.label)
            return tuple(session.scalars(query))

    def known_labels(self, companies: Sequence[str] | None = None, most: int = 50) -> list[str]:
        """The labels in use, the most used first; only those that a conversation of these companies has, or (None) all."""
        used = select(LabelRow.label, func.count().label("n")).group_by(LabelRow.label).subquery()
        query = select(used.c.label).order_by(used.c.n.desc(), used.c.label).limit(most)
        if companies is not None:  # each label is looked up until one conversation is found, instead of reading all of them
            here = select(LabelRow).join(ConversationRow).where(ConversationRow.company.in_(companies))
            query = query.where(here.where(LabelRow.label == used.c.label).exists())
        with Session(self._engine) as session:
            return list(session.scalars(query))

    def assign(self, conversation: str, account: int | None) -> None:
        """Make somebody look after a conversation; None: nobody. Raises: UnknownConversationError."""
        with writing(self._engine) as session:
            facets.held(session, conversation)
            facets.replace(session, conversation, "assignee:", [str(account)] if account is not None else [])
            row = session.get(AssignmentRow, conversation)
            if account is None:
                if row is not None:
                    session.delete(row)
            elif row is None:
                session.add(AssignmentRow(conversation_id=conversation, account=account, at=self._now()))
            else:
                row.account, row.at = account, self._now()

    def assignee(self, conversation: str) -> int | None:
        with Session(self._engine) as session:
            row = session.get(AssignmentRow, conversation)
            return row.account if row else None


def find_turn(session: Session, turn: int) -> TurnRow:
    """Raises: UnknownTurnError."""
    row = session.get(TurnRow, turn) if 0 < turn < 2**31 else None
    if row is None:
        raise UnknownTurnError("there is no such turn")
    return row


def labels_in(text: str) -> tuple[str, ...]:
    """What somebody typed → labels: lower case, without odd characters, each once, sorted."""
    parts = (read_line(part, longest=400).lower()[:LONGEST_LABEL].strip() for part in text[:2000].split(","))
    return tuple(sorted(dict.fromkeys(part for part in parts if part)))[:MOST_LABELS]


def _review(row: Any) -> Review:
    return Review(row.turn_id, row.reviewer, row.verdict, row.note, row.at)
