"""Fit the small models that find and judge evidence, and measure them on companies they have not seen.

Ordering (knowledge/ranking.py): for each answerable question the difference between the features of a passage that holds its
evidence and of one that does not, by logistic regression without intercept (pairwise ranking: Herbrich et al., 2000;
Joachims, 2002). Judging: whether the best passage answers. Besides the unanswerable questions, taking a question's evidence
out of its policy makes a further one, and so does whatever is not about privacy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from evaluation.questions import read_gold
from knowledge.aspect_mapper import AspectMapper
from knowledge.embedding import QueryEncoder
from knowledge.ranking import FEATURES, JUDGED, Ranker, judged
from knowledge.retrieval import Hit, readable_order, without_overlap
from knowledge.scope import Scope, read_chatter
from training.cases import Case, as_chatter, cases_of, read_passages, read_questions, view_of

HARD = 30  # wrong passages a question is compared with: those that the plain scores like best
STRENGTH, JUDGE_STRENGTH = 0.03, 0.3  # 1 / regularisation
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
class Judged:
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
    # Every fifth message is shown to the judge, and not to what it is compared with.
    shown, others = read_chatter(nlu)[::CHATTER_STEP], Scope(np.delete(scope.chatter, np.s_[::CHATTER_STEP], axis=0))
    chatter = cases_of(as_chatter(shown, sorted(views)), views, encoder, mapper.bank, others)
    return train([*asked, *chatter], cases_of(read_gold(), views, encoder, mapper.bank, scope), say)


def fit_order(cases: Sequence[Case]) -> np.ndarray:
    """The weights that put right passages before wrong ones. Shape: (features,)."""
    differences, weights = [], []
    spread = np.concatenate([case.table for case in cases]).std(axis=0) + 1e-9
    for case in (case for case in cases if case.answerable):
        liked = case.table[:, 0] + case.table[:, 3]
        wrong = np.flatnonzero(~case.right)
        wrong = wrong[np.argsort(-liked[wrong], kind="stable")][:HARD]
        right = np.flatnonzero(case.right)
        for place in right:
            differences.append((case.table[place] - case.table[wrong]) / spread)
            weights.append(np.full(len(wrong), 100 / len(right) / max(1, len(wrong))))
    rows, share = np.concatenate(differences), np.concatenate(weights)
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=5000)
    labels = np.concatenate([np.ones(len(rows)), np.zeros(len(rows))])
    model.fit(np.concatenate([rows, -rows]), labels, sample_weight=np.concatenate([share, share]))
    found: np.ndarray = model.coef_[0] / spread
    return found


def as_judged(case: Case, weights: np.ndarray) -> Judged:
    """A question as it is."""
    scores = case.table @ weights
    order = readable_order(case.view.passages, scores)
    weight = CHATTER_WEIGHT if case.asked["kind"] == "chatter" else 1.0
    return Judged(judged(case.table, scores, order, case.view, case.question), case.answerable, weight)


def without_evidence(case: Case, weights: np.ndarray) -> Judged:
    """An answerable question whose evidence was taken out of the policy."""
    scores = case.table @ weights
    order = readable_order(case.view.passages, scores)
    spans = [(passage.start, passage.end) for passage, held in zip(case.view.passages, case.right, strict=True) if held]
    held = np.array([any(passage.start < end and start < passage.end for start, end in spans) for passage in case.view.passages])
    return Judged(judged(case.table, scores, order[~held[order]], case.view, case.question), False, MADE_WEIGHT)


def fit_judge(cases: Sequence[Case], weights: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of the probability that the best passage answers."""
    rows = [as_judged(case, weights) for case in cases]
    rows += [without_evidence(case, weights) for case in cases if case.answerable]
    values, answered = np.stack([row.values for row in rows]), np.array([row.answered for row in rows])
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    share = np.array([row.weight for row in rows])
    share *= np.where(answered, share.sum() / (2 * share[answered].sum()), share.sum() / (2 * share[~answered].sum()))
    standard, sign = (values - mean) / spread, np.where(answered, 1.0, -1.0)

    def loss(found: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (standard @ found[:-1] + found[-1])
        slope = -share * sign / (1 + np.exp(margin))
        value = share @ np.logaddexp(0, -margin) + found[:-1] @ found[:-1] / (2 * JUDGE_STRENGTH)
        return float(value), np.append(standard.T @ slope + found[:-1] / JUDGE_STRENGTH, slope.sum())

    bounds = [(0.0 if name in NEVER_LESS else None, None) for name in JUDGED] + [(None, None)]
    found = minimize(loss, np.zeros(values.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    coefficients: np.ndarray = found[:-1] / spread
    return coefficients, float(found[-1] - mean @ coefficients)


def train(cases: Sequence[Case], gold: Sequence[Case], say: Callable[[str], None]) -> Ranker:
    """Fit on all cases, and measure: each company by what the others taught, then the gold questions, which teach nothing.

    Only the two thresholds are chosen on the gold questions.
    """
    answerable = [case for case in cases if case.answerable]
    companies = len({case.company for case in cases})
    say(f"{len(answerable)} answerable of {len(cases)} messages to {companies} companies, each by what the others taught:")
    say(f"  plain cosines, nothing learnt:    {shares([top_three(case, Ranker.untrained().weights) for case in answerable])}")
    for part, names in PARTS.items():
        left = [name not in names for name in FEATURES]
        say(f"  without {part + ':':26} {shares([hits for _, hits, _ in left_out(cases, left)])}")
    held = left_out(cases, [True] * len(FEATURES))
    say(f"  all features:                     {shares([hits for _, hits, _ in held])}")
    say(f"  answered or silent: AUROC {auroc([(case, sure) for case, _, sure in held if case.asked['kind'] != 'chatter']):.3f}")
    weights = fit_order(cases)
    ranker = Ranker(weights, *fit_judge(cases, weights), 0.0, 0.0, shown_within(answerable, weights))
    say(f"{len(gold)} gold questions, which taught nothing:")
    untrained = shares([top_three(case, Ranker.untrained().weights) for case in gold if case.answerable])
    say(f"  plain cosines, nothing learnt:    {untrained}")
    for part, names in PARTS.items():
        kept = np.array([name not in names for name in FEATURES], dtype=np.float64)
        less = fit_order([replace(case, table=case.table * kept) for case in cases]) * kept
        say(f"  without {part + ':':26} {shares([top_three(case, less) for case in gold if case.answerable])}")
    say(f"  all features:                     {shares([top_three(case, weights) for case in gold if case.answerable])}")
    judged_gold = [(case, ranker.probability(as_judged(case, weights).values)) for case in gold]
    found = np.array([sure for case, sure in judged_gold if case.answerable])
    silent = np.array([sure for case, sure in judged_gold if not case.answerable])
    unsure_from, answer_from = np.quantile(found, [REFUSED, REFUSED + HEDGED]).round(3).tolist()
    say(f"  answered or silent: AUROC {auroc(judged_gold):.3f}; unsure from {unsure_from}, answer from {answer_from}:")
    say(f"  refusal {np.mean(silent < answer_from):.3f}  hedged {HEDGED}  false_refusal {REFUSED}")
    return replace(ranker, unsure_from=unsure_from, answer_from=answer_from)


def auroc(judged_cases: Sequence[tuple[Case, float]]) -> float:
    """How well probabilities tell answerable from unanswerable questions; 0.5 is chance."""
    return float(roc_auc_score([case.answerable for case, _ in judged_cases], [sure for _, sure in judged_cases]))


def left_out(cases: Sequence[Case], columns: Sequence[bool]) -> list[tuple[Case, list[bool], float]]:
    """Each case judged by what the other companies taught, some features left out: (case, its first three hits, probability)."""
    kept = np.array(columns, dtype=np.float64)
    masked = [replace(case, table=case.table * kept) for case in cases]
    found: list[tuple[Case, list[bool], float]] = []
    for company in sorted({case.company for case in cases}):
        seen = [case for case in masked if case.company != company]
        weights = fit_order(seen) * kept
        ranker = Ranker(weights, *fit_judge(seen, weights), 0.0, 0.0, np.inf)
        for case in (case for case in masked if case.company == company):
            probability = ranker.probability(as_judged(case, weights).values)
            found.append((case, top_three(case, weights) if case.answerable else [], probability))
    return found


def shares(hits: Sequence[Sequence[bool]]) -> str:
    asked = [three for three in hits if three]
    first, any_of = np.mean([three[0] for three in asked]), np.mean([any(three) for three in asked])
    return f"hit@1 {first:.3f}  hit@3 {any_of:.3f}"


def first_hits(case: Case, weights: np.ndarray) -> list[Hit]:
    """What would be quoted: the first three pieces of evidence."""
    scores = case.table @ weights
    order = readable_order(case.view.passages, scores)
    return without_overlap([Hit(case.view.passages[place], float(scores[place])) for place in order])[:3]


def top_three(case: Case, weights: np.ndarray) -> list[bool]:
    """Which of the first three quotes would hold the evidence."""
    right = {id(passage) for passage, held in zip(case.view.passages, case.right, strict=True) if held}
    return [id(hit.passage) in right for hit in first_hits(case, weights)]


def shown_within(answerable: Sequence[Case], weights: np.ndarray) -> float:
    """How far below the best passage the right one scores, if it is among the first three, in all but 0.5 % of the questions."""
    gaps = []
    for case in answerable:
        hits, held = first_hits(case, weights), top_three(case, weights)
        if any(held):
            gaps.append(hits[0].score - hits[held.index(True)].score)
    return round(float(np.quantile(gaps, 0.995)), 3)
