"""The widget's own files and pages: the launcher, the chat in an iframe, and the chat as a page of its own."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse

from candor.channels.web.headers import content_policy
from candor.channels.web.pages import catalogue, templates
from candor.services.vite_build import ViteBuild

router = APIRouter(include_in_schema=False)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
FROM_THE_RIGHT = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
LAUNCHER, SURFACE = "src/launcher.ts", "src/surface.ts"
A_WHILE = "public, max-age=300"  # the launcher has the same name in every build, so it must not be cached for long


def build_of(request: Request) -> ViteBuild:
    build: ViteBuild = request.app.state.widget
    return build


@router.get("/widget.js")
def launcher(request: Request) -> FileResponse:
    """The one script that a company puts on its pages."""
    headers = {"Cache-Control": A_WHILE, "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(build_of(request).file(LAUNCHER), media_type="text/javascript", headers=headers)


@router.get("/embed/{company}", response_class=HTMLResponse)
def embed(request: Request, company: str, lang: str = "en") -> HTMLResponse:
    """The chat for an iframe: only the company's own sites, and we ourselves, may frame it."""
    origins = catalogue(request).company(company).allowed_origins
    return _page(request, company, "embed", lang, " ".join(["'self'", *origins]))


@router.get("/chat/{company}", response_class=HTMLResponse)
def chat(request: Request, company: str, lang: str = "en") -> HTMLResponse:
    """The chat as a page of its own."""
    return _page(request, company, "page", lang, "'none'")


def _page(request: Request, company: str, mode: str, lang: str, framed_by: str) -> HTMLResponse:
    about = catalogue(request).company(company)
    lang = lang if LANGUAGE.fullmatch(lang) else "en"
    direction = "rtl" if lang.split("-")[0] in FROM_THE_RIGHT else "ltr"
    values = {"company": about, "mode": mode, "lang": lang, "dir": direction, "files": build_of(request).files(SURFACE)}
    headers = {"Content-Security-Policy": content_policy(framed_by), "Cache-Control": "no-cache"}  # it names hashed files
    return templates.TemplateResponse(request, "surface.html", values, headers=headers)
