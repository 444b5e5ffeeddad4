"""What an answer must hold to answer "how long", or a question about a thing with a name of its own."""

from __future__ import annotations

import pytest

from knowledge.needed import needed_in_answer, plain_question_for
from knowledge.passages import Passage


def passage(text: str, *, context: str = "") -> Passage:
    return Passage("acme", "2026-01-15", "sentence", "1. Data", 0, len(text), text, "", context)


@pytest.mark.parametrize(
    ("question", "answer", "beside_it"),
    [
        ("How long do you keep call notes?", "Call notes are kept for two years.", "We keep call notes in a locked room."),
        ("how many days till you answer", "We reply within thirty (30) calendar days.", "We reply to every letter."),
        ("how fast is it wiped", "It is erased without undue delay.", "Erased data cannot be brought back."),
        ("when did you last change this", "Last updated: 3 May 2024", "We may change this notice from time to time."),
        ("How old is this policy?", "In force since 1 July 2023.", "Old versions can be requested from us."),
        ("where is my stuff stored", "Files lie on servers in Ireland.", "Files are stored for two years."),
        ("were is my stuff stored", "Files lie on servers in Ireland.", "Files are stored for two years."),
        ("what's the email of your DPO", "Our DPO reads dpo@acme.example.", "Our DPO sits on the third floor."),
        ("which e-mail adress can i write to", "Write to help (at) acme.example.", "Write to us at any time."),
        ("what is your phone number", "Call +27 (0)21 555 0100.", "Call us on weekdays."),
        ("which country is it kept in", "We use a provider from South Africa.", "We keep it in a safe."),
    ],
)
def test_an_answer_about_time_place_or_address_names_one(question: str, answer: str, beside_it: str) -> None:
    """A sentence on the same subject without one does not answer."""
    needed = needed_in_answer(question)

    assert needed is not None
    assert needed.held_by(passage(answer))
    assert not needed.held_by(passage(beside_it))


@pytest.mark.parametrize(
    "question",
    [
        "what do you do with my email address",
        "which emails do you send",
        "what email addresses do you store",
        "is my number safe",
    ],
)
def test_what_is_done_with_an_address_needs_none_in_the_answer(question: str) -> None:
    """Only who asks where to write or call wants one."""
    needed = needed_in_answer(question)

    assert needed is None or needed.held_by(passage("We keep e-mail addresses, phone numbers and card numbers encrypted."))


@pytest.mark.parametrize(
    ("question", "answer", "beside_it"),
    [
        ("so do u sell it on?", "Nothing is rented or sold.", "Partners receive what their campaigns need."),
        ("does the game log keystrokes", "What you type is not stored.", "We log which screens are opened."),
        ("who is your DPO", "Our Data Protection Officer is Ines Marlow.", "You may complain to an authority."),
        ("can it read my address book", "Contacts stay on the phone.", "You may add a picture to your profile."),
        ("do you want my fingerprint", "Face templates are deleted at once.", "Two factors protect an account."),
        ("is stuff encrypted", "Files travel over TLS.", "Doors are locked at night."),
        ("do you keep my card number", "Payments are handled by our bank.", "We keep invoices."),
        ("what if there is a data breach", "We tell you of a security incident.", "If we merge, we tell you before."),
        ("is my stuff used to train ai", "No machine learning model sees your texts.", "We train our staff every year."),
        ("can kids use it", "Nobody under 16 may open an account.", "Everybody may read the forum."),
        ("do you know my location", "The city follows from the IP address.", "Laws differ from land to land."),
        ("can the police get my stuff", "A court order binds us.", "Partners help us to ship parcels."),
        ("what happens when you get bought", "In a merger the buyer takes over.", "You can buy a subscription."),
        ("can i get everything you have on me", "You may ask for a copy.", "What we collect depends on what you use."),
        ("what is your legal basis", "We rely on your consent.", "We follow our own rules."),
        ("will you film me", "Video cameras watch the entrance.", "Visitors sign a book."),
        ("can i get off your mailing list", "You may unsubscribe in each mail.", "We may send you our news by mail."),
        ("is there a watchdog over you", "A regulator supervises us.", "Contact us at 4 Harbour Road."),
        ("my complaint was not answered, what now", "You may go to the regulator.", "We reply to every letter within a week."),
        ("do you have my exact location", "GPS data stays on the phone.", "We see which shops you like."),
        ("do you follow me around the web", "Other sites tell us that you came.", "We count how often you come back."),
        ("will the site obey dnt", "A Do Not Track header changes nothing.", "You may refuse trackers in your browser."),
        ("is there hotjar on it", "We use Hotjar and two more.", "Some tools tell us where people click."),
        ("are deleted drafts in your backups", "Archives are overwritten after a month.", "Deleted drafts are gone at once."),
        ("who is your eu representative", "Our Art. 27 contact is in Dublin.", "People in the EU have further rights."),
        ("will i be told if it changes", "You get notice by mail.", "We may change it at any time."),
        ("do your people read my notes", "Only authorised staff open notes.", "Notes may be read offline."),
        ("who can look at my pictures", "Your pictures are public.", "Pictures may be of any size."),
        ("can my boss read it", "Workspace owners see all rooms.", "Messages can be read on any phone."),
        ("can i use a fake name", "You need not give your real name.", "We draw up anonymous statistics."),
        ("do you buy lists about me", "We receive addresses from data brokers.", "You buy a ticket at the door."),
        ("i applied to you, now what", "Recruiting notes are kept for a year.", "You may use our application freely."),
        ("do you have a postal address", "Write to 12 Harbour Street.", "Write to us whenever you like."),
        ("where do i send a letter", "Address: Lehtokuja 4 A, 02150 Espoo", "Our e-mail address: help@example.org."),
        ("write to you by post?", "Acme B.V., Korte Gracht 11, Utrecht", "We may post updates on this page."),
        ("what is your postal address", "Acme Ltd, Unit 3, Leeds LS1 4AP", "Your IP address: we keep it for 30 days."),
        ("what percentage makes it a subsidiary", "We hold more than 50 % of it.", "Subsidiaries may get it."),
        ("from what age can i sign up", "You must be 16 years old.", "Anybody can sign up."),
    ],
)
def test_a_thing_with_a_name_of_its_own_must_be_named(question: str, answer: str, beside_it: str) -> None:
    """A sentence about its like does not answer; a heading may name it."""
    needed = needed_in_answer(question)

    assert needed is not None
    assert needed.held_by(passage(answer))
    assert not needed.held_by(passage(beside_it, context=answer))
    assert needed.stands_above(passage(beside_it, context=answer))
    assert not needed.stands_above(passage(beside_it))


