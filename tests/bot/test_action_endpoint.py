"""A message is encoded once a turn, and the action server is told what came out."""

from __future__ import annotations

from knowledge.encoder import Encoding
from tests.bot.conftest import InRasa

ASKED = "how long do you keep my data?"


def test_rasa_encodes_a_message_once(in_rasa: InRasa) -> None:
    """Its classifier and the model of dialogue acts ask for the same text."""
    assert in_rasa.found["turn"]["encoded"] == [1, 1]


def test_an_action_gets_the_encoding_of_the_message(in_rasa: InRasa) -> None:
    """Of the message that it is about, and of no other."""
    sent = in_rasa.found["turn"]["sent"]
    texts = [encoded["text"] for _, encoded in sent if encoded]
    answering = next(encoded for action, encoded in sent if action == "action_answer_question")

    assert list(dict.fromkeys(texts)) == [ASKED, "is my info sold"]
    assert answering["text"] == ASKED
    assert Encoding.of_data(answering["encoding"]).tokens.shape == (10, 384)


def test_all_actions_are_called_over_one_connection(in_rasa: InRasa) -> None:
    """Rasa itself would open one for each."""
    assert len(in_rasa.found["turn"]["sent"]) > 2
    assert in_rasa.found["turn"]["connections"] == 1
