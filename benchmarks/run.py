"""`make bench`: speed and memory, measured in one run and compared with what stands beside them.

The yardstick for a chat turn is the bot that `rasa init` makes, trained here and asked in turns with ours; for a
question in process it is one bare call of the encoder on the same text; for ingestion it is the encoder alone on the
same texts. `python -m bench curve` runs the last part alone: the index of vectors from a thousand to a million passages.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import faiss
import httpx
import numpy as np
import psutil

from benchmarks.slack import ReadyRasa, milliseconds
from benchmarks.widget import measure
from candor.app.supervisor import environment, free_port
from candor.cli.chat_client import ChatClient
from candor.errors import UnavailableError
from candor.services import Services
from candor.services.knowledge import encoder_id
from candor.settings import ROOT, Settings
from knowledge.embedding import PassageEncoder, SentenceTransformerEncoder
from knowledge.index import current_build
from knowledge.ingestion import ingest
from knowledge.vectors import FLAT_UP_TO, NEAREST, ClusteredIndex, FlatIndex, IndexMaker, load_vectors, recall

QUESTIONS = (
    "how long do you keep my data?", "do you sell my info", "who gets to see what I write", "what about cookies",
    "can i delete my account", "where are your servers", "how old must i be", "whom do i write to",
)  # fmt: skip
ROUNDS = 8  # each asks every question once, of both bots
COMPANY = "clevra"
LONGEST_START = 240  # seconds
SIZES = (1_000, 10_000, 100_000, 1_000_000)  # passages on the curve
SEARCHES = 300  # a size and kind
OF_A_VERSION = 200  # passages of one policy version on the curve: a long policy
OWN = 0.2  # length by which a made-up passage moves in a direction of its own
BLOCK = 1 << 16  # passages made up at once
SEED = 7


def main(part: str = "") -> int:
    if part == "curve":
        curve(Settings())
        return 0
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        for made in ("encoder", "index", "models"):
            shutil.copytree(ROOT / "var" / made, var / made)
        settings = Settings(var_dir=var, web_port=free_port(), rasa_port=free_port(), actions_port=free_port())
        in_process(settings)
        in_slack(settings)
        ingestion(settings, Path(folder) / "index")
        model = yardstick_model()
        url = f"http://{settings.web_host}:{settings.web_port}"
        started = time.monotonic()
        with process([sys.executable, "-m", "candor", "serve"], ROOT, settings, lambda: ready(f"{url}/readyz")) as serving:
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
            widget(url)
        curve(settings)
    return 0


def widget(url: str) -> None:
    """The launcher on an example page, and a click on it, against an empty iframe."""
    seen = measure(url, COMPANY)
    say("widget: transferred on a page", f"{seen.launcher_bytes / 1000:.1f} kB")
    say("... and once it is opened", f"{seen.chat_bytes / 1000:.1f} kB")
    ratio = seen.to_ready / seen.empty_frame
    say("... from the click until one can type", f"{1000 * seen.to_ready:.0f} ms = {ratio:.1f} × an empty iframe")


def in_process(settings: Settings) -> None:
    """A question against one bare call of the encoder on the same text."""
    parts = Services(settings)
    answers, encoder = parts.knowledge.answers, parts.knowledge.encoder
    ours, bare = [], []
    for question in QUESTIONS * ROUNDS:
        bare.append(timed(partial(encoder.encode, [question])))
        ours.append(timed(partial(answers.answer, question, COMPANY)))
    ratio = statistics.median(ours) / statistics.median(bare)
    say("median `ask` in process", f"{1000 * statistics.median(ours):.1f} ms = {ratio:.2f} × a bare encoder call")


def in_slack(settings: Settings) -> None:
    """From a signed event to the posted answer, without Rasa's own time."""
    took = asyncio.run(milliseconds(Services(settings), ReadyRasa(), [*QUESTIONS * ROUNDS], COMPANY))
    say("median event → posted answer in Slack, without Rasa", f"{statistics.median(took):.1f} ms")


class Noting:
    """An encoder that notes what it was given, and hands it on."""

    def __init__(self, encoder: PassageEncoder) -> None:
        self.id, self.dim, self.token_dim, self._encoder = encoder.id, encoder.dim, encoder.token_dim, encoder
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return self._encoder.encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        self.texts.extend(texts)
        return self._encoder.encode_passages(texts)


def ingestion(settings: Settings, index: Path) -> None:
    """All policies into an empty index, once the encoder is loaded; and the encoder alone on the same texts."""
    bare = SentenceTransformerEncoder()
    bare.encode_passages(["warm"])
    encoder = Noting(bare)
    known = encoder_id(settings.encoder_dir)
    took = timed(lambda: ingest(settings.policies_dir, index, lambda: encoder, known, lambda _: None))
    alone = timed(lambda: bare.encode_passages(encoder.texts))
    one_a_text = timed(lambda: bare.encode(encoder.texts))
    texts = len(encoder.texts)
    say("ingestion of the five policies, encoder loaded", f"{took:.1f} s = {texts / took:.0f} texts a second")
    say("... against the encoder's own batches, with tokens", f"{alone / took:.2f} × of {texts / alone:.0f} texts a second")
    say("... against the same without tokens' vectors", f"{one_a_text / took:.2f} × of {texts / one_a_text:.0f} texts a second")


