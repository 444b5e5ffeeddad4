"""`make bench`: speed and memory, measured in one run and given as ratios to a reference.

The reference for a chat turn is the bot that `rasa init` makes, trained here and asked alternately with ours; for a question
in process it is one call of the encoder on the same text; for ingestion it is the encoder alone on the same texts; for what is
found, txtai and Haystack with the same weights (benchmarks/peers/). `python -m benchmarks.run parts` prints only the tables of
a turn, an ingestion and the start of each process by their parts; `… peers` only what compares; `… load` only how much a Candor
carries; `… curve` the index of vectors from a thousand to a million passages, whose last size is left out of the whole;
`… set-up` what a fresh clone takes, which is left out too, because it fetches packages.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import psutil

from benchmarks import load
from benchmarks.curve import QUICK_SIZES, curve
from benchmarks.peers.environments import PeerMissingError
from benchmarks.peers.knowledge import compare
from benchmarks.peers.reference_bot import compare_turns
from benchmarks.running import family, only_this_core, report, serving, timed
from benchmarks.slack import ReadyRasa, milliseconds
from benchmarks.turn import ingestion_table, turn_table
from benchmarks.widget import measure
from candor.app.supervisor import environment, free_port
from candor.cli.chat_client import ChatClient
from candor.errors import UnavailableError
from candor.services import Services
from candor.services.knowledge import encoder_id
from candor.settings import ROOT, Settings
from knowledge.embedding import PassageEncoder
from knowledge.ingestion import ingest

QUESTIONS = (
    "how long do you keep my data?", "is my info sold", "who gets to see what I write", "what about cookies",
    "can i delete my account", "where are your servers", "how old must i be", "whom do i write to",
)  # fmt: skip
ROUNDS = 8  # in each, both bots get every question once
COMPANY = "clevra"
PARTS = ("parts", "peers", "load", "curve", "set-up")


def main(part: str = "") -> int:
    """Run all benchmarks, or only the part of that name."""
    if part == "curve":
        curve(Settings())
        return 0
    if part == "set-up":
        return set_up()
    if part and part not in PARTS:
        print(f"there is no part named {part}: {', '.join(PARTS)}", file=sys.stderr)
        return 1
    if only_this_core():
        print("on one core alone: what runs side by side is slower than it would be", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = own_candor(Path(folder) / "var")
        if part in {"", "parts"}:
            by_parts(settings, Path(folder))
        if not part:
            question_in_process(settings)
            slack_overhead(settings)
            ingestion(settings, Path(folder) / "index")
        if part in {"", "peers"}:
            compare(settings, Path(folder))
        if part != "parts":
            whole(settings, part)
        if not part:
            curve(settings, QUICK_SIZES)
    return 0


def set_up() -> int:
    """Set up a fresh clone, with whatever the caches of packages hold: set-up itself says where the time went. Returns its exit
    code."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", "--shared", str(ROOT), folder], check=True)
        return subprocess.run([sys.executable, "scripts/setup.py"], cwd=folder, check=False).returncode


def own_candor(var: Path) -> Settings:
    """A Candor of the benchmark's own, with what set-up has made."""
    for made in ("encoder", "large_encoder", "index", "models"):
        shutil.copytree(ROOT / "var" / made, var / made)
    settings = Settings(var_dir=var, web_port=free_port(), rasa_port=free_port(), actions_port=free_port())
    # The database says what is released, and is not copied. What was read before is not encoded again.
    ingest_all = [sys.executable, "-m", "candor", "ingest"]
    subprocess.run(ingest_all, cwd=ROOT, env=environment(settings), check=True, stdout=subprocess.DEVNULL)
    return settings


def whole(settings: Settings, part: str) -> None:
    """All processes together: their start, a turn beside the plainest bot's, memory, load, and the widget on a page."""
    started = time.monotonic()
    with serving(settings) as (url, supervisor):
        if not part:
            report("candor serve → ready", f"{time.monotonic() - started:.1f} s")
            check_first_answer(url)
            report("candor serve → first answer", f"{time.monotonic() - started:.1f} s")
        if part in {"", "peers"}:
            try:
                compare_turns(settings, url, supervisor, COMPANY, QUESTIONS, ROUNDS)
            except PeerMissingError as error:
                print(error, flush=True)
            memory(supervisor)
        if part in {"", "load"}:
            load.report(url, COMPANY)
            memory(supervisor)
        if not part:
            widget(url)


def by_parts(settings: Settings, folder: Path) -> None:
    """Where a turn's time goes, and that of an ingestion."""
    for name in ("turn", "ingestion"):
        (folder / name).mkdir()
    turn_table(settings, folder / "turn", COMPANY, QUESTIONS, ROUNDS)
    ingestion_table(settings, folder / "ingestion")


