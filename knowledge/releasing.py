"""What people do with a company's policy: release a version, go back, retire; and look beforehand what would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from candor.errors import IndexUnusableError
from knowledge.answering import Answer, Answers
from knowledge.artefact import PolicyArtefact, ServedPolicy
from knowledge.catalogue import read_again
from knowledge.changes import PolicyChanges, compared
from knowledge.making import ArtefactMaker
from knowledge.policy_library import PolicyLibrary
from knowledge.releases import How, Release, VersionRecord

MOST_ASKED = 60  # questions asked before and after


@dataclass(frozen=True)
class AnswerChange:
    """A question that another version answers in another way."""

    question: str
    before: Answer
    after: Answer


@dataclass(frozen=True)
class ReleaseEffect:
    """What a release would change."""

    served: PolicyArtefact
    chosen: PolicyArtefact
    policy: PolicyChanges  # in the policy's words
    answers: tuple[AnswerChange, ...]
    asked: int  # questions that were tried


class PolicyReleasing:
    """Changes what is served, company by company."""

    def __init__(
        self, library: PolicyLibrary, maker: Callable[[], ArtefactMaker], answers: Callable[[], Answers], encoder_id: str
    ) -> None:
        """maker: makes a version anew that another encoder made; loaded when one is released."""
        self._library, self._maker, self._answers, self._encoder_id = library, maker, answers, encoder_id

    def release(self, company: str, version: str, *, by: str) -> Release:
        """Serve a version. Raises: UnknownCompanyError, UnknownVersionError; IndexUnusableError if it cannot be read."""
        record = self._library.releases.version(company, version)
        return self._serve(company, self._usable(company, record), by, "released")

    def back(self, company: str, *, by: str) -> Release:
        """Serve what was served before.

        Raises: UnknownCompanyError; InvalidInputError if there is nothing to go back to; IndexUnusableError.
        """
        record = self._usable(company, self.before(company))
        return self._serve(company, record, by, "rolled_back")

    def _serve(self, company: str, record: VersionRecord, by: str, how: How) -> Release:
        release = self._library.releases.release(company, record.version, by=by, how=how, record=record)
        self._library.on_release()
        return release

    def before(self, company: str) -> VersionRecord:
        """What `back` would serve. Raises: as `back`."""
        past, releases = self._library.releases.before(company), self._library.releases
        record = releases.version(company, past.version)
        if record.content == past.content:
            return record
        artefact = self._library.artefact(past.artefact)  # of the same date, before its text was changed
        return VersionRecord(
            past.version, past.artefact, artefact.encoder, len(artefact.passages), file=record.file, content=past.content
        )  # fmt: skip

    def retire(self, company: str) -> None:
        """Answer nothing for a company until somebody releases a version of it. Raises: UnknownCompanyError."""
        self._library.releases.retire(company, withdrawn=True)
        self._library.on_release()

    def effect(self, company: str, record: VersionRecord, questions: Iterable[str]) -> ReleaseEffect:
        """What would change for readers, and in the answers to these questions, if this version were served.

        Raises: UnknownCompanyError; IndexUnusableError if one of the two cannot be read.
        """
        release = self._library.releases.of(company)
        served = self._library.artefact(self._usable(company, release.served).artefact)
        chosen = self._library.artefact(self._usable(company, record).artefact)
        asked = list(dict.fromkeys(questions))[:MOST_ASKED]
        found = [
            AnswerChange(question, *(self._answers().answer_from(ServedPolicy(release.company, one), question)
                                     for one in (served, chosen)))
            for question in asked
        ]  # fmt: skip
        changed = tuple(one for one in found if _said(one.before) != _said(one.after))
        return ReleaseEffect(served, chosen, compared(release.company, served, chosen), changed, len(asked))

    def answered(self, company: str, record: VersionRecord, questions: Iterable[str]) -> list[tuple[str, Answer]]:
        """How a version would answer these questions: for one of a company of which nothing was served yet.

        Raises: UnknownCompanyError; IndexUnusableError.
        """
        release = self._library.releases.of(company)
        chosen = ServedPolicy(release.company, self._library.artefact(self._usable(company, record).artefact))
        asked = list(dict.fromkeys(questions))[:MOST_ASKED]
        return [(question, self._answers().answer_from(chosen, question)) for question in asked]

    def was_served(self, company: str) -> bool:
        """Whether any version of a company has ever been served."""
        return bool(self._library.releases.past(company, 1))

    def _usable(self, company: str, record: VersionRecord) -> VersionRecord:
        """The record, of an artefact that the encoder of today made."""
        artefact = self._library.artefact(record.artefact)
        if artefact.encoder == self._encoder_id and artefact.passages:
            return record
        maker = self._maker()
        wanted = maker.wanted(self._library.releases.of(company).company, read_again(artefact))
        if not wanted.passages:
            raise IndexUnusableError(f"{company} {record.version} has no sentence to answer from")
        if not maker.is_kept(wanted):
            maker.make([wanted], lambda _: [], lambda _: None)
        return VersionRecord(
            record.version, wanted.name, self._encoder_id, len(wanted.passages), file=record.file, content=record.content
        )  # fmt: skip


def _said(answer: Answer) -> tuple[str, str]:
    """What a reader sees first: how sure it is, and the first quote."""
    return answer.kind, answer.hits[0].passage.text if answer.hits else ""
