"""Corrections: what a turn should have resulted in. A reviewer proposes one, a privacy officer accepts or declines it, and
accepted ones are exported as training data.

There are three kinds: `answer` names the passages of the policy that answer the question; `silence` says that the policy does
not answer it; `teach` says which aspect or intent people mean by it. The question is the visitor's masked message, edited by
hand. It must not hold personal data, because it leaves the console.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.errors import ConflictError, InvalidInputError, NotFoundError
from candor.reviews.verdicts import find_turn
from candor.transcripts.masking import KIND_NAMES, TOKEN, find_personal_data
from candor.transcripts.models import CorrectionRow, TurnRow
from candor.typed.cleaning import read_line

CorrectionKind = Literal["answer", "silence", "teach"]
CorrectionState = Literal["proposed", "accepted", "declined", "exported"]
STATES: tuple[CorrectionState, ...] = get_args(CorrectionState)
LONGEST_QUESTION, MOST_SPANS = 300, 12
NEUTRAL: dict[str, str] = {
    **{kind: f"my {name}" for kind, name in KIND_NAMES.items()},
    "name": "this person",
    "link": "this link",
}
ANY_TOKEN = re.compile(r"<[a-z]+_\d+>")
MARKUP = re.compile(r"[\[\]{}]")  # entities, to Rasa


class UnknownCorrectionError(NotFoundError):
    """There is no such correction: it never existed, or its conversation was deleted."""

    public = "This correction is not here any more: its conversation was forgotten."


class BadCorrectionError(InvalidInputError):
    """A proposal must be changed before it can be stored; `public` says how."""

    def __init__(self, public: str) -> None:
        super().__init__(public)
        self.public = public


@dataclass(frozen=True)
class Proposal:
    """What a reviewer thinks that a question should have resulted in."""

    kind: CorrectionKind
    question: str
    version: str = ""  # of an answer: the policy version of the spans
    spans: tuple[tuple[int, int], ...] = ()
    target: str = ""  # of teach: "aspect:selling.sold" or "intent:affirm"


@dataclass(frozen=True)
class Correction:
    """One correction and its state."""

    id: int
    turn: int
    conversation: str
    company: str
    proposal: Proposal
    state: CorrectionState
    proposed_by: int
    proposed_at: datetime
    decided_by: int | None = None
    decided_at: datetime | None = None
    exported_at: datetime | None = None
    faults: tuple[str, ...] = field(default=())  # why its question cannot be exported as it is


class Corrections:
    """Corrections in the database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def propose(self, turn: int, by: int, proposals: Sequence[Proposal]) -> list[int]:
        """Store all of the proposals, or none; return their ids. Raises: UnknownTurnError, BadCorrectionError."""
        valid = [checked(proposal) for proposal in proposals]
        with writing(self._engine, "reviews") as session:
            company, now = find_turn(session, turn).company, self._now()
            rows = [
                CorrectionRow(
                    turn_id=turn, company=company, kind=one.kind, question=one.question, version=one.version,
                    spans=[list(span) for span in one.spans], target=one.target, state="proposed", proposed_by=by,
                    proposed_at=now,
                )
                for one in valid
            ]  # fmt: skip
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    def decide(self, correction: int, by: int, *, accept: bool, question: str | None = None) -> Correction:
        """Accept a correction, with another wording of its question if one is given, or decline it.

        Raises: UnknownCorrectionError; BadCorrectionError if the question holds personal data; ConflictError if somebody has
        decided already.
        """
        with writing(self._engine, "reviews") as session:
            row = session.get(CorrectionRow, correction) if 0 < correction < 2**31 else None
            if row is None:
                raise UnknownCorrectionError("there is no such correction")
            if row.state != "proposed":
                raise ConflictError(f"the correction is {row.state} already")
            if accept:
                proposal = _proposal(row) if question is None else Proposal(**{**vars(_proposal(row)), "question": question})
                row.question = checked(proposal).question
            row.state, row.decided_by, row.decided_at = ("accepted" if accept else "declined"), by, self._now()
            session.flush()
            return _correction(row, _conversation_of(session, row))

    def get(self, correction: int) -> Correction:
        """The correction with this id. Raises: UnknownCorrectionError."""
        matching = self._select(CorrectionRow.id == correction) if 0 < correction < 2**31 else []
        if not matching:
            raise UnknownCorrectionError("there is no such correction")
        return matching[0]

    def of_turn(self, turn: int) -> list[Correction]:
        return self._select(CorrectionRow.turn_id == turn)

    def listed(self, state: CorrectionState, companies: Collection[str] | None = None, *, most: int = 200) -> list[Correction]:
        """The corrections in a state, the oldest first. `companies`: only theirs; None: all."""
        theirs = [CorrectionRow.company.in_(companies)] if companies is not None else []
        return self._select(CorrectionRow.state == state, *theirs, most=most)

    def counts(self, companies: Collection[str] | None = None) -> dict[str, int]:
        """State → how many corrections are in it."""
        query = select(CorrectionRow.state, func.count()).group_by(CorrectionRow.state)
        if companies is not None:
            query = query.where(CorrectionRow.company.in_(companies))
        with Session(self._engine) as session:
            return dict.fromkeys(STATES, 0) | {row[0]: row[1] for row in session.execute(query)}

    def mark_exported(self, corrections: Collection[int]) -> None:
        """Mark those of these corrections that are accepted as exported."""
        with writing(self._engine, "reviews") as session:
            for row in session.scalars(select(CorrectionRow).where(CorrectionRow.id.in_(corrections))):
                if row.state == "accepted":
                    row.state, row.exported_at = "exported", self._now()

    def _select(self, *conditions: object, most: int = 200) -> list[Correction]:
        query = select(CorrectionRow, TurnRow.conversation_id).join(TurnRow, TurnRow.id == CorrectionRow.turn_id)
        query = query.where(*conditions).order_by(CorrectionRow.id).limit(most)  # type: ignore[arg-type]
        with Session(self._engine) as session:
            return [_correction(row, conversation) for row, conversation in session.execute(query)]


