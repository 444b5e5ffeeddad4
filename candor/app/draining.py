"""End the web without a visitor noticing: whoever spreads visitors is told first, then what is being answered is answered."""

from __future__ import annotations

import time
from types import FrameType

import uvicorn
from starlette.types import ASGIApp


class DrainingServer(uvicorn.Server):
    """uvicorn's server, which goes on for a while after SIGTERM. Meanwhile /readyz answers 503, and each response closes its
    connection, so that a balancer sends nobody here any more. A second signal ends the wait.
    """

    def __init__(self, config: uvicorn.Config, app: ASGIApp, seconds: float) -> None:
        """app: its `state.draining` tells /readyz. seconds: how long a balancer needs to notice; 0: nobody has to."""
        super().__init__(config)
        self._app, self._seconds = app, seconds
        self._ending: tuple[float, int] | None = None  # when, by time.monotonic(), and the signal

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by a signal."""
        self._app.state.draining = True  # type: ignore[attr-defined]  # an application of FastAPI has it
        if self._ending is None and self._seconds:
            self._ending = time.monotonic() + self._seconds, sig
            self.config.encoded_headers.append((b"connection", b"close"))
            return
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second."""
        if self._ending is not None and time.monotonic() >= self._ending[0] and not self.should_exit:
            super().handle_exit(self._ending[1], None)
        return await super().on_tick(counter)
