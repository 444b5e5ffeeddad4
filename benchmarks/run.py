"""`make bench`: speed and memory, measured in one run and given as ratios to a reference.

The reference for a chat turn is the bot that `rasa init` makes, trained here and asked alternately with ours; for a question
in process it is one call of the encoder on the same text; for ingestion it is the encoder alone on the same texts.
`python -m benchmarks.run curve` runs only the last part: the index of vectors from a thousand to a million passages; `… parts`
only the tables of a turn and an ingestion by their parts; `… load` only how much a Candor carries.
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

from benchmarks import load
from benchmarks.slack import ReadyRasa, milliseconds
from benchmarks.turn import ingestion_table, turn_table
from benchmarks.widget import measure
from candor.app.supervisor import environment, free_port
from candor.cli.chat_client import ChatClient
from candor.errors import UnavailableError
from candor.services import Services
from candor.services.knowledge import encoder_id
from candor.settings import ROOT, Settings
from knowledge.artefact import search_vectors
from knowledge.embedding import PassageEncoder
from knowledge.ingestion import ingest
from knowledge.vectors import ENGINES, FLAT_UP_TO, NEAREST, FlatIndex, IndexMaker, load_vectors, recall

QUESTIONS = (
    "how long do you keep my data?", "is my info sold", "who gets to see what I write", "what about cookies",
    "can i delete my account", "where are your servers", "how old must i be", "whom do i write to",
)  # fmt: skip
ROUNDS = 8  # in each, both bots get every question once
COMPANY = "clevra"
LONG, FEW = 200, 20  # turns of a long conversation, and those at its beginning and its end that are compared
LONGEST_START = 240  # seconds that a process may take to start
SIZES = (1_000, 10_000, 100_000, 1_000_000)  # passages on the curve
SEARCHES = 300  # per size and engine
VERSION_PASSAGES = 200  # passages of one policy version on the curve, a long policy
OWN_SHIFT = 0.2  # length of the random shift of a synthetic passage
BLOCK = 1 << 16  # synthetic passages made at once
SEED = 7


def main(part: str = "") -> int:
    """Run all benchmarks, or only the part named "curve", "parts" or "load"."""
    if part == "curve":
        curve(Settings())
        return 0
    if part not in {"", "parts", "load"}:
        print(f"there is no part named {part}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        for made in ("encoder", "index", "models"):
            shutil.copytree(ROOT / "var" / made, var / made)
        settings = Settings(var_dir=var, web_port=free_port(), rasa_port=free_port(), actions_port=free_port())
        # The database says what is released, and is not copied. What was read before is not encoded again.
        ingest_all = [sys.executable, "-m", "candor", "ingest"]
        subprocess.run(ingest_all, cwd=ROOT, env=environment(settings), check=True, stdout=subprocess.DEVNULL)
        if part in {"", "parts"}:
            by_parts(settings, Path(folder))
        if part == "parts":
            return 0
        if part == "load":
            with serving(settings) as (url, _):
                load.report(url, COMPANY)
            return 0
        question_in_process(settings)
        slack_overhead(settings)
        ingestion(settings, Path(folder) / "index")
        model = reference_model()
        started = time.monotonic()
        with serving(settings) as (url, supervisor):
            report("candor serve → ready", f"{time.monotonic() - started:.1f} s")
            check_first_answer(url)
            report("candor serve → first answer", f"{time.monotonic() - started:.1f} s")
            port = free_port()
            rasa = [str(ROOT / ".venv-bot/bin/python"), "-m", "rasa", "run", "--model", str(model)]
            files = ["--credentials", "credentials.yml", "--endpoints", "endpoints.yml"]
            command = [*rasa, "--interface", "127.0.0.1", "--port", str(port), *files]
            their_url = f"http://127.0.0.1:{port}"
            with running_process(command, model.parent.parent, settings, lambda: rasa_answers(their_url)) as theirs:
                chat_turns(url, their_url, supervisor, psutil.Process(theirs.pid))
            long_conversation(url, supervisor)
            memory(supervisor)
            load.report(url, COMPANY)
            memory(supervisor)
            widget(url)
        curve(settings)
    return 0


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[str, psutil.Process]]:
    """`candor serve`, once it is ready: its address, and the process that started the others."""
    url = f"http://{settings.web_host}:{settings.web_port}"
    command = [sys.executable, "-m", "candor", "serve"]
    with running_process(command, ROOT, settings, lambda: ready(f"{url}/readyz")) as supervisor:
        yield url, psutil.Process(supervisor.pid)


def by_parts(settings: Settings, folder: Path) -> None:
    """Where a turn's time goes, and that of an ingestion."""
    for name in ("turn", "ingestion"):
        (folder / name).mkdir()
    turn_table(settings, folder / "turn", COMPANY, QUESTIONS, ROUNDS)
    ingestion_table(settings, folder / "ingestion")


