"""Files in a real browser: put to a request and sent by staff, and got by the requester on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.tickets.models import FileLinkRow, IdentityCodeRow, TicketRow
from tests.browsers import faults_of, screenshots, sticks_out
from tests.candor.console.browser.conftest import DESKTOP, PHONE, SignedIn, Site, pictures
from tests.candor.console.opened_requests import events, opened, row

PDF = b"%PDF-1.7\n" + b"their data " * 5000
CLICKS = "window.clicks = 0; addEventListener('click', (event) => { if (event.isTrusted) counted(); }, true);"


def clean(page: Page) -> None:
    assert (faults_of(page), sticks_out(page)) == ([], 0)


def ready(page: Page) -> None:
    """The page's script has run: what it enhances is enhanced."""
    expect(page.locator("[data-upload-button]")).to_be_hidden()


class Clicks:
    """Counts what a person clicks, over all pages."""

    def __init__(self, page: Page) -> None:
        self.n = 0
        page.expose_function("counted", self.count)
        page.add_init_script(CLICKS)

    def count(self) -> None:
        self.n += 1


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A copy of somebody's data, and a program under the name of one."""
    made = [tmp_path / "Copy of your data.pdf", tmp_path / "invoice.pdf", tmp_path / "orders.csv"]
    for path, content in zip(made, (PDF, b"MZ\x90\x00" + bytes(500), b"day;what\n1;2\n"), strict=True):
        path.write_bytes(content)
    return made


def code_of(site: Site, number: str) -> str:
    """The code that the newest mail says."""
    with Session(site.parts.engine) as session:
        ticket = session.scalars(select(TicketRow).where(TicketRow.number == number)).one()
        codes = select(IdentityCodeRow).where(IdentityCodeRow.ticket_id == ticket.id).order_by(IdentityCodeRow.id.desc())
        code = session.scalars(codes).first()
        assert code
        return site.parts.cipher.code_again(code.nonce, ticket.id, code.code_hash) or ""


