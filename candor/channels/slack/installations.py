"""Which workspaces have installed Candor: slack_sdk's SQLAlchemy stores, with their tokens encrypted."""

from __future__ import annotations

import asyncio
import copy
import logging
from collections.abc import Callable
from logging import Logger
from typing import TypeVar

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import Engine, select, update

from candor.channels.slack.models import BOTS, INSTALLATIONS, STATES, SlackBase
from candor.tickets.cipher import FieldCipher

STATE_LASTS = 600  # seconds to agree to the installation
SECRETS = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url")
log = logging.getLogger("slack_sdk.oauth")
Kept = TypeVar("Kept", Bot, Installation)


class EncryptedInstallations(AsyncInstallationStore):
    """Encrypts tokens when they are stored, and decrypts them when they are read; the database work is done in threads."""

    def __init__(self, client_id: str, engine: Engine, cipher: FieldCipher) -> None:
        self._store = SQLAlchemyInstallationStore(client_id, engine, BOTS, INSTALLATIONS, log)
        self._cipher = cipher

    @property
    def logger(self) -> Logger:
        return log

    async def async_save(self, installation: Installation) -> None:
        sealed = self._encrypted(installation)
        await asyncio.to_thread(self._store.save, sealed)

    async def async_save_bot(self, bot: Bot) -> None:
        await asyncio.to_thread(self._store.save_bot, self._encrypted(bot))

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Raises: LostKeyError if the key that encrypted the token is gone."""
        row = await asyncio.to_thread(
            self._store.find_bot, enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return self._decrypted(row) if row else None

    async def async_find_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:  # fmt: skip
        """Raises: LostKeyError."""
        row = await asyncio.to_thread(
            self._store.find_installation, enterprise_id=enterprise_id, team_id=team_id, user_id=user_id,
            is_enterprise_install=is_enterprise_install,
        )  # fmt: skip
        return self._decrypted(row) if row else None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await asyncio.to_thread(self._store.delete_bot, enterprise_id=enterprise_id, team_id=team_id)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:  # fmt: skip
        await asyncio.to_thread(
            self._store.delete_installation, enterprise_id=enterprise_id, team_id=team_id, user_id=user_id
        )  # fmt: skip

    def _encrypted(self, kept: Kept) -> Kept:
        return _changed(kept, lambda value: self._cipher.encrypt(value).decode())

    def _decrypted(self, kept: Kept) -> Kept:
        return _changed(kept, lambda value: self._cipher.decrypt(value.encode()))


def _changed(kept: Kept, change: Callable[[str], str]) -> Kept:
    """A copy with its secrets changed."""
    changed = copy.copy(kept)
    for name in SECRETS:
        if value := getattr(changed, name, None):
            setattr(changed, name, change(value))
    return changed


def rotate(engine: Engine, cipher: FieldCipher) -> int:
    """Encrypt every token again with the newest key; returns how many.

    Raises: LostKeyError if one was encrypted with a key that is not known; then nothing is changed.
    """
    changed = 0
    with engine.begin() as connection:
        for name in (BOTS, INSTALLATIONS):
            table = SlackBase.metadata.tables[name]
            for row in connection.execute(select(table)).mappings().all():
                sealed = {column: row[column] for column in SECRETS if row.get(column)}
                fresh = {column: cipher.rotate(value.encode()).decode() for column, value in sealed.items()}
                if fresh:
                    connection.execute(update(table).where(table.c.id == row["id"]).values(**fresh))
                changed += len(fresh)
    return changed


class States(AsyncOAuthStateStore):
    """States of installations that have begun; each is valid once, for ten minutes."""

    def __init__(self, engine: Engine) -> None:
        self._store = SQLAlchemyOAuthStateStore(expiration_seconds=STATE_LASTS, engine=engine, table_name=STATES, logger=log)

    @property
    def logger(self) -> Logger:
        return log

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        return await asyncio.to_thread(self._store.issue)

    async def async_consume(self, state: str) -> bool:
        return await asyncio.to_thread(self._store.consume, state)
