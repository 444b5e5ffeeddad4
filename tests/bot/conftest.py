"""What our components do in Rasa's environment: one process there answers for all tests, because Rasa takes long to load."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from candor.settings import ROOT

BOT = ROOT / ".venv-bot" / "bin" / "python"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
RETURNED = [
    {"events": [], "responses": [{"text": "hi"}]},
    {"events": [{"event": "slot", "name": "proposal", "value": None, "timestamp": None}], "responses": []},
    {"events": [], "responses": ["xylophonic"]},
    {"events": "xylophonic", "responses": []},
]
TYPED = ["what about r-0z1y-xw2v", "it is <email_1>", "code: 071245", "clever tap i mean", "my order 1234567"]
EVENTS = [  # oldest first
    {"event": "action", "name": "action_of_the_turn_before"},
    {"event": "slot", "name": "old", "value": 1},
    {"event": "user", "text": "delete my data"},
    {"event": "slot", "name": "proposal", "value": None},
    {"event": "action", "name": "action_propose_request"},
    {"event": "bot", "text": "Shall I?"},
    {"event": "slot", "name": "proposal", "value": {"id": "p_1"}},
    {"event": "action", "name": "action_say"},
    {"event": "action", "name": "action_listen"},
]
PROGRAM = """
import asyncio, json, sys, tempfile
from pathlib import Path

from bot.kept_out import keep_out_unused

with tempfile.TemporaryDirectory() as folder:
    needs_it = Path(folder) / "config.yml"
    needs_it.write_text("pipeline: [{name: WhitespaceTokenizer}, {name: DIETClassifier}]")
    sys.modules["tensorflow"] = None  # as if it were not installed, whether or not it is
    try:
        keep_out_unused(needs_it)
    except ModuleNotFoundError as missing:
        kept_out = [str(missing)]
    del sys.modules["tensorflow"]
    kept_out.append(keep_out_unused(Path("config.yml"), serving=True))

import rasa.shared.utils.common as common
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

from bot.channel import done_since_message
from bot.event_types import remember_event_types
from bot.graph_runner import OrderedGraphRunner
from bot.nlg import Rewording
from bot.tracker_store import RecentTurnsTrackerStore
from bot.validation import validate_once_checked

asked = json.load(sys.stdin)
walks, walk = [], common.all_subclasses
common.all_subclasses = lambda cls: walks.append(cls) or walk(cls)
remember_event_types()
remember_event_types()
of_types = [Event.resolve_by_type(name) for name in ["slot", "user", "slot", "user", "slot"]]
lookups = [of_types == [SlotSet, UserUttered, SlotSet, UserUttered, SlotSet], walks.count(Event)]

validate_once_checked()
action, verdicts = RemoteAction("action_x", None), []
for result in asked["returned"]:
    try:
        verdicts.append(str(action._validate_action_result(result)))
    except RasaException as fault:
        verdicts.append(str(fault))

def trackers():
    # Twenty messages, a tracker read anew for each: what is read back, what the database has, and what a new session leaves.
    with tempfile.TemporaryDirectory() as folder:
        store = RecentTurnsTrackerStore(domain=Domain.load("domain.yml"), dialect="sqlite", db=f"{folder}/trackers.db")
        rows = lambda: [row.data for row in store.session_scope().__enter__().query(store.SQLEvent).order_by(store.SQLEvent.id)]
        begun = DialogueStateTracker("c_1", store.domain.slots)
        first = [ActionExecuted("action_session_start"), SessionStarted(), SlotSet("residence", "DE")]
        first += [ActiveLoop("request_form"), SlotSet("details", "first")]
        begun.update_with_events(first, store.domain)
        asyncio.run(store.save(begun))
        told = []
        for turn in range(20):
            tracker = asyncio.run(store.retrieve("c_1"))
            tracker.update_with_events([ActionExecuted("action_listen"), UserUttered(f"message {turn}")], store.domain)
            tracker.update_with_events([SlotSet("details", f"details {turn}"), BotUttered(f"reply {turn}")], store.domain)
            asyncio.run(store.save(tracker))
            told.append(len(rows()))
        last = asyncio.run(store.retrieve("c_1"))
        texts = [event.text for event in last.events if isinstance(event, UserUttered)]
        values = [last.get_slot("residence"), last.get_slot("details"), last.active_loop_name]
        last.update_with_events([SessionStarted(), ActionExecuted("action_listen")], store.domain)
        asyncio.run(store.save(last))
        anew = asyncio.run(store.retrieve("c_1"))
        return {"rows": told, "texts": texts, "values": values, "new_session": [anew.get_slot("residence"), len(rows())],
                "unknown": asyncio.run(store.retrieve("c_2")) is None}


