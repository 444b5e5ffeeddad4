"""Verdicts of staff on turns, and labels and assignees of conversations. Staff are named by their account ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast, get_args

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.errors import InvalidInputError, NotFoundError
from candor.transcripts import facets
from candor.transcripts.models import AssignmentRow, ConversationRow, LabelRow, ReviewRow, TurnRow
from candor.typed.cleaning import read_line, read_note

Verdict = Literal["right", "wrong_passage", "should_have_refused", "should_have_answered", "wrong_intent", "tone"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)  # in the order of their keys, 1 to 6
LONGEST_NOTE, LONGEST_LABEL, MOST_LABELS = 4000, 40, 12


class UnknownTurnError(NotFoundError):
    """There is no such turn: it never existed, or its conversation was deleted."""

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
    """Verdicts, labels and assignees in the database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def record(self, turn: int, reviewer: int, verdict: str, note: str = "") -> Verdict | None:
        """Store a verdict in place of the reviewer's earlier one, which is returned.

        Raises: UnknownTurnError; InvalidInputError for a verdict that does not exist.
        """
        if verdict not in VERDICTS:
            raise InvalidInputError(f"that is no verdict; the verdicts are {', '.join(VERDICTS)}")
        with writing(self._engine, "reviews") as session:
            conversation = find_turn(session, turn).conversation_id
            facets.lock(session, conversation)
            facets.add(session, conversation, (facets.REVIEWED, f"reviewer:{reviewer}"))
            row = session.scalar(select(ReviewRow).filter_by(turn_id=turn, reviewer=reviewer))
            earlier = cast("Verdict", row.verdict) if row else None
            if row is None:
                row = ReviewRow(turn_id=turn, reviewer=reviewer)
                session.add(row)
            row.verdict, row.note, row.at = verdict, read_note(note, longest=LONGEST_NOTE), self._now()
            return earlier

    def turn(self, turn: int) -> TurnRow:
        """The turn as it was recorded. Raises: UnknownTurnError."""
        with Session(self._engine, expire_on_commit=False) as session:
            return find_turn(session, turn)

    def of_turns(self, turns: Collection[int]) -> dict[int, list[Review]]:
        """Turn → its reviews, the oldest first; turns without reviews are left out."""
        reviews: dict[int, list[Review]] = defaultdict(list)
        with Session(self._engine) as session:
            for row in session.scalars(select(ReviewRow).where(ReviewRow.turn_id.in_(turns)).order_by(ReviewRow.at)):
                reviews[row.turn_id].append(_review(row))
        return dict(reviews)

    def visible_to(self, viewer: int, turns: Collection[int]) -> dict[int, list[Review]]:
        """As `of_turns`, but with other reviewers' verdicts only on turns that the viewer has judged too, so that nobody's
        verdict is influenced by the others'."""
        return {
            turn: [review for review in reviews if review.reviewer == viewer or viewer in {each.reviewer for each in reviews}]
            for turn, reviews in self.of_turns(turns).items()
        }

    def count_since(self, reviewer: int, since: datetime) -> int:
        """How many turns a reviewer has judged since then."""
        with Session(self._engine) as session:
            query = select(func.count()).select_from(ReviewRow).where(ReviewRow.reviewer == reviewer, ReviewRow.at >= since)
            return session.scalar(query) or 0

    def reviewers(self) -> list[int]:
        """The ids of all accounts that have given a verdict."""
        with Session(self._engine) as session:
            return list(session.scalars(select(ReviewRow.reviewer).distinct().order_by(ReviewRow.reviewer)))

    def label(self, conversation: str, labels: str) -> tuple[str, ...]:
        """Give a conversation these labels in place of those it has. `labels`: separated by commas.

        Raises: UnknownConversationError.
        """
        new = labels_in(labels)
        with writing(self._engine, "reviews") as session:
            facets.lock(session, conversation)
            facets.replace(session, conversation, "label:", new)
            session.execute(delete(LabelRow).where(LabelRow.conversation_id == conversation))
            session.add_all(LabelRow(conversation_id=conversation, label=label) for label in new)
        return new

    def labels(self, conversation: str) -> tuple[str, ...]:
        with Session(self._engine) as session:
            query = select(LabelRow.label).where(LabelRow.conversation_id == conversation).order_by(LabelRow.label)
            return tuple(session.scalars(query))

    def known_labels(self, companies: Sequence[str] | None = None, most: int = 50) -> list[str]:
        """The labels in use, the most used first. `companies`: only labels on their conversations; None: all."""
        used = select(LabelRow.label, func.count().label("n")).group_by(LabelRow.label).subquery()
        query = select(used.c.label).order_by(used.c.n.desc(), used.c.label).limit(most)
        if companies is not None:  # stops at the first conversation with the label, instead of reading all of them
            here = select(LabelRow).join(ConversationRow).where(ConversationRow.company.in_(companies))
            query = query.where(here.where(LabelRow.label == used.c.label).exists())
        with Session(self._engine) as session:
            return list(session.scalars(query))

    def assign(self, conversation: str, account: int | None) -> None:
        """Assign a conversation to an account; None: to nobody. Raises: UnknownConversationError."""
        with writing(self._engine, "reviews") as session:
            facets.lock(session, conversation)
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
    """The turn with this id. Raises: UnknownTurnError."""
    row = session.get(TurnRow, turn) if 0 < turn < 2**31 else None
    if row is None:
        raise UnknownTurnError("there is no such turn")
    return row


def labels_in(text: str) -> tuple[str, ...]:
    """The labels in what somebody typed: in lower case, without control characters, each once, sorted."""
    parts = (read_line(part, longest=400).lower()[:LONGEST_LABEL].strip() for part in text[:2000].split(","))
    return tuple(sorted(dict.fromkeys(part for part in parts if part)))[:MOST_LABELS]


def _review(row: Any) -> Review:
    return Review(row.turn_id, row.reviewer, row.verdict, row.note, row.at)
