"""The table of request types is the one place that spells them out."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import yaml

from candor.settings import ROOT
from candor.tickets.law.laws import laws
from candor.tickets.request_types import REQUEST_TYPES, YEARLY_KINDS, RequestTypeName

TABLE = "candor/tickets/request_types.py"
# What else may name a type, and why. Not searched at all: tests/, evaluation/, training/ and policies/ (measured examples and
# labels), bot/data and domain.yml's intents (Rasa's own files), law/laws.yml (the rows of the laws).
JUSTIFIED = {
    "actions/action_propose_request.py": "who asks what is collected wants no copy yet, but an answer",
    "actions/form/corrections.py": "a wish to have data corrected may itself say what is otherwise in the details",
    "actions/form/details.py": "of a complaint more is told than helps to find data",
    "actions/after_answer.py": "a yes to an answer that speaks of copies",
    "bot/channel.py": "a question that asks for a copy of what is held; Rasa's Python cannot read the table",
    "bot/dialogue_acts.py": "a complaint must be surer than others; Rasa's Python cannot read the table",
    "bot/wishes.py": "a copy and a deletion in one sentence; Rasa's Python cannot read the table",
    "benchmarks/console.py": "invented data",
    "benchmarks/fill.py": "invented data",
    "candor/channels/drp/messages.py": "what the Data Rights Protocol calls the rights, and the types that these are",
    "candor/migrations/versions/0008_review.py": "the table `correction`, of reviews",
    "candor/transcripts/models.py": "the table `correction`, of reviews",
}
SEARCHED = ("actions", "benchmarks", "bot", "candor", "knowledge", "scripts")
NAMES = "|".join(REQUEST_TYPES)
QUOTED = re.compile(rf"""["'](?:request_)?(?:{NAMES})["']""")  # in templates of pages and letters


def test_each_name_has_one_row_in_the_same_order() -> None:
    """Type checkers and the API read the names, everything else the rows."""
    assert tuple(REQUEST_TYPES) == get_args(RequestTypeName)


def test_no_two_types_sound_alike() -> None:
    """A button's text decides what is opened, and an aspect what is offered."""
    for texts in ([row.phrase for row in REQUEST_TYPES.values()], [row.question for row in REQUEST_TYPES.values()]):
        assert len(set(texts)) == len(REQUEST_TYPES)
    aspects = [aspect for row in REQUEST_TYPES.values() for aspect in row.aspects]
    assert len(set(aspects)) == len(aspects)


def test_each_kind_of_the_yearly_figures_counts_something() -> None:
    """A kind without a type would always show nought."""
    assert {row.counted_as for row in REQUEST_TYPES.values()} == set(YEARLY_KINDS)


def test_each_law_has_a_row_for_each_type() -> None:
    """And for nothing else."""
    assert all(set(law.rules) == set(REQUEST_TYPES) for law in laws().values())


def test_each_type_has_an_intent_and_a_name_in_the_widget() -> None:
    """Rasa's domain and the widget's TypeScript cannot read the table; what they lack shows here."""
    intents = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]

    assert {f"request_{name}" for name in REQUEST_TYPES} <= set(intents)
    texts = ROOT / "candor" / "channels" / "widget" / "src" / "texts"
    for language in set(texts.glob("*.ts")) - {texts / "index.ts", texts / "texts.test.ts"}:
        words = language.read_text(encoding="utf-8")
        assert [name for name in REQUEST_TYPES if f"{name}: " not in words] == [], language.name


def test_no_other_code_spells_a_type_out() -> None:
    """A new type is added to the table, its law rows and its training examples, and nowhere else."""
    files = [path for folder in SEARCHED for path in sorted((ROOT / folder).rglob("*"))]
    spelling = {path.relative_to(ROOT).as_posix() for path in files if _spells_a_type(path)}

    assert spelling == {TABLE, *JUSTIFIED}


def _spells_a_type(path: Path) -> bool:
    if not {"node_modules", "__pycache__"}.isdisjoint(path.parts):
        return False
    if path.suffix == ".py":
        constants = (
            node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)
        )
        return any(isinstance(value, str) and value.removeprefix("request_") in REQUEST_TYPES for value in constants)
    return path.suffix in {".html", ".txt", ".mako"} and QUOTED.search(path.read_text(encoding="utf-8")) is not None
