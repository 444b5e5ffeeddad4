"""A worker's work, in a process of its own or beside the web's pages."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from candor.app.web import make_app
from candor.app.worker import beside
from candor.retention.job import RetentionJob, last_run
from candor.services import Services
from tests.fakes import FakeRasa


class FailsOnce:
    """A retention job that fails as a whole when it is first begun, and then goes on."""

    def __init__(self) -> None:
        self.begun, self.again, self.ended = 0, asyncio.Event(), False

    async def go_on(self, stop: asyncio.Event) -> None:
        """As RetentionJob's."""
        self.begun += 1
        if self.begun == 1:
            raise RuntimeError("what nobody thought of")
        self.again.set()
        await stop.wait()
        self.ended = True


async def test_work_that_failed_as_a_whole_is_begun_again(parts: Services, caplog: pytest.LogCaptureFixture) -> None:
    """Beside the pages nobody would notice that no letter is sent any more. With the pages it ends."""
    job = FailsOnce()

    async with beside(parts, cast("RetentionJob", job), [], pause=0.01):
        await asyncio.wait_for(job.again.wait(), 30)

    assert (job.begun, job.ended) == (2, True)
    assert "the work has ended (ExceptionGroup)" in caplog.text
    assert "what nobody thought of" not in caplog.text


@pytest.mark.parametrize("works", [True, False])
async def test_the_web_works_beside_its_pages_where_it_is_told_to(
    parts: Services, works: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outbox is looked at, and with the web the work ends."""
    app = make_app(parts, FakeRasa(), (), works=works)
    looked = asyncio.Event()
    monkeypatch.setattr(parts.requests, "make_outbox_worker", lambda _: Outbox(looked))

    async with app.router.lifespan_context(app):
        if works:
            await asyncio.wait_for(looked.wait(), 30)

    assert looked.is_set() is works
    assert last_run(parts.engine) is None  # the retention job waits for its first look


class Outbox:
    """An outbox worker that says when it begins."""

    def __init__(self, looked: asyncio.Event) -> None:
        self._looked = looked

    async def run(self, stop: asyncio.Event) -> None:
        """As OutboxWorker's."""
        self._looked.set()
        await stop.wait()
