"""The widget's own files and pages: the launcher, the chat in an iframe, and the chat as a page of its own."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from channels.headers import content_policy
from channels.pages import catalogue, templates
from channels.widget_build import WidgetBuild

router = APIRouter(include_in_schema=False)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
FROM_THE_RIGHT = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
FOREVER = "public, max-age=31536000, immutable"  # Vite puts a hash of the content into the name
A_WHILE = "public, max-age=300"  # the launcher keeps its name: a new build must get through


class Assets(StaticFiles):
    """Vite's files with their content's hash in their names."""

    def __init__(self, build: WidgetBuild) -> None:
        super().__init__(directory=build.folder / "assets", check_dir=False)

    async def check_config(self) -> None:
        """The folder may be missing until set-up builds it, while we run: then nothing is found in it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Raises: HTTPException 404."""
        response = await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            response.headers["Cache-Control"] = FOREVER
        return response


def build_of(request: Request) -> WidgetBuild:
    found: WidgetBuild = request.app.state.widget
    return found


@router.get("/widget.js")
def launcher(request: Request) -> FileResponse:
    """The one script that a company puts on its pages."""
    headers = {"Cache-Control": A_WHILE, "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(build_of(request).launcher(), media_type="text/javascript", headers=headers)


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
    told = {"company": about, "mode": mode, "lang": lang, "dir": direction, "files": build_of(request).surface()}
    headers = {"Content-Security-Policy": content_policy(framed_by), "Cache-Control": "no-cache"}  # it names hashed files
    return templates.TemplateResponse(request, "surface.html", told, headers=headers)
