"""What a message means while the form asks: an answer, a correction, a stop, or a matter for other rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.form.answers import read_answer
from actions.form.clear_yes import agrees_clearly
from actions.form.consent import CLEAR_YES
from actions.form.message import AsksAbout, Emptied, FilledSlot, FormMessage, Meaning, Respelt, Stopped, Unclear
from actions.form.words import carries_something

STEPS = ["residence", "email", "details", "agreed"]


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
        ("there is no e-mail that i could give", "skip", Unclear("first")),  # says nothing of where they live
        ("Georgia", "provide_residence", Unclear("which", ("GE", "US-GA"))),
        ("on the moon", "provide_residence", Unclear("unread")),
        ("why?", "ask_why", Unclear("why")),
        ("yes", "affirm", Unclear("first")),
        ("no", "deny", Unclear("no")),
        ("no i dont want that any more", "deny", Stopped()),
        ("what has my country to do with it", "ask_why", Unclear("why")),
        ("Germany, but why do you ask", "ask_why", FilledSlot("residence", "DE")),
        ("my ex is after me", "in_danger", None),
        ("do i have to answer that", "ask_why", Unclear("why")),
        ("forget it", "stop_form", Stopped()),
        ("cancel that please", "cancel_request", Stopped()),
        ("do you sell data in Germany?", "ask_policy", None),
        ("send me a copy of my data", "request_access", None),
        ("hello there", "greet", None),
        ("first Lima, then Quito, which one counts", "ask_policy", Unclear("now")),
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
        ("<email_1> or <email_2>", "provide_email", "deletion", Unclear("several", ("<email_1>", "<email_2>"))),
        ("<email_1>, or <email_2> if that bounces", "provide_email", "deletion", FilledSlot("email", "<email_1>")),
        ("either <email_1> or <email_2>", "provide_email", "deletion", FilledSlot("email", "<email_1>")),
        ("may i use my office mail", "correct_answer", "deletion", Unclear("any")),
        ("which mail do you need?", "ask_about_request", "deletion", Unclear("any")),
        ("not <email_1>, <email_2>", "correct_answer", "deletion", FilledSlot("email", "<email_2>")),
        ("ada at example", "provide_email", "deletion", Unclear("none")),
        ("skip", "skip", "deletion", Unclear("needed")),
        ("no", "deny", "deletion", Unclear("needed")),
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
        ("i never agreed to this and want to stop getting your letters", "add_details",
         FilledSlot("details", "i never agreed to this and want to stop getting your letters")),
        ("yes", "affirm", Unclear("first")),
        ("stop", "stop_form", Stopped()),
        ("no, my email is <email_2>", "correct_answer", FilledSlot("email", "<email_2>")),
        ("who do you share my data with?", "ask_policy", None),
        ("send me a copy of my data", "request_access", None),
        ("hm think i will rather leave all that be", "stop_form", Stopped()),
    ],
)  # fmt: skip
def test_what_somebody_adds(text: str, intent: str, meaning: Meaning) -> None:
    """Free text is kept as it is, whatever Rasa takes it for, unless it is a question, a correction or another wish."""
    assert meant("details", text, intent) == meaning


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("the matter is in court so keep it but do not touch it", "stop_form"),
        ("Petre wrong. Petra right.", "correct_answer"),
    ],
)
def test_what_is_told_of_the_request_neither_ends_nor_changes_it(text: str, intent: str) -> None:
    """It only sounds so to the model: no word of it does."""
    assert meant("details", text, intent) == FilledSlot("details", text)


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "meaning"),
    [
        ("yes", "affirm", CLEAR_YES, FilledSlot("agreed", True)),
        ("yes, i suppose", "affirm", 0.9, Unclear("unsure")),
        ("ok continue", "affirm", 0.9, Unclear("unsure")),
        ("ok go on, yes", "go_on", 0.9, FilledSlot("agreed", True)),
        ("ok go on", "go_on", 0.9, Unclear("unsure")),
        ("no", "deny", 0.9, Stopped()),
        ("rather differently", "deny", 0.4, Unclear("unsure")),
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


@pytest.mark.parametrize("asked", STEPS)
@pytest.mark.parametrize(
    "text", ["maybe later, not now", "hold on, not today", "give me a minute", "i'll do it later", "wait a sec"]
)
def test_a_delay_is_no_answer_and_no_stop(asked: str, text: str) -> None:
    """The request waits, whatever was asked; least of all does a delay become a detail."""
    assert meant(asked, text, "ask_policy") == Unclear("later")


@pytest.mark.parametrize("asked", STEPS)
@pytest.mark.parametrize("text", ["actually i changed my mind", "never mind all this", "cancel the request", "forget it"])
def test_a_change_of_mind_stops_at_every_step(asked: str, text: str) -> None:
    """In words that leave no doubt, whatever the models take them for."""
    assert meant(asked, text, "ask_policy") == Stopped()


@pytest.mark.parametrize("asked", STEPS)
def test_a_wish_for_a_person_is_left_to_its_rule(asked: str) -> None:
    """Also with an address in it, which would else be an answer."""
    assert meant(asked, "charged twice, let me talk to somebody, i am <email_1>", "talk_to_human") is None


@pytest.mark.parametrize("asked", ["email", "details", "agreed"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wait, I live in Austria, not Germany", "AT"),
        ("sorry i meant the netherlands", "NL"),
        ("i said italy but its malta", "MT"),
        ("change my country to norway", "NO"),
    ],
)
def test_an_earlier_place_is_corrected(asked: str, text: str, code: str) -> None:
    """The new one is taken, and nothing else is thrown away."""
    assert meant(asked, text, "correct_answer") == FilledSlot("residence", code)


@pytest.mark.parametrize("asked", STEPS)
@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("change my country", Emptied("residence")),
        ("change my e-mail", Emptied("email")),
        ("change the details", Emptied("details")),
        ("change the request", Unclear("request")),
    ],
)
def test_what_the_cards_buttons_say_works_at_every_step(asked: str, text: str, meaning: Meaning) -> None:
    """An edit asks for that part again."""
    assert meant(asked, text, "ask_policy", confidence=0.3) == meaning


def test_a_guess_is_taken_after_a_yes_and_asked_anew_after_a_no() -> None:
    """ "Do you mean Germany?" """
    guess = FormMessage("residence", "yes", "affirm", 0.9, "deletion", why="guess", options=("DE",))
    refused = FormMessage("residence", "no", "deny", 0.9, "deletion", why="guess", options=("DE",))

    assert read_answer(guess) == FilledSlot("residence", "DE")
    assert read_answer(refused) == Unclear("other")


def test_place_and_address_in_one_message_fill_both() -> None:
    """Nothing that was said is asked again."""
    assert meant("residence", "germany, <email_1>", "provide_residence") == FilledSlot(
        "residence", "DE", (FilledSlot("email", "<email_1>"),)
    )


@pytest.mark.parametrize(
    ("text", "intent", "meaning"),
    [
        ("my user name was finch22", "add_details", FilledSlot("details", "since 2017; my user name was finch22")),
        ("no details please", "skip", FilledSlot("details", "")),
        ("i live in spain now", "provide_residence", FilledSlot("residence", "ES")),
        ("what", "out_of_scope_gibberish", Unclear("unsure")),
        ("correct the address", "correct_answer", Emptied("email")),
        ("2016 i meant", "out_of_scope_general", FilledSlot("details", "since 2017; 2016 i meant")),
    ],
)
def test_the_summary_can_still_be_changed(text: str, intent: str, meaning: Meaning) -> None:
    """Something is added, left out or set right, and then the summary is shown again."""
    assert read_answer(FormMessage("agreed", text, intent, 0.9, "deletion", details="since 2017")) == meaning


def test_a_yes_that_begins_with_correct_changes_nothing() -> None:
    """Whatever it was taken for; "correct the address" still does."""
    assert read_answer(FormMessage("agreed", "correct, submit it", "correct_answer", 0.9, "deletion")) == FilledSlot(
        "agreed", True
    )


def test_who_has_nothing_more_to_say_is_asked_where_they_live_once_more() -> None:
    """ "That would be all" has not seen the question; said again, the place is left out."""
    said = FormMessage("residence", "that would be all", "skip", 0.8, "deletion")

    assert read_answer(said) == Unclear("first")
    assert read_answer(replace(said, why="first")) == FilledSlot("residence", "")


def test_several_answers_at_once_are_all_kept() -> None:
    """In a list, as to a form on paper."""
    said = FormMessage("residence", "1. portugal 2. <email_1> 3. nothing else", "correct_answer", 0.9, "deletion")

    assert read_answer(said) == FilledSlot("residence", "PT", (FilledSlot("email", "<email_1>"), FilledSlot("details", "")))


@pytest.mark.parametrize(
    ("text", "intent", "meaning"),
    [
        ("can i see the date", "add_details", Unclear("empty")),
        ("is that enough", "ask_about_request", None),
        ("see the mail above", "add_details", FilledSlot("details", "see the mail above")),
        ("is 4471 my number", "add_details", FilledSlot("details", "is 4471 my number")),
    ],
)
def test_what_is_put_as_a_question_is_no_detail_and_who_points_back_corrects_nothing(
    text: str, intent: str, meaning: Meaning
) -> None:
    """Unless it holds a number, which may help."""
    assert read_answer(FormMessage("details", text, intent, 0.9, "deletion")) == meaning


def test_a_flag_is_a_place_whatever_a_picture_is_taken_for() -> None:
    """To a model it looks like a nod."""
    said = FormMessage("residence", "\U0001f1ee\U0001f1f9", "affirm", 0.9, "deletion")

    assert read_answer(said) == FilledSlot("residence", "IT")


def test_a_yes_to_another_question_than_the_summary_opens_nothing() -> None:
    """After "it waits here" or "what shall I change?" the summary's question is asked once more."""
    assert read_answer(FormMessage("agreed", "yes", "affirm", 1.0, "deletion", why="later", shown=False)) == Unclear("again")


