"""Write the letters: plain text from the templates in `mail/`, one file each. What a person wrote is put in as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).with_name("mail")


@dataclass(frozen=True)
class Letter:
    """A mail without its envelope. The subject is one line."""

    subject: str
    text: str


class LetterTemplates:
    """The templates, read once. A value that a template names and does not get is an error, never a gap."""

    def __init__(self, folder: Path = TEMPLATES) -> None:
        # Letters are plain text: there is nothing to escape, and what is put in is never read as a template.
        self._templates = Environment(loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=False)  # noqa: S701

    @property
    def names(self) -> list[str]:
        return sorted(name.removesuffix(".txt") for name in self._templates.list_templates())

    def write(self, name: str, **values: object) -> Letter:
        """Raises: jinja2.UndefinedError for a value that misses, TemplateNotFound for a letter that does not exist."""
        written = self._templates.get_template(f"{name}.txt").render(**values)
        subject, _, text = written.partition("\n\n")
        return Letter(" ".join(subject.removeprefix("Subject:").split()), text.strip("\n") + "\n")


def day(value: date) -> str:
    """A date as people write it: 5 January 2026."""
    return f"{value.day} {value:%B %Y}"
