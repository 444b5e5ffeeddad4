"""`policies/` → artefacts and releases. A bad file is refused by name, and its last good version stays in use; all other
files are taken.

A version whose file is gone is retired: its page and its citations still open, but nothing is answered from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from candor.errors import IndexUnusableError, InvalidInputError
from knowledge.aspect_mapper import AspectMapper
from knowledge.catalogue import read_again
from knowledge.companies import Company
from knowledge.documents import PolicyDocument, newest
from knowledge.earlier_index import take_over
from knowledge.embedding import PassageEncoder
from knowledge.language import language_of
from knowledge.making import ArtefactMaker, OpeningJudge, Tick, WantedArtefact, as_stored, content_of, passages_in
from knowledge.policy_folder import PolicyFolder, RefusedFile, company_folders, read_policies, refused_versions
from knowledge.policy_library import PolicyLibrary, as_library
from knowledge.proofreading import PolicyWarning, proofread
from knowledge.releases import PolicyPlan, Release, Source, VersionRecord

ProgressReport = Callable[[str], None]
CHANGED = (
    "its text changed under the same name, so that citations given before may open at the wrong place: name a changed policy"
    " after its new date"
)


@dataclass(frozen=True)
class VersionReport:
    """What the index holds of one policy version, and what its author should check."""

    company: str
    version: str
    file: str  # "" for a retired version
    sections: int
    passages: int
    language: str
    retired: bool = False
    kept: bool = False  # its file was refused, and this is what was read of it before
    warnings: tuple[PolicyWarning, ...] = ()
    aspects: dict[str, bool] | None = None  # aspect id → whether the policy speaks of it; None without an aspect map

    def as_text(self) -> str:
        """The report as lines of text: one, and one for each warning."""
        if self.retired:
            return f"{self.company} {self.version}: retired; its citations open, and nothing is answered from it"
        line = f"{self.company} {self.version} ({self.file}): {self.sections} sections, {self.passages} passages"
        if self.kept:
            line += "; as read before, because its file was refused"
        if self.aspects:
            line += f", speaks of {sum(self.aspects.values())} of {len(self.aspects)} aspects"
        return "\n".join([line, *(f"  warning: {warning.message}" for warning in self.warnings)])


@dataclass(frozen=True)
class IngestionReport:
    """What one run did, and what the index holds now."""

    changed: bool
    documents: int = 0
    passages: int = 0
    embedded: int = 0  # passages that were not in the index before the run
    refused: tuple[RefusedFile, ...] = field(default=())
    versions: tuple[VersionReport, ...] = field(default=())

    def summary(self) -> str:
        """The refused files, and a line on the index."""
        lines = [f"refused {entry.file}: {entry.reason}" for entry in self.refused]
        if not self.changed:
            lines.append("nothing else changed" if self.refused and self.versions else "nothing changed")
        else:
            lines.append(f"{self.documents} policy versions, {self.passages} passages ({self.embedded} newly embedded)")
        return "\n".join(lines)

    def as_text(self) -> str:
        """The whole report as lines of text."""
        return "\n".join([*(version.as_text() for version in self.versions), self.summary()])

    def as_data(self) -> dict[str, Any]:
        """The report as --json prints it and as the build stores it."""
        return asdict(self)


def ingest(
    policies: Path,
    where: PolicyLibrary | Path,
    encoder: Callable[[], PassageEncoder],
    encoder_id: str,
    say: ProgressReport,
    mapper: AspectMapper | None = None,
    *,
    tick: Tick | None = None,
    forget: Collection[str] = (),
    only: Collection[str] = (),
    openings: OpeningJudge | None = None,
    by: str = "",
) -> IngestionReport:
    """Bring what is served up to date with `policies`, company by company.

    A refused file keeps its last good version, if it had one, and no other file waits for it. A version is released if it is the
    newest, and was not held back by somebody who rolled back. `encoder` is called only if something must be embedded, because
    loading it takes seconds; in a thread, while files are read, if a company is there for the first time. Concurrent runs wait
    for each other. `forget` names retired versions to drop for good, each as "company/version". `only`: ids of the companies to
    look at; all others are left alone. `by`: who releases, for the history.

    Raises: InvalidInputError if a version to forget is not a retired one.
    """
    library = as_library(where)
    with library.one_at_a_time():
        if not policies.is_dir():
            return IngestionReport(
                False, refused=(RefusedFile(str(policies.name), f"there is no folder {policies.name}/ with policies"),)
            )
        take_over(library)
        releases = {release.company.id: release for release in library.releases.since(only=only)}
        first_time = any(folder.name not in releases for folder in company_folders(policies, only))
        with loaded_meanwhile(encoder) if first_time else nullcontext(encoder) as loaded:
            found = read_policies(policies, only)
        maker = ArtefactMaker(library, loaded, encoder_id, mapper, openings)
        plans = _plans(found, releases, library, maker, only)
        if not plans:
            nothing = (RefusedFile(policies.name, "holds no company: add a folder with a company.toml and a policy"),)
            return IngestionReport(False, refused=tuple(found.refused) or nothing)
        changed = _forget(library, releases, plans, forget)
        missing = [one for plan in plans for one in plan.wanted if not maker.is_kept(one)]
        if missing or any(plan.differs for plan in plans):
            count = sum(len(plan.wanted) for plan in plans), sum(len(one.passages) for plan in plans for one in plan.wanted)
            say(f"{count[0]} policy versions, {count[1]} passages")
        embedded = maker.make(missing, lambda company: _artefacts_of(releases.get(company)), say, tick)
        made_again = {one.company.id for one in missing}
        for plan in plans:
            if plan.differs or plan.company.id in made_again:
                changed = True
                for name in library.releases.put(plan.policy, by=by):
                    library.store.drop(name)
        for company in [] if only else _gone(releases, plans):
            library.releases.retire(company, withdrawn=False)
            changed = True
        if changed:
            library.on_release()
        return _report(library, plans, changed, embedded, found, only)


@contextmanager
def loaded_meanwhile(encoder: Callable[[], PassageEncoder]) -> Iterator[Callable[[], PassageEncoder]]:
    """Load the encoder beside the block, whose end waits for it: most of the time goes to files and weights, not to Python."""
    with ThreadPoolExecutor(1) as beside:
        yield beside.submit(encoder).result


@dataclass(frozen=True)
class CompanyPlan:
    """What is to be of one company: its versions as read, what is wanted of each, and what was released of it before."""

    policy: PolicyPlan
    documents: tuple[PolicyDocument, ...]  # in the order of their versions
    wanted: tuple[WantedArtefact, ...]
    kept: frozenset[str]  # versions whose files were refused: what was read of them before stays
    before: Release | None

    @property
    def company(self) -> Company:
        return self.policy.company

    @property
    def differs(self) -> bool:
        """Whether anything of it is not yet so."""
        now, before = self.policy, self.before
        if before is None or (before.retired and not before.withdrawn) or before.company != now.company:
            return True
        records = {record.version: record for record in now.versions}
        return (before.current, before.held, dict(before.versions)) != (now.current, now.held, {**before.versions, **records})


def _plans(
    found: PolicyFolder, releases: Mapping[str, Release], library: PolicyLibrary, maker: ArtefactMaker, only: Collection[str]
) -> list[CompanyPlan]:
    """A plan for each company that has a policy to serve, by id."""
    read: dict[str, list[PolicyDocument]] = {}
    for document in found.documents:
        read.setdefault(document.company, []).append(document)
    refused = refused_versions(found.refused)
    uploaded = {company for company, release in releases.items() if release.source == "upload" and not release.retired}
    ids = {*read, *(company for company, _ in refused if company in releases), *uploaded}
    plans = []
    for company in sorted(ids if not only else ids & set(only)):
        release, own = releases.get(company), read.get(company, [])
        facts = found.companies.get(company) or (release.company if release else None)
        kept = _kept(release, own, {version for name, version in refused if name == company}, library)
        documents = sorted([*own, *kept], key=lambda document: document.version)
        if facts is not None and documents:
            plans.append(_plan(facts, documents, frozenset(one.version for one in kept), release, library, maker, bool(own)))
    return plans


def _kept(
    release: Release | None, read: Sequence[PolicyDocument], refused: Collection[str], library: PolicyLibrary
) -> list[PolicyDocument]:
    """What stays of a company although no file says it: the last good version of a refused file, what was uploaded, and the
    version that somebody went back to."""
    if release is None:
        return []
    present = {document.version for document in read}
    stay = [
        record for record in release.versions.values()
        if record.version not in present and (
            (not record.retired and (record.version in refused or "" in refused or release.source == "upload" or record.uploaded))
            or (bool(release.held) and record.version == release.current)
        )
    ]  # fmt: skip
    kept = []
    for record in stay:
        with suppress(IndexUnusableError):
            kept.append(replace(read_again(library.artefact(record.artefact)), file="kept"))
    return kept


def _plan(
    company: Company, documents: Sequence[PolicyDocument], kept: frozenset[str], release: Release | None, library: PolicyLibrary,
    maker: ArtefactMaker, in_folder: bool,
) -> CompanyPlan:  # fmt: skip
    """What is wanted of each version, and which one is to be served."""
    held = release.held if release else ""
    current = newest([document.version for document in documents])
    if release is not None and held and release.current in {document.version for document in documents}:
        contents = {document.version: content_of(document.text) for document in documents}
        if contents[current] == held:  # nothing newer came since somebody chose another one
            if current == release.current:  # of the same date: what it said before stays
                with suppress(IndexUnusableError):
                    before = replace(read_again(library.artefact(release.served.artefact)), file="kept")
                    documents = [before if document.version == current else document for document in documents]
            current = release.current
        elif contents[current] != release.served.content or current != release.current:
            held = ""
    wanted = tuple(maker.wanted(company, document) for document in documents)
    records = [
        _record(document, one, release.versions.get(document.version) if release else None, maker.encoder_id)
        for document, one in zip(documents, wanted, strict=True)
    ]
    planned = {record.version for record in records}
    retired = (
        [replace(one, retired=True, file="") for one in release.versions.values() if one.version not in planned]
        if release
        else []
    )
    source: Source = "folder" if in_folder or release is None else release.source
    policy = PolicyPlan(company, [*records, *retired], current, source, held)
    return CompanyPlan(policy, tuple(documents), wanted, kept, release)


def _record(document: PolicyDocument, wanted: WantedArtefact, before: VersionRecord | None, encoder_id: str) -> VersionRecord:
    content = content_of(document.text)
    changed = before is not None and (before.changed or before.content != content)
    file = document.file if document.file != "kept" or before is None else before.file
    return VersionRecord(
        document.version, wanted.name, encoder_id, len(wanted.passages), changed=changed, file=file, content=content
    )  # fmt: skip


def _artefacts_of(release: Release | None) -> list[str]:
    """The names of a company's artefacts, the newest version's first."""
    return [record.artefact for _, record in sorted(release.versions.items(), reverse=True)] if release else []


def _gone(releases: Mapping[str, Release], plans: Sequence[CompanyPlan]) -> list[str]:
    """The companies that were served from a folder which is not there any more."""
    planned = {plan.company.id for plan in plans}
    return [
        company for company, release in releases.items()
        if company not in planned and not release.retired and release.source == "folder"
    ]  # fmt: skip


def _forget(library: PolicyLibrary, releases: dict[str, Release], plans: Sequence[CompanyPlan], forget: Collection[str]) -> bool:
    """Drop retired versions for good; whether any was. Their company's plan no longer holds them.

    Raises: InvalidInputError if one is not retired.
    """
    present = {f"{plan.company.id}/{document.version}" for plan in plans for document in plan.documents}
    every = {f"{company}/{version}" for company, release in releases.items() for version in release.versions}
    for name in forget:
        if name in present:
            raise InvalidInputError(f"{name[:80]} still has its file: remove the file first, then forget the version")
        if name not in every:
            known = ", ".join(sorted(every - present)) or "none"
            raise InvalidInputError(f"{name[:80]} is no retired version; retired are: {known}")
    for name in forget:
        company, _, version = name.partition("/")
        if not releases[company].retired and company not in {plan.company.id for plan in plans}:
            library.releases.retire(company, withdrawn=False)
        for artefact in library.releases.forget(company, version):
            library.store.drop(artefact)
    return bool(forget)


def is_up_to_date(found: PolicyFolder, where: PolicyLibrary | Path, encoder_id: str) -> bool:
    """Whether what is served is what the folder holds, cut as today, by this encoder, and can be read."""
    library = as_library(where)
    releases = {release.company.id: release for release in library.releases.since()}
    served = {company: one for company, one in releases.items() if one.source == "folder" and (not one.retired or one.withdrawn)}
    if {company: one.company for company, one in served.items()} != found.companies:
        return False
    live = {(company, one.version) for company, release in served.items() for one in release.versions.values() if not one.retired}
    if not {(document.company, document.version) for document in found.documents} <= live:
        return False
    return all(_is_kept(library, document, served[document.company], encoder_id) for document in found.documents)


def _is_kept(library: PolicyLibrary, document: PolicyDocument, release: Release, encoder_id: str) -> bool:
    if release.held == content_of(document.text):
        return True  # somebody went back from it
    try:
        artefact = library.artefact(release.versions[document.version].artefact)
    except IndexUnusableError:
        return False
    kept = (artefact.encoder, artefact.document, list(artefact.passages))
    return kept == (encoder_id, as_stored(document), passages_in(document))


def _report(
    library: PolicyLibrary, plans: Sequence[CompanyPlan], changed: bool, embedded: int, found: PolicyFolder, only: Collection[str]
) -> IngestionReport:
    """What the library holds now: first the versions that are answered from, then the retired ones."""
    releases = {release.company.id: release for release in library.releases.since(only=only)}
    reports, retired = [], []
    for plan in plans:
        release = releases[plan.company.id]
        for document in plan.documents:
            record = release.versions[document.version]
            reports.append(_version_report(library, document, record, release.current, kept=document.version in plan.kept))
    for company, release in sorted(releases.items()):
        gone = company not in {plan.company.id for plan in plans} and release.retired
        for record in release.versions.values():
            if record.retired or gone:
                with suppress(IndexUnusableError):
                    text = read_again(library.artefact(record.artefact))
                    sections, language = len(text.structure.sections), language_of(text.text).name
                    retired.append(VersionReport(company, record.version, "", sections, 0, language, retired=True))
    passages = sum(len(one.passages) for plan in plans for one in plan.wanted)
    return IngestionReport(
        changed, len(reports), passages, embedded, refused=tuple(found.refused), versions=(*reports, *retired)
    )  # fmt: skip


def _version_report(
    library: PolicyLibrary, document: PolicyDocument, record: VersionRecord, current: str, *, kept: bool
) -> VersionReport:
    artefact = library.artefact(record.artefact)
    spoken_of = artefact.aspect_map.spoken_of() if artefact.aspect_map else frozenset()
    said = {aspect.id: aspect.id in spoken_of for aspect in artefact.aspects} if artefact.aspect_map else None
    warnings = [PolicyWarning(document.company, document.version, "changed", CHANGED)] if record.changed else []
    return VersionReport(
        document.company, document.version, record.file, len(document.structure.sections), record.passages,
        language_of(document.text).name, kept=kept, warnings=(*warnings, *proofread(document)), aspects=said,
    )  # fmt: skip