def reworded():
    # The same response three turns in a row, of two wordings and of one.
    domain = Domain.from_dict({"version": "3.1", "responses": {
        "utter_two": [{"text": "One."}, {"text": "Two."}], "utter_one": [{"text": "Only {this}."}],
        "utter_words_again": [{"text": "Once more: {text}"}],
    }})
    said, tracker, nlg = [], DialogueStateTracker("c_1", []), Rewording(domain=domain)
    for turn in range(3):
        tracker.update(UserUttered(f"message {turn}"))
        for response in ("utter_two", "utter_one"):
            text = asyncio.run(nlg.generate(response, tracker, "candor", this="this"))["text"]
            tracker.update(BotUttered(text))
            said.append(text)
    return said + [asyncio.run(nlg.generate("utter_unknown", tracker, "candor"))]


def graph():
    # Four nodes, of which one is not needed: what ran, and what came out.
    from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
    ran = []

    class Adds(GraphComponent):
        def __init__(self, name): self.name = name
        @classmethod
        def create(cls, config, model_storage, resource, execution_context): return cls(execution_context.node_name)
        def run(self, **given):
            ran.append(self.name)
            if self.name == "fails":
                raise RuntimeError("no")
            return f"{self.name}({','.join(given[name] for name in sorted(given))})"

    node = lambda **needs: SchemaNode(needs, Adds, "create", "run", {}, eager=True)
    nodes = {"last": node(a="left", b="right"), "left": node(a="first"), "right": node(a="first", b="given"),
             "first": node(a="given"), "unneeded": node(), "fails": node()}
    schema = GraphSchema(nodes)
    runner = OrderedGraphRunner.create(schema, None, ExecutionContext(schema))
    made = [runner.run({"given": text}, ["last", "left"]) for text in ("x", "y")]
    faults = []
    for inputs, target in (({"left": "x"}, "last"), ({}, "first"), ({}, "fails")):
        try:
            runner.run(inputs, [target])
        except Exception as fault:
            faults.append(str(fault))
    return {"ran": ran, "made": made, "faults": faults, "rasas": type(agent.processor.graph_runner).__name__}


