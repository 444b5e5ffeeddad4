"""What belongs to a website and not to the policy on it: menus, footers, banners, breadcrumbs, lists of contents."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from knowledge.formats.nodes import texts, words
from knowledge.formats.parts import TextPart
from knowledge.lines import DATE_LINE, NUMBER

CHROME = frozenset(("nav", "header", "footer", "aside"))
CHROME_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "complementary"))
DIALOGS = frozenset(("dialog", "alertdialog"))
CONSENT = re.compile(
    r"(cookie|consent|gdpr|ccpa)[\w-]*(banner|bar|popup|pop-up|modal|dialog|overlay|manager|toast|prompt|message)|onetrust|cookiebot"
    r"|osano-cm|usercentrics|didomi|truste|iubenda-cs|cc-window|cky-consent|cmplz|termly|klaro",
    re.IGNORECASE,
)
# A class or an id of these words alone names what is around a page's text: "main-menu", "site_footer", "navbarWrap".
SURROUNDS = frozenset(
    re.findall(
        r"\w+", "menu nav navbar navigation topnav sidenav sidebar breadcrumb breadcrumbs footer foot topbar masthead sitemap"
    )
)
AROUND = frozenset(
    re.findall(
        r"\w+",
        "main site page global top bottom primary secondary left right mobile desktop slide side wrap wrapper container inner"
        " links list bar area section content block box",
    )
)
MOST = 0.25  # share of the page's text that the main element must hold to be taken for the policy
HALF = 0.5  # share of the page's text from which nothing counts as a menu or footer, whatever it is called
TITLE = re.compile(r"priva|data protection|policy|policies|notice|legal|terms|statement|cookies?\b", re.IGNORECASE)
CONTENTS = re.compile(r"(table of )?contents|on this page|in this (policy|notice|document|article)|jump to|quick links", re.I)
CONTROL = re.compile(
    r"(back|return|skip|go|scroll|jump) to (the )?(top|start|contents?|main|main content|navigation|table of contents)|top"
    r"|(print|share|download|save|e-?mail)( this)?( page| policy| as)?( \w+)?( \w+)?|skip to \w+( \w+)?"
    r"|read aloud|copy link|permalink|[#¶§↑]+",
    re.IGNORECASE,
)
BREADCRUMBS = re.compile(r"(home|start)\s*[›»>/|→]\s*\w", re.IGNORECASE)
COPYRIGHT = re.compile(r"^\W*(©|\(c\)\s|copyright\b)|all rights reserved\.?$", re.IGNORECASE)
FOOT_HEADING = re.compile(
    r"^\W*(visit|follow|find|connect|join|newsletter|subscribe|stay|sign up|opening|office hours|hours|quick|useful|links|company"
    r"|products?|services|resources|support|legal|menu|more|explore|navigate|get the app|download|social|site ?map|navigation"
    r"|related|share|recent|categories|tags|popular|latest|our (team|clinics?|shops?|stores?|locations?))\b",
    re.IGNORECASE,
)
FEWEST_LINKS = 3  # links in a row that are a list of contents
SHORT = 8  # words of a line that says nothing


def drop_surroundings(body: LexborNode) -> None:
    """Remove cookie banners, and what its class or id names as a menu, sidebar or footer.

    A page about cookies may be named like a banner, and a page's text like a sidebar; but then it holds most of the words.
    """
    total = words(body)
    for node in body.css("[id], [class], [role], [aria-label], dialog"):
        attributes = node.attributes
        named = " ".join(attributes.get(key) or "" for key in ("id", "class", "aria-label"))
        dialog = node.tag == "dialog" or attributes.get("role") in DIALOGS
        banner = CONSENT.search(named) or (dialog and re.search(r"cookie|consent", " ".join(texts(node)), re.IGNORECASE))
        share = MOST if banner else HALF
        if (banner or _surrounds(node)) and node.css_first("h1, main, article") is None and words(node) < share * total:
            node.decompose()


def _surrounds(node: LexborNode) -> bool:
    names = [*(node.attributes.get("class") or "").split(), node.attributes.get("id") or ""]
    return any(_is_surrounding(name) for name in names if name)


def _is_surrounding(name: str) -> bool:
    parts = [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", name)]
    return bool(SURROUNDS & set(parts)) and set(parts) <= SURROUNDS | AROUND


def policy_of(body: LexborNode) -> LexborNode:
    """The element that holds the policy: the main element, or an article, if it holds enough of the text; else the body."""
    total = words(body)
    candidates = body.css("main, [role=main]") or body.css("article")
    best = max(candidates, key=words, default=None)
    return best if best is not None and words(best) >= MOST * total else body


def is_chrome(node: LexborNode, *, site: bool) -> bool:
    """Whether a node belongs to the site, not to the policy. Inside the main element only menus do."""
    role = node.attributes.get("role")
    if node.tag == "nav" or role in ("navigation", "search"):
        return True
    return site and (node.tag in CHROME or role in CHROME_ROLES) and node.css_first("h1") is None


def without_contents(parts: Sequence[TextPart]) -> list[TextPart]:
    """The parts with lists of contents marked as navigation, and without buttons such as "Back to top"."""
    kept = list(parts)
    result = list(kept)
    index = 0
    while index < len(kept):
        last = index
        while last < len(kept) and kept[last].linked == "here":
            last += 1
        if last - index >= FEWEST_LINKS:
            first = index - 1 if index and CONTENTS.search(kept[index - 1].text) and _is_short(kept[index - 1]) else index
            result[first:last] = [_as_navigation(part) for part in kept[first:last]]
        index = max(last, index + 1)
    return [part for part in result if not _is_control(part)]


def _as_navigation(part: TextPart) -> TextPart:
    mark = f"{part.mark} " if part.kind == "item" and part.mark[:1].isalnum() else ""
    return TextPart("navigation", f"{mark}{part.text}", linked=part.linked)


def _is_control(part: TextPart) -> bool:
    if part.kind in ("heading", "navigation"):
        return False
    crumbs = BREADCRUMBS.match(part.text) and _is_short(part)
    return bool(crumbs) or (bool(part.linked) and bool(CONTROL.fullmatch(part.text.strip())))


def without_site(parts: Sequence[TextPart]) -> list[TextPart]:
    """The parts between the menus above the policy and the links below it."""
    kept = list(parts)
    top = next((index for index, part in enumerate(kept) if _is_title(part) or _is_prose(part)), 0)
    titled = bool(kept) and _is_title(kept[top])
    above = [part for part in kept[:top] if not _belongs_above(part, titled=titled)]
    return [*above, *_without_foot(kept[top:])]


def _is_title(part: TextPart) -> bool:
    if part.linked or part.kind not in ("heading", "paragraph"):
        return False
    return (part.kind == "heading" and part.level == 1) or (_is_short(part) and bool(TITLE.search(part.text)))


def _belongs_above(part: TextPart, *, titled: bool) -> bool:
    """Whether a part above the title, or above the first sentence of a page without one, belongs to the site."""
    if part.kind == "navigation" or DATE_LINE.match(part.text) or NUMBER.match(part.text):
        return False
    label = len(part.text.split()) <= SHORT and part.text.endswith(":")
    return bool(part.linked) or (titled and (part.kind == "heading" or label or _is_short(part)))


def _without_foot(parts: list[TextPart]) -> list[TextPart]:
    kept = list(parts)
    while len(kept) > 1:
        last = kept[-1]
        if last.linked == "page" or COPYRIGHT.search(last.text) or (last.kind == "heading" and FOOT_HEADING.match(last.text)):
            kept.pop()
            continue
        heading = max((index for index, part in enumerate(kept) if part.kind == "heading"), default=0)
        below = kept[heading + 1 :]
        if heading and FOOT_HEADING.match(kept[heading].text) and all(_is_short(part) and "@" not in part.text for part in below):
            del kept[heading:]
            continue
        break
    return kept


def _is_short(part: TextPart) -> bool:
    return len(part.text.split()) <= SHORT and not part.text.rstrip().endswith((".", ":"))


def _is_prose(part: TextPart) -> bool:
    return not part.linked and part.kind in ("paragraph", "item") and len(part.text.split()) > SHORT
