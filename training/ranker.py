"""Fit the small models that find and judge evidence, and measure them on companies they have not seen.

Ordering (training/ordering.py) learns from answerable questions. Judging (whether the best passage answers) learns from how
passages are ordered by what the *other* companies' questions taught: trees know the questions they grew on too well. Besides the
unanswerable questions, taking a question's evidence out of its policy makes a further one, and so does what is not about privacy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from evaluation.questions import read_gold
from knowledge.aspect_mapper import AspectMapper
from knowledge.embedding import QueryEncoder
from knowledge.ranking import FEATURES, JUDGE_FEATURES, Order, Ranker, judge_features, plain_order
from knowledge.retrieval import Hit, readable_order, without_overlap
from knowledge.scope import Scope, read_chatter
from training.cases import PLAIN, Case, as_chatter, cases_of, read_passages, read_questions, view_of
from training.ordering import fit_order

JUDGE_STRENGTH = 0.3  # 1 / regularisation
MADE_WEIGHT = 0.5  # of a question whose evidence was taken out, against a real one
CHATTER_WEIGHT, CHATTER_STEP = 0.3, 5  # of a message that is not about privacy; every fifth is shown to the judge
REFUSED, HEDGED = 0.04, 0.10  # shares of answerable questions that the thresholds may refuse, and may hedge

# Of these more must never mean a less likely answer: else a question that is put as plainly as can be is taken for unanswerable.
NEVER_LESS = frozenset(
    ["closeness", "late", "headings", "lead_in", "bare", "score", "gap", "topic", "bm25", "first_three", "aspect_best"]
)

# What each part adds is seen by leaving it out.
PARTS = {
    "aspects": {"aspects", "aspects_within", "nearest_aspects", "topic", "section_aspects"},
    "the aspect map": {"spoken"},
    "late interaction": {"late", "late_bare"},
    "BM25": {"bm25"},
    "sections": {"section", "section_aspects"},
    "kind and length": {"list", "item", "length"},
}


@dataclass(frozen=True)
class JudgeExample:
    """One question as the judge sees it."""

    values: np.ndarray  # (judged,)
    answered: bool
    weight: float


def learn(
    policies: Path, nlu: Path, encoder: QueryEncoder, mapper: AspectMapper, scope: Scope, say: Callable[[str], None]
) -> Ranker:
    """Read questions and policies, fit ranker and judge, and say how they do."""
    views = {company: view_of(passages, encoder, mapper) for company, passages in read_passages(policies).items()}
    asked = cases_of(read_questions(), views, encoder, mapper.bank, scope)
    plain = cases_of(read_questions(PLAIN), views, encoder, mapper.bank, scope)
    # Every fifth message is shown to the judge, and not to what it is compared with.
    shown, others = read_chatter(nlu)[::CHATTER_STEP], Scope(np.delete(scope.chatter, np.s_[::CHATTER_STEP], axis=0))
    chatter = cases_of(as_chatter(shown, sorted(views)), views, encoder, mapper.bank, others)
    return train(asked, [*plain, *chatter], cases_of(read_gold(), views, encoder, mapper.bank, scope), say)


def judge_example(case: Case, order: Order) -> JudgeExample:
    """A question as it is."""
    scores = order(case.table)
    order_of_passages = readable_order(case.view.passages, scores)
    weight = CHATTER_WEIGHT if case.asked["kind"] == "chatter" else 1.0
    return JudgeExample(judge_features(case.table, scores, order_of_passages, case.view, case.question), case.answerable, weight)


def without_evidence(case: Case, order: Order) -> JudgeExample:
    """An answerable question whose evidence was taken out of the policy."""
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
    """What the cases teach the judge where passages are ordered so."""
    return [judge_example(case, order) for case in cases] + [without_evidence(case, order) for case in cases if case.answerable]


def fit_judge(rows: Sequence[JudgeExample]) -> tuple[np.ndarray, float]:
    """Weights and bias of the probability that the best passage answers."""
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
    return coefficients, float(solution[-1] - mean @ coefficients)


def train(questions: Sequence[Case], others: Sequence[Case], gold: Sequence[Case], say: Callable[[str], None]) -> Ranker:
    """Fit on all cases, and measure: each company by what the others taught, then the gold questions, which teach nothing.

    `asked` teach order and judge, `others` (plain questions, near misses, what is not about privacy) the judge alone.
    Only the two thresholds are chosen on the gold questions.
    """
    cases = [*questions, *others]
    companies = sorted({case.company for case in cases})
    answerable = [case for case in questions if case.answerable]
    plain = [case for case in others if case.answerable]
    answerable_gold = [case for case in gold if case.answerable]
    say(f"{len(answerable)} answerable of {len(cases)} messages to {len(companies)} companies, each by what the others taught:")
    say(f"  plain cosines, nothing learnt:    {shares([top_three(case, plain_order) for case in answerable])}")
    for part, names in PARTS.items():
        masked = without_features(names, answerable)
        say(f"  without {part + ':':26} {hits_of(masked, orders_left_out(masked, companies))}")
    orders = orders_left_out(answerable, companies)
    say(f"  all features:                     {hits_of(answerable, orders)}")
    if plain:
        say(f"  those that are put plainly:       {hits_of(plain, orders)}")
    rows = {
        company: judge_examples([case for case in cases if case.company == company], orders[company]) for company in companies
    }
    say(f"  answered or silent: AUROC {auroc(probabilities_left_out(cases, orders, rows)):.3f}")
    order = fit_order(answerable)
    judge = fit_judge([row for company in companies for row in rows[company]])
    ranker = Ranker(order, *judge, 0.0, 0.0, shown_within(answerable, orders))
    say(f"{len(gold)} gold questions, which taught nothing:")
    say(f"  plain cosines, nothing learnt:    {shares([top_three(case, plain_order) for case in answerable_gold])}")
    for part, names in PARTS.items():
        less = fit_order(without_features(names, answerable))
        hits = [top_three(case, less) for case in without_features(names, answerable_gold)]
        say(f"  without {part + ':':26} {shares(hits)}")
    say(f"  all features:                     {shares([top_three(case, order) for case in answerable_gold])}")
    return with_thresholds(ranker, gold, say)


def with_thresholds(ranker: Ranker, gold: Sequence[Case], say: Callable[[str], None]) -> Ranker:
    """The ranker with thresholds that refuse and hedge the wanted shares of the answerable gold questions."""
    judged_gold = [(case, ranker.probability(judge_example(case, ranker.order).values)) for case in gold]
    answerable = np.array([probability for case, probability in judged_gold if case.answerable])
    silent = np.array([probability for case, probability in judged_gold if not case.answerable])
    unsure_from, answer_from = np.quantile(answerable, [REFUSED, REFUSED + HEDGED]).round(3).tolist()
    say(f"  answered or silent: AUROC {auroc(judged_gold):.3f}; unsure from {unsure_from}, answer from {answer_from}:")
    say(f"  refusal {np.mean(silent < answer_from):.3f}  hedged {HEDGED}  false_refusal {REFUSED}")
    return replace(ranker, unsure_from=unsure_from, answer_from=answer_from)


def without_features(names: frozenset[str] | set[str], cases: Sequence[Case]) -> list[Case]:
    """The cases with some features wiped out."""
    kept = np.array([name not in names for name in FEATURES], dtype=np.float64)
    return [replace(case, table=case.table * kept) for case in cases]


def orders_left_out(cases: Sequence[Case], companies: Sequence[str]) -> dict[str, Order]:
    """For each company the order that the others' questions taught."""
    return {company: fit_order([case for case in cases if case.company != company]) for company in companies}


