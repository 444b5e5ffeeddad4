"""What only says something is told from what asks."""

from __future__ import annotations

from actions.remarks import is_remark

REMARKS = (
    "oh wonderful, one more machine", "my grandpa is gone since april and your letters still come", "that was not so nice of you",
    "she does not want any of it", "lol ok", "you guys really like cookies",
)  # fmt: skip
NO_REMARKS = (
    "retention period", "cookies", "i want to know who has it", "do you sell my data", "data of children", "is it safe?",
    "i am a nurse, do you share data with clinics", "my photos, who sees them", "please tell me", "california residents",
)  # fmt: skip


def test_remarks_are_told_from_questions_and_topics() -> None:
    """ "I found nothing that answers" would be silly to the first, and is true of the others."""
    assert [text for text in REMARKS if not is_remark(text)] == []
    assert [text for text in NO_REMARKS if is_remark(text)] == []
