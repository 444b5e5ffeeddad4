"""The launcher, the chat in a frame and the chat as a page, from a build such as Vite writes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from candor.app.web import make_app
from candor.channels.web.widget import SURFACE
from candor.services import Services
from candor.services.vite_build import NotBuiltError, ViteBuild
from candor.settings import Settings
from knowledge.ingestion import ingest
from tests.candor.channels.web.test_api import assert_problem
from tests.candor.channels.web.test_pages import Page
from tests.fakes import FakeEncoder, FakeRasa

MANIFEST = {
    "src/launcher.ts": {"file": "widget.js", "name": "launcher", "src": "src/launcher.ts", "isEntry": True},
    "src/surface.ts": {
        "file": "assets/surface-Ab12.js", "src": "src/surface.ts", "isEntry": True, "imports": ["_lit-Cd34.js"],
        "dynamicImports": ["src/texts/de.ts"], "css": ["assets/surface-Ef56.css"],
    },
    "_lit-Cd34.js": {"file": "assets/lit-Cd34.js", "name": "lit", "css": ["assets/lit-Gh78.css"]},
    "src/texts/de.ts": {"file": "assets/de-Ij90.js", "isDynamicEntry": True},
}  # fmt: skip


def build(folder: Path, manifest: dict[str, object] | None = None) -> None:
    """Write a build, each file with its own name as its content."""
    told = manifest or MANIFEST
    for entry in told.values():
        for name in (entry["file"], *entry.get("css", ())):  # type: ignore[index, attr-defined]
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"/* {name} */")
    (folder / ".vite").mkdir(exist_ok=True)
    (folder / ".vite" / "manifest.json").write_text(json.dumps(told))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "widget"


@pytest.fixture
def parts(parts: Services, folder: Path, policies: Path, tmp_path: Path) -> Services:
    """Acme may be framed by two sites of its own."""
    toml = policies / "acme" / "company.toml"
    toml.write_text(toml.read_text() + 'allowed_origins = ["https://acme.example", "http://localhost:3000"]\n')
    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)
    parts.settings = Settings(**{**parts.settings.model_dump(), "widget_dir": folder})
    return parts


@pytest.fixture
def built(parts: Services, rasa: FakeRasa, folder: Path) -> Iterator[TestClient]:
    build(folder)
    with TestClient(make_app(parts, rasa), raise_server_exceptions=False) as client:
        yield client


def framed_by(answer_policy: str) -> str:
    return next(part.strip() for part in answer_policy.split(";") if part.strip().startswith("frame-ancestors"))


def test_the_launcher_may_be_loaded_by_any_site(built: TestClient) -> None:
    """It keeps its name, so it is asked for again soon."""
    answer = built.get("/widget.js")

    assert answer.text == "/* widget.js */"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_hashed_files_are_kept_for_good(built: TestClient) -> None:
    """Their name changes with their content; nothing else of the build is served."""
    answer = built.get("/assets/surface-Ab12.js")

    assert answer.text == "/* assets/surface-Ab12.js */"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    for path in ("/assets/nosuch.js", "/assets/..%2F.vite%2Fmanifest.json", "/assets/"):
        assert_problem(built.get(path), 404)


@pytest.mark.parametrize(("path", "mode"), [("/embed/acme", "embed"), ("/chat/acme", "page")])
def test_the_page_loads_what_the_manifest_names(built: TestClient, path: str, mode: str) -> None:
    """Script, styles of all that it imports, and these imports at once; nothing that is loaded later."""
    page = Page(built.get(path).text)

    tags = page.tags
    assert [told["src"] for tag, told in tags if tag == "script"] == ["/assets/surface-Ab12.js"]
    links = {(told["rel"], told["href"]) for tag, told in tags if tag == "link"}
    assert links == {
        ("icon", "data:,"), ("modulepreload", "/assets/lit-Cd34.js"),
        ("stylesheet", "/assets/surface-Ef56.css"), ("stylesheet", "/assets/lit-Gh78.css"),
    }  # fmt: skip
    body = next(told for tag, told in tags if tag == "body")
    assert (body["data-mode"], body["data-company"]) == (mode, "acme")
    assert "candor-chat" in {tag for tag, _ in tags}
    assert "Acme" in page.text


@pytest.mark.parametrize(
    ("asked", "lang", "direction"),
    [("", "en", "ltr"), ("de", "de", "ltr"), ("ar", "ar", "rtl"), ("he-IL", "he-IL", "rtl"), ('"><script>', "en", "ltr")],
)
def test_the_language_comes_from_the_address(built: TestClient, asked: str, lang: str, direction: str) -> None:
    """And with it the side on which lines begin; what is no language is none."""
    page = Page(built.get("/chat/acme", params={"lang": asked} if asked else {}).text)

    html = next(told for tag, told in page.tags if tag == "html")
    assert (html["lang"], html["dir"]) == (lang, direction)


def test_only_the_companys_own_sites_frame_its_chat(built: TestClient) -> None:
    """And we ourselves; the chat as a page is framed by nobody, and another company's by its own sites."""
    embedded, page, other = (built.get(path) for path in ("/embed/acme", "/chat/acme", "/embed/globex"))

    policy = embedded.headers["content-security-policy"]
    assert framed_by(policy) == "frame-ancestors 'self' https://acme.example http://localhost:3000"
    assert framed_by(page.headers["content-security-policy"]) == "frame-ancestors 'none'"
    assert framed_by(other.headers["content-security-policy"]) == "frame-ancestors 'self'"
    assert "unsafe" not in policy
    assert embedded.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/embed/nosuch", "/chat/nosuch"])
