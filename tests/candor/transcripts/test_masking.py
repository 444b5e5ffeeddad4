"""Personal data is masked in whatever shape people type it, and nothing else is."""

from __future__ import annotations

import socket
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candor.transcripts.masking import BUDGET, find_personal_data, mask, without_personal_data
from candor.transcripts.tagger import read_tagger
from evaluation.planted import OTHERS, PEOPLE, left_in_clear, read_planted, shares


def masked(text: str) -> str:
    """The text with tokens numbered by kind; the same value gets the same number, as the vault does it."""
    tokens: dict[str, str] = {}

    def token_of(kind: str, value: str) -> str:
        number = 1 + sum(token.startswith(f"<{kind}_") for token in tokens.values())
        return tokens.setdefault(value.lower(), f"<{kind}_{number}>")

    return mask(text, token_of)


@pytest.mark.parametrize(
    "address",
    [
        "jo@example.com",
        "JO@EXAMPLE.COM",
        "jo.smith+shop@mail.example.co.uk",
        "jo_smith-99@sub.example.museum",
        "jo@example.notatld",
        "jo@localhost",
        "a@b",
        "o'brien@example.com",
        "müller@büro.de",
        "иван@почта.укр",
    ],
)
def test_an_email_address_of_any_shape_is_masked(address: str) -> None:
    """Half an address is personal too, and so is one whose domain nobody knows."""
    assert masked(f"write to {address} please") == "write to <email_1> please"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(jo@example.com)", "(<email_1>)"),
        ("<jo@example.com>", "<<email_1>>"),
        ('"jo@example.com", thanks', '"<email_1>", thanks'),
        ("It is jo@example.com.", "It is <email_1>."),
        ("jo@example.com!?", "<email_1>!?"),
        ("mailto:jo@example.com", "mailto:<email_1>"),
        ("jo@localhost, or amy@localhost;", "<email_1>, or <email_2>;"),
        ("jo@example.com,amy@example.org", "<email_1>,<email_2>"),
        ("is jo@example.com's data gone", "is <email_1>'s data gone"),
        ("line one\njo@example.com\nline three", "line one\n<email_1>\nline three"),
    ],
)
def test_punctuation_around_an_address_stays(text: str, expected: str) -> None:
    """Only the address itself goes, so that the sentence can still be understood."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    "number",
    [
        "+1 (415) 555-2671",
        "212-555-0123",
        "(212) 555-0123",
        "+44 20 7946 0958",
        "020 7946 0958",
        "00442079460958",
        "+49 30 901820",
        "+33 1 42 68 53 00",
        "+358 40 123 4567",
        "+380 44 123 45 67",
        "+359 2 987 6543",
        "+27 21 555 1234",
        "+91 98765 43210",
        "+55 11 91234-5678",
    ],
)
def test_phone_numbers_of_several_countries_are_masked(number: str) -> None:
    """Our companies' customers live in many countries, and write their numbers as it is done there."""
    assert masked(f"call {number} today") == "call <phone_1> today"


@pytest.mark.parametrize("number", ["4111 1111 1111 1111", "4111-1111-1111-1111", "5500005555555559", "378282246310005"])
def test_card_numbers_are_masked(number: str) -> None:
    """Grouped or not; the check digit tells a card."""
    assert masked(f"my card {number} was charged") == "my card <card_1> was charged"


@pytest.mark.parametrize(
    "number",
    [
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "GB29NWBK60161331926819",
        "12345678",
        "1234-5678-9012",
        "12 34 56 12345678",
        "4111 1111 1111 1112",  # a card with a typing error
        "123-45-6789",
        "1234\u00a05678\u00a09012",  # as it is copied from a web page
        "1234–5678–9012",
        "9" * 34,
        "9" * 60,
    ],
)
def test_account_numbers_are_masked(number: str) -> None:
    """IBANs, and eight digits or more however they are grouped and however many there are."""
    assert masked(f"my account {number} please") == "my account <account_1> please"


