"""What a policy promises: the shorter of law and promise rules, and people are told which."""

from __future__ import annotations

import pytest

from candor.tickets.law.deadlines import Flag
from candor.tickets.law.laws import laws
from candor.tickets.law.promises import PromiseCompared, compared
from tests.candor.tickets.conftest import Office


async def test_a_shorter_promise_rules_and_everybody_is_told_so(office: Office) -> None:
    """Ten days from 15 January; the letter names the promise, staff see the flag."""
    number = await office.verified(company="initech", request_type="access")
    await office.deliver()

    file = office.staff.details(number)
    assert (str(file.ticket.due_on), file.flags) == ("2026-01-25", (Flag.POLICY_PROMISES_LESS,))
    (letter,) = [mail for mail in office.mails_to("ada@example.com") if "Your request" in str(mail["Subject"])]
    assert "25 January 2026 at the latest (10 days, as the privacy policy promises)" in letter.get_content()


async def test_a_longer_promise_gives_nobody_more_time(office: Office) -> None:
    """Ninety days are promised, a month is the law: 15 February is a Sunday."""
    number = await office.verified(company="initech", request_type="deletion")

    file = office.staff.details(number)
    assert (str(file.ticket.due_on), file.flags) == ("2026-02-16", (Flag.POLICY_PROMISES_MORE,))
    assert file.ticket.respond_article == "Art. 12(3) GDPR"


def test_days_are_counted_where_the_company_is_within_the_law_s_reach(office: Office) -> None:
    """In Helsinki for a Finnish company under the GDPR; in Los Angeles for a Californian who asks it."""
    finnish = office.opened("yes-1", company="initech", request_type="objection").ticket
    californian = office.opened("yes-2", company="initech", request_type="objection", residence="US-CA").ticket

    assert (finnish.time_zone, californian.time_zone) == ("Europe/Helsinki", "America/Los_Angeles")


@pytest.mark.parametrize(
    ("laws", "promised", "said", "longer"),
    [
        (["gdpr"], {"access": 20}, "in 20 days, GDPR asks for one month: the promise rules", False),
        (["gdpr"], {"access": 30}, "whichever ends first rules", False),
        (["gdpr"], {"access": 32}, "the law rules, have the policy mended", True),
        (["ccpa"], {"access": 46}, "CCPA asks for 45 days: the law rules", True),
        (["ccpa"], {"opt_out_of_sale": 22}, "CCPA asks for 15 business days: the law rules", True),
        (["gdpr"], {"acess": 30}, "names 'acess', which is no type of request: use one of access, deletion", True),
    ],
)
def test_a_promise_is_compared_with_each_law(laws: list[str], promised: dict[str, int], said: str, longer: bool) -> None:
    """A month has 28 to 31 days, fifteen working days are at most twenty-one."""
    (found,) = compared("acme", laws, promised)

    assert said in found.text
    assert found.longer is longer


def test_a_promise_that_is_the_law_s_own_is_not_worth_a_word() -> None:
    """And a company without promises has none to compare."""
    assert list(compared("acme", ["ccpa"], {"access": 45})) == []
    assert list(compared("acme", ["ccpa"], {})) == []


def test_laws_that_nobody_knows_leave_the_whole_table() -> None:
    """As for the clock itself; each law is compared."""
    found = list(compared("acme", ["no_such_law"], {"access": 365}))

    assert len(found) == len(laws())
    assert isinstance(found[0], PromiseCompared)
