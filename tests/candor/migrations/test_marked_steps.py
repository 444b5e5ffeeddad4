"""Turns from before there were steps: what only answered Candor is one afterwards, and the figures follow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import text

from candor.database.engine import make_engine, upgrade
from tests.revisions import to_revision

AT = "2026-01-15 12:00:00.000000"
ASKS = {"kind": "request", "text": "Where do you live?", "form": {"field": "residence"}}
SILENT = {"kind": "not_in_policy", "text": "It does not say.", "answer_id": "a_2"}
TURNS: list[tuple[str, str, list[dict[str, Any]], int | None]] = [  # intent, text, replies, helpful
    ("request_deletion", "delete my data", [ASKS], None),
    ("ask_policy", "Bavaria", [SILENT, ASKS], None),
    ("ask_policy", "how long do you keep it?", [{**SILENT, "answer_id": "a_3"}, ASKS], 0),
    ("provide_residence", "it is Germany", [{"kind": "request", "text": "And your address?"}], None),
    ("affirm", "yes", [{"kind": "request", "text": "Done."}], None),
]


def test_steps_are_marked_and_counted_as_such(tmp_path: Path) -> None:
    """A question in the middle of a form stays one, with its risk; counts move with their turns, at all three sizes."""
    engine = make_engine(f"sqlite:///{tmp_path / 'candor.db'}")
    to_revision(engine, "0018")
    kinds = [next(reply["kind"] for reply in replies) for _, _, replies, _ in TURNS]
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO conversation (id, company, channel, started_at, last_at) VALUES ('c_1', 'acme', 'web', :at, :at)"),
            {"at": AT},
        )
        for number, ((intent, said, replies, helpful), kind) in enumerate(zip(TURNS, kinds, strict=True)):
            connection.execute(
                text(
                    "INSERT INTO turn (conversation_id, message_id, at, company, text, state, intent, confidence, "
                    "intent_ranking, replies, evidence, trace, kind, aspect, helpful) VALUES ('c_1', :id, :at, 'acme', :text, "
                    "'answered', :intent, 0.9, '[]', :replies, :evidence, '{}', :kind, 'x', :helpful)"
                ),
                {
                    "id": f"m{number}", "at": AT, "text": said, "intent": intent, "replies": json.dumps(replies),
                    "evidence": json.dumps({"aspect": "x"}), "kind": kind, "helpful": helpful,
                },
            )  # fmt: skip
        for size in (1440, 60, 15):
            for what, name, n in (
                ("kind", "request", 3),
                ("kind", "not_in_policy", 2),
                ("aspect", "x", 5),
                ("intent", "affirm", 1),
            ):
                connection.execute(
                    text("INSERT INTO turn_count VALUES (:size, :start, 'acme', 'web', :what, :name, :n)"),
                    {"size": size, "start": 29_474_640, "what": what, "name": name, "n": n},
                )

    upgrade(engine)

    with engine.connect() as connection:
        turns = connection.execute(text("SELECT kind, aspect, risk, trace FROM turn ORDER BY id")).all()
        counts = {
            (size, what, name): n
            for size, what, name, n in connection.execute(
                text("SELECT size, what, name, sum(n) FROM turn_count GROUP BY 1, 2, 3")
            )
        }
    engine.dispose()
    assert [turn.kind for turn in turns] == ["request", "step", "not_in_policy", "step", "step"]
    assert [turn.risk for turn in turns] == [0, 0, 5, 0, 0]
    assert [turn.aspect for turn in turns] == ["x", None, "x", None, None]
    assert json.loads(turns[1].trace) == {"step": "residence"}
    for size in (1440, 60, 15):
        assert {name: counts[size, "kind", name] for name in ("request", "not_in_policy", "step")} == {
            "request": 1, "not_in_policy": 1, "step": 3,
        }  # fmt: skip
        assert counts[size, "aspect", "x"] == 2
        assert counts[size, "intent", "affirm"] == 0
