"""Example sites: a small fictitious page for each company, with the widget as a customer would embed it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from candor.channels.web.pages import SHOWN, catalogue, templates
from candor.channels.web.widget import LAUNCHER, build_of
from candor.services.vite_build import NotBuiltError

router = APIRouter(prefix="/examples", include_in_schema=False)


@dataclass(frozen=True)
class Scene:
    """The text of a fictitious page; nothing in it is about a real company."""

    trade: str
    headline: str
    lead: str
    points: tuple[tuple[str, str], ...]


SCENES = (
    Scene(
        "Software for small teams", "Work that ends on time.",
        "One quiet place for plans, notes and who does what. No badge, no streak, no meeting about it.",
        (("Set up before lunch", "Bring a list and two colleagues. The rest can wait until it is needed."),
         ("Made for eight people", "Big enough to share the load, small enough that everybody knows everybody."),
         ("Leave whenever you like", "Your work comes along as plain files.")),
    ),
    Scene(
        "A shop for good tools", "Bought once, used for years.",
        "Forty things for house and garden that we would give to a friend, each with its spare parts.",
        (("Forty, not four thousand", "Every tool was used for a season before it got onto the shelf."),
         ("Spare parts for all", "Handles, blades and springs, also for what you bought long ago."),
         ("Sent on Tuesdays", "One parcel round a week keeps boxes and vans few.")),
    ),
    Scene(
        "Rides and deliveries", "There by the time you said.",
        "A driver you can call by name, a price that is known beforehand, and no wait in the rain.",
        (("A price, not a guess", "You see it first and it stays that way."),
         ("The same few drivers", "They know the back door and the dog."),
         ("Two taps to cancel", "Plans change. That is what plans are for.")),
    ),
    Scene(
        "Pictures and prints", "Your summer, on paper.",
        "Send us the best hundred pictures, and a bound book comes back. No feed, no likes, no end of scrolling.",
        (("Printed around the corner", "By people who check each page against the light."),
         ("A hundred is plenty", "Choosing is half of the pleasure; we help with the other half."),
         ("Books that lie open", "Sewn, not glued, so that nothing disappears in the fold.")),
    ),
    Scene(
        "Lessons at your pace", "Learn it on Sunday, use it on Monday.",
        "Short courses by people who do the job. Ten minutes a day, and a teacher who reads what you write.",
        (("Ten minutes a day", "Enough to get on, little enough to keep going."),
         ("Teachers with a trade", "A baker teaches baking, an accountant teaches books."),
         ("No end date", "A break of a month is a break, not a failure.")),
    ),
)  # fmt: skip


@router.get("/", response_class=HTMLResponse)
def examples(request: Request) -> HTMLResponse:
    """A list of them."""
    companies = catalogue(request).found(most=SHOWN)
    return templates.TemplateResponse(request, "examples.html", {"companies": companies, "built": _is_built(request)})


@router.get("/{company}/", response_class=HTMLResponse)
def example(request: Request, company: str) -> HTMLResponse:
    """One company's example page."""
    about = catalogue(request).company(company)
    number = sorted(catalogue(request).companies).index(company) % len(SCENES)
    values = {"company": about, "scene": SCENES[number], "place": number, "built": _is_built(request)}
    return templates.TemplateResponse(request, "example.html", values)


@router.get("/{company}/colour.css")
def colour(request: Request, company: str) -> Response:
    """The company's colour for its page: the content security policy allows no style in the page itself."""
    accent = catalogue(request).company(company).accent  # six hexadecimal digits, checked when company.toml was read
    return Response(f":root {{ --brand: {accent}; }}\n", media_type="text/css")


def _is_built(request: Request) -> bool:
    try:
        build_of(request).file(LAUNCHER)
    except NotBuiltError:
        return False
    return True