@pytest.mark.parametrize(
    "text",
    [
        "what changed on 2026-01-15?",
        "on 15/01/2026, or 15.01.2026",
        "from 2026-01-15 2026-02-15",
        "between 2019 and 2023",
        "2019-2023",
        "the years 2018 2019 2020",
        "2024/2025",
        "is it kept for 30 days or 12 months?",
        "within 30-45 days",
        "section 5.5.2 says so",
        "request R-7KQ4-M2XD",
        "request R-1234-5678",
        "where is r7kq4m2xd, or R 7KQ4 M2XD",
        "erasure E-7KQ4-M2X9",
        "GDPR Art. 12(3), Article 6(1)(f)",
        "Regulation (EU) 2016/679, Directive 2002/58/EC",
        "ISO 27001",
        "2fa, and 24/7 support",
        "more than 1,000,000 users",
        "from 9:00 to 17:00",
        "me @ home",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    """Dates, years, spans of time, sections, laws and request numbers are what questions are about."""
    assert masked(text) == text


def test_tokens_that_are_there_stay() -> None:
    """A masked text may be quoted back to us."""
    text = "is <email_1> or <phone_12> or <account_3> known to you?"

    assert masked(text) == text
    assert find_personal_data(text) == []


def test_several_values_in_one_message_each_get_a_token() -> None:
    """The same value keeps its token; another of its kind gets the next."""
    text = "I am jo@example.com, was amy@example.com; jo@example.com can be called at +44 20 7946 0958, card 4111 1111 1111 1111."

    assert masked(text) == "I am <email_1>, was <email_2>; <email_1> can be called at <phone_1>, card <card_1>."


def test_stretches_come_in_order_and_never_overlap() -> None:
    """Where two recognisers claim the same characters, one of them wins."""
    text = "+44 20 7946 0958, jo@example.com 4111111111111111 DE89370400440532013000 12345678"

    found = find_personal_data(text)

    assert [stretch.kind for stretch in found] == ["phone", "email", "card", "account", "account"]
    assert all(before.end <= after.start for before, after in pairwise(found))


@settings(max_examples=60, deadline=None)
@given(st.text("0123456789 .-/+@<>_aemilno\u00a0()\nMariaöя'", max_size=200))
def test_what_is_left_is_what_was_there(text: str) -> None:
    """Spans are in order, apart from each other, and hold a letter or a digit each."""
    spans = find_personal_data(text)

    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(any(map(str.isalnum, text[span.start : span.end])) for span in spans)


@settings(max_examples=60, deadline=None)
@given(st.text("0123456789 .-/+@<>_aemilno\u00a0()", max_size=60))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    """Masked text can pass the door again."""
    once = masked(text)

    assert masked(once) == once


@settings(max_examples=40, deadline=None)
@given(
    st.from_regex(r"[a-z][a-z.]{0,8}[a-z]@[a-z]{1,10}(\.[a-z]{2,6})?", fullmatch=True),
    st.sampled_from(["{}", "({})", "is {} known?", "{}."]),
)
def test_no_part_of_an_address_is_left(address: str, sentence: str) -> None:
    """Whatever stands around it."""
    assert masked(sentence.format(address)) == sentence.format("<email_1>")


def test_masking_asks_the_network_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking up a list of domains or of numbers would tell the world when we are used."""
    asked: list[object] = []

    def ask(*where: object, **_: object) -> None:
        asked.append(where)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    monkeypatch.setattr(socket.socket, "connect", ask)

    masked("jo@some-domain.example.zz, +44 20 7946 0958, 4111 1111 1111 1111, DE89370400440532013000")

    assert asked == []


def test_a_one_time_code_is_left_as_it_is() -> None:
    """Some six digits make a local phone number too; a masked code could never be checked."""
    for code in ("020123", "778 120", "553-201", "442211"):
        assert find_personal_data(f"my code is {code}") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my name is maria kovalenko", "my name is <name_1>"),
        ("Hi, I'm Wei Zhang and I want my data", "Hi, I'm <name_1> and I want my data"),
        ("please erase the account of Oluwaseun Adebayo.", "please erase the account of <name_1>."),
        ("What is kept?\n\nKind regards,\nKarolina Zawadzka", "What is kept?\n\nKind regards,\n<name_1>"),
        ("my wife Ingrid Sørensen has an account", "my wife <name_1> has an account"),
        ("did Sarah ask for it", "did <name_1> ask for it"),
        ("Mr. Okonjo told me so", "Mr. <name_1> told me so"),
        ("my name is Rose", "my name is <name_1>"),
        ("I am Anna Berg. Anna is my name", "I am <name_1>. <name_2> is my name"),
        ("i live at 14 rosebery avenue london ec1r 4td", "i live at <address_1>"),
        ("send it to Hauptstraße 12, 10827 Berlin please", "send it to <address_1> please"),
        ("12 rue de Rivoli, 75004 Paris", "<address_1>"),
        ("P.O. Box 4471 is mine", "<address_1> is mine"),
        ("born on 12 March 1987", "born on <birthdate_1>"),
        ("dob: 03/04/1990", "dob: <birthdate_1>"),
        ("my username is dragonslayer99", "my username is <username_1>"),
        ("I post as @maria_k", "I post as <username_1>"),
        ("jane (at) example (dot) org", "<email_1>"),
        ("call 555-0134", "call <phone_1>"),
        ("de89 3704 0044 0532 0130 00", "<account_1>"),
        ("my ssn is 123456789", "my ssn is <id_1>"),
        ("RSSMRA85T10A562S", "<id_1>"),
        ("passport no. X4RTBPFW4", "passport no. <document_1>"),
        ("from 2001:db8:85a3::8a2e:370:7334", "from <ip_1>"),
        ("mac 00:1A:2B:3C:4D:5E", "mac <device_1>"),
        ("see https://acme.example/account?uid=99812", "see <link_1>"),
        ("password: hunter2", "password: <password_1>"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x", "token <key_1>"),
        ("passport R12345678", "passport <document_1>"),
        ("my number plate is B-MW 1234", "my number plate is <plate_1>"),
        ("customer number 88421", "customer number <reference_1>"),
        ("Obinna Chidiebere is our customer and wants out", "<name_1> is our customer and wants out"),
        ("the photo shows my sons Tariq and Idris", "the photo shows my sons <name_1> and <name_2>"),
        ("my names olumide and i never agreed", "my names <name_1> and i never agreed"),
        ("Solonos 12, Athens 106 73 is where i live", "<address_1> is where i live"),
        ("it went to Petőfi utca 3. IV/12, Szeged", "it went to <address_1>"),
        ("Jateční 32/1197, Praha 7", "<address_1>"),
        ("nata il 3/4/1961", "nata il <birthdate_1>"),
        ("ur. 5 sierpnia 1972", "ur. <birthdate_1>"),
        ("生年月日は1985年2月3日です", "生年月日は<birthdate_1>です"),
        ("dob is the twelfth of march nineteen ninety", "dob is the <birthdate_1>"),
        ("my login there was brightstarr", "my login there was <username_1>"),
        ("an account called starlitemoss uses my pictures", "an account called <username_1> uses my pictures"),
        ("call me on oh seven seven double oh, nine double one", "call me on <phone_1>"),
        ("your rep chiamaka eze has my papers", "your rep <name_1> has my papers"),
        ("my name is Jordan", "my name is <name_1>"),
        ("i live at Ringgatan 21, Varberg", "i live at <address_1>"),
        ("Jl. Kenanga No. 9 is where it went", "<address_1> is where it went"),
        ("send it to Aleea Rozelor Nr. 25 Bl. 9  Sc. 2 Ap. 93", "send it to <address_1>"),
        ("you have Privada Norte Cedillo 632 Interior 12", "you have <address_1>"),
        ("my old flat, Ružičnjak 81, is sold", "my old flat, <address_1>, is sold"),
        ("Số 171 Phan Xích Long", "<address_1>"),
        ("8812 montée Lachance", "<address_1>"),
        ("4 Delgado Springs", "<address_1>"),
        ("Borishof 8", "<address_1>"),
        ("i am Jan Sedlák and want my data", "i am <name_1> and want my data"),
        ("did Claude Lemaire sign it", "did <name_1> sign it"),
        ("did victoria olsen ask", "did <name_1> ask"),
        ("my colleague joris van den heuvel", "my colleague <name_1>"),
    ],
)
def test_whatever_tells_who_somebody_is_is_masked(text: str, expected: str) -> None:
    """People say who they are in many ways, also in lower case."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "45 CFR 164.524 and § 1798.100-1798.199",
        "a fine of 25000000 dollars",
        "what does article 17 say",
        "I live in Berlin",
        "from Paris, what are my rights?",
        "I am Ukrainian, and I'm vegan",
        "do you sell data to Google or Cambridge Analytica",
        "do you collect names, addresses and dates of birth?",
        "my password is wrong",
        "my name is misspelled, correct it",
        "my username is public",
        "will you keep my order history",
        "are children born after 2010 covered",
        "what changed in May and on 4 March 2024?",
        "thanks, please delete it",
        "https://acme.example/privacy",
        "is it at 9 in the morning or at 17:30",
        "ISO 27001, SOC2, IPv4, SHA256 and RFC6265",
        "una copia de mis datos",
        "Dropbox is our customer, Tesla is my employer and Ford is a friend",
        "my names wrong in the letter",
        "Windows 11, London or March 3, Berlin, or section 5, California",
        "three, four, five, six or seven years",
        "the code is one two three four five six",
        "from what birthday on may one join",
        "the account holder may revoke it in Jan 2026 or June",
        "there are 3 Green Lights, 5 Data Keys and my 3 acme keys on 2 Windows Vista",
        "in Février 3 and Août 2024",
        "R7KQ4M2XD, r 7kq4 m2xd",
        "is Virginia Beach or Georgia covered, or Roman law",
        "login here please, my username there is wrong",
    ],
)
def test_words_of_a_question_stay(text: str) -> None:
    """Nobody can answer a question whose words are gone."""
    assert masked(text) == text


