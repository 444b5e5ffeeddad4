"""What every group of services stands on: the settings, the database and the keys."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, text

from candor.conversations.channels import Channels
from candor.database.engine import make_engine, upgrade
from candor.errors import UnavailableError
from candor.settings import ChannelFacts, Settings
from candor.tickets.cipher import FieldCipher

WITH_KEY = ("vault", "ticket", "audit", "audit_entry")  # tables whose rows the secret key encrypts, hashes or seals


class Ground:
    """Nothing is opened or made before it is first asked for."""

    def __init__(self, settings: Settings, channels: Sequence[ChannelFacts] | None = None) -> None:
        """channels: None: those of the settings."""
        self.settings, self._channels = settings, channels

    @property
    def channels(self) -> Channels:
        """Where people talk with Candor."""
        return Channels(self.settings.channels if self._channels is None else self._channels)

    @cached_property
    def engine(self) -> Engine:
        make_private(self.settings.var_dir)
        engine = make_engine(self.settings.database)
        upgrade(engine)
        return engine

    @cached_property
    def cipher(self) -> FieldCipher:
        """Encrypts who asked, and the second factors of staff."""
        return FieldCipher(self.secret_key, self.old_secret_keys)

    @cached_property
    def redis_url(self) -> str:
        """Empty: each process counts for itself."""
        return self.settings.redis_url.get_secret_value() if self.settings.redis_url else ""

    @cached_property
    def old_secret_keys(self) -> tuple[str, ...]:
        """What was encrypted with these can still be read."""
        given = self.settings.old_secret_keys.get_secret_value() if self.settings.old_secret_keys else ""
        return tuple(key.strip() for key in given.split(",") if key.strip())

    @cached_property
    def secret_key(self) -> str:
        """From the settings, else made once and kept where only this user can read it.

        Raises: SecretKeyMissingError if the database has data already: a new key could not read what it encrypted; or if it is
        on a server, which other machines may share: each would make a key of its own, and refuse what the others signed.
        UnavailableError if the file is empty.
        """
        if self.settings.secret_key:
            return self.settings.secret_key.get_secret_value()
        path = self.settings.var_dir / "secret.key"
        if path.is_file():
            kept = path.read_text(encoding="utf-8")
            if not kept.strip():
                raise UnavailableError(f"{path.name} is empty: put it back from a backup, or delete it if nothing was stored yet")
            return kept
        if not self.settings.database.startswith("sqlite"):
            raise SecretKeyMissingError(path.name, shared=True)
        if has_encrypted(self.engine):
            raise SecretKeyMissingError(path.name, shared=False)
        return _made_secret(path)


class SecretKeyMissingError(UnavailableError):
    """The database has, or may come to have, data that another key encrypted, and that key is not here."""

    def __init__(self, file: str, *, shared: bool) -> None:
        if shared:
            super().__init__(
                "CANDOR_SECRET_KEY is not set, and other machines may share the database: set it to the key that they use, or, "
                "on the first machine, to a new one, such as that of: openssl rand -base64 48. None is made here"
            )
            return
        super().__init__(
            f"the database has encrypted data, but {file} is missing: put it back from a backup. No new key is made; it could "
            "read nothing"
        )


def make_private(folder: Path) -> None:
    """Make the folder, and let nobody else into it: mode 0700. One that belongs to another user stays as it is."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    state = folder.stat()
    if state.st_uid == os.geteuid() and state.st_mode & 0o077:
        folder.chmod(0o700)


def has_encrypted(engine: Engine) -> bool:
    """Whether anything in the database was encrypted, or sealed, with the secret key."""
    with engine.connect() as connection:
        return any(connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first() for table in WITH_KEY)  # noqa: S608  (names of ours)


def _made_secret(path: Path) -> str:
    make_private(path.parent)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(fresh, path)  # fails where another process was first: then its secret is the one
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text(encoding="utf-8")
