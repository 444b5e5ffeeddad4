"""Fit the small models that order passages and judge them, and measure them on companies they have not seen.

The order (training/ordering.py) is trained on answerable questions. The two judges (knowledge/judging.py), which say whether the
policy answers, are trained on orders that the *other* companies' questions gave, because trees fit the questions they were
trained on too well. The negative examples of the one that judges questions are unanswerable questions, answerable ones whose
evidence was removed from the policy, and chatter; training/passage_judge.py fits the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from evaluation.questions import read_gold
from knowledge.aspect_mapper import AspectMapper
from knowledge.aspect_vectors import VECTORS, AspectVectors, made_from
from knowledge.aspects import BANK, read_aspects
from knowledge.embedding import QueryEncoder
from knowledge.judging import JUDGE_FEATURES, LearntCosine, QuestionJudge, judge_features
from knowledge.ranker import Order, Ranker, plain_order
from knowledge.ranking import APART, BELOW_BEST, FEATURES, RELATIVE
from knowledge.retrieval import CANDIDATES, Hit, readable_order, without_overlap
from knowledge.scope import Scope, read_chatter
from training.cases import PLAIN, Case, as_chatter, as_searched, cases_of, read_companies, read_passages, read_questions, view_of
from training.ordering import fit_order
from training.passage_judge import JudgedPassages, fit_learnt, fit_passage_judge

JUDGE_STRENGTH = 0.3  # inverse of the L2 regularisation
MADE_WEIGHT = 0.5  # weight of a question whose evidence was removed; a real one weighs 1.0
CHATTER_WEIGHT, CHATTER_STEP = 0.3, 5  # weight of a message that is not about privacy; the judge gets every fifth
GROUPS = 7  # of companies; each is measured with models that the other groups' questions taught
REFUSED, HEDGED = 0.04, 0.10  # shares of answerable questions that the thresholds refuse and hedge

# A higher value of these must never lower the probability; else a very plainly worded question would count as unanswerable.
NEVER_LESS = frozenset(
    ["closeness", "late", "headings", "lead_in", "bare", "score", "gap", "topic", "bm25", "first_three", "aspect_best"]
)

# Leaving out a part shows what it contributes.
PARTS = {
    "aspects": {"aspects", "aspects_within", "nearest_aspects", "topic", "section_aspects"},
    "the aspect map": {"spoken"},
    "the large encoder": {"large", "section_large", "agreement", "section_agreement", "agreed_spoken", "agreed_aspects"},
    "late interaction": {"late", "late_bare", "unmatched", "uneven"},
    "BM25": {"bm25"},
    "sections": {"section", "section_aspects", "section_large", "section_agreement"},
    "kind and length": {"list", "item", "length"},
    "how it stands among the others": set(RELATIVE),
}


@dataclass(frozen=True)
class JudgeExample:
    """One training example of the judge."""

    values: np.ndarray  # float64 (len(JUDGE_FEATURES),)
    answered: bool
    weight: float


def learn(
    policies: Path, nlu: Path, encoder: QueryEncoder, mapper: AspectMapper, scope: Scope, say: Callable[[str], None]
) -> Ranker:
    """Read questions and policies, fit order and judges, and print with `say` how they perform."""
    renew_aspect_vectors(encoder)  # before the mapper loads its bank
    views = {company: view_of(passages, encoder, mapper) for company, passages in read_passages(policies).items()}
    companies = read_companies(policies)

    def cases(entries: Sequence[Mapping[str, Any]], known: Scope) -> list[Case]:
        return cases_of(as_searched(entries, companies, mapper.bank.words), views, encoder, mapper.bank, known)

    questions, plain = cases(read_questions(), scope), cases(read_questions(PLAIN), scope)
    # The judge gets every fifth message; Scope compares messages with the others.
    shown, others = read_chatter(nlu)[::CHATTER_STEP], Scope(np.delete(scope.chatter, np.s_[::CHATTER_STEP], axis=0))
    chatter = cases(as_chatter(shown, sorted(views)), others)
    return train(questions, [*plain, *chatter], cases(read_gold(), scope), say)


def renew_aspect_vectors(encoder: QueryEncoder, bank: Path = BANK, kept: Path = VECTORS) -> None:
    """Make the large encoder's vectors of the aspects anew where the bank or the encoder has changed; takes minutes."""
    wanted = f"{encoder.id} {hashlib.sha256(bank.read_bytes()).hexdigest()}"
    if made_from(kept) != wanted:
        aspects = read_aspects(bank)
        AspectVectors.of(aspects, encoder).save(aspects, wanted, kept)