@pytest.mark.parametrize("text", ["yes please open", "Yes, please proceed.", "go ahead"])
def test_a_yes_changes_no_details(text: str) -> None:
    """However much it sounds like them."""
    said = FormMessage("agreed", text, "affirm", 0.9, "deletion", details="please write", righted="please open")

    assert read_answer(said) == FilledSlot("agreed", True)


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "ok",
        "yes please open it",
        "sure, go ahead",
        "\U0001f44d",
        "that's correct",
        "do it now",
        "confermo",
        "ja, graag",
        "yes, continue",
    ],
)
def test_a_clear_yes(text: str) -> None:
    """In the words that people use."""
    assert agrees_clearly(text)


@pytest.mark.parametrize(
    "text",
    [
        "ok continue",
        "ok and now",
        "yes but change my mail",
        "yes?",
        "i guess so",
        "yes if it is free",
        "ok next",
        "go on",
        "yes next",
    ],
)
def test_no_clear_yes(text: str) -> None:
    """A condition, a question, or a sign of listening."""
    assert not agrees_clearly(text)


@pytest.mark.parametrize("text", ["88-1234", "<email_2>", "finch", "customer since long ago"])
def test_a_detail_says_something(text: str) -> None:
    """A name, a number, an account or a story."""
    assert carries_something(text)


