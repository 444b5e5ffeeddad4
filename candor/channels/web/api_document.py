"""The OpenAPI document. It names every status that a call can give, also those that no route gives itself."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from candor.channels.web.guard import PRIVATE, PROBES, SENDS_BODY
from candor.conversations.reply import Reply

MEANINGS = {
    400: "The body is not valid JSON, or Candor is not served under the name that was asked for.",
    401: "The token or secret is missing, wrong or too old, or the token is that of another conversation.",
    403: "A page of another site has called this. Only the widget's frame may be shown there.",
    404: "There is nothing of that name, or it was forgotten.",
    411: "The length of the body is missing.",
    413: "The body is too large.",
    422: "The body or a parameter is not as described here; the faults are named.",
    429: "That was more than can be answered at once. There is room again after the seconds of Retry-After.",
    500: "Something unexpected went wrong.",
    409: "Something has changed meanwhile, or was done already.",
    503: "A part is down or cannot be written to: try again. Where there are too many connections at once, this is plain text.",
}
NEVER_FAILS = {"/livez"}  # asks nothing of any part
PROBLEM = "application/problem+json"
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}}
SCHEMAS = "#/components/schemas/{model}"


class Fault(BaseModel):
    """One field that is not as it should be."""

    field: str
    fault: str


class Problem(BaseModel):
    """An error (RFC 9457). It never repeats what was sent."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str  # a sentence that a visitor may be shown
    faults: list[Fault] = []  # of 422
    retry_after: int = 0  # seconds, of 429
    replies: list[Reply] = []  # of a message that was kept while the assistant was down


def gives(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the `responses` of a route or router: the errors that it gives, beside those that any call can give."""
    return {status: {"description": MEANINGS[status]} for status in statuses}


class DocumentedApi(FastAPI):
    """FastAPI, with a document that also says what the guard, the server and the error handlers answer."""

    mounted_at = ""  # where another application serves it: "/api/staff/v1"

    def openapi(self) -> dict[str, Any]:
        """The document; made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    _complete(operation, self.mounted_at + path, method.upper())
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            problem = Problem.model_json_schema(ref_template=SCHEMAS)
            schemas.update({**problem.pop("$defs"), **schemas, "Problem": problem})
            for unused in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form of 422, which we do not give
                schemas.pop(unused, None)
        return self.openapi_schema or {}


def _complete(operation: dict[str, Any], path: str, method: str) -> None:
    """Add the statuses that come from outside the route, and say of each error what it holds."""
    responses = operation["responses"]
    also = {413, 503} if path in NEVER_FAILS else {413, 500, 503}
    if path not in PROBES:
        also.add(400)
    if path.startswith(PRIVATE):
        also.add(403)
    if method in SENDS_BODY:
        also.add(411)
    if "HTTPValidationError" in str(responses.get("422")):
        responses.pop("422")
    if _can_be_malformed(operation) and "400" not in responses:  # a protocol may call malformed what others call invalid
        also.add(422)
    for status in also:
        responses.setdefault(str(status), {"description": MEANINGS[status]})
    for status, response in responses.items():
        content = response.setdefault("content", {}) if status >= "400" else {}  # a protocol may have errors of its own form
        if status >= "400" and (not content or int(status) in also):
            content[PROBLEM] = {"schema": {"$ref": SCHEMAS.format(model="Problem")}}
        if status in {"429", "503"}:
            response["headers"] = RETRY_AFTER
    responses["503"]["content"]["text/plain"] = {"schema": {"type": "string"}}
    operation["responses"] = dict(sorted(responses.items()))


def _can_be_malformed(operation: dict[str, Any]) -> bool:
    """Whether some body or parameter is refused for its form: any text is a name that may exist."""
    forms = [parameter["schema"] for parameter in operation.get("parameters", [])]
    return "requestBody" in operation or any(not _takes_any_text(form) for form in forms)


def _takes_any_text(schema: dict[str, Any]) -> bool:
    kinds = schema.get("anyOf", [schema])
    return any(set(kind) <= {"type", "title", "default"} and kind.get("type") == "string" for kind in kinds)