def judge_example(case: Case, order: Order) -> JudgeExample:
    """A question as it was asked."""
    scores = order(case.table)
    order_of_passages = readable_order(case.view.passages, scores)
    weight = CHATTER_WEIGHT if case.asked["kind"] == "chatter" else 1.0
    return JudgeExample(judge_features(case.table, scores, order_of_passages, case.view, case.question), case.answerable, weight)


def without_evidence(case: Case, order: Order) -> JudgeExample:
    """An answerable question after its evidence was removed from the policy."""
    scores = order(case.table)
    order_of_passages = readable_order(case.view.passages, scores)
    spans = [
        (passage.start, passage.end)
        for passage, holds_evidence in zip(case.view.passages, case.right, strict=True)
        if holds_evidence
    ]
    holds_evidence = np.array(
        [any(passage.start < end and start < passage.end for start, end in spans) for passage in case.view.passages]
    )
    return JudgeExample(
        judge_features(case.table, scores, order_of_passages[~holds_evidence[order_of_passages]], case.view, case.question),
        False,
        MADE_WEIGHT,
    )


def judge_examples(cases: Sequence[Case], order: Order) -> list[JudgeExample]:
    """The judge's training examples from the cases, given an order of passages."""
    return [judge_example(case, order) for case in cases] + [without_evidence(case, order) for case in cases if case.answerable]