@pytest.mark.parametrize("text", ["no nothing else", "not now", "ok, that's all", "hm, I don't know", "yes"])
def test_words_that_say_nothing_are_no_detail(text: str) -> None:
    """Staff could not find anybody by them."""
    assert not carries_something(text)


def test_a_stop_that_nobody_is_sure_of_is_asked_about() -> None:
    """It neither ends the request nor becomes a detail of it."""
    text = "somehow all of that is getting rather long for me now"

    assert meant("details", text, "stop_form", confidence=0.4) == Unclear("empty")


def test_an_address_in_a_question_is_no_answer() -> None:
    """The question is answered first."""
    assert meant("email", "do you pass <email_1> on to others?", "ask_policy") is None


def test_after_an_unclear_answer_ok_is_not_enough() -> None:
    """ "Better not, ok" in two messages must not open anything."""
    again = FormMessage("agreed", "ok", "affirm", 1.0, "deletion", why="unsure")
    yes = FormMessage("agreed", "yes", "affirm", 1.0, "deletion", why="unsure")

    assert read_answer(again) == Unclear("unsure")
    assert read_answer(yes) == FilledSlot("agreed", True)


@pytest.mark.parametrize(("asked", "why"), [("residence", "unread"), ("email", "none")])
def test_a_few_words_that_ask_nothing_are_no_question(asked: str, why: str) -> None:
    """ "At my aunt's" is looked up nowhere; it was meant as an answer."""
    assert meant(asked, "at my aunt's", "ask_policy") == Unclear(why)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("no i'd rather not", Stopped()),
        ("i don't know", Unclear("unsure")),
        ("nah thats it", Unclear("summary")),
        ("no details", FilledSlot("details", "")),
    ],
)
def test_to_the_summary_rather_not_is_a_no_and_nothing_is_lost_by_a_doubt(text: str, meaning: Meaning) -> None:
    """What somebody wrote is only taken out where they say so."""
    assert read_answer(FormMessage("agreed", text, "skip", 0.9, "deletion", details="since 2017")) == meaning


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("the northern one", ("KP", "KR"), "KP"),
        ("not the north", ("KP", "KR"), "KR"),
        ("the state", ("GE", "US-GA"), "US-GA"),
        ("the country", ("GE", "US-GA"), "GE"),
        ("the second", ("CD", "CG"), "CG"),
        ("democratic", ("CD", "CG"), "CD"),
    ],
)
def test_which_of_the_places_is_told_by_what_sets_it_apart(text: str, options: tuple[str, ...], code: str) -> None:
    """One word is enough after "which one?"."""
    asked = FormMessage("residence", text, "out_of_scope_gibberish", 0.9, "deletion", why="which", options=options)

    assert read_answer(asked) == FilledSlot("residence", code)


