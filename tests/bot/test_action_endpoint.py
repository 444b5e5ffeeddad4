"""A message is encoded once a turn, and the action server is told what came out."""

from __future__ import annotations

from knowledge.encoder import Encoding
from tests.bot.conftest import InRasa


def test_rasa_encodes_a_message_once(in_rasa: InRasa) -> None:
    """Its classifier and the model of dialogue acts ask for the same text."""
    assert in_rasa.found["turn"]["encoded"] == [1, 1]


def test_an_action_gets_the_encoding_of_the_message(in_rasa: InRasa) -> None:
    """Only of the message that it is about, and the text it was made of."""
    last = {action: encoded for action, encoded in in_rasa.found["turn"]["sent"]}

    assert last["action_answer_question"]["text"] == "how long do you keep my data?"
    assert Encoding.of_data(last["action_answer_question"]["encoding"]).tokens.shape == (10, 384)
    assert last["action_say"]["text"] == "thank you"


def test_all_actions_are_called_over_one_connection(in_rasa: InRasa) -> None:
    """Rasa itself would open one for each."""
    assert len(in_rasa.found["turn"]["sent"]) > 2
    assert in_rasa.found["turn"]["connections"] == 1
