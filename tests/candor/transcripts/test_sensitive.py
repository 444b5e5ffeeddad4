"""What is told of health, belief and the like is marked; questions about such data are not."""

from __future__ import annotations

import pytest

from candor.transcripts.sensitive import is_sensitive


@pytest.mark.parametrize(
    "text",
    [
        "I have diabetes, who sees that?",
        "my HIV status is nobody's business",
        "As a Muslim I pray here. I'm Muslim. Delete it.",
        "my daughter was diagnosed last week",
        "I am gay and not out yet",
        "i was in prison once",
        "<name_1> is pregnant",
        "my daughter is on the spectrum",
        "i'm shop steward and my boss reads this",
        "he served time for it",
        "my fingerprints are still in your gate",
        "my religion is visible in the profile",
        "ich habe krebs, das geht keinen etwas an",
        "je suis enceinte et vous le savez",
        "jestem w ciąży, skąd to wiecie",
    ],
)
def test_what_somebody_tells_of_themselves_is_sensitive(text: str) -> None:
    """Also of those who are near to them."""
    assert is_sensitive(text)


@pytest.mark.parametrize(
    "text",
    [
        "do you collect data about religion or pregnancy",
        "what health data is stored",
        "how long do you keep my data?",
        "is cancer research one of the purposes",
        "I live in Berlin",
        "are biometrics used at your offices",
        "i am blind to your tricks, what a stroke of luck",
        "my party has six guests",
        "verarbeitet ihr gesundheitsdaten",
    ],
)
def test_questions_about_such_data_are_not(text: str) -> None:
    """They tell nothing of anybody."""
    assert not is_sensitive(text)
