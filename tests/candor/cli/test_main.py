"""The `candor` command, as people call it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from candor.app.web import make_app
from candor.cli.chat_client import ChatClient
from candor.cli.main import app
from candor.conversations.ask import show
from candor.conversations.comparison import describe_changes
from candor.conversations.rasa import RasaTurn
from candor.conversations.reply import Reply
from candor.services import Services
from candor.settings import Settings
from knowledge.catalogue import PolicyCatalogue
from knowledge.changes import compare_versions
from tests.fakes import FakeEncoder, FakeRasa, small_answers, small_mapper, write_cards

COMMANDS = (
    "add", "ingest", "ask", "glance", "changes", "replay", "journeys", "chat", "eval", "mcp", "doctor", "keeping", "serve",
)  # fmt: skip
LINES = [
    {"id": "q-1", "company": "acme", "question": "never sell personal data"},
    {"id": "q-2", "company": "globex", "question": "do you keep zebras"},
]


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa({"text": "Hello from afar!", "custom": {"kind": "smalltalk"}})


@pytest.fixture
def candor(tmp_path: Path, catalogue: PolicyCatalogue, rasa: FakeRasa) -> Iterator[str]:
    """The address of a running Candor on loopback."""
    made = Services(Settings(var_dir=tmp_path / "far", secret_key=SecretStr("a secret"), database_url=""))
    made.knowledge.catalogue = catalogue
    server = uvicorn.Server(uvicorn.Config(make_app(made, rasa), log_config=None, access_log=False))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()
    made.engine.dispose()


def candor_says(*arguments: str | Path, typed: str = "") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=typed)


def assert_one_line(result: Result, *parts_of_it: str) -> None:
    """Exit code 1, and one line that a person can act on; no traceback."""
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""
    for part in parts_of_it:
        assert part in result.stderr


def written(path: Path, *lines: object) -> Path:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_help_tells_each_command() -> None:
    """With a sentence on what it does."""
    told = candor_says("--help")

    assert told.exit_code == 0
    assert all(command in told.stdout for command in COMMANDS)
    for command in COMMANDS:
        assert candor_says(command, "--help").exit_code == 0


def test_a_question_is_answered_with_quotes_and_places(parts: Services) -> None:
    """The lead, and each passage with its section and address."""
    told = candor_says("ask", "never sell personal data", "--company", "acme")

    assert told.exit_code == 0
    assert "This is what Acme's Privacy Policy says:" in told.stdout
    assert "“We never sell personal data.”" in told.stdout
    assert "[1] 3. Selling (2026-01-15)" in told.stdout
    assert "/policies/acme/2026-01-15#c" in told.stdout


def test_an_answer_can_be_had_as_json(parts: Services) -> None:
    """It is the Reply that every channel gets."""
    parts.knowledge.answers = small_answers(parts.knowledge.catalogue, answer_from=0.95, unsure_from=0.9)

    told = candor_says("ask", "do you keep zebras", "--company", "acme", "--json")

    reply = json.loads(told.stdout)
    assert (reply["kind"], reply["citations"], reply["company"]) == ("not_in_policy", [], "acme")
    assert "privacy@acme.example" in reply["text"]


def test_an_unknown_company_is_one_line(parts: Services) -> None:
    """It names those there are."""
    assert_one_line(candor_says("ask", "hello", "--company", "nosuch"), "nosuch", "acme, globex")


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "hello"], ["ask", "--company", "acme"]])
def test_half_a_question_is_one_line(parts: Services, arguments: list[str]) -> None:
    """With an example of a whole one."""
    assert_one_line(candor_says(*arguments), "--company clevra")


def test_a_batch_is_answered_line_by_line(parts: Services, tmp_path: Path) -> None:
    """In order, each with its id: what the gold set's scorer reads."""
    out = tmp_path / "out.jsonl"

    told = candor_says("ask", "--batch", written(tmp_path / "in.jsonl", *LINES), "--out", out)

    assert told.exit_code == 0
    assert [(line["id"], line["kind"]) for line in read(out)] == [("q-1", "answer"), ("q-2", "answer")]
    assert read(out)[0]["citations"][0]["quote"] == "We never sell personal data."


