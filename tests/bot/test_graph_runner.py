"""Rasa's graph runs without dask: each component once, after what it needs."""

from __future__ import annotations

from tests.bot.conftest import InRasa


def test_each_component_runs_once_after_those_that_it_needs(in_rasa: InRasa) -> None:
    """What no target needs does not run, and the next message gets its own result."""
    found = in_rasa.found["graph"]

    assert found["ran"][:8] == ["first", "left", "right", "last"] * 2
    assert found["made"] == [
        {"last": f"last(left(first({text})),right(first({text}),{text}))", "left": f"left(first({text}))"} for text in ("x", "y")
    ]


def test_what_is_wrong_with_a_graph_is_said(in_rasa: InRasa) -> None:
    """An input with a node's name, an input that misses, and a component that fails, as Rasa's own runner says it."""
    clash, missing, failed = in_rasa.found["graph"]["faults"]

    assert "left" in clash
    assert "Missing input to run node 'first'" in missing
    assert failed == "Error running graph component for node fails."


def test_rasa_runs_its_model_with_it(in_rasa: InRasa) -> None:
    """It imports its own runner in two places."""
    assert in_rasa.found["graph"]["rasas"] == "OrderedGraphRunner"
