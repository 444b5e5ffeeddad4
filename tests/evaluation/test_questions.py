"""The gold questions, read with all that scoring needs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from candor.errors import InvalidInputError
from candor.settings import ROOT
from candor.tickets.request_types import REQUEST_TYPES
from evaluation.questions import read_gold

WHOLE = {"id": "q-1", "company": "acme", "question": "do you sell my data", "kind": "unanswerable"}


def test_our_own_questions_are_whole() -> None:
    """Ids stand once, companies exist, and each kind has the fields by which it is scored."""
    gold = read_gold()

    assert len(gold) >= 150
    assert not [id_ for id_, times in Counter(question["id"] for question in gold).items() if times > 1]
    assert {question["company"] for question in gold} <= {path.name for path in (ROOT / "policies").iterdir()}
    for question in gold:
        assert question["kind"] in {"answerable", "unanswerable", "request", "offtopic", "chitchat"}
        assert question["kind"] != "answerable" or (question["evidence"] and "must_say" in question)
        assert question["kind"] != "request" or question["request_type"] in REQUEST_TYPES


def test_the_evidence_of_our_own_questions_stands_in_the_policies() -> None:
    """Else nobody could ever quote it."""
    texts = {path.parent.name: " ".join(path.read_text("utf-8").split()) for path in (ROOT / "policies").glob("*/*.txt")}

    for question in read_gold():
        for passage in question.get("evidence") or []:
            assert " ".join(passage.split()) in texts[question["company"]], question["id"]


def test_questions_of_all_files_are_read_in_order(tmp_path: Path) -> None:
    """One may add files beside ours; comparisons have another form and are left out, blank lines too."""
    for name, ids in (("b.jsonl", ["q-2", "q-3"]), ("a.jsonl", ["q-1"]), ("compare.jsonl", ["c-1"]), ("notes.txt", ["n-1"])):
        (tmp_path / name).write_text("\n\n".join(json.dumps({**WHOLE, "id": id_}) for id_ in ids) + "\n")

    assert [question["id"] for question in read_gold(tmp_path)] == ["q-1", "q-2", "q-3"]


@pytest.mark.parametrize("line", ["{", "7", "not json"])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    """By file and line."""
    (tmp_path / "mine.jsonl").write_text(f"{json.dumps(WHOLE)}\n\n{line}\n")

    with pytest.raises(InvalidInputError, match=r"mine\.jsonl, line 3 is not"):
        read_gold(tmp_path)


@pytest.mark.parametrize("missing", sorted(WHOLE))
def test_a_line_that_lacks_a_field_is_named(tmp_path: Path, missing: str) -> None:
    """With the field."""
    lacking = {name: value for name, value in WHOLE.items() if name != missing}
    (tmp_path / "mine.jsonl").write_text(f"{json.dumps(WHOLE)}\n{json.dumps(lacking)}\n")

    with pytest.raises(InvalidInputError, match=rf"mine\.jsonl, line 2 lacks {missing}"):
        read_gold(tmp_path)
