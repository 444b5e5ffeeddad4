"""The questions that a change of a policy is tried on: gold ones of the company, and what visitors asked last."""

from __future__ import annotations

from sqlalchemy import Engine

from candor.transcripts.asked import asked_of
from evaluation.questions import read_gold


def questions_to_try(engine: Engine, company: str) -> list[str]:
    """Gold questions first. What was masked of visitors' questions stays masked."""
    gold = [entry["question"] for entry in read_gold() if entry["company"] == company]
    return list(dict.fromkeys([*gold, *asked_of(engine, company)]))
