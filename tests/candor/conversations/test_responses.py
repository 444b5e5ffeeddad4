"""The sentences of domain.yml, filled in without Rasa."""

from __future__ import annotations

from pathlib import Path

import pytest

from candor.conversations.responses import Responses
from candor.transcripts.spans import KINDS


@pytest.fixture
def responses(tmp_path: Path) -> Responses:
    """Two responses of our own."""
    domain = tmp_path / "domain.yml"
    domain.write_text(
        "responses:\n"
        "  utter_where:\n"
        '    - text: "{company_name} is reached at {contact}; {company_name} answers."\n'
        "  utter_hello:\n"
        '    - text: "Hello!"\n'
        "  utter_buttons_hello:\n"
        '    - text: ""\n'
        "      buttons:\n"
        '        - {title: "Say {what}", payload: "say {what}"}\n'
        "  utter_words_days_one:\n"
        '    - text: "one day"\n'
        "  utter_words_days_many:\n"
        '    - text: "{count} days"\n'
    )
    return Responses(domain)


def test_placeholders_are_filled_wherever_they_stand(responses: Responses) -> None:
    """As Rasa would fill them; what the sentence does not ask for is ignored."""
    said = responses.say(
        "utter_where",
        company_name="Acme",
        contact="privacy@acme.example",
        policy="Privacy Policy",
        the_policy="the Privacy Policy",
    )

    assert said == "Acme is reached at privacy@acme.example; Acme answers."
    assert responses.say("utter_hello") == "Hello!"


def test_a_value_is_text_and_never_a_format_string(responses: Responses) -> None:
    """A company may be called anything, also something with braces."""
    said = responses.say("utter_where", company_name="{contact} {0} %s {company_name}", contact="C\\1")

    assert said == "{contact} {0} %s {company_name} is reached at C\\1; {contact} {0} %s {company_name} answers."


def test_a_missing_value_is_an_error(responses: Responses) -> None:
    """Nobody is shown "write to {contact}"."""
    with pytest.raises(KeyError, match="contact"):
        responses.say("utter_where", company_name="Acme")


def test_buttons_are_filled_like_texts(responses: Responses) -> None:
    """Title and payload, as Rasa takes them."""
    assert responses.buttons("utter_buttons_hello", what="yes") == [{"title": "Say yes", "payload": "say yes"}]
    with pytest.raises(KeyError, match="what"):
        responses.buttons("utter_buttons_hello")


def test_what_is_counted_has_a_response_for_one_and_one_for_many(responses: Responses) -> None:
    """Not every language adds an s."""
    assert [responses.counted("utter_words_days", count) for count in (1, 2)] == ["one day", "2 days"]


def test_an_unknown_response_is_an_error(responses: Responses) -> None:
    """A misspelt name fails in a test, not before a visitor."""
    with pytest.raises(KeyError, match="utter_nothing"):
        responses.say("utter_nothing")


@pytest.mark.parametrize(
    "response",
    ["utter_welcome", "utter_assistant_down", "utter_assistant_busy", "utter_answer", "utter_unsure", "utter_not_in_policy"],
)
def test_what_is_said_without_rasa_stands_in_the_domain(response: str) -> None:
    """The assistant and the command line find each sentence they use, and all that it asks for."""
    values = {
        "company_name": "Acme",
        "contact": "privacy@acme.example",
        "question": "do you sell my data?",
        "policy": "Privacy Policy",
        "the_policy": "Acme's Privacy Policy",
        "looked_for": "cookies",
    }

    said = Responses().say(response, **values)

    assert "Acme" in said
    assert "{" not in said


def test_each_kind_of_masked_value_has_its_words() -> None:
    """Visitors are told what is held of them, in words."""
    responses = Responses()

    assert all(responses.counted(f"utter_words_{kind}", count) for kind in KINDS for count in (1, 2))


def test_where_no_mail_can_leave_none_is_said_to_be_on_its_way() -> None:
    """A trial has no mail server: the code lies in its outbox, and the visitor is told so."""
    sends, keeps = Responses(), Responses(sends_mail=False)

    assert sends.named("utter_address_changed") == "utter_address_changed"
    assert keeps.named("utter_address_changed") == "utter_address_changed_without_mail"
    assert "on its way" in sends.say("utter_part_code_sent", company_name="Acme")
    assert "No mail can be sent from here" in keeps.say("utter_part_code_sent", company_name="Acme")
    assert keeps.named("utter_greet") == "utter_greet"
