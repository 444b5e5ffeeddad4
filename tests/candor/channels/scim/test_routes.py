"""SCIM as Okta and Entra ID call it: find, make, change, close; groups give roles; errors in SCIM's own form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candor.accounts.roles import Grant
from candor.app.web import make_app
from candor.services import Services
from tests.fakes import FakeRasa

TOKEN = "only the directory knows this"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
OKTA_USER = {
    "schemas": [USER], "userName": "ada@acme.example", "name": {"givenName": "Ada", "familyName": "Example"},
    "emails": [{"primary": True, "value": "ada@acme.example", "type": "work"}], "displayName": "Ada Example", "locale": "en-US",
    "externalId": "00ujl29u0le5T6Aj10h7", "groups": [], "password": "1mz050nq", "active": True,
}  # fmt: skip
ENTRA_USER = {
    "schemas": [USER, ENTERPRISE], "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", "userName": "Bea@Acme.example",
    "active": True, "emails": [{"primary": True, "type": "work", "value": "bea@acme.example"}],
    "meta": {"resourceType": "User"}, "name": {"formatted": "Bea Example", "familyName": "Example", "givenName": "Bea"},
    "roles": [], ENTERPRISE: {"department": "Privacy"},
}  # fmt: skip


@pytest.fixture
def scim(parts: Services) -> Iterator[TestClient]:
    """A directory with its token; an admin who was made by hand."""
    changed = {
        "scim_token_sha256": hashlib.sha256(TOKEN.encode()).hexdigest(),
        "group_roles": "privacy-team=privacy_officer; support=agent:acme; it=admin",
    }
    parts.settings = parts.settings.model_copy(update=changed)
    parts.staff.accounts.add("boss@acme.example", "Boss", [Grant("admin")], "a sentence that only she writes")
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
    with TestClient(
        make_app(parts, FakeRasa(), ()), base_url="http://127.0.0.1", headers=headers, raise_server_exceptions=False
    ) as client:
        yield client


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


def made(scim: TestClient, body: dict[str, Any] = OKTA_USER) -> str:
    return str(scim.post("/scim/v2/Users", json=body).json()["id"])


def group_of(scim: TestClient, name: str, *members: str) -> str:
    body = {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members]}
    return str(scim.post("/scim/v2/Groups", json=body).json()["id"])


def roles(parts: Services, account: str) -> set[str]:
    return {str(grant) for grant in parts.staff.accounts.get(int(account)).grants}


def test_okta_finds_makes_and_closes_an_account(parts: Services, scim: TestClient) -> None:
    """GET by userName, POST, GET, PATCH active false without a path, GET."""
    nobody = scim.get("/scim/v2/Users", params={"filter": 'userName eq "ada@acme.example"', "startIndex": 1, "count": 100})
    made = scim.post("/scim/v2/Users", json=OKTA_USER)
    number = made.json()["id"]
    parts.staff.sessions.begin(parts.staff.accounts.get(int(number)), "oidc")
    closed = scim.patch(f"/scim/v2/Users/{number}", json=patch({"op": "replace", "value": {"active": False}}))
    seen = scim.get(f"/scim/v2/Users/{number}").json()

    assert (nobody.json()["totalResults"], made.status_code, closed.status_code) == (0, 201, 200)
    assert made.headers["content-type"] == "application/scim+json"
    assert made.headers["location"] == made.json()["meta"]["location"]
    told = {name: made.json()[name] for name in ("userName", "displayName", "externalId", "active")}
    assert told == {name: OKTA_USER[name] for name in told}
    assert "password" not in made.json()
    assert (seen["active"], seen["name"]["familyName"]) == (False, "Example")
    assert parts.staff.accounts.get(int(number)).disabled
    assert parts.staff.sessions.of(int(number)) == []
    noted = [(entry.action, entry.details["source"]) for entry in parts.staff.audit.entries(subject=f"account {number}")]
    assert noted == [("account.disable", "scim"), ("account.add", "scim")]


def test_entra_finds_makes_changes_and_closes_an_account(parts: Services, scim: TestClient) -> None:
    """With an extension that is not kept, operations in capitals, paths with filters, and booleans as text."""
    number = made(scim, ENTRA_USER)
    found = scim.get("/scim/v2/Users", params={"filter": 'externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"'}).json()
    renamed = scim.patch(
        f"/scim/v2/Users/{number}",
        json=patch(
            {"op": "Replace", "path": "displayName", "value": "Bea Other"},
            {"op": "Replace", "path": "name.familyName", "value": "Other"},
            {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Law"},
            {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "bea@acme.example"},
        ),
    )
    closed = scim.patch(f"/scim/v2/Users/{number}", json=patch({"op": "Replace", "path": "active", "value": "False"}))
    opened = scim.patch(f"/scim/v2/Users/{number}", json=patch({"op": "Replace", "path": "active", "value": True}))

    assert found["Resources"][0]["userName"] == "bea@acme.example"
    assert (renamed.status_code, renamed.json()["displayName"]) == (200, "Bea Other")
    assert (closed.json()["active"], opened.json()["active"]) == (False, True)
    assert parts.staff.accounts.get(int(number)).name == "Bea Other"


def test_a_group_gives_its_roles_and_takes_them_away(parts: Services, scim: TestClient) -> None:
    """By each way in which a directory changes members; a group without a role gives none."""
    ada, bea = made(scim), made(scim, ENTRA_USER)
    group = group_of(scim, "privacy-team", ada)
    group_of(scim, "golf", bea)
    place = f"/scim/v2/Groups/{group}"
    assert (roles(parts, ada), roles(parts, bea)) == ({"privacy_officer"}, set())

    scim.patch(place, json=patch({"op": "Add", "path": "members", "value": [{"value": bea}]}))
    assert roles(parts, bea) == {"privacy_officer"}
    scim.patch(place, json=patch({"op": "Remove", "path": "members", "value": [{"value": bea}]}))
    assert roles(parts, bea) == set()
    scim.patch(place, json=patch({"op": "remove", "path": f'members[value eq "{ada}"]'}))
    assert roles(parts, ada) == set()
    scim.put(place, json={"schemas": [GROUP], "displayName": "support", "members": [{"value": ada}]})
    assert roles(parts, ada) == {"agent:acme"}
    assert scim.get(f"/scim/v2/Users/{ada}").json()["groups"] == [{"value": group, "display": "support"}]
    scim.delete(place)
    assert roles(parts, ada) == set()
    assert scim.get(place).status_code == 404


def test_the_last_admin_can_be_closed_by_no_directory(parts: Services, scim: TestClient) -> None:
    """Neither by PATCH nor by DELETE, and no group takes the role away."""
    boss = scim.get("/scim/v2/Users", params={"filter": 'userName eq "boss@acme.example"'}).json()["Resources"][0]["id"]
    group = group_of(scim, "support", boss)

    answers = [
        scim.patch(f"/scim/v2/Users/{boss}", json=patch({"op": "replace", "value": {"active": False}})),
        scim.delete(f"/scim/v2/Users/{boss}"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert roles(parts, boss) == {"admin", "agent:acme"}
    scim.delete(f"/scim/v2/Groups/{group}")
    assert roles(parts, boss) == {"admin"}


def test_a_deleted_user_is_a_closed_account(parts: Services, scim: TestClient) -> None:
    """The audit log and requests name it."""
    number = made(scim)

    assert scim.delete(f"/scim/v2/Users/{number}").status_code == 204
    assert scim.get(f"/scim/v2/Users/{number}").json()["active"] is False
    assert parts.staff.accounts.get(int(number)).disabled


def test_a_name_stands_once(scim: TestClient) -> None:
    """409 with the keyword by which directories know it."""
    made(scim)
    group_of(scim, "support")

    again = [
        scim.post("/scim/v2/Users", json=OKTA_USER),
        scim.post("/scim/v2/Groups", json={"schemas": [GROUP], "displayName": "support"}),
    ]  # fmt: skip

    assert [(answer.status_code, answer.json()["scimType"]) for answer in again] == [(409, "uniqueness")] * 2


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", f"Basic {TOKEN}"])
def test_without_the_token_nothing_opens(scim: TestClient, authorization: str) -> None:
    """Not even what the service can do."""
    for place in ("Users", "Groups", "ServiceProviderConfig"):
        answer = scim.get(f"/scim/v2/{place}", headers={"Authorization": authorization})
        assert (answer.status_code, answer.json()["status"]) == (401, "401")


def test_without_the_setting_there_is_no_such_address(web: TestClient) -> None:
    """Also with a token."""
    assert web.get("/scim/v2/Users", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "place", "body", "scim_type"),
    [
        ("POST", "Users", {"schemas": [USER]}, "invalidValue"),
        ("POST", "Users", {"schemas": [USER], "userName": "no address"}, "invalidValue"),
        ("POST", "Users", [1], "invalidSyntax"),
        ("GET", 'Users?filter=userName eqq "x"', None, "invalidFilter"),
        ("GET", "Users?startIndex=x", None, "invalidValue"),
        ("POST", "Groups", {"schemas": [GROUP], "displayName": "x", "members": [{"value": "999"}]}, "invalidValue"),
        ("POST", "Groups", {"schemas": [GROUP], "displayName": "x", "members": [{"value": "one"}]}, "invalidValue"),
    ],
)
def test_what_is_not_understood_says_so_with_scims_keyword(
    scim: TestClient, method: str, place: str, body: Any, scim_type: str
) -> None:
    """And repeats nothing."""
    answer = scim.request(method, f"/scim/v2/{place}", json=body)

    assert (answer.status_code, answer.json()["scimType"]) == (400, scim_type)
    assert answer.headers["content-type"] == "application/scim+json"
    assert "no address" not in answer.text


@pytest.mark.parametrize("place", ["Users/999", "Users/x", "Groups/999", "Schemas/x", "ResourceTypes/x"])
def test_what_does_not_exist_is_404(scim: TestClient, place: str) -> None:
    """As an Error of SCIM's."""
    answer = scim.get(f"/scim/v2/{place}")

    assert (answer.status_code, answer.json()["schemas"]) == (404, ["urn:ietf:params:scim:api:messages:2.0:Error"])


