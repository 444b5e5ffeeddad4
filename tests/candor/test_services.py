"""Parts are built in one place, each only when it is asked for."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from candor.database.engine import check as check_database
from candor.errors import EncoderError, IndexUnusableError, UnavailableError
from candor.services import Services
from candor.services.ground import SecretKeyMissingError, make_private
from candor.services.knowledge import encoder_id
from candor.settings import Settings
from tests.fakes import FakeEncoder, write_cards


def of(var: Path, secret: str | None = None) -> Services:
    return Services(Settings(var_dir=var, secret_key=SecretStr(secret) if secret else None))


def test_nothing_is_made_before_it_is_asked_for(tmp_path: Path) -> None:
    """A process that only needs the settings leaves no trace on disk."""
    parts = of(tmp_path / "var")

    assert parts.settings.index_dir == tmp_path / "var" / "index"
    assert not (tmp_path / "var").exists()


def test_a_part_is_made_once(tmp_path: Path) -> None:
    """All who ask share one."""
    parts = of(tmp_path, "a secret")

    assert parts.engine is parts.engine
    assert parts.conversations.vault is parts.conversations.vault
    parts.engine.dispose()


def test_the_database_has_its_tables_when_it_is_first_used(tmp_path: Path) -> None:
    """Nobody has to remember a migration."""
    parts = of(tmp_path / "var")

    check_database(parts.engine)

    assert (tmp_path / "var" / "candor.db").is_file()
    parts.engine.dispose()


def test_the_secret_key_is_made_once_and_only_this_user_can_read_it(tmp_path: Path) -> None:
    """Tokens and the vault outlive a restart, and no other user of the machine can forge or read."""
    first = of(tmp_path / "var").secret_key
    later = of(tmp_path / "var").secret_key

    kept = tmp_path / "var" / "secret.key"
    assert first == later == kept.read_text()
    assert len(first) >= 48
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(kept.parent.glob("secret.key*")) == [kept]


def test_processes_that_start_together_agree_on_one_secret_key(tmp_path: Path) -> None:
    """Else one would refuse the other's tokens."""
    with ThreadPoolExecutor(16) as starters:
        keys = set(starters.map(lambda _: of(tmp_path).secret_key, range(16)))

    assert len(keys) == 1


def test_a_configured_secret_key_is_used_and_not_written(tmp_path: Path) -> None:
    """Who keeps secrets elsewhere finds none on disk."""
    assert of(tmp_path, "from elsewhere").secret_key == "from elsewhere"
    assert list(tmp_path.iterdir()) == []


def test_a_secret_is_never_printed(tmp_path: Path) -> None:
    """Settings may end up in a log or a traceback."""
    settings = Settings(var_dir=tmp_path, secret_key=SecretStr("do-not-tell"), internal_secret=SecretStr("nor-this"))

    assert "do-not-tell" not in f"{settings!r} {settings}"
    assert "nor-this" not in f"{settings!r} {settings}"


@pytest.mark.parametrize("folder", ["encoder", "large_encoder"])
@pytest.mark.parametrize("card", [None, "", "not json", json.dumps({"dim": 4})])
def test_a_missing_or_broken_encoder_names_the_cure(tmp_path: Path, folder: str, card: str | None) -> None:
    """Set-up makes both; the message says which one is missing."""
    settings = Settings(var_dir=tmp_path)
    write_cards(settings)
    (tmp_path / folder / "encoder.json").unlink()
    if card is not None:
        (tmp_path / folder / "encoder.json").write_text(card)

    with pytest.raises(EncoderError, match=rf"in {folder}/: run `make setup`"):
        encoder_id(settings)


def test_both_encoders_make_the_id_that_the_index_is_known_by(tmp_path: Path) -> None:
    """What one of the two made cannot be compared with what both make."""
    settings = Settings(var_dir=tmp_path)
    write_cards(settings)

    assert encoder_id(settings) == FakeEncoder.id


def test_asking_without_encoder_or_index_names_the_cure(tmp_path: Path) -> None:
    """Each part says what it needs, in the family of errors that every edge knows."""
    parts = of(tmp_path)

    with pytest.raises(EncoderError, match="make setup"):
        _ = parts.knowledge.encoder
    write_cards(parts.settings)
    with pytest.raises(IndexUnusableError, match="candor ingest"):
        _ = parts.knowledge.catalogue.companies


def test_a_missing_secret_key_beside_data_stops_the_start(tmp_path: Path) -> None:
    """A new key would look well and read nothing: who asked could not be answered any more."""
    parts = of(tmp_path / "var")
    parts.conversations.transcripts.begin(company="clevra", channel="web")
    conversation = parts.conversations.transcripts.begin(company="clevra", channel="web").id
    parts.conversations.vault.mask(conversation, "write to jo.doe@example.org")
    parts.engine.dispose()
    (tmp_path / "var" / "secret.key").unlink()

    again = of(tmp_path / "var")
    with pytest.raises(SecretKeyMissingError, match=r"secret\.key is missing: put it back from a backup"):
        _ = again.secret_key

    assert not (tmp_path / "var" / "secret.key").exists()
    again.engine.dispose()


def test_an_empty_secret_key_is_none(tmp_path: Path) -> None:
    """A copy that broke off leaves one behind, and anybody could sign with it."""
    (tmp_path / "secret.key").touch()

    with pytest.raises(UnavailableError, match=r"secret\.key is empty: put it back from a backup"):
        _ = of(tmp_path).secret_key


def test_beside_a_shared_database_no_secret_key_is_made(tmp_path: Path) -> None:
    """Not even while it is empty: each machine would make its own, and refuse what the others signed."""
    told = Settings(var_dir=tmp_path, database_url="postgresql+psycopg://candor@db/candor", secret_key=None)

    with pytest.raises(SecretKeyMissingError, match="CANDOR_SECRET_KEY is not set"):
        _ = Services(told).secret_key

    assert list(tmp_path.iterdir()) == []


def test_a_key_that_an_earlier_version_made_beside_a_shared_database_is_used(tmp_path: Path) -> None:
    """What it encrypted must stay readable."""
    (tmp_path / "secret.key").write_text("made earlier", encoding="utf-8")
    told = Settings(var_dir=tmp_path, database_url="postgresql+psycopg://candor@db/candor", secret_key=None)

    assert Services(told).secret_key == "made earlier"


def test_nobody_else_may_look_into_the_folder_of_the_data(tmp_path: Path) -> None:
    """Also into one that an earlier version has made for everybody to read."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)

    make_private(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_masking_knows_the_companies_that_a_message_names(parts: Services) -> None:
    """By every name of theirs, however they are written; where no index is served, none."""
    spared = parts.conversations.vault.find("my name is Acme, says GLOBEX")
    nobody = of(parts.settings.var_dir / "new", "a secret")

    assert parts.knowledge.company_names_in("does ACME keep it?") == {"Acme", "acme"}
    assert spared == []
    assert nobody.knowledge.company_names_in("does ACME keep it?") == frozenset()
