"""Several wishes in one message."""

from __future__ import annotations

from typing import Any

import pytest

from bot.wishes import (
    COPY_FOR_ME,
    asked_beside,
    asks_for_number,
    asks_what_is_kept,
    concludes,
    objects_to_decision,
    only_asks,
    signs_in_words,
    surer_wish,
    wish_beside,
    wish_put_politely,
    wishes_in,
    without_other_wish,
    without_refused_person,
)

RASA = {"stop selling my data": "request_opt_out_of_sale", "fix my name": "request_correction", "do you sell it": "ask_policy"}


async def parse(text: str) -> dict[str, Any]:
    return {"intent": {"name": RASA.get(text, "out_of_scope_general"), "confidence": 0.9}}


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("send me everything you have and then erase it", ["access", "deletion"]),
        ("erase my account, but first send me a copy", ["deletion", "access"]),
        ("can you give me my data and wipe the rest", ["access", "deletion"]),
        ("i want a copy of my data and after that have it erased", ["access", "deletion"]),
        ("fix my name and stop selling my data", ["correction", "opt_out_of_sale"]),
        ("delete my account and remove my photos", []),
        ("delete my account and have a nice day", []),
        ("delete my account, don't send me anything", []),
        ("delete my account", []),
        ("i would like my account and everything in it removed", []),
        ("show me what you have on me, i want a copy", []),
        ("can i get a copy and have it deleted", []),
        ("delete everything you have about me and my family", []),
    ],
)
async def test_two_wishes_are_told_from_one(text: str, wishes: list[str]) -> None:
    """Each half must be a wish; a negation, a question or a second word for the same makes no second request."""
    assert await wishes_in(text, "request_deletion", parse) == wishes


async def test_a_question_holds_no_wishes_but_a_polite_one_does() -> None:
    """Who asks about rights has not used them."""
    assert await wishes_in("what happens when you copy it and then erase it", "ask_policy", parse) == []
    assert await wishes_in("can you send me a copy and erase the rest after", "ask_policy", parse) == ["access", "deletion"]


BESIDE = {
    "wipe my profile": "request_deletion", "erase it then": "request_deletion", "send me a copy of it all": "request_access",
    "please close her account": "request_deletion", "i would report your shop for this": "request_complaint",
    "update the app": "out_of_scope_general", "he wants his profile removed": "request_deletion",
    "i deleted my account last year": "request_deletion",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("wipe my profile and how many days does it take", "deletion"),
        ("do you sell it? erase it then", "deletion"),
        ("i am an heir, please close her account. do you need papers?", "deletion"),
        ("hey. send me a copy of it all, what does that cost", "access"),
        ("who gets it, also wipe my profile", "deletion"),
        ("wipe my profile or i go to the press", "deletion"),
        ("i would report your shop for this, who takes it", "complaint"),
        ("how do i log in and wipe my profile", ""),
        ("what happens if i say so and wipe my profile", ""),
        ("do not wipe my profile. why would you", ""),
        ("update the app and tell me what is new", ""),
        ("how long do you keep it", ""),
        ("i deleted my account last year. do you still have data?", ""),
    ],
)
async def test_a_wish_beside_a_question_is_found(text: str, wish: str) -> None:
    """What follows a question in its sentence belongs to the question."""

    async def parse_part(part: str) -> dict[str, Any]:
        return {"intent": {"name": BESIDE.get(part, "ask_policy"), "confidence": 0.9}}

    assert await wish_beside(text, parse_part) == wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("hey can u wipe my acc my mum must not know", "deletion"),
        ("yes please stop them", "objection"),
        ("can you wipe messages in the app", ""),
        ("could you not wipe my acc", ""),
        ("how can you wipe my acc", ""),
        ("can you sell my data", ""),
        ("yes", ""),
        ("ok do it", ""),
        ("can you help me", ""),
    ],
)
async def test_a_wish_put_as_a_favour_is_a_wish(text: str, wish: str) -> None:
    """In a message that tells a story too, and behind a yes; only where it is about one's own."""
    known = {
        "please sell my data": "request_opt_out_of_sale", "please wipe my acc": "request_deletion",
        "please stop them": "request_objection",
    }  # fmt: skip

    async def parse_part(part: str) -> dict[str, Any]:
        return {"intent": {"name": known.get(part, "ask_policy"), "confidence": 0.9}}

    assert await wish_put_politely(text, parse_part) == wish


