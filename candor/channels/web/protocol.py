"""HTTP for clients that may be slow on purpose: a request must have arrived whole within a limit."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_ARRIVAL = 20.0  # seconds until head and body are here; uvicorn itself waits for ever
LARGEST_HEAD = 64_000  # bytes of a request's first line and headers; uvicorn itself keeps as many as come
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n"
    b"connection: close\r\n\r\n"
)

SLOWEST = 8_000  # bytes a second, of a file that staff put to a request: those may take longer, but must go on
UPLOADS = re.compile(rb"/console/requests/[^/?]+/files")


class PunctualProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which closes a connection whose request does not arrive in time, or whose head does not end.

    Otherwise a few hundred clients that send a letter a minute hold every connection there is, and a few whose headers go on
    and on all of the memory (CWE-400). Between two requests uvicorn's own time-out for idle connections holds.
    """

    longest_arrival = LONGEST_ARRIVAL
    _arriving: asyncio.TimerHandle | None = None
    _came = 0  # bytes of the body since the timer was last wound
    _head: int | None = None  # bytes of the head that is arriving

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._await_request()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > LARGEST_HEAD and not self.transport.is_closing():
                self.transport.write(TOO_LARGE)
                self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._await_request()

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._came += len(body)
        if self._came >= SLOWEST * self.longest_arrival and UPLOADS.fullmatch(self.url.partition(b"?")[0]):
            self._await_request()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        super().connection_lost(exc)

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing here speaks anything but HTTP/1.1, and what strangers ask for is no news."""

    def _await_request(self) -> None:
        self._cancel()
        self._came = 0
        self._arriving = self.loop.call_later(self.longest_arrival, self._close)

    def _cancel(self) -> None:
        if self._arriving is not None:
            self._arriving.cancel()
            self._arriving = None

    def _close(self) -> None:
        transport: Any = self.transport
        if not transport.is_closing():
            transport.close()
