"""What each figure counts."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from candor.settings import ROOT
from evaluation.questions import read_gold
from evaluation.scoring import LONGEST_QUOTE, ScoreSheet, folded, quotes_evidence, score

EVIDENCE = "We retain personal data only for as long as necessary to fulfil the purposes it was collected for."
POLICY = f"5. Data Retention\n\n{EVIDENCE}\n\nWe never sell personal data."
ANSWERABLE: dict[str, Any] = {
    "id": "q", "company": "acme", "question": "how long", "kind": "answerable", "evidence": [EVIDENCE],
    "must_say": ["as long as necessary"],
}  # fmt: skip


def quoting(*quotes: str, kind: str = "answer", text: str = "") -> dict[str, Any]:
    citations = [{"company": "acme", "quote": quote} for quote in quotes]
    return {"id": "q", "kind": kind, "text": text, "citations": citations}


def marks(answer: Mapping[str, Any], **question: Any) -> dict[str, float]:
    return score([{**ANSWERABLE, **question}], [answer], {"acme": POLICY}).figures


@pytest.mark.parametrize(
    ("quotes", "first", "three"),
    [
        ([EVIDENCE], 1.0, 1.0),
        (["We never sell personal data.", EVIDENCE], 0.0, 1.0),
        (["a", "b", EVIDENCE], 0.0, 1.0),
        (["a", "b", "c", EVIDENCE], 0.0, 0.0),
        ([], 0.0, 0.0),
    ],
)
def test_hits_count_among_the_first_one_and_three(quotes: list[str], first: float, three: float) -> None:
    """Nobody reads the fourth citation."""
    figures = marks(quoting(*quotes))

    assert (figures["hit@1"], figures["hit@3"]) == (first, three)


@pytest.mark.parametrize(
    ("quote", "hit"),
    [
        (EVIDENCE, True),
        (EVIDENCE.upper(), True),
        ("\n • " + EVIDENCE.replace(" ", "\n  "), True),
        (f"5. Data Retention {EVIDENCE} And more.", True),
        (EVIDENCE[:60], True),
        ("We retain", False),
        (" ".join(EVIDENCE.split()[:12]) + " other words", True),  # 12 of 18 words in a row
        (" ".join(EVIDENCE.split()[:10]) + " other words", False),
        (EVIDENCE + " x" * 350, False),
        ("", False),
        (" • ", False),
    ],
)
def test_a_quote_hits_if_it_contains_the_evidence_or_a_large_part_of_it(quote: str, hit: bool) -> None:
    """White space, case and list marks do not matter; a few words do not hit, and neither does a page."""
    assert quotes_evidence(quote, [EVIDENCE]) is hit


def test_any_one_of_the_evidence_passages_suffices() -> None:
    """They are alternatives."""
    assert quotes_evidence(EVIDENCE, ["Something else that is long enough to count.", EVIDENCE])
    assert not quotes_evidence(EVIDENCE, [])


def test_the_longest_quote_still_counts() -> None:
    """One character more does not."""
    quote = (EVIDENCE.rstrip(".") + " " + "x" * LONGEST_QUOTE)[:LONGEST_QUOTE]

    assert quotes_evidence(quote, [EVIDENCE])
    assert not quotes_evidence(quote + "x", [EVIDENCE])


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Your “Data”, it’s yours.", 'your "data", it\'s yours'),
        ("• one\n• two", "one two"),
        ("1. one\n2) two", "one two"),
        ("on 2. May", "on 2. may"),
        ("a\u00a0b  c", "a b c"),
        ("well-known - and * more", "well-known and more"),
    ],
)
def test_folding_removes_differences_in_appearance(written: str, same: str) -> None:
    """List marks, kinds of quotation marks and spaces; hyphens and numbers within a sentence stay."""
    assert folded(written) == same


def test_must_say_may_occur_in_the_text_or_the_first_three_quotes() -> None:
    """Each string must occur; the fourth quote does not count."""
    needed = "as long as necessary"

    assert marks(quoting(text=f"They keep it {needed}."))["must_say"] == 1.0
    assert marks(quoting("a", "b", EVIDENCE))["must_say"] == 1.0
    assert marks(quoting("a", "b", "c", EVIDENCE))["must_say"] == 0.0
    assert marks(quoting(EVIDENCE), must_say=[needed, "thirty days"])["must_say"] == 0.0
    assert marks(quoting(), must_say=[])["must_say"] == 1.0


@pytest.mark.parametrize("kind", ["answer", "unsure", "not_in_policy", "out_of_scope", "smalltalk", "error", "request"])
def test_an_answerable_question_is_refused_or_hedged_by_kind(kind: str) -> None:
    """Refusing is worse than being unsure, which still shows passages, so they are counted separately."""
    figures = marks(quoting(EVIDENCE, kind=kind))

    assert figures["false_refusal"] == (kind in {"not_in_policy", "out_of_scope", "smalltalk", "error"})
    assert figures["hedged"] == (kind == "unsure")


@pytest.mark.parametrize(
    ("kind", "refused", "wrong"),
    [("not_in_policy", 1, 0), ("unsure", 1, 0), ("answer", 0, 1), ("out_of_scope", 0, 0), ("error", 0, 0)],
)
def test_silence_must_be_admitted(kind: str, refused: float, wrong: float) -> None:
    """A plain answer is the worst reply if the policy says nothing."""
    figures = marks(quoting(kind=kind), kind="unanswerable")

    assert (figures["refusal"], figures["confident_wrong"]) == (refused, wrong)


@pytest.mark.parametrize(
    ("kind", "request_type", "right"),
    [("request", "deletion", 1), ("request", "access", 0), ("answer", "deletion", 0), ("request", None, 0)],
)
def test_a_request_needs_kind_and_type(kind: str, request_type: str | None, right: float) -> None:
    """A request of the wrong type does not count."""
    answer = {**quoting(kind=kind), "request_type": request_type}

    assert marks(answer, kind="request", request_type="deletion")["request"] == right


@pytest.mark.parametrize("question", ["offtopic", "chitchat"])
@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (quoting(kind="out_of_scope"), 1),
        (quoting(kind="smalltalk"), 1),
        (quoting(kind="unsure"), 1),
        (quoting(EVIDENCE, kind="unsure"), 0),
        (quoting(kind="answer"), 0),
        (quoting(kind="request"), 0),
    ],
)
def test_off_topic_nothing_is_cited(question: str, answer: dict[str, Any], right: float) -> None:
    """Small talk with a quote from the policy helps nobody."""
    assert marks(answer, kind=question)["off_topic"] == right


@pytest.mark.parametrize(
    ("quote", "verbatim"), [(EVIDENCE, 1), (EVIDENCE.replace(" ", "\n"), 1), (EVIDENCE.lower(), 0), ("We always sell.", 0)]
)
def test_quotes_must_occur_in_the_policy_verbatim(quote: str, verbatim: float) -> None:
    """Apart from white space; a company without a policy cannot be quoted."""
    assert marks(quoting(quote))["verbatim"] == verbatim
    assert score([ANSWERABLE], [quoting(quote)], {}).figures["verbatim"] == 0


def test_a_question_without_an_answer_counts_as_an_error() -> None:
    """Leaving out hard questions must not pay."""
    sheet = score([ANSWERABLE, {**ANSWERABLE, "id": "q2"}], [quoting(EVIDENCE)], {"acme": POLICY})

    assert sheet.figures["hit@1"] == 0.5
    assert sheet.figures["false_refusal"] == 0.5
    assert sheet.counts["hit@1"] == 2


def test_misses_say_what_went_wrong() -> None:
    """One line each: id, figure, question, and what came instead. What went right is not listed."""
    sheet = score([ANSWERABLE], [quoting("We never sell personal data.")], {"acme": POLICY})

    assert [miss.split()[:2] for miss in sheet.misses] == [["q", "hit@1"], ["q", "hit@3"], ["q", "must_say"]]
    assert "We never sell" in sheet.misses[0]
    assert score([ANSWERABLE], [quoting(EVIDENCE)], {"acme": POLICY}).misses == []


def test_quoted_characters_are_counted_of_the_first_three() -> None:
    """Shorter is kinder to the reader; nothing at all counts as nothing."""
    sheet = score([ANSWERABLE], [quoting("abc", "de", "f", "not counted")], {})

    assert sheet.median_quoted == 6
    assert ScoreSheet().median_quoted == 0


def random_answers(gold: list[dict[str, Any]], texts: Mapping[str, str], chance: random.Random) -> list[dict[str, Any]]:
    """An answer to most questions, of any kind, with quotes from evidence, from policies, and invented."""
    kinds = ["answer", "answer", "answer", "unsure", "not_in_policy", "request", "out_of_scope", "smalltalk", "error"]
    answers = []
    for question in gold:
        if chance.random() < 0.05:
            continue
        quotes = []
        for _ in range(chance.choice([0, 0, 1, 2, 3, 3, 4])):
            sources = [
                *(question.get("evidence") or []),
                texts[question["company"]],
                "Nothing like it stands anywhere, 1. or 2).",
            ]
            source = chance.choice(sources)
            start = chance.randrange(max(1, len(source) // 2))
            start = 0 if chance.random() < 0.5 else start
            quote = source[start : start + chance.choice([10, 30, 80, 300, 2000])]
            quotes.append(quote.upper() if chance.random() < 0.05 else quote)
        kind = question["kind"] if question["kind"] == "request" and chance.random() < 0.5 else chance.choice(kinds)
        expected = [*(question.get("must_say") or []), "and so on"]
        answers.append(
            {
                "id": question["id"], "kind": kind, "text": " ".join(chance.sample(expected, chance.randint(0, len(expected)))),
                "citations": [{"company": question["company"], "quote": quote} for quote in quotes],
                "request_type": chance.choice([question.get("request_type")] * 2 + ["access", None]),
            }
        )  # fmt: skip
    return answers


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_answers_are_counted_in_their_own_groups(seed: int) -> None:
    """Each figure is a share of its own kind of question, and random answers try both sides of each."""
    gold = read_gold()
    texts = {path.parent.name: path.read_text(encoding="utf-8") for path in (ROOT / "policies").glob("*/*.txt")}
    answers = random_answers(gold, texts, random.Random(seed))  # a seed, so that a failure can be repeated

    sheet = score(gold, answers, texts)

    answerable = sum(question["kind"] == "answerable" for question in gold)
    assert sheet.counts["hit@1"] == sheet.counts["hit@3"] == sheet.counts["must_say"] == answerable
    assert sheet.counts["verbatim"] == sum(len(answer["citations"]) for answer in answers)
    assert all(0 < share < 1 for share in sheet.figures.values())
    assert sheet.figures["hit@1"] <= sheet.figures["hit@3"]


FROZEN_POLICY = """1. Sharing