FORMS = (
    ("cumpleaños 23-07-85, eso", "cumpleaños <birthdate>, eso"),
    ("date of birth: 19 05 88", "date of birth: <birthdate>"),
    ("DOB 22MAR1949 per passport", "DOB <birthdate> per passport"),
    ("kid is Lachlan, 14 feb 2015, remove him", "kid is <name>, <birthdate>, remove him"),
    ("birthday: march the 9th, 1964", "birthday: <birthdate>"),
    ("ur. 4.VII.1990", "ur. <birthdate>"),
    ("f. 12.03.1985", "f. <birthdate>"),
    ("dzimis 1985. gada 5. janvārī", "dzimis <birthdate>"),
    ("gimęs 1985 m. sausio 5 d.", "gimęs <birthdate>."),
    ("γεννήθηκα στις 2 Ιανουαρίου 1980", "γεννήθηκα στις <birthdate>"),
    ("जन्म तिथि 5 जनवरी 1980", "जन्म तिथि <birthdate>"),
    ("i was born after 2010", "i was born after 2010"),
    ("Regards, John Smith, 12 May 2026", "Regards, <name>, 12 May 2026"),
    ("i live on baker street and you know", "i live on <address> and you know"),
    ("i live on the main street", "i live on the main street"),
    ("im Artikel 17 steht", "im Artikel 17 steht"),
    ("skype id live:berta.k_3", "skype id <username>"),
    ("on your forum im called BorschtLover", "on your forum im called <username>"),
    ("residence permit RR1234567", "residence permit <document>"),
    ("my request RR1234567", "my request RR1234567"),
    ("dowód osobisty ABA300000", "dowód osobisty <document>"),
    ("backup code 83kd-99fj-2hha", "backup code <password>"),
    ("he always uses captain_biscuit or captainbiscuit_07", "he always uses <username> or <username>"),
    ("what is the _ga cookie and session_id and utm_source", "what is the _ga cookie and session_id and utm_source"),
    ("feed https://cal.example.org/ical/m.ferrante%40example.org/private-77ab20cf/basic.ics must go", "feed <link> must go"),
    ("see https://gdpr-info.eu/art-17-gdpr/", "see https://gdpr-info.eu/art-17-gdpr/"),
    ("case C-311/18 makes this illegal", "case C-311/18 makes this illegal"),
    ("security code 482913", "security code 482913"),
    ("access code K7-991-XX", "access code <password>"),
    ("passport ab 1234567", "passport <document>"),
    ("plate wr 417 kl", "plate <plate>"),
    ("számlaszám 11773016-11111018", "számlaszám <account>"),
    ("рахунок 26001234567890", "рахунок <account>"),
    ("διαβατήριο ΑΒ1234567", "διαβατήριο <document>"),
    ("személyi szám 1-850303-1234", "személyi szám <document>"),
    ("asmens kodas 38503031234", "asmens kodas <id>"),
    ("πινακίδα ΙΚΑ 1234", "πινακίδα <plate>"),
    ("ügyfélkód AB-123456", "ügyfélkód <reference>"),
    ("αριθμός πελάτη 4455-99", "αριθμός πελάτη <reference>"),
    ("within 30 days of order 1", "within 30 days of order 1"),
    ("contract of 2 years", "contract of 2 years"),
    ("my password is sunshine", "my password is <password>"),
    ("my password is stolen", "my password is stolen"),
    ("the password is gone", "the password is gone"),
    ("wifi password is 'blue horse', thanks", "wifi password is <password>', thanks"),
    ("password 'reset' button", "password 'reset' button"),
    ("flat 3b 17 high st leeds", "<address>"),
    ("Gedimino pr. 9, Vilnius", "<address>"),
    ("Triq ir-Repubblika 34, Valletta", "<address>"),
    ("Ερμού 12, Αθήνα", "<address>"),
    ("25 Jalan Ampang, KL", "<address>"),
    ("my mum is in Haus Sonnenblick, Am Mühlbach 3, please note", "my mum is in <address> <address>, please note"),
    ("write to The Old Forge, Mill Lane, Little Wickham no more", "write to <address> no more"),
    ("Calle Reforma 55, Col. Juárez, C.P. 06600, CDMX", "<address>"),
    ("write me at Szegfű utca 9. II/4., 1092 Budapest", "write me at <address>"),
    ("cap the minutes at 30", "cap the minutes at 30"),
    ("my landlord mr papadopoulos gave you my number", "my landlord mr <name> gave you my number"),
    ("pls remove mohammed yusuf", "pls remove <name>"),
)  # fmt: skip


