"""One question to several companies: each policy's own words side by side, or a statement that it is silent.

Companies' names are removed from the question before the search, because they would pull it towards passages that name the
company. Nothing here judges which policy is "better".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.answering import Answer, Answers
from knowledge.aspects import Aspect
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.company_names import WORD, names_of, plain
from knowledge.retrieval import Hit

MOST = 8  # companies compared at once; more cannot be read side by side
QUOTES = 2  # shown for each company
SURE = 0.6  # an answer less probable than this is shown only if the aspect map agrees
EVERYONE = re.compile(
    r"\b(all|each|every|any|both|none|which|who|whose)( one)? of (you|them|these|those|the \w+)\b|"
    r"\ball( of)? (the |your |these )?(companies|policies|\w+ policies)\b|\b(every|each|which|what) (company|policy|one)\b|"
    r"\bof all\b|\beveryone\b|\bacross the board\b|\bamong (you|them|all)\b|\bthe others?\b",
    re.IGNORECASE,
)
NAME = "\N{OBJECT REPLACEMENT CHARACTER}"  # replaces a company's name while the question is cleaned
UNNAMED = "the company"  # what without_names() leaves of a name
NAMES = re.compile(
    rf"{NAME}(?:['’]s)?(?:\s*(?:,|/|&|\bor\b|\band\b|\bvs\b\.?|\bversus\b|\bwith\b|\bto\b)+\s*(?:the\s+)?{NAME}(?:['’]s)?)*"
)
BESIDE_US = re.compile(  # "yourself with X", "X versus you"
    rf"\b(?:you|u|your(?:self|selves)|us)\b\s*(?:with|to|and|vs\.?|versus|against|next to)\s+{NAME}"
    rf"|{NAME}\s*(?:with|to|and|vs\.?|versus|against|next to)\s+(?:you|u|your(?:self|selves)|us)\b",
    re.IGNORECASE,
)
THAN = re.compile(
    rf"\b(?:better|worse|(?:more|less) \w+|\w+er) (?:than|compared (?:to|with)) {NAME}(?:['’]s)?|"
    rf"\b(?:than|of|for|at|by|from|in|between|with|to|and|or)\s+{NAME}(?:['’]s)?"
)
ASIDE = re.compile(
    r"\b(please|compare[ds]?|comparing|comparison|side by side|the differences? between|what(?:'s| is) the difference|differ\w*|"
    r"(?:better|worse|stricter|safer|more|less|longer|shorter|different\w*) than|compared (?:to|with)|in comparison)\b",
    re.IGNORECASE,
)
LEFT_OVER = re.compile(
    r"\b(of|for|at|by|from|in|between|than|with|to|and|or|vs|versus|is|are|does|do|on|about|how|the|a)\b", re.IGNORECASE
)

SETS_BESIDE = r"compar\w*|versus|vs|against|next to|differ\w*|than"
WITH_US = re.compile(
    rf"\b(?:{SETS_BESIDE})\b(?=.*\b(?:you|u|your\w*|us|this|here)\b)|\b(?:you|u|your\w*|us|this|here)\b.*\b(?:{SETS_BESIDE})\b",
    re.IGNORECASE | re.DOTALL,
)
# Without one of these, and without a company's name, nothing is compared: "do they have to keep the same rules".
COMPARES = re.compile(
    rf"\b(?:{SETS_BESIDE}|which|who\w*|the others|all|both|between|side|each|every\w*|better|worse|best|worst"
    r"|stricter|strictest|safer|safest|longer|longest|shorter|shortest|more|most|less|least|fewer|fewest)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Side:
    """One company's side of a comparison. Without a hit its policy counts as silent."""

    answer: Answer
    hits: tuple[Hit, ...]  # best first

    @property
    def silent(self) -> bool:
        return not self.hits


@dataclass(frozen=True)
class Comparison:
    """What several policies say on one question, in the order in which the companies were named."""

    question: str  # as searched for in each policy, without names
    sides: tuple[Side, ...]

    @property
    def aspect(self) -> Aspect | None:
        """What the question was taken to ask; the same for every company."""
        return self.sides[0].answer.aspect if self.sides else None

    @property
    def looked_for(self) -> str:
        return self.aspect.label if self.aspect else "an answer"

    @property
    def speaking(self) -> tuple[Side, ...]:
        return tuple(side for side in self.sides if not side.silent)

    @property
    def silent(self) -> tuple[Side, ...]:
        return tuple(side for side in self.sides if side.silent)


@dataclass(frozen=True)
class _Named:
    """A company's name in a text."""

    company: str
    start: int
    end: int


