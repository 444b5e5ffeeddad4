"""Sign-in at the company's own provider, through the whole dance, against a real one on loopback."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr, ValidationError

from candor.accounts.oidc import NotProvenError, OidcProvider, ProviderDownError, subject_of
from candor.accounts.roles import Grant
from candor.app.supervisor import free_port
from candor.app.web import make_app
from candor.console.people import invitations
from candor.services import Services
from candor.settings import ROOT, Settings
from knowledge.catalogue import PolicyCatalogue
from tests.candor.console.conftest import CONSOLE
from tests.candor.console.sign_in.test_sign_in import PASSWORD
from tests.fakes import FakeRasa
from tests.receivers import answering

PEOPLE = (
    {"sub": "ada-1", "email": "Ada@Acme.example", "email_verified": True},
    {"sub": "eve-1", "email": "ada@acme.example", "email_verified": False},
    {"sub": "new-1", "email": "new@acme.example", "email_verified": True},
    {"sub": "ada-2", "email": "ada@acme.example", "email_verified": True},
)


@contextmanager
def running_provider() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A real OpenID provider in a process of its own; its address."""
    port = free_port()
    people = [part for person in PEOPLE for part in ("--user-claims", json.dumps(person))]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *people],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 120
    try:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                httpx.get(f"{url}/.well-known/openid-configuration", trust_env=False)
            except httpx.HTTPError:
                time.sleep(0.2)
            else:
                break
        yield url, process
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with running_provider() as (url, _):
        yield url


Company = Callable[..., tuple[TestClient, Services]]


@pytest.fixture
def company(tmp_path: Path, policies: Path, catalogue: PolicyCatalogue) -> Iterator[Company]:
    """A company whose staff sign in at a provider, with an account for Ada."""
    made: list[Services] = []

    def set_up(issuer: str, **others: Any) -> tuple[TestClient, Services]:
        settings = Settings(
            var_dir=tmp_path / f"var{len(made)}", policies_dir=policies, secret_key=SecretStr("a secret"), database_url="",
            actions_port=1, oidc_issuer=issuer, oidc_client_id="candor", oidc_client_secret=SecretStr("shh"), _env_file=None,
            **others,
        )  # type: ignore[call-arg]  # fmt: skip
        parts = Services(settings)
        parts.knowledge.catalogue = catalogue
        parts.staff.accounts.add("ada@acme.example", "Ada", [Grant("admin")])
        made.append(parts)
        client = TestClient(
            make_app(parts, FakeRasa()), base_url=f"{CONSOLE}/", raise_server_exceptions=False, follow_redirects=False
        )
        return client, parts

    yield set_up
    for parts in made:
        parts.engine.dispose()


def went(client: TestClient, subject: str, next: str = "", **changed: str) -> str:
    """Follow the link, sign in at the provider as `subject`, and give the address that it leads back to."""
    begun = client.get(f"elsewhere?next={next}")
    at = urlsplit(begun.headers["location"])
    query = dict(parse_qsl(at.query)) | changed
    page = at._replace(query=urlencode(query)).geturl()
    answer = httpx.post(page, data={"sub": subject}, trust_env=False)
    return str(answer.headers["location"])


def dance(client: TestClient, subject: str, next: str = "", **changed: str) -> Any:
    return client.get(went(client, subject, next, **changed))


def test_the_way_there_is_bound_to_this_browser_by_state_nonce_and_pkce(company: Company, provider: str) -> None:
    """Fresh ones each time; the browser keeps them sealed."""
    client, _ = company(provider)

    first, second = (client.get("elsewhere") for _ in range(2))
    asked, other = (parse_qs(urlsplit(answer.headers["location"]).query) for answer in (first, second))

    assert asked["redirect_uri"] == ["http://testserver/console/elsewhere/back"]
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert all(len(asked[name][0]) > 30 and asked[name] != other[name] for name in ("state", "nonce", "code_challenge"))
    cookie = first.headers["set-cookie"]
    assert all(part in cookie.lower() for part in ("httponly", "samesite=lax", "max-age=600", "path=/console/elsewhere"))
    assert asked["nonce"][0] not in cookie


def test_a_verified_address_finds_the_account_once_and_then_the_subject_does(company: Company, provider: str) -> None:
    """The page that was wanted comes after it; a change of address at our side does not matter any more."""
    client, parts = company(provider)

    entered = dance(client, "ada-1", "/console/me")
    page = client.get("me").text
    ada = parts.staff.accounts.find("ada@acme.example")
    assert ada is not None
    again = dance(client, "ada-1")

    assert (entered.status_code, entered.headers["location"], again.status_code) == (303, "/console/me", 303)
    assert ("company account" in page, ada.elsewhere, ada.has_password) == (True, True, False)
    assert parts.staff.accounts.by_subject(f"{provider} ada-1") == ada
    done = [(entry.action, entry.details.get("means")) for entry in reversed(parts.staff.audit.entries())]
    assert done == [("account.link", None), ("session.begin", "oidc"), ("session.begin", "oidc")]


