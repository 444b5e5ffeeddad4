"""The language of a policy: judged on the whole text, and on each paragraph that is long enough."""

from __future__ import annotations

import pytest

from knowledge.documents import PolicyDocument
from knowledge.language import ALL, ENOUGH, MOSTLY, language_of

ENGLISH = (
    "We collect your name and your address when you order something from us, and we keep both of them for one year after that."
)
GERMAN = (
    "Wir erheben Ihren Namen und Ihre Anschrift, wenn Sie etwas bei uns bestellen, und bewahren beides danach ein Jahr lang auf."
)


def test_the_real_policies_are_in_english(each: PolicyDocument) -> None:
    """Names, addresses and laws are no other language."""
    found = language_of(each.text)

    assert found.name == "English"
    assert found.english >= ALL


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (GERMAN, "German"),
        ("Nous recueillons votre nom et votre adresse lorsque vous commandez chez nous, et nous les gardons un an.", "French"),
        ("Ми збираємо ваше ім'я та адресу, коли ви щось замовляєте у нас, і зберігаємо їх один рік. " * 2, "Ukrainian"),
        ("当社は、お客様の氏名と住所を収集し、ご注文の完了から一年間保管した後、削除します。" * 4, "Japanese"),
    ],
)
def test_other_languages_are_told(text: str, name: str) -> None:
    """So that the refusal can say which it is."""
    found = language_of(text)

    assert (found.name, found.english) == (name, 0.0)


def test_a_mixed_text_is_measured_by_its_paragraphs(each: PolicyDocument) -> None:
    """Two in English and one in German are two thirds of English, more or less."""
    found = language_of(f"{ENGLISH}\n\n{GERMAN}\n\n{ENGLISH}\n")

    assert MOSTLY < found.english < ALL


def test_a_text_that_is_too_short_to_tell_is_taken_for_english() -> None:
    """A wrong refusal costs more than a short text that cannot be answered from."""
    text = "Wir verkaufen nichts."

    assert len(text) < ENOUGH
    assert language_of(text).english == 1.0
