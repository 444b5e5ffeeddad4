"""What a policy's author should check: dates that differ, sentences that break off, references that lead nowhere.

A warning never keeps a policy from being served. A wrong warning costs trust in the right ones, so each rule warns only if
the text allows no other reading. Pure: no disk.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge.characters import BIDI, INVISIBLE
from knowledge.contents import ALIKE
from knowledge.dates import EFFECTIVE, UPDATED, stated_dates
from knowledge.documents import PolicyDocument
from knowledge.language import FULLY_ENGLISH, language_of
from knowledge.passages import sentences
from knowledge.spacing import glued_words
from knowledge.structure import Block, Span, Structure

WarningKind = Literal["no_date", "dates", "no_contact", "cut_off", "dead_reference", "language", "invisible", "glued", "changed"]

EMAIL = re.compile(r"[\w.+-]{1,64}(?:@|\s?\[at\]\s?|\s?\(at\)\s?)[\w-]+(?:\.|\s?\[dot\]\s?)[\w.-]+", re.I)
PHONE = re.compile(
    r"(?:\+|\b00)\d[\d\s().-]{6,}\d|\b\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b|\b(?:phone|tel|call)\b[^.\n]{0,30}\d{5,}", re.I
)
POST = re.compile(
    r"\bP\.?\s?O\.?\s+Box\b|\b(?:attn|attention|postal\s+mail|by\s+post|mailing\s+address|registered\s+office|address)\b\s*:"
    r"|\b\d{1,5}[a-z]?,?\s+(?:[A-Z][\w.'’-]*\s+){1,4}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|way|square)\b"
    r"|\bwr(?:ite|iting)\s+to\s+us\s+at\b",
    re.I,
)
FORM = re.compile(r"\b(?:contact|request|privacy)\s+(?:form|portal|page|centre|center)\b|\b(?:https?://|www\.)\S+", re.I)

# A sentence of prose does not end with one of these.
OPEN_ENDED = frozenset(
    re.findall(
        r"\w+",
        "a an the and or of to at by for from with via under visit see click our your their its including such as than please",
    )
)
FEWEST_GLUED = 3  # overlong words; one or two may be names
CONTINUES = 5  # fewest words of a paragraph's last sentence for a missing full stop to matter
REACH_US = re.compile(r"\b(?:contact|write|e-?mail|reach|call|visit|send)\b", re.I)

SECTION_NUMBER = re.compile(
    r"\b[Ss]ections?\s+(?P<first>\d{1,2}(?:\.\d{1,2})*)(?P<more>(?:\s*(?:,|and|or|to|through|&|–|-)\s*\d{1,2}(?:\.\d{1,2})*)*)(?![\d(/%])"
)
LAW_BEFORE = re.compile(
    r"\b(?:Act|Code|Law|Laws|Regulations?|Directive|Ordinance|GDPR|CCPA|CPRA|FTC|Statutes?|Rules?)\b[^.;]{0,40}$"
)
LAW_AFTER = re.compile(
    r"\s*(?:\([^)]*\)\s*)*,?\s*(?:(?:of|in|under|to)\s+(?!this\b)|(?:[A-Z][\w-]*\s+){0,3}(?:Act|Code|Law|GDPR|CCPA|CPRA|[A-Z]{3,})\b)"
)
SECTION_NAME = (
    re.compile(r"\bsections?\s+(?:is\s+)?(?:called|titled|entitled|named|headed)\s+[\"“‘'](?P<name>[^\"”’']{3,80})[\"”’']", re.I),
    re.compile(r"[\"“](?P<name>[^\"“”]{3,80})[\"”]\s+sections?\b", re.I),
    re.compile(r"\bsections?\s+[\"“](?P<name>[^\"“”]{3,80})[\"”]"),
)


@dataclass(frozen=True)
class PolicyWarning:
    """One thing to check in one policy version, with its span in the stored text if it has one."""

    company: str
    version: str
    kind: WarningKind
    message: str
    span: Span | None = None


def proofread(document: PolicyDocument) -> tuple[PolicyWarning, ...]:
    """All warnings about a policy version: those about the whole version first, then in reading order."""
    text, structure = document.text, document.structure
    findings = [
        *_dates(document),
        *_contact(text),
        *_language(text),
        *_invisible(text),
        *_glued(text),
        *_cut_off(text, structure),
        *_dead_numbers(text, structure),
        *_dead_names(text, structure),
    ]
    warnings = [PolicyWarning(document.company, document.version, kind, message, span) for kind, message, span in findings]
    return tuple(sorted(warnings, key=lambda warning: warning.span.start if warning.span else -1))


_Finding = tuple[WarningKind, str, Span | None]


def _dates(document: PolicyDocument) -> Iterator[_Finding]:
    text = document.text
    updated, effective = list(stated_dates(text, UPDATED)), list(stated_dates(text, EFFECTIVE))
    if document.dated is None:
        if updated or effective:
            first = (updated or effective)[0]
            name = f", {first.day.isoformat()}" if first.day else ""
            said = _quoted(first.span, text)
            yield "no_date", f"the file has no date, but the text says {said}: name the file after it{name}", first.span
        else:
            yield (
                "no_date",
                "neither the file's name nor the text says from when the policy is: name the file after its date",
                None,
            )
    elif (updated or effective) and not any(document.dated in stated.days for stated in [*updated, *effective]):
        span = (updated or effective)[0].span
        yield "dates", f"the file is called {document.version}, but the text says {_quoted(span, text)}", span
    for other in updated[1:]:
        if not updated[0].days & other.days:
            yield "dates", f"the text says {_quoted(updated[0].span, text)} and also {_quoted(other.span, text)}", other.span


def _contact(text: str) -> Iterator[_Finding]:
    if not any(way.search(text) for way in (EMAIL, PHONE, POST, FORM)):
        yield (
            "no_contact",
            "the text names no way to write to the company: no e-mail, phone, postal or web address was found",
            None,
        )


def _language(text: str) -> Iterator[_Finding]:
    language = language_of(text)
    if language.english < FULLY_ENGLISH:
        share = round(100 * (1 - language.english))
        yield "language", f"about {share} % of the text is not English: questions about those parts will not be answered", None


def _glued(text: str) -> Iterator[_Finding]:
    glued = glued_words(text)
    if len(glued) >= FEWEST_GLUED:
        message = (
            f"{len(glued)} words are so long that spaces may be missing between them, the first “{glued[0].of(text)[:60]}”: check"
            " the file, or paste the text into a .txt file"
        )
        yield "glued", message, glued[0]


def _invisible(text: str) -> Iterator[_Finding]:
    turned = list(BIDI.finditer(text))
    if turned:
        message = f"invisible characters turn the text's direction {len(turned)} times, so that it may look otherwise than it is"
        yield "invisible", message, Span(turned[0].start(), turned[0].end())
    hidden = [one for one in INVISIBLE.finditer(text) if not BIDI.match(one.group()) and not _joins_signs(text, one.start())]
    if hidden:
        name = unicodedata.name(hidden[0].group(), "a control character").lower()
        message = f"characters that nobody sees stand in the text, {len(hidden)} in all, the first a {name}: remove them"
        yield "invisible", message, Span(hidden[0].start(), hidden[0].end())


def _joins_signs(text: str, index: int) -> bool:
    """Whether an invisible character is part of an emoji, or belongs to a script that needs it."""
    around = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
    return text[index] in "\ufe0e\ufe0f" or (text[index] in "\u200c\u200d" and any(ord(letter) > 0x5FF for letter in around))


def _cut_off(text: str, structure: Structure) -> Iterator[_Finding]:
    for index, block in enumerate(structure.blocks):
        if block.kind not in ("paragraph", "list"):
            continue
        following = structure.blocks[index + 1] if index + 1 < len(structure.blocks) else None
        if bracket := _open_bracket(text, block, following):
            yield "cut_off", f"a bracket is never closed: {_around(bracket, text)}", bracket
        if block.kind == "paragraph" and (end := _broken_end(text, structure, block, following)):
            yield "cut_off", f"a sentence breaks off: {_around(end, text)}", end


def _open_bracket(text: str, block: Block, following: Block | None) -> Span | None:
    opened: list[int] = []
    for index in range(block.span.start, block.span.end):
        if text[index] == "(":
            opened.append(index)
        elif text[index] == ")" and opened:
            opened.pop()
    if not opened:
        return None
    rest = following.span.of(text) if following else ""
    goes_on = rest.find(")") != -1 and (rest.find("(") == -1 or rest.find(")") < rest.find("("))
    return None if goes_on else Span(opened[-1], min(opened[-1] + 1, block.span.end))


def _broken_end(text: str, structure: Structure, block: Block, following: Block | None) -> Span | None:
    """The last sentence of a paragraph if it is incomplete and nothing continues it."""
    same = following is not None and following.section == block.section and following.kind in ("paragraph", "list")
    last = sentences(text, block.span)[-1]
    sentence = last.of(text)
    if sentence.endswith(":"):
        return last if not same and _leads_nowhere(structure, block, sentence, following) else None
    if following is not None and same and following.span.of(text)[:1].islower():
        return None
    words = re.findall(r"[^\W\d_][\w’'-]*", sentence)
    if (
        len(words) < 4
        or not sentence[-1].isalpha()
        or EMAIL.search(sentence[-60:])
        or re.search(r"(?:https?://|www\.)\S+$", sentence)
    ):
        return None
    if words[-1].lower() in OPEN_ENDED and words[-1].islower():
        return last
    prose = sum(word[0].islower() for word in words) >= 0.6 * len(words)
    ended_before = last.start > block.span.start and text[: last.start].rstrip()[-1:] in ".!?"
    return last if ended_before and prose and len(words) >= CONTINUES else None


def _leads_nowhere(structure: Structure, block: Block, sentence: str, following: Block | None) -> bool:
    """Whether nothing follows a colon; a subsection may follow it, and so may an unnumbered section."""
    after = next((index for index, one in enumerate(structure.sections) if one.heading.start >= block.span.end), None)
    if after is None:
        return following is None
    inner = structure.sections[after]
    if block.section is None:  # text before the first section may introduce all of them
        return bool(REACH_US.search(sentence))
    if any(one is structure.sections[block.section] for one in structure.path(after)[:-1]):
        return False
    return bool(inner.number) or bool(REACH_US.search(sentence))


def _dead_numbers(text: str, structure: Structure) -> Iterator[_Finding]:
    known = {section.number for section in structure.sections if section.number}
    known |= set(re.findall(r"(?m)^[^\w\n]*(?:section\s+|article\s+)?(\d{1,2}(?:\.\d{1,2})*)[.):]?(?=\s)", text, re.IGNORECASE))
    known |= {number.rpartition(".")[0] for number in known}
    for match in SECTION_NUMBER.finditer(text):
        if LAW_BEFORE.search(text[max(0, match.start() - 80) : match.start()]) or LAW_AFTER.match(text, match.end()):
            continue
        for number in re.findall(r"\d{1,2}(?:\.\d{1,2})*", match.group()):
            if number not in known:
                span = Span(match.start(), match.end())
                yield "dead_reference", f"there is no Section {number}: {_around(span, text)}", span


def _dead_names(text: str, structure: Structure) -> Iterator[_Finding]:
    headings = {_folded(section.title) for section in structure.sections if section.title}
    lines = [_folded(line) for line in text.splitlines()]
    for pattern in SECTION_NAME:
        for match in pattern.finditer(text):
            name = _folded(match.group("name"))
            if not name or any(_names(name, heading) for heading in headings) or any(line.startswith(name) for line in lines):
                continue
            span = Span(match.start("name"), match.end("name"))
            yield "dead_reference", f"there is no section called “{span.of(text)}”", span


def _names(name: str, heading: str) -> bool:
    return name in heading or heading in name or difflib.SequenceMatcher(None, name, heading).ratio() >= ALIKE


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _quoted(span: Span, text: str) -> str:
    return f"“{' '.join(span.of(text).split())}”"


def _around(span: Span, text: str) -> str:
    """The words around the end of a span, so that it can be found."""
    start, end = max(0, span.end - 60), min(len(text), span.end + 20)
    return f"“…{' '.join(text[start:end].split())}…”"
