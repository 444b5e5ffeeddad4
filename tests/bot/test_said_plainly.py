"""What a message's words leave no doubt of, whatever it was taken for."""

from __future__ import annotations

from typing import Any

import pytest

from bot.context import ANSWERED, ELSE, OPENED
from bot.wishes import said_plainly

SURE, UNSURE = 0.95, 0.3


@pytest.mark.parametrize(
    ("text", "context", "intent", "confidence", "meant"),
    [
        ("whats my number again", OPENED, "thanks", SURE, "request_status"),
        ("whats my number again", ELSE, "ask_policy", SURE, ""),  # of no request
        ("i want a human to decide on my score, not a machine", ELSE, "talk_to_human", SURE, "request_objection"),
        ("i want a human to decide on my score, not a machine", "agreed", "talk_to_human", SURE, ""),
        ("i want a human", ELSE, "talk_to_human", SURE, ""),
        ("so you do sell it", ANSWERED, "request_opt_out_of_sale", SURE, "ask_policy"),
        ("so you do sell it", ELSE, "request_opt_out_of_sale", SURE, "ask_policy"),
        ("do not sell it", ANSWERED, "request_opt_out_of_sale", SURE, ""),
        ("i mean it i want to die", "residence", "request_deletion", UNSURE, "in_danger"),
        ("what happens to my posts if i die", ELSE, "ask_policy", SURE, ""),
        ("i am 12 can i sign up", ANSWERED, "out_of_scope_general", SURE, "ask_policy"),
        ("i am 12 can i sign up", "residence", "out_of_scope_general", SURE, ""),
        ("how long are they kept then", "email", "ask_about_request", SURE, "ask_policy"),
        ("how long does it take", "email", "ask_about_request", SURE, ""),
        ("does it matter that i moved", "agreed", "correct_answer", UNSURE, "ask_policy"),
        ("does it matter that i moved", "agreed", "correct_answer", SURE, ""),
        ("i moved", "agreed", "correct_answer", UNSURE, ""),
        ("so you sell or not sell, clear answer", "residence", "skip", SURE, "ask_policy"),
        ("2 questions: you sell my data? and where is it", ELSE, "request_opt_out_of_sale", SURE, "ask_policy"),
        ("you sell my data, stop it", ELSE, "request_opt_out_of_sale", SURE, ""),
        ("i want a mistake corrected", ELSE, "correct_answer", SURE, "request_correction"),
        ("if i want it deleted, who does that", ELSE, "ask_policy", SURE, ""),
        ("hang on, can i have a copy of my data instead", "email", "ask_policy", SURE, "request_access"),
        ("will my data be sold", "email", "request_opt_out_of_sale", UNSURE, "ask_policy"),
        ("please do not sell my data", "email", "request_opt_out_of_sale", UNSURE, ""),
    ],
)
def test_words_without_doubt_beat_what_was_read(text: str, context: str, intent: str, confidence: float, meant: str) -> None:
    """In the context in which they leave none."""
    understood: dict[str, Any] = {"name": intent, "confidence": confidence}

    assert said_plainly(text, context, understood, beside=False) == meant


def test_what_is_answered_beside_the_rest_leaves_that_as_it_was_read() -> None:
    """ "I moved. Does it matter?" still corrects where somebody lives."""
    understood = {"name": "correct_answer", "confidence": UNSURE}

    assert said_plainly("does it matter that i moved", "agreed", understood, beside=True) == ""
