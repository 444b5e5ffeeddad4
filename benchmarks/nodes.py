"""Two nodes of Candor on one PostgreSQL and one Redis: what visitors notice while processes are killed, databases restart and
nodes come and go. `python -m benchmarks.nodes` holds 200 conversations meanwhile and does every kind of harm, 30 kills among
them; `--harm` chooses some, so that it can be run in slices, and `--record` adds these up. tests/stack/test_nodes.py uses the
same nodes.

Each node is a `candor serve` with a var/ and ports of its own. A client sends each message to the next node in turn, and again
under the same message_id where it was not answered, as the widget does.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import psutil
import typer
from sqlalchemy import create_engine, inspect, text

from benchmarks.nodes_record import HarmRun, added, in_sum
from benchmarks.postgresql import PostgresServer
from benchmarks.redis_server import RedisServer
from candor.app.processes import Patience
from candor.app.supervisor import free_port
from candor.database.engine import make_engine
from candor.settings import ROOT
from knowledge.artefact_stores import FOLDER, DatabaseStore, FolderStore

COMPANY = "clevra"
KINDS = {"web": "candor.app.web", "worker": "candor.app.worker", "rasa": "bot", "actions": "actions"}
LONGEST_START = 600.0  # seconds, on two cores that are busy with other work
LONGEST_INGESTION = 600.0  # seconds, where set-up's artefacts are not those of today, so that all is encoded anew
LONGEST_ASKING = 120.0  # seconds that a client goes on sending the same message
PAUSE = 0.5  # seconds before it sends it again
# A request from the wish to the receipt, with a question in between. {n} makes each one somebody else's.
REQUEST = (
    "I want all my personal data to be deleted", "Portugal", "ana.silva{n}@example.org", "how long do you keep my data?", "no",
    "yes",
)  # fmt: skip
QUESTIONS = ("hello", "do you sell my personal data?", "how long do you keep it?", "who can see my data?", "thank you")
SCRIPTS = (REQUEST, QUESTIONS)
Harm = Literal["kill", "postgresql", "redis", "node", "clock", "upgrade"]
HARMS: tuple[Harm, ...] = ("kill", "postgresql", "redis", "node", "clock")  # where none is chosen; an upgrade needs a checkout
STEPS = (3600, -3600, 86_400, 0)  # seconds by which one node's clock is put forward or back, one after the other
BETWEEN_STEPS = 8.0  # seconds
STEPPED_CLOCK = Path(__file__).parent / "stepped_clock"


class Node:
    """One `candor serve`."""

    def __init__(self, folder: Path, name: str, ports: dict[str, int], told: dict[str, str], code: Path = ROOT) -> None:
        """ports: by "web", "rasa" and "actions". told: settings that all nodes share. code: the checkout that it runs."""
        self.name, self.var, self.log, self.code = name, folder / name, folder / f"{name}.log", code
        self.var.mkdir(mode=0o700)
        self._clock = folder / f"{name}.clock"
        for made in ("encoder", "large_encoder", "models"):
            (self.var / made).symlink_to(ROOT / "var" / made)
        self.url = f"http://127.0.0.1:{ports['web']}"
        own = {f"CANDOR_{kind.upper()}_PORT": str(port) for kind, port in ports.items()}
        self.told = {**os.environ, **told, **own, "CANDOR_VAR_DIR": str(self.var), "PYTHONUNBUFFERED": "1"}
        self.told |= {"CANDOR_POLICIES_DIR": str(ROOT / "policies")}
        self._serving: subprocess.Popen[bytes] | None = None

    def with_own_clock(self) -> None:
        """From its next start on, `set_clock` moves its clock."""
        self.set_clock(0)
        path = os.pathsep.join(filter(None, (str(STEPPED_CLOCK), os.environ.get("PYTHONPATH"))))
        self.told |= {"STEPPED_CLOCK": str(self._clock), "PYTHONPATH": path}

    def set_clock(self, ahead: int) -> None:
        """So many seconds ahead of the machine's; less than 0: behind."""
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(f"{ahead:+d}", encoding="ascii")
        fresh.replace(self._clock)

    def ingest(self) -> None:
        """Serve the policies at every node."""
        self.run("ingest")

    def run(self, command: str) -> None:
        """Run `candor <command>` to its end. Raises: AssertionError with what it said if it failed."""
        done = subprocess.run(
            [sys.executable, "-m", "candor", command], cwd=self.code, env=self.told, capture_output=True, text=True,
            check=False, timeout=LONGEST_INGESTION,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"node {self.name}: candor {command} failed:\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}")

    def start(self) -> None:
        """Return at once; `wait` says when it is ready."""
        with self.log.open("ab") as log:
            self._serving = subprocess.Popen(
                [sys.executable, "-m", "candor", "serve"], cwd=self.code, env=self.told, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def wait(self, longest: float = LONGEST_START) -> None:
        """Until /readyz says 200. Raises: AssertionError with the end of its log if that takes too long."""
        deadline = time.monotonic() + longest
        while time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", timeout=10, trust_env=False).status_code == 200:
                    return
            if self._serving is None or self._serving.poll() is not None:
                break
            time.sleep(0.2)
        raise AssertionError(f"node {self.name} is not ready:\n{self.log.read_text(errors='replace')[-3000:]}")

    def process(self, kind: str) -> psutil.Process | None:
        """Its running process of this kind; None while it is being started again."""
        if self._serving is None:
            return None
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self._serving.pid).children():
                if KINDS[kind] in child.cmdline()[1:3]:
                    return child
        return None

    def kill(self, kind: str) -> bool:
        """kill -9; its supervisor starts it again. False if there was none to kill just now, or one that has just begun: where a
        process ends again and again soon after its start, everything is to stop."""
        victim = self.process(kind)
        if victim is None:
            return False
        with suppress(psutil.NoSuchProcess):
            if time.time() - victim.create_time() < Patience.steady:
                return False
            victim.kill()
            return True
        return False

    def stop(self) -> int:
        """End it as an operator does, with SIGTERM; its exit code."""
        if self._serving is None:
            return 0
        self._serving.terminate()
        code = self._serving.wait(90)
        self._serving = None
        return code

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self._serving is None:
            return
        members = []
        with suppress(psutil.NoSuchProcess):
            members = psutil.Process(self._serving.pid).children(recursive=True)
        self._serving.kill()
        self._serving.wait(30)
        for member in members:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        psutil.wait_procs(members, timeout=30)