@pytest.mark.parametrize("asked", ["residence", "email"])
@pytest.mark.parametrize("text", ["actually leave my bookings", "everything except my receipts", "only the old photos"])
def test_what_is_to_be_kept_is_a_detail_at_any_step(asked: str, text: str) -> None:
    """A part of a wish ends nothing, and answers nothing else."""
    assert meant(asked, text, "add_details") == FilledSlot("details", text)


@pytest.mark.parametrize(("asked", "text"), [("email", "ada at example"), ("residence", "on the moon")])
def test_a_misread_answer_is_no_detail(asked: str, text: str) -> None:
    """Only words of keeping and leaving out make one before the details are asked for."""
    assert isinstance(meant(asked, text, "add_details"), Unclear)


@pytest.mark.parametrize("text", ["make it a copy, not a deletion, i have thought about it again", "rather send me a copy"])
def test_another_wish_in_its_place_is_no_detail(text: str) -> None:
    """It is left to the rule that begins the other request."""
    assert meant("details", text, "request_access", 0.6) is None


@pytest.mark.parametrize("text", ["Petterson with tt", "spelled with a K, sorry"])
def test_how_a_word_in_the_details_is_spelled_is_added(text: str) -> None:
    """At the summary."""
    shown = FormMessage("agreed", text, "add_details", 0.82, "deletion", details="my name is Peterson")

    assert read_answer(shown) == FilledSlot("details", f"my name is Peterson; {text}")


@pytest.mark.parametrize(
    ("text", "respelt"),
    [
        ("it ends in .nl not .com", Respelt(".nl", ".com")),
        ("mayer, not meyer", Respelt("mayer", "meyer")),
        ("not meyer but mayer", Respelt("mayer", "meyer")),
    ],
)
@pytest.mark.parametrize("asked", ["details", "agreed"])
def test_what_is_wrong_in_the_address_is_put_right(asked: str, text: str, respelt: Respelt) -> None:
    """Where an address was given."""
    message = FormMessage(asked, text, "correct_answer", 0.9, "deletion", email="<email_1>")

    assert read_answer(message) == respelt


@pytest.mark.parametrize("text", ["Sweden, not Denmark", "wrong. not Denmark. it is Sweden"])
def test_a_place_that_was_wrong_is_no_part_of_the_address(text: str) -> None:
    message = FormMessage("agreed", text, "correct_answer", 0.9, "deletion", email="<email_1>")

    assert read_answer(message) == FilledSlot("residence", "SE")


def test_an_address_at_the_summary_takes_the_place_of_the_other_one() -> None:
    """The summary is shown again before a yes to it counts. What is put as a question changes nothing."""
    message = FormMessage("agreed", "no. my own again, <email_1>", "correct_answer", 0.45, "access", email="<email_2>")

    assert read_answer(message) == FilledSlot("email", "<email_1>")
    assert read_answer(replace(message, text="did i give <email_1>?")) != FilledSlot("email", "<email_1>")


def test_a_yes_with_a_slip_of_the_pen_is_one() -> None:
    """Only to a summary that was seen as it stands."""
    message = FormMessage("agreed", "yes pleaze opn it", "affirm", 0.6, "deletion", spelt="yes please open it")

    assert read_answer(message) == FilledSlot("agreed", True)
    assert read_answer(replace(message, seen=False)) != FilledSlot("agreed", True)


def test_what_is_missing_in_the_summary_is_asked_back_and_changes_nothing() -> None:
    text = "the bit about my phone bill is missing"

    assert read_answer(FormMessage("agreed", text, "correct_answer", 0.93, "complaint")) == Unclear("add", (text,))


def test_a_no_that_nobody_is_sure_of_asks_what_it_is_for() -> None:
    """At the first question it may refuse that alone, or the request."""
    assert read_answer(FormMessage("residence", "aha, so no. no wiping", "deny", 0.34, "deletion")) == Unclear("no")


def test_an_answer_counts_with_what_comes_along() -> None:
    """A place with a question behind it is that place; an address with "no more details" leaves them out."""
    assert meant("residence", "poland btw does it cost anything", "ask_policy") == FilledSlot("residence", "PL")
    assert meant("email", "<email_1> and no further details", "provide_email") == FilledSlot(
        "email", "<email_1>", (FilledSlot("details", ""),)
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [("the first one", "<email_1>"), ("second", "<email_2>"), ("you choose", "<email_1>"), ("hm", None), ("2", "<email_2>")],
)
def test_which_of_two_addresses_is_told_by_its_place(text: str, address: str | None) -> None:
    """Nobody has to write an address once more."""
    asked = FormMessage("email", text, "nlu_fallback", 0.4, "deletion", why="several", options=("<email_1>", "<email_2>"))

    assert read_answer(asked) == (FilledSlot("email", address) if address else Unclear("none"))