@pytest.mark.parametrize(("subject", "why"), [("eve-1", "unverified"), ("new-1", "no account"), ("ada-2", "another person")])
def test_who_can_sign_in_there_but_has_no_account_here_stays_outside(
    company: Company, provider: str, subject: str, why: str
) -> None:
    """The page says so plainly; nobody makes an account by coming along, or takes one over."""
    client, parts = company(provider)
    dance(client, "ada-1")
    client.cookies.clear()
    before = parts.staff.accounts.all()

    refused = dance(client, subject)

    assert (refused.status_code, "no open account for you here" in refused.text) == (403, True)
    assert (client.get("./").status_code, parts.staff.accounts.all()) == (303, before)
    assert parts.staff.audit.entries()[0].action == "session.refused"


GROUPS = {"oidc_groups_claim": "groups", "group_roles": "privacy=privacy_officer; support=agent:acme, reviewer:acme"}


def in_groups(provider: str, *groups: str) -> None:
    """Ada's groups at the provider, from now on."""
    claims = {"email": "ada@acme.example", "email_verified": True, "groups": list(groups)}
    httpx.put(f"{provider}/users/ada-3", json=claims, trust_env=False).raise_for_status()


def test_roles_follow_the_providers_groups_at_each_sign_in(company: Company, provider: str) -> None:
    """Given, changed and taken away; without a role nobody comes in, and what was open shows nothing more."""
    client, parts = company(provider, **GROUPS)
    parts.staff.accounts.add("boss@acme.example", "Boss", [Grant("admin")], PASSWORD)
    roles = []

    for groups in (("privacy", "golf"), ("support",), ()):
        in_groups(provider, *groups)
        answer = dance(client, "ada-3")
        ada = parts.staff.accounts.find("ada@acme.example")
        assert ada is not None
        roles.append((answer.status_code, set(ada.grants)))

    assert roles == [
        (303, {Grant("privacy_officer")}), (303, {Grant("agent", "acme"), Grant("reviewer", "acme")}), (403, set()),
    ]  # fmt: skip
    assert client.get("conversations").status_code == 403
    noted = [entry.details["source"] for entry in parts.staff.audit.entries(action="account.roles")]
    assert noted == ["oidc"] * 3


def test_without_the_claim_in_the_settings_groups_change_nothing(company: Company, provider: str) -> None:
    """Roles are those that were given here."""
    client, parts = company(provider)
    in_groups(provider, "support")

    assert dance(client, "ada-3").status_code == 303
    ada = parts.staff.accounts.find("ada@acme.example")
    assert ada is not None
    assert ada.grants == (Grant("admin"),)


def test_a_disabled_account_stays_closed(company: Company, provider: str) -> None:
    """Also for whoever came in there before."""
    client, parts = company(provider)
    parts.staff.accounts.add("boss@acme.example", "Boss", [Grant("admin")], PASSWORD)
    dance(client, "ada-1")
    ada = parts.staff.accounts.find("ada@acme.example")
    assert ada is not None
    parts.staff.accounts.disable(ada.id)

    assert (dance(client, "ada-1").status_code, client.get("./").status_code) == (403, 303)


def test_what_was_not_made_for_this_sign_in_is_refused(company: Company, provider: str) -> None:
    """Another nonce, another state, a code that was used, no code, and a browser that began nothing."""
    client, _ = company(provider)
    back = went(client, "ada-1")
    other_state = back.replace("state=", "state=x")

    answers = [dance(client, "ada-1", nonce="another"), dance(client, "ada-1", state="another"), client.get(other_state)]
    good = went(client, "ada-1")
    stranger = TestClient(client.app, base_url=f"{CONSOLE}/", follow_redirects=False)
    answers += [stranger.get(good), client.get(good.replace("code=", "code=x")), client.get("elsewhere/back?error=access_denied")]

    assert [answer.status_code for answer in answers] == [401] * 6
    assert all("Please try once more" in answer.text for answer in answers)
    assert client.get("./").status_code == 303