def compare(answers: Answers, catalogue: PolicyCatalogue, text: str, wanted: Sequence[str]) -> Comparison | None:
    """Answer the text's question for each wanted company id; None if nothing is left of it without the names.

    Raises: UnknownCompanyError, IndexUnusableError.
    """
    question = without_names(text, catalogue.companies)
    if question is None:
        return None
    answers_given = [answers.answer(question, company) for company in wanted[:MOST]]
    return Comparison(question, tuple(Side(answer, shown_hits(answer, catalogue)) for answer in answers_given))


def shown_hits(answer: Answer, catalogue: PolicyCatalogue) -> tuple[Hit, ...]:
    """The quotes shown for one company. A merely similar passage is left out: beside another company's words it would mislead.

    The aspect map is a second opinion: an answer that is uncertain is shown only if the map agrees.
    """
    if answer.kind == "not_in_policy" or not answer.hits:
        return ()
    agreed = [hit for hit in answer.hits if _on_topic(hit, answer, catalogue)]
    first = answer.hits[0]
    if first not in agreed and (answer.kind != "answer" or answer.probability < SURE):
        return ()
    return (first, *(hit for hit in agreed if hit is not first))[:QUOTES]


def _on_topic(hit: Hit, answer: Answer, catalogue: PolicyCatalogue) -> bool:
    """Whether, by the aspect map, the passage or a part of it speaks of the topic of the question."""
    artefact = catalogue.artefact(answer.company.id, answer.version)
    aspect_map = artefact.aspect_map
    if aspect_map is None or answer.aspect is None:
        return False
    of_topic = [aspect.id for aspect in artefact.aspects if aspect.topic == answer.aspect.topic]
    passages = (artefact.passages[mention.passage] for aspect in of_topic for mention in aspect_map.of(aspect))
    return any(hit.passage.start < other.end and other.start < hit.passage.end for other in passages)


def companies_named(text: str, companies: Mapping[str, Company]) -> list[str]:
    """The ids of the companies that a text names, in order of first mention."""
    return list(dict.fromkeys(name.company for name in _names_in(text, companies)))


def asks_to_compare(text: str, companies: Mapping[str, Company], current: str) -> bool:
    """Whether a question is about several companies: two that it names, or another and `current` ("compare yourself with …")."""
    named = companies_named(text, companies)
    return len(named) > 1 or (named not in ([], [current]) and WITH_US.search(text) is not None)


def may_compare(text: str, companies: Mapping[str, Company], current: str) -> bool:
    """Whether a message that was read as a comparison can be one: it has a word of comparison, or another company's name than
    `current`'s."""
    return COMPARES.search(text) is not None or companies_named(text, companies) not in ([], [current])


def companies_to_compare(text: str, companies: Mapping[str, Company], current: str = "") -> list[str]:
    """The ids of the companies that a question compares: those it names, or all if it says so, or the one named and `current`.

    Named ones come first. With fewer than two there is nothing to compare.
    """
    named = companies_named(text, companies)
    everyone = [*named, *(company for company in sorted(companies) if company not in named)]
    if len(named) >= 2:
        return named
    if EVERYONE.search(text) or not named:
        return everyone
    return [current, *named] if current in companies and current not in named else everyone


def without_names(text: str, companies: Mapping[str, Company]) -> str | None:
    """The question without companies' names and words of comparison; None if nothing is left."""
    kept, at = "", 0
    for name in _names_in(text, companies):
        kept += text[at : name.start] + NAME
        at = name.end
    kept = THAN.sub(" ", NAMES.sub(NAME, BESIDE_US.sub(NAME, kept + text[at:])))
    kept = EVERYONE.sub(" ", ASIDE.sub(" ", kept))
    kept = re.sub(rf"[,:;]?\s*{NAME}\s*[?.!]*\s*$|^\s*{NAME}\s*[,:]", " ", kept)
    kept = re.sub(r"\s+([?.!,])", r"\1", re.sub(r"\s+", " ", kept.replace(NAME, UNNAMED))).strip(" ,:;-")
    content = LEFT_OVER.sub(" ", kept.replace(UNNAMED, " "))
    return kept if len("".join(WORD.findall(content))) >= 3 else None


def _names_in(text: str, companies: Mapping[str, Company]) -> list[_Named]:
    """Every company name in a text, in order, without overlaps; of two that start at the same word the longer one counts."""
    known = names_of(companies)
    words = list(WORD.finditer(text))
    names: list[_Named] = []
    position = 0
    while position < len(words):
        for length in range(min(known.longest + 1, len(words) - position), 0, -1):
            written = tuple(plain(word[0]) for word in words[position : position + length])
            company_id = known.company(written)
            if company_id:
                names.append(_Named(company_id, words[position].start(), words[position + length - 1].end()))
                position += length
                break
        else:
            position += 1
    return names