def test_an_unknown_company_has_no_chat(built: TestClient, path: str) -> None:
    """404, without repeating the name."""
    assert "nosuch" not in str(assert_problem(built.get(path), 404))


@pytest.mark.parametrize("path", ["/widget.js", "/embed/acme", "/chat/acme"])
def test_a_widget_that_was_not_built_says_so(parts: Services, rasa: FakeRasa, path: str) -> None:
    """503 with the cure, not a page that stays empty."""
    with TestClient(make_app(parts, rasa)) as client:
        assert "make setup" in assert_problem(client.get(path), 503)["detail"]
        assert_problem(client.get("/assets/surface-Ab12.js"), 404)


def test_a_new_build_is_served_without_a_restart(built: TestClient, folder: Path) -> None:
    """Set-up may build it while Candor runs."""
    built.get("/chat/acme")
    later = {**MANIFEST, "src/surface.ts": {"file": "assets/surface-Zz99.js", "css": []}}
    build(folder, later)
    manifest = folder / ".vite" / "manifest.json"
    os.utime(manifest, ns=(0, manifest.stat().st_mtime_ns + 1_000_000_000))

    assert "/assets/surface-Zz99.js" in built.get("/chat/acme").text


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"src/surface.ts": {}}', '{"src/surface.ts": {"file": "assets/gone.js"}}'])
def test_a_broken_build_is_named_with_its_cure(folder: Path, broken: str) -> None:
    """Cut short, of another shape, or without the file that it names."""
    build(folder)
    (folder / ".vite" / "manifest.json").write_text(broken)

    with pytest.raises(NotBuiltError, match="make setup"):
        ViteBuild(folder).files(SURFACE)


def test_pages_and_scripts_are_compressed_and_the_api_is_not(built: TestClient, folder: Path) -> None:
    """A launcher of ten kilobytes is one only if it travels so; answers of the API could be guessed from their length."""
    (folder / "widget.js").write_text("/* the same again */\n" * 500)
    accepting = {"Accept-Encoding": "gzip"}

    script = built.get("/widget.js", headers=accepting)
    page = built.get("/policies/acme/2026-01-15", headers=accepting)
    data = built.get("/api/companies/acme/glance", headers=accepting)

    assert (script.headers["content-encoding"], page.headers["content-encoding"]) == ("gzip", "gzip")
    assert int(script.headers.get("content-length", 0)) < 1000
    assert script.text.count("the same again") == 500
    assert "content-encoding" not in data.headers
    assert "content-encoding" not in built.get("/widget.js", headers={"Accept-Encoding": "identity"}).headers
