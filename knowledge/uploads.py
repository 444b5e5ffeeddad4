"""A policy file that somebody uploads: read, made into a version and kept, but not served before it is released.

It goes where artefacts go, and not into `policies/`, which other machines do not share; ingestion leaves it where it is.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from candor.errors import BadPolicyError, InvalidInputError, UnknownCompanyError
from knowledge.adding import Addition, NewVersion, plan
from knowledge.catalogue import read_again
from knowledge.companies import COMPANY_ID, Company, read_company
from knowledge.documents import UNDATED, PolicyDocument
from knowledge.formats.readers import known_suffixes
from knowledge.making import ArtefactMaker, content_of, passages_in
from knowledge.policy_folder import COMPANY_FILE
from knowledge.policy_library import PolicyLibrary
from knowledge.proofreading import proofread
from knowledge.releases import UPLOADED, Release, VersionRecord

LARGEST_POLICY = 20_000_000  # bytes of one file
# What the terminal's options are called where there is no terminal.
OPTIONS = {"say which with --date": "say which date it is", "--date": "a date", "say --contact privacy@example.org": "give one"}


class UploadRefusedError(InvalidInputError):
    """A file or a company that cannot be taken; `public` says why, and what to do."""

    def __init__(self, why: str) -> None:
        for option, words in OPTIONS.items():
            why = why.replace(option, words)
        super().__init__(why)
        self.public = f"{why[:1].upper()}{why[1:]}{'' if why.endswith(('.', '?')) else '.'}"


@dataclass(frozen=True)
class PolicyReading:
    """What was read of a version, for a person to check."""

    version: str
    title: str
    words: int
    sections: tuple[str, ...]
    passages: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class PolicyUpload:
    """A version that was kept. dated_by: who says its date; doubt: what is in doubt about it. is_new: nothing of the company has
    been served yet."""

    company: Company
    record: VersionRecord
    reading: PolicyReading
    dated_by: str
    doubt: str
    is_new: bool


class PolicyUploads:
    """Takes files. policies: the folder of companies, whose company.toml says what is known of them. maker: loaded when a file
    was read and is to be encoded."""

    def __init__(self, policies: Path, library: PolicyLibrary, maker: Callable[[], ArtefactMaker]) -> None:
        self._policies, self._library, self._maker = policies, library, maker

    def take(
        self, company: str, file: str, content: bytes, *, dated: date | None = None, name: str = "", contact: str = ""
    ) -> PolicyUpload:  # fmt: skip
        """Read a file and keep it as a version of a company, which it begins if there is none. Nothing is served.

        Raises: UploadRefusedError; EncoderError.
        """
        if not COMPANY_ID.fullmatch(company):
            raise UploadRefusedError("a company's id has lower case letters, digits and hyphens, such as acme")
        release, known = self._release(company), self._known(company)
        known = release.company if release else known
        addition = self._read(company, file, content, dated, known)
        (one,) = addition.versions
        about = known or Company(company, name.strip() or addition.name, contact.strip() or addition.contact)
        if not about.contact:
            raise UploadRefusedError("no contact was found in the text: give one, such as privacy@example.org")
        record = self._keep(about, one, release)
        return PolicyUpload(about, record, reading_of(one.document), one.dated_by, one.doubt, release is None)

    def read(self, company: str, version: str) -> PolicyReading:
        """What was read of a version. Raises: UnknownCompanyError; UnknownVersionError; IndexUnusableError."""
        return reading_of(read_again(self._library.artefact(self._library.releases.version(company, version).artefact)))

    def discard(self, company: str, version: str) -> None:
        """Drop a version that was uploaded and is not served. Raises: UnknownCompanyError; UploadRefusedError."""
        record = self._library.releases.version(company, version)
        if not record.uploaded:
            raise UploadRefusedError("only what was uploaded can be discarded: this version has a file of its own")
        release = self._library.releases.of(company)
        if version == release.current and self._library.releases.past(company, 1):
            raise UploadRefusedError("this version is the one that is served: release another one first")
        for artefact in self._library.releases.forget(company, version):
            self._library.store.drop(artefact)

    def _read(self, company: str, file: str, content: bytes, dated: date | None, known: Company | None) -> Addition:
        name = _file_name(file)
        if not content:
            raise UploadRefusedError("the file is empty")
        if len(content) > LARGEST_POLICY:
            raise UploadRefusedError(f"the file is larger than {LARGEST_POLICY // 1_000_000} MB: is it really a policy's text?")
        with tempfile.TemporaryDirectory(prefix="candor-upload-") as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            try:
                found = plan(Path(folder), company, [path], dated=dated)
            except (BadPolicyError, InvalidInputError) as error:
                raise UploadRefusedError(str(error)) from error
        title = known.policy_title if known else ""
        versions = tuple(replace(one, document=replace(one.document, policy=title)) if title else one for one in found.versions)
        return replace(found, versions=versions)

    def _keep(self, company: Company, one: NewVersion, release: Release | None) -> VersionRecord:
        document, content = one.document, content_of(one.document.text)
        there = release.versions.get(document.version) if release else None
        if there is not None and there.content == content and not there.retired:
            return there  # it was uploaded before
        if there is not None:
            raise UploadRefusedError(
                f"there is a version {document.version} already, with another text: give the date from which this one is"
            )
        if release is not None and document.version == UNDATED:
            raise UploadRefusedError(f"{one.doubt or 'the policy says no date'}: give the date from which it is")
        maker = self._maker()
        with self._library.one_at_a_time():
            wanted = maker.wanted(company, document)
            if not wanted.passages:
                raise UploadRefusedError("the file has no sentence to answer from: is it really a policy's text?")
            if not maker.is_kept(wanted):
                known = [record.artefact for record in release.versions.values()] if release else []
                maker.make([wanted], lambda _: known, lambda _: None)
            record = VersionRecord(
                document.version, wanted.name, maker.encoder_id, len(wanted.passages), file=f"{UPLOADED}{one.source.name}",
                content=content,
            )  # fmt: skip
            self._library.releases.add(company, record)
        return record

    def _release(self, company: str) -> Release | None:
        try:
            return self._library.releases.of(company)
        except UnknownCompanyError:
            return None

    def _known(self, company: str) -> Company | None:
        folder = self._policies / company
        return read_company(folder) if (folder / COMPANY_FILE).exists() else None


def reading_of(document: PolicyDocument) -> PolicyReading:
    """What was read of a document."""
    return PolicyReading(
        document.version, document.policy, len(document.text.split()),
        tuple(section.label for section in document.structure.sections), len(passages_in(document)),
        tuple(warning.message for warning in proofread(document)),
    )  # fmt: skip


def _file_name(given: str) -> str:
    """The last part of a name, with letters that any file system takes; its end says what kind of file it is."""
    name = PurePosixPath(given.replace("\\", "/").replace("\0", "")).name
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in known_suffixes():
        raise UploadRefusedError(f"the file's name must end with one of {', '.join(known_suffixes())}")
    stem = re.sub(r"[^\w.-]+", "-", PurePosixPath(name).stem, flags=re.ASCII).strip("-.")[:80]
    return f"{stem or 'policy'}{suffix}"
