"""Take files out of a form while it arrives: nothing of them is held in memory or written anywhere but to the sealed file.

The form's first field is the session's token, and no file is begun before it was checked.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from candor.console.deps import CSRF_FIELD, StaleFormError
from candor.errors import CandorError, InvalidInputError
from candor.tickets.delivery.request_files import ArrivingFile

LONGEST_FIELD = 4000  # bytes
MOST_PARTS = 200  # fields and files of one form; a body of the largest size has room for millions
READ_ON = 64_000_000  # bytes that are read and dropped after a refusal, so that the browser hears why


class NoFormError(InvalidInputError):
    """The body is no form with files."""

    public = "No file arrived. Please choose the file again."


class TooManyPartsError(InvalidInputError):
    """The body is no form of ours: it has more parts than any."""

    public = f"A form with more than {MOST_PARTS} fields and files is not read. Please send fewer files at once."


class FormWithFiles:
    """Reads one multipart/form-data body. csrf: the session's token."""

    def __init__(self, content_type: str, csrf: str) -> None:
        """Raises: StaleFormError for a body that is no such form, and so carries no token."""
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or b"boundary" not in options:
            raise StaleFormError("no form with a token")
        self._csrf, self._is_checked = csrf, False
        self._found: deque[tuple[str, bytes]] = deque()
        try:
            self._parser = self._made_parser(options[b"boundary"])
        except FormParserError as error:  # a boundary that is longer than any browser's
            raise StaleFormError("no form with a token") from error
        self._header, self._disposition, self._name, self._text = (b"", b""), b"", "", b""
        self._file: ArrivingFile | None = None
        self._begin: Callable[[str], ArrivingFile] | None = None
        self._parts = 0
        self.fields: dict[str, str] = {}
        self.taken: list[int] = []

    def _made_parser(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(boundary, {
            "on_part_begin": lambda: self._found.append(("part", b"")),
            "on_header_field": lambda data, start, end: self._found.append(("field", data[start:end])),
            "on_header_value": lambda data, start, end: self._found.append(("value", data[start:end])),
            "on_header_end": lambda: self._found.append(("header", b"")),
            "on_headers_finished": lambda: self._found.append(("body", b"")),
            "on_part_data": lambda data, start, end: self._found.append(("data", data[start:end])),
            "on_part_end": lambda: self._found.append(("end", b"")),
        })  # fmt: skip

    async def read(self, body: AsyncIterator[bytes], begin: Callable[[str], ArrivingFile]) -> None:
        """Take all files. begin: called with the name of each, in a thread. What had arrived before one was refused stays.

        Raises: StaleFormError; FileRefusedError and what else `begin` raises; NoFormError; TooManyPartsError.
        """
        self._begin = begin
        try:
            async for chunk in body:
                self._parser.write(chunk)
                while self._found:
                    await self._heed(*self._found.popleft())
            self._parser.finalize()
        except FormParserError as error:
            raise NoFormError("the form is broken") from error
        except CandorError:
            await self._abandon()
            await _read_on(body)
            raise
        finally:
            await self._abandon()
        if not self._is_checked:
            raise StaleFormError("a form without this session's token")

    async def _heed(self, what: str, data: bytes) -> None:
        match what:
            case "part":
                self._parts += 1
                if self._parts > MOST_PARTS:
                    raise TooManyPartsError("a form with too many parts")
                self._header, self._disposition, self._text = (b"", b""), b"", b""
            case "field":
                self._header = (self._header[0] + data, self._header[1])
            case "value":
                self._header = (self._header[0], self._header[1] + data)
            case "header":
                if self._header[0].lower() == b"content-disposition":
                    self._disposition = self._header[1]
                self._header = (b"", b"")
            case "body":
                await self._begin_part()
            case "data":
                await self._take(data)
            case "end":
                await self._end_part()

    async def _begin_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode(errors="replace")
        given = options.get(b"filename")
        if given:  # a file field that is left empty has an empty name
            if not self._is_checked or self._begin is None:
                raise StaleFormError("a form whose token does not come first")
            self._file = await asyncio.to_thread(self._begin, given.decode(errors="replace"))

    async def _take(self, data: bytes) -> None:
        if self._file is not None:
            await asyncio.to_thread(self._file.write, data)
        elif len(self._text) + len(data) <= LONGEST_FIELD:
            self._text += data

    async def _end_part(self) -> None:
        if self._file is not None:
            self.taken.append(await asyncio.to_thread(self._file.finish))
            self._file = None
            return
        text = self._text.decode(errors="replace")
        if self._name == CSRF_FIELD:
            if not hmac.compare_digest(text.encode(), self._csrf.encode()):
                raise StaleFormError("a form without this session's token")
            self._is_checked = True
        self.fields[self._name] = text

    async def _abandon(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            await asyncio.to_thread(file.abandon)


async def _read_on(body: AsyncIterator[Any]) -> None:
    """A browser that is still sending does not read an answer."""
    read = 0
    with suppress(Exception):
        async for chunk in body:
            read += len(chunk)
            if read > READ_ON:
                return