def test_who_answers_the_next_question_has_read_the_guess() -> None:
    """ "Do you mean Norway?" is answered by an address: the summary shows both. With another place in it, that one counts."""
    asked = FormMessage("residence", "<email_1>", "provide_email", 0.9, "deletion", why="guess", options=("NO",))
    address = FilledSlot("email", "<email_1>")

    assert read_answer(asked) == FilledSlot("residence", "NO", (address,))
    assert read_answer(replace(asked, text="peru, <email_1>")) == FilledSlot("residence", "PE", (address,))


def test_what_asks_nothing_and_holds_a_number_is_a_detail() -> None:
    """Whatever it was taken for."""
    told = "we act under a mandate of 2 June; our reference is 40/7"

    assert meant("details", told, "ask_policy") == FilledSlot("details", told)
    assert meant("details", "how long do you keep orders of 2019", "ask_policy") is None


def test_who_objects_refuses_nothing() -> None:
    """It is what the request is about."""
    assert meant("residence", "i object to that", "request_objection", request_type="objection") is None


@pytest.mark.parametrize(
    "text",
    [
        "open it please",
        "ok i have slept on it. open it",
        "yes a copy is what i want, go ahead",
        "send it then",
        "fine. yes, send the complaint",
        "all correct, you may proceed",
    ],
)
def test_who_says_that_it_shall_be_opened_agrees(text: str) -> None:
    """Whatever the message sounds like, if the summary was seen as it stands now, even before a pause."""
    message = FormMessage("agreed", text, "add_details", 0.6, "deletion", shown=False)

    assert read_answer(message) == FilledSlot("agreed", True)
    assert read_answer(replace(message, seen=False)) != FilledSlot("agreed", True)


@pytest.mark.parametrize(
    "text",
    [
        "how do we proceed",
        "proceed to the next question",
        "don't open it",
        "can you open it tomorrow?",
        "send it to my brother",
        "open it only if it is free",
        "would you open it?",
    ],
)
def test_a_condition_or_another_wish_is_no_such_yes(text: str) -> None:
    assert read_answer(FormMessage("agreed", text, "affirm", 0.9, "deletion")) != FilledSlot("agreed", True)


@pytest.mark.parametrize(
    ("text", "intent", "meaning"),
    [
        ("that's all from me", "skip", Unclear("summary")),
        ("what was in the summary again?", "ask_what_changed", Unclear("summary")),
        ("what exactly are you sending", "ask_policy", Unclear("summary")),
        ("that is not what i wanted", "deny", Unclear("change")),
        ("no", "deny", Stopped()),
    ],
)
def test_at_the_summary_it_is_shown_again_or_changed_before_it_is_dropped(text: str, intent: str, meaning: Meaning) -> None:
    assert read_answer(FormMessage("agreed", text, intent, 0.9, "deletion")) == meaning


@pytest.mark.parametrize(
    ("text", "intent", "meaning"),
    [
        ("not now", "pause_form", FilledSlot("details", "")),
        ("not that i know, thanks", "nlu_fallback", FilledSlot("details", "")),
        ("go ahead", "affirm", FilledSlot("details", "")),
        ("idk what you want lol", "nlu_fallback", Unclear("empty")),
        ("<email_1>", "provide_email", Unclear("known")),
        ("sorry, use <email_2> instead", "provide_email", FilledSlot("email", "<email_2>")),
        ("my account is under <email_2>", "add_details", FilledSlot("details", "my account is under <email_2>")),
    ],
)
def test_at_the_details_only_details_are_taken(text: str, intent: str, meaning: Meaning) -> None:
    """Not a delay, not confusion, not the address that stands there already, and not a better one."""
    assert read_answer(FormMessage("details", text, intent, 0.9, "deletion", email="<email_1>")) == meaning


def test_a_token_is_no_choice_between_two_places() -> None:
    """The number in it is not "the first"."""
    message = FormMessage("residence", "<email_1>", "provide_email", 0.9, "deletion", why="which", options=("DE", "US-DE"))

    assert read_answer(message) == FilledSlot("email", "<email_1>")


def test_a_place_that_was_named_is_taken_by_a_yes_and_by_the_next_answer() -> None:
    message = FormMessage("residence", "yes", "affirm", 0.9, "deletion", why="told", options=("US-TX",))

    assert read_answer(message) == FilledSlot("residence", "US-TX")
    passed_over = replace(message, text="<email_1>", intent="provide_email")
    assert read_answer(passed_over) == FilledSlot("residence", "US-TX", (FilledSlot("email", "<email_1>"),))


