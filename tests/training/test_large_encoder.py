"""Tuning the large encoder: what is learnt from, and what is kept of what it changed."""

from __future__ import annotations

import random
from itertools import chain

import torch

from knowledge.aspects import read_aspects
from knowledge.large_export import tuned
from training.large_encoder import BATCH, batches, changes


def test_each_question_is_met_by_a_statement_of_its_aspect() -> None:
    """Nearly all questions of the bank, each at most once, no aspect twice in a batch."""
    aspects = read_aspects()
    of_question = {question: aspect for aspect in aspects for question in aspect.questions}

    made = list(batches(aspects, random.Random(1)))

    assert all(statement in of_question[question].statements for question, statement in chain(*made))
    assert all(len({of_question[question].id for question, _ in batch}) == len(batch) for batch in made)
    assert len({question for question, _ in chain(*made)}) == sum(map(len, made)) > 0.9 * len(of_question)
    assert max(map(len, made)) == BATCH


def test_half_of_a_batch_comes_from_few_topics() -> None:
    """Their statements are hard to tell apart, and so teach most."""
    aspects = read_aspects()
    topic_of = {question: aspect.topic for aspect in aspects for question in aspect.questions}

    first = next(batches(aspects, random.Random(1)))

    topics = [topic_of[question] for question, _ in first]
    assert sum(sorted((topics.count(topic) for topic in set(topics)), reverse=True)[:4]) >= BATCH // 2


def test_what_changed_little_in_rank_is_kept_whole() -> None:
    """A change of the rank that is kept comes back to the precision of its numbers; what did not change takes no space."""
    before = {"weight": torch.randn(40, 30), "bias": torch.randn(40), "frozen": torch.randn(3, 3)}
    change = torch.randn(40, 2) @ torch.randn(2, 30) * 0.01
    after = {"weight": before["weight"] + change, "bias": before["bias"] + 0.01, "frozen": before["frozen"]}

    kept = changes(before, after, rank=4)

    assert set(kept) == {"weight.left", "weight.right", "bias"}
    assert kept["weight.left"].shape == (40, 4)
    again = tuned(before, kept)
    assert torch.allclose(again["weight"], after["weight"], atol=1e-3)
    assert torch.allclose(again["bias"], after["bias"], atol=1e-3)
