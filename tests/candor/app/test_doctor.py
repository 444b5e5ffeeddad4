"""`candor doctor` finds each fault and names its cure."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import update
from sqlalchemy.orm import Session

from candor.app import doctor
from candor.app.doctor import Finding, examine
from candor.console.places import SCRIPT
from candor.database.engine import make_engine, upgrade
from candor.services import Services
from candor.settings import Settings
from candor.tickets.delivery.mailer import MailNotTakenError
from candor.tickets.delivery.outbox import put
from candor.tickets.delivery.webhook_registry import WebhookSettings
from candor.tickets.delivery.webhooks import WebhookFailedError
from candor.tickets.models import OutboxRow
from knowledge.artefact_stores import DatabaseStore
from knowledge.ingestion import ingest
from knowledge.passage_table import PassageTable
from knowledge.policy_library import PolicyLibrary
from knowledge.releases import Releases
from tests.candor.channels.web.test_widget import build
from tests.fakes import FakeEncoder, write_cards
from tests.postgresql import running_server


def free_ports() -> list[int]:
    """Three that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    ports: list[int] = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture
def parts(tmp_path: Path, policies: Path) -> Iterator[Services]:
    """An instance of our own that lacks nothing but the encoder's export."""
    web, rasa, actions = free_ports()
    settings = Settings(
        var_dir=tmp_path / "var", policies_dir=policies, database_url="", web_host="127.0.0.1",
        web_port=web, rasa_port=rasa, actions_port=actions,
    )  # fmt: skip
    ingest(policies, settings.index_dir, FakeEncoder, FakeEncoder.id, lambda _: None)
    write_cards(settings)
    card = {"id": "fake:1", "dim": 256, "token_dim": 256, "sha256": {"model.onnx": "0", "model.bin": "0"}}
    (settings.encoder_dir / "encoder.json").write_text(json.dumps(card))
    settings.models_dir.mkdir()
    (settings.models_dir / "candor.tar.gz").touch()
    made = Services(settings)
    yield made
    if "engine" in vars(made):
        made.engine.dispose()


def found(parts: Services, part: str) -> Finding:
    return next(finding for finding in examine(parts) if finding.part == part)


def assert_fault(parts: Services, part: str, *words: str) -> None:
    finding = found(parts, part)
    assert not finding.well
    for word in words:
        assert word in finding.what


def test_all_parts_are_looked_at_whatever_the_first_ones_show(parts: Services) -> None:
    """One fault does not hide another; what is well says so."""
    findings = {finding.part: finding for finding in examine(parts)}

    assert list(findings) == [
        "Python for the service", "Python 3.11 for Rasa", "encoder weights", "encoder export", "index",
        "search across companies", "Rasa's model", "widget", "console",
        "database", "secret key", "accounts", "mail", "bounces", "webhook", *(chat.label for chat in parts.channels.chats),
        "outbox", "policy promises", "statements", "limits", "ports", "disk",
    ]  # fmt: skip
    well = ["Python for the service", "encoder weights", "index", "search across companies", "Rasa's model", "database", "ports"]
    assert [part for part in well if not findings[part].well] == []
    assert findings["index"].what == "2 companies, 2 policy versions"
    assert findings["search across companies"].what == "by FAISS, in files"
    assert findings["Rasa's model"].what == "candor.tar.gz"
    assert findings["database"].what == "sqlite"


def test_a_widget_that_was_not_built_names_the_cure(parts: Services, tmp_path: Path) -> None:
    """Built, it tells what a visitor's browser has to load first."""
    folder = tmp_path / "widget"
    parts.settings = Settings(**{**parts.settings.model_dump(), "widget_dir": folder})
    assert_fault(parts, "widget", "not built", "make setup")

    build(folder)

    assert found(parts, "widget") == Finding("widget", True, "built, launcher 0.0 kB compressed")


