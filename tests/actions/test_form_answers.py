"""What a message means while the form asks: an answer, a correction, a stop, or a matter for other rules."""

from __future__ import annotations

import pytest

from actions.form_answers import CLEAR_YES, Emptied, FilledSlot, FormMessage, Meaning, Stopped, Unclear, read_answer


def meant(asked: str, text: str, intent: str, confidence: float = 0.9, request_type: str = "deletion") -> Meaning:
    return read_answer(
        FormMessage(asked, text, intent, confidence, request_type, email_optional=request_type == "opt_out_of_sale")
    )


@pytest.mark.parametrize(
    ("text", "intent", "meaning"),
    [
        ("Germany", "provide_residence", FilledSlot("residence", "DE")),
        ("i live in Texas", "provide_residence", FilledSlot("residence", "US-TX")),
        ("germany", "out_of_scope_gibberish", FilledSlot("residence", "DE")),
        ("Northwest Territories (Canada)", "ask_policy", FilledSlot("residence", "CA-NT")),
        ("Niger", "deny", FilledSlot("residence", "NE")),
        ("Tuvalu", "request_access", FilledSlot("residence", "TV")),
        ("I'd rather not say", "skip", FilledSlot("residence", "")),
        ("none of your business", "abuse", FilledSlot("residence", "")),
        ("skip", "skip", FilledSlot("residence", "")),
        ("Georgia", "provide_residence", Unclear("which", ("GE", "US-GA"))),
        ("on the moon", "provide_residence", Unclear("unread")),
        ("why?", "ask_policy", Unclear("why")),
        ("yes", "affirm", Unclear("first")),
        ("no", "deny", Stopped()),
        ("forget it", "stop_form", Stopped()),
        ("cancel that please", "cancel_request", Stopped()),
        ("do you sell data in Germany?", "ask_policy", None),
        ("send me a copy of my data", "request_access", None),
        ("hello there", "greet", None),
    ],
)
def test_where_somebody_lives(text: str, intent: str, meaning: Meaning) -> None:
    """A place is taken, a question that names one is not; "rather not say" is an answer."""
    assert meant("residence", text, intent) == meaning


@pytest.mark.parametrize(
    ("text", "intent", "request_type", "meaning"),
    [
        ("<email_1>", "provide_email", "deletion", FilledSlot("email", "<email_1>")),
        ("it's <email_1> ok", "affirm", "deletion", FilledSlot("email", "<email_1>")),
        ("<email_1> or <email_2>", "provide_email", "deletion", Unclear("several")),
        ("not <email_1>, <email_2>", "correct_answer", "deletion", FilledSlot("email", "<email_2>")),
        ("ada at example", "provide_email", "deletion", Unclear("none")),
        ("skip", "skip", "deletion", Unclear("needed")),
        ("no", "deny", "deletion", Stopped()),
        ("skip", "skip", "opt_out_of_sale", FilledSlot("email", "")),
        ("no", "deny", "opt_out_of_sale", FilledSlot("email", "")),
        ("no, i live in france", "correct_answer", "deletion", FilledSlot("residence", "FR")),
        ("how long do you keep my mail?", "ask_policy", "deletion", None),
    ],
)
def test_where_the_answer_goes(text: str, intent: str, request_type: str, meaning: Meaning) -> None:
    """One token is taken; without one, it is asked for again, and left out only where no proof is needed."""
    assert meant("email", text, intent, request_type=request_type) == meaning


@pytest.mark.parametrize(
    ("text", "intent", "meaning"),
    [
        ("no details", "deny", FilledSlot("details", "")),
        ("nothing to add.", "skip", FilledSlot("details", "")),
        ("no", "deny", FilledSlot("details", "")),
        ("my user name is ada", "out_of_scope_gibberish", FilledSlot("details", "my user name is ada")),
        ("and please delete my photos too", "request_deletion", FilledSlot("details", "and please delete my photos too")),
        ("i never agreed to this and want to stop getting your letters", "stop_form",
         FilledSlot("details", "i never agreed to this and want to stop getting your letters")),
        ("yes", "affirm", Unclear("first")),
        ("stop", "stop_form", Stopped()),
        ("no, my email is <email_2>", "correct_answer", FilledSlot("email", "<email_2>")),
        ("who do you share my data with?", "ask_policy", None),
        ("send me a copy of my data", "request_access", None),
    ],
)  # fmt: skip
def test_what_somebody_adds(text: str, intent: str, meaning: Meaning) -> None:
    """Free text is kept as it is, whatever Rasa takes it for, unless it is a question, a correction or another wish."""
    assert meant("details", text, intent) == meaning


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "meaning"),
    [
        ("yes", "affirm", CLEAR_YES, FilledSlot("agreed", True)),
        ("hm yes", "affirm", CLEAR_YES - 0.01, Unclear("unsure")),
        ("no", "deny", 0.9, Stopped()),
        ("hm no", "deny", 0.4, Unclear("unsure")),
        ("no, my email is <email_2>", "correct_answer", 0.9, FilledSlot("email", "<email_2>")),
        ("not quite, i live in france", "correct_answer", 0.9, FilledSlot("residence", "FR")),
        ("the country is wrong", "correct_answer", 0.9, Emptied("residence")),
        ("change the details", "ask_policy", 0.3, Emptied("details")),
        ("change something", "correct_answer", 0.9, Unclear("change")),
        ("do you use cookies?", "ask_policy", 0.9, None),
        ("thanks", "thanks", 0.9, None),
    ],
)
def test_the_summary(text: str, intent: str, confidence: float, meaning: Meaning) -> None:
    """Only a clear yes agrees; everything can still be corrected."""
    assert meant("agreed", text, intent, confidence) == meaning
