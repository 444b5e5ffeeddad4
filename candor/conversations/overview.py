"""A policy at a glance, and what changed between two versions: as data for the API and the command line, and for the terminal."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from candor.conversations.reply import address
from knowledge.changes import Change, ChangedAspect, PolicyChanges, VersionPiece, weight_of
from knowledge.glance import AspectPassages, Glance, TopicGlance
from knowledge.passages import Passage
from knowledge.weighing import Weight

NO_PASSAGE, NEAR, SILENT = (
    "Candor found no passage",
    "not certain; these come closest",
    "the company says that the policy is silent",
)
WEIGHT_NAMES: dict[Weight, str] = {  # neutral where the words alone do not tell for better or worse
    "right_lost": "your rights", "right_gained": "your rights", "new_recipient": "who gets data",
    "recipient_gone": "who gets data", "new_purpose": "what data is used for", "purpose_gone": "what data is used for",
    "longer_kept": "how long data is kept: a longer period", "shorter_kept": "how long data is kept: a shorter period",
    "other_period": "how long data is kept",
}  # fmt: skip
Standing = Literal["found", "near", "not_found", "silent"]


class Quote(BaseModel):
    """A verbatim quote and where it stands; `quote` is the version's stored text[start:end]."""

    section: str
    lead_in: str = ""
    quote: str
    start: int
    end: int
    url: str


class AspectData(BaseModel):
    """One aspect, and how sure it is.

    found: the quotes speak of it. near: they may. not_found: Candor found no passage, though the policy may say it in words that
    were not recognised. silent: the company itself says that its policy does not say it.
    """

    id: str
    label: str
    found: bool
    standing: Standing
    quotes: list[Quote]


class TopicData(BaseModel):
    """One topic's aspects, in the bank's order."""

    id: str
    title: str
    aspects: list[AspectData]


class GlanceData(BaseModel):
    """One policy version at a glance."""

    company: str
    name: str
    policy: str
    version: str
    found: int
    silent: int  # aspects on which no passage was found, or that the policy is silent on, as the company confirms
    topics: list[TopicData]

    @classmethod
    def of(cls, seen: Glance) -> GlanceData:
        topics = [TopicData(id=topic.id, title=topic.title, aspects=aspects_of(topic)) for topic in seen.topics]
        return cls(
            company=seen.company.id, name=seen.company.name, policy=seen.policy, version=seen.version, found=seen.found,
            silent=seen.silent,
            topics=topics,
        )  # fmt: skip


class ChangeData(BaseModel):
    """One difference; `old` is missing where something was added, `new` where it was removed."""

    kind: Literal["added", "removed", "changed"]
    aspect: str | None  # None: no aspect covers it
    weight: Weight | None  # what it means to people; what matters most comes first
    title: str  # the aspect's label, or the section's heading
    old: Quote | None
    new: Quote | None


class ChangesData(BaseModel):
    """What lies between two versions. With only one version `old` is missing, and there is nothing to compare."""

    company: str
    old: str | None
    new: str
    changes: list[ChangeData]
    unchanged: list[str]  # ids of the aspects of which both versions speak in the same words

    @classmethod
    def of(cls, company: str, version: str, found: PolicyChanges | None) -> ChangesData:
        """`version` is the current one, which stands for the newer where there is nothing to compare it with."""
        if found is None:
            return cls(company=company, old=None, new=version, changes=[], unchanged=[])
        changes = [_change(found, group, change) for group in found.groups for change in group.changes]
        same = [aspect.id for aspect in found.unchanged]
        return cls(company=company, old=found.old, new=found.new, changes=changes, unchanged=same)


def quote_of(passage: Passage) -> Quote:
    return Quote(
        section=passage.section, lead_in=passage.lead_in, quote=passage.text, start=passage.start, end=passage.end,
        url=address(passage.company, passage.version, passage.start, passage.end),
    )  # fmt: skip


def aspects_of(topic: TopicGlance) -> list[AspectData]:
    """A topic's aspects: what the policy surely speaks of first."""
    return [
        *(_aspect(one, "found") for one in topic.found), *(_aspect(one, "near") for one in topic.near),
        *(_aspect(one, "silent" if one.settled else "not_found") for one in topic.silent),
    ]  # fmt: skip


def _aspect(one: AspectPassages, standing: Standing) -> AspectData:
    quotes = [quote_of(passage) for passage in one.passages]
    return AspectData(
        id=one.aspect.id, label=one.aspect.label, found=standing == "found", standing=standing, quotes=quotes
    )  # fmt: skip


def _change(found: PolicyChanges, group: ChangedAspect, change: Change) -> ChangeData:
    old, new = (_piece(found.company.id, piece) for piece in (change.old, change.new))
    return ChangeData(
        kind=change.kind,
        aspect=group.aspect.id if group.aspect else None,
        title=group.title,
        old=old,
        new=new,
        weight=weight_of(change, group.aspect.topic if group.aspect else ""),
    )


def _piece(company: str, piece: VersionPiece | None) -> Quote | None:
    if piece is None:
        return None
    url = address(company, piece.version, piece.start, piece.end)
    return Quote(section=piece.section, quote=piece.text, start=piece.start, end=piece.end, url=url)


def show_glance(seen: Glance) -> str:
    """A glance for the terminal: topic by topic, first the aspects that were found."""
    lines = [f"{seen.company.name}: {seen.policy} ({seen.version}), in its own words on {seen.found} points"]
    for topic in seen.topics:
        lines.append(f"\n{topic.title}")
        for one in topic.found:
            best = one.passages[0]
            lines.append(f"  {one.aspect.label}")
            lines += [f"      {best.lead_in}"] if best.lead_in else []
            lines.append(f"      “{best.text}”")
            lines.append(f"      {best.section or seen.policy}: {quote_of(best).url}")
        if topic.near:
            lines.append(f"  {NEAR}:")
        for one in topic.near:
            lines += [f"    {one.aspect.label}", f"      “{one.passages[0].text}”"]
        for said, settled in ((SILENT, True), (NO_PASSAGE, False)):
            labels = [one.aspect.label for one in topic.silent if one.settled == settled]
            lines += [f"  {said} on: {', '.join(labels)}"] if labels else []
    return "\n".join(lines)


def show_changes(found: PolicyChanges | None, version: str) -> str:
    """Changes for the terminal: each difference with both quotes. version: the current one."""
    if found is None:
        return f"there is only one version, {version}: nothing to compare it with"
    counts = [f"{found.count(kind)} {kind}" for kind in ("changed", "added", "removed")]
    lines = [f"{found.company.name}: {found.old} → {found.new}: {', '.join(counts)}"]
    for group in found.groups:
        lines.append(f"\n{group.title}" + (f": {WEIGHT_NAMES[group.weight]}" if group.weight else ""))
        for change in group.changes:
            lines.append(f"  {change.kind}")
            lines += [f"    - “{change.old.text}”"] if change.old else []
            lines += [f"    + “{change.new.text}”"] if change.new else []
    return "\n".join(lines)