def test_forms_of_many_countries_are_masked_and_their_look_alikes_stay() -> None:
    """Dates of birth, numbers beside their words, links, user names, passwords and streets."""
    wrong = [(text, found, expected) for text, expected in FORMS if (found := without_personal_data(text)) != expected]

    assert wrong == []


def test_names_that_no_list_has_are_told_by_what_stands_around_them() -> None:
    """The tagger adds them; what only looks strange, stays."""
    names = ("so basically Quorvanne told me it was deleted", "who is tarvindeesh and why did she see my tickets")
    stay = (
        "so basically Mixpanel told me it was deleted",
        "who is responsible and why did she see my tickets",
        "my kafka is down",
    )

    assert [text for text in names if "<name_1>" not in masked(text)] == []
    assert [text for text in stay if masked(text) != text] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we moved out of 31 alder brae last spring", "we moved out of <address> last spring"),
        ("parcel for tulpenstr 8 again", "parcel for <address> again"),
        ("my folks are on hazelwood avenue 117", "my folks are on <address>"),
        ("i still get post at rua das amoras 61", "i still get post at <address>"),
        ("someone ordered to 58 juniper in my name", "someone ordered to <address> in my name"),
        ("she lives in fern cottage, chapel lane", "she lives in <address>"),
        ("flat 9 brannock tower is the old one", "<address> is the old one"),
        ("서울 성동구 왕십리로 88 507호", "<address>"),
        ("רחוב ביאליק 14", "<address>"),
    ],
)
def test_streets_in_small_letters_and_any_script_are_told(text: str, expected: str) -> None:
    """By what stands around them, where no word for a street does."""
    assert without_personal_data(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "where do you store it, Dublin or Berlin",
        "chrome 120 and windows 11, level 2 support, page 12",
        "ley orgánica 3/2018, artículo 12",
        "la loi n° 78-17 du 6 janvier 1978, d.lgs. 196/2003",
        "directive of 12 july 2002, a contract dated 1 july 1999, customer since 12 march 2003",
        "route 66 trip photos, mon-fri 9:00-17:30",
        "is marks and spencer one of your partners, or johnson controls",
        "version 3.1 from 2 february 2001",
        "tengo 2 cuentas, ich habe 3 konten, mam 4 pytania",
    ],
)
def test_numbers_that_are_no_house_stay(text: str) -> None:
    """Nor are dates of laws and contracts births."""
    assert without_personal_data(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bd 04.09.1987", "bd <birthdate>"),
        ("my son (7.11.2015) is too young", "my son (<birthdate>) is too young"),
        ("i am 16, 2010-02-03", "i am 16, <birthdate>"),
        ("your form will not take 30.11.1931", "your form will not take <birthdate>"),
        ("on 3 june 2011 my daughter was born", "on <birthdate> my daughter was born"),
        ("verjaardag 9 maart, urodziny 4 lipca", "verjaardag <birthdate>, urodziny <birthdate>"),
        ("1986年4月2日生まれ", "<birthdate>生まれ"),
        ("mi usuario es lechuzabrava", "mi usuario es <username>"),
        ("username is pickle.", "username is <username>."),
        ("is the username taken", "is the username taken"),
        ("nickname trollbunny, benutzername kalleherz", "nickname <username>, benutzername <username>"),
        ("kim.lo82 gmail", "<email>"),
        ("555 20 31 is my number", "<phone> is my number"),
        ("tel 555203", "tel <phone>"),
        ("the code is 555203", "the code is 555203"),
        ("i post under mossyboots, jahrgang 1961", "i post under <username>, jahrgang <birthdate>"),
        ("pasword: Tulpen44x", "pasword: <password>"),
        ("我是陈思雨", "我是<name>"),
        ("robin is my chosen name", "<name> is my chosen name"),
        ("my memorable word = buttercup", "my memorable word = <password>"),
        ("i write on the german board as snailherder", "i write on the german board as <username>"),
        ("s/c 401276 a/c 31926819", "s/c <account> a/c <account>"),
    ],
)
def test_further_spellings_are_masked(text: str, expected: str) -> None:
    """Dates of birth of any form, user names, addresses without their sign, names in their own script."""
    assert without_personal_data(text) == expected


