"""What was masked lies encrypted, under a token, until its conversation is forgotten."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from candor.transcripts.masking import KINDS
from candor.transcripts.models import VaultRow
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault


@pytest.fixture
def vault(engine: Engine) -> Vault:
    return Vault(engine, "a secret")


@pytest.fixture
def conversation(engine: Engine) -> str:
    """A conversation's id."""
    return TranscriptStore(engine).begin(company="acme", channel="web").id


def test_the_same_value_gets_the_same_token_whatever_its_case(vault: Vault, conversation: str) -> None:
    """A conversation stays readable: <email_1> is one person throughout."""
    first = vault.mask(conversation, "I am jo@example.com")
    later = vault.mask(conversation, "write to JO@Example.com, not to jo@example.com.")

    assert first == "I am <email_1>"
    assert later == "write to <email_1>, not to <email_1>."


@pytest.mark.parametrize(
    "text",
    [
        "My name is Renée Marchand, not Renee Marchand.",
        "I am Petr Hala, my user name is petr.hala",
        "Ask Ida McKay, not Ida Mckay",
    ],
)
def test_each_spelling_of_a_name_is_read_back_as_it_was_written(vault: Vault, conversation: str, text: str) -> None:
    """A correction that repeats the mistake corrects nothing. The person is found by either spelling."""
    masked = vault.mask(conversation, text)
    again = vault.mask(conversation, text)

    assert masked == again
    assert vault.unmask(conversation, masked) == text
    assert vault.rotate() == len(vault.values(conversation))
    assert vault.mask(conversation, text) == masked
    for spelling in vault.values(conversation).values():
        assert vault.conversations_with([spelling]) == {conversation}


def test_another_value_gets_the_next_number_of_its_kind(vault: Vault, conversation: str) -> None:
    """Tokens count by kind, over all messages of a conversation."""
    vault.mask(conversation, "jo@example.com")

    masked = vault.mask(conversation, "amy@example.com, +44 20 7946 0958, bob@example.com")

    assert masked == "<email_2>, <phone_1>, <email_3>"


def test_a_letter_full_of_values_is_looked_up_once(vault: Vault, engine: Engine, conversation: str) -> None:
    """Else each of a hundred values would cost the database a question."""
    asked: list[str] = []
    letter = " ".join(f"write to jo{n}@example.org or jo{n}@example.com." for n in range(20))
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    masked = vault.mask(conversation, letter)
    again = vault.mask(conversation, letter)

    assert masked == again
    assert "<email_40>" in masked
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2


def test_each_conversation_counts_by_itself(vault: Vault, engine: Engine, conversation: str) -> None:
    """A token says nothing outside its conversation."""
    other = TranscriptStore(engine).begin(company="acme", channel="web").id
    vault.mask(conversation, "jo@example.com")

    assert vault.mask(other, "amy@example.com") == "<email_1>"
    assert vault.reveal(other, "<email_1>") == "amy@example.com"
    assert vault.reveal(conversation, "<email_1>") == "jo@example.com"


def test_a_value_can_be_revealed_as_it_was_written(vault: Vault, conversation: str) -> None:
    """Staff may need the real address to answer a request."""
    vault.mask(conversation, "I am Jo.Smith+Shop@Example.com")

    assert vault.reveal(conversation, "<email_1>") == "Jo.Smith+Shop@Example.com"
    assert vault.reveal(conversation, "<email_2>") is None


def test_stored_data_does_not_reveal_the_value(vault: Vault, engine: Engine, conversation: str) -> None:
    """A copy of the database is worth nothing without the secret key."""
    vault.mask(conversation, "jo@example.com")

    with Session(engine) as session:
        row = session.scalars(select(VaultRow)).one()
    stored = b"|".join([row.ciphertext, row.fingerprint.encode(), row.token.encode()]).lower()
    assert b"jo@example" not in stored
    assert b"am9AZXhhbXBsZ".lower() not in stored  # its base64


def test_equal_values_look_unlike_in_two_vaults(engine: Engine, conversation: str) -> None:
    """The fingerprint is keyed: without the key nobody can try addresses on it."""
    other = TranscriptStore(engine).begin(company="acme", channel="web").id
    Vault(engine, "a secret").mask(conversation, "jo@example.com")
    Vault(engine, "another secret").mask(other, "jo@example.com")

    with Session(engine) as session:
        one, two = session.scalars(select(VaultRow))
    assert one.fingerprint != two.fingerprint