@dataclass
class Nodes:
    """Two nodes, and what they share."""

    nodes: Sequence[Node]
    postgres: PostgresServer
    redis: RedisServer
    folder: Path

    @property
    def urls(self) -> list[str]:
        return [node.url for node in self.nodes]

    @property
    def database(self) -> str:
        return f"{self.postgres.url}/postgres"


@contextmanager
def two_nodes(*, code: Path = ROOT, own_clock: bool = False, worker_apart: bool = False) -> Iterator[Nodes]:
    """Both are ready; everything is ended and removed afterwards.

    code: the checkout that they run. own_clock: the second has a clock that can be moved. worker_apart: its worker is a process,
    while the first one's web does that work.
    """
    with tempfile.TemporaryDirectory(prefix="candor-nodes-") as made:
        folder, postgres = Path(made), PostgresServer()
        redis = RedisServer(folder, free_port())
        postgres.start()
        redis.start()
        ports = [{kind: free_port() for kind in ("web", "rasa", "actions")} for _ in range(2)]
        told = {
            "CANDOR_DATABASE_URL": f"{postgres.url}/postgres", "CANDOR_REDIS_URL": redis.url,
            "CANDOR_INDEX_STORE": "database", "CANDOR_SECRET_KEY": uuid.uuid4().hex, "CANDOR_INTERNAL_SECRET": uuid.uuid4().hex,
            "CANDOR_RASA_URLS": ",".join(f"http://127.0.0.1:{each['rasa']}" for each in ports),
        }  # fmt: skip
        nodes = [Node(folder, name, each, told, code) for name, each in zip("ab", ports, strict=True)]
        if own_clock:
            nodes[1].with_own_clock()
        if worker_apart:
            nodes[1].told["CANDOR_WORKER_IN_WEB"] = "false"
        try:
            nodes[0].run("migrate")
            store_artefacts(f"{postgres.url}/postgres")
            nodes[0].ingest()
            for node in nodes:
                node.start()
            for node in nodes:
                node.wait()
            yield Nodes(nodes, postgres, redis, folder)
        finally:
            for node in nodes:
                node.end()
            redis.stop()
            postgres.remove()


