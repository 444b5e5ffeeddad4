"""A conversation as staff read it: what was said, and beside each turn why. Pure: rows and catalogue in, frozen values out.

Text stays masked; `masked` draws its tokens as chips, or as what they stand for where that was revealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Protocol, assert_never

from markupsafe import Markup, escape
from pydantic import ValidationError

from candor.conversations.reply import Reply, address
from candor.errors import CandorError
from candor.transcripts.masking import TOKEN
from candor.transcripts.models import FeedbackRow, TurnRow
from candor.transcripts.reply_kinds import REPLY_KINDS, ReplyKind
from candor.transcripts.sensitive import is_sensitive
from knowledge.documents import PolicyDocument


@dataclass(frozen=True)
class KindLabel:
    """How a kind of reply is shown. looks: of its chip; "" is the plain one."""

    title: str
    looks: str = ""


def label_of(kind: ReplyKind) -> KindLabel:  # noqa: C901, PLR0911  # one case a kind
    match kind:
        case "answer":
            return KindLabel("Answer", "good")
        case "not_in_policy":
            return KindLabel("Nothing found in the policy", "caution")
        case "unsure":
            return KindLabel("Not sure: the nearest passages", "caution")
        case "request":
            return KindLabel("Privacy request", "info")
        case "compare":
            return KindLabel("Side by side", "good")
        case "out_of_scope":
            return KindLabel("Not about the policy")
        case "smalltalk":
            return KindLabel("Small talk")
        case "handoff":
            return KindLabel("Asked for a person", "bad")
        case "human":
            return KindLabel("A person answers", "info")
        case "error":
            return KindLabel("Something went wrong", "bad")
        case _:
            assert_never(kind)


KINDS: dict[str, str] = {kind: label_of(kind).title for kind in REPLY_KINDS}
LOOKS: dict[str, str] = {kind: label_of(kind).looks for kind in REPLY_KINDS}
REASONS = {
    "wrong_passage": "It quotes the wrong passage", "not_answered": "It does not answer the question",
    "hard_to_understand": "It is hard to understand", "out_of_date": "It is out of date", "other": "Something else",
}  # fmt: skip


class PolicyLookup(Protocol):
    """The part of the catalogue that is used."""

    def document(self, company: str, version: str) -> PolicyDocument: ...


@dataclass(frozen=True)
class PassageSeen:
    """One passage that was found. `text` is None where its version no longer exists."""

    start: int
    end: int
    score: float  # the ranker's; higher is better, comparable within one question
    cited: bool
    text: str | None
    url: str


@dataclass(frozen=True)
class LookedUp:
    """What was found in one version of one company's policy; a comparison has one for each side."""

    company: str
    version: str
    probability: float | None  # that the first quote answers the question
    gone: bool  # the version is not kept any more
    passages: tuple[PassageSeen, ...]

    @property
    def cited(self) -> tuple[PassageSeen, ...]:
        return tuple(passage for passage in self.passages if passage.cited)

    @property
    def found(self) -> tuple[PassageSeen, ...]:
        """What was looked at and not cited."""
        return tuple(passage for passage in self.passages if not passage.cited)


@dataclass(frozen=True)
class FeedbackSeen:
    """What the visitor said of an answer."""

    helpful: bool
    reason: str  # in words; "" where none was given
    comment: str  # masked


@dataclass(frozen=True)
class TurnSeen:
    """One message, its replies, and the reasons. Of a turn that is `withheld`, only time and company are known."""

    id: int
    number: int  # in its conversation, from 1
    at: datetime
    company: str
    withheld: bool = False
    text: str = ""
    state: str = ""  # asked (never answered), answered or failed
    by_mail: bool = False
    replies: tuple[Reply, ...] = ()
    intent: str = ""
    confidence: float | None = None
    ranking: tuple[tuple[str, float], ...] = ()
    aspects: tuple[str, ...] = ()
    looked_up: tuple[LookedUp, ...] = ()
    actions: tuple[str, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)
    milliseconds: float | None = None  # from the message to the reply
    rasa_milliseconds: float | None = None  # of that, Rasa with its actions
    feedback: Mapping[str, FeedbackSeen] = field(default_factory=dict)  # by answer_id

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(reply.kind for reply in self.replies))

    @property
    def has_reasons(self) -> bool:
        """Whether there are any reasons; a message that was never answered has none."""
        return bool(self.intent or self.aspects or self.looked_up or self.actions or self.slots)

    @property
    def is_sensitive(self) -> bool:
        """Whether the visitor tells of health, belief or the like: folded until somebody wants to read it."""
        return is_sensitive(self.text)

    @property
    def tokens(self) -> frozenset[str]:
        """Which values stand masked in it."""
        said = chain([self.text], (reply.text for reply in self.replies), (given.comment for given in self.feedback.values()))
        slots = (str(value) for value in self.slots.values())
        return frozenset(match[0] for text in chain(said, slots) for match in TOKEN.finditer(text))


