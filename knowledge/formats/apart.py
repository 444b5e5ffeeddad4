"""Files are read in a process of their own, with limits on time and memory.

A file is a stranger's: nested a thousand times, packed a thousandfold, or made to crash its reader. Whatever it does to the
process that reads it, the caller gets a refusal with the reason.
"""

from __future__ import annotations

import json
import os
import resource
import selectors
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from candor.errors import BadPolicyError
from knowledge.formats.readers import DocumentText, read_here
from knowledge.lines import Mark

SECONDS = 15.0  # for one file; a 300-page PDF takes about five
MEMORY = 1_500_000_000  # bytes of address space, libraries included
CURE = "export it anew with another program, or paste its text into a .txt file"
HEAD = struct.Struct("!QQ")  # lengths of the suffix and of the data
# Of the environment, what Python starts with; secrets, keys and addresses of databases are nothing to a reader of files.
LEFT_TO_IT = frozenset({"PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONUTF8", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ"})
START = "from knowledge.formats.apart import serve; serve()"


class ReadingProcess:
    """Reads files one after another in a process that starts with the first file and ends with the block."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def read(self, suffix: str, data: bytes) -> DocumentText:
        """Read a file's content. Raises: BadPolicyError without the file's name."""
        if suffix == ".txt":
            return read_here(suffix, data)  # decoding alone can do no harm
        try:
            answer = json.loads(self._ask(suffix, data))
        except TimeoutError:
            self._end()
            raise BadPolicyError(f"takes longer than {self._seconds:g} seconds to read: {CURE}") from None
        except (EOFError, OSError, ValueError):
            self._end()
            raise BadPolicyError(f"broke the program that reads it, or needed too much memory: {CURE}") from None
        if "refused" in answer:
            raise BadPolicyError(answer["refused"])
        return answer["text"], tuple(Mark(*fields) for fields in answer["marks"])

    def _ask(self, suffix: str, data: bytes) -> bytes:
        """What the process answers. Raises: TimeoutError, EOFError if it ended, OSError."""
        if self._process is None:
            self._process = self._started()
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise EOFError
        name = suffix.encode()
        questions.write(HEAD.pack(len(name), len(data)) + name)
        questions.write(data)
        questions.flush()
        until = time.monotonic() + self._seconds
        (length,) = struct.unpack("!Q", _received(answers, 8, until))
        return _received(answers, length, until)

    def _started(self) -> subprocess.Popen[bytes]:
        home = str(Path(__file__).parents[2])
        environment = {name: value for name, value in os.environ.items() if name in LEFT_TO_IT}
        environment["PYTHONPATH"] = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
        return subprocess.Popen(
            [sys.executable, "-c", START, str(self._memory)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        )  # fmt: skip

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # what was not written yet has no reader any more
                        pipe.close()


def _received(pipe: IO[bytes], length: int, until: float) -> bytes:
    chunks: list[bytes] = []
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while length:
            if not waiting.select(max(0.0, until - time.monotonic())):
                raise TimeoutError
            chunk = os.read(pipe.fileno(), min(length, 1 << 20))
            if not chunk:
                raise EOFError
            chunks.append(chunk)
            length -= len(chunk)
    return b"".join(chunks)


def serve() -> None:
    """Answer on standard output what is asked on standard input, until that is closed; the process's argument limits memory."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # what a library prints is no answer
    limit = int(sys.argv[1])
    with suppress(OSError, ValueError):  # not every system limits address space; time is limited in any case
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    questions = sys.stdin.buffer
    while head := questions.read(HEAD.size):
        name, size = HEAD.unpack(head)
        answer = json.dumps(_answer(questions.read(name).decode(), questions.read(size)), ensure_ascii=False)
        encoded = answer.encode("utf-8", "surrogatepass")
        answers.write(struct.pack("!Q", len(encoded)) + encoded)
        answers.flush()


def _answer(suffix: str, data: bytes) -> dict[str, object]:
    try:
        text, marks = read_here(suffix, data)
    except BadPolicyError as error:
        return {"refused": str(error)}
    except RecursionError:
        return {"refused": f"nests its elements too deeply: {CURE}"}
    except MemoryError:
        return {"refused": f"needs too much memory: {CURE}"}
    except Exception as error:  # noqa: BLE001  # whatever a reader stumbles over is the file's fault, and one file's alone
        return {"refused": f"cannot be read ({type(error).__name__}): {CURE}"}
    return {"text": text, "marks": [[m.kind, m.start, m.body, m.end, m.level, m.leads] for m in marks]}
