"""`policies/` → companies and documents, and the files that were refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from candor.errors import BadPolicyError
from knowledge.companies import Company, read_company
from knowledge.documents import PolicyDocument, read_document
from knowledge.formats.apart import ReadingProcess
from knowledge.formats.readers import Reading
from knowledge.language import MOSTLY_ENGLISH, language_of
from knowledge.passages import passages_of

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


def read_policies(folder: Path, only: Collection[str] = ()) -> PolicyFolder:
    """Read every company and every policy version under `folder`; a file that cannot be read is refused with the reason.

    only: ids of the companies to read; all if none are named.
    """
    found = PolicyFolder({}, [], [])
    with ReadingProcess() as apart:
        for company_folder in company_folders(folder, only):
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


def company_folders(folder: Path, only: Collection[str] = ()) -> list[Path]:
    """The companies' folders, in order."""
    folders = (path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    return sorted(path for path in folders if not only or path.name in only)


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


def refused_versions(refused: Collection[RefusedFile]) -> set[tuple[str, str]]:
    """The (company, version) of refused files; a version of "" stands for the whole company."""
    parts = (entry.file.partition("/") for entry in refused)
    return {(company, Path(name).stem if name not in ("", COMPANY_FILE) else "") for company, _, name in parts}