def store_artefacts(database: str) -> None:
    """Put what set-up made of the policies into a new database, so that ingestion encodes nothing again."""
    made = FolderStore(ROOT / "var" / "index" / FOLDER)
    engine = make_engine(database)
    store = DatabaseStore(engine)
    for name in made.names():
        store.write(name, bytes(made.read(name)))
    engine.dispose()


@dataclass
class Talk:
    """One conversation, as its visitor saw it. shapes: what came back for each message, without what differs by visitor."""

    id: str = ""
    token: str = ""
    shapes: list[list[str]] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)  # of each message, until it was answered
    unanswered: Counter[str] = field(default_factory=Counter)  # attempts that came to nothing, by why
    most_again: int = 0  # attempts that came to nothing for one message


class Client:
    """A visitor's browser behind a balancer that sends each call to the next node."""

    def __init__(self, urls: Sequence[str], timeout: float = 60.0) -> None:
        self._urls, self._turn = list(urls), random.randrange(len(urls))  # noqa: S311  # nothing secret
        self._http = httpx.AsyncClient(timeout=timeout, trust_env=False)

    async def close(self) -> None:
        await self._http.aclose()

    async def begin(self) -> Talk:
        """Begin a conversation."""
        talk = Talk()
        begun = await self.call("POST", "/api/conversations", {"company": COMPANY}, talk)
        talk.id, talk.token = begun["conversation"], begun["token"]
        return talk

    async def say(self, talk: Talk, words: str, message_id: str = "") -> list[dict[str, Any]]:
        """Send a message until it is answered. Raises: AssertionError if that takes LONGEST_ASKING seconds."""
        message = {"text": words, "message_id": message_id or uuid.uuid4().hex}
        began = time.perf_counter()
        before = talk.unanswered.total()
        answered = await self.call("POST", f"/api/conversations/{talk.id}/messages", message, talk)
        talk.most_again = max(talk.most_again, talk.unanswered.total() - before)
        talk.milliseconds.append(1000 * (time.perf_counter() - began))
        replies: list[dict[str, Any]] = answered["replies"]
        talk.shapes.append([shape(reply) for reply in replies])
        return replies

    async def call(self, method: str, path: str, body: dict[str, Any] | None, talk: Talk) -> dict[str, Any]:
        """Call the next node, and so on until one has done it."""
        deadline = time.monotonic() + LONGEST_ASKING
        said = "nothing"
        while time.monotonic() < deadline:
            self._turn += 1
            url = self._urls[self._turn % len(self._urls)]
            headers = {"Authorization": f"Bearer {talk.token}"} if talk.token else {}
            try:
                answer = await self._http.request(method, f"{url}{path}", json=body, headers=headers)
            except httpx.HTTPError as error:
                said = type(error).__name__
            else:
                if answer.is_success:
                    found: dict[str, Any] = answer.json() if answer.content else {}
                    return found
                said = f"{answer.status_code} {answer.text[:200]}"
                if answer.status_code != 503:
                    raise AssertionError(f"{method} {path}: {said}")
            talk.unanswered[said.split(" ")[0]] += 1
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"{method} {path} was not answered within {LONGEST_ASKING:.0f} s: {said}")


def shape(reply: dict[str, Any]) -> str:
    """What kind of reply it is, without wording, numbers and addresses."""
    ticket = reply.get("ticket") or {}
    quotes = [f"{each['version']}:{each['start']}" for each in reply.get("citations") or []]
    return json.dumps([reply["kind"], reply.get("request_type"), bool(ticket.get("number")), reply.get("form"), quotes])


