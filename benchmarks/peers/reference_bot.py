"""The bot that `rasa init` makes, the plainest there is, asked in turns with a whole Candor.

It has an environment of its own: its pipeline needs TensorFlow, which Candor's Rasa lacks. It is made and trained once, and kept
in that environment, with which it goes: a model of another version's would not do.
"""

from __future__ import annotations

import itertools
import os
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import psutil

from benchmarks.peers.environments import python_of
from benchmarks.running import cpu_seconds, report, running_process, timed
from candor.app.supervisor import free_port
from candor.cli.chat_client import ChatClient
from candor.settings import Settings

THEIR_MESSAGES = ("i am great", "hello")
LONG = 200  # turns of a long conversation
EARLY, LATE = (5, 25), (LONG - 20, LONG)  # of its turns, those that are compared
Say = Callable[[str], object]


def reference_model() -> Path:
    """The bot's trained model. Raises: PeerMissingError."""
    python = python_of("rasa")
    folder = python.parents[1] / "rasa-init"
    models = folder / "models"
    if not list(models.glob("*.tar.gz")):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        print("training the bot that `rasa init` makes (once; a minute or two)", flush=True)
        quiet = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
        subprocess.run(
            [str(python), "-m", "rasa", "init", "--no-prompt", "--init-dir", str(folder)],
            env=quiet, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    return next(models.glob("*.tar.gz"))


@contextmanager
def reference_bot(settings: Settings) -> Iterator[tuple[str, psutil.Process]]:
    """The bot, once it answers: its address and its process. Raises: PeerMissingError."""
    model, port = reference_model(), free_port()
    url = f"http://127.0.0.1:{port}"
    files = ["--credentials", "credentials.yml", "--endpoints", "endpoints.yml"]
    command = [
        str(python_of("rasa")),
        "-m",
        "rasa",
        "run",
        "--model",
        str(model),
        "--interface",
        "127.0.0.1",
        "--port",
        str(port),
    ]

    def answers() -> bool:
        message = {"sender": "warm", "message": "hello"}
        return bool(httpx.post(f"{url}/webhooks/rest/webhook", json=message, timeout=30, trust_env=False).json())

    with running_process([*command, *files], model.parent.parent, settings, answers) as bot:
        yield url, psutil.Process(bot.pid)


@dataclass
class TimedTurns:
    """Turns of one of the two: seconds each, and the CPU time of all its processes together."""

    process: psutil.Process
    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def take(self, say: Callable[[], object]) -> None:
        """One turn more."""
        before = cpu_seconds(self.process)
        self.seconds.append(timed(say))
        self.cpu += cpu_seconds(self.process) - before

    @property
    def median(self) -> float:
        """In milliseconds."""
        return 1000 * statistics.median(self.seconds)

    @property
    def cpu_each(self) -> float:
        """In milliseconds."""
        return 1000 * self.cpu / len(self.seconds)


def beside(ours: TimedTurns, theirs: TimedTurns, what: str) -> None:
    """Print how the turns of the two compare."""
    report(f"median turn {what}: Candor", f"{ours.median:.0f} ms, {ours.cpu_each:.0f} ms of CPU")
    report(f"median turn {what}: `rasa init`'s bot", f"{theirs.median:.0f} ms, {theirs.cpu_each:.0f} ms of CPU")
    report("... Candor's against it", f"{ours.median / theirs.median:.2f} ×, of CPU {ours.cpu_each / theirs.cpu_each:.2f} ×")


def compare_turns(
    settings: Settings, url: str, supervisor: psutil.Process, company: str, questions: Sequence[str], rounds: int
) -> None:
    """Questions to the whole of Candor, greetings to the bot, alternately: in fresh conversations, and in one of LONG turns.

    Raises: PeerMissingError.
    """
    with (
        reference_bot(settings) as (their_url, bot), ChatClient(url) as chat, httpx.Client(timeout=30, trust_env=False) as http,
    ):  # fmt: skip

        def tell_bot(sender: str, number: int) -> object:
            message = {"sender": sender, "message": THEIR_MESSAGES[number % 2]}
            return http.post(f"{their_url}/webhooks/rest/webhook", json=message)

        ours, theirs = TimedTurns(supervisor), TimedTurns(bot)
        for talk in range(rounds + 1):
            if talk == 1:  # the first conversation warms up
                ours, theirs = TimedTurns(supervisor), TimedTurns(bot)
            conversation, token, _ = chat.begin(company)
            for number, question in enumerate(questions):
                ours.take(partial(chat.say, conversation, token, question))
                theirs.take(partial(tell_bot, f"fresh{talk}", number))
        beside(ours, theirs, "of a fresh conversation")
        conversation, token, _ = chat.begin(company)
        early, late = (TimedTurns(supervisor), TimedTurns(bot)), (TimedTurns(supervisor), TimedTurns(bot))
        for number, question in zip(range(LONG), itertools.cycle(questions)):  # the questions have no end
            part = (
                early
                if number in range(*EARLY)
                else late
                if number in range(*LATE)
                else (TimedTurns(supervisor), TimedTurns(bot))
            )
            part[0].take(partial(chat.say, conversation, token, question))
            part[1].take(partial(tell_bot, "long", number))
    beside(*early, f"{EARLY[0]} to {EARLY[1]} of {LONG}")
    beside(*late, f"{LATE[0]} to {LATE[1]} of {LONG}")
    report("CPU of a turn, late against early: Candor", f"{late[0].cpu_each / early[0].cpu_each:.2f} ×")
    report("CPU of a turn, late against early: `rasa init`'s bot", f"{late[1].cpu_each / early[1].cpu_each:.2f} ×")
