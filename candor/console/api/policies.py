"""Policies: which versions each company has, uploading one, what a release would change, releasing, rolling back, retiring."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from candor.accounts.api_tokens import ApiToken, Scope
from candor.console.api.deps import LISTS, READS, WRITES, Parts, StrictBody, Token
from candor.console.api.idempotent import IdempotentRoute
from candor.console.policies.trying import dated_in_words, effect_of, first_answers
from candor.errors import BadPolicyError, InvalidInputError
from candor.services import Services
from knowledge.answering import Answer, AnswerKind
from knowledge.releases import Release, VersionRecord
from knowledge.uploads import LARGEST_POLICY, PolicyReading, UploadRefusedError

router = APIRouter(tags=["policies"], route_class=IdempotentRoute)
CompanyId = Annotated[str, Path(description="The company's id, such as acme.")]
Version = Annotated[str, Path(description="Such as 2026-01-15.")]
OCTETS = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


class VersionData(BaseModel):
    """One version. state: served, held (newer than what is served, and not released), kept, or gone: its file was removed, and
    only its citations still open."""

    version: str
    state: Literal["served", "held", "kept", "gone"]
    passages: int
    uploaded: bool


class PastReleaseData(BaseModel):
    """One release that was."""

    version: str
    how: Literal["ingested", "released", "rolled_back"]
    at: datetime
    by: str


class CompanyData(BaseModel):
    """A company and what it is answered from. served: null where nothing is answered for it."""

    id: str
    name: str
    contact: str
    served: str | None
    newest: str
    retired: bool
    versions: int
    released_at: datetime | None


class CompaniesData(BaseModel):
    """The companies that the token is for."""

    companies: list[CompanyData]


class OneCompanyData(CompanyData):
    """With its versions, the newest first, and what was served before."""

    all_versions: list[VersionData]
    past: list[PastReleaseData]


class ReadingData(BaseModel):
    """What was read of a version. warnings: what its author should check."""

    version: str
    title: str
    words: int
    sections: list[str]
    passages: int
    warnings: list[str]


class UploadData(BaseModel):
    """A version that was uploaded. It is not served before it is released. dated_by: who says its date; doubt: what is in doubt
    about it. new_company: nothing of the company has been served yet."""

    company: str
    name: str
    contact: str
    version: str
    dated_by: str
    doubt: str
    new_company: bool
    reading: ReadingData


class AnswerData(BaseModel):
    """What a reader would see first."""

    kind: AnswerKind
    quote: str


class AnswerChangeData(BaseModel):
    """A question, and its answer before and after. before: null where nothing was served."""

    question: str
    before: AnswerData | None
    after: AnswerData


class EffectData(BaseModel):
    """What releasing a version would change. served: null where nothing was served yet: then the answers are all of them."""

    served: str | None
    version: str
    places_changed: int
    asked: int
    answers: list[AnswerChangeData]


class ReleaseWish(StrictBody):
    """Which version to serve."""

    version: str = Field(max_length=40)


@router.get("/companies", **LISTS)
def companies(parts: Parts, token: Token) -> CompaniesData:
    """The companies, and the version that each is answered from. Scope: policies:read."""
    token.require("policies:read")
    known = parts.knowledge.catalogue.policy_library.releases.since()
    return CompaniesData(companies=[_company(one) for one in known if token.may("policies:read", one.company.id)])


@router.get("/companies/{company}", **READS)
def one(company: CompanyId, parts: Parts, token: Token) -> OneCompanyData:
    """One company's versions, and what was served before. Scope: policies:read."""
    return _one(parts, _release(parts, token, company, "policies:read"))


@router.post(
    "/companies/{company}/versions", status_code=201, **WRITES,
    openapi_extra={"requestBody": {"required": True, "content": OCTETS}},
)  # fmt: skip
async def upload(
    company: CompanyId, request: Request, parts: Parts, token: Token, *,
    file: Annotated[str, Query(min_length=1, max_length=200, description="What the file is called, such as policy.html.")],
    dated: Annotated[date | None, Query(description="From when the policy is, where neither it nor its name says so.")] = None,
    name: Annotated[str, Query(max_length=80, description="What a new company is called.")] = "",
    contact: Annotated[str, Query(max_length=200, description="Where people write to a new company.")] = "",
) -> UploadData:  # fmt: skip
    """Upload a policy: the body is the file, `curl --data-binary @policy.html`. It is read, kept, and not served yet.

    A company that is not known begins with it, where the token is for every company or names it. Scope: policies:write.
    """
    token.require("policies:write", company)
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_POLICY:
            break  # refused below, in the same words as in the console
    taken = await asyncio.to_thread(parts.knowledge.uploads.take, company, file, content, dated=dated, name=name, contact=contact)
    await asyncio.to_thread(
        parts.staff.audit.record, token.actor, "policy.upload", f"version {taken.record.version}", company=company
    )
    return UploadData(
        company=taken.company.id, name=taken.company.name, contact=taken.company.contact, version=taken.record.version,
        dated_by=dated_in_words(taken.dated_by), doubt=taken.doubt, new_company=taken.is_new, reading=_reading(taken.reading),
    )  # fmt: skip