def one_turn():
    # A message through our channel: how often the encoder ran, what the action server was sent, on how many connections.
    from types import SimpleNamespace
    from aiohttp import web
    from rasa.utils.endpoints import EndpointConfig
    from bot.channel import CandorChannel
    from bot.dialogue_acts import DialogueActs
    from bot.encoder import shared_encoder, shared_reader
    from bot.feelings import FeelingModel

    encoder = shared_encoder("var/encoder")
    session, runs, calls, connections = encoder._session, [], [], set()
    encoder._session = SimpleNamespace(run=lambda *given: runs.append(1) or session.run(*given))

    async def act(request):
        calls.append(await request.json())
        connections.add(request.transport.get_extra_info("peername"))
        begins = calls[-1]["next_action"] == "action_session_start"
        begun = [{"event": "session_started"}, {"event": "action", "name": "action_listen"}]
        return web.json_response({"events": begun if begins else [], "responses": [{"text": "hi"}]})

    async def talk(folder):
        server = web.AppRunner(web.Application())
        server.app.router.add_post("/", act)
        await server.setup()
        site = web.TCPSite(server, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        store = RecentTurnsTrackerStore(domain=agent.domain, dialect="sqlite", db=f"{folder}/trackers.db")
        talking = Agent.load(
            "var/models/candor.tar.gz", tracker_store=store, action_endpoint=EndpointConfig(f"http://127.0.0.1:{port}/"),
        )
        made = Path("var/models/dialogue_acts.npz")
        channel = CandorChannel("secret", DialogueActs.load(made, encoder, shared_reader("var/encoder")), FeelingModel.load(made))
        routes = channel.blueprint(talking.handle_message)._future_routes
        receive = next(route.handler for route in routes if route.uri == "/message")
        app = SimpleNamespace(ctx=SimpleNamespace(agent=talking))
        counts = []
        for text in ("how long do you keep my data?", "is my info sold"):
            runs.clear()
            message = {"sender": "c_1", "text": text, "metadata": {"company": "clevra"}}
            await receive(SimpleNamespace(json=message, app=app))
            counts.append(len(runs))
        assert talking.tracker_store is talking.processor.tracker_store is store  # not Rasa's wrapper, which goes on in memory
        once, again = len(calls), {**message, "message_id": "m_1"}
        first = await receive(SimpleNamespace(json=again, app=app))
        second = await receive(SimpleNamespace(json=again, app=app))
        assert json.loads(first.body)["messages"] == json.loads(second.body)["messages"], (first.body, second.body)
        said = [event.get("message_id") for event in store.newest_first("c_1") if event["event"] == "user"]
        assert said.count("m_1") == 1, said  # what came twice under one id stands there once
        del calls[once:]
        await talking.processor.action_endpoint._kept.close()
        await server.cleanup()
        return counts

    with tempfile.TemporaryDirectory() as folder:
        counts = asyncio.run(talk(folder))
    encoder._session = session
    sent = [[call["next_action"], call.get("encoded")] for call in calls]
    return {"encoded": counts, "sent": sent, "connections": len(connections)}


agent = Agent.load("var/models/candor.tar.gz")
entities = [asyncio.run(agent.parse_message(text))["entities"] for text in asked["typed"]]
PLACES = ("tensorflow", "twilio", "boto3", "scipy.stats", "sklearn.model_selection")
print(json.dumps({
    "lookups": lookups, "verdicts": verdicts, "happened": done_since_message(asked["events"]),
    "entities": [[[entity["entity"], entity["value"]] for entity in found] for found in entities],
    "trackers": trackers(), "reworded": reworded(), "turn": one_turn(), "graph": graph(),
    "kept_out": [*kept_out, *(type(sys.modules[name]).__name__ for name in PLACES)],
}), flush=True)

sys.argv = ["rasa", "data", "validate", "--data", "bot/data", "var/training/nlu.yml", "--domain", "domain.yml"]
from rasa.__main__ import main
main()
"""


@dataclass(frozen=True)
class InRasa:
    """`found`: what our components returned. Then Rasa validated its training data: its exit code, and what it printed."""

    found: dict[str, Any]
    exit_code: int
    printed: str


@pytest.fixture(scope="session")
def in_rasa() -> InRasa:
    """One run of Rasa's own Python over everything that the tests ask of it."""
    asked = json.dumps({"returned": RETURNED, "typed": TYPED, "events": EVENTS[::-1]})
    ended = subprocess.run(
        [str(BOT), "-W", "ignore", "-c", PROGRAM], input=asked, cwd=ROOT, env={**os.environ, **QUIET, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    answer = next((line for line in ended.stdout.splitlines() if line.startswith('{"lookups"')), "")
    assert answer, ended.stderr[-2000:]
    return InRasa(json.loads(answer), ended.returncode, ended.stdout + ended.stderr)