def curve(settings: Settings) -> None:
    """The index of vectors over sizes, of both kinds: what building and searching cost, and what a clustered one misses.

    The aspect bank's questions ask. Both kinds are searched as a serving process has them: loaded from disk, one question at
    a time, all vectors or just those of one policy version. The page cache is warm.
    """
    centres = load_vectors(settings.index_dir / current_build(settings.index_dir) / "vectors.faiss").vectors()
    chance = np.random.default_rng(SEED)
    bank = Services(settings).knowledge.bank.questions
    questions = bank[chance.choice(len(bank), SEARCHES, replace=False)]
    print(
        "\npassages   kind               build s  disk MB  resident MB  search p50, p95 ms  recall  one version p50, p95 ms",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            vectors = like_passages(centres, size, chance)
            versions = [np.arange(start, start + OF_A_VERSION) for start in chance.integers(size - OF_A_VERSION, size=SEARCHES)]
            true = point(FlatIndex.of, vectors, questions, versions, Path(folder) / "flat", None)
            point(ClusteredIndex.of, vectors, questions, versions, Path(folder) / "clustered", true)
    print(f"served: flat up to {FLAT_UP_TO:,} vectors, clustered beyond; recall is that of the nearest {NEAREST}", flush=True)


@dataclass(frozen=True)
class Searched:
    """What searching one saved index took, in a process of its own."""

    everywhere: list[float]  # seconds, a question each
    one_version: list[float]  # the same, among the rows of one policy version
    found: np.ndarray  # scores, float32 (questions, NEAREST)
    resident: int  # bytes by which the process grew


def point(
    make: IndexMaker,
    vectors: np.ndarray,
    questions: np.ndarray,
    versions: list[np.ndarray],
    path: Path,
    true: np.ndarray | None,
) -> np.ndarray:
    """Build, save, load and search one index, and print what that took; the scores that were found, (questions, NEAREST)."""
    started = time.perf_counter()
    built = make(vectors)
    build = time.perf_counter() - started
    built.save(path)
    about = built.about()
    del built  # or a million vectors would stand in memory twice
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        searched = other.submit(searching, path, questions, versions).result()
    kind = f"{about['kind']} {about['searched']}/{about['lists']}" if "lists" in about else about["kind"]
    share = recall(searched.found, searched.found if true is None else true)
    print(
        f"{len(vectors):9,}  {kind:18} {build:7.2f} {path.stat().st_size / 1e6:8.1f} {searched.resident / 1e6:12.1f}"
        f" {percentiles(searched.everywhere):>19} {share:7.4f} {percentiles(searched.one_version):>24}",
        flush=True,
    )
    path.unlink()
    return searched.found


def searching(path: Path, questions: np.ndarray, versions: list[np.ndarray]) -> Searched:
    """Load an index and search it, on one thread: so do the processes that `candor serve` starts."""
    faiss.omp_set_num_threads(1)
    before = psutil.Process().memory_info().rss
    index = load_vectors(path)
    found = np.stack([index.search(question, NEAREST)[0] for question in questions])
    everywhere = [timed(partial(index.search, question, NEAREST)) for question in questions]
    among = [timed(partial(index.search, question, NEAREST, rows)) for question, rows in zip(questions, versions, strict=True)]
    return Searched(everywhere, among, found, psutil.Process().memory_info().rss - before)


def percentiles(seconds: Sequence[float]) -> str:
    """The median and the 95th percentile, in milliseconds."""
    median, late = 1000 * np.percentile(seconds, [50, 95])
    return f"{median:.2f}, {late:.2f}"


def like_passages(centres: np.ndarray, count: int, chance: np.random.Generator) -> np.ndarray:
    """As many unit vectors as one likes, float32 (count, dim), that lie as real passages do.

    Each is a real passage moved half-way along the difference between two others, so that it stays among text, and a
    little in a direction of its own, so that no two are the same.
    """
    vectors = np.empty((count, centres.shape[1]), dtype=np.float32)
    for start in range(0, count, BLOCK):
        block = vectors[start : start + BLOCK]
        one, two, three = centres[chance.integers(len(centres), size=(3, len(block)))]
        own = chance.normal(scale=OWN / centres.shape[1] ** 0.5, size=block.shape)
        moved = one + (two - three) / 2 + own
        block[:] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return vectors


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


def say(what: str, figure: str) -> None:
    print(f"{what:52} {figure}", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
