"""The first page and the policy pages: the stored text, every character of it, and nothing that runs."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from candor.app.web import make_app
from candor.channels.web.pages import page_blocks
from candor.services import Services
from candor.settings import ROOT, Settings
from knowledge.catalogue import PolicyCatalogue
from knowledge.documents import read_document
from knowledge.ingestion import ingest
from tests.fakes import FakeEncoder, FakeRasa

HOSTILE = """<script>alert(1)</script> Policy

1. What "We" <b>Collect</b> & Why

We collect <img src=x onerror=alert(2)> and {{ 7 * 7 }} and &lt;escaped&gt; text.

2. Retention

We keep for:

  • "><script>alert(3)</script>
  • {% raw %} one year
"""


class Page(HTMLParser):
    """What a browser would make of a page: the texts at their offsets, the scripts, the links."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: dict[int, str] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._at: int | None = None
        self._tag = ""
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))  # as a browser reads it, before all else

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append((tag, told))
        if told.get("data-start"):
            self._at, self._tag = int(told["data-start"] or 0), tag
            self.shown[self._at] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self._tag:
            self._at, self._tag = None, ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._at is not None:
            self.shown[self._at] += data


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[TestClient]:
    """A company whose every word is an attack."""
    folder = tmp_path / "bad" / "mallory"
    folder.mkdir(parents=True)
    (folder / "company.toml").write_text(
        'name = "<script>alert(4)</script>"\ncontact = "javascript:alert(5)"\nwebsite = "javascript:alert(6)"\n'
    )
    (folder / "undated.txt").write_text(HOSTILE)
    ingest(tmp_path / "bad", tmp_path / "bad-index", FakeEncoder, FakeEncoder.id, lambda _: None)
    parts = Services(Settings(var_dir=tmp_path / "var", secret_key=SecretStr("a secret"), database_url=""))
    parts.knowledge.catalogue = PolicyCatalogue(tmp_path / "bad-index", FakeEncoder.id)
    with TestClient(make_app(parts, FakeRasa())) as client:
        yield client
    parts.engine.dispose()


def test_the_first_page_lists_the_companies(web: TestClient) -> None:
    """By name, each with a plain link to its chat."""
    page = Page(web.get("/").text)

    listed = {told["href"] for tag, told in page.tags if (told.get("data-testid") or "").startswith("company-")}
    assert listed == {"/chat/acme", "/chat/globex"}
    assert "Acme" in page.text
    assert "Globex" in page.text