def test_a_batch_needs_a_place_for_its_answers(parts: Services, tmp_path: Path) -> None:
    """Before anything is asked."""
    assert_one_line(candor_says("ask", "--batch", written(tmp_path / "in.jsonl", *LINES)), "--out")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "is not a JSON object"),
        ("[]", "is not a JSON object"),
        ("7", "is not a JSON object"),
        ('[["id", "q-3"]]', "is not a JSON object"),
        ({"id": "q-3", "company": "acme"}, "lacks question"),
        ({"company": "acme", "question": "hello"}, "lacks id"),
    ],
)
@pytest.mark.parametrize("command", [["ask", "--batch"], ["replay"]])
def test_a_bad_line_is_named_by_file_and_number(
    parts: Services, tmp_path: Path, command: list[str], line: object, why: str
) -> None:
    """Blank lines count, and nothing is written."""
    lines, out = written(tmp_path / "in.jsonl", LINES[0], "", line), tmp_path / "out.jsonl"

    told = candor_says(*command, lines, "--out", out)

    assert_one_line(told, f"in.jsonl, line 3 {why}")
    assert not out.exists()


def test_a_file_that_is_not_text_is_one_line(parts: Services, tmp_path: Path) -> None:
    """Somebody gave the wrong file."""
    (tmp_path / "in.jsonl").write_bytes(b"\xff\xfe\x00PK\n")

    assert_one_line(candor_says("ask", "--batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl"), "in.jsonl, line 1")


def test_what_is_written_can_be_read_again(parts: Services, tmp_path: Path) -> None:
    """Also where a question's id holds a line separator, which JSON does not escape."""
    out = tmp_path / "out.jsonl"
    line = {**LINES[1], "id": "q\u2028\u0085-é"}

    candor_says("ask", "--batch", written(tmp_path / "in.jsonl", line), "--out", out)

    assert [json.loads(line)["id"] for line in out.read_bytes().splitlines()] == ["q\u2028\u0085-é"]
    assert candor_says("eval", out).exit_code == 0


def test_replay_sends_each_line_in_a_fresh_conversation(parts: Services, candor: str, rasa: FakeRasa, tmp_path: Path) -> None:
    """OUT has the id and the first reply; the conversations are forgotten afterwards."""
    out = tmp_path / "out.jsonl"

    told = candor_says("replay", written(tmp_path / "in.jsonl", *LINES), "--out", out, "--url", candor)

    assert told.exit_code == 0
    assert [(line["id"], line["kind"], line["text"]) for line in read(out)] == [
        ("q-1", "smalltalk", "Hello from afar!"),
        ("q-2", "smalltalk", "Hello from afar!"),
    ]
    assert [(sent["text"], sent["company"]) for sent in rasa.sent] == [(line["question"], line["company"]) for line in LINES]
    assert rasa.forgotten == [sent["sender"] for sent in rasa.sent]
    assert len(set(rasa.forgotten)) == 2