We share personal data:

  • with hosting providers
  • with the authorities, when the law requires it

2. Retention

Invoices are kept for ten years, as tax law says. Drafts are deleted after ninety days.
"""
SHARING = "We share personal data:\n\n  • with hosting providers\n  • with the authorities, when the law requires it"
INVOICES, DRAFTS = "Invoices are kept for ten years, as tax law says.", "Drafts are deleted after ninety days."
FROZEN_CASES: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
    (
        {"kind": "answerable", "evidence": [INVOICES], "must_say": ["ten years"]},
        {"kind": "answer", "quotes": [INVOICES]},
    ),
    (
        {"kind": "answerable", "evidence": [SHARING], "must_say": ["hosting providers", "authorities"]},
        {"kind": "answer", "quotes": ["with hosting providers", "with the authorities, when the law requires it"]},
    ),
    (
        {"kind": "answerable", "evidence": [DRAFTS], "must_say": ["ninety days"]},
        {"kind": "unsure", "quotes": [INVOICES, f"{INVOICES}\n{DRAFTS}", "Drafts are never deleted."]},
    ),
    (
        {"kind": "answerable", "evidence": ["Drafts are deleted after 90 days.", DRAFTS], "must_say": []},
        {"kind": "answer", "quotes": [INVOICES, "hosting", "ten", DRAFTS]},
    ),
    (
        {"kind": "answerable", "evidence": [INVOICES], "must_say": ["ten years"]},
        {"kind": "not_in_policy", "text": "It does not say how long. Not ten years."},
    ),
    ({"kind": "answerable", "evidence": [DRAFTS], "must_say": ["ninety"]}, None),
    ({"kind": "unanswerable"}, {"kind": "not_in_policy"}),
    ({"kind": "unanswerable"}, {"kind": "unsure", "quotes": [DRAFTS]}),
    ({"kind": "unanswerable"}, {"kind": "answer", "quotes": [DRAFTS.upper()]}),
    ({"kind": "request", "request_type": "deletion"}, {"kind": "request", "request_type": "deletion"}),
    ({"kind": "request", "request_type": "access"}, {"kind": "request", "request_type": "deletion"}),
    ({"kind": "request", "request_type": "access"}, {"kind": "answer", "quotes": [SHARING]}),
    ({"kind": "offtopic"}, {"kind": "out_of_scope"}),
    ({"kind": "offtopic"}, {"kind": "smalltalk", "quotes": [DRAFTS]}),
    ({"kind": "chitchat"}, {"kind": "smalltalk"}),
]

FROZEN_FIGURES = {
    "hit@1": 0.167, "hit@3": 0.5, "must_say": 0.833, "false_refusal": 0.333, "hedged": 0.167, "verbatim": 0.857,
    "refusal": 0.667, "confident_wrong": 0.333, "request": 0.333, "off_topic": 0.667,
}  # fmt: skip
FROZEN_COUNTS = {
    "hit@1": 6, "hit@3": 6, "must_say": 6, "false_refusal": 6, "hedged": 6, "verbatim": 14,
    "refusal": 3, "confident_wrong": 3, "request": 3, "off_topic": 3,
}  # fmt: skip
FROZEN_MEDIAN_QUOTED = 54


def test_a_frozen_set_of_answers_keeps_its_scores() -> None:
    """Figures are compared across releases, so the way they are counted must not drift."""
    common = {"company": "acme", "question": "?"}
    gold = [{**common, "id": f"q{number}", **question} for number, (question, _) in enumerate(FROZEN_CASES)]
    answers = [
        {**quoting(*answer.pop("quotes", ())), **answer, "id": f"q{number}"}
        for number, answer in ((number, dict(answer)) for number, (_, answer) in enumerate(FROZEN_CASES) if answer is not None)
    ]

    sheet = score(gold, answers, {"acme": FROZEN_POLICY})

    assert sheet.counts == FROZEN_COUNTS
    assert sheet.figures == FROZEN_FIGURES
    assert sheet.median_quoted == FROZEN_MEDIAN_QUOTED