async def walk(client: Client, script: Iterable[str], number: int) -> Talk:
    """One conversation from its beginning to its end."""
    talk = await client.begin()
    for words in script:
        await client.say(talk, words.format(n=number))
    return talk


def recorded(database: str, conversations: Iterable[str]) -> dict[str, tuple[int, int, int]]:
    """Of each conversation: how many turns its visitor has, how many of them are answered, how many requests it opened."""
    engine = create_engine(database)
    ids = list(conversations)
    with engine.connect() as connection:
        turns = connection.execute(
            text(
                "SELECT conversation_id, count(*), count(*) FILTER (WHERE state = 'answered') FROM turn "
                "WHERE conversation_id = ANY(:ids) AND state IN ('asked', 'answered', 'failed') GROUP BY 1"
            ),
            {"ids": ids},
        ).all()
        opened = {
            row[0]: row[1]
            for row in connection.execute(
                text("SELECT conversation, count(*) FROM ticket WHERE conversation = ANY(:ids) GROUP BY 1"), {"ids": ids}
            )
        }
    engine.dispose()
    return {row[0]: (row[1], row[2], opened.get(row[0], 0)) for row in turns}


def left_of(nodes: Nodes, words: str) -> list[str]:
    """Where these words still stand: tables of the database with their columns, and files of the nodes."""
    engine, found = create_engine(nodes.database), []
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            columns = [column["name"] for column in inspect(connection).get_columns(table)]
            for column in columns:
                like = text(f'SELECT 1 FROM "{table}" WHERE CAST("{column}" AS text) LIKE :words LIMIT 1')  # noqa: S608
                if connection.execute(like, {"words": f"%{words}%"}).first():
                    found.append(f"{table}.{column}")
    engine.dispose()
    for node in nodes.nodes:
        files = [path for path in node.var.rglob("*") if path.is_file()]  # what is a link is set-up's
        found += [str(path.relative_to(nodes.folder)) for path in files if words.encode() in path.read_bytes()]
    return found


@dataclass
class Losses:
    """What went wrong for visitors. Each is to be none."""

    broken: list[str] = field(default_factory=list)  # conversations that went another way than undisturbed
    unfinished: list[str] = field(default_factory=list)  # why conversations did not come to their end
    lost_or_doubled: list[str] = field(default_factory=list)  # conversations whose record does not fit what was said

    def __bool__(self) -> bool:
        return bool(self.broken or self.unfinished or self.lost_or_doubled)


def compare(nodes: Nodes, talks: dict[int, Talk | BaseException], expected: Sequence[list[list[str]]]) -> Losses:
    """Talks by number, each against the undisturbed one of its script, and against what was recorded."""
    losses = Losses()
    whole = {number: talk for number, talk in talks.items() if isinstance(talk, Talk)}
    losses.unfinished = [f"{number}: {talk}" for number, talk in talks.items() if isinstance(talk, BaseException)]
    known = recorded(nodes.database, [talk.id for talk in whole.values()])
    for number, talk in whole.items():
        script = number % len(SCRIPTS)
        if talk.shapes != expected[script]:
            at = next(turn for turn, pair in enumerate(zip(talk.shapes, expected[script], strict=False)) if pair[0] != pair[1])
            losses.broken.append(f"{number}, turn {at}: {talk.shapes[at]} instead of {expected[script][at]}")
        said, requests = len(SCRIPTS[script]), int(SCRIPTS[script] is REQUEST)
        if known.get(talk.id) != (said, said, requests):
            losses.lost_or_doubled.append(f"{number}: {known.get(talk.id)} instead of {(said, said, requests)}")
    return losses


async def undisturbed(nodes: Nodes) -> list[list[list[str]]]:
    """How each script goes where nothing happens: on one node alone."""
    client = Client(nodes.urls[:1])
    talks = [await walk(client, script, 9000 + number) for number, script in enumerate(SCRIPTS)]
    await client.close()
    return [talk.shapes for talk in talks]