def test_a_console_that_was_not_built_names_the_cure(parts: Services, tmp_path: Path) -> None:
    """Without its build every page of it is an error, and staff would be the first to see that."""
    folder = tmp_path / "console"
    parts.settings = Settings(**{**parts.settings.model_dump(), "console_dir": folder})
    assert_fault(parts, "console", "not built", "make setup")

    (folder / ".vite").mkdir(parents=True)
    (folder / "assets").mkdir()
    (folder / "assets" / "console.js").touch()
    (folder / ".vite" / "manifest.json").write_text(json.dumps({SCRIPT: {"file": "assets/console.js"}}), encoding="utf-8")

    assert found(parts, "console") == Finding("console", True, "built")


def test_a_key_that_does_not_open_the_data_names_the_cure(parts: Services) -> None:
    """Before anybody writes with it; with the old key beside it all is well again."""
    vault, transcripts = parts.conversations.vault, parts.conversations.transcripts
    vault.mask(transcripts.begin(company="acme", channel="web").id, "write to jo.doe@example.org")
    assert found(parts, "secret key").what == "opens what the database has"

    def with_keys(**keys: SecretStr) -> Services:
        return Services(Settings(**{**parts.settings.model_dump(), **keys}))

    assert_fault(with_keys(secret_key=SecretStr("another")), "secret key", "CANDOR_OLD_SECRET_KEYS")
    assert found(with_keys(secret_key=SecretStr("another"), old_secret_keys=SecretStr(parts.secret_key)), "secret key").well


@pytest.mark.parametrize("company", ["", "acme"])
def test_the_audit_log_tells_a_wrong_key_where_nothing_else_was_kept(parts: Services, company: str) -> None:
    """Its next entry would not fit the ones before."""
    for _ in range(2):
        parts.staff.audit.record("ann", "policy.release", company=company)
    assert found(parts, "secret key").what == "opens what the database has"

    other = Services(Settings(**{**parts.settings.model_dump(), "secret_key": SecretStr("another")}))
    assert_fault(other, "secret key", "put the right secret.key back")


def test_a_missing_export_names_the_cure(parts: Services) -> None:
    """Set-up makes it."""
    assert_fault(parts, "encoder export", "make setup")


def test_a_damaged_export_names_the_cure(parts: Services) -> None:
    """The file is there, but is not the one that its card names."""
    tokenizer = '{"version": "1.0", "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}}'
    (parts.settings.encoder_dir / "tokenizer.json").write_text(tokenizer)
    for file in ("model.onnx", "model.bin"):
        (parts.settings.encoder_dir / file).write_bytes(b"cut short")

    assert_fault(parts, "encoder export", "damaged", "make setup")


def test_an_index_that_is_behind_names_the_cure(parts: Services, policies: Path) -> None:
    """A policy was changed and not read in."""
    with (policies / "acme" / "2026-01-15.txt").open("a") as policy:
        policy.write("\nWe never rent personal data either.\n")

    assert_fault(parts, "index", "candor ingest")


def test_a_missing_index_names_the_cure(parts: Services) -> None:
    """Before the first ingestion."""
    shutil.rmtree(parts.settings.index_dir)

    assert_fault(parts, "index", "candor ingest")


def test_a_policy_that_is_refused_is_named_with_the_reason(parts: Services, policies: Path) -> None:
    """By file."""
    (policies / "acme" / "2026-02-01.txt").write_bytes(b"\x00\x01")

    assert_fault(parts, "index", "acme/2026-02-01.txt", "save it as plain text")


def test_a_missing_policies_folder_names_the_cure(parts: Services, policies: Path) -> None:
    """It may be configured wrongly."""
    shutil.rmtree(policies)

    assert_fault(parts, "index", "CANDOR_POLICIES_DIR")


def test_a_missing_model_names_the_cure(parts: Services) -> None:
    """Set-up trains it."""
    (parts.settings.models_dir / "candor.tar.gz").unlink()

    assert_fault(parts, "Rasa's model", "make setup")


def test_a_damaged_database_names_the_cure(parts: Services) -> None:
    """A file that is no database, or a server that does not answer."""
    (parts.settings.var_dir / "candor.db").write_bytes(b"not a database" * 100)

    assert_fault(parts, "database", "CANDOR_DATABASE_URL", "backup")