def test_where_somebody_lives_is_no_name() -> None:
    """A request asks for it; most towns are in no list."""
    said = (
        "i live in {}",
        "{}",
        "{}, Germany",
        "I moved to {} in May",
        "resident of {}",
        "does this apply in {}?",
        "I'm from {}",
    )
    towns = ("Kulmbach", "Nowy Dwór", "Zruč", "Freital", "London", "Locate Di Triulzi", "kulmbach")

    changed = [text for form in said for town in towns if without_personal_data(text := form.format(town)) != text]

    assert changed == []


def test_a_tagger_that_was_not_measured_is_not_served(tmp_path: Path) -> None:
    """Its figures are those of one file."""
    other = tmp_path / "tagger.safetensors"
    other.write_bytes(b"another")

    with pytest.raises(ValueError, match="make_tagger"):
        read_tagger(other)


def test_what_others_planted_is_masked_and_what_only_looks_so_stays() -> None:
    """Their words were chosen by nobody who knew a recogniser."""
    sets = [read_planted("seen", OTHERS["seen"]), read_planted("unseen", OTHERS["unseen"]), read_planted("seen", PEOPLE["seen"])]
    messages = [message for each in sets for message in each]
    planted = [message for message in messages if message.planted]

    masked_of = shares(planted, left_in_clear(planted, spans_of))
    changed = [message.text for message in messages if not message.planted and spans_of(message.text)]

    assert masked_of[""][0] >= 0.985 * masked_of[""][1], masked_of
    assert len(changed) <= 0.01 * (len(messages) - len(planted)), changed


def spans_of(text: str) -> list[tuple[int, int]]:
    """What is masked, however busy the machine is."""
    return [(span.start, span.end) for span in find_personal_data(text, cpu=lambda: 0.0)]


def test_names_of_companies_are_nobodys() -> None:
    """A company may be called like a person."""
    spans = find_personal_data("does John Lewis share it with Peter Smith, @johnlewis?", ("John Lewis", "johnlewis"))

    assert [span.kind for span in spans] == ["name"]


