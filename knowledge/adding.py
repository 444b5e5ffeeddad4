"""A company's policy files → a folder of `policies/`: their dates, and the company's name and contact, as the policy says."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from candor.errors import BadPolicyError, InvalidInputError
from knowledge.companies import COMPANY_ID, Company, read_company
from knowledge.dates import EFFECTIVE, UPDATED, StatedDate, stated_dates
from knowledge.documents import UNDATED, PolicyDocument, read_version
from knowledge.formats.apart import ReadingProcess
from knowledge.formats.readers import known_suffixes
from knowledge.policy_folder import COMPANY_FILE, check_quotable
from knowledge.proofreading import EMAIL, POST

DATED_NAME = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
OFFICES = ("privacy", "dpo", "dataprotection", "data-protection", "gdpr", "datenschutz", "data", "legal", "compliance")
CALLS_ITSELF = re.compile(
    r"\b((?:[A-Z][\w&'’.-]*)(?:\s+(?:[A-Z][\w&'’.-]*|of|and|&)){0,5}),?\s*\(\s*(?:collectively,?\s*|the\s+|hereinafter\s+)?"
    r"[\"“‘'](?:we|us|our|company|the company)\b",
    re.IGNORECASE,
)
TITLE_WORDS = re.compile(
    r"\b(?:(?:global|general|international|worldwide|online|customer|user)(?= (?:website|app|data|privacy))|the|our|website|app"
    r"|data|privacy|protection|cookies?(?= (?:policy|notice|statement))|policy|notice|statement|information|of|for|at)\b"
    r"|[^\w\s&.'’-]",
    re.IGNORECASE,
)
JOINED = re.compile(r"^(?:and|&)\s+|\s+(?:and|&)$", re.IGNORECASE)  # what is left of "Privacy and Cookie Policy"


@dataclass(frozen=True)
class NewVersion:
    """A file to add, read and under the name it will get."""

    source: Path
    document: PolicyDocument  # its version is the date, or "undated"
    dated_by: str  # who says so: "--date", "the file's name", "“Last updated: 3 May 2026”"; "" for an undated one
    doubt: str = ""  # why it is undated although it states a date

    @property
    def name(self) -> str:
        """The file's name in the company's folder."""
        return f"{self.document.version}{self.source.suffix.lower()}"


@dataclass(frozen=True)
class Addition:
    """What will be written to `policies/<company>/`."""

    company: str
    name: str
    contact: str  # "" if none was found
    known: bool  # the company has a company.toml already
    versions: tuple[NewVersion, ...]

    @property
    def newest(self) -> PolicyDocument:
        """The version that will be served."""
        return max((one.document for one in self.versions), key=lambda one: (not one.version.startswith(UNDATED), one.version))


def plan(
    policies: Path, company: str, paths: Sequence[Path], *, dated: date | None = None, name: str = "", contact: str = ""
) -> Addition:
    """Read the files, or all policy files of a folder, and find what the company's folder needs. Writes nothing.

    Raises: InvalidInputError or BadPolicyError with the cure if a file cannot be read, or something does not fit together.
    """
    if not COMPANY_ID.fullmatch(company):
        better = re.sub(r"[^a-z0-9]+", "-", company.lower()).strip("-")[:40]
        raise InvalidInputError(f"a company's id has lower case letters, digits and hyphens, such as {better or 'acme'}")
    known = _known(policies / company)
    files = _files_in(paths)
    if dated is not None and len(files) > 1:
        raise InvalidInputError(f"--date is for one file, and these are {len(files)}: name each after its date, 2026-01-15.html")
    with ReadingProcess() as apart:
        versions = [_read(path, company, dated, known, apart) for path in files]
    names = [one.document.version for one in versions]
    if twice := next((one for one in names if names.count(one) > 1), ""):
        which = " and ".join(one.source.name for one in versions if one.document.version == twice)
        raise InvalidInputError(f"{which} would both be {twice}: name them after their dates, such as 2026-01-15.html")
    addition = Addition(company, name, contact, known is not None, tuple(versions))
    if known is not None:
        return replace(addition, name=name or known.name, contact=contact or known.contact)
    text = addition.newest.text
    return replace(addition, name=name or _name_in(addition.newest) or company.title(), contact=contact or contact_in(text))


def _known(folder: Path) -> Company | None:
    return read_company(folder) if (folder / COMPANY_FILE).exists() else None


def _files_in(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.is_file() and one.suffix.lower() in known_suffixes())
            if not inside:
                raise InvalidInputError(
                    f"{path.name}/ holds no policy: files that are read end with {', '.join(known_suffixes())}"
                )
            files += inside
        elif path.is_file():
            files.append(path)
        else:
            raise InvalidInputError(f"there is no file {path.name}: give a policy's file, or a folder of its versions")
    return files


def _read(path: Path, company: str, dated: date | None, known: Company | None, apart: ReadingProcess) -> NewVersion:
    title = known.policy_title if known else "Privacy Policy"
    document = read_version(path, UNDATED, company=company, policy=title, reading=apart.read)
    check_quotable(document)
    day, by, doubt = _date_of(path, document, dated)
    return NewVersion(path, replace(document, version=day.isoformat() if day else UNDATED), by, doubt)


def _date_of(path: Path, document: PolicyDocument, given: date | None) -> tuple[date | None, str, str]:
    """The version's date, who says so, and what is in doubt."""
    if given is not None:
        return given, "--date", ""
    if match := DATED_NAME.search(path.stem):
        try:
            return date(*map(int, match.groups())), "the file's name", ""
        except ValueError:
            pass  # a number of another kind
    stated = [*stated_dates(document.text, UPDATED), *stated_dates(document.text, EFFECTIVE)]
    if not stated:
        return None, "", ""
    said = f"“{' '.join(stated[0].span.of(document.text).split())}”"
    if day := stated[0].day:
        return day, said, f"{said} names no day, so the first of the month is taken" if stated[0].month_only else ""
    return None, "", f"{said} can be {_either(stated[0])}: say which with --date"