def link_of(site: Site, number: str) -> str:
    with Session(site.parts.engine) as session:
        query = select(FileLinkRow.token).join(TicketRow).where(TicketRow.number == number).order_by(FileLinkRow.id.desc())
        token = session.scalars(query).first()
        assert token
        return f"{site.url}/files/{site.parts.cipher.decrypt(token)}"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_request_is_completed_with_files_in_six_clicks(
    page_of: SignedIn, site: Site, files: list[Path], size: dict[str, int]
) -> None:
    """From home: requests, the request, complete, choose, see the letter, send."""
    name = "phone" if size is PHONE else "desk"
    number = opened(site.parts, request_type="access", email=f"files.{name}@example.com", days_ago=60)
    page = page_of("agent", size=size)
    clicks = Clicks(page)
    page.goto(f"{site.console}/")

    page.get_by_role("navigation", name="Console").get_by_role("link", name=re.compile("^Requests")).click()
    page.get_by_role("link", name=number).click()
    page.get_by_role("link", name="Complete", exact=True).click()
    ready(page)
    page.keyboard.type("Here is the copy that you asked for.")
    with page.expect_file_chooser() as chosen:
        page.get_by_label("Add files").click()
    chosen.value.set_files([files[0], files[2]])
    expect(page.get_by_label("Copy of your data.pdf")).to_be_checked()
    clean(page)
    pictures(page, f"files-complete-{name}")
    page.get_by_role("button", name="See the letter").click()
    expect(page.get_by_role("article", name="The letter")).to_contain_text("- Copy of your data.pdf (PDF, 55 KB)")
    pictures(page, f"files-letter-{name}")
    page.get_by_role("button", name="Complete and send").click()
    expect(page.get_by_text("Completed.")).to_be_visible()

    assert clicks.n <= 6
    assert row(site.parts, number).status == "completed"
    clean(page)
    pictures(page, f"files-completed-{name}")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_request_is_refused_with_grounds_in_five_clicks(page_of: SignedIn, site: Site, size: dict[str, int]) -> None:
    """From home: the request, refuse, the ground, see the letter, send; the words are typed after the ground."""
    name = "phone" if size is PHONE else "desk"
    number = opened(site.parts, email=f"refused.{name}@example.com", days_ago=400 if size is PHONE else 401)
    page = page_of("agent", size=size)
    clicks = Clicks(page)
    page.goto(f"{site.console}/")

    page.locator(f"#request-{number}-open").click()
    page.get_by_role("link", name="Refuse", exact=True).click()
    ready(page)
    ground = page.get_by_role("radio", name=re.compile("We must keep these data to meet a legal obligation"))
    ground.click()
    box = page.get_by_label("What does that mean here?")
    while not box.evaluate("box => box === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("Tax law asks us to keep your invoices for ten years.")
    page.get_by_role("button", name="See the letter").click()
    expect(page.get_by_role("article", name="The letter")).to_contain_text("the data protection authority")
    page.get_by_role("button", name="Refuse and send").click()
    expect(page.get_by_text("Refused.").first).to_be_visible()

    assert clicks.n <= 5
    assert row(site.parts, number).status == "refused"
    clean(page)


def test_what_is_refused_is_said_where_it_was_chosen(page_of: SignedIn, site: Site, files: list[Path]) -> None:
    """The words that were typed stay; a file that is too large is not even sent."""
    number = opened(site.parts, request_type="access")
    page = page_of("agent")
    page.goto(f"{site.console}/requests/{number}/complete")
    ready(page)
    page.get_by_label("What was done?").fill("My words.")

    page.get_by_label("Add files").set_input_files(files[1])

    expect(page.get_by_role("alert")).to_contain_text(
        "“invoice.pdf” is no PDF file, though its name says so: it looks like a program"
    )
    expect(page.get_by_label("What was done?")).to_have_value("My words.")
    pictures(page, "files-refused-desk")
    page.locator("form[data-upload]").evaluate("form => { form.dataset.largest = '1000'; }")
    page.get_by_label("Add files").set_input_files(files[0])
    expect(page.get_by_text("“Copy of your data.pdf” is larger than 100 MB")).to_be_visible()
    assert site.parts.requests.files.of(number) == ()
    page.get_by_role("button", name="Add what Candor holds").click()
    expect(page.get_by_label(f"candor-{number}.json")).to_be_checked()
    page.get_by_role("button", name=f"candor-{number}.json").click()
    expect(page.get_by_label(f"candor-{number}.json")).to_have_count(0)
    expect(page.get_by_label(f"candor-{number}.csv")).to_be_checked()
    clean(page)


@pytest.mark.parametrize(
    ("size", "dark", "name"), [(PHONE, False, "phone"), (PHONE, True, "phone-dark"), (DESKTOP, False, "desk")]
)  # fmt: skip
def test_a_requester_gets_their_files(browser: Browser, site: Site, size: dict[str, int], name: str, *, dark: bool) -> None:
    """The link, a wrong code, the right one, the download, and the end of the link; no script is needed."""
    number = opened(site.parts, request_type="access", email=f"got.{name}@example.com")
    parts = site.parts.requests
    ids = [parts.files.add(number, file, PDF, "staff:bo") for file in ("Copy of your data.pdf", "All of your letters, 2026.pdf")]
    parts.staff_desk.complete(number, "Here it is.", "staff:bo", files=ids)
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme="dark" if dark else "light",
        java_script_enabled=name != "phone",
        accept_downloads=True,
    )
    page = context.new_page()

    def kept(what: str) -> None:
        page.screenshot(path=screenshots() / f"files-page-{what}-{name}.png", full_page=True)
        if name != "phone":
            clean(page)

    page.goto(link_of(site, number))
    expect(page.get_by_text("Copy of your data")).to_have_count(0)
    kept("closed")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Your code")).to_be_visible()
    kept("code")
    page.get_by_label("Your code").fill("000 000" if code_of(site, number) != "000000" else "111111")
    page.get_by_role("button", name="Open my files").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not the code")
    kept("wrong")
    page.get_by_label("Your code").fill(code_of(site, number))
    page.get_by_role("button", name="Open my files").click()
    expect(page.get_by_text("All of your letters")).to_be_visible()
    kept("open")
    with page.expect_download() as got:
        page.get_by_role("link", name="Copy of your data.pdf").click()
    assert got.value.path().read_bytes() == PDF
    assert got.value.suggested_filename == "Copy of your data.pdf"
    assert events(site.parts, number)[-1] == "files_downloaded"
    parts.files.take_back(number, parts.files.links(number)[0].id, "staff:bo")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("These files are not here any more")
    kept("ended")
    context.close()
