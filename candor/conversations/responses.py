"""The sentences and button titles of domain.yml, for those who fill them in without Rasa: actions, assistant and channels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from candor.settings import RASA_FILES

PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Responses:
    """Responses by name. Rasa fills the same {placeholders} itself where it is the one to speak.

    sends_mail: False where no mail can leave: then a response that speaks of one on its way says so (`…_without_mail`).
    """

    def __init__(self, path: Path = RASA_FILES / "domain.yml", *, sends_mail: bool = True) -> None:
        self._sends_mail = sends_mail
        responses = _read(path)
        self._texts: dict[str, str] = {name: variants[0]["text"] for name, variants in responses.items()}
        self._buttons: dict[str, list[dict[str, str]]] = {
            name: variants[0]["buttons"] for name, variants in responses.items() if "buttons" in variants[0]
        }

    def say(self, response: str, **values: str) -> str:
        """The response's text with its placeholders filled. Raises KeyError for an unknown name or a missing value."""
        return _filled(self._texts[self.named(response)], values)

    def named(self, response: str) -> str:
        """The response that says the same and is true here: another one where no mail can leave."""
        without = f"{response}_without_mail"
        return without if not self._sends_mail and without in self._texts else response

    def counted(self, words: str, count: int) -> str:
        """A count in words, from the response of that name for one or for many: counted("utter_words_days", 3) is "3 days"."""
        return self.say(f"{words}_{'one' if count == 1 else 'many'}", count=str(count))

    def in_a_row(self, names: Sequence[str]) -> str:
        """ "a, b and c"."""
        if len(names) < 2:
            return "".join(names)
        return self.say("utter_words_and", first=", ".join(names[:-1]), last=names[-1])

    def buttons(self, response: str, **values: str) -> list[dict[str, str]]:
        """The response's buttons as Rasa takes them, {title, payload}. Raises KeyError as `say` does."""
        return [{key: _filled(text, values) for key, text in button.items()} for button in self._buttons[response]]


@cache
def _read(path: Path) -> dict[str, Any]:
    """The file's responses. Read once in a process: this takes longer than a turn, and whoever speaks asks for them."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    responses: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)["responses"]  # noqa: S506  (both are safe)
    return responses


def _filled(text: str, values: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)