def test_a_card_leads_back_to_nothing() -> None:
    """Not even the vault hears of its number, date and security code."""
    told: list[str] = []

    def token_of(_: str, value: str) -> str:
        told.append(value)
        return "<told_1>"

    text = mask("4111 1111 1111 1111 12/27 123, and 4111-1111-1111-1111", token_of)

    assert told == []
    assert "1" not in text.replace("<card_1>", "")


class SlowClock:
    """Says that a hundredth of a second of CPU has passed whenever it is asked."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.01
        return self.now


def test_a_question_is_read_whole_however_busy_the_machine_is() -> None:
    """Masked coarsely, it would lose words that its answer needs."""
    text = "does Article 17 hold in Berlin, and will you sell it in 2027?"

    assert find_personal_data(text, cpu=SlowClock()) == []


def test_what_there_is_no_time_for_is_masked_coarsely() -> None:
    """Rather too much than anything in clear."""
    text = "Thabo Mokoena, 1 High Street, 4111 1111 1111 1111, code AB12 " * 20

    spans = find_personal_data(text, cpu=SlowClock())
    left = list(text)
    for span in spans:
        left[span.start : span.end] = " " * (span.end - span.start)

    assert BUDGET < 0.02
    assert not any(letter.isdigit() for letter in left)
    assert "Thabo" not in "".join(left)


REPEATED = (
    "1 ", "12", "a@", "@", "..", "+1 ", "020 7946 0958 ", "4111 1111 1111 1111 ", "DE89 ", "12 High Street ", "rue a ", "calle ",
    "my name is ", "Maria ", "a-", "http://", "A1 ", "password is ", "::", "00:", "dob 1.", "((", "x", "é", "\n", "1st ",
    "straße", "str. 1", "'", "d'", "12345 Ab", "a.b/", "id: ", "eyJ", "- ",
)  # fmt: skip


@pytest.mark.parametrize("piece", REPEATED)
def test_a_message_that_repeats_itself_is_masked(piece: str) -> None:
    """A pattern that goes back over what it read would take minutes here; benchmarks/masking.py measures it."""
    text = (piece * 4000)[:4000]

    spans = find_personal_data(text)

    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_a_short_answer_names_nobody() -> None:
    """ "Nada" is a name, but not in the answer to "anything to add?"; behind a name's own words it is one."""
    assert [without_personal_data(text) for text in ("nada más", "nada", "Si, claro")] == ["nada más", "nada", "Si, claro"]
    assert without_personal_data("my name is Nada Khalil") == "my name is <name>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i met with hazel marsh at your booth", "i met with <name> at your booth"),
        ("my cousin, heath rivers, moved", "my cousin, <name>, moved"),
        ("strike violet banks off the sheet", "strike <name> off the sheet"),
        ("strike old rows off the sheet", "strike old rows off the sheet"),
        ("ask for Merry at the till", "ask for <name> at the till"),
        ("Rose Marsh is my married name", "<name> is my married name"),
        ("daisy fields, she is my aunt", "<name>, she is my aunt"),
        ("the receptionist, hazel marsh, read it", "the receptionist, <name>, read it"),
        ("Opal Rivers (my gran) never agreed", "<name> (my gran) never agreed"),
        ("Sterling Banks rang you twice", "<name> rang you twice"),
        ("Htoo Naing Lin is the whole name", "<name> is the whole name"),
        ("i think p. lindholm signed it", "i think <name> signed it"),
        ("das will ich z. b. wissen, d. h. heute", "das will ich z. b. wissen, d. h. heute"),
        ("passenger NOWAK/ANNAMRS asked", "passenger <name> asked"),
        ("regards, Ó Briain", "regards, <name>"),
        ("max file size for uploads?", "max file size for uploads?"),
        ("my nieces ivy banks and hazel reed", "my nieces <name> and <name>"),
        ("Marta Kowalska 4/11/79", "<name> <birthdate>"),
        ("lena.k.hofer und lenakhofer bin ich", "<username> und <username> bin ich"),
        ("profile tove.maler please", "profile <username> please"),
        ("thanks.please hurry", "thanks.please hurry"),
        ("Inönü Mah. Defne Sok. No:3 D:9 Bornova/İzmir", "<address>"),
        ("its Kilcorney, Kanturk, Co. Cork, P51 D6W8", "its <address>"),
        ("4-7-12 Higashi-Gotanda, Shinagawa-ku", "<address>"),
        ("my flat is no 6 lane 210 maoming lu jingan qu", "my flat is <address>"),
        ("18 hem 42 le van sy, phuong 13, quan 3", "<address>"),
        ("7, 3rd cross, 2nd main, Jayanagar 560011", "<address>"),
        ("s/o Mahesh, village Piprauli, post Sahjanwa, dist Gorakhpur", "<address>"),
        ("born Showa 51.8.30", "born <birthdate>"),
        ("DOB 9 Safar 1399", "DOB <birthdate>"),
        ("no mobile up here, ring 3 18 40 and ask the operator", "no mobile up here, ring <phone> and ask the operator"),
        (
            "wallet words cactus orbit puzzle velvet hammer ocean tiger lemon frost window eager piano",
            "wallet words <password>",
        ),
        ("kennwort wäre Igel_44x", "kennwort wäre <password>"),
        ("password might be pear77x or pear78x", "password might be <password> or <password>"),
    ],
)
def test_what_a_further_stranger_planted_is_masked_by_kind(text: str, expected: str) -> None:
    """Ordinary words as names, towns without streets, other calendars, and words that open a wallet."""
    assert without_personal_data(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1st yes, 2nd no, 3rd do not know", "we wrote at 17:20 Oslo time", "it says error 0x8007000d on saving",
        "error E-204 again",
        "since version 4.12.0.881 on android 14", "firmware 10.0.22631.3007 calls home", "is build 20240219 the last one",
        "laut Zeitung 30 000 000 Konten", "2,4 Mio Datensätze", "Windows 11 23H2, edge 121", "i spoke with people at your desk",
        "take dead links off the page", "please check the twelve words of your slogan",
    ],
)  # fmt: skip
def test_what_machines_and_amounts_say_stays(text: str) -> None:
    """Versions, error codes, times and large amounts are what people ask about."""
    assert without_personal_data(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # dictated numbers
        ("it is oh one eight six, five double oh, triple two", "it is <phone>"),
        ("ruf null sieben neun drei eins vier vier zwei an", "ruf <phone> an"),
        ("portable zéro sept trente-huit vingt-deux seize onze", "portable <phone>"),
        ("cell is eight hundred five five five oh one six one", "cell is <phone>"),
        # e-mail in words
        ("ask lena dot voigt at gmail", "ask <email>"),
        ("pia punkt lang klammeraffe example punkt de bitte", "<email> bitte"),
        ("c'est lea tiret du bas roux arobase example point fr", "c'est <email>"),
        ("mit 'at' example 'dot' org was the box", "<email> was the box"),
        # addresses over several lines
        ("it is now\nRose Barn\nForge Lane\nTetbury\nGL8 8DG", "it is now\n<address>\n<address>"),
        ("Anschrift:\nMühlweg 3\nHinterhaus, 1. Stock links\n01099 Dresden", "Anschrift:\n<address> <address>\n<address>"),
        # names in their own script
        ("ฉันชื่อ มาลี สุขใจดี ค่ะ", "ฉันชื่อ <name> ค่ะ"),
        ("שמי רות בן-עמי תודה", "שמי <name> תודה"),
        ("名前は小林 さやかです", "名前は<name>です"),
        ("это Мадина, ответьте", "это <name>, ответьте"),
        ("ჩემი სახელია ლევან მაჭავარიანი", "ჩემი სახელია <name>"),
        ("میرا نام فاطمہ انصاری ہے", "میرا نام <name> ہے"),
        ("ਮੇਰਾ ਨਾਮ ਜਸਬੀਰ ਕੌਰ ਹੈ", "ਮੇਰਾ ਨਾਮ <name> ਹੈ"),
        ("the desk wrote J. Thistlewood down", "the desk wrote <name> down"),
        ("ich habe Herrn Böttcher geschrieben", "ich habe Herrn <name> geschrieben"),
        # numbers in scripts without blanks
        ("身份证号510107198806124333请删除", "身份证号<account>请删除"),
        ("电话13912345678别打了", "电话<phone>别打了"),
        # passwords of several words
        ("my wifi password is brown teapot violin nine", "my wifi password is <password>"),
        ("pw: my cat likes rain", "pw: <password>"),
        ("my pass was Mimi!2011", "my pass was <password>"),
        ("i always use Bello2014", "i always use <password>"),
        ("customer id QZ-4-LM-8", "customer id <reference>"),
        ("hugs, Ottilie", "hugs, <name>"),
    ],
)
def test_what_is_dictated_or_written_over_lines_is_masked(text: str, expected: str) -> None:
    """Numbers and addresses in words, addresses in a letter's form, other scripts, passwords of several words."""
    assert without_personal_data(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "speichert ihr das 21 Tage oder 45?", "gilt das bis 30.11. noch?", "ab 1.4. gilt was anderes", "max 4GB je Datei?",
        "is the limit max 250MB or 2GB?", "ouvert de 9h30 à 12h et de 14h à 17h30", "249 kr/mnd i 12 mnd, og hva skjer da",
        "koster kr 349,- i året", "säilytättekö 12 kk vai 3 vuotta?", "5 lat czy 10 lat?", "the fine was 2 150,00 eur",
        "who is Johnson & Johnson to you", "do Ernst & Young read it", "Pfister & Söhne?", "the office in St. Gallen",
        "c'est bien vrai ?", "password: at least ten characters", "my password is wrong three times",
        "the password is case sensitive",
        "Speichern Sie meine Bewerbung?", "Kontaktieren Sie den Datenschutzbeauftragten",
        "Is there a Tamil version?", "i apply from LA",
        "the Robert Koch Institute", "could Uncle Sam read it", "see Annex B. Retention", "de-identified, what is that",
        "seven of nine people said two or three", "at what point you delete it", "Points:\nRetention\nDeletion", "thanks mate",
    ],
)  # fmt: skip
def test_what_is_counted_and_firms_stay(text: str) -> None:
    """In any language that people write in: spans, dates without a year, times and prices; firms between two surnames."""
    assert without_personal_data(text) == text