def test_replay_writes_each_reply_as_it_comes(
    parts: Services, candor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens to the next line."""
    out, say = tmp_path / "out.jsonl", ChatClient.say
    written_by_then: list[list[str]] = []

    def watched(client: ChatClient, *arguments: str) -> Any:
        written_by_then.append([line["id"] for line in read(out)])
        return say(client, *arguments)

    monkeypatch.setattr(ChatClient, "say", watched)

    candor_says("replay", written(tmp_path / "in.jsonl", *LINES), "--out", out, "--url", candor)

    assert written_by_then == [[], ["q-1"]]


def test_replay_goes_on_after_a_refused_line(parts: Services, candor: str, rasa: FakeRasa, tmp_path: Path) -> None:
    """The refused one is named, the others are written, and the exit code says that one is missing."""
    out = tmp_path / "out.jsonl"
    unknown = {"id": "q-0", "company": "nobody", "question": "hello"}

    told = candor_says("replay", written(tmp_path / "in.jsonl", unknown, *LINES), "--out", out, "--url", candor)

    assert told.exit_code == 1
    assert [line["id"] for line in read(out)] == ["q-1", "q-2"]
    assert "q-0: " in told.stderr
    assert "3 of 3" in told.stderr


@pytest.mark.parametrize(("floor", "code"), [("0.5", 0), ("0.6", 1)])
def test_journeys_are_walked_and_counted(
    parts: Services, candor: str, rasa: FakeRasa, tmp_path: Path, floor: str, code: int
) -> None:
    """Each in a conversation of its own; what does not hold is named, and a floor decides the exit code."""
    holds = {"id": "j-1", "company": "acme", "turns": ["hello"], "checks": [{"after": -1, "text": "afar"}]}
    misses = {"id": "j-2", "company": "acme", "turns": ["hello"], "checks": [{"after": -1, "text": "near"}]}

    told = candor_says("journeys", written(tmp_path / "j.jsonl", holds, misses), "--url", candor, "--floor", floor)

    assert told.exit_code == code
    assert "j-2: turn 0 'hello': lacks /near/" in told.stdout
    assert json.loads(told.stdout.splitlines()[-1]) == {"journeys": 2, "hold": 0.5, "opened_without_consent": 0}
    assert len(set(rasa.forgotten)) == 2


def test_chat_talks_until_an_empty_line(parts: Services, candor: str, rasa: FakeRasa) -> None:
    """The greeting, a reply to each line; then the conversation is forgotten."""
    told = candor_says("chat", "--company", "acme", "--url", candor, typed="hello\nhow are you\n\n")

    assert told.exit_code == 0
    assert "Ask me anything about Acme's privacy policy" in told.stdout
    assert told.stdout.count("Hello from afar!") == 2
    assert [sent["text"] for sent in rasa.sent] == ["hello", "how are you"]
    assert rasa.forgotten == [rasa.sent[0]["sender"]]


def test_chat_shows_what_can_be_pressed_and_what_was_opened(parts: Services, candor: str, rasa: FakeRasa) -> None:
    """In a terminal a button is something to type."""
    ticket = {"number": "R-7KQ4-M2XD", "request_type": "deletion", "status": "received", "company": "acme"}
    rasa.messages = [
        {"text": "Shall I?", "buttons": [{"title": "Yes, open the request", "payload": "yes"}]},
        {"text": "Done.", "custom": {"kind": "request", "request_type": "deletion", "ticket": ticket}},
    ]

    told = candor_says("chat", "--company", "acme", "--url", candor, typed="delete my data\n\n")

    assert "(Yes, open the request: type 'yes')" in told.stdout
    assert "request R-7KQ4-M2XD: received" in told.stdout


def test_chat_shows_what_a_person_says_and_that_one_has_taken_over(
    tmp_path: Path, catalogue: PolicyCatalogue, candor: str, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marked as a person's; what is typed then waits for their answer."""
    far = Services(Settings(var_dir=tmp_path / "far", secret_key=SecretStr("a secret"), database_url=""))
    far.knowledge.catalogue = catalogue
    persons, answers = far.conversations.live_chat, rasa.send

    async def send(*, sender: str, text: str, company: str, message_id: str) -> RasaTurn:
        far.conversations.handoff_queue.wanted(sender, company)
        persons.say(persons.take(sender, "account:1", "Ada"), "account:1", "Ada", "Hello, this is Ada.", "p1")
        return await answers(sender=sender, text=text, company=company, message_id=message_id)

    monkeypatch.setattr(rasa, "send", send)

    told = candor_says("chat", "--company", "acme", "--url", candor, typed="a person, please\nthank you\n.\n\n")

    far.engine.dispose()
    assert "Ada from Acme, a person: Hello, this is Ada." in told.stdout
    assert told.stdout.count("A person of the company has this conversation") == 2
    assert [sent["text"] for sent in rasa.sent] == ["a person, please"]


def test_chat_says_what_the_server_says(parts: Services, candor: str) -> None:
    """In one line."""
    assert_one_line(candor_says("chat", "--company", "nosuch", "--url", candor), "We do not know a company of that name here.")


def test_no_server_is_one_line_with_the_cure(parts: Services) -> None:
    """Most often nobody has started it."""
    assert_one_line(candor_says("chat", "--company", "acme", "--url", "http://127.0.0.1:1"), "make run")


def test_answers_are_scored_and_misses_shown(parts: Services, tmp_path: Path) -> None:
    """Two lines of figures; with --misses, a line before them for each that failed."""
    answers = written(tmp_path / "answers.jsonl", {"id": "clevra-01", "kind": "answer", "text": "", "citations": []})

    plain, full = candor_says("eval", answers), candor_says("eval", answers, "--misses")

    counted, figures = map(json.loads, plain.stdout.splitlines())
    assert counted["n"]["hit@1"] > 0
    assert figures["hit@1"] == 0.0
    assert len(full.stdout.splitlines()) > 100
    assert full.stdout.splitlines()[-2:] == plain.stdout.splitlines()


@pytest.mark.parametrize(("line", "why"), [("{", "is not a JSON object"), ({"id": "clevra-01"}, "lacks kind")])
def test_answers_that_cannot_be_scored_are_named(parts: Services, tmp_path: Path, line: object, why: str) -> None:
    """By file and line."""
    assert_one_line(candor_says("eval", written(tmp_path / "answers.jsonl", line)), f"answers.jsonl, line 1 {why}")


def test_without_an_encoder_ingestion_is_one_line(parts: Services) -> None:
    """It names the cure."""
    assert_one_line(candor_says("ingest"), "make setup")


@pytest.fixture
def fake_encoder(parts: Services) -> None:
    """`candor ingest` with an encoder that needs no weights; nothing is ingested yet."""
    write_cards(parts.settings)
    parts.knowledge.passage_encoder = FakeEncoder()
    parts.knowledge.mapper = small_mapper()


@pytest.mark.usefixtures("fake_encoder")
def test_ingestion_names_what_it_refuses_and_takes_the_rest(policies: Path) -> None:
    """Exit code 1, the file, and what to do."""
    (policies / "acme" / "policy.docx").write_bytes(b"PK")

    told = candor_says("ingest")

    assert told.exit_code == 1
    assert "refused acme/policy.docx: acme/policy.docx: name the file after the policy's date" in told.stdout
    assert told.stdout.splitlines()[-1].startswith("2 policy versions, ")


@pytest.mark.usefixtures("fake_encoder")
def test_ingestion_reports_on_each_version(policies: Path) -> None:
    """Plain lines where nobody watches: how far it is, what there is, and what to look at."""
    (policies / "acme" / "2026-03-01.txt").write_text("1. Rights\n\nTo use them, please contact:\n\n2. Sale\n\nWe never sell.\n")

    told = candor_says("ingest")

    assert told.exit_code == 0
    assert "embedded " in told.stdout
    assert "acme 2026-03-01 (2026-03-01.txt): 2 sections, 1 passages" in told.stdout
    assert "  warning: a sentence breaks off: " in told.stdout
    assert told.stdout.splitlines()[-1].startswith("3 policy versions, ")


@pytest.mark.usefixtures("fake_encoder")
def test_the_report_can_be_had_as_json(policies: Path) -> None:
    """Nothing else is printed, so that a program can read it."""
    told = candor_says("ingest", "--json")

    report = json.loads(told.stdout)
    assert (report["changed"], report["documents"], report["refused"]) == (True, 2, [])
    assert report["versions"][0]["warnings"][0]["kind"] == "no_contact"
    assert "passages" in told.stderr


@pytest.mark.usefixtures("fake_encoder")
def test_a_retired_version_is_forgotten_on_request(policies: Path) -> None:
    """By its name; a name that is none is one line."""
    candor_says("ingest")
    (policies / "acme" / "2026-03-01.txt").write_text("1. Sale\n\nWe never sell.\n")
    (policies / "acme" / "2026-01-15.txt").unlink()
    assert "acme 2026-01-15: retired" in candor_says("ingest").stdout

    wrong, right = (candor_says("ingest", "--forget", f"acme/{version}") for version in ("2020-01-01", "2026-01-15"))

    assert_one_line(wrong, "acme/2020-01-01 is no retired version")
    assert right.exit_code == 0
    assert "retired" not in right.stdout


def test_serving_without_a_model_is_one_line(parts: Services) -> None:
    """It names the cure."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        free = dict(zip(("web_port", "rasa_port", "actions_port"), (probe.getsockname()[1] for probe in probes), strict=True))
    parts.settings = parts.settings.model_copy(update=free)

    assert_one_line(candor_says("serve"), "make setup")


def test_the_doctor_lists_findings_and_fails_with_a_fault(parts: Services) -> None:
    """A line a part, so that a person can go through them one by one."""
    told = candor_says("doctor")

    assert told.exit_code == 1
    lines = told.stdout.splitlines()
    assert all(line.startswith(("ok  ", "FAIL")) for line in lines)
    assert any(line.startswith("FAIL encoder export: ") and "make setup" in line for line in lines)
    assert any(line.startswith("ok   database: ") for line in lines)


@pytest.fixture
def both(parts: Services, mapped: PolicyCatalogue) -> Services:
    """Acme in two versions and globex in one, with their aspect maps."""
    parts.knowledge.catalogue, parts.knowledge.answers = mapped, small_answers(mapped)
    return parts


def test_two_named_companies_are_compared(both: Services) -> None:
    """Without --company; each under its name, and who is silent is said to be."""
    told = candor_says("ask", "acme and globex: do you sell my data?")
    data = json.loads(candor_says("ask", "acme and globex: do you sell my data?", "--json").stdout)

    assert told.exit_code == 0
    assert "“We never sell personal data to advertisers.”" in told.stdout
    assert "Globex:\n      nothing found that says it" in told.stdout
    assert (data["kind"], [side["company"] for side in data["comparison"]]) == ("compare", ["acme", "globex"])


def test_two_names_without_a_question_are_asked_back(both: Services) -> None:
    """What shall be compared?"""
    told = candor_says("ask", "compare acme and globex")

    assert told.stdout.startswith("What shall I compare?")


def test_one_named_company_is_not_guessed(both: Services) -> None:
    """--company says whose policy it is."""
    assert_one_line(candor_says("ask", "does acme sell data?"), "--company")


def test_a_policy_at_a_glance(both: Services) -> None:
    """For people and as data, of any version."""
    told = candor_says("glance", "acme")
    data = json.loads(candor_says("glance", "acme", "--version", "2026-01-15", "--json").stdout)

    assert "“We never sell personal data to advertisers.”" in told.stdout
    assert "Candor found no passage on: how old people must be" in told.stdout
    assert (data["version"], data["found"], data["silent"]) == ("2026-01-15", 1, 1)


def test_what_changed_between_two_versions(both: Services) -> None:
    """Both quotes; any two versions can be named."""
    told = candor_says("changes", "acme")
    data = json.loads(candor_says("changes", "acme", "2026-01-15", "2026-06-01", "--json").stdout)

    assert "- “We never sell personal data.”" in told.stdout
    assert "+ “We never sell personal data to advertisers.”" in told.stdout
    assert (data["old"], data["new"]) == ("2026-01-15", "2026-06-01")
    assert {change["kind"] for change in data["changes"]} == {"added", "removed", "changed"}


def test_one_version_has_nothing_to_compare_with(both: Services) -> None:
    """Said in words, and as data without an older version."""
    assert "only one version" in candor_says("changes", "globex").stdout
    assert json.loads(candor_says("changes", "globex", "--json").stdout)["old"] is None


@pytest.mark.parametrize("command", [["glance", "nosuch"], ["changes", "nosuch"], ["changes", "acme", "1999-01-01"]])
def test_what_is_not_there_is_one_line(both: Services, command: list[str]) -> None:
    """Neither company nor version."""
    assert_one_line(candor_says(*command))


def test_a_change_in_the_terminal_names_its_versions(both: Services) -> None:
    """Each side under its version, and where all changes stand."""
    catalogue = both.knowledge.catalogue
    found = describe_changes(
        compare_versions(catalogue, "acme"),
        catalogue.company("acme"),
        "Privacy Policy",
        "2026-06-01",
        both.conversations.responses,
    )

    shown = show(Reply(kind="compare", text="…", citations=list(found.citations), comparison=list(found.sides)))

    assert "Selling personal data\n\nThe version of 15 January 2026:" in shown
    assert "The version of 15 January 2026:\n      not in this version" in shown
    assert "all changes: /policies/acme/changes?old=2026-01-15&new=2026-06-01" in shown


@pytest.mark.parametrize("command", [["train", "ranker"], ["train", "encoder", "--policyqa", str(Path(__file__))]])
def test_training_without_its_packages_names_the_cure(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Set-up leaves them out, because only who trains needs them."""
    monkeypatch.setattr("candor.cli.main.find_spec", lambda _: None)

    ended = CliRunner().invoke(app, command)

    assert ended.exit_code == 1
    assert "requirements/train.txt" in ended.stderr


def test_keeping_shows_every_period_and_runs_the_job(parts: Services) -> None:
    """The same as the console's page; exit 1 where a part failed, as Rasa is not there."""
    parts.conversations.transcripts.begin(company="acme", channel="web")

    shown = candor_says("keeping")
    ran = candor_says("keeping", "--run")

    assert shown.exit_code == 0
    assert "Conversations: 30 days after the last message (CANDOR_TRANSCRIPT_KEEP_DAYS)\n    1 now, the oldest of" in shown.stdout
    assert "not known here: Rasa answers only the processes of `candor serve`" in shown.stdout
    assert ran.exit_code == 1
    assert "Conversations: 0 removed" in ran.stdout
    assert "Rasa's memory: Rasa does not answer" in ran.stdout
    (entry,) = parts.staff.audit.entries(action="keeping.run")
    assert entry.actor.startswith("cli:")
