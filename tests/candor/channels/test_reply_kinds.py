"""Every kind of reply is handled everywhere: in Python mypy sees to it, in the widget tsc, and here that both know the same."""

from __future__ import annotations

import re

import pytest

from candor.channels.slack.blocks import is_about_policy, is_private
from candor.console.conversations.view import KINDS
from candor.console.review.queue import QUEUES
from candor.conversations.ask import show
from candor.conversations.reply import Reply
from candor.reviews.queue import ALL, BY_RISK
from candor.settings import ROOT
from candor.transcripts.figures import OUTCOMES
from candor.transcripts.reply_kinds import REPLY_KINDS, ReplyKind, asks_for_person

API = ROOT / "candor" / "channels" / "widget" / "src" / "api.ts"


def test_the_widget_knows_the_same_kinds() -> None:
    """In the same order, so that two lists are easily compared by eye too."""
    union = re.search(r"export type ReplyKind =([^;]+);", API.read_text(encoding="utf-8"))

    assert union is not None
    assert tuple(re.findall(r'"(\w+)"', union[1])) == REPLY_KINDS


@pytest.mark.parametrize("kind", REPLY_KINDS)
def test_each_kind_can_be_shown(kind: ReplyKind) -> None:
    """In a terminal and in the console."""
    assert show(Reply(kind=kind, text="Hello")) == "Hello"
    assert KINDS[kind]


def test_each_kind_is_counted_and_can_be_reviewed() -> None:
    """A person's own words are no outcome of a message, and nothing is to be judged in an error."""
    assert set(OUTCOMES) == set(REPLY_KINDS) - {"human"}
    assert set(QUEUES) - {BY_RISK, ALL} == set(REPLY_KINDS) - {"human", "error"}


def test_the_documentation_names_each_kind() -> None:
    """docs/architecture.md says what a reply can be, in the same order."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.search(r"get: `kind` \(([^)]+)\)", page)

    assert named is not None
    assert tuple(named[1].replace("\n", " ").split(", ")) == REPLY_KINDS


def test_what_concerns_a_person_alone_is_never_shown_to_a_channel() -> None:
    """A button under it would share it with everybody."""
    assert not [kind for kind in REPLY_KINDS if is_private(kind) and is_about_policy(kind)]


def test_only_a_wish_for_a_person_asks_for_one() -> None:
    """Somebody of the company looks at each of these."""
    assert [kind for kind in REPLY_KINDS if asks_for_person(kind)] == ["handoff"]
