"""The sentences of domain.yml for those who answer without Rasa: the command line, and the door when Rasa is down."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from candor.settings import RASA_FILES

PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Responses:
    """Responses by name. Rasa fills the same {placeholders} itself."""

    def __init__(self, path: Path = RASA_FILES / "domain.yml") -> None:
        responses = yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]
        self._texts = {name: variants[0]["text"] for name, variants in responses.items()}

    def say(self, response: str, **values: str) -> str:
        """The response's text with its placeholders filled. Raises KeyError for an unknown name or a missing value."""
        return PLACEHOLDER.sub(lambda found: values[found[1]], self._texts[response])
