"""Texts whose letters spell nothing are refused; other languages, and figures among words, are no reason."""

from __future__ import annotations

import pytest

from candor.errors import BadPolicyError
from knowledge.letters import check_letters

ENGLISH = "We keep your name and your address for as long as you are a customer, and for ten years afterwards. "
CZECH = "Strč prst skrz krk. Osobní údaje zpracováváme v souladu s předpisy a chráníme je před zneužitím. "
HINDI = "हम आपकी व्यक्तिगत जानकारी किसी को नहीं बेचते हैं और उसे सुरक्षित रखते हैं। "
FIGURES = "Logs: 30 days; 10.5 MB; 12/2026. Bills: 3,650 days; § 147 (3) AO, § 14b (1) UStG; EUR 12.80. "


@pytest.mark.parametrize("text", [ENGLISH * 4, CZECH * 4, HINDI * 4, "隐私政策" * 60, FIGURES * 4, "..." * 20, "§§ 1-9"])
def test_what_spells_something_is_accepted(text: str) -> None:
    """In whatever script; and a few characters prove nothing."""
    check_letters(text)


def moved(places: int) -> str:
    """As a font's own codes read where a PDF does not say which letters they are."""
    return "".join(letter if letter == " " else chr(ord(letter) + places) for letter in ENGLISH * 4)


@pytest.mark.parametrize(
    "text", [moved(-29), moved(3), moved(0xE000), "\ufffd" * 90 + ENGLISH * 3, "3+ 172(&($ 52(/ $%/& 76+ 29// /*/$5% " * 9]
)
def test_letters_that_spell_nothing_are_refused(text: str) -> None:
    """With an example of them, and the cure."""
    with pytest.raises(BadPolicyError, match=r"(?s)^holds letters that spell nothing, such as “.+”: run text recognition"):
        check_letters(text)