def memory(supervisor: psutil.Process) -> None:
    """What the processes hold: of what several share, each its part (PSS); and as each alone would count it (RSS)."""
    held = [(process, process.memory_full_info()) for process in (supervisor, *supervisor.children(recursive=True))]
    for process, of_it in held:
        name = " ".join(process.cmdline()[1:4])[:44]
        report(f"  memory: {name}", f"{of_it.pss / 1e6:.0f} MB ({of_it.rss / 1e6:.0f} resident)")
    together = sum(of_it.pss for _, of_it in held), sum(of_it.rss for _, of_it in held)
    report("memory of all processes", f"{together[0] / 1e9:.2f} GB ({together[1] / 1e9:.2f} resident)")


def cpu_seconds(supervisor: psutil.Process) -> float:
    """The CPU time that all processes have had."""
    return sum(sum(process.cpu_times()[:2]) for process in (supervisor, *supervisor.children(recursive=True)))


def long_conversation(url: str, supervisor: psutil.Process) -> None:
    """Whether a turn costs more the longer one talks: the CPU time of the first and of the last turns of 200."""
    spent = []
    with ChatClient(url) as chat:
        conversation, token, _ = chat.begin(COMPANY)
        for turn in range(LONG):
            if turn in {FEW, 2 * FEW, LONG - FEW}:
                spent.append(cpu_seconds(supervisor))
            chat.say(conversation, token, QUESTIONS[turn % len(QUESTIONS)])
        spent.append(cpu_seconds(supervisor))
    first, last = (1000 * (end - begin) / FEW for begin, end in ((spent[0], spent[1]), (spent[2], spent[3])))
    report(f"CPU of a turn, turns {FEW} to {2 * FEW} of a conversation", f"{first:.0f} ms")
    report(f"CPU of a turn, the last {FEW} of {LONG}", f"{last:.0f} ms = {last / first:.2f} ×")


def widget(url: str) -> None:
    """The launcher on an example page, and the time from a click on it to the chat, compared with an empty iframe."""
    figures = measure(url, COMPANY)
    report("widget: transferred with the page", f"{figures.launcher_bytes / 1000:.1f} kB")
    report("widget: transferred when it is opened", f"{figures.chat_bytes / 1000:.1f} kB")
    ratio = figures.to_ready / figures.empty_frame
    report("widget: from the click until one can type", f"{1000 * figures.to_ready:.0f} ms = {ratio:.1f} × an empty iframe")


def question_in_process(settings: Settings) -> None:
    """The time of an answer, compared with one call of both encoders on the same text."""
    parts = Services(settings)
    answers, encoder = parts.knowledge.answers, parts.knowledge.encoder
    answer_times, encoder_times = [], []
    for question in QUESTIONS * ROUNDS:
        encoder_times.append(timed(partial(encoder.encode, [question])) + timed(partial(encoder.encode_large, [question])))
        answer_times.append(timed(partial(answers.answer, question, COMPANY)))
    ratio = statistics.median(answer_times) / statistics.median(encoder_times)
    report(
        "median `ask` in process", f"{1000 * statistics.median(answer_times):.1f} ms = {ratio:.2f} × one call of both encoders"
    )


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

    def encode(self, texts: Sequence[str]) -> np.ndarray:
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
    alone = timed(lambda: bare.encode_passages(encoder.texts)) + timed(lambda: bare.encode_large(encoder.large_texts))
    texts = len(encoder.texts) + len(encoder.large_texts)
    report("ingestion of all policies, encoders loaded", f"{took:.1f} s = {texts / took:.0f} texts per second")
    report("... relative to the encoders alone", f"{alone / took:.2f} × {texts / alone:.0f} texts per second")