def _either(stated: StatedDate) -> str:
    return " or ".join(sorted(day.isoformat() for day in stated.days))


def contact_in(text: str) -> str:
    """Where to write, as the text says: an address for privacy before any other, then a postal address; "" if there is none."""
    found = [re.sub(r"\s?[\[(]at[\])]\s?", "@", match.group(), flags=re.I).rstrip(".") for match in EMAIL.finditer(text)]
    found = [re.sub(r"\s?[\[(]dot[\])]\s?", ".", one, flags=re.I) for one in found]
    for office in OFFICES:
        if fits := [one for one in found if office in one.partition("@")[0].lower().replace("_", "-")]:
            return fits[0]
    if found:
        return found[-1]  # contact details stand at the end
    line = next((line.strip() for line in text.splitlines() if POST.search(line) and len(line) <= 200), "")
    return " ".join(line.split())


def _name_in(document: PolicyDocument) -> str:
    """What the company calls itself: in its policy's title, or where it says who "we" are; "" if neither tells."""
    title = JOINED.sub("", " ".join(TITLE_WORDS.sub(" ", document.structure.title).split()))
    if title and not title.islower() and len(title.split()) <= 4 and re.search(r"[A-Za-z]{2}", title):
        return title.title() if title.isupper() and len(title) > 5 else title
    match = CALLS_ITSELF.search(document.text[:6000])
    return re.sub(r"^(?:The|This|Welcome to|At|By)\s+", "", match.group(1)) if match else ""


def write(policies: Path, addition: Addition, *, replacing: bool = False) -> Path:
    """Make the company's folder with its company.toml, if it has none, and copy the files into it; return the folder.

    Raises: InvalidInputError if a version is there already with another content, unless `replacing`; then nothing is written.
    """
    folder = policies / addition.company
    there: list[Path] = []
    for one in addition.versions:
        others = [path for path in folder.glob(f"{one.document.version}.*") if path.name != COMPANY_FILE]
        if not replacing:
            for path in others:
                if path.name != one.name or path.read_bytes() != one.source.read_bytes():
                    raise InvalidInputError(
                        f"{addition.company}/{path.name} is there already with another content: give the date of the new version"
                        " with --date, or --replace it"
                    )
        there += [path for path in others if path.name != one.name]
    if not addition.contact:
        raise InvalidInputError("no contact was found in the text: say --contact privacy@example.org")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / COMPANY_FILE).exists():
        (folder / COMPANY_FILE).write_text(company_file(addition.name, addition.contact), encoding="utf-8")
        _check(folder)
    for path in there:
        path.unlink()
    for one in addition.versions:
        if one.source.resolve() != (folder / one.name).resolve():
            shutil.copyfile(one.source, folder / one.name)
    return folder


def company_file(name: str, contact: str) -> str:
    """The content of a company.toml. TOML's basic strings are written like JSON's."""
    return f"name = {json.dumps(name, ensure_ascii=False)}\ncontact = {json.dumps(contact, ensure_ascii=False)}\n"


def _check(folder: Path) -> None:
    try:
        read_company(folder)
    except BadPolicyError:
        (folder / COMPANY_FILE).unlink()
        raise