def turns_seen(
    rows: Iterable[TurnRow], feedback: Iterable[FeedbackRow], policies: PolicyLookup, covered: Iterable[str] | None = None
) -> list[TurnSeen]:  # fmt: skip
    """The turns as they are shown. `covered`: the companies whose turns may be read; None: all."""
    given = {one.answer_id: FeedbackSeen(one.helpful, REASONS.get(one.reason, one.reason), one.comment) for one in feedback}
    allowed = None if covered is None else set(covered)
    return [
        _turn(number, row, given, policies)
        if allowed is None or row.company in allowed
        else TurnSeen(row.id, number, _utc(row.at), row.company, withheld=True)
        for number, row in enumerate(rows, start=1)
    ]


def masked(text: object, revealed: Mapping[str, str] | None = None) -> Markup:
    """Text with its tokens as chips; tokens in `revealed` as their values."""
    shown, place, written = [], 0, str(text)
    for match in TOKEN.finditer(written):
        value = (revealed or {}).get(match[0])
        shown += [escape(written[place : match.start()]), _chip(match[0], value)]
        place = match.end()
    return Markup("").join([*shown, escape(written[place:])])


def _chip(token: str, value: str | None) -> Markup:
    if value is not None:
        return Markup('<bdi class="revealed" title="{}">{}</bdi>').format(token, value)
    return Markup('<span class="token">{}</span>').format(token.strip("<>").replace("_", " "))


def _turn(number: int, row: TurnRow, given: Mapping[str, FeedbackSeen], policies: PolicyLookup) -> TurnSeen:
    replies = tuple(map(_reply, row.replies))
    evidence = row.evidence or {}
    aspects = evidence.get("aspects") or [evidence.get("aspect")]
    trace = row.trace or {}
    by_mail = "mail" in evidence
    sides = [] if by_mail else evidence.get("sides") or [evidence]
    return TurnSeen(
        id=row.id, number=number, at=_utc(row.at), company=row.company, text=row.text, state=row.state, replies=replies,
        by_mail=by_mail,
        intent=row.intent or "", confidence=row.confidence,
        ranking=tuple((str(one.get("name")), float(one.get("confidence") or 0)) for one in row.intent_ranking),
        aspects=tuple(str(aspect) for aspect in aspects if aspect),
        looked_up=tuple(_looked_up(side, row.company, policies) for side in sides if side),
        actions=tuple(trace.get("actions") or ()), slots=trace.get("slots") or {},
        milliseconds=row.milliseconds, rasa_milliseconds=trace.get("rasa"),
        feedback={known: given[known] for reply in replies if (known := reply.answer_id) and known in given},
    )  # fmt: skip


def _reply(kept: dict[str, Any]) -> Reply:
    """A reply as it was recorded; one of an unknown shape is shown with its text only."""
    try:
        return Reply.model_validate(kept)
    except ValidationError:
        return Reply(kind="error", text=str(kept.get("text", "")))


def _looked_up(evidence: Mapping[str, Any], company: str, policies: PolicyLookup) -> LookedUp:
    company, version = str(evidence.get("company") or company), str(evidence.get("version") or "")
    text = _text_of(policies, company, version)
    passages = tuple(_passage(passage, company, version, text) for passage in evidence.get("passages") or ())
    probability = evidence.get("probability")
    return LookedUp(company, version, None if probability is None else float(probability), text is None, _once_each(passages))


def _passage(kept: Mapping[str, Any], company: str, version: str, text: str | None) -> PassageSeen:
    start, end = int(kept["start"]), int(kept["end"])
    quoted = None if text is None else text[start:end]
    return PassageSeen(start, end, float(kept["score"]), bool(kept["cited"]), quoted, address(company, version, start, end))


def _once_each(passages: Sequence[PassageSeen]) -> tuple[PassageSeen, ...]:
    """Each passage once, with its best score: two questions of one message may have found the same passage."""
    best: dict[tuple[int, int], PassageSeen] = {}
    for passage in sorted(passages, key=lambda one: -one.score):
        best.setdefault((passage.start, passage.end), passage)
    return tuple(best.values())


def _text_of(policies: PolicyLookup, company: str, version: str) -> str | None:
    try:
        return policies.document(company, version).text
    except CandorError:
        return None


def _utc(moment: datetime) -> datetime:
    """SQLite drops the zone of a time; all are stored in UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
