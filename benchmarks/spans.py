"""Where the time of a turn goes: `python -m benchmarks.spans FILE PART MODULE ARGUMENTS…` runs a module and writes down when
what PART names ran. Standard library only, because it also runs in Rasa's environment.

Each line of FILE is a name, a beginning and an end, in seconds of the machine's monotonic clock, which all processes share. What
lies within another is taken off it (`shares`), so that the parts of a turn add up to the whole.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import runpy
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

IMPORTS = "imports"
# process → what runs in it, and what that is called in the table; of what runs at its start, the name begins with "start"
PARTS: dict[str, dict[str, str]] = {
    "web": {
        "candor.transcripts.vault:Vault.load_recognizers": "start: load what masking recognizes",
        "candor.conversations.assistant:Assistant.say": "web: assistant",
        "candor.conversations.assistant:Assistant._begin_turn": "web: record the message",
        "candor.transcripts.vault:Vault.find": "web: mask",
        "candor.conversations.rasa:RasaClient.send": "web → Rasa: HTTP",
        "candor.conversations.assistant:Assistant._end_turn": "web: record and unmask the reply",
    },
    "rasa": {
        "rasa.core.run:load_agent_on_start": "start: endpoints, trackers, agent",
        "rasa.engine.loader:load_predict_graph_runner": "start: unpack and load the trained model",
        "bot.dialogue_acts:DialogueActs.load": "start: load the model of dialogue acts",
        "bot.reader:Reader.__init__": "start: load the message reader",
        "knowledge.encoder:ExportedModel.__init__": "start: load the encoder",
        "bot.channel:CandorChannel._answer": "Rasa: channel and rules in between",
        "rasa.core.processor:MessageProcessor.parse_message": "Rasa: parse",
        "bot.dialogue_acts:DialogueActs.ranked": "Rasa: dialogue acts",
        "knowledge.encoder:OnnxEncoder._whole": "Rasa: encode",
        "rasa.core.processor:MessageProcessor.predict_next_with_tracker_if_should": "Rasa: predictions",
        "bot.tracker_store:RecentTurnsTrackerStore._retrieve": "Rasa: tracker read",
        "bot.tracker_store:RecentTurnsTrackerStore.newest_first": "Rasa: tracker read",
        "bot.tracker_store:RecentTurnsTrackerStore.save": "Rasa: tracker write",
        "bot.nlg:Rewording.generate": "Rasa: wording",
        "bot.action_endpoint:ActionEndpoint.request": "Rasa → action: HTTP",
    },
    "actions": {
        "candor.tickets.law.residence:load_places": "start: load places",
        "actions.server:make_app": "start: make the application",
        "actions.server:QuietErrors.run": "action: read, compose, payload",
        "knowledge.encoder:OnnxEncoder._whole": "action: encode",
        "knowledge.ranking:Question.of": "action: encode",  # the two encoders beside each other
        "knowledge.encoder:LargeEncoder.encode": "action: encode",
        "knowledge.answering:Answers.answer": "action: answer",
        "knowledge.retrieval:features": "action: rank",
        "knowledge.ranker:Trees.__call__": "action: rank",
        "knowledge.retrieval:judge_features": "action: judge",
        "knowledge.retrieval:passage_features": "action: judge",
        "knowledge.judging:PassageJudge.probability": "action: judge",
        "knowledge.judging:QuestionJudge.probability": "action: judge",
    },
    "ingestion": {
        "knowledge.ingestion:ingest": "ingestion: all else",
        "knowledge.ingestion:read_policies": "ingestion: read files",
        "knowledge.making:passages_in": "ingestion: cut into passages",
        "knowledge.encoder:OnnxEncoder.encode_passages": "ingestion: encode",
        "knowledge.encoder:LargeEncoder.encode": "ingestion: encode",
        "knowledge.making:version_map": "ingestion: aspect maps",
        "knowledge.suggestions:SureOpenings.sure": "ingestion: opening questions",
        "knowledge.policy_library:PolicyLibrary.keep": "ingestion: write",
        "knowledge.ingestion:_report": "ingestion: proofread and report",
    },
}  # fmt: skip


class TimedSpan(NamedTuple):
    """Something that ran from `begin` to `end`, in seconds."""

    name: str
    begin: float
    end: float


def timed(call: Callable[..., Any], name: str, write: Callable[[TimedSpan], None]) -> Callable[..., Any]:
    """The same function, whose every run is written down."""
    if inspect.iscoroutinefunction(call):

        @functools.wraps(call)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            begin = time.monotonic()
            try:
                return await call(*args, **kwargs)
            finally:
                write(TimedSpan(name, begin, time.monotonic()))

        return awaited

    @functools.wraps(call)
    def called(*args: Any, **kwargs: Any) -> Any:
        begin = time.monotonic()
        try:
            return call(*args, **kwargs)
        finally:
            write(TimedSpan(name, begin, time.monotonic()))

    return called


def install(part: str, write: Callable[[TimedSpan], None]) -> None:
    """Time what the part names. What is not there any more is named on stderr, and the time goes to what it lay within."""
    for path, name in PARTS[part].items():
        module, _, dotted = path.partition(":")
        try:
            owner: Any = importlib.import_module(module)
            *holders, last = dotted.split(".")
            for holder in holders:
                owner = getattr(owner, holder)
            call = timed(getattr(owner, last), name, write)
            bound = isinstance(vars(owner).get(last), staticmethod | classmethod)  # else it would be given what it is called on
            setattr(owner, last, staticmethod(call) if bound else call)
        except (ImportError, AttributeError):
            print(f"benchmarks/spans.py: there is no {path}", file=sys.stderr)


def read(files: Iterable[Path]) -> list[TimedSpan]:
    """All spans of the files, by their beginning; of two that begin together, the longer first."""
    spans = [TimedSpan(*json.loads(line)) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return sorted(spans, key=lambda span: (span.begin, -span.end))


def shares(whole: TimedSpan, spans: Iterable[TimedSpan]) -> dict[str, float]:
    """The seconds of each name within `whole`, without what lies within others: they add up to the whole. spans: as `read` gives
    them, each within another or apart from it."""
    took: dict[str, float] = {}
    open_: list[TimedSpan] = [whole]
    took[whole.name] = whole.end - whole.begin
    for span in spans:
        if span.begin < whole.begin or span.end > whole.end:
            continue
        while span.begin >= open_[-1].end:
            open_.pop()
        inner = span._replace(end=min(span.end, open_[-1].end))  # of what outlasts its parent, only the part that is in it counts
        took[open_[-1].name] -= inner.end - inner.begin
        took[inner.name] = took.get(inner.name, 0.0) + inner.end - inner.begin
        open_.append(inner)
    return took


def main(file: str, part: str, module: str, *arguments: str) -> None:
    if part == "rasa":
        # As bot/__main__.py does, before anything of Rasa is imported.
        importlib.import_module("bot.kept_out").keep_out_unused(Path("config.yml"))
    if part == "web":
        # What is read ahead lies beside Rasa's parts, and would be taken off them: here one follows the other.
        vars(importlib.import_module("candor.conversations.ahead"))["FEWEST_WORDS"] = sys.maxsize
    lines = Path(file).open("a", buffering=1, encoding="utf-8")  # noqa: SIM115  # for as long as the process runs
    begin = time.monotonic()
    install(part, lambda span: print(json.dumps(span), file=lines))
    print(json.dumps(TimedSpan(f"start: {IMPORTS}", begin, time.monotonic())), file=lines)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main(*sys.argv[1:])
