"""Yes, no, later and stop in ordinary words; what is not sure is unclear."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.typed.short_answers import ShortAnswer, TypedCorrection, read_correction, read_short_answer

MEANT: dict[ShortAnswer, list[str]] = {
    ShortAnswer.YES: [
        "yes", "YESSS!!", "ok then", "sure, why not", "no problem, go ahead", "👍🏽", "oui bien sûr", "да", "हाँ", "all correct",
        "yes, file it",
    ],
    ShortAnswer.NO: [
        "no", "nooo", "no thanks", "i don’t agree", "better not", "👎", "nein danke", "नहीं", "please don't do it", "not ok",
    ],
    ShortAnswer.LATER: ["not now", "hold on, not today", "yes but wait", "i need to think about it", "one moment please"],
    ShortAnswer.STOP: [
        "stop", "cancle", "you know what, never mind all this", "actually I changed my mind", "ok forget it", "i want to stop",
    ],
    ShortAnswer.NOTHING: [
        "nic więcej", "ei muuta", "τίποτα", "nah thats it",
        "no nothing else", "nothing more to say", "nothign", "no details please", "that's all thanks", "skip",
    ],
    ShortAnswer.DONT_KNOW: ["not sure", "idk", "I don't remember", "🤷‍♀️", "no idea sorry"],
    ShortAnswer.RATHER_NOT: ["none of your business", "i'd rather not say", "I won't tell you"],
    ShortAnswer.WHY: ["why", "why do you need my email?", "what for?"],
    ShortAnswer.WRONG: ["no that's wrong", "i mistyped", "wrong country", "wait, that's not correct"],
    ShortAnswer.UNCLEAR: [
        "no, that's right", "yes no", "yes?", "ok?", "hello", "thanks", "", "no i live in spain", "yes if it is free", "note",
        "now", "yes but only my emails", "do you sell my data?", "stop selling my data", "delete it", "don't stop",
        "i do not want to cancel", "please dont wait", "nice", "good", "don't worry", "never stop",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), [(text, meant) for meant, texts in MEANT.items() for text in texts])
def test_ordinary_words_are_enough(text: str, meant: ShortAnswer) -> None:
    """Slang, typos, pictures, short words of other languages; anything with a doubt is unclear."""
    assert read_short_answer(text) is meant


@pytest.mark.parametrize(
    ("text", "correction"),
    [
        ("what I told you is wrong: i live in Spain", TypedCorrection((), "i live in Spain")),
        ("I mistyped my e-mail, it’s <email_2>", TypedCorrection(("email",), "<email_2>")),
        ("wrong country, i live in spain", TypedCorrection(("residence",), "i live in spain")),
        ("sorry i meant texas", TypedCorrection((), "texas")), ("that's wrong", TypedCorrection((), "")),
        ("change my email to <email_2>", TypedCorrection(("email",), "<email_2>")),
        ("hello", None), ("correct", None), ("no", None),
    ],
)  # fmt: skip
def test_a_correction_keeps_what_is_right_instead(text: str, correction: TypedCorrection | None) -> None:
    """In the words of the visitor, and with the answer that it names."""
    assert read_correction(text) == correction


def test_of_answers_kept_apart_nearly_all_are_read_rightly() -> None:
    """These were not looked at while the phrases were written. None is taken for a yes that is not one."""
    lines = (Path(__file__).parent / "short_answers_unseen.tsv").read_text(encoding="utf-8").splitlines()
    read = [(read_short_answer(text).value, expected) for text, expected in (line.split("\t") for line in lines)]

    assert sum(answer == expected for answer, expected in read) / len(read) >= 0.97
    assert [expected for answer, expected in read if answer == "yes" != expected] == []


@given(st.one_of(st.text(max_size=200), st.text(st.sampled_from("yes no’tsopw?👍 "), max_size=80)))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever is typed, the answer is a value."""
    assert read_short_answer(text) in ShortAnswer
    correction = read_correction(text)
    assert correction is None or correction.rest in text


@pytest.mark.parametrize("piece", ["no ", "n", "that's ", "i meant ", "? ", "sorry "])
def test_the_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    """A long message is no short answer."""
    assert read_short_answer(piece * 4000) is ShortAnswer.UNCLEAR
    read_correction(piece * 4000)
