"""Whether somebody asks what Candor has noted of their request: "which mail did you put down?", "did you get it right?". Pure."""

from __future__ import annotations

import re

FIELD = r"(?:e-?mails?|mail|address\w*|adress|country|state|place|residence|details?)"
NOTED = (
    r"(?:got|get|have|noted?|wr[io]te|written|put|understood?|heard?|saved?|recorded?|tak(?:e|en)|took|entered|read|caught|catch"
    r"|jotted|typed?)"
)
GAVE = r"(?:say|said|give|gave|given|tell|told|typed?|wr[io]te|written|put|entere?d?|mention(?:ed)?|ask(?:ed)?)"
SEND = r"(?:ask\w*|send\w*|sent|tell\w*|forward\w*|fil(?:e|ing)|submit\w*|open\w*|request\w*)"
YOU, ME = r"(?:you|u|ya)", r"(?:i|we)"
MOST_WORDS = 16
# What would be sent, or was written down, as a whole.
SUMMARY = re.compile(
    r"\bsummar\w*\b|\b(?:read|show|tell|say|repeat|see|give)\b.{0,30}\b(?:again|once more|back|over)\b"
    r"|\b(?:repeat|read back|recap|remind me)\b.{0,30}\b(?:what|it|all|that|everything)\b"
    r"|\b(?:what|which) (?:exactly |\w+ )?(?:did|have|do|will|would|are|is) (?:i|you|it|we|they|there)\b.{0,30}\b(?:put"
    r"|wr[io]t\w*|noted?|down|given?|gave|got|have|so far|send\w*|in (?:it|there)|on (?:it|there))\b"
    rf"|\bwhat (?:exactly )?(?:are|will|would|do) (?:{YOU}|{ME}) (?:be |now |then )?{SEND}\b"
    r"|\bwhich request (?:is|was) (?:this|that|it)\b|\b(?:show|read) (?:me|it)(?: (?:please|pls|plz|first))?\W*$"
    r"|\bwhat(?:['’]?s| is| was| does it) (?:in|on|say)\b|\bis (?:this|that|it) (?:all|everything|complete|the whole)\b",
    re.IGNORECASE,
)
# One of its parts, or what the visitor said.
PART = re.compile(
    rf"\b(?:what|which|whose)\b[^.?!]{{0,30}}\b{FIELD}\b[^.?!]{{0,20}}\b{YOU}\b(?:['’]?ve| have| had| did)? (?:\w+ )?{NOTED}\b"
    rf"|\b(?:what|which) {FIELD} (?:is|was) (?:it|that|there|noted|in|on)\b"
    rf"|\b(?:did|have|had) {ME} (?:already |just )?{GAVE}\b.{{0,30}}\b(?:{FIELD}|where (?:i|we) live|you)\b"
    rf"|\bwhat (?:did|have|had) {ME} (?:already |just )?{GAVE}\b"
    rf"|\b(?:is|are|was) (?:my|the|that|this) {FIELD}\b.{{0,15}}\b(?:in|on|there|right|correct|ok(?:ay)?|noted|saved|down)\b"
    rf"|\b(?:is|are|was) (?:it |that )?(?:right|correct|ok(?:ay)?|good|wrong) (?:the|my|that) {FIELD}\b"
    rf"|\b(?:check|verify) (?:the|my) {FIELD}\b"
    rf"|\bdid {YOU} {NOTED}\b.{{0,15}}\b{FIELD}\b|\b{YOU} (?:have|got|noted) my {FIELD}\b"
    rf"|\bwhat(?:['’]?s| is| was) (?:my|the) {FIELD}\b(?: (?:again|now|then|that|{YOU}|{ME}|on|in)\b|\W*$)"
    r"|\bwhere (?:do|did|am) i (?:live|say i live)\b",
    re.IGNORECASE,
)
# What Candor has asked: "what was the question?"
QUESTION = re.compile(
    rf"\bwhat(?:['’]?s| is| was) (?:the|your) (?:last )?question\b|\bwhat did {YOU} (?:just )?(?:ask|want to know)\b"
    rf"|\bwhat (?:was|were) {YOU} asking\b|\b(?:ask|say|repeat) (?:me )?(?:that|it|the question) again\b",
    re.IGNORECASE,
)
ASKS = re.compile(
    r"\?|\b(?:what(?:['’]?s)?|which|whose|where|did|have i|had i|is (?:my|the|that|this|it)"
    r"|are my|tell me|show|repeat|read|recap|remind)\b",
    re.IGNORECASE,
)
# Said of these, the policy is asked, or something else is wanted.
OF_THE_POLICY = re.compile(
    r"\b(?:collect\w*|share\w*|sell\w*|sold|store\w*|ke[ep]p\w*|kept|use\w*|polic\w+|data|information|info|copy|where did"
    r"|countries|how (?:did|do|long)|(?:send|give) me|why|who)\b",
    re.IGNORECASE,
)


def asks_for_the_question(text: str) -> bool:
    """Whether somebody wants to hear once more what they were asked."""
    return len(text.split()) <= MOST_WORDS and QUESTION.search(text) is not None


def asks_to_read_back(text: str, *, shown: bool = False) -> bool:
    """Whether a message asks for what was noted of the request at hand, in whole or in part. shown: whether a summary was
    shown just now, so that words which may also be about the policy ("what do you send?") are about it."""
    if len(text.split()) > MOST_WORDS or not ASKS.search(text):
        return False
    if OF_THE_POLICY.search(text):
        return shown and SUMMARY.search(text) is not None
    return bool(SUMMARY.search(text) or PART.search(text))


def asks_what_was_given(text: str) -> bool:
    """Whether a message asks for the address, the place or the words that its visitor gave."""
    short = len(text.split()) <= MOST_WORDS and ASKS.search(text) is not None
    return short and PART.search(text) is not None and OF_THE_POLICY.search(text) is None