def test_a_provider_that_does_not_answer_is_a_clear_page(company: Company) -> None:
    """Before the way there, and on the way back; passwords go on working."""
    with running_provider() as (url, process):
        client, parts = company(url)
        back = went(client, "ada-1")
        process.terminate()
        process.wait(30)
        half = client.get(back)
    later, _ = company(url)
    parts.staff.accounts.add("bea@acme.example", "Bea", [Grant("agent")], PASSWORD)

    answers = [half, later.get("elsewhere")]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("does not answer right now" in answer.text for answer in answers)
    assert client.post("sign-in", data={"email": "bea@acme.example", "password": PASSWORD}).status_code == 303


def test_a_provider_with_another_name_than_ours_is_not_believed(company: Company, provider: str) -> None:
    """Its configuration must name the issuer that was set."""
    client, _ = company(provider.replace("127.0.0.1", "localhost") + "/realm")

    assert client.get("elsewhere").status_code == 503


def test_passwords_can_be_switched_off_where_there_is_a_provider(company: Company, provider: str) -> None:
    """Then no field asks for one, and the right one opens nothing."""
    client, parts = company(provider, console_passwords=False, oidc_name="Acme login")
    parts.staff.accounts.add("bea@acme.example", "Bea", [Grant("agent")], PASSWORD)

    invited = parts.staff.sealed_tokens.make(invitations.PURPOSE, account=1, stamp=0)

    page, welcome = client.get("sign-in").text, client.get(f"welcome?token={invited}")
    refused = client.post("sign-in", data={"email": "bea@acme.example", "password": PASSWORD})

    assert ("Sign in with Acme login" in page, 'type="password"' in page) == (True, False)
    assert (refused.status_code, welcome.status_code, client.get("./").status_code) == (403, 404, 303)


@pytest.mark.parametrize("subject", ["", 7, "ada\x1b[2J\n2026-01-15 ERROR candor: all is lost", "a" * 256, None])
def test_a_name_that_no_provider_may_give_is_refused(subject: object) -> None:
    """Cut off, two people would be one; written as it is, it would forge a line."""
    with pytest.raises(NotProvenError, match="as the standard forbids"):
        subject_of("https://login.example", subject)


def test_long_names_stay_apart() -> None:
    """The database keeps 300 characters of issuer and name together."""
    names = {subject_of(f"https://login.example/{'realm' * 12}", "a" * 254 + last) for last in "xy"}

    assert len(names) == 2
    assert all(len(name) <= 300 for name in names)


def test_claims_of_any_length_and_letters_reach_neither_log_nor_page(
    company: Company, provider: str, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    """Whoever may write their own profile at the provider writes claims."""
    client, parts = company(provider, **GROUPS)
    odd = "ada\x1b[2J\r\n@acme.example"
    claims = {"email_verified": True, "groups": [odd, *(f"{n}{odd}" for n in range(2000))]}
    texts = []

    for email in (odd, "a" * 100_000 + "@acme.example"):
        httpx.put(f"{provider}/users/odd-1", json=claims | {"email": email}, trust_env=False).raise_for_status()
        answer = dance(client, "odd-1")
        assert answer.status_code in {401, 403}
        texts.append(answer.text)
    texts.append(client.get("elsewhere/back?error=x%1b%5b2J&error_description=%0aall+is+lost" + "a" * 5000).text)

    noted = [f"{entry.subject} {entry.details}" for entry in parts.staff.audit.entries()]
    assert not [text for text in (*texts, *noted, caplog.text) if "\x1b" in text or "all is lost" in text or "aaaaaaaaa" in text]


@pytest.mark.parametrize("packed", [True, False])
def test_a_provider_that_answers_at_length_is_one_that_does_not_answer(packed: bool) -> None:
    """Two megabytes are read no further than one; what is compressed is not unpacked, however little it is."""
    body = b'{"issuer": "' + b"a" * 2_000_000 + b'"}'
    head = b"HTTP/1.1 200 OK\r\n" + b"Content-Encoding: gzip\r\n" * packed + b"\r\n"
    reply = head + (gzip.compress(body) if packed else body)
    with answering(reply) as url, pytest.raises(ProviderDownError, match="ReplyTooLargeError"):
        OidcProvider(url, "candor").begin("http://testserver/back")


@pytest.mark.parametrize("given", [
    {"console_passwords": False}, {"oidc_issuer": "https://login.example"}, {"oidc_client_id": "candor"},
    {"oidc_issuer": "http://login.example", "oidc_client_id": "candor"},
])  # fmt: skip
def test_half_a_provider_is_refused_at_the_start(given: dict[str, Any]) -> None:
    """Better than a sign-in page that lets nobody in."""
    with pytest.raises(ValidationError):
        Settings(_env_file=None, **given)  # type: ignore[call-arg]
