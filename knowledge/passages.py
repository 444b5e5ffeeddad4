"""Structure → passages, which are searched and quoted. Pure, except for spaCy's tokenizer.

A passage is one sentence, one list item, or one whole list. Each keeps the context that it needs to be understood on its
own: the headings above it, the label that it follows, and the lead-in of its list, so that "How long such data is retained"
never loses its "does not determine:".
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Literal

from knowledge.characters import without_invisible
from knowledge.lines import title_like
from knowledge.structure import Block, Span, Structure, run_in_label

LONGEST_LIST = 700  # characters; a longer list is quoted by its items
READ_BY_TOKENS = (0, 2)  # indices of the readings whose token vectors are stored
LONGEST_NAME = 6  # words of a line without a full stop that only names something
LINK = re.compile(r"\W*(?:https?://|www\.)\S+")
CLOSING = "\"'”’)]» "
# What spaCy imports and is not used here: frameworks for models, which it can do without (torch takes longer to load than five
# policies to read), and its own commands, of which it asks for one by name.
TRIED_BY_SPACY = ("torch", "tensorflow", "mxnet", "cupy", "jax")
COMMANDS_OF_SPACY = ("spacy.cli", "spacy.cli.info")
SHORTEST = 12  # characters; "1." or a single word cannot be evidence

# Abbreviations before a number: "in the sense of Art. 22 GDPR". spaCy takes their full stop for the end of a sentence.
BEFORE_A_NUMBER = re.compile(r"\b(?:Arts?|Secs?|Sect|[Pp]aras?|Nos?|Nr|Regs?|Sch|[Pp]p|[Aa]pprox|[Tt]el|[Cc]f)\.$")
NUMBER_NEXT = re.compile(r"\s*\d")

# What cannot begin a sentence: a word in lower case, unless it is a name such as "iPhone".
GOES_ON = re.compile(r"\s*(?:[a-z]{2,}[\s,.;:)]|[a-z]\s|[,;)])")
OPENS_NEXT = re.compile(r"\s[“‘\"(]$")  # a quotation mark that spaCy left at the end of the sentence before

PassageKind = Literal["sentence", "item", "list"]


@dataclass(frozen=True)
class Passage:
    """One passage of one policy version; [start, end) are character offsets into that version's stored text."""

    company: str
    version: str
    kind: PassageKind
    section: str  # "5. Data Retention", "3. Information We Collect › 3.1 Account Owner Information"
    start: int
    end: int
    text: str  # verbatim: the stored text's [start:end]
    lead_in: str  # verbatim; "" if there is none
    context: str  # what the encoder reads before the text: headings, label, lead-in

    @property
    def readings(self) -> tuple[str, str, str]:
        """The three texts that are embedded: the passage with its whole context, with its lead-in only, and alone.

        Invisible characters are removed, because one inside a word would make it another word.
        """
        context, lead_in, text = (without_invisible(part) for part in (self.context, self.lead_in, self.text))
        return f"{context} {text}".strip(), f"{lead_in} {text}".strip(), text


def passages_of(text: str, structure: Structure, *, company: str, version: str) -> list[Passage]:
    """Split a policy into passages, in reading order.

    Left out are navigation, the title, what says nothing on its own (a bare question, label or sign), and what a section says
    a second time in the same words.
    """
    passages: list[Passage] = []
    said: set[tuple[str, ...]] = set()
    for block in structure.blocks:
        if block.kind in ("navigation", "title"):
            continue
        path = structure.path(block.section)
        section = " › ".join(part.label for part in path)
        outer = sentences(text, block.under)[-1].of(text) if block.under and block.lead_in else ""
        above = [*(part.title for part in path if part.title), *([outer.rstrip(":")] if outer else [])]
        titles = ". ".join(above)
        for kind, span, lead_in, label in _passages_of_block(text, block):
            quote = span.of(text)
            if not _says_something(quote, kind) or (kind, section, lead_in, quote) in said:
                continue
            said.add((kind, section, lead_in, quote))
            context = ". ".join(part.rstrip(".") for part in (titles, label) if part)
            context = f"{context}. {lead_in}".strip() if lead_in else f"{context}." if context else ""
            passages.append(Passage(company, version, kind, section, span.start, span.end, quote, lead_in, context))
    return passages


