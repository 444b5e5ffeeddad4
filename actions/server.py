"""The action server: rasa-sdk's own application, on loopback, closed by the shared secret."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor, ActionExecutorRunResult
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

from actions.action_about_request import ActionAboutRequest
from actions.action_add_details import ActionAddDetails
from actions.action_answer_question import ActionAnswerQuestion
from actions.action_ask_agreed import ActionAskAgreed
from actions.action_ask_details import ActionAskDetails
from actions.action_ask_email import ActionAskEmail
from actions.action_ask_residence import ActionAskResidence
from actions.action_choose_request import ActionChooseRequest
from actions.action_compare import ActionCompare
from actions.action_confirm import ActionConfirm
from actions.action_decline import ActionDecline
from actions.action_forget_conversation import ActionForgetConversation
from actions.action_give_address import ActionGiveAddress
from actions.action_give_code import ActionGiveCode
from actions.action_go_on import ActionGoOn
from actions.action_open_request import ActionOpenRequest
from actions.action_propose_request import ActionProposeRequest
from actions.action_request_status import ActionRequestStatus
from actions.action_say import ActionSay
from actions.action_session_start import ActionSessionStart
from actions.action_switch_company import ActionSwitchCompany
from actions.action_talk_to_human import ActionTalkToHuman
from actions.action_tell_person import ActionTellPerson
from actions.action_tell_what_is_held import ActionTellWhatIsHeld
from actions.action_through_another_company import ActionThroughAnotherCompany
from actions.action_urgent import ActionUrgent
from actions.action_what_changed import ActionWhatChanged
from actions.action_withdraw_request import ActionWithdrawRequest
from actions.kind_words import with_kind_word
from actions.validate_request_form import ValidateRequestForm
from candor.errors import CandorError
from candor.telemetry.instruments import measured_action
from candor.telemetry.logs import about
from knowledge.encoder import encoding_once

log = logging.getLogger("candor.actions")
ACTIONS = (
    ActionAboutRequest, ActionAddDetails, ActionAnswerQuestion, ActionAskAgreed, ActionAskDetails, ActionAskEmail,
    ActionAskResidence, ActionChooseRequest, ActionCompare, ActionConfirm, ActionDecline, ActionForgetConversation,
    ActionGiveAddress, ActionGiveCode, ActionGoOn, ActionOpenRequest, ActionProposeRequest, ActionRequestStatus,
    ActionSay, ActionSessionStart, ActionSwitchCompany, ActionTalkToHuman, ActionTellPerson, ActionTellWhatIsHeld,
    ActionThroughAnotherCompany, ActionUrgent, ActionWhatChanged, ActionWithdrawRequest, ValidateRequestForm,
)  # fmt: skip
ENCODED = "encoded"  # the message's encoding, which Rasa sends along (bot/action_endpoint.py)


class QuietErrors(ActionExecutor):
    """If an action fails, Rasa gets no message, and the assistant then says that something is down.

    rasa-sdk itself would log the whole call and return it to Rasa, which would log it too. A call holds what a person wrote.
    """

    async def run(self, action_call: dict[str, Any], **others: Any) -> Any:
        name, tracker = str(action_call.get("next_action")), action_call.get("tracker") or {}
        conversation = str(action_call.get("sender_id") or "")
        carrier = (tracker.get("latest_message") or {}).get("metadata") or {}
        try:
            with (
                encoding_once(action_call.pop(ENCODED, None)),
                about(conversation=conversation),
                measured_action(name, carrier, conversation),
            ):
                # No action of ours reads the domain, so Rasa does not send it (endpoints.yml); rasa-sdk requires one.
                result = await super().run({"domain": {}, **action_call}, **others)
            if result is None:
                return None
            responses, events = with_kind_word(name, tracker, result.responses)
            return ActionExecutorRunResult(events=[*result.events, *events], responses=responses)
        except Exception as error:
            log.error("%s failed: %s", name, type(error).__name__)
            return ActionExecutorRunResult(events=[], responses=[])


def make_app(secret: str, openings: Callable[[str], list[str]], read_ahead: Callable[[str, str], None]) -> Sanic[Any, Any]:
    """The application. Every call but GET /health must carry `Authorization: Bearer <secret>`.

    openings: the questions that a chat about a company opens with. The web asks for them here, because it has no encoder.
    read_ahead: reads a message to a company that Rasa may soon ask to be answered.
    """
    executor = QuietErrors()
    for action in ACTIONS:
        executor.register_action(action())
    app: Sanic[Any, Any] = create_app(executor, cors_origins=[])
    app.config.FALLBACK_ERROR_FORMAT = "json"

    @app.on_request
    async def refuse_strangers(request: Request[Any, Any]) -> HTTPResponse | None:
        if request.path == "/health":
            return None
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {secret}".encode()):
            return json_response({"error": "refused: the shared secret is missing or wrong"}, status=401)
        return None

    @app.get("/openings/<company:str>", unquote=True)
    async def opening_questions(_: Request[Any, Any], company: str) -> HTTPResponse:
        try:
            return json_response({"questions": await asyncio.to_thread(openings, company)})
        except CandorError as error:
            return json_response({"error": type(error).__name__}, status=404)

    @app.post("/ahead")
    async def ahead(request: Request[Any, Any]) -> HTTPResponse:
        with suppress(CandorError):  # whoever asks for the answer will hear of it
            await asyncio.to_thread(read_ahead, str(request.json["text"]), str(request.json["company"]))
        return json_response({})

    return app