def test_a_database_of_a_kind_nobody_knows_names_the_cure(parts: Services) -> None:
    """A typing error in the address."""
    parts.settings = parts.settings.model_copy(update={"database_url": "nosuch://localhost/candor"})

    assert_fault(parts, "database", "CANDOR_DATABASE_URL")


@pytest.mark.parametrize(
    ("port", "variable"),
    [("web_port", "CANDOR_WEB_PORT"), ("rasa_port", "CANDOR_RASA_PORT"), ("actions_port", "CANDOR_ACTIONS_PORT")],
)
def test_a_taken_port_names_the_variable(parts: Services, port: str, variable: str) -> None:
    """The one that moves Candor elsewhere."""
    number = getattr(parts.settings, port)
    other = socket.socket()
    other.bind(("127.0.0.1", number))  # bound and not listening: whoever asks is refused at once

    assert_fault(parts, "ports", str(number), variable)

    other.close()


def test_without_a_mail_server_doctor_says_where_mail_lies(parts: Services) -> None:
    """No fault: it runs. But nobody gets a code."""
    mail = found(parts, "mail")

    assert mail.well
    assert all(word in mail.what for word in ("CANDOR_SMTP_URL", "outbox/", "CANDOR_STAFF_EMAIL"))


def test_a_mail_server_that_does_not_answer_names_the_setting(parts: Services) -> None:
    """Without its password."""
    url = SecretStr(f"smtp://candor:sentinelword@127.0.0.1:{free_ports()[0]}")
    parts.settings = parts.settings.model_copy(update={"smtp_url": url, "mail_from": "candor@acme.example"})

    assert_fault(parts, "mail", "CANDOR_SMTP_URL")
    assert "sentinelword" not in found(parts, "mail").what


def test_a_mail_server_without_a_sender_names_the_setting(parts: Services) -> None:
    """Nobody could answer."""
    parts.settings = parts.settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1")})

    assert_fault(parts, "mail", "CANDOR_MAIL_FROM")


def test_a_staff_address_that_is_none_names_the_setting(parts: Services) -> None:
    """Else nobody would be reminded, and nobody would notice."""
    parts.settings = parts.settings.model_copy(update={"staff_email": "the privacy team"})

    assert_fault(parts, "mail", "CANDOR_STAFF_EMAIL")


def test_slack_is_off_without_tokens_and_a_wrong_one_is_named(parts: Services) -> None:
    """Off is well; a token without a way in is not."""
    assert found(parts, "Slack").well
    assert found(parts, "Slack").what.startswith("off")

    parts.settings = parts.settings.model_copy(update={"slack_bot_token": SecretStr("xoxb-sentinelword")})

    assert_fault(parts, "Slack", "CANDOR_SLACK_APP_TOKEN")
    assert "sentinelword" not in found(parts, "Slack").what


def test_answers_that_nobody_would_read_name_the_setting(parts: Services) -> None:
    """Letters would ask people to write to a mailbox that Candor never opens."""
    parts.settings = parts.settings.model_copy(update={"reply_address": "replies@acme.example"})

    assert_fault(parts, "bounces", "CANDOR_REPLY_ADDRESS", "CANDOR_BOUNCE_IMAP_URL")


def test_a_webhook_is_well_when_it_is_not_configured_and_named_when_it_is_unsafe(parts: Services) -> None:
    """Most companies have none."""
    assert found(parts, "webhook") == Finding("webhook", True, "not configured")
    del parts.requests.webhooks  # as if started anew

    parts.settings = parts.settings.model_copy(update={"webhook_url": "http://jira.example/hook"})
    assert_fault(parts, "webhook", "CANDOR_WEBHOOK_URL")