def test_another_secret_cannot_reveal(vault: Vault, engine: Engine, conversation: str) -> None:
    """An error is better than a wrong value."""
    vault.mask(conversation, "jo@example.com")

    with pytest.raises(InvalidToken):
        Vault(engine, "another secret").reveal(conversation, "<email_1>")


def test_the_same_secret_reveals_after_a_restart(vault: Vault, engine: Engine, conversation: str) -> None:
    """Keys are derived from the secret key and stored nowhere."""
    vault.mask(conversation, "jo@example.com")

    again = Vault(engine, "a secret")

    assert again.reveal(conversation, "<email_1>") == "jo@example.com"
    assert again.mask(conversation, "jo@example.com") == "<email_1>"


def test_values_go_with_their_conversation(vault: Vault, engine: Engine, conversation: str) -> None:
    """The database itself deletes them with it (ON DELETE CASCADE)."""
    other = TranscriptStore(engine).begin(company="acme", channel="web").id
    vault.mask(conversation, "jo@example.com")
    vault.mask(other, "amy@example.com")

    with engine.begin() as connection:
        connection.execute(text("DELETE FROM conversation WHERE id = :id"), {"id": conversation})

    assert vault.reveal(conversation, "<email_1>") is None
    assert vault.reveal(other, "<email_1>") == "amy@example.com"


def test_a_text_gets_its_own_conversation_s_values_back(vault: Vault, engine: Engine, conversation: str) -> None:
    """A token without a value in this conversation stays, also one that another conversation has."""
    mine, theirs = conversation, TranscriptStore(engine).begin(company="acme", channel="web").id
    vault.mask(theirs, "eve@example.org and +49 170 1234567")
    vault.mask(mine, "ada@example.org")

    assert vault.unmask(mine, "to <email_1>, <email_1> or <phone_1>") == "to ada@example.org, ada@example.org or <phone_1>"
    assert vault.unmask(mine, "nothing {here} <b>") == "nothing {here} <b>"


def test_its_owner_reads_what_was_masked(vault: Vault, conversation: str, engine: Engine) -> None:
    """Each token of this conversation becomes its value again; other tokens stay."""
    other = TranscriptStore(engine).begin(company="acme", channel="web").id
    masked = vault.mask(conversation, "I am jo@example.com, not amy@example.com")

    assert vault.unmask_all(conversation, [masked, "nothing", "<phone_1>"]) == [
        "I am jo@example.com, not amy@example.com", "nothing", "<phone_1>",
    ]  # fmt: skip
    assert vault.unmask_all(other, [masked]) == [masked]


def test_an_address_is_shown_as_it_was_read_to_whoever_checks_it(vault: Vault, conversation: str) -> None:
    """ "At" and "dot" are how it was typed; mail goes to what was read in it."""
    masked = vault.mask(conversation, "write to jo dot doe (at) example dot com, my name is Jo Doe")

    assert vault.unmask_all(conversation, [masked], as_read=True) == ["write to jo.doe@example.com, my name is Jo Doe"]
    assert vault.unmask(conversation, masked) == "write to jo dot doe (at) example dot com, my name is Jo Doe"


def test_an_address_that_looks_misspelt_is_shown_as_it_is(vault: Vault, conversation: str) -> None:
    """A code goes to what was written, so that is what has to be seen; the likelier one is another address."""
    masked = vault.mask(conversation, "jo@gmial.com")

    assert vault.unmask_all(conversation, [masked], as_read=True) == ["jo@gmial.com"]
    assert vault.mask(conversation, "jo@gmail.com") != masked


def test_no_card_number_is_kept(vault: Vault, engine: Engine, conversation: str) -> None:
    """Its token leads back to nothing, also for its owner."""
    masked = vault.mask(conversation, "my card 4111 1111 1111 1111")

    assert masked == "my card <card_1>"
    assert vault.unmask(conversation, masked) == masked
    with Session(engine) as session:
        assert session.scalars(select(VaultRow)).all() == []


