"""`policies/<id>/company.toml` → Company: its name, where to write, which laws apply."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from candor.errors import BadPolicyError, UnknownCompanyError

COMPANY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LISTS = ("aliases", "laws", "allowed_origins")
KNOWN_KEYS = {"name", "aliases", "website", "contact", "laws", "accent", "allowed_origins", "policy_title", "policy_url"}
KNOWN_KEYS |= {"country", "time_zone", "promised_days"}  # for requests
LONGEST_PROMISE = 3660  # days; more must be a typing error
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?", re.IGNORECASE)  # used in an HTTP header, so nothing else may slip in


@dataclass(frozen=True)
class Company:
    """One company whose policy Candor answers from. `id` is the folder's name."""

    id: str
    name: str
    contact: str
    website: str = ""
    aliases: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    accent: str = "#334155"
    allowed_origins: tuple[str, ...] = ()
    policy_title: str = "Privacy Policy"
    country: str = ""  # where it is established, ISO 3166: whose public holidays count
    time_zone: str = ""  # IANA name: sets where its days begin and end
    promised_days: dict[str, int] = field(
        default_factory=dict, hash=False
    )  # days by type of request, as the policy itself promises
    policy_url: str = ""  # where the company itself publishes its policy


def read_company(folder: Path) -> Company:
    """Read a folder's company.toml.

    Raises: BadPolicyError with the file's name, the reason and the cure.
    """
    file = f"{folder.name}/company.toml"
    if not COMPANY_ID.fullmatch(folder.name):
        raise BadPolicyError(f"{folder.name}: a company's folder is named in lower case letters, digits and hyphens")
    try:
        values = tomllib.loads((folder / "company.toml").read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BadPolicyError(f'{file} is missing: write one with name = "…" and contact = "…"') from None
    except OSError as error:
        raise BadPolicyError(f"{file} cannot be read ({error.strerror}): put a readable file there") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPolicyError(f"{file} is not valid TOML: {error}") from error
    unknown = sorted(set(values) - KNOWN_KEYS)
    if unknown:
        raise BadPolicyError(f"{file}: unknown key {unknown[0]!r}; known: {', '.join(sorted(KNOWN_KEYS))}")
    _check_types(file, values)
    _check_for_requests(file, values)
    _check_values(file, values)
    for key in LISTS:
        values[key] = tuple(values.get(key, ()))
    return Company(id=folder.name, **values)


def _check_types(file: str, values: dict[str, Any]) -> None:
    for key in ("name", "contact"):
        if not isinstance(values.get(key), str) or not values[key].strip():
            raise BadPolicyError(f'{file}: {key} must be a text, such as {key} = "…"')
    for key in LISTS:
        listed = values.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(entry, str) for entry in listed):
            raise BadPolicyError(f"{file}: {key} must be a list of texts")
    for key in ("website", "accent", "policy_title", "policy_url"):
        if not isinstance(values.get(key, ""), str):
            raise BadPolicyError(f"{file}: {key} must be a text")


def _check_values(file: str, values: dict[str, Any]) -> None:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", values.get("accent", "#334155")):
        raise BadPolicyError(f'{file}: accent must be a colour such as "#0f766e"')
    for origin in values.get("allowed_origins", []):
        if not ORIGIN.fullmatch(origin):
            raise BadPolicyError(f'{file}: allowed_origins holds origins such as "https://www.example.com", without a path')
    if values.get("policy_url") and not values["policy_url"].startswith(("https://", "http://")):
        raise BadPolicyError(f'{file}: policy_url must be an address such as "https://www.example.com/privacy"')


def _check_for_requests(file: str, values: dict[str, Any]) -> None:
    country, zone, promised = values.get("country", ""), values.get("time_zone", ""), values.get("promised_days", {})
    if not isinstance(country, str) or not re.fullmatch(r"([A-Z]{2})?", country):
        raise BadPolicyError(f'{file}: country must be a code of two letters, such as country = "DE"')
    if not isinstance(zone, str) or (zone and zone not in available_timezones()):
        raise BadPolicyError(f'{file}: time_zone must be an IANA name, such as time_zone = "Europe/Berlin"')
    days = promised.values() if isinstance(promised, dict) else [None]
    if not all(type(each) is int and 1 <= each <= LONGEST_PROMISE for each in days):
        raise BadPolicyError(f"{file}: promised_days must name days by request, such as promised_days = {{ access = 30 }}")


def find_company(companies: Mapping[str, Company], company_id: str) -> Company:
    """The company with this id. Raises: UnknownCompanyError, which lists the known ones."""
    try:
        return companies[company_id]
    except KeyError:
        raise UnknownCompanyError(company_id, sorted(companies)) from None