@router.get("/companies/{company}/versions/{version}", **READS)
def reading(company: CompanyId, version: Version, parts: Parts, token: Token) -> ReadingData:
    """What was read of a version. Scope: policies:read."""
    _release(parts, token, company, "policies:read")
    return _reading(parts.knowledge.uploads.read(company, version))


@router.delete("/companies/{company}/versions/{version}", **WRITES)
def discard(company: CompanyId, version: Version, parts: Parts, token: Token) -> CompaniesData:
    """Drop a version that was uploaded and is not served. Scope: policies:write."""
    _release(parts, token, company, "policies:write")
    parts.knowledge.uploads.discard(company, version)
    parts.staff.audit.record(token.actor, "policy.discard", f"version {version}", company=company)
    return companies(parts, token)


@router.get("/companies/{company}/versions/{version}/effect", **READS)
def effect(company: CompanyId, version: Version, parts: Parts, token: Token) -> EffectData:
    """What releasing a version would change: places of the policy, and answers to gold questions, to what visitors asked last
    and to what people ask most. It takes seconds. Scope: policies:read."""
    _release(parts, token, company, "policies:read")
    record = parts.knowledge.catalogue.policy_library.releases.version(company, version)
    found = effect_of(parts, company, record)
    if found is None:
        answers = first_answers(parts, company, record)
        changes = [AnswerChangeData(question=question, before=None, after=_answer(after)) for question, after in answers]
        return EffectData(served=None, version=record.version, places_changed=0, asked=len(answers), answers=changes)
    changes = [
        AnswerChangeData(question=one.question, before=_answer(one.before), after=_answer(one.after)) for one in found.answers
    ]
    return EffectData(
        served=found.served.version, version=record.version, places_changed=len(found.policy.all), asked=found.asked,
        answers=changes,
    )  # fmt: skip


@router.post("/companies/{company}/release", **WRITES)
def release(company: CompanyId, body: ReleaseWish, parts: Parts, token: Token) -> OneCompanyData:
    """Answer from this version from now on; every process does within a second. Scope: policies:write."""
    before = _release(parts, token, company, "policies:write")
    now = parts.knowledge.releasing.release(company, body.version, by=token.actor)
    parts.staff.audit.record(
        token.actor, "policy.release", f"version {now.current}", company=company, before=before.current
    )  # fmt: skip
    return _one(parts, now)


@router.post("/companies/{company}/rollback", **WRITES)
def rollback(company: CompanyId, parts: Parts, token: Token) -> OneCompanyData:
    """Answer again from what was served before. Scope: policies:write."""
    before = _release(parts, token, company, "policies:write")
    try:
        now = parts.knowledge.releasing.back(company, by=token.actor)
    except InvalidInputError as error:
        if isinstance(error, BadPolicyError):
            raise
        raise UploadRefusedError("nothing else was served yet: there is nothing to go back to") from error
    parts.staff.audit.record(
        token.actor, "policy.rollback", f"version {now.current}", company=company, before=before.current
    )  # fmt: skip
    return _one(parts, now)


@router.post("/companies/{company}/retire", **WRITES)
def retire(company: CompanyId, parts: Parts, token: Token) -> OneCompanyData:
    """Answer nothing for a company until a version of it is released. Scope: policies:write."""
    _release(parts, token, company, "policies:write")
    parts.knowledge.releasing.retire(company)
    parts.staff.audit.record(token.actor, "policy.retire", company=company)
    return _one(parts, parts.knowledge.catalogue.policy_library.releases.of(company))


def _release(parts: Services, token: ApiToken, company: str, scope: Scope) -> Release:
    """Raises: ScopeMissingError; UnknownCompanyError."""
    token.require(scope, company)
    return parts.knowledge.catalogue.policy_library.releases.of(company)


def _company(one: Release) -> CompanyData:
    return CompanyData(
        id=one.company.id, name=one.company.name, contact=one.company.contact, served=None if one.retired else one.current,
        newest=one.newest.version, retired=one.retired, versions=len(one.versions), released_at=one.released_at,
    )  # fmt: skip


def _one(parts: Services, release: Release) -> OneCompanyData:
    records = sorted(release.versions.values(), key=lambda record: record.version, reverse=True)
    past = parts.knowledge.catalogue.policy_library.releases.past(release.company.id, 20)
    return OneCompanyData(
        **_company(release).model_dump(), all_versions=[_version(release, record) for record in records],
        past=[PastReleaseData(version=one.version, how=one.how, at=one.at, by=one.by) for one in past],
    )  # fmt: skip


def _version(release: Release, record: VersionRecord) -> VersionData:
    served = record.version == release.current and not release.retired
    held = record.content == release.held
    state: Literal["served", "held", "kept", "gone"] = (
        "served" if served else "held" if held else "gone" if record.retired else "kept"
    )
    return VersionData(version=record.version, state=state, passages=record.passages, uploaded=record.uploaded)


def _reading(reading: PolicyReading) -> ReadingData:
    return ReadingData(
        version=reading.version, title=reading.title, words=reading.words, sections=list(reading.sections),
        passages=reading.passages, warnings=list(reading.warnings),
    )  # fmt: skip


def _answer(answer: Answer) -> AnswerData:
    return AnswerData(kind=answer.kind, quote=answer.hits[0].passage.text if answer.hits else "")
