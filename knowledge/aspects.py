"""The aspect bank: what people ask of a privacy policy, and how policies say it. `aspects.yml` is its one source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

BANK = Path(__file__).with_name("aspects.yml")
TOPICS = (
    "collection", "use", "cookies", "selling", "sharing", "retention", "security", "rights", "legal_basis",
    "roles", "marketing", "children", "transfers", "changes", "contact", "other",
)  # fmt: skip


@dataclass(frozen=True)
class Aspect:
    """One thing that people ask. `label` completes "The policy does not say anything about …"."""

    id: str
    label: str
    topic: str
    questions: tuple[str, ...]
    statements: tuple[str, ...]
    dpv: str = ""  # the closest term of the W3C Data Privacy Vocabulary, where it has one


def read_aspects(path: Path = BANK) -> tuple[Aspect, ...]:
    """Read the bank. Raises: ValueError naming the aspect whose topic is unknown or whose id stands twice."""
    aspects: dict[str, Aspect] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads it in a tenth of the time
    for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=loader)["aspects"]:  # noqa: S506  (both are safe)
        aspect = Aspect(
            entry["id"], entry["label"], entry["topic"], tuple(entry["questions"]), tuple(entry["statements"]),
            entry.get("dpv", ""),
        )  # fmt: skip
        if aspect.topic not in TOPICS or aspect.id in aspects:
            raise ValueError(f"{path.name}: {aspect.id}: unknown topic, or an id that stands twice")
        aspects[aspect.id] = aspect
    return tuple(aspects.values())
