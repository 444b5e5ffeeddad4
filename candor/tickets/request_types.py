"""The types of privacy requests: one row each, with everything that the rest of Candor says or decides about a type.

Three things make a type: its row here, its row under each law in law/laws.yml, and its training examples in bot/data.
A test checks that no other code spells the types out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

# For type checkers and for the API's schema; REQUEST_TYPES has one row for each, in this order.
RequestTypeName = Literal[
    "access", "deletion", "correction", "portability", "restriction", "objection",
    "withdraw_consent", "opt_out_of_sale", "complaint",
]  # fmt: skip
YearlyKind = Literal["delete", "correct", "know", "opt out of sale or sharing", "other"]
YEARLY_KINDS: tuple[YearlyKind, ...] = get_args(YearlyKind)  # 11 CCR § 7102(a) counts requests by these

ARTICLE = r"(?:gdpr )?art(?:icle|\.)?"  # of the GDPR, before its number: many people know their right by that alone


@dataclass(frozen=True)
class RequestType:
    """One type of request.

    wish: completes "You asked to …" in letters and "I can open a request with Acme to …" in the chat.
    phrase: what a requester says to make such a request. Buttons send it, so it is also an example of its intent in bot/data.
    question: asks about the right instead of using it. Buttons send it, so it is also an example of ask_policy in bot/data.
    aspects: the aspects of knowledge/aspects.yml after whose answer this request is offered.
    needs_proof: whether the requester must prove who they are, if the law allows to ask for that.
    needs_details: whether the company cannot act without details, so that the chat asks for them in so many words.
    turn: where several requests are made, those with a lower turn come first: a copy before anything is deleted.
    named_by: words (a regular expression) that name it where no aspect does: "may I have it wiped?", "I invoke article 17".
    for_indirect: whether it is offered to people whose data the company holds for a customer of its own (Art. 28 GDPR).
    """

    name: RequestTypeName
    wish: str
    phrase: str
    question: str
    aspects: tuple[str, ...]
    counted_as: YearlyKind = "other"
    needs_proof: bool = True
    needs_details: bool = False
    turn: Literal[1, 2, 3] = 2
    named_by: str = ""
    for_indirect: bool = False

    @property
    def label(self) -> str:
        """The name as words: "opt out of sale"."""
        return self.name.replace("_", " ")


_ROWS = (
    RequestType(
        "access",
        wish="get a copy of your personal data",
        phrase="send me a copy of my data",
        question="can I get a copy of my data?",
        aspects=("rights.access",),
        counted_as="know",
        turn=1,
        named_by=rf"\b(?:cop(?:y|ies)|access to my|{ARTICLE} 15)\b",
        for_indirect=True,
    ),
    RequestType(
        "deletion",
        wish="have your personal data deleted",
        phrase="delete my data",
        question="can I have my data deleted?",
        aspects=("rights.deletion",),
        counted_as="delete",
        turn=3,
        named_by=rf"\b(?:delet|eras|wip(?:e|ing)|remov)\w*|\b(?:{ARTICLE} 17|right to be forgotten)\b",
        for_indirect=True,
    ),
    RequestType(
        "correction",
        wish="have your personal data corrected",
        phrase="correct my data",
        question="can I have my data corrected?",
        aspects=("rights.correction",),
        counted_as="correct",
        needs_details=True,
        named_by=rf"\b{ARTICLE} 16\b",
    ),
    RequestType(
        "portability",
        wish="get your personal data in a portable format",
        phrase="export my data in a portable format",
        question="can I get my data in a portable format?",
        aspects=("rights.portability",),
        counted_as="know",
        turn=1,
        named_by=rf"\b{ARTICLE} 20\b",
    ),
    RequestType(
        "restriction",
        wish="have the processing of your personal data restricted",
        phrase="restrict the processing of my data",
        question="can I have the processing of my data restricted?",
        aspects=("rights.restriction",),
        named_by=rf"\b{ARTICLE} 18\b",
    ),
    RequestType(
        "objection",
        wish="object to the processing of your personal data",
        phrase="stop using my data",
        question="can I object to the processing of my data?",
        aspects=("rights.objection", "marketing.unsubscribe"),
        named_by=rf"\b{ARTICLE} 21\b",
    ),
    RequestType(
        "withdraw_consent",
        wish="withdraw your consent",
        phrase="withdraw my consent",
        question="can I withdraw my consent?",
        aspects=("rights.withdraw_consent",),
        named_by=rf"\b{ARTICLE} 7\b",
    ),
    RequestType(
        "opt_out_of_sale",
        wish="opt out of the sale of your personal data",
        phrase="do not sell my data",
        question="can I opt out of the sale of my data?",
        aspects=("selling.opt_out",),
        counted_as="opt out of sale or sharing",
        needs_proof=False,  # 11 CCR § 7026(d)
    ),
    RequestType(
        "complaint",
        wish="have a complaint about the handling of your personal data looked into",
        phrase="file a complaint",
        question="can I lodge a complaint with a supervisory authority?",
        aspects=("rights.complaint",),
        named_by=r"\b(?:compla(?:in|int)\w*|appeal\w*)\b",
    ),
)

REQUEST_TYPES: Mapping[str, RequestType] = MappingProxyType({row.name: row for row in _ROWS})
OPT_OUT: RequestTypeName = "opt_out_of_sale"  # of sale and sharing: what Global Privacy Control asks for
WITHOUT_PROOF = frozenset(row.name for row in _ROWS if not row.needs_proof)
