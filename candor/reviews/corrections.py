"""What turns should have come to: proposed by a reviewer, accepted or declined by a privacy officer, exported as training.

Three kinds: `answer`, with the passages of the policy that answer the question; `silence`, because the policy does not say it;
`teach`, because people ask an aspect or an intent like this. The question is what the visitor wrote, masked, and then cleaned
by hand: of it nothing may be personal, because it leaves the console.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from candor.errors import ConflictError, InvalidInputError, NotFoundError
from candor.reviews.verdicts import find_turn
from candor.storage import writing
from candor.text_input import read_line
from candor.transcripts.masking import KINDS, TOKEN, find_personal_data
from candor.transcripts.models import CorrectionRow, TurnRow

CorrectionKind = Literal["answer", "silence", "teach"]
CorrectionState = Literal["proposed", "accepted", "declined", "exported"]
STATES: tuple[CorrectionState, ...] = get_args(CorrectionState)
LONGEST_QUESTION, MOST_SPANS = 300, 12
NEUTRAL = {"email": "my e-mail address", "phone": "my phone number", "card": "my card number", "account": "my account number"}
ANY_TOKEN = re.compile(r"<[a-z]+_\d+>")
MARKUP = re.compile(r"[\[\]{}]")  # entities, to Rasa


class UnknownCorrectionError(NotFoundError):
    """There is no such correction: it never was, or its conversation was forgotten."""

    public = "This correction is not here any more: its conversation was forgotten."


class BadCorrectionError(InvalidInputError):
    """Something about a proposal must be mended first; `public` says what."""

    def __init__(self, public: str) -> None:
        super().__init__(public)
        self.public = public


@dataclass(frozen=True)
class Proposal:
    """What somebody thinks that a question should have come to."""

    kind: CorrectionKind
    question: str
    version: str = ""  # of an answer: the policy version that the spans are places in
    spans: tuple[tuple[int, int], ...] = ()
    target: str = ""  # to teach: "aspect:selling.sold" or "intent:affirm"


@dataclass(frozen=True)
class Correction:
    """One correction and how far it has come."""

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
    faults: tuple[str, ...] = field(default=())  # why it cannot be exported as it is


class Corrections:
    """Corrections in the database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def propose(self, turn: int, by: int, proposals: Sequence[Proposal]) -> list[int]:
        """Keep all of them, or none; their ids. Raises: UnknownTurnError, BadCorrectionError."""
        clean = [checked(proposal) for proposal in proposals]
        with writing(self._engine) as session:
            company, now = find_turn(session, turn).company, self._now()
            rows = [
                CorrectionRow(
                    turn_id=turn, company=company, kind=one.kind, question=one.question, version=one.version,
                    spans=[list(span) for span in one.spans], target=one.target, state="proposed", proposed_by=by,
                    proposed_at=now,
                )
                for one in clean
            ]  # fmt: skip
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    def decide(self, correction: int, by: int, *, accept: bool, question: str | None = None) -> Correction:
        """Accept it, with the question mended where one is given, or decline it.

        Raises: UnknownCorrectionError; BadCorrectionError where the question holds personal data; ConflictError where
        somebody has decided already.
        """
        with writing(self._engine) as session:
            row = session.get(CorrectionRow, correction) if 0 < correction < 2**31 else None
            if row is None:
                raise UnknownCorrectionError("there is no such correction")
            if row.state != "proposed":
                raise ConflictError(f"the correction is {row.state} already")
            if accept:
                wanted = _proposal(row) if question is None else Proposal(**{**vars(_proposal(row)), "question": question})
                row.question = checked(wanted).question
            row.state, row.decided_by, row.decided_at = ("accepted" if accept else "declined"), by, self._now()
            session.flush()
            return _correction(row, _conversation_of(session, row))

    def get(self, correction: int) -> Correction:
        """Raises: UnknownCorrectionError."""
        found = self._found(CorrectionRow.id == correction) if 0 < correction < 2**31 else []
        if not found:
            raise UnknownCorrectionError("there is no such correction")
        return found[0]

    def of_turn(self, turn: int) -> list[Correction]:
        return self._found(CorrectionRow.turn_id == turn)

    def listed(self, state: CorrectionState, companies: Collection[str] | None = None, *, most: int = 200) -> list[Correction]:
        """Those in a state, the oldest first; of these companies, or (None) of all."""
        ours = [CorrectionRow.company.in_(companies)] if companies is not None else []
        return self._found(CorrectionRow.state == state, *ours, most=most)

    def counts(self, companies: Collection[str] | None = None) -> dict[str, int]:
        """State → how many."""
        query = select(CorrectionRow.state, func.count()).group_by(CorrectionRow.state)
        if companies is not None:
            query = query.where(CorrectionRow.company.in_(companies))
        with Session(self._engine) as session:
            return dict.fromkeys(STATES, 0) | {row[0]: row[1] for row in session.execute(query)}

    def exported(self, corrections: Collection[int]) -> None:
        """Mark accepted ones as exported."""
        with writing(self._engine) as session:
            for row in session.scalars(select(CorrectionRow).where(CorrectionRow.id.in_(corrections))):
                if row.state == "accepted":
                    row.state, row.exported_at = "exported", self._now()

    def _found(self, *which: object, most: int = 200) -> list[Correction]:
        query = select(CorrectionRow, TurnRow.conversation_id).join(TurnRow, TurnRow.id == CorrectionRow.turn_id)
        query = query.where(*which).order_by(CorrectionRow.id).limit(most)  # type: ignore[arg-type]
        with Session(self._engine) as session:
            return [_correction(row, conversation) for row, conversation in session.execute(query)]


def neutral(question: str) -> str:
    """A masked question with plain words for its tokens: "use <email_1>" → "use my e-mail address"."""
    return " ".join(TOKEN.sub(lambda match: NEUTRAL[match[1]], question).split())


def faults_in(question: str) -> tuple[str, ...]:
    """Why a question cannot leave the console as it is; each tells the cure."""
    found = []
    if not question.strip():
        found.append("The question is empty. Write it as people would ask it.")
    if len(question) > LONGEST_QUESTION:
        found.append(f"The question is longer than {LONGEST_QUESTION} characters. Keep the part that asks.")
    if tokens := sorted(set(ANY_TOKEN.findall(question))):
        found.append(f"Replace {', '.join(tokens[:5])} by neutral words, such as “my e-mail address”.")
    kinds = sorted({SEEN_AS[stretch.kind] for stretch in find_personal_data(question)})
    found += [f"There is something like {kind} in it. Remove it." for kind in kinds]
    if MARKUP.search(question):
        found.append("Square and curly brackets mean something else in training data. Remove them.")
    return tuple(found)


SEEN_AS = {"email": "an e-mail address", "phone": "a phone number", "card": "a card number", "account": "an account number"}
assert set(SEEN_AS) == set(NEUTRAL) == set(KINDS.values())  # noqa: S101  (a new kind of token needs its words here)


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
