"""Texts whose words are glued together are refused; long words alone are no reason."""

from __future__ import annotations

import pytest

from candor.errors import BadPolicyError
from knowledge.spacing import check_spacing, glued_words

ENGLISH = "We keep your name and your address for as long as you are a customer, and for ten years afterwards. "
GERMAN = (
    "Die Datenschutzgrundverordnung gewährt Ihnen Auskunftsrechte; die Datenverarbeitungsvereinbarung regelt"
    " Auftragsverarbeitungsverhältnisse mit Dienstleistungsunternehmen. Sie können jederzeit Widerspruch einlegen. "
)
FINNISH = "Tietosuojavaltuutetulle voi tehdä valituksen henkilötietojen käsittelystä, jos epäilet lainvastaista toimintaa. "
LINKS = "See https://acme.example/privacy/" + "a" * 80 + " or write to " + "x" * 40 + "@acme.example, please. "


@pytest.mark.parametrize(
    "text", [ENGLISH * 5, ENGLISH, GERMAN * 2 + ENGLISH * 2, FINNISH * 3, LINKS, "We sell nothing.", "隐私政策" * 50]
)
def test_words_that_are_apart_are_accepted(text: str) -> None:
    """Compounds, addresses and scripts without spaces are how they should be."""
    check_spacing(text)


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH.replace(" ", "") * 3,
        ENGLISH * 2 + ENGLISH.replace(" ", "") * 2,
        "x" * 30_000,
    ],
)
def test_glued_words_are_refused(text: str) -> None:
    """With an example of them, and the cure."""
    with pytest.raises(BadPolicyError, match=r"^has its words glued together, such as “.+”: export the file anew"):
        check_spacing(text)


def test_letters_that_are_apart_are_refused() -> None:
    """Nobody finds "d a t a"."""
    with pytest.raises(BadPolicyError, match=r"^has its letters apart"):
        check_spacing(" ".join(ENGLISH.replace(" ", "")))


def test_glued_words_are_pointed_at() -> None:
    """A few of them in a good text are a warning."""
    text = f"{ENGLISH}Wekeepordersforsevenyearsandthendelete them. {LINKS}"

    assert [span.of(text) for span in glued_words(text)] == ["Wekeepordersforsevenyearsandthendelete"]