def curve(settings: Settings) -> None:
    """Every engine at each size: what building and searching cost, and its recall against the exact search of the flat one.

    The queries are the aspect bank's questions. Each index is searched as in a serving process: loaded from disk, one question
    at a time, among all vectors or among those of one policy version. The page cache is warm.
    """
    served = Services(settings).knowledge.catalogue
    centres = np.concatenate([search_vectors(artefact.readings) for artefact in served.every()])
    rng = np.random.default_rng(SEED)
    bank_questions = Services(settings).knowledge.bank.questions
    questions = bank_questions[rng.choice(len(bank_questions), SEARCHES, replace=False)]
    print(
        "\npassages   kind               build s  disk MB  resident MB  search p50, p95 ms  recall  one version p50, p95 ms",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            vectors = synthetic_passages(centres, size, rng)
            versions = [
                np.arange(start, start + VERSION_PASSAGES) for start in rng.integers(size - VERSION_PASSAGES, size=SEARCHES)
            ]
            exact = measure_engine(FlatIndex.of, vectors, questions, versions, Path(folder) / "index", None)
            for engine in ENGINES.values():
                if engine is not FlatIndex:
                    measure_engine(engine.of, vectors, questions, versions, Path(folder) / "index", exact)
    print(f"served: flat up to {FLAT_UP_TO:,} vectors, clustered above; recall refers to the nearest {NEAREST}", flush=True)


@dataclass(frozen=True)
class SearchTimes:
    """The cost of searching one saved index, measured in a separate process."""

    everywhere: list[float]  # seconds per question, among all vectors
    one_version: list[float]  # seconds per question, among the rows of one policy version
    scores: np.ndarray  # float32 (questions, NEAREST), best first
    resident: int  # bytes by which the process grew


def measure_engine(
    build_index: IndexMaker,
    vectors: np.ndarray,
    questions: np.ndarray,
    versions: list[np.ndarray],
    path: Path,
    exact_scores: np.ndarray | None,
) -> np.ndarray:
    """Build, save, load and search one index, and print the cost; return the scores, float32 (questions, NEAREST).

    `exact_scores`, of the same shape, come from an exact search; None if this one is exact itself.
    """
    started = time.perf_counter()
    built = build_index(vectors)
    build_seconds = time.perf_counter() - started
    built.save(path)
    about = built.about()
    del built  # else a million vectors would be in memory twice
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        searched = other.submit(search_saved, path, questions, versions).result()
    kind = f"{about['kind']} {about['searched']}/{about['lists']}" if "lists" in about else about["kind"]
    recall_share = recall(searched.scores, searched.scores if exact_scores is None else exact_scores)
    print(
        f"{len(vectors):9,}  {kind:18} {build_seconds:7.2f} {path.stat().st_size / 1e6:8.1f} {searched.resident / 1e6:12.1f}"
        f" {percentiles(searched.everywhere):>19} {recall_share:7.4f} {percentiles(searched.one_version):>24}",
        flush=True,
    )
    path.unlink()
    return searched.scores


def search_saved(path: Path, questions: np.ndarray, versions: list[np.ndarray]) -> SearchTimes:
    """Load an index and search it on one thread, as the processes of `candor serve` do."""
    faiss.omp_set_num_threads(1)
    before = psutil.Process().memory_info().rss
    index = load_vectors(path)
    scores = np.stack([index.search(question, NEAREST)[0] for question in questions])
    everywhere = [timed(partial(index.search, question, NEAREST)) for question in questions]
    one_version = [
        timed(partial(index.search, question, NEAREST, rows)) for question, rows in zip(questions, versions, strict=True)
    ]
    return SearchTimes(everywhere, one_version, scores, psutil.Process().memory_info().rss - before)


def percentiles(seconds: Sequence[float]) -> str:
    """The median and the 95th percentile, in milliseconds."""
    median, late = 1000 * np.percentile(seconds, [50, 95])
    return f"{median:.2f}, {late:.2f}"


def synthetic_passages(centres: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Unit vectors, float32 (count, dim), distributed like the real passages `centres` (n, dim).

    Each is a real passage moved by half the difference between two others, so that it stays where texts lie, and by a small
    random shift, so that no two are the same.
    """
    vectors = np.empty((count, centres.shape[1]), dtype=np.float32)
    for start in range(0, count, BLOCK):
        block = vectors[start : start + BLOCK]
        one, two, three = centres[rng.integers(len(centres), size=(3, len(block)))]
        own = rng.normal(scale=OWN_SHIFT / centres.shape[1] ** 0.5, size=block.shape)
        moved = one + (two - three) / 2 + own
        block[:] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return vectors


def reference_model() -> Path:
    """The model of the bot that `rasa init` makes; trained in the first run and kept in var/bench."""
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


def chat_turns(our_url: str, their_url: str, ours: psutil.Process, theirs: psutil.Process) -> None:
    """Chat turns, alternately: a question to our whole stack, a greeting to the reference bot."""
    our_times, their_times = [], []
    before = cpu_seconds(ours), cpu_seconds(theirs)
    with ChatClient(our_url) as chat, httpx.Client(timeout=30, trust_env=False) as http:
        for turn in range(ROUNDS):
            conversation, token, _ = chat.begin(COMPANY)
            for index, question in enumerate(QUESTIONS):
                our_times.append(timed(partial(chat.say, conversation, token, question)))
                message = {"sender": f"s{turn}", "message": "hello" if index % 2 else "i am great"}
                their_times.append(timed(partial(http.post, f"{their_url}/webhooks/rest/webhook", json=message)))
    report("median chat turn, whole stack", f"{1000 * statistics.median(our_times):.0f} ms")
    report("median turn of the bot that `rasa init` makes", f"{1000 * statistics.median(their_times):.0f} ms")
    report("ratio", f"{statistics.median(our_times) / statistics.median(their_times):.2f}")
    spent = (1000 * (cpu_seconds(ours) - before[0]) / len(our_times), 1000 * (cpu_seconds(theirs) - before[1]) / len(their_times))
    report("CPU of a turn, of all processes, and of that bot's", f"{spent[0]:.0f} ms, {spent[1]:.0f} ms")


def check_first_answer(url: str) -> None:
    """Ask one question. Raises: UnavailableError if it is not answered."""
    with ChatClient(url) as chat:
        conversation, token, _ = chat.begin(COMPANY)
        if chat.say(conversation, token, QUESTIONS[0])[0]["kind"] != "answer":
            raise UnavailableError("the first question was not answered")


def ready(url: str) -> bool:
    """Whether Candor answers that it is ready."""
    return httpx.get(url, timeout=5, trust_env=False).status_code == 200


def rasa_answers(url: str) -> bool:
    """Whether the reference bot answers a message."""
    message = {"sender": "warm", "message": "hello"}
    return bool(httpx.post(f"{url}/webhooks/rest/webhook", json=message, timeout=30, trust_env=False).json())


@contextmanager
def running_process(
    command: list[str], folder: Path, settings: Settings, up: Callable[[], bool]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process, wait until `up` returns true, and terminate it at the end.

    Raises: UnavailableError if it ends or is not up in LONGEST_START seconds.
    """
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


def report(what: str, figure: str) -> None:
    """Print one line of the result."""
    print(f"{what:52} {figure}", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
