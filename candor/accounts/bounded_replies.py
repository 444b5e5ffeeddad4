"""What another system answers, up to a size and within a time: whoever answers at length must not fill this process's memory."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx2

LARGEST_REPLY = 1_000_000  # bytes; key sets and claims take some thousands
LONGEST_REPLY = 30  # seconds from its headers to its last byte


class ReplyTooLargeError(httpx2.TransportError):
    """A reply is larger, slower or packed tighter than any that is meant for us."""


class BoundedReplies(httpx2.HTTPTransport):
    """httpx's own transport; what arrives is counted. Nothing is unpacked: a few bytes could become millions."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["Accept-Encoding"] = "identity"
        response = super().handle_request(request)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            response.close()
            raise ReplyTooLargeError("it is compressed, though nobody asked for that")
        return httpx2.Response(
            response.status_code, headers=response.headers, extensions=response.extensions,
            stream=_Counted(response.stream),  # type: ignore[arg-type]  # a synchronous transport's is synchronous
        )  # fmt: skip


class _Counted(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        size, until = 0, time.monotonic() + LONGEST_REPLY
        for part in self._stream:
            size += len(part)
            if size > LARGEST_REPLY or time.monotonic() > until:
                raise ReplyTooLargeError(f"it has more than {LARGEST_REPLY:,} bytes, or takes longer than {LONGEST_REPLY} s")
            yield part

    def close(self) -> None:
        self._stream.close()
