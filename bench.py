"""`make bench`: speed and memory, measured in one run and compared with what stands beside them.

The yardstick for a chat turn is the bot that `rasa init` makes, trained here and asked in turns with ours; for a
question in process it is one bare call of the encoder on the same text.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import psutil

from client import ChatClient
from errors import UnavailableError
from knowledge.embedding import SentenceTransformerEncoder
from knowledge.ingestion import ingest
from services import Services, encoder_id
from settings import ROOT, Settings
from supervisor import environment

QUESTIONS = (
    "how long do you keep my data?", "do you sell my info", "who gets to see what I write", "what about cookies",
    "can i delete my account", "where are your servers", "how old must i be", "whom do i write to",
)  # fmt: skip
ROUNDS = 8  # each asks every question once, of both bots
COMPANY = "clevra"
LONGEST_START = 240  # seconds


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        for made in ("encoder", "index", "models"):
            shutil.copytree(ROOT / "var" / made, var / made)
        settings = Settings(var_dir=var, web_port=free_port(), rasa_port=free_port(), actions_port=free_port())
        in_process(settings)
        ingestion(settings, Path(folder) / "index")
        model = yardstick_model()
        url = f"http://{settings.web_host}:{settings.web_port}"
        started = time.monotonic()
        with process([sys.executable, "-m", "cli", "serve"], ROOT, settings, lambda: ready(f"{url}/readyz")) as serving:
            first_answer(url)
            say("candor serve → first answer", f"{time.monotonic() - started:.1f} s")
            port = free_port()
            rasa = [str(ROOT / ".venv-bot/bin/python"), "-m", "rasa", "run", "--model", str(model)]
            files = ["--credentials", "credentials.yml", "--endpoints", "endpoints.yml"]
            command = [*rasa, "--interface", "127.0.0.1", "--port", str(port), *files]
            theirs = f"http://127.0.0.1:{port}"
            with process(command, model.parent.parent, settings, lambda: warm(theirs)):
                turns(url, theirs)
            supervisor = psutil.Process(serving.pid)
            members = [supervisor, *supervisor.children(recursive=True)]
            resident = sum(member.memory_info().rss for member in members)
            say("resident memory of all processes", f"{resident / 1e9:.2f} GB")
    return 0


def in_process(settings: Settings) -> None:
    """A question against one bare call of the encoder on the same text."""
    parts = Services(settings)
    answers, encoder = parts.answers, parts.encoder
    ours, bare = [], []
    for question in QUESTIONS * ROUNDS:
        bare.append(timed(partial(encoder.encode, [question])))
        ours.append(timed(partial(answers.answer, question, COMPANY)))
    ratio = statistics.median(ours) / statistics.median(bare)
    say("median `ask` in process", f"{1000 * statistics.median(ours):.1f} ms = {ratio:.2f} × a bare encoder call")


def ingestion(settings: Settings, index: Path) -> None:
    """All policies into an empty index, once the encoder is loaded."""
    encoder = SentenceTransformerEncoder()
    encoder.encode(["warm"])
    known = encoder_id(settings.encoder_dir)
    took = timed(lambda: ingest(settings.policies_dir, index, lambda: encoder, known, lambda _: None))
    say("ingestion of the five policies, encoder loaded", f"{took:.1f} s")


def yardstick_model() -> Path:
    """The model of the bot that `rasa init` makes; trained on the first run, then kept in var/bench."""
    folder = ROOT / "var" / "bench" / "rasa-init"
    models = folder / "models"
    if not list(models.glob("*.tar.gz")):
        folder.mkdir(parents=True, exist_ok=True)
        print("training the bot that `rasa init` makes (a minute or two)", flush=True)
        quiet = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
        subprocess.run(
            [str(ROOT / ".venv-bot/bin/python"), "-m", "rasa", "init", "--no-prompt", "--init-dir", str(folder)],
            env=quiet, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    return next(models.glob("*.tar.gz"))


def turns(ours: str, theirs: str) -> None:
    """Turn by turn: a question to our whole stack, a greeting to theirs."""
    mine, yard = [], []
    with ChatClient(ours) as chat, httpx.Client(timeout=30, trust_env=False) as http:
        for turn in range(ROUNDS):
            conversation, token, _ = chat.begin(COMPANY)
            for place, question in enumerate(QUESTIONS):
                mine.append(timed(partial(chat.say, conversation, token, question)))
                message = {"sender": f"s{turn}", "message": "hello" if place % 2 else "i am great"}
                yard.append(timed(partial(http.post, f"{theirs}/webhooks/rest/webhook", json=message)))
    say("median chat turn, whole stack", f"{1000 * statistics.median(mine):.0f} ms")
    say("median turn of the bot that `rasa init` makes", f"{1000 * statistics.median(yard):.0f} ms")
    say("ratio", f"{statistics.median(mine) / statistics.median(yard):.2f}")


def first_answer(url: str) -> None:
    with ChatClient(url) as chat:
        conversation, token, _ = chat.begin(COMPANY)
        if chat.say(conversation, token, QUESTIONS[0])[0]["kind"] != "answer":
            raise UnavailableError("the first question was not answered")


def ready(url: str) -> bool:
    return httpx.get(url, timeout=5, trust_env=False).status_code == 200


def warm(url: str) -> bool:
    told = {"sender": "warm", "message": "hello"}
    return bool(httpx.post(f"{url}/webhooks/rest/webhook", json=told, timeout=30, trust_env=False).json())


@contextmanager
def process(command: list[str], folder: Path, settings: Settings, up: Callable[[], bool]) -> Iterator[subprocess.Popen[bytes]]:
    """A process until it is up, ended afterwards with all that it started."""
    running = subprocess.Popen(
        command, cwd=folder, env=environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + LONGEST_START
        while True:
            if running.poll() is not None or time.monotonic() > deadline:
                raise UnavailableError(f"{command[2]} {command[3]} did not start")
            try:
                if up():
                    break
            except (httpx.HTTPError, ValueError):
                pass
            time.sleep(0.2)
        yield running
    finally:
        running.terminate()
        running.wait(60)


def timed(call: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def say(what: str, figure: str) -> None:
    print(f"{what:52} {figure}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