def _says_something(quote: str, kind: PassageKind) -> bool:
    """Whether a quote can be evidence: more than a question, the name of something, or a sign."""
    words = re.findall(r"\w+(?:[’'-]\w+)*", quote)
    if kind == "list":
        return bool(words)
    if not words or quote.rstrip(CLOSING).endswith("?"):
        return False
    if kind == "item":
        return True
    if len(quote) < SHORTEST or quote.endswith(":") or LINK.fullmatch(quote):
        return False
    ended = quote.rstrip(CLOSING)[-1:] in ".!;…" or re.search(r"\d|@|://|www\.|:\s", quote)
    return bool(ended) or len(words) > LONGEST_NAME or not (title_like(quote) or len(words) <= 3)


def _passages_of_block(text: str, block: Block) -> Iterator[tuple[PassageKind, Span, str, str]]:
    """Yield (kind, span, lead-in, label) for each passage of a block."""
    if block.kind == "paragraph":
        yield from ((("sentence", span, "", label)) for span, label in _labelled(text, block.span))
        return
    lead_in = sentences(text, block.under)[-1].of(text) if block.under and not block.lead_in else ""
    whole = block.span
    if block.lead_in:
        *before, last = sentences(text, block.lead_in)
        for span in before:
            yield "sentence", span, "", ""
        lead_in, whole = last.of(text), Span(last.start, block.span.end)
    if len(block.items) > 1 and whole.end - whole.start <= LONGEST_LIST:
        yield "list", whole, "" if block.lead_in else lead_in, ""
    for item in block.items:
        parts = [] if block.rows else list(_labelled(text, item))
        if len(parts) > 1:
            yield from (("item", span, lead_in, label) for span, label in parts)
        else:
            yield "item", item, lead_in, ""


def _labelled(text: str, span: Span) -> Iterator[tuple[Span, str]]:
    """The sentences of a span, each with the label that the span starts with; the first sentence includes the label."""
    label_length = run_in_label(span.of(text))
    label = text[span.start : span.start + label_length].strip().rstrip(".:")
    rest = sentences(text, Span(span.start + label_length, span.end))
    if not label and len(rest) > 1 and rest[0].of(text).endswith("?"):
        label = rest[0].of(text)  # "What do we collect? Your name." answers a question that the answer needs
        yield rest.pop(0), ""
    for index, sentence in enumerate(rest):
        if index == 0 and label_length:
            yield Span(span.start, sentence.end), ""
        else:
            yield sentence, label


@contextmanager
def _instead(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Have what is imported within the block find these modules, or find them missing, unless they are loaded already."""
    hidden = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]  # None is Python's own mark for what is not to be found
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@cache
def _sentencizer() -> Any:
    nothing = ModuleType("nothing")
    vars(nothing).update(info=None, __path__=[])
    with _instead({**dict.fromkeys(TRIED_BY_SPACY), **dict.fromkeys(COMMANDS_OF_SPACY, nothing)}):
        import spacy  # takes long to import, and only ingestion needs it

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    pipeline.max_length = 10_000_000
    return pipeline


def sentences(text: str, span: Span) -> list[Span]:
    """Split a span into at least one sentence. spaCy knows that the full stop of "Inc.", "St." and "U.S." ends no sentence."""
    whole = span.of(text)
    spans: list[Span] = []
    open_brackets, last_closed = 0, whole.rfind(")")
    begin = None
    for sentence in _sentencizer()(whole).sents:
        sentence_text = sentence.text
        begin = sentence.start_char if begin is None else begin
        open_brackets += sentence_text.count("(") - sentence_text.count(")")
        closes = last_closed >= sentence.end_char  # some brackets are never closed: "issues ( We would"
        if open_brackets > 0 and closes and len(sentence_text) < 400:
            continue  # "(e.g. a full stop in brackets)" ends no sentence
        if BEFORE_A_NUMBER.search(sentence_text) and NUMBER_NEXT.match(whole, sentence.end_char):
            continue
        if GOES_ON.match(whole, sentence.end_char) or sentence_text.rstrip().endswith(":"):
            continue  # "the section called Who We Are? below", "our logs, etc.) for a year", "names (first, last, etc.): kept"
        end = span.start + sentence.end_char
        opening = OPENS_NEXT.search(sentence_text)
        if opening and whole[sentence.end_char :].strip():
            end -= len(sentence_text) - opening.start()
        spans.append(_trimmed(text, span.start + begin, end))
        begin, open_brackets = (None, 0) if end == span.start + sentence.end_char else (end - span.start, 0)
    if begin is not None:
        spans.append(_trimmed(text, span.start + begin, span.end))
    return [sentence for sentence in spans if sentence.end > sentence.start] or [span]


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