async def conversations(
    nodes: Nodes, numbers: Sequence[int], at_once: int, urls: Sequence[str] = ()
) -> dict[int, Talk | BaseException]:
    """Hold a conversation for each number, some at once, each message at the next node, or at the next of `urls`."""
    client, places = Client(urls or nodes.urls), asyncio.Semaphore(at_once)

    async def one(number: int) -> Talk:
        async with places:
            return await walk(client, SCRIPTS[number % len(SCRIPTS)], number)

    done = await asyncio.gather(*map(one, numbers), return_exceptions=True)
    await client.close()
    return dict(zip(numbers, done, strict=True))


@dataclass(frozen=True)
class Kills:
    """Which processes are killed."""

    count: int
    kinds: Sequence[str] = tuple(KINDS)


async def kill_processes(nodes: Nodes, kills: Kills, until: float, done: Counter[str]) -> None:
    """Of every chosen kind that a node has in turn, first of one node, then of the other. After each the node is left until it
    is ready again."""
    order = [(node, kind) for node in nodes.nodes for kind in kills.kinds if node.process(kind)]
    for number in range(kills.count):
        if time.monotonic() > until:
            return
        node, kind = order[number % len(order)]
        while not await asyncio.to_thread(node.kill, kind):  # noqa: ASYNC110  # another process starts it
            await asyncio.sleep(0.2)
        done[f"{kind} killed"] += 1
        await asyncio.sleep(1.0)  # the supervisor's pause
        await asyncio.to_thread(node.wait)


async def restart(what: PostgresServer | RedisServer, name: str, done: Counter[str]) -> None:
    """All connections break; it is back as soon as it can be."""
    await asyncio.to_thread(what.stop)
    await asyncio.to_thread(what.start)
    done[f"{name} restarted"] += 1


async def leave_and_join(node: Node, done: Counter[str]) -> None:
    """As an operator ends a node, who starts it again later."""
    done[f"exit code {await asyncio.to_thread(node.stop)}"] += 1
    await asyncio.sleep(BETWEEN_STEPS)
    await asyncio.to_thread(node.start)
    await asyncio.to_thread(node.wait)
    done["nodes left and joined"] += 1


async def step_clock(node: Node, done: Counter[str]) -> None:
    """Its clock jumps, as it does where somebody mends a wrong one; the other node's goes on."""
    for ahead in STEPS:
        node.set_clock(ahead)
        await asyncio.sleep(BETWEEN_STEPS)
        done["clock stepped"] += 1


async def upgrade_nodes(nodes: Nodes, done: Counter[str]) -> None:
    """As docs/operating.md says: migrate once, beside the nodes that go on, then replace one node after the other."""
    nodes.nodes[0].code = ROOT
    await asyncio.to_thread(nodes.nodes[0].run, "migrate")
    await asyncio.to_thread(nodes.nodes[0].ingest)
    for node in nodes.nodes:
        node.code = ROOT
        await leave_and_join(node, done)
        done["nodes upgraded"] += 1


async def harm(nodes: Nodes, chosen: Sequence[Harm], kills: Kills, until: float, done: Counter[str]) -> None:
    """Do what was chosen, one after the other, and count it. until: the time at which no more is begun."""
    for one in chosen:
        if time.monotonic() > until:
            return
        match one:
            case "kill":
                await kill_processes(nodes, kills, until, done)
            case "postgresql":
                await restart(nodes.postgres, "PostgreSQL", done)
            case "redis":
                await restart(nodes.redis, "Redis", done)
            case "node":
                await leave_and_join(nodes.nodes[1], done)
            case "clock":
                await step_clock(nodes.nodes[1], done)
            case "upgrade":
                await upgrade_nodes(nodes, done)
        await asyncio.sleep(BETWEEN_STEPS)  # the conversations of this moment meet what it left