@pytest.mark.parametrize("sign", ["*", "|", ":", "+", ",", "·", "\n", "🙂", "...", "_"])
def test_a_card_is_one_whatever_stands_between_its_groups(sign: str) -> None:
    """Who hides it from a filter still wrote it."""
    assert "1111" not in without_personal_data(sign.join(("4111", "1111", "1111", "1111")))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mail ida&#64;example.org or ida%40example.org", "mail <email> or <email>"),
        ("i d a @ e x a m p l e . o r g", "<email>"),
        ("my name is H e l g a  B r a n d", "my name is <name> <name>"),
        ("FI21|1234|5600|0007|85", "<account>"),
        ("a b c d e: which of them?", "a b c d e: which of them?"),
    ],
)
def test_what_is_hidden_from_a_filter_is_masked(text: str, left: str) -> None:
    """Signs as machines write them, and words letter by letter."""
    assert without_personal_data(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("born the 7th of octber 1983", "born the <birthdate>"),
        ("my birthday is septmber 3 1991, says your page", "my birthday is <birthdate>, says your page"),
        ("b-day nov 2nd sixty four", "b-day <birthdate>"),
        ("dob says 2/14/77, should say 14/2/77", "dob says <birthdate>, should say <birthdate>"),
        ("MAIL_SECRET=kQ8/Lmz20PwKe+42 was in it", "MAIL_SECRET=<key> was in it"),
        ("mail.smtp_pass: Apfel-7-Baum", "mail.smtp_pass: <key>"),
        ('client_secret="Pf9.q2x81W", sorry', 'client_secret="<key>", sorry'),
        ("Authorization: Basic amFuZTpzdW40Mg==", "Authorization: Basic <key>"),
        ("mon mdp c'est Poire!noire3", "mon mdp c'est <password>"),
        ("i typed reader-of-maps-4, which is my pass", "i typed <password>, which is my pass"),
        ("password for the second router was grau-gelb7", "password for the second router was <password>"),
        ("last four digits of my social are 4821", "last four digits of my social are <account>"),
        ("see https://pictures.example.org/ines-hartlieb", "see <link>"),
        ("https://jobs.example.com/cv/marek.wolny.pdf lists me", "<link> lists me"),
        ("https://drive.example.com/d/7QxR-42abz/edit", "<link>"),
        ("my channel https://video.example.net/c/bakewithme is public", "my channel <link> is public"),
        ("my ip is 192-0-2-77 says the router", "my ip is <ip> says the router"),
        ("that post by u/kettle-troll7 is me", "that post by <username> is me"),
        ("syntymäaika 3.11.-79 kiitos", "syntymäaika <birthdate> kiitos"),
        ("my login is GRETA_HOLM", "my login is <username>"),
    ],
)
def test_what_programs_and_pages_say_of_people_is_masked(text: str, left: str) -> None:
    """Keys as programs are given them, people's own pages, and dates in which the month is misspelt."""
    assert without_personal_data(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "what is API_KEY=... in your manual for", "password_min_length=12 is too short", "who is the token_type: bearer for",
        "max_age=31536 of the cookie", "see https://www.example.com/privacy/cookie-policy.html",
        "my question is on https://www.example.com/privacy", "what is my password used for", "is the last 4 of 2025 kept",
        "is an ip 4 bytes long", "it says ERR_CONN_REFUSED (-102) at step 2", "got NET_TIMEOUT again",
        "CVE-2019-10042 hit you too?", "on a Tablet 9 Pro Max it crashes",
    ],
)  # fmt: skip
def test_what_programs_and_pages_say_of_nobody_stays(text: str) -> None:
    """Names of settings, pages of a site, and passwords of which only is spoken."""
    assert without_personal_data(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rashid bin khalid al-mutairi wants a copy", "<name_1> wants a copy"),
        ("tariq bin khalid bin saud al rashid here", "<name_1> here"),
        ("tell Fatima bint Yusuf al Rashid", "tell <name_1>"),
        ("security answer was Pepper the poodle , change it", "security answer was <password_1> , change it"),
        ("my permit is RK8804127 and it expires soon", "my permit is <document_1> and it expires soon"),
        ("7 Rechov HaNevi'im, Jerusalem is my home", "<address_1> is my home"),
        ("my name is Edit Nagy", "my name is <name_1>"),
    ],
)
def test_all_parts_of_a_value_are_masked(text: str, expected: str) -> None:
    """What joins two names, what a word behind it tells, and streets of another country."""
    assert masked(text) == expected


@pytest.mark.parametrize("text", ["Edit", "is the zip max 2GB", "ask Peter de facto"])
def test_what_only_stands_where_a_value_might_stays(text: str) -> None:
    """A button's word that is a name somewhere, a size behind a word for postcodes, Latin."""
    assert masked(text).replace("<name_1>", "Peter") == text