def probabilities_left_out(
    cases: Sequence[Case], orders: Mapping[str, Order], rows: Mapping[str, Sequence[JudgeExample]]
) -> list[tuple[Case, float]]:
    """Each question's probability of an answer, by what the other companies taught order and judge; without chatter.

    The judge's rows come from orders that had seen this company's questions, which flatters a little.
    """
    probabilities: list[tuple[Case, float]] = []
    for company, order in orders.items():
        judge = fit_judge([row for other, those in rows.items() if other != company for row in those])
        ranker = Ranker(order, *judge, 0.0, 0.0, np.inf)
        own = [case for case in cases if case.company == company and case.asked["kind"] != "chatter"]
        probabilities += [(case, ranker.probability(judge_example(case, order).values)) for case in own]
    return probabilities


def auroc(judged_cases: Sequence[tuple[Case, float]]) -> float:
    """How well probabilities tell answerable from unanswerable questions; 0.5 is chance."""
    return float(roc_auc_score([case.answerable for case, _ in judged_cases], [sure for _, sure in judged_cases]))


def hits_of(cases: Sequence[Case], orders: Mapping[str, Order]) -> str:
    """How often evidence comes first, and among the first three, each company by its own order."""
    return shares([top_three(case, orders[case.company]) for case in cases])


def shares(hits: Sequence[Sequence[bool]]) -> str:
    answerable = [three for three in hits if three]
    first, any_of = np.mean([three[0] for three in answerable]), np.mean([any(three) for three in answerable])
    return f"hit@1 {first:.3f}  hit@3 {any_of:.3f}"


def first_hits(case: Case, order: Order) -> list[Hit]:
    """What would be quoted: the first three pieces of evidence."""
    scores = order(case.table)
    order_of_passages = readable_order(case.view.passages, scores)
    return without_overlap([Hit(case.view.passages[index], float(scores[index])) for index in order_of_passages], most=3)


def top_three(case: Case, order: Order) -> list[bool]:
    """Which of the first three quotes would hold the evidence."""
    right = {id(passage) for passage, holds_evidence in zip(case.view.passages, case.right, strict=True) if holds_evidence}
    return [id(hit.passage) in right for hit in first_hits(case, order)]


def shown_within(answerable: Sequence[Case], orders: Mapping[str, Order]) -> float:
    """How far below the best passage the right one scores, if it is among the first three, in all but 0.5 % of the questions."""
    gaps = []
    for case in answerable:
        hits, right = first_hits(case, orders[case.company]), top_three(case, orders[case.company])
        if any(right):
            gaps.append(hits[0].score - hits[right.index(True)].score)
    return round(float(np.quantile(gaps, 0.995)), 3)