def test_lists_come_in_pages_and_without_what_is_not_wanted(scim: TestClient) -> None:
    """Entra asks for groups without their members."""
    group_of(scim, "support", made(scim))

    page = scim.get("/scim/v2/Users", params={"startIndex": 2, "count": 1}).json()
    bare = scim.get("/scim/v2/Groups", params={"excludedAttributes": "members", "filter": 'displayName eq "support"'}).json()

    assert (page["totalResults"], page["startIndex"]) == (2, 2)
    assert [one["userName"] for one in page["Resources"]] == ["ada@acme.example"]
    assert "members" not in bare["Resources"][0]


def test_the_service_says_what_it_does(scim: TestClient) -> None:
    """Patch and filters, no bulk; users and groups, with their schemas."""
    config = scim.get("/scim/v2/ServiceProviderConfig").json()
    types = scim.get("/scim/v2/ResourceTypes").json()["Resources"]
    described = scim.get("/scim/v2/Schemas").json()["Resources"]

    assert (config["patch"]["supported"], config["filter"]["supported"], config["bulk"]["supported"]) == (True, True, False)
    assert [one["endpoint"] for one in types] == ["/Users", "/Groups"]
    assert [one["id"] for one in described] == [USER, GROUP]
    assert scim.get(f"/scim/v2/Schemas/{USER}").json()["name"] == "User"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace", "remove", "x"])},
    optional={"path": st.sampled_from(["active", "name", "emails", 'emails[type eq "x"]', "groups", "id", "x y"]), "value": JSON},
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operation=OPERATIONS)
def test_a_patch_of_any_shape_is_done_or_refused(scim: TestClient, operation: dict[str, Any]) -> None:
    """Never with a server error."""
    found = scim.get("/scim/v2/Users", params={"filter": 'userName eq "ada@acme.example"'}).json()
    number = found["Resources"][0]["id"] if found["Resources"] else made(scim)

    assert scim.patch(f"/scim/v2/Users/{number}", json=patch(operation)).status_code in {200, 400}
