"""The console over two small policies, with a Rasa that is not there; anybody may be signed in with any role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from candor.accounts.roles import Account, Grant, Role
from candor.accounts.sessions import csrf_of
from candor.app.web import make_app
from candor.console.deps import COOKIE
from candor.services import Services
from candor.settings import Settings
from knowledge.catalogue import PolicyCatalogue
from tests.fakes import FakeRasa

CONSOLE = "http://testserver/console"


class Desk(TestClient):
    """A browser in which somebody is signed in. `submit` posts a form as a page would, with the session's token."""

    account: Account
    csrf: str

    def submit(self, path: str, **fields: Any) -> Any:
        return self.post(path, data={"csrf": self.csrf, **fields})


SignIn = Callable[..., Desk]


@pytest.fixture
def parts(tmp_path: Path, policies: Path, catalogue: PolicyCatalogue) -> Iterator[Services]:
    """Real services over the two small policies."""
    made = Services(
        Settings(
            var_dir=tmp_path / "var",
            policies_dir=policies,
            secret_key=SecretStr("a secret"),
            database_url="",
            actions_port=1,
            _env_file=None,
        )  # type: ignore[call-arg]  # pydantic-settings' own parameter
    )
    made.knowledge.catalogue = catalogue
    yield made
    made.engine.dispose()


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def nobody(parts: Services, rasa: FakeRasa) -> Iterator[TestClient]:
    """A browser in which nobody is signed in; paths are those below /console."""
    with TestClient(
        make_app(parts, rasa), base_url=f"{CONSOLE}/", raise_server_exceptions=False, follow_redirects=False
    ) as client:
        yield client


@pytest.fixture
def sign_in(parts: Services, nobody: TestClient) -> SignIn:
    """Sign somebody in: sign_in("agent"), sign_in("reviewer", company="acme"), sign_in("agent", "reviewer", name="Bea")."""

    def enter(*roles: Role, company: str = "", name: str = "Ada") -> Desk:
        email = f"{re.sub(r'[^a-z]', '', name.lower())}@{company or 'all'}.example"
        grants = [Grant(role, company) for role in roles]
        account = parts.staff.accounts.find(email) or parts.staff.accounts.add(email, name, grants)
        desk = Desk(nobody.app, base_url=f"{CONSOLE}/", raise_server_exceptions=False, follow_redirects=False)
        key = parts.staff.sessions.begin(account, "password")
        desk.cookies.set(COOKIE, key, path="/console")
        desk.account, desk.csrf = account, csrf_of(key)
        return desk

    return enter
