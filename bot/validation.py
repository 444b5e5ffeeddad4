"""Validate what the action server returned as Rasa does, without validating Rasa's own schema again at every call.

Rasa 3.6 calls jsonschema.validate for each action. That first checks the schema, a constant of Rasa's, against the JSON
Schema meta-schema, which took half of a turn's time (py-spy on a running stack). Here the validator is made once, and
results are checked against the same schema.
"""

from __future__ import annotations

from typing import Any, Dict

from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.shared.exceptions import RasaException


def validate_once_checked() -> None:
    """Replace Rasa's check by one with a prepared validator. Called when our channel is made."""
    validator = Draft202012Validator(RemoteAction.action_response_format_spec())

    def validate(_: RemoteAction, result: Dict[str, Any]) -> bool:
        fault = next(validator.iter_errors(result), None)
        if fault is not None:
            # The fault's own text quotes the result, which may hold what a person wrote.
            where = "/".join(str(step) for step in fault.path)
            raise RasaException(f"the action server's answer is malformed at {where or 'its top'}")
        return True

    RemoteAction._validate_action_result = validate
