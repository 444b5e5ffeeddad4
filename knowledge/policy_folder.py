"""`policies/` → companies and documents; and what to serve of a company whose file was refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from candor.errors import BadPolicyError
from knowledge.companies import Company, read_company
from knowledge.documents import PolicyDocument, read_document
from knowledge.formats.apart import ReadingProcess
from knowledge.formats.readers import Reading
from knowledge.index import StoredDocument
from knowledge.language import MOSTLY_ENGLISH, language_of
from knowledge.passages import passages_of
from knowledge.structure import read_structure

COMPANY_FILE = "company.toml"


@dataclass(frozen=True)
class RefusedFile:
    """A file that was refused, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class PolicyFolder:
    """What was read of `policies/`."""

    companies: dict[str, Company]
    documents: list[PolicyDocument]
    refused: list[RefusedFile]
    kept: frozenset[tuple[str, str]] = field(default=frozenset())  # (company, version) read before, whose files are refused now


def read_policies(folder: Path) -> PolicyFolder:
    """Read every company and every policy version under `folder`; a file that cannot be read is refused with the reason."""
    found = PolicyFolder({}, [], [])
    with ReadingProcess() as apart:
        for company_folder in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
            try:
                company = read_company(company_folder)
            except BadPolicyError as error:
                found.refused.append(RefusedFile(f"{company_folder.name}/{COMPANY_FILE}", str(error)))
                continue
            versions, refused = _versions_of(company_folder, company, apart.read)
            found.refused.extend(refused)
            if versions:
                found.companies[company.id] = company
                found.documents.extend(versions)
            elif not refused:
                name = company_folder.name
                found.refused.append(RefusedFile(name, f"{name} has no policy: add one, such as {name}/2026-01-15.txt"))
    return found


def _versions_of(folder: Path, company: Company, reading: Reading) -> tuple[list[PolicyDocument], list[RefusedFile]]:
    versions: dict[str, PolicyDocument] = {}
    files: dict[str, str] = {}  # version → name of its file
    refused: list[RefusedFile] = []
    for path in sorted(folder.iterdir()):
        if path.name == COMPANY_FILE or path.name.startswith("."):
            continue
        try:
            document = read_document(path, company=company.id, policy=company.policy_title, reading=reading)
            other = files.setdefault(document.version, path.name)
            if other != path.name:
                versions.pop(document.version, None)  # nobody knows which of them is right
                both = f"{company.id}/{path.name} and {company.id}/{other}"
                raise BadPolicyError(f"{both} are both version {document.version}: keep one of them")
            check_quotable(document)
            versions[document.version] = document
        except BadPolicyError as error:
            refused.append(RefusedFile(f"{folder.name}/{path.name}", str(error)))
        except Exception as error:  # noqa: BLE001  # one file must never keep the others from being read
            reason = f"{folder.name}/{path.name} cannot be read ({type(error).__name__}): paste its text into a .txt file"
            refused.append(RefusedFile(f"{folder.name}/{path.name}", reason))
    return [document for _, document in sorted(versions.items())], refused


def check_quotable(document: PolicyDocument) -> None:
    """Raises: BadPolicyError if there is nothing to quote, or nothing that the encoder understands."""
    file = f"{document.company}/{document.file}"
    if not passages_of(document.text, document.structure, company=document.company, version=document.version):
        raise BadPolicyError(f"{file} has no sentence to quote: put the policy's text into it")
    language = language_of(document.text)
    if language.english < MOSTLY_ENGLISH:
        raise BadPolicyError(
            f"{file} is in {language.name}, and Candor answers from English texts only: put the policy's English version there"
        )


def with_last_good(
    found: PolicyFolder, last_companies: dict[str, Company], last_documents: Sequence[StoredDocument]
) -> PolicyFolder:
    """The same, and what the last build held of refused files: one bad file must silence neither its company nor another."""
    refused = [(company, Path(name).stem if name not in ("", COMPANY_FILE) else "")
               for company, _, name in (entry.file.partition("/") for entry in found.refused)]  # fmt: skip
    present = {(document.company, document.version) for document in found.documents}
    kept = [
        one
        for one in last_documents
        if not one.retired and (one.company, one.version) not in present and _was_refused(one, refused)
        and (one.company in found.companies or one.company in last_companies)
    ]  # fmt: skip
    served = {document.company: last_companies[document.company] for document in kept if document.company in last_companies}
    return PolicyFolder(
        dict(sorted({**served, **found.companies}.items())),
        sorted([*found.documents, *map(_as_read, kept)], key=lambda document: (document.company, document.version)),
        found.refused,
        frozenset((document.company, document.version) for document in kept),
    )


def _was_refused(document: StoredDocument, refused: Collection[tuple[str, str]]) -> bool:
    """Whether the version's file was refused, or all of its company."""
    return (document.company, document.version) in refused or (document.company, "") in refused


def _as_read(stored: StoredDocument) -> PolicyDocument:
    structure = read_structure(stored.text, stored.marks)
    return PolicyDocument(
        stored.company, stored.version, stored.policy, stored.text, stored.sha256, structure, stored.marks, "kept"
    )
