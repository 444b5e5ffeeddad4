"""A turn and an ingestion by their parts, as tables that add up. What is timed stands in benchmarks/spans.py."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from benchmarks.spans import PARTS, TimedSpan, read, shares
from candor.app.supervisor import LOOPBACK, commands, environment, newest_model, prepare_trackers
from candor.cli.chat_client import ChatClient
from candor.errors import UnavailableError
from candor.settings import ROOT, Settings

LONGEST_START = 240  # seconds
PAUSE, LOOKED_EVERY = 0.2, 0.02  # seconds
ALL_ELSE = "start: interpreter, other imports, all else"
CLIENT = "client → web: HTTP"


def turn_table(settings: Settings, folder: Path, company: str, questions: Sequence[str], rounds: int) -> None:
    """Start all processes with their parts timed, ask, and print where the start of each went, and the mean turn."""
    turns: list[TimedSpan] = []
    with _timed_processes(settings, folder) as (url, starts), ChatClient(url) as chat:
        for number in range(rounds + 1):  # the first round warms up
            conversation, token, _ = chat.begin(company)
            for question in questions:
                begin = time.monotonic()
                chat.say(conversation, token, question)
                if number:
                    turns.append(TimedSpan(CLIENT, begin, time.monotonic()))
    for name, start in starts.items():
        print_table(f"start of {name}, beside the others", [start], read([folder / f"{name}.spans"]))
    spans = read(folder.glob("*.spans"))
    print_table("a question, part by part", turns, [span for span in spans if span.begin >= turns[0].begin])


def ingestion_table(settings: Settings, folder: Path) -> None:
    """Ingest all policies into an empty index, in a process of its own, and print where the time went."""
    file = folder / "ingestion.spans"
    apart = settings.model_copy(update={"var_dir": folder})
    for made in (settings.encoder_dir, settings.large_encoder_dir):
        (folder / made.name).symlink_to(made.absolute())
    begin = time.monotonic()
    command = [sys.executable, "-m", "benchmarks.spans", str(file), "ingestion", "candor", "ingest"]
    subprocess.run(command, cwd=ROOT, env=_environment(apart), check=True, stdout=subprocess.DEVNULL)
    whole = TimedSpan("ingestion: start of the process, imports", begin, time.monotonic())
    print_table("candor ingest, part by part", [whole], read([file]))


def print_table(title: str, wholes: Sequence[TimedSpan], spans: Sequence[TimedSpan]) -> None:
    """The mean of each part of `wholes`, the largest first, and their sum."""
    total = sum(whole.end - whole.begin for whole in wholes) / len(wholes)
    mean: dict[str, float] = {}
    for whole in wholes:
        for name, seconds in shares(whole, spans).items():
            mean[name] = mean.get(name, 0.0) + seconds / len(wholes)
    print(f"\n{title:44}      ms  share")
    for name, seconds in sorted(mean.items(), key=lambda pair: -pair[1]):
        print(f"  {name:42} {1000 * seconds:7.1f} {seconds / total:6.0%}")
    print(f"  {'together':42} {1000 * sum(mean.values()):7.1f} {sum(mean.values()) / total:6.0%}", flush=True)


@contextmanager
def _timed_processes(settings: Settings, folder: Path) -> Iterator[tuple[str, dict[str, TimedSpan]]]:
    """All processes of Candor; the web's address, and from when to when each started: until its port is open.

    Raises: UnavailableError if they are not ready in LONGEST_START seconds.
    """
    prepare_trackers(settings)
    ports = {"web": settings.web_port, "rasa": settings.rasa_port, "actions": settings.actions_port}
    begun: dict[str, float] = {}
    with ExitStack() as running:
        for name, (python, _, module, *rest) in commands(settings, newest_model(settings)).items():
            timed = [python, "-m", "benchmarks.spans", str(folder / f"{name}.spans"), name, module, *rest]
            command = timed if name in PARTS else [python, "-m", module, *rest]
            begun[name] = time.monotonic()
            process = subprocess.Popen(
                command, cwd=ROOT, env=_environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            running.callback(process.wait, 60)
            running.callback(process.terminate)
        url = f"http://{settings.web_host}:{settings.web_port}"
        starts = {name: TimedSpan(ALL_ELSE, begun[name], opened) for name, opened in _opened(ports).items()}
        _wait_until_ready(url)
        yield url, starts


def _environment(settings: Settings) -> dict[str, str]:
    """For Rasa's Python, PYTHONPATH is what lets it see bot/ and knowledge/; here it also lets all see benchmarks/."""
    return {
        **environment(settings),
        "CANDOR_INTERNAL_SECRET": "of a benchmark",
        "PYTHONPATH": str(ROOT),
        "PATH": os.environ["PATH"],
    }


def _opened(ports: Mapping[str, int]) -> dict[str, float]:
    """When each port was open. Raises: UnavailableError if one is not in LONGEST_START seconds."""
    opened: dict[str, float] = {}
    deadline = time.monotonic() + LONGEST_START
    while len(opened) < len(ports):
        for name, port in ports.items():
            with socket.socket() as probe:
                if name not in opened and probe.connect_ex((LOOPBACK, port)) == 0:
                    opened[name] = time.monotonic()
        if time.monotonic() > deadline:
            raise UnavailableError(f"{', '.join(ports.keys() - opened.keys())} did not start with its parts timed")
        time.sleep(LOOKED_EVERY)
    return opened


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(PAUSE)
    raise UnavailableError("Candor did not start with its parts timed")
