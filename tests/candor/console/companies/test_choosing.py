"""Few companies are listed, of many a field finds the one that is meant: no page grows with the companies that are served."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from candor.accounts.roles import Grant
from candor.console.companies.choosing import FOUND, LISTED
from candor.services import Services
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from tests.candor.console.conftest import SignIn

MANY = {f"shop-{number}": Company(f"shop-{number}", f"Shop Number {number}", "x@example.com") for number in range(200)}
TWINS = {one: Company(one, "The Twin", "x@example.com") for one in ("twin-east", "twin-west")}
PAGES = (
    "conversations", "review", "review/samples", "review/corrections", "requests", "requests/figures", "requests/export",
    "requests/checklists", "silence", "silence/settled", "figures", "replies", "replies/new", "accounts",
    "accounts/new", "accounts/1", "tokens/new", "webhooks/new", "keeping", "audit", "waiting", "find", "",
)  # fmt: skip


class ManyCompanies(PolicyCatalogue):
    """The two small companies, and two hundred more that have no policy."""

    joined: Mapping[str, Company] | None = None

    @property
    def companies(self) -> Mapping[str, Company]:
        if self.joined is None:
            self.joined = {**super().companies, **MANY, **TWINS}
        return self.joined


@pytest.fixture
def many(parts: Services, catalogue: PolicyCatalogue) -> Services:
    catalogue.__class__ = ManyCompanies
    return parts


def options(html: str) -> list[str]:
    return re.findall(r'<option value="([^"]*)"', html)


def test_no_page_lists_all_of_many_companies(many: Services, sign_in: SignIn) -> None:
    desk, too_long = sign_in("privacy_officer", "admin"), {}

    for page in PAGES:
        answered = desk.get(page or "./")
        assert answered.status_code == 200, page
        if (listed := answered.text.count("Shop Number")) > LISTED:
            too_long[page] = listed

    assert too_long == {}


def test_few_companies_are_chosen_from_a_list(sign_in: SignIn) -> None:
    assert {"acme", "globex"} <= set(options(sign_in("privacy_officer").get("requests/figures").text))


def test_what_is_typed_finds_companies_by_a_part_of_the_name(many: Services, sign_in: SignIn) -> None:
    found = options(sign_in("privacy_officer").get("companies?may=work_requests&company=number 19").text)

    assert "Shop Number 19" in found
    assert "Shop Number 190" in found
    assert "Shop Number 20" not in found
    assert len(options(sign_in("privacy_officer").get("companies?may=work_requests").text)) == FOUND


def test_nobody_is_offered_a_company_that_is_not_theirs(many: Services, sign_in: SignIn) -> None:
    desk = sign_in("agent", company="shop-7")

    assert options(desk.get("companies?may=work_requests&company=shop").text) == ["Shop Number 7"]
    assert desk.get("companies?may=export").status_code == 403
    assert desk.get("companies?may=anything").status_code == 422


def test_two_companies_of_one_name_are_told_apart_by_their_ids(many: Services, sign_in: SignIn) -> None:
    assert options(sign_in("agent").get("companies?may=work_requests&company=twin").text) == ["twin-east", "twin-west"]


@pytest.mark.parametrize("typed", ["Acme", "acme", "  aCmE "])
def test_a_name_in_an_address_is_as_good_as_an_id(many: Services, sign_in: SignIn, typed: str) -> None:
    page = sign_in("agent", company="acme").get("requests", params={"company": typed})

    assert page.status_code == 200
    assert sign_in("agent", company="acme").get("requests", params={"company": "Globex"}).status_code == 403


def test_a_field_shows_the_company_that_was_chosen(many: Services, sign_in: SignIn) -> None:
    page = sign_in("privacy_officer").get("requests?company=shop-7").text

    assert re.search(r'<input[^>]*name="company" value="Shop Number 7"', page)


def test_a_role_is_given_for_a_company_that_is_typed(many: Services, sign_in: SignIn) -> None:
    desk, new = sign_in("admin"), {"email": "bea@example.org", "name": "Bea"}

    refused = desk.submit("accounts", **new, typed="Shop Numbr 7", role="agent")
    desk.submit("accounts", **new, typed="shop number 7", role=["agent", "reviewer"])

    assert refused.status_code == 422
    assert "There is no such company" in refused.text
    made = many.staff.accounts.find("bea@example.org")
    assert made is not None
    assert set(made.grants) == {Grant("agent", "shop-7"), Grant("reviewer", "shop-7")}
    assert desk.get(f"accounts/{made.id}").text.count('value="agent:shop-7" checked') == 1


def test_a_token_and_a_webhook_are_for_companies_that_are_typed(many: Services, sign_in: SignIn) -> None:
    desk = sign_in("admin")

    refused = desk.submit("tokens", name="Jira", scope="requests:read", typed=["Shop Numbr 7", ""])
    desk.submit("tokens", name="Jira", scope="requests:read", typed=["Shop Number 7", "", "acme"])
    wrong = desk.submit("webhooks", name="n8n", url="https://n8n.example.org/x", typed="Nobody")
    desk.submit("webhooks", name="n8n", url="https://n8n.example.org/x", typed="Shop Number 7")

    assert refused.status_code == wrong.status_code == 422
    assert [one.companies for one in many.staff.api_tokens.all()] == [("acme", "shop-7")]
    assert [one.given.companies for one in many.requests.webhook_registry.all()] == [("shop-7",)]


def test_an_admin_of_one_company_gives_no_token_for_another_that_is_typed(many: Services, sign_in: SignIn) -> None:
    desk = sign_in("admin", company="acme")

    assert desk.submit("tokens", name="Jira", scope="requests:read", typed="Globex").status_code == 403
    assert many.staff.api_tokens.all() == []
