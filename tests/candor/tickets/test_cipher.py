"""Encrypted, found again, and moved to a new key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.tickets.cipher import FieldCipher, LostKeyError
from candor.tickets.key_rotation import rotate
from candor.tickets.requester import Verified
from tests.candor.tickets.conftest import Office, code_in

OLD, NEW = "an old secret", "a new secret"


@given(st.text())
def test_what_is_encrypted_comes_back(words: str) -> None:
    """Any text, and never twice the same bytes."""
    cipher = FieldCipher(OLD)
    try:
        words.encode()
    except UnicodeEncodeError:
        return

    assert cipher.decrypt(cipher.encrypt(words)) == words
    assert cipher.encrypt(words) != cipher.encrypt(words)


def test_each_use_and_each_secret_has_a_key_of_its_own() -> None:
    """Who learns one hash learns nothing of another."""
    one, other = FieldCipher(OLD), FieldCipher(NEW)

    assert len({one.fingerprint("a"), other.fingerprint("a"), one.code_hash(1, "a"), one.code_hash(2, "a")}) == 4
    with pytest.raises(LostKeyError, match="CANDOR_OLD_SECRET_KEYS"):
        other.decrypt(one.encrypt("a"))


def test_codes_are_spread_over_all_six_digits() -> None:
    """None is more likely than another, leading zeros included."""
    codes = [FieldCipher(OLD).code_from(place.to_bytes(16, "big"), 1) for place in range(5000)]

    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) > 4900
    for digit in "0123456789":
        assert 350 < sum(code[0] == digit for code in codes) < 650


async def test_after_a_change_of_key_all_is_read_and_found_before_and_after_rotating(office: Office) -> None:
    """And then the old key can go."""
    before = Office(office.engine, OLD)
    number = await before.verified("yes-1", details="my wish")
    before.people.wanted("c_1", "acme", "ada@example.com")
    waiting = before.opened("yes-2", email="bob@example.com", conversation="c_2").ticket.number
    await before.deliver()
    code = next(found for mail in before.mails_to("bob@example.com") if (found := code_in(mail)))

    both = Office(office.engine, NEW, (OLD,))
    assert both.staff.details(number).email == "ada@example.com"
    assert both.opened("yes-3").first == number
    changed = rotate(office.engine, both.cipher)
    assert isinstance(both.desk.give_code(waiting, code, "c_2"), Verified)

    after = Office(office.engine, NEW)
    file = after.staff.details(number)
    assert (file.email, file.events[0].words) == ("ada@example.com", "my wish")
    assert after.people.waiting()[0].email == "ada@example.com"
    assert after.opened("yes-4").first == number
    assert changed == 3 + 1 + 1


def test_rotating_without_the_old_key_changes_nothing_and_names_the_cure(office: Office) -> None:
    """Half rotated would be lost for ever."""
    Office(office.engine, OLD).opened(details="my wish")

    with pytest.raises(LostKeyError, match="CANDOR_OLD_SECRET_KEYS"):
        rotate(office.engine, FieldCipher(NEW))

    assert Office(office.engine, OLD).staff.requests()[0].number
    number = Office(office.engine, OLD).staff.requests()[0].number
    assert Office(office.engine, OLD).staff.details(number).email == "ada@example.com"


async def test_a_code_whose_mail_waits_while_the_key_changes_is_still_right(office: Office) -> None:
    """It is made again with the key that made it."""
    number = Office(office.engine, OLD).opened().ticket.number

    both = Office(office.engine, NEW, (OLD,))
    code = await both.code()

    assert isinstance(both.desk.give_code(number, code, "c_1"), Verified)
