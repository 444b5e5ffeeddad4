"""The encoder's training pairs: from the aspect bank, from questions about fictional policies, and from PolicyQA."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.scoring import quotes_evidence
from knowledge.aspects import Aspect
from knowledge.passages import Passage, sentences
from knowledge.structure import Span
from training.cases import fictional

PASSAGES_EACH = 2  # most passages paired with one question about a fictional policy


@dataclass(frozen=True)
class Pair:
    """A question and a text that answers it. Two pairs of one `group` are never each other's negatives."""

    question: str
    answer: str
    group: str


def bank_pairs(aspects: Iterable[Aspect], *, each: int = 2, seed: int = 1) -> list[Pair]:
    """Each question of an aspect with `each` of its statements, drawn at random for each question."""
    draw = random.Random(seed)
    return [
        Pair(question, statement, aspect.id)
        for aspect in aspects
        for question in aspect.questions
        for statement in draw.sample(aspect.statements, min(each, len(aspect.statements)))
    ]


def fictional_pairs(questions: Iterable[Mapping[str, Any]], passages: Mapping[str, Sequence[Passage]]) -> list[Pair]:
    """Questions about fictional policies with up to PASSAGES_EACH passages that answer them, each with its headings.

    Questions about the companies in policies/ are left out, so that the ranker is trained there with an encoder that has not
    seen them.
    """
    pairs = []
    for entry in (entry for entry in questions if entry["kind"] == "answerable" and entry["company"] in fictional()):
        answers = [
            passage for passage in passages[entry["company"]]
            if passage.kind != "list" and quotes_evidence(passage.text, entry["evidence"])
        ]  # fmt: skip
        pairs += [
            Pair(entry["question"], passage.readings[0], f"{passage.company} {passage.start}")
            for passage in answers[:PASSAGES_EACH]
        ]
    return pairs


def policyqa_pairs(path: Path, *, leave_out: frozenset[str] = frozenset()) -> list[Pair]:
    """PolicyQA's questions with the sentences that contain their answers, except policies with a title in `leave_out`.

    Source: Ahmad et al., 2020, PolicyQA: A Reading Comprehension Dataset for Privacy Policies; SQuAD's file format.
    """
    pairs: dict[tuple[str, str], Pair] = {}
    for policy in json.loads(path.read_text(encoding="utf-8"))["data"]:
        if policy["title"] in leave_out:
            continue
        for paragraph in policy["paragraphs"]:
            context = paragraph["context"]
            parts = sentences(context, Span(0, len(context)))
            for question in paragraph["qas"]:
                for answer in question["answers"]:
                    start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
                    sentences_of_answer = " ".join(part.of(context) for part in parts if part.start < end and start < part.end)
                    group = re.sub(r"\W+", " ", question["question"].lower()).strip()
                    pairs[group, sentences_of_answer] = Pair(question["question"], sentences_of_answer, f"policyqa {group}")
    return list(pairs.values())
