"""Identities that people type stand in no file: neither in the record, nor in Rasa's trackers, nor in any log."""

from __future__ import annotations

from evaluation.planted import read_planted
from tests.stack.conftest import Stack
from tests.stack.test_forgetting import files, said

EACH = 6  # of so many planted messages one is said, because each is answered
MOST_IN_CLEAR = 0.03


def test_planted_identities_are_in_no_file(stack: Stack) -> None:
    """The share that docs/decisions/0005 promises, of all stores together."""
    messages = read_planted("unseen")[::EACH]
    before = files(stack.settings.var_dir)
    planted = [value for message in messages for value in message.planted if value.encode() not in before]

    for message in messages:
        said(stack, message.text)

    after = files(stack.settings.var_dir)
    in_clear = [value for value in planted if value.encode() in after]
    assert len(planted) > 30
    assert len(in_clear) <= MOST_IN_CLEAR * len(planted), in_clear
