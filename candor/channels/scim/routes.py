"""SCIM's endpoints (RFC 7644, § 3.2), as Okta and Entra ID call them. Errors are SCIM's own (§ 3.12)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import ValidationError
from scim2_models import Context, Error, Group, InvalidSyntaxException, SCIMException, User

from candor.accounts.directory import Directory, GroupTakenError
from candor.accounts.store import AccountTakenError
from candor.channels.scim import resources as made
from candor.channels.web.api_document import MEANINGS
from candor.channels.web.errors import status_of
from candor.channels.web.limits import counted
from candor.errors import CandorError, NotAllowedError, NotFoundError, TooManyError, UnavailableError
from candor.services.shared_routes import routes_of

HOME = "/scim/v2"
KIND = "application/scim+json"
bearer = HTTPBearer(auto_error=False, scheme_name="ScimToken", description="The token whose hash the settings have.")
A_RESOURCE: dict[str, Any] = {"content": {KIND: {"schema": {"type": "object"}}}}
TAKES: dict[str, Any] = {"requestBody": {"required": True, **A_RESOURCE}}


class ScimResponse(JSONResponse):
    media_type = KIND


class ScimTokenError(NotAllowedError):
    """No token, or a wrong one."""

    public = "This needs the directory's token."


class ScimRoute(APIRoute):
    """Answers errors in SCIM's form, which never repeats what was sent."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except UnavailableError:
                raise
            except (RequestValidationError, ValidationError) as error:
                return _fault(400, *_first(error))
            except SCIMException as error:
                return _fault(error.status, error.scim_type or "", error.detail or "")
            except CandorError as error:
                return _refusal(error)

        return answered


def _first(error: RequestValidationError | ValidationError) -> tuple[str, str]:
    """SCIM's keyword of the first fault, and where it is, without the value."""
    fault: dict[str, Any] = dict(error.errors()[0])
    read = Error.from_validation_error({"ctx": {}, **fault})
    where = ".".join(str(part) for part in fault["loc"][:3])
    return read.scim_type or "invalidValue", f"{where or 'body'}: not as it should be"


def _refusal(error: CandorError) -> Response:
    if isinstance(error, AccountTakenError | GroupTakenError):
        return _fault(409, "uniqueness", error.public)
    status = status_of(error)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    if isinstance(error, TooManyError):
        headers = {"Retry-After": str(error.retry_after)}
    return _fault(400, "invalidValue", error.public) if status == 422 else _fault(status, "", error.public, headers)


