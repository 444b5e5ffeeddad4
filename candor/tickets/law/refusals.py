"""What a refusal must tell, and the grounds that it can rest on, for each law. Read from `refusals.yml`, the only source."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from candor.errors import InvalidInputError
from candor.tickets.law.laws import NO_EXTRAS, NonEmptyText, StatedTerm, cited, laws
from candor.tickets.request_types import RequestTypeName

TABLE = Path(__file__).with_name("refusals.yml")
Told = Literal["reason", "authority", "court", "appeal"]
ANYWHERE = "the data protection authority of the country in which you live"


@dataclass(frozen=True, config=NO_EXTRAS)
class RefusalGround:
    """One ground of refusal. says: a sentence to the requester. fits: the request types; empty: all."""

    id: str
    article: str
    says: NonEmptyText
    fits: tuple[RequestTypeName, ...] = ()


@dataclass(frozen=True, config=NO_EXTRAS)
class RefusalRules:
    """What a law asks of a letter that refuses. The columns are explained in refusals.yml."""

    law: str
    confirmed: bool
    article: NonEmptyText
    must_tell: tuple[Told, ...]
    authority: NonEmptyText
    grounds: tuple[RefusalGround, ...]
    court: str = ""
    after_appeal: str = ""

    def for_type(self, request_type: str) -> tuple[RefusalGround, ...]:
        """The grounds that fit a type of request."""
        return tuple(ground for ground in self.grounds if not ground.fits or request_type in ground.fits)

    def ground(self, request_type: str, ground: str) -> RefusalGround | None:
        """The ground of this name, if it fits the type of request."""
        return next((one for one in self.for_type(request_type) if one.id == ground), None)


def read_refusals(path: Path = TABLE) -> dict[str, RefusalRules]:
    """Read and check the table. Raises: InvalidInputError naming file, law, column and fault."""
    table: dict[str, RefusalRules] = {}
    for law, entry in yaml.safe_load(path.read_text(encoding="utf-8"))["laws"].items():
        grounds = [
            {"id": name, "fits": about.get("for", ()), **{key: value for key, value in about.items() if key != "for"}}
            for name, about in entry["grounds"].items()
        ]
        try:
            rules = TypeAdapter(RefusalRules).validate_python({**entry, "law": law, "grounds": grounds})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise InvalidInputError(f"{path.name}: {law}: {first['loc']}: {first['msg']}: mend this entry") from None
        if "court" in rules.must_tell and not rules.court:
            raise InvalidInputError(f"{path.name}: {law}: must_tell names the court, and `court` is empty: fill it in")
        table[law] = rules
    return table


@cache
def refusals() -> dict[str, RefusalRules]:
    """The table that comes with Candor, read once."""
    return read_refusals()


def grounds_for(law: str, request_type: str) -> tuple[RefusalGround, ...]:
    """The grounds on which a request can be refused; none for a law that the table does not have."""
    return refusals()[law].for_type(request_type) if law in refusals() else ()


def complaint_route(law: str) -> str:
    """Where to complain, as the end of "You can complain to …"."""
    return refusals()[law].authority if law in refusals() else ANYWHERE


def court_route(law: str) -> str:
    """How to go to court, as the end of "You can also …"; empty if the law gives no such way."""
    return refusals()[law].court if law in refusals() else ""


def after_appeal(law: str) -> str:
    """What can be done once an appeal was refused, as the end of "You can …"; empty: the same as before it."""
    return refusals()[law].after_appeal if law in refusals() else ""


def ground_text(law: str, request_type: str, ground: str) -> str:
    """A ground as a letter gives it, with its article; empty for one that does not fit."""
    found = refusals()[law].ground(request_type, ground) if law in refusals() else None
    if found is None:
        return ""
    if not found.article:
        return found.says
    article = cited(found.article, laws()[law].name) if law in laws() else found.article
    return f"{found.says.rstrip('.')} ({article})."


def term_text(term: StatedTerm, law_name: str) -> str:
    """A term in words: "60 days (§ 59.1-577(C) VCDPA)"."""
    return f"{term.words} ({cited(term.article, law_name)})"
