"""The language of a policy: judged on the whole text, and on each paragraph that is long enough."""

from __future__ import annotations

import pytest
import yaml

from candor.settings import ROOT
from knowledge.aspects import read_aspects
from knowledge.documents import PolicyDocument
from knowledge.language import (
    ANSWERED,
    CODES,
    FEWEST_LETTERS,
    FULLY_ENGLISH,
    MOSTLY_ENGLISH,
    is_foreign,
    language_code,
    language_of,
    words_in,
)

ENGLISH = (
    "We collect your name and your address when you order something from us, and we keep both of them for one year after that."
)
GERMAN = (
    "Wir erheben Ihren Namen und Ihre Anschrift, wenn Sie etwas bei uns bestellen, und bewahren beides danach ein Jahr lang auf."
)


def test_the_real_policies_are_in_english(each: PolicyDocument) -> None:
    """Names, addresses and laws do not count as another language."""
    language = language_of(each.text)

    assert language.name == "English"
    assert language.english >= FULLY_ENGLISH


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (GERMAN, "German"),
        ("Nous recueillons votre nom et votre adresse lorsque vous commandez chez nous, et nous les gardons un an.", "French"),
        ("Ми збираємо ваше ім'я та адресу, коли ви щось замовляєте у нас, і зберігаємо їх один рік. " * 2, "Ukrainian"),
        ("当社は、お客様の氏名と住所を収集し、ご注文の完了から一年間保管した後、削除します。" * 4, "Japanese"),
    ],
)
def test_other_languages_are_recognised(text: str, name: str) -> None:
    """The refusal names the language."""
    language = language_of(text)

    assert (language.name, language.english) == (name, 0.0)


def test_a_mixed_text_is_measured_by_its_paragraphs(each: PolicyDocument) -> None:
    """Two in English and one in German are two thirds of English, more or less."""
    language = language_of(f"{ENGLISH}\n\n{GERMAN}\n\n{ENGLISH}\n")

    assert MOSTLY_ENGLISH < language.english < FULLY_ENGLISH


def test_a_text_too_short_to_judge_counts_as_english() -> None:
    """A wrong refusal costs more than a short text that cannot answer anything."""
    text = "Wir verkaufen nichts."

    assert len(text) < FEWEST_LETTERS
    assert language_of(text).english == 1.0


# Messages


@pytest.fixture(scope="module")
def bank_words() -> frozenset[str]:
    return words_in(text for aspect in read_aspects() for text in (*aspect.questions, *aspect.statements))


def test_words_are_taken_out_of_texts_in_lower_case() -> None:
    """Letters only, of any alphabet; numbers and marks are no words."""
    assert words_in(["Do YOU sell_it, 24/7?", "чи Продаєте"]) == {"do", "you", "sell", "it", "чи", "продаєте"}


@pytest.mark.parametrize(
    "message",
    [
        "do u store my adress",
        "wat data do yuo colect",
        "cn i delet my acount",
        "is my pasword encryptd",
        "whats teh retntion priod",
        "hwo do i opt out",
        "gimme my data",
        "pls delete evrything",
        "do u shar w facebok",
        "cookies?",
        "GDPR",
        "ccpa opt out",
        "unsubscribe",
        "thx",
        "is Google Analytics on this page",
        "my name is Joaquín Muñoz, do you sell my data?",
        "🙂",
        "12345",
        "in the eu",
        "hi ich moechte my data delete",
        "quiero delete my account please",
        "plz del acc thx",
        "nope tnx",
        "",
    ],
)
def test_english_is_recognised_however_it_is_typed(message: str, bank_words: frozenset[str]) -> None:
    """The detector alone takes half of these for another language."""
    assert not is_foreign(message, bank_words)


@pytest.mark.parametrize(
    "message",
    [
        "verkauft ihr meine daten",
        "ik wil mijn account verwijderen",
        "je ne comprends pas",
        "no entiendo",
        "nesaprotu",
        "wie lange speichert ihr meine daten?",
        "vendez-vous mes données personnelles ?",
        "¿venden ustedes mis datos personales?",
        "vendete i miei dati personali?",
        "verkopen jullie mijn gegevens?",
        "czy sprzedajecie moje dane osobowe?",
        "säljer ni mina personuppgifter?",
        "selger dere mine personopplysninger?",
        "myyttekö henkilötietojani?",
        "prodáváte moje osobní údaje?",
        "kişisel verilerimi satıyor musunuz?",
        "eladják a személyes adataimat?",
        "bạn có bán dữ liệu của tôi không?",
        "apakah Anda menjual data pribadi saya?",
        "чи продаєте ви мої дані?",
        "продаёте",
        "πουλάτε τα δεδομένα μου;",
        "私のデータを販売しますか",
        "你们出售我的数据吗",
        "제 데이터를 판매하나요?",
        "هل تبيعون بياناتي؟",
        "क्या आप मेरा डेटा बेचते हैं?",
    ],
)
def test_another_language_is_foreign(message: str, bank_words: frozenset[str]) -> None:
    """It cannot be answered, and the visitor is told so."""
    assert is_foreign(message, bank_words)


def test_a_foreign_word_in_an_english_message_does_not_matter(bank_words: frozenset[str]) -> None:
    """Nor does an address or the name of a law."""
    assert not is_foreign("do you comply with the Datenschutz-Grundverordnung", bank_words)
    assert not is_foreign("does the Закон apply to you", bank_words)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("¿Cuánto tiempo guardan mis datos?", "es"),
        ("ich möchte meine daten löschen", "de"),
        ("je veux une copie de mes données", "fr"),
        ("скільки ви зберігаєте мої дані", "uk"),
        ("मेरा डेटा हटाओ", "hi"),
        ("hur länge sparar ni mina uppgifter", "sv"),
        ("Irrid inħassar il-kont tiegħi", "mt"),
        ("jekk joghgbok hassar id-data tieghi", "mt"),
        ("vocês vendem meus dados?", "pt_br"),
        ("quero excluir minha conta", "pt_br"),
        ("gostava de apagar os meus dados", "pt"),
        ("dobry den, prosim smazte me udaje", "cs"),
        ("nerozumiem", "sk"),
        ("kemm iżżommu d-data tiegħi", "mt"),
        ("ek wil my rekening uitvee", "af"),
    ],
)
def test_the_language_of_a_message_is_told_among_those_that_candor_can_answer_in(message: str, code: str) -> None:
    """A reply in the wrong language would be worse than one in English."""
    assert language_code(message) == code


def test_each_of_these_languages_has_a_sentence_and_buttons() -> None:
    """domain.yml says it in each; English needs none."""
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    codes = ({code.name.lower() for code in ANSWERED} | set(CODES)) - {"en"}

    assert {name.removeprefix("utter_language_") for name in responses if name.startswith("utter_language_")} == codes
    assert {name.removeprefix("utter_in_the_form_") for name in responses if name.startswith("utter_in_the_form_")} == codes
    assert all(len(responses[f"utter_buttons_language_{code}"][0]["buttons"]) == 2 for code in codes)
