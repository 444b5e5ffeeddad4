"""Rasa's check of what the action server returned, without checking Rasa's own schema again at every call.

Rasa 3.6 calls jsonschema.validate for each action, which first checks the schema, a constant of Rasa's, against the
JSON Schema meta-schema: half of the time of a whole turn (py-spy on a running stack). Here the validator is made once;
results are checked against the same schema as before.
"""

from __future__ import annotations

from typing import Any, Dict

from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.shared.exceptions import RasaException


def validate_once_checked() -> None:
    """Put the prepared validator in the place of Rasa's; called when our channel is made."""
    validator = Draft202012Validator(RemoteAction.action_response_format_spec())

    def validate(_: RemoteAction, result: Dict[str, Any]) -> bool:
        fault = next(validator.iter_errors(result), None)
        if fault is not None:
            # The fault's own text quotes what was returned, and that may hold what a person wrote.
            where = "/".join(str(step) for step in fault.path)
            raise RasaException(f"the action server's answer is malformed at {where or 'its top'}")
        return True

    RemoteAction._validate_action_result = validate
