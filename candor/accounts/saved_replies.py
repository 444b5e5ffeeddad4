"""Ready-made texts that staff put into what they write to people: of one company, or of every one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from candor.accounts.models import SavedReplyRow
from candor.accounts.roles import EVERY_COMPANY
from candor.database.transactions import writing
from candor.errors import ConflictError, InvalidInputError, NotFoundError

LONGEST_TITLE, LONGEST_TEXT, MOST = 80, 3000, 300  # a message takes 4000 characters, so there is room to add to a text
STARTERS = Path(__file__).with_name("starter_replies.yml")
PLACEHOLDERS: Mapping[str, str] = {
    "company": "the company's name",
    "contact": "the company's contact address for privacy",
    "number": "the request's number",
    "due": "the day by which the request is answered",
}
PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


class ReplyRefusedError(InvalidInputError):
    """A text that is empty, too long, without a title, under a title that is taken, or with an unknown placeholder."""

    def __init__(self, public: str) -> None:
        super().__init__("saved reply refused")
        self.public = public


class UnknownReplyError(NotFoundError):
    """The saved reply does not exist, was removed, or is not for this company."""

    public = "There is no such saved reply here. It may have been removed meanwhile."


class ReplyChangedError(ConflictError):
    """Somebody has changed the saved reply since the form was made."""

    public = "Somebody else has changed this saved reply meanwhile. Nothing of yours was saved: look, then decide."


@dataclass(frozen=True)
class SavedReply:
    """One text under a title. company: '' for every one; made_by: an actor; edition: counts its changes."""

    id: int
    company: str
    title: str
    text: str
    made_by: str
    made_at: datetime
    edition: int

    @property
    def needs(self) -> frozenset[str]:
        """Names of the placeholders in it."""
        return frozenset(PLACEHOLDER.findall(self.text))

    def filled(self, values: Mapping[str, str]) -> str | None:
        """The text with these values filled in; None where one is missing, because no text may go out with a gap."""
        if not self.needs <= values.keys():
            return None
        return PLACEHOLDER.sub(lambda found: values[found[1]], self.text)


class SavedReplies:
    """Saved replies in the database. The caller records changes in the audit log."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def of(self, companies: Iterable[str] | None) -> list[SavedReply]:
        """The replies of these companies and those for every company, by title; None: all of them."""
        query = select(SavedReplyRow).order_by(func.lower(SavedReplyRow.title), SavedReplyRow.id)
        if companies is not None:
            query = query.where(SavedReplyRow.company.in_([*companies, EVERY_COMPANY]))
        with Session(self._engine) as session:
            return [_reply(row) for row in session.scalars(query)]

    def get(self, reply: int) -> SavedReply:
        """Raises: UnknownReplyError."""
        with Session(self._engine) as session:
            return _reply(_row(session, reply))

    def add(self, company: str, title: str, text: str, actor: str) -> SavedReply:
        """Raises: ReplyRefusedError."""
        title, text = _checked(title, text)
        with writing(self._engine, "accounts") as session:
            if (session.scalar(select(func.count(SavedReplyRow.id))) or 0) >= MOST:
                raise ReplyRefusedError(f"There are {MOST} saved replies, which is the most there can be. Remove one first.")
            _require_free(session, company, title)
            row = SavedReplyRow(company=company, title=title, text=text, made_by=actor, made_at=self._now(), edition=1)
            session.add(row)
            session.flush()
            return _reply(row)

    def add_starters(self, company: str, actor: str) -> int:
        """Add the texts to begin with whose titles are free; returns how many that were. Raises: ReplyRefusedError."""
        taken = {one.title for one in self.of([company])}
        new = [(one["title"], one["text"]) for one in yaml.safe_load(STARTERS.read_text(encoding="utf-8"))]
        new = [(title, text) for title, text in new if title not in taken]
        for title, text in new:
            self.add(company, title, text, actor)
        return len(new)

    def change(self, reply: int, company: str, title: str, text: str, *, edition: int) -> SavedReply:
        """`edition`: the one that the form showed. Raises: UnknownReplyError; ReplyChangedError; ReplyRefusedError."""
        title, text = _checked(title, text)
        with writing(self._engine, "accounts") as session:
            row = _row(session, reply)
            if row.edition != edition:
                raise ReplyChangedError(f"saved reply {reply} has another edition")
            _require_free(session, company, title, other_than=reply)
            row.company, row.title, row.text, row.edition = company, title, text, edition + 1
            return _reply(row)

    def remove(self, reply: int) -> None:
        """Raises: UnknownReplyError."""
        with writing(self._engine, "accounts") as session:
            session.delete(_row(session, reply))


def _checked(title: str, text: str) -> tuple[str, str]:
    title, text = " ".join(title.replace("\0", "").split()), text.replace("\0", "").strip()
    if not title or len(title) > LONGEST_TITLE:
        raise ReplyRefusedError(f"Please give it a title of at most {LONGEST_TITLE} characters.")
    if not text or len(text) > LONGEST_TEXT:
        raise ReplyRefusedError(f"Please write the text, of at most {LONGEST_TEXT} characters.")
    if not set(PLACEHOLDER.findall(text)) <= PLACEHOLDERS.keys():
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ReplyRefusedError(f"Something in braces is not known here, so nothing could fill it. There are: {known}.")
    return title, text


def _require_free(session: Session, company: str, title: str, *, other_than: int | None = None) -> None:
    taken = session.scalar(select(SavedReplyRow.id).filter_by(company=company, title=title))
    if taken is not None and taken != other_than:
        raise ReplyRefusedError("There is a saved reply with this title already. Please choose another, or change that one.")


def _row(session: Session, reply: int) -> SavedReplyRow:
    row = session.get(SavedReplyRow, reply)
    if row is None:
        raise UnknownReplyError("no such saved reply")
    return row


def _reply(row: SavedReplyRow) -> SavedReply:
    return SavedReply(row.id, row.company, row.title, row.text, row.made_by, row.made_at, row.edition)
