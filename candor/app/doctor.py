"""`candor doctor`: check each part, and name the cure of each fault."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
from sqlalchemy.exc import SQLAlchemyError

from candor.app.channels import CHATS
from candor.app.key_check import opens_data
from candor.app.supervisor import check_ports, newest_model
from candor.channels.chat import ChatChannel
from candor.channels.web.widget import LAUNCHER, SURFACE
from candor.console.places import SCRIPT
from candor.database.engine import check as check_database
from candor.database.rate_limits import check_redis
from candor.errors import CandorError, InvalidInputError, UnavailableError
from candor.services import Services
from candor.services.knowledge import encoder_id
from candor.services.vite_build import ViteBuild
from candor.settings import Settings
from candor.tickets.addresses import NotAnAddress, read_address
from candor.tickets.law.promises import compared
from candor.transcripts.finder import Finder, FinderMissingError
from knowledge.embedding import weights_folder
from knowledge.encoder import EncoderMissingError, LargeEncoder, OnnxEncoder
from knowledge.ingestion import is_up_to_date
from knowledge.passage_table import VectorsUnavailableError
from knowledge.policy_folder import read_policies

RASA_PYTHON = "3.11"  # what scripts/setup.py makes Rasa's environment of


@dataclass(frozen=True)
class Finding:
    """One part: it is well, or what is wrong and how to cure it."""

    part: str
    well: bool
    what: str


def examine(parts: Services, chats: Sequence[ChatChannel] = CHATS) -> list[Finding]:
    """Check interpreters, encoder, index, Rasa's model, database, channels and ports."""
    settings = parts.settings
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python for the service", _service_python),
        (f"Python {RASA_PYTHON} for Rasa", lambda: _bot_python(settings)),
        ("encoder weights", lambda: f"sha256 is right, in {weights_folder().parent.name}"),
        ("encoder export", lambda: _export(settings)),
        ("index", lambda: _index(parts)),
        ("search across companies", lambda: _across(parts)),
        ("Rasa's model", lambda: f"{newest_model(settings).name}"),
        ("widget", lambda: _widget(settings)),
        ("console", lambda: _console(settings)),
        ("database", lambda: _database(parts)),
        ("secret key", lambda: _secret_key(parts)),
        ("accounts", lambda: _accounts(parts)),
        ("mail", lambda: _mail(parts)),
        ("bounces", lambda: _bounces(parts)),
        ("webhook", lambda: _webhook(parts)),
        *((parts.channels.label(chat.name), partial(chat.state, parts)) for chat in chats),
        ("outbox", lambda: _outbox(parts)),
        ("policy promises", lambda: _promises(settings)),
        ("statements", lambda: _statements(settings, datetime.now(UTC))),
        ("limits", lambda: _limits(settings)),
        ("ports", lambda: _ports(settings)),
        ("disk", lambda: _disk(settings)),
    ]
    return [_examine(part, check) for part, check in checks]