def test_of_many_companies_the_first_page_shows_some_and_searches(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of ten thousand would be four megabytes. Where there are few there is nothing to search."""
    few = web.get("/").text
    monkeypatch.setattr("candor.channels.web.pages.SHOWN", 1)

    many, found, none = (web.get("/", params=given).text for given in ({}, {"q": "globex"}, {"q": '"><b>'}))

    assert [page.count('data-testid="company-') for page in (few, many, found, none)] == [2, 1, 1, 0]
    assert ['role="search"' in page for page in (few, many, found, none)] == [False, True, True, True]
    assert "company-globex" in found
    assert "No company is called so." in none
    assert '"><b>' not in none


def test_a_company_in_the_address_leads_to_its_chat(web: TestClient) -> None:
    """Links to the first page from before the chat had an address of its own stay good."""
    answer = web.get("/", params={"company": "acme"}, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (307, "/chat/acme")


@pytest.mark.parametrize("asked", ["nosuch", '"><script>alert(1)</script>', "//evil.example"])
def test_a_company_that_is_not_there_leads_nowhere(web: TestClient, asked: str) -> None:
    """What else stands in the address gets neither into the page nor into a redirect."""
    answer = web.get("/", params={"company": asked}, follow_redirects=False)

    assert answer.status_code == 200
    assert "alert" not in answer.text


@pytest.mark.parametrize(("company", "version"), [("acme", "2026-01-15"), ("globex", "undated")])
def test_each_text_on_a_policy_page_stands_at_its_offset(
    web: TestClient, catalogue: PolicyCatalogue, company: str, version: str
) -> None:
    """Citations point at characters of the stored text; the page must show the same ones, all of them."""
    text = catalogue.document(company, version).text

    answer = web.get(f"/policies/{company}/{version}")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    shown = Page(answer.text).shown
    assert all(text[start : start + len(piece)] == piece for start, piece in shown.items())
    assert_all_shown(text, shown)


def assert_all_shown(text: str, shown: dict[int, str]) -> None:
    """No word of the text is missing, but for bullets and numbers, which are marks of a list."""
    seen = bytearray(len(text))
    for start, piece in shown.items():
        seen[start : start + len(piece)] = b"x" * len(piece)
    left = "".join(letter for letter, mark in zip(text, seen, strict=True) if not mark)
    assert not any(letter.isalpha() for letter in left)


@pytest.mark.parametrize("path", sorted((ROOT / "policies").glob("*/*.txt")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_blocks_of_our_own_policies_show_all_of_their_text(path: Path) -> None:
    """Whatever these five do with indents, lists and numbers."""
    document = read_document(path, company=path.parent.name, policy="Privacy Policy")
    shown: dict[int, str] = {}

    for block in page_blocks(document):
        pieces = [block["lead_in"], *block["items"]] if block["kind"] == "list" else [block]
        shown.update({piece["start"]: piece["text"] for piece in pieces if piece})

    assert all(document.text[start : start + len(piece)] == piece for start, piece in shown.items())
    assert_all_shown(document.text, shown)


def test_the_printed_numbers_of_a_list_are_shown(tmp_path: Path, policies: Path, parts: Services) -> None:
    """Beside the text of each item, which stands at its offset; the text refers to them."""
    page = "<h1>Privacy</h1><p>We keep:</p><ol type='a'><li>your bills</li><li>your orders</li></ol>"
    (policies / "acme" / "2027-01-15.html").write_text(page, encoding="utf-8")
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)

    with TestClient(make_app(parts, FakeRasa())) as client:
        shown = Page(client.get("/policies/acme/2027-01-15").text)

    text = parts.knowledge.catalogue.document("acme", "2027-01-15").text
    assert all(text.startswith(words, start) for start, words in shown.shown.items())
    assert "a. your bills" in " ".join(shown.text.split())


def test_a_retired_version_still_has_its_page(tmp_path: Path, policies: Path, web: TestClient) -> None:
    """Its file is gone; what was quoted from it can be looked up, and it says that it is not the current one."""
    (policies / "acme" / "2027-01-15.txt").write_text("1. Selling\n\nWe never sell at all.\n", encoding="utf-8")
    (policies / "acme" / "2026-01-15.txt").unlink()
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)

    page = web.get("/policies/acme/2026-01-15")

    assert page.status_code == 200
    assert "ten years where tax law says so" in page.text
    assert "This is not the current version" in page.text


def test_a_hostile_policy_is_text_and_nothing_else(hostile: TestClient) -> None:
    """No tag, no script, no template of its own: it is shown as it was written."""
    answer = hostile.get("/policies/mallory/undated")
    page = Page(answer.text)

    assert [told.get("src") for tag, told in page.tags if tag == "script"] == ["/static/policy.js"]
    assert "img" not in {tag for tag, _ in page.tags}
    assert not any(name.startswith("on") for _, told in page.tags for name in told)
    assert all(HOSTILE[start : start + len(piece)] == piece for start, piece in page.shown.items())
    assert "We collect <img src=x onerror=alert(2)> and {{ 7 * 7 }} and &lt;escaped&gt; text." in page.shown.values()
    assert_all_shown(HOSTILE, page.shown)


def test_a_hostile_company_gets_no_link_or_script(hostile: TestClient) -> None:
    """Name, contact and website come from a file too."""
    for path in ("/", "/policies/mallory/undated"):
        page = Page(hostile.get(path).text)
        assert not [told for tag, told in page.tags if (told.get("href") or "").startswith("javascript")]
        assert {told.get("src") for tag, told in page.tags if tag == "script"} <= {"/static/policy.js"}
        assert "<script>alert(4)</script>" in page.text


def test_line_ends_and_spaces_are_shown_as_stored(tmp_path: Path, policies: Path, parts: Services) -> None:
    """A carriage return, a tab or a double space would shift every citation after it."""
    text = "Privacy Policy\r\n\r\n1. Selling\r\n\r\nWe  never\tsell\r\npersonal data.\r\n\r\nWe never rent it.\r\n"
    (policies / "acme" / "2026-02-01.txt").write_bytes(text.encode())
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)

    with TestClient(make_app(parts, FakeRasa())) as web:
        shown = Page(web.get("/policies/acme/2026-02-01").text).shown

    assert all(text[start : start + len(piece)] == piece for start, piece in shown.items())
    assert_all_shown(text, shown)


def test_a_policy_leads_to_its_newest_version(tmp_path: Path, policies: Path, web: TestClient) -> None:
    """A redirect, also after a new version has come in while the process runs."""
    before = web.get("/policies/acme")
    (policies / "acme" / "2026-02-01.txt").write_text("Privacy Policy\n\n1. Selling\n\nWe never sell personal data.\n")
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)
    after = web.get("/policies/acme")

    assert (before.status_code, before.headers["location"]) == (307, "/policies/acme/2026-01-15")
    assert (after.status_code, after.headers["location"]) == (307, "/policies/acme/2026-02-01")


def test_an_older_version_says_that_it_is_one(tmp_path: Path, policies: Path, web: TestClient) -> None:
    """A reader who follows an old citation sees where the current text is."""
    (policies / "acme" / "2026-02-01.txt").write_text("Privacy Policy\n\n1. Selling\n\nWe never sell personal data.\n")
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)

    older, current = (Page(web.get(f"/policies/acme/{version}").text) for version in ("2026-01-15", "2026-02-01"))

    assert "not the current version" in older.text
    assert "not the current version" not in current.text
    links = {told.get("href") for tag, told in current.tags if tag == "a"}
    assert {"/policies/acme/2026-01-15", "/policies/acme/2026-02-01"} <= links


@pytest.mark.parametrize(
    "path",
    [
        "/policies/nosuch",
        "/policies/nosuch/undated",
        "/policies/acme/2020-01-01",
        "/policies/acme/..%2Fcompany.toml",
        "/static/nosuch.js",
    ],
)
def test_what_is_not_there_is_not_found(web: TestClient, path: str) -> None:
    """404, and no file of ours behind a clever path."""
    answer = web.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "nosuch" not in answer.text