@pytest.mark.parametrize(
    ("text", "rest", "questions"),
    [
        ("wipe my profile - and who has seen it?", "wipe my profile", ["who has seen it?"]),
        ("who has seen it? and where is it? please wipe it", "please wipe it", ["who has seen it?", "where is it?"]),
        ("who has seen it, also wipe my profile", "wipe my profile", ["who has seen it?"]),
        ("portugal, and do you sell addresses", "portugal", ["do you sell addresses?"]),
        ("wipe me. what becomes of my letters and photos?", "wipe me", ["what becomes of my letters and photos?"]),
        ("Could you wipe it? Backups too?", "Could you wipe it", ["Backups too?"]),
        ("wipe my profile, which i do not use", "wipe my profile, which i do not use", []),
        ("i lived in rome when i signed up", "i lived in rome when i signed up", []),
        ("wipe it, if that is possible", "wipe it, if that is possible", []),
        ("who are you?", "who are you?", []),
        ("", "", []),
    ],
)
def test_questions_beside_a_wish_or_an_answer_are_told_apart(text: str, rest: str, questions: list[str]) -> None:
    """What asks nothing, and what does nothing else, stays whole."""
    assert asked_beside(text) == (rest, questions)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("\U0001f6ae my profile", "delete my profile"),
        ("all my photos \U0001f5d1\ufe0f", "delete all my photos"),
        ("\U0001f4e5 my data", "send me a copy of my data"),
        ("\U0001f5d1\ufe0f", "\U0001f5d1\ufe0f"),
        ("\U0001f600 hello", "\U0001f600 hello"),
    ],
)
def test_a_sign_beside_words_is_read_as_its_verb(text: str, read: str) -> None:
    """Alone it says nothing of what is meant."""
    assert signs_in_words(text) == read


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("hello, i am from chile, may i have a copy of my file", True),
        ("could we please get the export of our data", True),
        ("can i get a copy of the policy", False),
        ("can anybody get a copy of my data", False),
        ("how can i get a copy", False),
    ],
)
def test_who_may_have_a_copy_of_their_own_wishes_for_it(text: str, *, wishes: bool) -> None:
    """The policy's words are said too, and the request begun."""
    assert bool(COPY_FOR_ME.search(text)) is wishes


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("number?", True),
        ("once more the nubmer pls, my battery was empty", True),
        ("kindly repeat the reference", True),
        ("my phone number is wrong", False),
        ("the number is 4471", False),
        ("add that my customer number was old", False),
        ("how many numbers of customers leaked", False),
    ],
)
def test_who_asks_for_a_number_means_that_of_the_open_request(text: str, *, asks: bool) -> None:
    """Not one that they tell."""
    assert asks_for_number(text) is asks


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("I'd rather not chat with anybody, close my account", "close my account"),
        ("there's no need for a callback just tell me how long you keep it", "tell me how long you keep it"),
        ("without having to call please erase my profile", "please erase my profile"),
        ("we don't want to speak with staff – what do you store?", "what do you store?"),
        ("i dont want to talk to a bot, get me a person", "i dont want to talk to a bot, get me a person"),
        ("i don't want to talk to you, i want a human", "i don't want to talk to you, i want a human"),
        ("i don't want people to see my photos, remove them", "i don't want people to see my photos, remove them"),
        ("no need for a person", "no need for a person"),
    ],
)
def test_who_refuses_a_person_is_read_by_what_else_they_say(text: str, read: str) -> None:
    assert without_refused_person(text) == read


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("how long are they kept then", True),
        ("and how long do you store the logs", True),
        ("how long do you keep my request", False),
        ("how long does this take", False),
        ("will you keep me informed", False),
    ],
)
def test_what_is_kept_is_no_question_about_the_request(text: str, kept: bool) -> None:
    """Though both ask how long."""
    assert asks_what_is_kept(text) is kept


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("is it a problem that i am only fifteen?", True),
        ("hang on, i thought you don't pass it on?", True),
        ("and if they say no, who decides then?", True),
        ("one second, kindly tell whether i can edit it myself", True),
        ("no, i live in france", False),
        ("could you also take my old number off?", False),
        ("can i change it? it is <email_1>", False),
        ("also i want a copy", False),
    ],
)
def test_what_only_asks_answers_nothing(text: str, asks: bool) -> None:
    """A value, or a wish beside the question, does."""
    assert only_asks(text) is asks


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("i was rejected by your algorithm, a person should look at it again", True),
        ("please have my low score checked by a real human", True),
        ("i was refused a loan, let me talk to a human", False),
        ("a person should look at my screen", False),
    ],
)
def test_who_wants_a_person_to_decide_objects_and_talks_to_nobody(text: str, objects: bool) -> None:
    assert objects_to_decision(text) is objects


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("i want a copy not deletion", "i want a copy"),
        ("erase it, rather than a copy please", "erase it please"),
        ("should be portability, not correction", "should be portability"),
        ("dont delete, just correct my name", "correct my name"),
        ("please do not erase it, only fix my name", "fix my name"),
        ("don't delete my photos", "don't delete my photos"),
        ("do not sell my data", "do not sell my data"),
        ("not deletion", "not deletion"),
        (
            "delete my photos, not the copies that i made of the invoices",
            "delete my photos, not the copies that i made of the invoices",
        ),
    ],
)
def test_what_is_not_wished_for_is_left_out(text: str, rest: str) -> None:
    """If something else is."""
    assert without_other_wish(text) == rest


@pytest.mark.parametrize(
    ("text", "concluded"),
    [
        ("so you DO sell it", True),
        ("ok so they keep it forever", True),
        ("you delete it after a month then", True),
        ("delete it", False),
        ("you must delete it", False),
        ("you delete my account now", False),
        ("can you delete it", False),
        ("you delete my stuff pls", False),
    ],
)
def test_who_concludes_from_an_answer_wishes_for_nothing(text: str, concluded: bool) -> None:
    """A statement about the company, without a word that asks for something."""
    assert concludes(text) is concluded


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ({"name": "request_deletion", "confidence": 0.9}, "request_deletion"),
        ({"name": "request_deletion", "confidence": 0.7}, "ask_policy"),
        ({"name": "request_status", "confidence": 0.9}, "ask_policy"),
        ({"name": "data_exposed", "confidence": 0.9}, "ask_policy"),
    ],
)
def test_what_a_message_sounds_like_counts_where_that_is_a_surer_wish(heard: dict[str, Any], name: str) -> None:
    """All else is read as it is spelt."""
    read = {"intent": {"name": "ask_policy", "confidence": 0.4}}

    assert surer_wish(read, {"intent": heard})["intent"]["name"] == name