async def measure(
    nodes: Nodes, chosen: Sequence[Harm], *, count: int, kills: Kills, at_once: int, longest: float
) -> HarmRun:  # fmt: skip
    """Hold the conversations while harm is done, and print how it went."""
    expected = await undisturbed(nodes)
    began = time.monotonic()
    done: Counter[str] = Counter()
    harming = asyncio.create_task(harm(nodes, chosen, kills, began + longest, done))
    talks: dict[int, Talk | BaseException] = {}
    while len(talks) < count or not harming.done():  # conversations go on for as long as harm is done
        talks |= await conversations(nodes, range(len(talks), len(talks) + 2 * at_once), at_once)
        if harming.done() and harming.exception():
            break
    losses = compare(nodes, talks, expected)
    if (failed := harming.exception()) is not None:
        losses.unfinished.append(f"the harm itself: {failed}")
    whole = [talk for talk in talks.values() if isinstance(talk, Talk)]
    took = sorted(each for talk in whole for each in talk.milliseconds)
    again = sum((talk.unanswered for talk in whole), Counter())
    run = HarmRun(
        at=datetime.now(UTC).isoformat(timespec="seconds"), revision=revision(), load=round(os.getloadavg()[0], 1),
        at_once=at_once, harm=dict(done), conversations=len(talks), messages=len(took),
        seconds=round(time.monotonic() - began, 1), p50=statistics.median(took), p95=took[int(0.95 * len(took))],
        longest=took[-1], again=dict(again), most_again=max(talk.most_again for talk in whole), broken=len(losses.broken),
        unfinished=len(losses.unfinished), lost_or_doubled=len(losses.lost_or_doubled),
    )  # fmt: skip
    print(in_sum([run]))
    for name, found in vars(losses).items():
        for one in found[:10]:
            print(f"  {name.replace('_', ' ')}: {one}")
    return run


def revision() -> str:
    """Of this checkout."""
    found = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip()


def main(
    conversations: Annotated[int, typer.Option(help="How many at least; they go on for as long as harm is done.")] = 200,
    kills: Annotated[int, typer.Option(help="How many processes are killed.")] = 30,
    kind: Annotated[list[str], typer.Option(help=f"Of which kinds: {', '.join(KINDS)}. All.")] = [],  # noqa: B006
    at_once: Annotated[int, typer.Option(help="Conversations at the same time.")] = 4,
    harm: Annotated[list[str], typer.Option(help=f"What is done meanwhile: {', '.join(HARMS)}, upgrade. All but the last.")] = [],  # noqa: B006
    older: Annotated[Path | None, typer.Option(help="A checkout of the release before, for --harm upgrade.")] = None,
    longest: Annotated[
        float, typer.Option(help="Seconds after which no more harm is begun, from the first conversation on.")
    ] = inf,
    record: Annotated[Path | None, typer.Option(help="Add this run to a file, and print the sum of all that are in it.")] = None,
) -> None:
    """Exit code 1 if anything was lost, doubled or broken."""
    chosen = [one for one in (*HARMS, "upgrade") if one in (harm or HARMS)]
    if ("upgrade" in chosen) != (older is not None) or len(chosen) < len(set(harm)):
        raise typer.BadParameter("an upgrade needs --older, and --older an upgrade; --help names what can be done")
    if unknown := set(kind) - KINDS.keys():
        raise typer.BadParameter(f"no kind of process is called {', '.join(sorted(unknown))}")
    killed = Kills(kills, kind or tuple(KINDS))
    with two_nodes(code=older or ROOT, own_clock="clock" in chosen, worker_apart="kill" in chosen) as nodes:
        run = asyncio.run(measure(nodes, chosen, count=conversations, kills=killed, at_once=at_once, longest=longest))
        if run.losses:
            for node in nodes.nodes:
                print(f"--- node {node.name}\n{node.log.read_text(errors='replace')[-4000:]}")
    if record is not None:
        print(f"in sum:\n{in_sum(added(record, run))}")
    raise typer.Exit(int(bool(run.losses)))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the nodes are ended
    typer.run(main)
