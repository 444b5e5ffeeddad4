"""Lines of JSON: ids are there, what people wrote is not."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from candor.telemetry.logs import FORMAT, JsonLines, TextLines, about


def a_record(message: str, *given: object, error: BaseException | None = None) -> logging.LogRecord:
    """As a logger would make it."""
    raised = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("candor.web", logging.WARNING, __file__, 1, message, given, raised)


def test_a_line_carries_the_ids_of_the_blocks_around_it() -> None:
    """Both of a request and of its conversation, and no longer than these last."""
    form = JsonLines("web")

    with about(request="0123"), about(conversation="c_1"):
        inside = json.loads(form.format(a_record("index %s is served", "a1")))
    outside = json.loads(form.format(a_record("later")))

    assert (inside["message"], inside["process"], inside["level"]) == ("index a1 is served", "web", "warning")
    assert (inside["request"], inside["conversation"]) == ("0123", "c_1")
    assert "request" not in outside
    assert "conversation" not in outside


def test_of_an_error_only_its_kind_and_place_are_logged() -> None:
    """Its text may hold what a person wrote, and so may the lines of a traceback."""
    try:
        json.loads("my name is Ada Lovelace")
    except ValueError:
        error = sys.exc_info()[1]

    line = JsonLines().format(a_record("failed", error=error))

    assert "Ada" not in line
    assert json.loads(line)["error"] == "JSONDecodeError"
    assert json.loads(line)["error_at"].startswith("json.decoder:")


@pytest.mark.parametrize("form", [JsonLines(), TextLines(FORMAT)])
def test_a_message_of_several_lines_stays_one_line(form: logging.Formatter) -> None:
    """So that nobody can forge a line by what they send, or reach the terminal of whoever reads it."""
    line = form.format(a_record('first\n{"level": "info"}\x1b[2J\x9b1m\u2028\u202elast'))

    assert line.isprintable()
    assert "first" in line
    assert "last" in line
