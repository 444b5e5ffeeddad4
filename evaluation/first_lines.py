"""The labels of first lines: what a line may say before a quote, and how often it is right. Pure.

`first_lines.txt` is the half by which the rules are made, `first_lines_unseen.txt` the half by which none may be made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

SEEN = Path(__file__).with_name("first_lines.txt")
UNSEEN = Path(__file__).with_name("first_lines_unseen.txt")
COMPANY = "Norvia"  # of whom all labelled sentences speak
Said = Callable[[str, str, str], str]  # question, sentence, lead-in → "Y", "N", "S", "M", "= value", or "-" for no line


@dataclass(frozen=True)
class LineLabel:
    """One question with a sentence, and the lines that would be right."""

    right: tuple[str, ...]
    question: str
    sentence: str
    lead_in: str = ""


@dataclass(frozen=True)
class LineScore:
    """How lines did on some labels."""

    labels: int
    answerable: int  # labels for which a line would be right
    given: int
    right: int
    wrong: tuple[str, ...]  # a text for each line that was wrong

    @property
    def share_right(self) -> float:
        """Of the lines that were given, 0.0 to 1.0."""
        return self.right / self.given if self.given else 1.0

    @property
    def share_given(self) -> float:
        """Of the labels for which a line would be right, 0.0 to 1.0."""
        return self.right / self.answerable if self.answerable else 1.0


def read_labels(path: Path) -> list[LineLabel]:
    """The labels of one half. Raises: ValueError if a line has not three parts."""
    labels = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        right, question, said = (part.strip() for part in line.split(" | ", 2))
        lead_in, _, sentence = said.rpartition(" >> ")
        labels.append(LineLabel((right,) if right.startswith("=") else tuple(right.split()), question, sentence, lead_in))
    return labels


def score_lines(labels: Iterable[LineLabel], said: Said) -> LineScore:
    """Score `said` on labels. A missing line is never wrong, but not right either."""
    count = answerable = given = right = 0
    wrong: list[str] = []
    for label in labels:
        line = said(label.question, label.sentence, label.lead_in)
        count += 1
        answerable += label.right != ("-",)
        if line == "-":
            continue
        given += 1
        if line.lower() in {each.lower() for each in label.right}:
            right += 1
        else:
            wrong.append(f"{line!r} for {' or '.join(label.right)}: {label.question!r} {label.lead_in} {label.sentence!r}")
    return LineScore(count, answerable, given, right, tuple(wrong))