def neutral(question: str) -> str:
    """A masked question with neutral words for its tokens: "use <email_1>" → "use my e-mail address"."""
    return " ".join(TOKEN.sub(lambda match: NEUTRAL[match[1]], question).split())


def faults_in(question: str) -> tuple[str, ...]:
    """Why a question cannot be exported as it is; each fault names its cure."""
    faults = []
    if not question.strip():
        faults.append("The question is empty. Write it as people would ask it.")
    if len(question) > LONGEST_QUESTION:
        faults.append(f"The question is longer than {LONGEST_QUESTION} characters. Keep the part that asks.")
    if tokens := sorted(set(ANY_TOKEN.findall(question))):
        faults.append(f"Replace {', '.join(tokens[:5])} by neutral words, such as “my e-mail address”.")
    kinds = sorted({KIND_NAMES[span.kind] for span in find_personal_data(question)})
    faults += [f"There is something like {'an' if kind[0] in 'aei' else 'a'} {kind} in it. Remove it." for kind in kinds]
    if MARKUP.search(question):
        faults.append("Square and curly brackets mean something else in training data. Remove them.")
    return tuple(faults)


def checked(proposal: Proposal) -> Proposal:
    """As it is kept, on one line. Raises: BadCorrectionError naming what must be mended."""
    question = read_line(proposal.question, longest=4000)
    if faults := faults_in(question):
        raise BadCorrectionError(" ".join(faults))
    if proposal.kind == "answer" and not 0 < len(proposal.spans) <= MOST_SPANS:
        raise BadCorrectionError(f"Tick the passage that answers the question, or up to {MOST_SPANS} that each do.")
    if proposal.kind == "teach" and not proposal.target.startswith(("aspect:", "intent:")):
        raise BadCorrectionError("Choose which aspect or intent people mean when they ask it like this.")
    return Proposal(proposal.kind, question, proposal.version, proposal.spans, proposal.target)


def _proposal(row: CorrectionRow) -> Proposal:
    spans = tuple((int(start), int(end)) for start, end in row.spans)
    return Proposal(cast("CorrectionKind", row.kind), row.question, row.version, spans, row.target)


def _conversation_of(session: Session, row: CorrectionRow) -> str:
    return session.scalar(select(TurnRow.conversation_id).where(TurnRow.id == row.turn_id)) or ""


def _correction(row: CorrectionRow, conversation: str) -> Correction:
    return Correction(
        row.id, row.turn_id, conversation, row.company, _proposal(row), cast("CorrectionState", row.state), row.proposed_by,
        row.proposed_at, row.decided_by, row.decided_at, row.exported_at, faults_in(row.question),
    )  # fmt: skip
