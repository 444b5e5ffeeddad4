"""What every group of services stands on: the settings, the database and the keys."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from candor.conversations.channels import Channels
from candor.database import make_engine, upgrade
from candor.settings import ChannelFacts, Settings
from candor.tickets.cipher import FieldCipher


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
        self.settings.var_dir.mkdir(parents=True, exist_ok=True)
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
        """From the settings, else made once and kept where only this user can read it."""
        if self.settings.secret_key:
            return self.settings.secret_key.get_secret_value()
        return _kept_secret(self.settings.var_dir / "secret.key")


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
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
