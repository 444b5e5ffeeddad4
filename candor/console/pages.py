"""Pages from templates: the context that every page has, how times and names are written, and the page of an error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import StrictUndefined
from markupsafe import Markup

from candor.accounts.sessions import SignedIn
from candor.console.companies.choosing import LISTED, written
from candor.console.conversations.view import masked
from candor.console.deps import CSRF_FIELD, must_enrol, parts, who_is
from candor.console.layout.badges import NavigationCounts, navigation_counts
from candor.console.layout.open_page import open_page_of
from candor.console.navigation import Places, palette_for, places_for
from candor.console.places import FOLDER, SCRIPT
from candor.services.vite_build import NotBuiltError, PageFiles, ViteBuild

# Titles of error pages. HTTP's own names, such as "Unprocessable Entity", say nothing to staff.
TITLES = {
    403: "Not for your role", 404: "Not found", 409: "Something has changed meanwhile", 422: "That was not understood",
    429: "One moment", 503: "Not reachable right now",
}  # fmt: skip

templates = Jinja2Templates(Path(__file__).parent)
templates.env.undefined = StrictUndefined
templates.env.trim_blocks = templates.env.lstrip_blocks = True


def show(
    request: Request, template: str, context: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:  # fmt: skip
    """Render one page.

    Every template knows `who` (None before sign-in), `nav`, `here`, `files`, `folder`, the console's path, `channels`, where
    conversations come from, and `area`, the template's folder, which selects the styles of that area.
    """
    return _rendered(request, template, {"files": _files(request), **context}, status, headers)


def show_error(
    request: Request, status: int, public: str, headers: Mapping[str, str] | None = None, title: str = ""
) -> Response:  # fmt: skip
    """A page that says what went wrong and what to do; never more than `public`.

    `title`: where that of the status says too little.
    """
    context = {"status": status, "title": title or TITLES.get(status, "That did not work"), "public": public}
    try:
        files: PageFiles | None = _files(request)
    except NotBuiltError:
        files = None  # a plain page that says what is wrong
    return _rendered(request, "layout/error.html", {**context, "files": files, "open_page": ""}, status, headers)


def _files(request: Request) -> PageFiles:
    """The page's script and styles. Raises: NotBuiltError."""
    build: ViteBuild = request.app.state.build
    return build.files(SCRIPT)


def _rendered(
    request: Request, template: str, context: Mapping[str, Any], status: int, headers: Mapping[str, str] | None
) -> HTMLResponse:  # fmt: skip
    who = who_is(request)
    known = {
        "who": who, "nav": places_for(who.account) if who and not must_enrol(request, who) else Places(),
        "palette": palette_for(who.account) if who and not must_enrol(request, who) else [],
        "here": request.url.path, "folder": FOLDER, "companies": _names(request), "listed_companies": LISTED,
        "written": lambda company: written(parts(request), company), "channels": parts(request).channels,
        "area": template.rpartition("/")[0], "waiting_counts": lambda: _counts(request, who),
        "open_page": open_page_of(request.url.path),
    }  # fmt: skip
    # No cache may keep what staff see.
    kept = {"Cache-Control": "no-store", "Vary": "Cookie, HX-Request", **(headers or {})}
    return templates.TemplateResponse(request, template, known | dict(context), status, kept)


def _counts(request: Request, who: SignedIn | None) -> NavigationCounts:
    """What the navigation counts; looked up once, and only by templates that show it. Nothing where nothing may be opened yet."""
    if who is None or must_enrol(request, who):
        return NavigationCounts({})
    if not hasattr(request.state, "counts"):
        request.state.counts = navigation_counts(parts(request), who.account, datetime.now(UTC))
    counts: NavigationCounts = request.state.counts
    return counts


def is_part(request: Request) -> bool:
    """Whether htmx asks for a part of a page, so that the answer need only hold that part."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def when(moment: datetime | None) -> Markup:
    """An instant as a <time>: in UTC, until the page's script writes it in the reader's own zone."""
    if moment is None:
        return Markup('<span class="quiet">–</span>')
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), f"{moment:%Y-%m-%d %H:%M} UTC")


def when_ago(moment: datetime | None) -> Markup:
    """The same, with how long ago it is, or until then, beside it; the page's script writes that too."""
    return Markup(str(when(moment)).replace("<time ", "<time data-ago ", 1))  # noqa: S704  # made by when()


def on_day(day: date) -> Markup:
    """A day as a <time>, as the script writes days: 16 Nov 2026, the same in every zone."""
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), f"{day.day} {day:%b %Y}")


def csrf_field(who: SignedIn) -> Markup:
    """The hidden field with the session's token, which every form must have."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, who.csrf)


def words(name: str) -> str:
    """A name of the code as words: opt_out_of_sale → opt out of sale."""
    return name.replace("_", " ").replace(".", ": ")


def in_words(value: object) -> str:
    """The value of a slot as people read it: {"company": "acme", "dates": [1, 2]} → company: acme; dates: 1, 2."""
    match value:
        case None:
            return "emptied"
        case bool():
            return "yes" if value else "no"
        case dict():
            return "; ".join(f"{words(str(name))}: {in_words(each)}" for name, each in value.items())
        case list() | tuple():
            return ", ".join(map(in_words, value))
        case _:
            return str(value)


def took(milliseconds: float) -> str:
    """A duration: 85 ms, 1.3 s."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def _names(request: Request) -> Mapping[str, str]:
    return parts(request).knowledge.catalogue.names


templates.env.filters |= {"when": when, "when_ago": when_ago, "on_day": on_day, "in_words": in_words}
templates.env.filters |= {"words": words, "masked": masked, "took": took}
templates.env.globals |= {"csrf_field": csrf_field, "now": lambda: datetime.now(UTC)}
