"""Fit the two small models of knowledge/ranking.py on the gold questions, and measure them on companies they have not seen.

Ordering: for each answerable question the difference between the features of a passage that holds its evidence and of
one that does not, by logistic regression without intercept (pairwise ranking: Herbrich et al., 2000; Joachims, 2002).
Judging: whether the best passage answers. Besides the unanswerable questions, taking a question's evidence out of its
policy makes a further one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from evaluation.scoring import quotes_evidence
from knowledge.aspects import AspectBank
from knowledge.catalogue import PolicyCatalogue
from knowledge.index import Build
from knowledge.ranking import FEATURES, Ranker, features, judged
from knowledge.retrieval import Hit, Retrieval, readable_order, without_overlap

HARD = 30  # wrong passages a question is compared with: those that the plain scores like best
STRENGTH, JUDGE_STRENGTH = 0.03, 0.3  # 1 / regularisation
MADE_WEIGHT = 0.5  # of a question whose evidence was taken out, against a real one
REFUSED, HEDGED = 0.04, 0.11  # shares of answerable questions that the thresholds may refuse, and may hedge


# What each part adds is seen by leaving it out.
PARTS = {
    "aspects": {"aspects", "aspects_within", "nearest_aspects", "topic", "section_aspects"},
    "BM25": {"bm25"},
    "sections": {"section", "section_aspects"},
    "kind and length": {"list", "item", "length"},
}


@dataclass(frozen=True)
class Case:
    """One gold question with the features of its company's passages."""

    gold: Mapping[str, Any]
    view: Any
    question: Any
    table: np.ndarray  # (n, features)
    right: np.ndarray  # bool (n,): holds the evidence

    @property
    def answerable(self) -> bool:
        return bool(self.right.any())


def cases_of(
    gold: Sequence[Mapping[str, Any]], build: Build, catalogue: PolicyCatalogue, retrieval: Retrieval, bank: AspectBank
) -> list[Case]:
    """The answerable and the unanswerable questions of companies that are in the index."""
    cases: list[Case] = []
    for entry in gold:
        if entry["kind"] not in {"answerable", "unanswerable"} or entry["company"] not in catalogue.companies:
            continue
        view = retrieval.view(build, entry["company"], catalogue.current_version(entry["company"]))
        question = retrieval.question(entry["question"])
        evidence = entry.get("evidence") or []
        right = np.array([quotes_evidence(passage.text, evidence) for passage in view.passages])
        if entry["kind"] == "answerable" and not right.any():
            continue  # no passage can hit it: nothing to learn
        cases.append(Case(entry, view, question, features(view, question, bank), right))
    return cases


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


def judge_rows(case: Case, weights: np.ndarray) -> list[tuple[np.ndarray, bool, float]]:
    """(values, answered, weight) of a question as it is and, if it is answerable, with its evidence taken out."""
    scores = case.table @ weights
    order = readable_order(case.view.passages, scores)
    rows = [(judged(case.table, scores, order, case.view, case.question), case.answerable, 1.0)]
    if case.answerable:
        spans = [tuple(span) for span in case.gold.get("evidence_span") or []]
        held = np.array(
            [any(passage.start < end and start < passage.end for start, end in spans) for passage in case.view.passages]
        )
        left = order[~(held | case.right)[order]]
        rows.append((judged(case.table, scores, left, case.view, case.question), False, MADE_WEIGHT))
    return rows


def fit_judge(cases: Sequence[Case], weights: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of the probability that the best passage answers."""
    rows = [row for case in cases for row in judge_rows(case, weights)]
    values = np.stack([row[0] for row in rows])
    answered, share = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    model = LogisticRegression(C=JUDGE_STRENGTH, class_weight="balanced", max_iter=5000)
    model.fit((values - mean) / spread, answered, sample_weight=share)
    coefficients: np.ndarray = model.coef_[0] / spread
    return coefficients, float(model.intercept_[0] - mean @ coefficients)


def train(cases: Sequence[Case], say: Callable[[str], None]) -> Ranker:
    """Measure by leaving one company out at a time, choose the thresholds there, then fit on all."""
    answerable = [case for case in cases if case.answerable]
    say(f"{len(answerable)} answerable and {len(cases) - len(answerable)} unanswerable questions")
    say(f"plain cosines, nothing learnt:      {_shares([top_three(case, Ranker.untrained().weights) for case in answerable])}")
    say("each company by what the others taught:")
    for part, names in PARTS.items():
        left = [name not in names for name in FEATURES]
        say(f"  without {part + ':':26} {_shares([hits for _, hits, _ in _held_out(cases, left)])}")
    held = _held_out(cases, [True] * len(FEATURES))
    say(f"  all features:                     {_shares([hits for _, hits, _ in held])}")
    found = np.array([probability for case, _, probability in held if case.answerable])
    silent = np.array([probability for case, _, probability in held if not case.answerable])
    unsure_from, answer_from = np.quantile(found, [REFUSED, REFUSED + HEDGED]).round(3).tolist()
    truth = [case.answerable for case, _, _ in held]
    auroc = roc_auc_score(truth, [probability for _, _, probability in held])
    say(f"answered or silent: AUROC {auroc:.3f}; unsure from {unsure_from}, answer from {answer_from}:")
    say(f"  refusal {np.mean(silent < answer_from):.3f}  hedged {HEDGED}  false_refusal {REFUSED}")
    weights = fit_order(cases)
    return Ranker(weights, *fit_judge(cases, weights), answer_from, unsure_from)


def _held_out(cases: Sequence[Case], columns: Sequence[bool]) -> list[tuple[Case, list[bool], float]]:
    """Each case judged by what the other companies taught, some features left out: (case, its first three hits, probability)."""
    kept = np.array(columns, dtype=np.float64)
    found: list[tuple[Case, list[bool], float]] = []
    for company in sorted({case.gold["company"] for case in cases}):
        seen = [replace(case, table=case.table * kept) for case in cases if case.gold["company"] != company]
        weights = fit_order(seen) * kept
        ranker = Ranker(weights, *fit_judge(seen, weights), 0.0, 0.0)
        for case in (case for case in cases if case.gold["company"] == company):
            values = judge_rows(replace(case, table=case.table * kept), weights)[0][0]
            found.append((case, top_three(case, weights) if case.answerable else [], ranker.probability(values)))
    return found


def _shares(hits: Sequence[Sequence[bool]]) -> str:
    asked = [three for three in hits if three]
    first, any_of = np.mean([three[0] for three in asked]), np.mean([any(three) for three in asked])
    return f"hit@1 {first:.3f}  hit@3 {any_of:.3f}"


def top_three(case: Case, weights: np.ndarray) -> list[bool]:
    """Which of the first three quotes would hold the evidence."""
    scores = case.table @ weights
    order = readable_order(case.view.passages, scores)
    hits = without_overlap([Hit(case.view.passages[place], float(scores[place])) for place in order])[:3]
    right = {id(passage) for passage, held in zip(case.view.passages, case.right, strict=True) if held}
    return [id(hit.passage) in right for hit in hits]