@pytest.mark.parametrize(
    ("written", "looked_for"),
    [
        ("my name is Maria Kovalenko", "MARIA KOVALENKO"),
        ("Name: Kovalenko Maria", "Maria Kovalenko"),
        ("my name is Ｍａｒｉａ Ｋｏｖａｌｅｎｋｏ", "maria kovalénko"),
        ("write to jo (at) example (dot) com", "Jo@Example.com"),
        ("call 020 7946 0958", "+44 20 7946 0958"),
        ("my iban is de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("I live at 12 High Street, Leeds LS1 4AP", "12 high street, leeds, ls1 4ap"),
    ],
)
def test_a_conversation_is_found_by_a_value_in_another_spelling(
    vault: Vault, conversation: str, written: str, looked_for: str
) -> None:
    """Whoever asks for erasure does not know how they once typed it."""
    vault.mask(conversation, written)

    assert vault.conversations_with([looked_for]) == {conversation}
    assert vault.conversations_with(["somebody else"]) == set()


def test_a_name_is_found_that_was_told_in_parts(vault: Vault, engine: Engine, conversation: str) -> None:
    """The given name in one message and the surname in the next; two people who share one of them are not meant."""
    another = TranscriptStore(engine).begin(company="acme", channel="web").id
    vault.mask(conversation, "my first name is Maria")
    vault.mask(conversation, "and my surname is Kovalenko")
    vault.mask(another, "my first name is Maria")

    assert vault.conversations_with(["maria kovalenko"]) == {conversation}
    assert vault.conversations_with(["maria petrova"]) == set()


def test_a_value_that_an_earlier_version_hashed_is_found(vault: Vault, engine: Engine, conversation: str) -> None:
    """They hashed what was typed, in lower case."""
    old = hmac.new(vault._fingerprint_keys[0], b"+44 20 7946 0958", hashlib.sha256).hexdigest()
    with Session(engine) as session, session.begin():
        session.add(VaultRow(conversation_id=conversation, token="<phone_1>", fingerprint=old, ciphertext=b"x"))

    assert vault.conversations_with(["+44 20 7946 0958"]) == {conversation}


def test_names_of_companies_are_not_masked(engine: Engine, conversation: str) -> None:
    """Which they are is asked anew for each message, because policies come and go."""
    vault = Vault(engine, "a secret", kept=lambda text: {"John Lewis"} & {text[5:15]})

    assert vault.mask(conversation, "does John Lewis know John Smith") == "does John Lewis know <name_1>"


# Of each kind of the vault: a message, and another spelling by which the same person is looked for.
SPELLINGS = {
    "email": ("write to ida (at) example dot org", "Ida@Example.org"),
    "phone": ("call +44 20 7946 0958", "0044 20 79460958"),
    "account": ("iban fi21 1234 5600 0007 85", "FI2112345600000785"),
    "name": ("my name is Åsa Björkqvist", "asa bjorkqvist"),
    "address": ("I live at 12 High Street, Leeds", "12 high street leeds"),
    "birthdate": ("born 14/03/1987", "14.03.1987"),
    "username": ("my user name is velvet_fox7", "Velvet_Fox7"),
    "id": ("ssn 123-45-6789", "123456789"),
    "document": ("passport no. X1234567", "x 1234567"),
    "ip": ("my ip was 203.0.113.77", "203.0.113.77"),
    "device": ("mac 00:1b:44:11:3a:b7", "00-1B-44-11-3A-B7"),
    "link": ("see https://shop.example/order?id=88231", "HTTPS://SHOP.EXAMPLE/order?id=88231"),
    "password": ("my password is Igel-44x!", "Igel-44x!"),
    "key": ("key sk_live_abcdef1234567890", "SK_LIVE_abcdef1234567890"),
    "plate": ("plate AB-123-CD", "ab 123 cd"),
    "reference": ("order number 88231-AB", "88231 ab"),
}


def test_each_kind_lies_in_the_vault_and_is_found_by_another_spelling(vault: Vault, engine: Engine) -> None:
    """So that *Erase a person* reaches each conversation, whatever it was that told who they are; a card lies nowhere."""
    assert {*SPELLINGS, "card"} == {*KINDS}
    lost = []
    for kind, (said, typed) in SPELLINGS.items():
        conversation = TranscriptStore(engine).begin(company="acme", channel="web").id
        vault.mask(conversation, said)
        if vault.kinds(conversation) != {kind: 1} or vault.conversations_with([typed]) != {conversation}:
            lost.append((kind, vault.kinds(conversation), vault.values(conversation)))

    assert lost == []