def test_what_could_not_be_delivered_names_the_cure(parts: Services) -> None:
    """Somebody waits for that letter."""
    with Session(parts.engine) as session, session.begin():
        put(session, "staff", "staff_new", datetime(2026, 1, 15, tzinfo=UTC))
    assert found(parts, "outbox") == Finding("outbox", True, "1 waiting")

    with Session(parts.engine) as session, session.begin():
        session.execute(update(OutboxRow).values(state="dead"))
    assert_fault(parts, "outbox", "1 could not be delivered", "candor deliver --again --once")


def test_mail_that_a_server_does_not_take_names_what_to_mend(parts: Services) -> None:
    """SPF, DKIM, the sender: before the letters are given up."""
    with Session(parts.engine) as session, session.begin():
        put(session, "requester", "opened", datetime(2026, 1, 15, tzinfo=UTC))
        session.execute(update(OutboxRow).values(tries=1, last_error=str(MailNotTakenError(550, "5.7.26"))))

    assert_fault(parts, "outbox", "1 waiting", "550 5.7.26", "CANDOR_MAIL_FROM", "candor deliver --again")


def test_a_promise_longer_than_the_law_is_a_fault_and_a_shorter_one_is_told(parts: Services, policies: Path) -> None:
    """Whoever wrote the policy should know before a requester finds out."""
    toml = policies / "acme" / "company.toml"
    basis = toml.read_text(encoding="utf-8") + 'laws = ["gdpr"]\n'
    assert found(parts, "policy promises").what == "none that differs from the laws"

    toml.write_text(basis + "promised_days = { access = 20 }\n", encoding="utf-8")
    assert found(parts, "policy promises").well
    assert "the promise rules" in found(parts, "policy promises").what

    toml.write_text(basis + "promised_days = { access = 60 }\n", encoding="utf-8")
    assert_fault(parts, "policy promises", "acme", "60 days", "have the policy mended")


def test_a_bot_environment_that_misses_names_the_cure(parts: Services, tmp_path: Path) -> None:
    """Rasa runs on Python 3.11 alone."""
    parts.settings = parts.settings.model_copy(update={"rasa_python": tmp_path / "python"})

    assert_fault(parts, "Python 3.11 for Rasa", ".venv-bot", "make setup")


def test_a_bot_environment_of_another_python_names_the_cure(parts: Services, tmp_path: Path) -> None:
    """Somebody made it by hand."""
    python = tmp_path / ".venv-bot" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho Python 3.12.1\n")
    python.chmod(0o755)
    parts.settings = parts.settings.model_copy(update={"rasa_python": python})

    assert_fault(parts, "Python 3.11 for Rasa", "3.12.1", "make setup")


def test_our_own_bot_environment_is_well() -> None:
    """Set-up has made it; this test runs after set-up."""
    assert doctor._bot_python(Settings()).startswith("3.11.")


def test_a_webhook_that_fails_or_was_switched_off_is_a_fault(parts: Services) -> None:
    """With the command that mends it; those that do well are counted."""
    registry = parts.requests.webhook_registry
    known, _ = registry.add(WebhookSettings("Jira", "https://hooks.example.org/x"), "cli:test")

    assert found(parts, "webhook") == Finding("webhook", True, "signed, to one receiver")
    registry.failed(known.id, WebhookFailedError("no answer"))
    assert_fault(parts, "webhook", "Jira", "candor webhook deliveries")
    registry.failed(known.id, WebhookFailedError("gone", 410))
    assert_fault(parts, "webhook", "Jira", "candor webhook on")


def test_a_server_without_pgvector_is_no_fault_and_has_its_cure(parts: Services, tmp_path: Path) -> None:
    """FAISS searches all the same; what would help is said beside it."""
    with running_server() as url:
        engine = make_engine(f"{url}/postgres")
        upgrade(engine)
        library = PolicyLibrary(tmp_path / "index", DatabaseStore(engine), Releases(engine))
        parts.knowledge.passage_table = PassageTable(library, "fake:1")

        seen = found(parts, "search across companies")
        engine.dispose()

    assert seen.well
    assert seen.what.startswith("by FAISS, in files of each machine. PostgreSQL has no pgvector: install it")
