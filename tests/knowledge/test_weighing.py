"""What a change of words means to people."""

from __future__ import annotations

import pytest

from knowledge.weighing import Weight, periods_in, weight_of_words


@pytest.mark.parametrize(
    ("old", "new", "topic", "weight"),
    [
        ("We keep invoices for six years.", "We keep invoices for ten years.", "retention", "longer_kept"),
        ("Logs are stored for 12 months.", "Logs are stored for 90 days.", "retention", "shorter_kept"),
        ("Chats are deleted after two weeks.", "Chats are deleted after 14 days.", "", "other_period"),
        ("", "Recordings are kept for a year.", "retention", "other_period"),
        ("", "We share your e-mail address with Meta.", "sharing", "new_recipient"),
        ("We never share your data.", "We share your data with partners.", "", "new_recipient"),
        ("Parcel firms get your address.", "", "sharing", "recipient_gone"),
        ("", "We use chats to train our models.", "use", "new_purpose"),
        ("You have the right to object.", "", "rights", "right_lost"),
        ("", "You may ask us to erase your data.", "", "right_gained"),
        ("We like tea.", "We like coffee.", "", None),
        ("Last updated in May", "Last updated in June", "changes", None),
    ],
)
def test_a_change_is_weighed_by_its_words(old: str, new: str, topic: str, weight: Weight | None) -> None:
    """With the topic of its aspect, or without one."""
    assert weight_of_words(old, new, topic=topic) == weight


@pytest.mark.parametrize(
    ("text", "days"), [("within 30 days", {30}), ("two (2) weeks", {14}), ("a 12-month period", {365}), ("soon", set())]
)
def test_periods_are_read_in_days(text: str, days: set[int]) -> None:
    """In figures or in words."""
    assert {round(period) for period in periods_in(text)} == days
