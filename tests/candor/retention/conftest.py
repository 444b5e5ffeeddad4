"""The job and the erasure on real services, with a fake Rasa and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from candor.app.conversations import make_assistant
from candor.app.retention import RetentionService, make_retention
from candor.channels.slack.threads import ThreadPlaces
from candor.retention.job import RetentionJob
from candor.services import Services
from candor.settings import Settings
from knowledge.catalogue import PolicyCatalogue
from tests.fakes import FakeRasa

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


@dataclass
class House:
    """All services on one database. `at`: the time now."""

    parts: Services
    rasa: FakeRasa = field(default_factory=FakeRasa)
    at: datetime = NOON

    def __post_init__(self) -> None:
        self.door = make_assistant(self.parts, self.rasa)
        parts = self.parts
        parts.conversations.transcripts._now = parts.staff.audit._now = parts.staff.sessions._now = self.now
        parts.requests.desk._clock = parts.requests.staff_desk._clock = parts.conversations.handoff_queue._clock = self.now
        self.keeper: RetentionService = make_retention(self.parts, self.door)
        self.keeper.job._now = self.now

    @property
    def job(self) -> RetentionJob:
        return self.keeper.job

    @property
    def places(self) -> ThreadPlaces:
        return ThreadPlaces(self.parts.engine, self.now)

    def now(self) -> datetime:
        return self.at

    def wait(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)

    async def converse(self, *texts: str, company: str = "acme") -> str:
        """The id of a conversation with these messages."""
        begun, _ = await self.door.begin(company=company, channel="web")
        for text in texts:
            await self.door.say(begun.id, text)
        return begun.id

    async def removed(self, kind: str) -> int:
        """How much of a kind a run removes now."""
        run = await self.job.run()
        assert run.failed == ()
        return next(result.removed for result in run.results if result.kind == kind)

    async def count(self, kind: str) -> Any:
        """How much there is of a kind now, and how much of it is over."""
        return next(status.count for status in await self.job.status() if status.kind.name == kind)


@pytest.fixture
def settings() -> dict[str, Any]:
    """What a test sets beside the defaults."""
    return {}


@pytest.fixture
def house(tmp_path: Path, policies: Path, catalogue: PolicyCatalogue, settings: dict[str, Any]) -> Iterator[House]:
    """Real services over the two small policies."""
    parts = Services(
        Settings(
            var_dir=tmp_path / "var", policies_dir=policies, secret_key=SecretStr("a secret"), actions_port=1, _env_file=None,
            **{"database_url": "", **settings},
        )  # type: ignore[call-arg]  # pydantic-settings' own parameter
    )  # fmt: skip
    parts.knowledge.catalogue = catalogue
    yield House(parts)
    parts.engine.dispose()
