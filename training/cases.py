"""Questions with marked evidence → cases to train the ranker on.

`questions/<id>.jsonl` holds questions about one policy, in the form of evaluation/questions.py; `plain/<id>.jsonl` holds plainly
worded questions and near misses, on which only the judge is trained. The policy is the current one in `policies/<id>/`, or a
fictional one in `training/policies/<id>.txt`, so that the ranker does not depend on the few policies it is first used on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.scoring import quotes_evidence
from knowledge.aspect_mapper import AspectMapper
from knowledge.aspects import AspectBank
from knowledge.companies import Company, read_company
from knowledge.documents import newest, read_document
from knowledge.embedding import QueryEncoder
from knowledge.own_name import without_own_name
from knowledge.passages import READ_BY_TOKENS, Passage, passages_of
from knowledge.ranking import PolicyView, Question, features
from knowledge.retrieval import candidates
from knowledge.scope import Scope
from knowledge.structure import read_structure
from knowledge.tokens import TokenVectors

QUESTIONS = Path(__file__).with_name("questions")
PLAIN = Path(__file__).with_name("plain")
FICTIONAL = Path(__file__).with_name("policies")


@dataclass(frozen=True)
class Case:
    """One question with the features of its policy's passages."""

    asked: Mapping[str, Any]
    view: PolicyView
    question: Question
    table: np.ndarray  # float64 (n, len(FEATURES))
    right: np.ndarray  # bool (n,): whether the passage holds the evidence

    @property
    def company(self) -> str:
        return str(self.asked["company"])

    @property
    def answerable(self) -> bool:
        return bool(self.right.any())


def read_questions(folder: Path = QUESTIONS) -> list[dict[str, Any]]:
    """All training questions, company by company."""
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]


def read_passages(policies: Path) -> dict[str, list[Passage]]:
    """The passages of each company's current policy, and of each fictional one."""
    passages = {}
    for folder in sorted(path for path in policies.iterdir() if path.is_dir()):
        files = {path.stem: path for path in folder.iterdir() if path.suffix != ".toml"}
        version = newest(list(files))
        document = read_document(files[version], company=folder.name, policy="Privacy Policy")
        passages[folder.name] = passages_of(document.text, document.structure, company=folder.name, version=version)
    for path in sorted(FICTIONAL.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        passages[path.stem] = passages_of(text, read_structure(text), company=path.stem, version="undated")
    return passages


def fictional() -> frozenset[str]:
    """The ids of the fictional companies."""
    return frozenset(path.stem for path in FICTIONAL.glob("*.txt"))


def read_companies(policies: Path) -> dict[str, Company]:
    """Each company with a policy, and each fictional one, known by its name as the policy writes it."""
    companies = {folder.name: read_company(folder) for folder in sorted(policies.iterdir()) if folder.is_dir()}
    for path in sorted(FICTIONAL.glob("*.txt")):
        name = re.compile(rf"\b{' ?'.join(path.stem)}\b", re.IGNORECASE)  # "okapipay" is written OkapiPay, or Okapi Pay
        written = sorted(set(name.findall(path.read_text(encoding="utf-8")))) or [path.stem]
        companies[path.stem] = Company(path.stem, written[0], contact="", aliases=tuple(written))
    return companies


def as_searched(
    questions: Sequence[Mapping[str, Any]], companies: Mapping[str, Company], ordinary: Collection[str]
) -> list[dict[str, Any]]:
    """The questions as retrieval searches for them: without the own name of the company that is asked."""
    return [
        {**entry, "question": without_own_name(entry["question"], companies[entry["company"]], ordinary)}
        if entry["company"] in companies else dict(entry)
        for entry in questions
    ]  # fmt: skip


def view_of(passages: Sequence[Passage], encoder: QueryEncoder, mapper: AspectMapper) -> PolicyView:
    """A policy prepared for ranking without an index."""
    readings = np.stack([encoder.encode([passage.readings[reading] for passage in passages]) for reading in range(3)], axis=1)
    tokens = [[encoder.encode_tokens(passage.readings[way])[1] for way in READ_BY_TOKENS] for passage in passages]
    large = encoder.encode_large([passage.readings[0] for passage in passages]).astype(np.float16)
    rows, mention_probabilities = np.arange(len(passages)), mapper.mention_probabilities(passages, readings)
    token_vectors = TokenVectors.of(tokens).of_rows(rows)
    return PolicyView.of(passages, rows, readings, large, token_vectors, mapper.bank, mention_probabilities)


def cases_of(
    questions: Sequence[Mapping[str, Any]], views: Mapping[str, PolicyView], encoder: QueryEncoder, bank: AspectBank, scope: Scope
) -> list[Case]:
    """A case for each question, answerable or not, and chatter, whose policy is in `views`: of the passages that are ranked."""
    cases: list[Case] = []
    for entry in questions:
        if entry["kind"] not in {"answerable", "unanswerable", "chatter"} or entry["company"] not in views:
            continue
        question = Question.of(entry["question"], encoder, bank, scope)
        view = candidates(views[entry["company"]], question)
        evidence = entry.get("evidence") or []
        holds_evidence = np.array([bool(evidence) and quotes_evidence(passage.text, evidence) for passage in view.passages])
        if entry["kind"] == "answerable" and not holds_evidence.any():
            continue  # no passage that is ranked holds the evidence, so there is nothing to learn
        cases.append(Case(entry, view, question, features(view, question, bank), holds_evidence))
    return cases


def as_chatter(messages: Sequence[str], companies: Sequence[str]) -> list[dict[str, Any]]:
    """Messages that are not about privacy as questions, assigned to the companies in turn."""
    return [
        {"id": f"chatter-{index}", "company": companies[index % len(companies)], "question": message, "kind": "chatter"}
        for index, message in enumerate(messages)
    ]