def memory(supervisor: psutil.Process) -> None:
    """What the processes hold: of what several share, each its part (PSS); and as each alone would count it (RSS)."""
    held = [(process, process.memory_full_info()) for process in family(supervisor)]
    for process, of_it in held:
        name = " ".join(process.cmdline()[1:4])[:44]
        report(f"  memory: {name}", f"{of_it.pss / 1e6:.0f} MB ({of_it.rss / 1e6:.0f} resident)")
    together = sum(of_it.pss for _, of_it in held), sum(of_it.rss for _, of_it in held)
    report("memory of all processes", f"{together[0] / 1e9:.2f} GB ({together[1] / 1e9:.2f} resident)")


def widget(url: str) -> None:
    """The launcher on an example page, and the time from a click on it to the chat, compared with an empty iframe."""
    figures = measure(url, COMPANY)
    report("widget: transferred with the page", f"{figures.launcher_bytes / 1000:.1f} kB")
    report("widget: transferred when it is opened", f"{figures.chat_bytes / 1000:.1f} kB")
    ratio = figures.to_ready / figures.empty_frame
    report("widget: from the click until one can type", f"{1000 * figures.to_ready:.0f} ms = {ratio:.1f} × an empty iframe")


def question_in_process(settings: Settings) -> None:
    """What an answer takes, compared with one call of each encoder on the same text: time, of which the two encoders share some,
    and CPU."""
    parts = Services(settings)
    answers, encoder = parts.knowledge.answers, parts.knowledge.encoder
    for question in QUESTIONS:
        answers.answer(question, COMPANY)  # the first ones load what is loaded when it is needed
    for what, clock in (("time", time.perf_counter), ("CPU", time.process_time)):
        answer_times, encoder_times = [], []
        for question in QUESTIONS * ROUNDS:
            calls = partial(encoder.encode, [question]), partial(encoder.encode_large, [question])
            encoder_times.append(sum(timed(call, clock) for call in calls))
            answer_times.append(timed(partial(answers.answer, question, COMPANY), clock))
        took, alone = statistics.median(answer_times), statistics.median(encoder_times)
        report(f"median `ask` in process, {what}", f"{1000 * took:.1f} ms = {took / alone:.2f} × one call of each encoder")


def slack_overhead(settings: Settings) -> None:
    """The time from a signed event to the posted answer, without Rasa's own time."""
    took = asyncio.run(milliseconds(Services(settings), ReadyRasa(), [*QUESTIONS * ROUNDS], COMPANY))
    report("median event → posted answer in Slack, without Rasa", f"{statistics.median(took):.1f} ms")


class RecordingEncoder:
    """Passes texts on to an encoder and records them."""

    def __init__(self, encoder: PassageEncoder) -> None:
        self.id, self.dim, self.token_dim, self._encoder = encoder.id, encoder.dim, encoder.token_dim, encoder
        self.texts: list[str] = []
        self.large_texts: list[str] = []
        self.plain_texts: list[str] = []  # whose tokens nobody asks for

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.plain_texts.extend(texts)
        return self._encoder.encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        self.texts.extend(texts)
        return self._encoder.encode_passages(texts)

    def encode_large(self, texts: Sequence[str]) -> np.ndarray:
        self.large_texts.extend(texts)
        return self._encoder.encode_large(texts)


def ingestion(settings: Settings, index: Path) -> None:
    """The time to ingest all policies into an empty index, encoder loaded, compared with the encoder alone on the same texts."""
    bare = Services(settings).knowledge.passage_encoder
    bare.encode_passages(["warm"]), bare.encode_large(["warm"])
    encoder = RecordingEncoder(bare)
    known = encoder_id(settings)
    took = timed(lambda: ingest(settings.policies_dir, index, lambda: encoder, known, lambda _: None))
    calls = (bare.encode_passages, encoder.texts), (bare.encode_large, encoder.large_texts), (bare.encode, encoder.plain_texts)
    alone = sum(timed(partial(encode, texts)) for encode, texts in calls)
    texts = sum(len(texts) for _, texts in calls)
    report("ingestion of all policies, encoders loaded", f"{took:.1f} s = {texts / took:.0f} texts per second")
    report("... relative to the encoders alone", f"{alone / took:.2f} × {texts / alone:.0f} texts per second")


def check_first_answer(url: str) -> None:
    """Ask one question. Raises: UnavailableError if it is not answered."""
    with ChatClient(url) as chat:
        conversation, token, _ = chat.begin(COMPANY)
        if chat.say(conversation, token, QUESTIONS[0])[0]["kind"] != "answer":
            raise UnavailableError("the first question was not answered")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