@pytest.mark.parametrize(
    ("asked", "text", "intent", "meaning"),
    [
        ("details", "my mum says ok", "out_of_scope_general", FilledSlot("details", "my mum says ok")),
        ("details", "pseudonym blue heron", "nlu_fallback", FilledSlot("details", "pseudonym blue heron")),
        ("details", "do you tell my parents", "on_behalf", None),
        ("agreed", "hm wait is that one still there after", "add_details", None),
        ("agreed", "can you add that i moved", "add_details", FilledSlot("details", "can you add that i moved")),
    ],
)
def test_a_statement_is_a_detail_and_a_question_is_none(asked: str, text: str, intent: str, meaning: Meaning) -> None:
    """Three words are enough for a statement; what asks is answered, though no mark says so."""
    assert read_answer(FormMessage(asked, text, intent, 0.8, "deletion")) == meaning


@pytest.mark.parametrize("asked", ["residence", "email", "details"])
def test_who_asks_what_was_noted_is_shown_it(asked: str) -> None:
    """And no policy is searched for it; at the summary, that is shown once more."""
    text = "wait, which mail did you write down?"

    assert meant(asked, text, "ask_policy") == Unclear("so_far")
    assert meant("agreed", text, "ask_policy") == Unclear("summary")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("you may reach me by phone in the evening", "pause_form"),
        ("be quick please, I am moving on Friday", "pause_form"),
        ("A letter of attorney comes by post", "talk_to_human"),
        ("please answer in writing and not by phone", "talk_to_human"),
    ],
)
def test_what_is_told_is_no_delay_and_no_wish_for_a_person(text: str, intent: str) -> None:
    """Where none of its words says so."""
    assert meant("details", text, intent) == FilledSlot("details", text)


@pytest.mark.parametrize(
    ("text", "intent", "meaning"),
    [
        ("give me a moment to find it", "pause_form", Unclear("later")),
        ("i will look that up tomorrow", "pause_form", Unclear("later")),
        ("let me speak to one of your staff", "talk_to_human", None),
        ("don't make me talk to a bot", "talk_to_human", None),
        ("don't call it done, get me a human", "talk_to_human", None),
    ],
)
def test_a_delay_and_a_wish_for_a_person_hold_at_the_details_too(text: str, intent: str, meaning: Meaning) -> None:
    """Their words leave no doubt."""
    assert meant("details", text, intent) == meaning


@pytest.mark.parametrize(
    ("asked", "text", "slot", "value", "details"),
    [
        ("residence", "Kenya. I used it at Savanna Foods, account name savanna_8", "residence", "KE", "account name savanna_8"),
        ("email", "<email_1>, my customer number is 4471", "email", "<email_1>", "my customer number is 4471"),
        ("email", "<email_1> and i was registered as <name_1>", "email", "<email_1>", "i was registered as <name_1>"),
    ],
)
def test_what_helps_to_find_somebody_is_kept_beside_an_answer(asked: str, text: str, slot: str, value: str, details: str) -> None:
    """Nobody has to say it again at the next step."""
    assert meant(asked, text, f"provide_{slot}") == FilledSlot(slot, value, (FilledSlot("details", details),))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("email", "<email_1>, please delete my account"),
        ("email", "<email_1>, i have no customer number"),
        ("email", "<email_1>, thanks"),
        ("residence", "I used to live in Spain but now i live in Portugal"),
        ("residence", "Kenya, and is my account safe"),
    ],
)
def test_a_wish_a_no_and_a_question_beside_an_answer_are_no_details(asked: str, text: str) -> None:
    """They tell nothing of the person."""
    meaning = meant(asked, text, "provide_email" if asked == "email" else "provide_residence")

    assert isinstance(meaning, FilledSlot)
    assert meaning.also == ()


def test_what_is_wrong_is_asked_for_although_something_else_was_told() -> None:
    """A correction needs to know what is wrong."""
    assert meant("email", "<email_1>, customer number 4471", "provide_email", request_type="correction") == FilledSlot(
        "email", "<email_1>"
    )


def test_a_name_told_instead_of_a_place_is_kept() -> None:
    """The place is asked for again."""
    assert meant("residence", "they are called Nimbus", "add_details") == FilledSlot("details", "they are called Nimbus")


def test_a_question_that_names_no_place_is_no_unknown_place() -> None:
    """Another rule answers it."""
    assert meant("residence", "where r u based", "provide_residence", confidence=0.49) is None


STORY = "the part about my payments is missing"