def fit_judge(rows: Sequence[JudgeExample]) -> QuestionJudge:
    """A logistic regression for the probability that the best passage answers."""
    values, answered = np.stack([row.values for row in rows]), np.array([row.answered for row in rows])
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    share = np.array([row.weight for row in rows])
    share *= np.where(answered, share.sum() / (2 * share[answered].sum()), share.sum() / (2 * share[~answered].sum()))
    standard, sign = (values - mean) / spread, np.where(answered, 1.0, -1.0)

    def loss(solution: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (standard @ solution[:-1] + solution[-1])
        slope = -share * sign / (1 + np.exp(margin))
        value = share @ np.logaddexp(0, -margin) + solution[:-1] @ solution[:-1] / (2 * JUDGE_STRENGTH)
        return float(value), np.append(standard.T @ slope + solution[:-1] / JUDGE_STRENGTH, slope.sum())

    bounds = [(0.0 if name in NEVER_LESS else None, None) for name in JUDGE_FEATURES] + [(None, None)]
    solution = minimize(loss, np.zeros(values.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    coefficients: np.ndarray = solution[:-1] / spread
    return QuestionJudge(coefficients, float(solution[-1] - mean @ coefficients))


def train(questions: Sequence[Case], judge_only: Sequence[Case], gold: Sequence[Case], say: Callable[[str], None]) -> Ranker:
    """Fit on all cases, and measure: each group of companies by models of the others, then the gold questions, never trained on.

    `questions` train order and judge; `judge_only` (plain questions, near misses, chatter) train only the judge. Of the gold
    questions only the two thresholds depend.
    """
    cases = [*questions, *judge_only]
    companies = sorted({case.company for case in cases})
    answerable = [case for case in questions if case.answerable]
    plain = [case for case in judge_only if case.answerable]
    answerable_gold = [case for case in gold if case.answerable]
    say(f"{len(answerable)} answerable of {len(cases)} messages to {len(companies)} companies, each group by the others:")
    say(f"  cosines alone, untrained:         {shares([top_three(case, plain_order) for case in answerable])}")
    for part, names in PARTS.items():
        masked = without_features(names, answerable)
        say(f"  without {part + ':':26} {hits_of(masked, orders_left_out(masked, companies))}")
    orders = orders_left_out(answerable, companies)
    say(f"  all features:                     {hits_of(answerable, orders)}")
    if any(map(is_long, answerable)):
        for which, long in (("short", False), ("long", True)):
            say(f"    {which + ' policies:':30} {hits_of([case for case in answerable if is_long(case) == long], orders)}")
    if plain:
        say(f"  plainly worded questions:         {hits_of(plain, orders)}")
    rows = {
        company: judge_examples([case for case in cases if case.company == company], orders[company]) for company in companies
    }
    say(f"  answered or silent, by the question: AUROC {auroc(probabilities_left_out(cases, orders, rows)):.3f}")
    learnt = {
        company: one
        for group in groups_of(companies)
        for one in [fit_learnt([case for case in cases if case.company not in group], orders)]
        for company in group
    }
    passages = {
        company: [JudgedPassages.of(case, orders[company], learnt[company]) for case in cases if case.company == company]
        for company in companies
    }
    left_out = passage_probabilities_left_out(cases, orders, learnt, passages)
    say(f"  answered or silent, by passages:     AUROC {auroc(left_out):.3f}")
    if any(is_long(case) for case, _ in left_out):
        for which, long in (("short", False), ("long", True)):
            say(f"    {which + ' policies:':34} AUROC {auroc([each for each in left_out if is_long(each[0]) == long]):.3f}")
    order = fit_order(answerable)
    judge = fit_judge([row for company in companies for row in rows[company]])
    passage_judge = fit_passage_judge([one for company in companies for one in passages[company]], fit_learnt(cases, orders))
    ranker = Ranker(order, judge, passage_judge, 0.0, 0.0, 0.0, shown_within(answerable, orders))
    say(f"{len(gold)} gold questions, not trained on:")
    say(f"  cosines alone, untrained:         {shares([top_three(case, plain_order) for case in answerable_gold])}")
    for part, names in PARTS.items():
        less = fit_order(without_features(names, answerable))
        hits = [top_three(case, less) for case in without_features(names, answerable_gold)]
        say(f"  without {part + ':':26} {shares(hits)}")
    say(f"  all features:                     {shares([top_three(case, order) for case in answerable_gold])}")
    taught = {id(case) for case in questions}
    answered = [(case, sure) for case, sure in left_out if case.answerable]
    of_plain = [sure for case, sure in answered if id(case) not in taught]
    return with_thresholds(ranker, of_plain or [sure for _, sure in answered], gold, say)


def with_thresholds(
    ranker: Ranker, plain: Sequence[float], gold: Sequence[Case], say: Callable[[str], None]
) -> Ranker:  # fmt: skip
    """The ranker with its thresholds.

    The judge of questions refuses an intended share of the answerable gold questions. An answer is sure where the judge of
    passages is as sure as of all but an intended share of our answerable plain questions; `plain`: their probabilities, left out.
    """
    by_question = [(case, ranker.question_judge.probability(judge_example(case, ranker.order).values)) for case in gold]
    judge = ranker.passage_judge
    by_passages = [
        (case, judge.probability(JudgedPassages.of(case, ranker.order, judge.learnt).values)) for case in gold
    ]  # fmt: skip
    answerable = [sure for case, sure in by_question if case.answerable]
    unsure_from, clear_from = np.quantile(answerable, [REFUSED, REFUSED + HEDGED]).round(3).tolist()
    answer_from = round(float(np.quantile(plain, HEDGED)), 3)
    say(f"  answered or silent, by the question: AUROC {auroc(by_question):.3f}; unsure from {unsure_from}")
    say(f"  answered or silent, by passages:     AUROC {auroc(by_passages):.3f}; answer from {answer_from}:")
    hedged = np.mean([sure < answer_from for case, sure in by_passages if case.answerable])
    refused = np.mean([sure < answer_from for case, sure in by_passages if not case.answerable])
    say(f"  refusal {refused:.3f}  hedged {hedged:.3f}")
    return replace(ranker, unsure_from=unsure_from, clear_from=clear_from, answer_from=answer_from)


def without_features(names: frozenset[str] | set[str], cases: Sequence[Case]) -> list[Case]:
    """The cases with some features set to zero, and what is told from them."""
    told = {f"{name}{way}" for name in names for way in (BELOW_BEST, APART)}
    kept = np.array([name not in names and name not in told for name in FEATURES], dtype=np.float64)
    return [replace(case, table=case.table * kept) for case in cases]


def orders_left_out(cases: Sequence[Case], companies: Sequence[str]) -> dict[str, Order]:
    """For each company the order trained on the other groups' questions."""
    orders: dict[str, Order] = {}
    for group in groups_of(companies):
        orders |= dict.fromkeys(group, fit_order([case for case in cases if case.company not in group]))
    return orders


def groups_of(companies: Iterable[str]) -> list[list[str]]:
    """The companies in at most GROUPS groups; each company its own group where there are few."""
    ordered = sorted(companies)
    return [ordered[start::GROUPS] for start in range(min(GROUPS, len(ordered)))]


def is_long(case: Case) -> bool:
    """Whether the policy has more passages than are ranked."""
    return len(case.view.passages) >= CANDIDATES


def probabilities_left_out(
    cases: Sequence[Case], orders: Mapping[str, Order], rows: Mapping[str, Sequence[JudgeExample]]
) -> list[tuple[Case, float]]:
    """Each question's probability of an answer, with order and judge trained on the other groups; without chatter.

    The judge's examples come from orders that had seen this company's questions, so the result is slightly optimistic.
    """
    probabilities: list[tuple[Case, float]] = []
    for group in groups_of(orders):
        judge = fit_judge([row for other, those in rows.items() if other not in group for row in those])
        probabilities += [
            (case, judge.probability(judge_example(case, orders[company]).values))
            for company in group
            for case in questions_to(company, cases)
        ]
    return probabilities


def passage_probabilities_left_out(
    cases: Sequence[Case], orders: Mapping[str, Order], learnt: Mapping[str, LearntCosine],
    rows: Mapping[str, Sequence[JudgedPassages]],
) -> list[tuple[Case, float]]:  # fmt: skip
    """The same by the judge of passages, and as slightly optimistic."""
    probabilities: list[tuple[Case, float]] = []
    for group in groups_of(orders):
        judge = fit_passage_judge([row for other, those in rows.items() if other not in group for row in those], learnt[group[0]])
        probabilities += [
            (case, judge.probability(JudgedPassages.of(case, orders[company], learnt[company]).values))
            for company in group
            for case in questions_to(company, cases)
        ]
    return probabilities


def questions_to(company: str, cases: Sequence[Case]) -> list[Case]:
    """The company's questions, without chatter."""
    return [case for case in cases if case.company == company and case.asked["kind"] != "chatter"]


def auroc(judged_cases: Sequence[tuple[Case, float]]) -> float:
    """How well probabilities separate answerable from unanswerable questions: area under the ROC curve; 0.5 is chance."""
    return float(roc_auc_score([case.answerable for case, _ in judged_cases], [sure for _, sure in judged_cases]))


def hits_of(cases: Sequence[Case], orders: Mapping[str, Order]) -> str:
    """hit@1 and hit@3 in words, each company with its own order."""
    return shares([top_three(case, orders[case.company]) for case in cases])


def shares(hits: Sequence[Sequence[bool]]) -> str:
    """hit@1 and hit@3 in words, from what top_three returns for each question."""
    answerable = [three for three in hits if three]
    first, any_of = np.mean([three[0] for three in answerable]), np.mean([any(three) for three in answerable])
    return f"hit@1 {first:.3f}  hit@3 {any_of:.3f}"


def first_hits(case: Case, order: Order) -> list[Hit]:
    """The three passages that would be quoted."""
    scores = order(case.table)
    order_of_passages = readable_order(case.view.passages, scores)
    return without_overlap([Hit(case.view.passages[index], float(scores[index])) for index in order_of_passages], most=3)


def top_three(case: Case, order: Order) -> list[bool]:
    """Which of the first three quotes would hold the evidence."""
    right = {id(passage) for passage, holds_evidence in zip(case.view.passages, case.right, strict=True) if holds_evidence}
    return [id(hit.passage) in right for hit in first_hits(case, order)]


def shown_within(answerable: Sequence[Case], orders: Mapping[str, Order]) -> float:
    """By how much the right passage, if among the first three, scores below the best one: the 99.5th percentile."""
    gaps = []
    for case in answerable:
        hits, right = first_hits(case, orders[case.company]), top_three(case, orders[case.company])
        if any(right):
            gaps.append(hits[0].score - hits[right.index(True)].score)
    return round(float(np.quantile(gaps, 0.995)), 3)
