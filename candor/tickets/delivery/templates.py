"""Render letters as plain text from the templates in `mail/`, one file each. What a person wrote is inserted as data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).with_name("mail")


@dataclass(frozen=True)
class Letter:
    """A mail without headers other than its subject, which is one line."""

    subject: str
    text: str


class LetterTemplates:
    """The templates, loaded once. A missing value is an error, never a gap in the text."""

    def __init__(self, folder: Path = TEMPLATES) -> None:
        # Letters are plain text, so nothing needs escaping, and inserted values are never parsed as templates.
        self._templates = Environment(loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=False)  # noqa: S701

    def write(self, name: str, **values: object) -> Letter:
        """Render a letter. Raises: jinja2.UndefinedError for a missing value, TemplateNotFound for an unknown letter."""
        rendered = self._templates.get_template(f"{name}.txt").render(**values)
        subject, _, text = rendered.partition("\n\n")
        return Letter(" ".join(subject.removeprefix("Subject:").split()), text.strip("\n") + "\n")