def test_what_is_told_at_the_summary_is_asked_back_before_it_becomes_a_detail() -> None:
    """A yes adds it, a no leaves the summary as it was, and neither opens anything."""
    asked_back = FormMessage("agreed", STORY, "out_of_scope_support", 0.9, "complaint", details="since May")
    yes = replace(asked_back, text="yes", intent="affirm", why="add", options=(STORY,))

    assert read_answer(asked_back) == Unclear("add", (STORY,))
    assert read_answer(yes) == FilledSlot("details", f"since May; {STORY}")
    assert read_answer(replace(yes, text="open it")) == FilledSlot("details", f"since May; {STORY}")
    assert read_answer(replace(yes, text="no", intent="deny")) == Unclear("again")
    assert read_answer(replace(yes, text="no, just leave it as it was", intent="deny")) == Unclear("again")


@pytest.mark.parametrize("text", ["how is your night going?", "what does that cost", "lol"])
def test_a_question_or_a_word_at_the_summary_is_no_story(text: str) -> None:
    """Nobody is asked whether to add it."""
    meaning = read_answer(FormMessage("agreed", text, "out_of_scope_general", 0.9, "complaint"))

    assert not isinstance(meaning, Unclear) or meaning.why != "add"


def test_do_it_wishes_and_asks_nothing() -> None:
    """ "Do" begins a question only before somebody who does something."""
    assert meant("details", "do it by post, to my mother's flat", "add_details") == FilledSlot(
        "details", "do it by post, to my mother's flat"
    )


@pytest.mark.parametrize("text", ["can I change the mail later", "can i still add something once it is open"])
def test_who_asks_whether_it_can_be_changed_later_changes_nothing_now(text: str) -> None:
    """The address that was given stays."""
    assert meant("agreed", text, "correct_answer") == AsksAbout()
    assert meant("agreed", "change the mail", "correct_answer") == Emptied("email")
    assert meant("details", "can you add that I still live there", "add_details") != AsksAbout()


def test_a_question_may_begin_with_a_little_word() -> None:
    """ "In which format" is no address that cannot be read."""
    assert meant("email", "and in which format", "ask_policy", confidence=0.58) is None


@pytest.mark.parametrize("asked", STEPS)
def test_who_asks_what_was_asked_hears_it_again(asked: str) -> None:
    """It is no "go on": at the details that would mean that there are none."""
    assert meant(asked, "hmm what was the question", "go_on", confidence=0.51) == Unclear("again")


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "value"),
    [
        ("no too tired", "bot_complaint", 0.31, ""),
        ("no sorry im exhausted", "stop_form", 0.58, ""),
        ("nope my hands hurt", "out_of_scope_general", 0.65, ""),
        ("no my name is ada lovelace", "add_details", 0.99, "no my name is ada lovelace"),
        ("no my customer number is on the bill", "out_of_scope_general", 0.4, "no my customer number is on the bill"),
        ("no order in 2024", "out_of_scope_support", 0.4, "no order in 2024"),
    ],
)
def test_a_no_with_a_sigh_is_no_detail(text: str, intent: str, confidence: float, value: str) -> None:
    """What follows the no tells nothing that helps to find anybody."""
    assert meant("details", text, intent, confidence) == FilledSlot("details", value)


@pytest.mark.parametrize(
    ("asked", "text", "intent", "confidence", "meaning"),
    [
        ("agreed", "can you say no", "deny", 0.9, AsksAbout()),
        ("email", "what if you need longer", "ask_policy", 0.9, AsksAbout()),
        ("agreed", "that one only", "deny", 0.57, Unclear("summary")),
        ("agreed", "no i do not want that", "deny", 0.57, Stopped()),
        ("agreed", "yes dale", "affirm", 0.49, FilledSlot("agreed", True)),
        ("agreed", "yes tomorrow", "affirm", 0.49, Unclear("later")),
        ("agreed", "it was the other shop", "add_details", 0.3, Unclear("add", ("it was the other shop",))),
        ("agreed", "it should be the other shop", "correct_answer", 0.9, Unclear("add", ("it should be the other shop",))),
        ("agreed", "sorry, the door. what was the question", "add_details", 0.9, Unclear("again")),
        ("residence", "ok but can you pass it on", "skip", 0.54, Unclear("again")),
    ],
)
def test_what_may_be_an_answer_is_looked_at_again(
    asked: str, text: str, intent: str, confidence: float, meaning: Meaning
) -> None:
    """A question about the request, a yes with a word of kindness, a remark: none is taken for what it sounds like."""
    assert read_answer(FormMessage(asked, text, intent, confidence, "deletion")) == meaning


