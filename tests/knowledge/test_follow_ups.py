"""Questions that lean on the one before, and what they ask in full."""

from __future__ import annotations

import pytest

from knowledge.follow_ups import in_full, is_doubt, is_elliptic, is_follow_up, stands_alone


@pytest.mark.parametrize(
    "message",
    [
        "and for how long?",
        "For how long?",
        "how long",
        "why?",
        "what about cookies",
        "how about kids?",
        "And my email address?",
        "who gets it",
        "can I delete it?",
        "do you sell them?",
        "same for backups?",
        "ok and where",
        "even if I am sixteen?",
        "is that legal",
        "where is it stored",
        "which provider?",
        "in which countries",
        "for free?",
        "not even the ip",
        "do you tell me then",
        "100%?",
        "how fast",
        "are you sure",
        "his address?",
        "the disks as well?",
        "may i refuse",
        "who audits?",
        "can i opt out there",
    ],
)
def test_a_follow_up_needs_the_question_before_it(message: str) -> None:
    """It points back, continues, or names nothing at all."""
    assert is_follow_up(message)


@pytest.mark.parametrize(
    "message",
    [
        "do you sell my data",
        "how long do you keep invoices?",
        "cookies",
        "what is my data used for",
        "which countries do you send my data to",
        "who is your data protection officer",
        "for how long do you keep my data",
        "delete my account",
        "what is the name of your dpo?",
        "do you collect data about me and do you share it with partners?",
        "and what happens to all of the photos that I have uploaded over the years?",
        "android app permissions",
        "sold to whom, data brokers or ad networks",
        "",
        "?!",
        "🙂",
    ],
)
def test_a_question_that_stands_alone_is_no_follow_up(message: str) -> None:
    """With the previous question it would be searched for something else."""
    assert not is_follow_up(message)


@pytest.mark.parametrize(
    ("message", "few_words"),
    [("which provider?", True), ("and for kids?", True), ("on the phone too", True), ("how fast", False), ("who gets it", False)],
)
def test_a_few_words_without_a_verb_only_add_to_the_question_before(message: str, few_words: bool) -> None:
    """What has a verb, or a word that asks how, asks something itself."""
    assert is_elliptic(message) is few_words


@pytest.mark.parametrize(
    ("follow_up", "before", "full"),
    [
        ("who gets it", "do you record my calls", "who gets my calls"),
        ("and how long do you keep it?", "what do you collect", "and how long do you keep my data?"),
        ("do you sell them", "where are my photos", "do you sell my photos"),
        ("is it encrypted", "do you store my health records", "is my health records encrypted"),
        ("where is it", "", "where is my data"),
        ("can i delete them", "do you use cookies", "can i delete them"),
        ("is that legal", "do you sell my data", "is that legal"),
        ("why?", "do you sell my data", "why?"),
    ],
)
def test_a_follow_up_is_asked_in_full(follow_up: str, before: str, full: str) -> None:
    """ "It" is what the question before says is the visitor's; where that named nothing of theirs, "it" stays."""
    assert in_full(follow_up, before) == full


@pytest.mark.parametrize(
    ("message", "doubt"),
    [
        ("really?", True),
        ("100%?", True),
        ("u sure?", True),
        ("are you absolutely certain about that", True),
        ("is that a promise", True),
        ("can you guarantee that?", True),
        ("always?", True),
        ("no exceptions?", True),
        ("and is this really true?", True),
        ("really", False),  # may as well mean that it was understood
        ("sure", False),
        ("is that legal", False),
        ("can i trust your partners?", False),
        ("do you really sell it?", False),
    ],
)
def test_a_doubt_asks_only_whether_it_is_so(message: str, doubt: bool) -> None:
    """What names anything else asks for that."""
    assert is_doubt(message) is doubt


@pytest.mark.parametrize(
    ("message", "alone"),
    [
        ("and how long do you keep my data?", True),
        ("ok but who sees my data", True),
        ("please how do you secure my data", True),
        ("and by the others you share my data with?", False),
        ("what if you refuse", False),
        ("must they protect my data", False),
        ("may i refuse", False),
    ],
)
def test_a_connected_question_may_stand_alone(message: str, alone: bool) -> None:
    """Put aside what connects it, and it must be a whole question that points at nothing."""
    assert stands_alone(message) is alone