def test_a_heading_is_no_time() -> None:
    """ "Retention period" above a sentence does not tell how long."""
    needed = needed_in_answer("how long do you keep invoices")

    assert needed is not None
    assert not needed.stands_above(passage("Invoices lie in a safe.", context="Retention period"))


@pytest.mark.parametrize("question", ["who gets my data", "will I get a mail when you change this?", "how do I delete it"])
def test_a_question_that_names_nothing_certain_needs_nothing(question: str) -> None:
    """Then no passage is preferred."""
    assert needed_in_answer(question) is None


@pytest.mark.parametrize(
    ("question", "something_else"),
    [
        ("do you sell my data", "In a merger, or a sale of assets, data may move to the buyer."),
        ("do you sell my data", "Our sales team may call you."),
        ("is my data sold", "What you sell through a shop is seen by your customers."),
        ("is my stuff used to train ai", "Our staff are trained to work with AI."),
    ],
)
def test_words_that_name_something_else_do_not_count(question: str, something_else: str) -> None:
    """The sale of a company is none of data."""
    needed = needed_in_answer(question)

    assert needed is not None
    assert not needed.held_by(passage(something_else))


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("any chance you flog my number", "do you sell my data"),
        ("are our details handed over for cash", "do you sell my data"),
        ("will you lease out our mailing list", "do you rent my data"),
        ("r my chats fed to your ai", None),
        ("do you feed my chats to an ai", "do you use my personal data to train ai"),
        ("would you hand it to the cops", "do you share my data with the police"),
        ("do you pass my name on to ad networks", "do you share my data with advertisers"),
        ("do you show ads to us", None),
        ("do the police use your app", None),
        ("is there a picnic", None),
    ],
)
def test_a_question_about_a_named_thing_is_a_plain_question_if_it_says_what_is_done(question: str, plain: str | None) -> None:
    """In whatever words it is asked."""
    assert plain_question_for(question) == plain


def test_a_question_for_several_things_needs_them_all() -> None:
    """In one passage, or above it where a heading may name it: how long backups are kept is not told by how long logs are."""
    needed = needed_in_answer("how long do your backups keep my card number")

    assert needed is not None
    assert needed.held_by(passage("Backups that hold card numbers go after 30 days."))
    assert needed.held_by(passage("Card numbers go after 30 days.", context="Backups"))
    assert not needed.held_by(passage("Card numbers go after 30 days."))
    assert not needed.held_by(passage("Backups hold card numbers.", context="30 days"))
    assert needed.partly_held_by(passage("Backups are encrypted."))
    assert not needed.partly_held_by(passage("Logs go after 30 days."))


def test_the_very_name_that_was_asked_for_must_stand_there() -> None:
    """Another company's is not its."""
    needed = needed_in_answer("do you give it to Klarna")

    assert needed is not None
    assert needed.held_by(passage("Invoices are paid through klarna."))
    assert not needed.held_by(passage("Invoices are paid through Stripe."))