def test_a_second_yes_at_the_details_says_that_there_are_none() -> None:
    """Nothing is opened by it: the summary comes next."""
    first = read_answer(FormMessage("details", "yes", "affirm", 1.0, "deletion"))
    second = read_answer(FormMessage("details", "yes", "affirm", 1.0, "deletion", why="first"))

    assert (first, second) == (Unclear("first"), FilledSlot("details", ""))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("my name should be Nováková, not Novák. Chiang Mai Thailand",
         FilledSlot("residence", "TH", (FilledSlot("details", "my name should be Nováková, not Novák"),))),
        ("it must be Huber, not Hubner", FilledSlot("details", "it must be Huber, not Hubner")),
        ("france, not spain", FilledSlot("residence", "FR")),
    ],
)  # fmt: skip
def test_what_is_wrong_may_be_told_before_it_is_asked(text: str, told: FilledSlot) -> None:
    """By who wants something corrected; a place beside it is where they live."""
    assert read_answer(FormMessage("residence", text, "correct_answer", 0.6, "correction")) == told


def test_a_complaint_is_told_in_any_words() -> None:
    """What would be said to us elsewhere is said of the company where it is asked what the complaint is about."""
    said = FormMessage("details", "you never answer my letters", "bot_complaint", 0.7, "complaint")

    assert read_answer(said) == FilledSlot("details", "you never answer my letters")


@pytest.mark.parametrize(
    "text", ["taxi is here brb", "got to run, the baby cries", "ok g2g", "sorry i'll be back", "back in 5 mins"]
)
@pytest.mark.parametrize("asked", STEPS)
def test_who_leaves_for_a_while_tells_nothing(asked: str, text: str) -> None:
    """The request waits, and why they go is no detail of it, whatever the models take it for."""
    assert meant(asked, text, "add_details", 0.6) == Unclear("later")


@pytest.mark.parametrize(
    "text",
    ["i have to go to court on friday", "my user is jo77, brb", "they will be back in june", "the parcel came back in a box"],
)
def test_what_helps_is_a_detail_whoever_leaves(text: str) -> None:
    assert meant("details", text, "add_details", 0.6) == FilledSlot("details", text)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("i never had a customer number", FilledSlot("details", "")),
        ("there isnt anything like that i can think of", FilledSlot("details", "")),
        ("not that i am aware of sorry", FilledSlot("details", "")),
        ("i would have to look that up", Unclear("later")),
        ("give me five minutes to find it", Unclear("later")),
        ("what does that even mean", Unclear("empty")),
        ("I do not understand what details you want, I am 81", Unclear("explained")),
        ("what kind of details, sorry", Unclear("explained")),
        ("i had no account then, i bought as a guest", FilledSlot("details", "i had no account then, i bought as a guest")),
        ("i could find it under my old surname", FilledSlot("details", "i could find it under my old surname")),
    ],
)
def test_what_tells_nothing_is_no_detail(text: str, meaning: Meaning) -> None:
    """A negation, a delay and a question are none, whatever they were taken for; what tells something is one."""
    assert meant("details", text, "add_details", 0.5) == meaning


@pytest.mark.parametrize("text", ["which details do you share with partners", "what details of mine are sold?"])
def test_what_is_asked_of_the_policy_at_the_details_is_left_to_it(text: str) -> None:
    assert meant("details", text, "ask_policy") is None


@pytest.mark.parametrize(
    ("text", "residence"), [("Split", Unclear("guess", ("HR",))), ("Tampere", FilledSlot("residence", "FI"))]
)
def test_a_city_alone_is_an_answer_whatever_it_sounds_like(text: str, residence: Meaning) -> None:
    """ "Split" sounds like a stop."""
    assert meant("residence", text, "stop_form") == residence
    assert meant("residence", text, "request_restriction") == residence


@pytest.mark.parametrize("text", ["it goes to my mail, not to hers, right", "that is for the old account, correct?"])
def test_who_checks_the_summary_sees_it_again(text: str) -> None:
    """Nothing is changed by it."""
    assert meant("agreed", text, "correct_answer") == Unclear("summary")


def test_what_is_told_at_the_summary_may_be_added() -> None:
    """Though it sounds like a question to the policy; what wonders about something is one."""
    assert meant("agreed", "the app is called Shoply", "ask_policy") == Unclear("add", ("the app is called Shoply",))
    assert meant("agreed", "i wonder if you sell it", "ask_policy") is None


@pytest.mark.parametrize("text", ["I hereby assent to the request being opened", "I give my approval", "permission granted"])
def test_a_formal_yes_opens(text: str) -> None:
    assert meant("agreed", text, "affirm") == FilledSlot("agreed", value=True)


@pytest.mark.parametrize("text", ["sure whatever", "yes but", "whatever you say, ok"])
def test_a_yes_that_does_not_care_is_asked_again(text: str) -> None:
    assert meant("agreed", text, "affirm") == Unclear("unsure")
