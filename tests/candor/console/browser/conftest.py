"""The console in a real browser: a real server over two small policies, a Rasa that is not there, and one database a module.

Nothing here may be asynchronous: below Playwright's loop no asynchronous test can run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from pydantic import SecretStr

from candor.accounts.roles import Account, Grant, Role
from candor.app.supervisor import free_port
from candor.app.web import make_app
from candor.console.deps import COOKIE
from candor.conversations.handoff.live_chat import LiveChat
from candor.services import Services
from candor.settings import Settings
from knowledge.catalogue import PolicyCatalogue
from knowledge.ingestion import ingest
from tests.browsers import browser, faults_of, sticks_out
from tests.conftest import ACME, GLOBEX
from tests.fakes import FakeEncoder, FakeRasa, small_mapper

__all__ = ["browser"]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
expect.set_options(timeout=20_000)  # milliseconds; two cores run a browser and other tests


@dataclass(frozen=True)
class Site:
    """A running web application, and the parts that it runs on: what a test puts into the database is what its pages show."""

    url: str
    parts: Services
    rasa: FakeRasa
    persons: LiveChat  # the door's side for people of the company

    @property
    def console(self) -> str:
        return f"{self.url}/console"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The server."""
    folder = tmp_path_factory.mktemp("console")
    for company, version, text in (("acme", "2026-01-15", ACME), ("globex", "undated", GLOBEX)):
        (folder / "policies" / company).mkdir(parents=True)
        (folder / "policies" / company / "company.toml").write_text(
            f'name = "{company.title()}"\ncontact = "privacy@{company}.example"\nlaws = ["gdpr"]\n', encoding="utf-8"
        )
        (folder / "policies" / company / f"{version}.txt").write_text(text, encoding="utf-8")
    ingest(folder / "policies", folder / "index", FakeEncoder, FakeEncoder.id, lambda _: None, small_mapper())
    settings = Settings(
        var_dir=folder / "var", policies_dir=folder / "policies", secret_key=SecretStr("a secret"), database_url="",
        actions_port=1, web_port=free_port(), _env_file=None,
    )  # type: ignore[call-arg]  # fmt: skip
    parts = Services(settings)
    parts.knowledge.catalogue = PolicyCatalogue(folder / "index", FakeEncoder.id)
    rasa = FakeRasa()
    app = make_app(parts, rasa)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=settings.web_port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended before it began"
        time.sleep(0.05)
    yield Site(f"http://127.0.0.1:{settings.web_port}", parts, rasa, app.state.assistant.live_chat)
    server.should_exit = True
    thread.join()
    parts.engine.dispose()


def staff(parts: Services, *roles: Role, company: str = "", name: str = "Ada") -> Account:
    """An account with these roles, made where there is none."""
    email = f"{name.lower()}.{'.'.join(roles)}@{company or 'all'}.example".replace("_", "")
    return parts.staff.accounts.find(email) or parts.staff.accounts.add(email, name, [Grant(role, company) for role in roles])


SignedIn = Callable[..., Page]


@pytest.fixture
def page_of(browser: Browser, site: Site) -> Iterator[SignedIn]:
    """A page in which somebody is signed in: page_of("agent"), page_of("reviewer", company="acme", size=PHONE, dark=True)."""
    opened: list[BrowserContext] = []

    def enter(*roles: Role, company: str = "", name: str = "Ada", size: dict[str, int] = DESKTOP, dark: bool = False) -> Page:
        context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light", locale="en-GB", timezone_id="UTC")  # type: ignore[arg-type]
        opened.append(context)
        key = site.parts.staff.sessions.begin(staff(site.parts, *roles, company=company, name=name), "password")
        context.add_cookies([{"name": COOKIE, "value": key, "domain": "127.0.0.1", "path": "/console", "httpOnly": True}])
        return context.new_page()

    yield enter
    for context in opened:
        context.close()


LOOKS = {"desk": (DESKTOP, False), "desk-dark": (DESKTOP, True), "phone": (PHONE, False), "phone-dark": (PHONE, True)}


def faults_in_looks(page: Page, name: str) -> dict[str, tuple[list[str], int]]:
    """What axe finds, and what sticks out, on a desk and a phone, light and dark: empty where nothing does. Keeps pictures.

    The page is not loaded again for each look; afterwards it has its own size again, and is light.
    """
    found, own = {}, page.viewport_size or DESKTOP
    for look, (size, dark) in LOOKS.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="dark" if dark else "light")
        pictures(page, f"{name}-{look}")
        found[look] = faults_of(page), sticks_out(page)
    page.set_viewport_size(own)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    return {look: faults for look, faults in found.items() if faults != ([], 0)}


def pictures(page: Page, name: str) -> Path:
    """Keep a picture of the whole page; look at it."""
    from tests.browsers import screenshots

    path = screenshots() / f"console-{name}.png"
    try:
        page.screenshot(path=path, full_page=True)
    except Error:  # "Unable to capture screenshot": Chromium says so now and then of a page that is being drawn anew
        page.screenshot(path=path, full_page=True)
    return path
