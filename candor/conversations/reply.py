"""Reply: what every channel, the command line and the tests get of an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from candor.tickets.request_types import RequestTypeName
from candor.transcripts.reply_kinds import ReplyKind

if TYPE_CHECKING:  # whoever only stores, sends or forgets replies loads nothing that answers
    from knowledge.answering import Answer
    from knowledge.passages import Passage
    from knowledge.retrieval import Hit


class Citation(BaseModel):
    """A verbatim quote and where it stands; `quote` is the version's stored text[start:end]."""

    model_config = ConfigDict(extra="forbid")

    n: int
    company: str
    policy: str
    version: str
    section: str
    lead_in: str = ""
    quote: str
    start: int
    end: int
    url: str


class Button(BaseModel):
    """Something to press; `payload` is the text that is sent for it."""

    title: str
    payload: str


class Choice(BaseModel):
    """Something to choose; `value` is the text that is sent for it, and that Candor then understands."""

    value: str
    label: str
    code: str = ""  # of a place: its ISO 3166 code


class AskedField(BaseModel):
    """What a step of a request asks for, so that a surface can draw a form field; typing the answer does the same.

    `options` are all the places for `residence`, those with a law of the company first; for the other fields what can be
    sent instead of an answer. Where the question need not be answered (`skippable`), the last option passes it over.
    """

    field: Literal["email", "residence", "details", "code", "agreed"]
    options: list[Choice] = Field(default_factory=list)
    skippable: bool = False


class CardRow(BaseModel):
    """One line of a request card. Where the visitor has left it out, `value` says so."""

    model_config = ConfigDict(extra="forbid")

    field: Literal["request", "residence", "email", "details"]
    label: str  # "Where"
    value: str = ""  # empty: not known yet
    left_out: bool = False
    edit: Button | None = None  # says that it is to be changed
    options: list[Choice] = Field(default_factory=list)  # what it can be changed to at once, instead of `edit`


class RequestCard(BaseModel):
    """A request that is not opened yet, as far as it is known. Only the newest card of a conversation can be edited.

    lead: stands above the card instead of the reply's text, where that repeats the rows for those who see no card.
    """

    model_config = ConfigDict(extra="forbid")

    title: str
    lead: str = ""
    rows: list[CardRow]
    cancel: Button


class TicketCard(BaseModel):
    """What the requester gets to keep of an opened request, and what can still be done about it.

    lead: stands above the card instead of the reply's text, where that repeats the card for those who see none.
    add: its payload is the beginning of a message, to which the visitor adds the rest. None: that cannot be done any more.
    """

    number: str
    lead: str = ""
    request_type: RequestTypeName
    status: str
    company: str
    # The last day for the answer, as an ISO date; None where the request is closed, or where it is being worked out.
    due: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    due_article: str = ""  # what that day rests on: "Art. 12(3) GDPR"
    due_note: str = ""  # what is unsure about that day, in plain sentences
    what_next: str = ""  # one plain sentence
    contact: str = ""  # of the company: an e-mail address or a page
    add: Button | None = None
    withdraw: Button | None = None
    check: Button | None = None


class ComparedSide(BaseModel):
    """One side of a comparison: a company's policy, or one version of it. `citations` are numbers of the reply's citations."""

    company: str
    name: str  # "Clevra"; "the version of 2026-01-15" where versions of one policy are compared
    version: str
    about: str = ""  # what the pair of sides is about, where a reply holds several pairs
    silent: bool
    citations: list[int] = Field(default_factory=list)


class Speaker(BaseModel):
    """The person of the company who speaks in a reply of kind human, or who comes or goes with it."""

    name: str
    company: str  # its name: "Acme"
    does: Literal["says", "joins", "leaves", "passes"] = "says"  # passes: leaves, and a colleague follows


class Reply(BaseModel):
    """One message of the assistant, or (kind human) of a person of the company."""

    kind: ReplyKind
    text: str
    company: str | None = None
    request_type: RequestTypeName | None = None
    buttons: list[Button] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)  # the best first
    citations_shown: int = Field(default=1, ge=1)  # so many of them are read at once; channels fold the others away
    comparison: list[ComparedSide] = Field(default_factory=list)  # of kind compare: what stands side by side
    answer_id: str | None = None
    ticket: TicketCard | None = None
    form: AskedField | None = None
    card: RequestCard | None = None
    ended: bool = False  # the conversation is forgotten with this reply: what is said next begins a new one
    speaker: Speaker | None = None  # of kind human, and of no other
    unprompted: bool = False  # news of a request: it answers no message


def unmasked(replies: Sequence[Reply], unmask: Callable[[Sequence[str]], list[str]]) -> list[Reply]:
    """Copies of the replies with the visitor's own values in the place of tokens, in texts and cards; citations stay as they are.

    unmask: replaces the tokens of many texts at once.
    """
    rows = [[row.value for row in reply.card.rows] if reply.card else [] for reply in replies]
    texts = iter(unmask([text for reply, values in zip(replies, rows, strict=True) for text in (reply.text, *values)]))
    return [_filled(reply, next(texts), [next(texts) for _ in values]) for reply, values in zip(replies, rows, strict=True)]


def _filled(reply: Reply, text: str, values: list[str]) -> Reply:
    if reply.card is None:
        return reply.model_copy(update={"text": text})
    rows = [row.model_copy(update={"value": value}) for row, value in zip(reply.card.rows, values, strict=True)]
    return reply.model_copy(update={"text": text, "card": reply.card.model_copy(update={"rows": rows})})


def citations_of(answer: Answer, hits: Sequence[Hit] | None = None) -> list[Citation]:
    """An answer's evidence as citations, numbered from 1, each with the address of its place on the policy page.

    hits: only these, where not all of the answer's are shown.
    """
    shown = answer.hits if hits is None else hits
    return [citation(number, answer.policy, hit.passage) for number, hit in enumerate(shown, start=1)]


def citation(number: int, policy: str, passage: Passage) -> Citation:
    """One passage as a citation."""
    return Citation(
        n=number, company=passage.company, policy=policy, version=passage.version, section=passage.section,
        lead_in=passage.lead_in, quote=passage.text, start=passage.start, end=passage.end,
        url=address(passage.company, passage.version, passage.start, passage.end),
    )  # fmt: skip


def address(company: str, version: str, start: int, end: int) -> str:
    """The address at which the policy page highlights these characters."""
    return f"/policies/{company}/{version}#c{start}-{end}"
