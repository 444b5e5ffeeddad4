"""The console as an application of its own, mounted at /console. It answers with pages, also where something fails."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from candor.accounts.roles import NotYoursError
from candor.console.companies import routes as companies
from candor.console.conversations import routes as conversations
from candor.console.deps import AssistantAccess, EnrolFirstError, RetentionAccess, SignInNeededError, StaleFormError, check_form
from candor.console.finding import routes as finding
from candor.console.handoff import routes_mail_answers as mail_answers
from candor.console.handoff import routes_waiting as waiting
from candor.console.home import routes as home
from candor.console.integrations import routes_tokens as tokens
from candor.console.integrations import routes_webhooks as webhooks
from candor.console.layout import routes as layout
from candor.console.notes import routes as notes
from candor.console.pages import is_part, show_error
from candor.console.people import routes_accounts as accounts
from candor.console.people import routes_agents as agents
from candor.console.people import routes_audit as audit
from candor.console.people import routes_me as me
from candor.console.people import routes_second_factor as second_factor
from candor.console.places import FOLDER
from candor.console.policies import routes as policies
from candor.console.replies import routes as saved_replies
from candor.console.reports import routes_figures as figures
from candor.console.reports import routes_settled as settled
from candor.console.reports import routes_silence as silence
from candor.console.requests import routes_bulk as request_bulk
from candor.console.requests import routes_checklists as request_checklists
from candor.console.requests import routes_files as request_files
from candor.console.requests import routes_handover as request_handover
from candor.console.requests import routes_queue as requests
from candor.console.requests import routes_steps as request_steps
from candor.console.retention import routes as retention_periods
from candor.console.review import routes_corrections as corrections
from candor.console.review import routes_review as review
from candor.console.review import routes_samples as samples
from candor.console.sign_in import routes_elsewhere as elsewhere
from candor.console.sign_in import routes_sign_in as sign_in
from candor.console.sign_in import routes_welcome as welcome
from candor.database.engine import DATABASE_DOWN
from candor.errors import CandorError, ConflictError, InvalidInputError, NotFoundError, TooManyError, UnavailableError
from candor.services import Services
from candor.services.shared_routes import routes_of
from candor.services.vite_build import Assets, ViteBuild

log = logging.getLogger("candor.console")
RETRY_AFTER = 15  # seconds, as the API says
ROUTERS = (
    sign_in.router, elsewhere.router, welcome.router, layout.router, home.router,
    me.router, second_factor.router, conversations.router, review.router, samples.router,
    corrections.router, silence.router, settled.router, figures.router, mail_answers.router,
    waiting.router, notes.router, companies.router, finding.router, request_files.router, request_bulk.router,
    request_checklists.router, request_handover.router, requests.router,
    request_steps.router, saved_replies.router, retention_periods.router, policies.router, audit.router, accounts.router,
    agents.router,
    tokens.router, webhooks.router,
)  # fmt: skip
ROUTES = routes_of(*ROUTERS, checked_by=check_form)
STATUS: dict[type[CandorError], int] = {
    NotYoursError: 403, StaleFormError: 403, NotFoundError: 404, ConflictError: 409, InvalidInputError: 422,
    TooManyError: 429, UnavailableError: 503,
}  # fmt: skip


def make_console(
    parts: Services, assistant: AssistantAccess, retention: RetentionAccess, sender_of: Callable[[Request], str | None]
) -> FastAPI:
    """The console on the given services.

    sender_of: the network address under which failures to sign in are counted; None: they are not counted.
    """
    app = FastAPI(title="Candor console", openapi_url=None, dependencies=[Depends(check_form)])  # of what else is added to it
    app.state.parts, app.state.assistant, app.state.retention = parts, assistant, retention
    app.state.sender_of = sender_of
    app.state.build = ViteBuild(parts.settings.console_dir, f"{FOLDER}/")
    app.router.routes.extend(ROUTES)
    app.mount("/assets", Assets(app.state.build))
    _add_error_pages(app)
    _add_pages_of_faults(app)
    return app


def _add_error_pages(app: FastAPI) -> None:
    @app.exception_handler(SignInNeededError)
    async def sign_in_first(request: Request, error: SignInNeededError) -> Response:
        return await sign_in.ask(request)

    @app.exception_handler(EnrolFirstError)
    async def enrol_first(request: Request, error: EnrolFirstError) -> Response:
        page = f"{FOLDER}/me/second-factor"
        return Response(status_code=204, headers={"HX-Redirect": page}) if is_part(request) else RedirectResponse(page, 303)

    @app.exception_handler(StaleFormError)
    async def stale_form(request: Request, error: StaleFormError) -> Response:
        return await sign_in.stale(request, error.public)

    @app.exception_handler(CandorError)
    async def on_purpose(request: Request, error: CandorError) -> Response:
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
        if status >= 500:
            log.error("%s: %s", type(error).__name__, error)
        headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyError) else None
        return show_error(request, status, error.public, headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        return show_error(request, 422, "This was asked for in a way that is not understood here. Please go back and try again.")

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if error.status_code in {301, 303, 307, 308}:
            return RedirectResponse(error.headers["Location"] if error.headers else FOLDER, error.status_code)
        what = {404: "There is no such page.", 405: "This page cannot be used that way."}
        return show_error(request, error.status_code, what.get(error.status_code, CandorError.public))


def _add_pages_of_faults(app: FastAPI) -> None:
    async def database_down(request: Request, error: SQLAlchemyError) -> Response:
        """What was sent is not taken, and whoever sent it hears so."""
        log.error("the database cannot be used: %s in %s", type(error).__name__, request.scope.get("route"))
        public = "Candor cannot keep anything at the moment, so this was not taken. Please go back and try again in a minute."
        return show_error(request, 503, public, {"Retry-After": str(RETRY_AFTER)})

    for kind in DATABASE_DOWN:
        app.add_exception_handler(kind, database_down)  # type: ignore[arg-type]  # starlette types handlers by the base class

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected %s in %s", type(error).__name__, request.scope.get("route"))  # its text may hold what people wrote
        return show_error(request, 500, CandorError.public)