def _fault(status: int, scim_type: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    error = Error(status=status, scim_type=scim_type or None, detail=detail)
    return ScimResponse(error.model_dump(), status, headers)


def _gives(*statuses: int) -> dict[int | str, dict[str, Any]]:
    about = {**MEANINGS, 400: "It was not understood (scimType says why), or Candor is not served under this name."}
    return {status: {"description": about[status], **A_RESOURCE} for status in statuses}


def check_token(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> None:  # fmt: skip
    """Raises: ScimTokenError."""
    given = hashlib.sha256(credentials.credentials.encode()).hexdigest() if credentials else ""
    if not hmac.compare_digest(given, str(request.app.state.scim_token_sha256)):
        raise ScimTokenError("no token of the directory")


def directory_of(request: Request) -> Directory:
    directory: Directory = request.app.state.directory
    return directory


async def body_of(request: Request) -> dict[str, Any]:
    """Raises: InvalidSyntaxException."""
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        raise InvalidSyntaxException(detail="the body is no JSON") from None
    if not isinstance(body, dict):
        raise InvalidSyntaxException(detail="the body is a JSON object")
    return body


def search_query(
    filter: str | None = None, startIndex: int | None = None, count: int | None = None,  # noqa: N803  # SCIM's names
    attributes: str | None = None, excludedAttributes: str | None = None,  # noqa: N803
) -> dict[str, Any]:  # fmt: skip
    return {
        "filter": filter, "startIndex": startIndex, "count": count, "attributes": attributes,
        "excludedAttributes": excludedAttributes,
    }  # fmt: skip


def home_of(request: Request) -> str:
    """The address of the endpoints, as the directory calls them."""
    site: str = request.app.state.scim_site
    return f"{site}{HOME}"


router = APIRouter(
    prefix=HOME, tags=["scim"], route_class=ScimRoute, default_response_class=ScimResponse,
    dependencies=[Depends(counted), Depends(check_token)], responses=_gives(401, 429),
)  # fmt: skip
Dir = Annotated[Directory, Depends(directory_of)]
Body = Annotated[dict[str, Any], Depends(body_of)]
Query = Annotated[dict[str, Any], Depends(search_query)]
Home = Annotated[str, Depends(home_of)]
FOUND, MISSING, CHANGED = _gives(400), _gives(404), _gives(400, 404, 409)


class NoSuchResourceError(NotFoundError):
    """There is no resource of this id."""

    public = "There is no such resource."


def _number(text: str) -> int:
    """Raises: NoSuchResourceError."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise NoSuchResourceError("no id of ours")
    return int(text)


def _one_of(found: list[dict[str, Any]], id_: str) -> dict[str, Any]:
    """Raises: NoSuchResourceError."""
    for one in found:
        if one["id"] == id_:
            return one
    raise NoSuchResourceError("no such description")


@router.get("/ServiceProviderConfig")
async def service_config(home: Home) -> ScimResponse:
    """What is done here, and what is not."""
    return ScimResponse(made.service_config(home))


@router.get("/ResourceTypes")
async def resource_types(home: Home) -> ScimResponse:
    """Users and groups."""
    return ScimResponse(made.all_of(made.resource_types(home)))


@router.get("/ResourceTypes/{id}", responses=MISSING)
async def resource_type(id: str, home: Home) -> ScimResponse:
    """One of them."""
    return ScimResponse(_one_of(made.resource_types(home), id))


@router.get("/Schemas")
async def schemas(home: Home) -> ScimResponse:
    """The attributes of users and groups."""
    return ScimResponse(made.all_of(made.schemas(home)))


@router.get("/Schemas/{id}", responses=MISSING)
async def schema(id: str, home: Home) -> ScimResponse:
    """One of them."""
    return ScimResponse(_one_of(made.schemas(home), id))


@router.get("/Users", responses=FOUND)
async def users(directory: Dir, query: Query, home: Home) -> ScimResponse:
    """Accounts, such as the one with a userName."""
    search = made.search_of(User, query)
    found = [made.user_resource(one, home) for one in await asyncio.to_thread(directory.users)]
    return ScimResponse(made.listed(User, found, search))


@router.post("/Users", status_code=201, responses=_gives(400, 409), openapi_extra=TAKES)
async def add_user(directory: Dir, body: Body, home: Home) -> ScimResponse:
    """Make an account. It has no role before a group gives one."""
    given = made.read_user(made.read(User, body, Context.RESOURCE_CREATION_REQUEST))
    return _shown(made.user_resource(await asyncio.to_thread(directory.add, given), home), 201)


@router.get("/Users/{id}", responses=MISSING)
async def user(id: str, directory: Dir, home: Home) -> ScimResponse:
    """One account."""
    return _shown(made.user_resource(await asyncio.to_thread(directory.user, _number(id)), home))


@router.put("/Users/{id}", responses=CHANGED, openapi_extra=TAKES)
async def replace_user(id: str, directory: Dir, body: Body, home: Home) -> ScimResponse:
    """Make an account what the body says."""
    given = made.read_user(made.read(User, body, Context.RESOURCE_REPLACEMENT_REQUEST))
    return _shown(made.user_resource(await asyncio.to_thread(directory.change, _number(id), given), home))


@router.patch("/Users/{id}", responses=CHANGED, openapi_extra=TAKES)
async def change_user(id: str, directory: Dir, body: Body, home: Home) -> ScimResponse:
    """Change an account; `active: false` closes it, and signs its person out everywhere."""
    before = made.user_resource(await asyncio.to_thread(directory.user, _number(id)), home)
    given = made.read_user(made.patched(User, before, body))
    return _shown(made.user_resource(await asyncio.to_thread(directory.change, _number(id), given), home))


@router.delete("/Users/{id}", status_code=204, response_class=Response, responses=_gives(404, 409))
async def remove_user(id: str, directory: Dir) -> Response:
    """Close an account. It stays, because the audit log and requests name it."""
    await asyncio.to_thread(directory.close, _number(id))
    return Response(status_code=204)


@router.get("/Groups", responses=FOUND)
async def groups(directory: Dir, query: Query, home: Home) -> ScimResponse:
    """The directory's groups."""
    search = made.search_of(Group, query)
    found = [made.group_resource(one, home) for one in await asyncio.to_thread(directory.groups)]
    return ScimResponse(made.listed(Group, found, search))


@router.post("/Groups", status_code=201, responses=_gives(400, 409), openapi_extra=TAKES)
async def add_group(directory: Dir, body: Body, home: Home) -> ScimResponse:
    """Add a group. Its members get the roles that the settings give it."""
    given = made.read_group(made.read(Group, body, Context.RESOURCE_CREATION_REQUEST))
    return _shown(made.group_resource(await asyncio.to_thread(directory.add_group, given), home), 201)


@router.get("/Groups/{id}", responses=MISSING)
async def group(id: str, directory: Dir, home: Home) -> ScimResponse:
    """One group."""
    return _shown(made.group_resource(await asyncio.to_thread(directory.group, _number(id)), home))


@router.put("/Groups/{id}", responses=CHANGED, openapi_extra=TAKES)
async def replace_group(id: str, directory: Dir, body: Body, home: Home) -> ScimResponse:
    """Make a group what the body says."""
    given = made.read_group(made.read(Group, body, Context.RESOURCE_REPLACEMENT_REQUEST))
    return _shown(made.group_resource(await asyncio.to_thread(directory.change_group, _number(id), given), home))


@router.patch("/Groups/{id}", responses=CHANGED, openapi_extra=TAKES)
async def change_group(id: str, directory: Dir, body: Body, home: Home) -> ScimResponse:
    """Change a group; who comes or goes gets or loses its roles at once."""
    before = made.group_resource(await asyncio.to_thread(directory.group, _number(id)), home)
    given = made.read_group(made.patched(Group, before, body))
    return _shown(made.group_resource(await asyncio.to_thread(directory.change_group, _number(id), given), home))


@router.delete("/Groups/{id}", status_code=204, response_class=Response, responses=MISSING)
async def remove_group(id: str, directory: Dir) -> Response:
    """Forget a group. Its members lose its roles."""
    await asyncio.to_thread(directory.remove_group, _number(id))
    return Response(status_code=204)


def _shown(resource: User[Any] | Group, status: int = 200) -> ScimResponse:
    location = resource.meta.location if resource.meta else None
    return ScimResponse(made.dumped(resource), status, {"Location": str(location)} if location and status == 201 else None)


ROUTES = routes_of(router)  # last: a router takes over what stands above