def _examine(part: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(part, True, check())
    except CandorError as error:
        return Finding(part, False, str(error))


def _service_python() -> str:
    return sys.version.split()[0]


def _bot_python(settings: Settings) -> str:
    try:
        version = subprocess.run(
            [settings.rasa_python, "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError("there is no .venv-bot: run `make setup`") from error
    if not version.startswith(f"Python {RASA_PYTHON}."):
        raise UnavailableError(
            f".venv-bot holds {version.strip()}, but Rasa runs on {RASA_PYTHON} alone: run `make setup`, which makes it anew"
        )
    return version.split()[1]


def _export(settings: Settings) -> str:
    try:
        encoders = OnnxEncoder(settings.encoder_dir), LargeEncoder(settings.large_encoder_dir)
        Finder(settings.encoder_dir)
    except (EncoderMissingError, FinderMissingError) as error:
        raise UnavailableError(str(error)) from error
    return "; ".join(f"{encoder.id}, {encoder.dim} dimensions" for encoder in encoders)


def _index(parts: Services) -> str:
    settings = parts.settings
    if not settings.policies_dir.is_dir():
        raise UnavailableError(f"there is no folder {settings.policies_dir.name}/: make it, or set CANDOR_POLICIES_DIR")
    found = read_policies(settings.policies_dir)
    if found.refused:
        raise UnavailableError("; ".join(entry.reason for entry in found.refused))
    try:
        up_to_date = is_up_to_date(found, parts.knowledge.policy_library, encoder_id(settings))
    except SQLAlchemyError as error:
        raise UnavailableError("the releases cannot be read: look at the database") from error
    if not up_to_date:
        raise UnavailableError("the index does not match the policies: run `candor ingest`")
    return f"{len(found.companies)} companies, {len(found.documents)} policy versions"


def _across(parts: Services) -> str:
    """No pgvector is no fault: FAISS searches as well, in files of each machine."""
    try:
        table = parts.knowledge.passage_table
        if table is None:
            return "by FAISS, in files"
        return table.about()
    except VectorsUnavailableError as error:
        return f"by FAISS, in files of each machine. {error}"
    except SQLAlchemyError as error:
        raise UnavailableError(f"it could not be tried ({type(error).__name__}): see the database") from error


def _widget(settings: Settings) -> str:
    build = ViteBuild(settings.widget_dir)
    size = len(gzip.compress(build.file(LAUNCHER).read_bytes())) / 1000
    return f"built, launcher {size:.1f} kB compressed" if build.files(SURFACE) else ""


def _console(settings: Settings) -> str:
    return "built" if ViteBuild(settings.console_dir).files(SCRIPT) else ""


def _database(parts: Services) -> str:
    try:
        check_database(parts.engine)
    except (UnavailableError, SQLAlchemyError) as error:
        why = type(error.__cause__ or error).__name__
        raise UnavailableError(f"the database cannot be used ({why}): check CANDOR_DATABASE_URL, or put back a backup") from error
    return parts.engine.dialect.name


def _secret_key(parts: Services) -> str:
    """With a wrong key nobody could be answered, and no one would notice at first."""
    try:
        return "opens what the database has" if opens_data(parts) else "there; nothing is encrypted with it yet"
    except SQLAlchemyError as error:
        raise UnavailableError(f"it could not be tried ({type(error).__name__}): see the database") from error


def _accounts(parts: Services) -> str:
    """No accounts is no fault: Candor answers visitors without them."""
    try:
        accounts = parts.staff.accounts.all()
    except (UnavailableError, SQLAlchemyError) as error:
        raise UnavailableError(f"accounts cannot be read ({type(error).__name__}): see the database") from error
    if not accounts:
        return "nobody can open the console yet: candor user add YOU@EXAMPLE.ORG --name YOU --role admin"
    mapped = len(parts.staff.group_roles.table)
    groups = f"; roles of {mapped} groups" if mapped else ""
    without = sum(not one.has_second_factor and one.has_password and not one.disabled for one in accounts)
    return f"{len(accounts)}" + (f", {without} without a second factor" if without else "") + groups


def _mail(parts: Services) -> str:
    settings = parts.settings
    if settings.sends_mail and isinstance(read_address(settings.mail_from), NotAnAddress):
        raise UnavailableError("mail has no sender that can be answered: set CANDOR_MAIL_FROM")
    if settings.staff_email and isinstance(read_address(settings.staff_email), NotAnAddress):
        raise UnavailableError("staff cannot be reached: CANDOR_STAFF_EMAIL is not one e-mail address")
    reminded = "" if settings.staff_email else "; nobody is reminded of due dates: set CANDOR_STAFF_EMAIL"
    return asyncio.run(parts.requests.mailer.check()) + reminded


def _bounces(parts: Services) -> str:
    mailbox, told = parts.requests.bounce_mailbox, parts.settings.bounce_webhook_secret
    ways = [mailbox.check()] if mailbox else []
    ways += ["reported at /bounces"] if told else []
    if parts.settings.reply_address and not ways:
        raise InvalidInputError("CANDOR_REPLY_ADDRESS asks people to write where nobody reads: set CANDOR_BOUNCE_IMAP_URL")
    return ", ".join(ways) or "not read: set CANDOR_BOUNCE_IMAP_URL, and who gave a wrong address hears of it"


def _webhook(parts: Services) -> str:
    own = parts.requests.webhooks
    try:
        others = parts.requests.webhook_registry.all()
    except (UnavailableError, SQLAlchemyError) as error:
        raise UnavailableError(f"the webhooks cannot be read ({type(error).__name__}): see the database") from error
    if stopped := [one.given.name for one in others if one.stopped_at]:
        raise UnavailableError(
            f"{', '.join(stopped)} was switched off after failing: mend it, then `candor webhook on` and `replay`"
        )
    if failing := [one.given.name for one in others if one.failing_since]:
        raise UnavailableError(
            f"{', '.join(failing)} does not take what is sent: `candor webhook deliveries ID --failed` says why"
        )
    if not others:
        return "signed, to the configured receiver" if own else "not configured"
    count = len(others) + bool(own)
    return "signed, to one receiver" if count == 1 else f"signed, to {count} receivers"


def _outbox(parts: Services) -> str:
    try:
        counts, failing = parts.requests.outbox.counts(), parts.requests.outbox.failing()
    except (UnavailableError, SQLAlchemyError) as error:
        raise UnavailableError(f"the outbox cannot be read ({type(error).__name__}): see the database") from error
    if dead := counts.get("dead", 0):
        raise UnavailableError(f"{dead} could not be delivered: mend mail or webhook, then `candor deliver --again --once`")
    if failing.count:
        raise UnavailableError(
            f"{failing.count} waiting: {failing.why}. Check CANDOR_MAIL_FROM, its SPF and DKIM, and what your server lets Candor "
            "send, then `candor deliver --again --once`"
        )
    waiting = counts.get("due", 0) + counts.get("sending", 0)
    refused = counts.get("refused", 0)
    return f"{waiting} waiting" + (f", {refused} refused by the requester's mail server" if refused else "")


def _promises(settings: Settings) -> str:
    """Find policies that promise a later answer than their laws allow."""
    companies = read_policies(settings.policies_dir).companies if settings.policies_dir.is_dir() else {}
    promises = [
        promise for company in companies.values() for promise in compared(company.id, company.laws, company.promised_days)
    ]
    if wrong := [promise.text for promise in promises if promise.longer]:
        raise UnavailableError("; ".join(wrong))
    return "; ".join(promise.text for promise in promises) or "none that differs from the laws"


def _statements(settings: Settings, now: datetime) -> str:
    """What stands under /.well-known/: a security.txt that is over is believed by nobody (RFC 9116, 2.5.5)."""
    contact, until = settings.security_contacts, settings.security_until
    if contact and until and until <= now:
        raise UnavailableError(
            f"security.txt ended on {until:%Y-%m-%d}: check that CANDOR_SECURITY_CONTACT is still right, then set "
            "CANDOR_SECURITY_EXPIRES anew"
        )
    security = f"security.txt until {until:%Y-%m-%d}" if contact and until else ""
    if security and until and until > now + timedelta(days=366):
        security += ", which is longer than the year that RFC 9116 advises"
    gpc = "no gpc.json: set CANDOR_GPC" if settings.gpc is None else f"gpc.json says {str(settings.gpc).lower()}"
    return f"{security or 'no security.txt: set CANDOR_SECURITY_CONTACT, so that who finds a hole can tell you'}; {gpc}"


def _limits(settings: Settings) -> str:
    if not settings.redis_url:
        return "counted in the process"
    try:
        answers = asyncio.run(check_redis(settings.redis_url.get_secret_value()))
    except ValueError as error:  # an unknown kind of address
        raise UnavailableError("CANDOR_REDIS_URL cannot be read: write it like redis://127.0.0.1:6379/0") from error
    if not answers:
        raise UnavailableError("Redis does not answer, so each process counts for itself: start it, or check CANDOR_REDIS_URL")
    return "counted in Redis"


def _ports(settings: Settings) -> str:
    """It is no fault if Candor itself uses the ports."""
    try:
        answer = httpx.get(f"http://{settings.web_host}:{settings.web_port}/readyz", timeout=5, trust_env=False)
        if "parts" in answer.json():
            return f"Candor runs on port {settings.web_port}" + ("" if answer.status_code == 200 else ", but is not ready")
    except (httpx.HTTPError, ValueError):
        pass
    check_ports(settings)
    return f"{settings.web_port}, {settings.rasa_port} and {settings.actions_port} are free"


def _disk(settings: Settings) -> str:
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.var_dir).free
    if free < 500_000_000:
        raise UnavailableError(f"only {free // 1_000_000} MB are free where {settings.var_dir.name}/ lies: make room")
    return f"{free // 1_000_000_000} GB free"
