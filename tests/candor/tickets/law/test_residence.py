"""Where somebody lives, from how people say it. What could be two places is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candor.tickets.law.place_names import plain_name
from candor.tickets.law.residence import Residence, ResidenceOutcome, is_place_name, known_places, parse_residence, place_name

HERE = Path(__file__).parent
PIECES = (
    "i live in", "not", "from", "moved", "to", "germany", "germny", ",", "CA", "ca", "in", "paris", "Georgia", "US", "french",
    "and", "but", "or", "sweden", "N. Ireland", "no", "🇩🇪", "<email_1>",
)  # fmt: skip


def labelled(file: str) -> list[list[str]]:
    """Answers with how they are to be read: a code, `code?` a guess, `A|B` either, region, none (not said) or - (not read)."""
    return [line.split("\t") for line in (HERE / file).read_text(encoding="utf-8").splitlines()]


def reading(text: str) -> str:
    """How an answer is read, as the files write it."""
    heard = parse_residence(text)
    others = {ResidenceOutcome.REGION: "region", ResidenceOutcome.NOT_SAID: "none", ResidenceOutcome.NOT_UNDERSTOOD: "-"}
    if heard.code:
        return heard.code + ("?" if heard.outcome is ResidenceOutcome.GUESSED else "")
    return "|".join(heard.options) or others[heard.outcome]


@pytest.mark.parametrize(("text", "expected"), labelled("residence_seen.tsv"))
def test_answers_are_read_as_a_person_would(text: str, expected: str) -> None:
    """Typos, cities, other languages, sentences with two places, and what is no place. `*`: any reading but a wrong code."""
    assert expected in {"*", reading(text)}


def test_of_answers_kept_apart_nearly_all_are_read_rightly() -> None:
    """Half of the labelled answers were never looked at while the rules were written. `~`: or not read at all."""
    rows = labelled("residence_unseen.tsv")

    right = [
        expected == "*" or reading(text) == expected or (expected.endswith("~") and reading(text) in {expected[:-1], "-"})
        for text, expected in rows
    ]

    assert sum(right) / len(right) >= 0.95


@pytest.mark.parametrize("piece", ["germany ", "in ", "germny ", "a", "🇩🇪", "ca, ", "not ", "n.", "1 "])
def test_the_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    """A long message is no answer to the question."""
    parse_residence(piece * 4000)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"), ("germany.", "DE"), ("DEUTSCHLAND", "DE"), ("i live in Germany", "DE"), ("Berlin, Germany", "DE"),
        ("UK", "GB"), ("the U.K.", "GB"), ("England", "GB-ENG"), ("Scotland", "GB-SCT"), ("Northern Ireland", "GB-NIR"),
        ("Ireland", "IE"), ("London, England, UK", "GB-ENG"), ("Great Britain", "GB"),
        ("california", "US-CA"), ("I am a resident of California", "US-CA"), ("San Diego, CA, USA", "US-CA"),
        ("Georgia, USA", "US-GA"), ("virginia", "US-VA"), ("West Virginia", "US-WV"), ("Washington, DC", "US-DC"),
        ("the states", "US"), ("I'm in the US", "US"), ("USA", "US"), ("America", "US"), ("New Mexico", "US-NM"),
        ("Mexico", "MX"), ("Puerto Rico", "PR"), ("Jersey", "JE"), ("New Jersey", "US-NJ"),
        ("Holland", "NL"), ("the netherlands", "NL"), ("south africa", "ZA"), ("Brasil", "BR"), ("Україна", "UA"),
        ("España", "ES"), ("Côte d’Ivoire", "CI"), ("Turkey", "TR"), ("south korea", "KR"), ("Nigeria", "NG"), ("Niger", "NE"),
        ("Canada", "CA"), ("Québec", "CA-QC"), ("ontario, canada", "CA-ON"), ("EU", "EU"), ("🇩🇪", "DE"), ("US-CA", "US-CA"),
        ("GB", "GB"), ("my country is Poland", "PL"), ("in OR", "US-OR"), ("Portland, OR 97201", "US-OR"), ("OR 97201", "US-OR"),
        ("Bangor, ME 04401 USA", "US-ME"), ("PA, USA", "US-PA"), ("the state of ME", "US-ME"),
    ],
)  # fmt: skip
def test_a_place_is_found_as_people_write_it(text: str, code: str) -> None:
    """Names in several languages, nations, states and provinces, alone or in a sentence."""
    assert parse_residence(text) == Residence(ResidenceOutcome.FOUND, code)


@pytest.mark.parametrize("code", known_places())
def test_each_place_to_pick_is_understood_by_its_name(code: str) -> None:
    """Who picks a name from the list, or from the buttons after "Georgia", is not asked again which one was meant."""
    assert parse_residence(place_name(code)) == Residence(ResidenceOutcome.FOUND, code)
    assert is_place_name(place_name(code))


@pytest.mark.parametrize("text", ["no", "why", "do you sell data in Germany?", "I live in France", "", "rather not say"])
def test_what_says_more_than_a_name_is_no_place_name(text: str) -> None:
    """A question in the middle stays a question."""
    assert not is_place_name(text)


def test_no_two_places_to_pick_have_one_name() -> None:
    """Else nobody could tell which is theirs; and they stand in the order of the alphabet."""
    names = [place_name(code) for code in known_places()]

    assert len(set(names)) == len(names)
    assert names.index("Åland Islands") < names.index("Albania") < names.index("Zimbabwe")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("CA", ("CA", "US-CA")), ("Georgia", ("GE", "US-GA")), ("DE", ("DE", "US-DE")), ("Korea", ("KP", "KR")),
        ("Europe", ("CH", "EU", "GB")),
    ],
)  # fmt: skip
def test_what_could_be_two_places_is_asked_about(text: str, options: tuple[str, ...]) -> None:
    """Canada and California have different laws."""
    assert parse_residence(text) == Residence(ResidenceOutcome.AMBIGUOUS, options=options)


@pytest.mark.parametrize(
    "text",
    [
        "I'd rather not say", "i’d rather not say", "none of your business", "skip", "no", "NO", "prefer not to answer", "pass",
        "I won't tell you", "I don't want to say", "n/a", "private",
    ],
)  # fmt: skip
def test_nobody_has_to_say(text: str) -> None:
    """A no is an answer; "no" is not Norway."""
    assert parse_residence(text) == Residence(ResidenceOutcome.NOT_SAID)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "???",
        "asdf",
        "not in the EU",
        "I don't live in Canada",
        "why do you need this?",
        "i'm in it for the money",
        "' OR 1=1 --",
        "is it OK if i leave it out?",
        "IN 5 min",
        "PA 12",
    ],
)
def test_what_is_not_understood_is_asked_again(text: str) -> None:
    """Cities share their names, and a place where somebody does not live is no residence."""
    assert parse_residence(text) == Residence(ResidenceOutcome.NOT_UNDERSTOOD)


@settings(deadline=None)  # the first reading loads the names
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever is typed, the answer is a value that holds together."""
    heard = parse_residence(text)

    assert (heard.code is not None) == (heard.outcome in {ResidenceOutcome.FOUND, ResidenceOutcome.GUESSED})
    assert bool(heard.why) == (heard.outcome is ResidenceOutcome.GUESSED)
    assert (len(heard.options) > 1) == (heard.outcome is ResidenceOutcome.AMBIGUOUS)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("DE", "Germany"), ("US-CA", "California (United States)"), ("GB-SCT", "Scotland (United Kingdom)"),
        ("EU", "European Union"), ("BO", "Bolivia"), ("XX", "XX"),
    ],
)  # fmt: skip
def test_a_code_has_a_name_to_ask_with(code: str, name: str) -> None:
    """ "Do you mean Canada or California (United States)?\""""
    assert place_name(code) == name


def test_who_sent_a_pasted_mail_does_not_live_where_they_are_named() -> None:
    """What its writer says of a place still counts."""
    headers = "From: Petra Holland <petra@example.org>\nTo: Service Jordan\nSubject: your data\n\n"

    assert reading(f"{headers}Please ask the shop. Regards") == "-"
    assert reading(f"{headers}I live in Norway.") == "NO"


@given(st.text(st.characters(max_codepoint=127), max_size=20))
def test_a_name_is_plain_in_the_same_way_whatever_its_letters(text: str) -> None:
    """Names without accents are made plain by a shorter way, because a start reads tens of thousands of them."""
    assert plain_name(f"{text} é") == f"{plain_name(text)} e".strip()
