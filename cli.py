"""The `candor` command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import desk_work
from errors import CandorError, InvalidInputError
from logs import configure_logs

if TYPE_CHECKING:
    from services import Services

app = typer.Typer(
    help="A privacy assistant that answers in the policy's own words.", no_args_is_help=True, pretty_exceptions_enable=False
)
InFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One JSON object a line: id, company, question.")]

QUESTION = ("id", "company", "question")


def services() -> Services:
    """The process's own services; imported late, because the supervisor lives on with whatever it loaded."""
    import services as joined

    return joined.services()


@contextmanager
def plainly() -> Iterator[None]:
    """Errors raised on purpose become one line and exit code 1."""
    try:
        yield
    except CandorError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None


@app.command()
def ingest() -> None:
    """Read every policy and rebuild the index where something changed; exit 1 if a file was refused."""
    from knowledge.embedding import SentenceTransformerEncoder
    from knowledge.ingestion import ingest as run
    from services import encoder_id

    settings = services().settings
    with plainly():
        known = encoder_id(settings.encoder_dir)
        report = run(settings.policies_dir, settings.index_dir, SentenceTransformerEncoder, known, typer.echo)
    typer.echo(report.summary())
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
    from asking import ask_reply, show

    with plainly():
        if batch is not None:
            if out is None:
                raise InvalidInputError("--batch needs --out FILE")
            answered = [
                {"id": line["id"], **ask_reply(services(), line["question"], line["company"]).model_dump()}
                for line in read_lines(batch, QUESTION)
            ]
            write_lines(out, answered)
            return
        if not question or not company:
            raise InvalidInputError('ask what, of whom? candor ask "how long do you keep my data?" --company clevra')
        reply = ask_reply(services(), question, company)
    typer.echo(reply.model_dump_json(indent=1) if as_json else show(reply))


@app.command()
def replay(
    lines: InFile,
    out: Annotated[Path, typer.Option(help="Where the first replies are written.")],
    url: Annotated[str, typer.Option(help="A running Candor.")] = "",
) -> None:
    """Send each line in a fresh conversation through the chat API, and write the first reply."""
    from client import ChatClient

    with plainly(), ChatClient(url or own_address()) as chat:
        answered = []
        for line in read_lines(lines, QUESTION):
            conversation, token, _ = chat.begin(line["company"])
            answered.append({"id": line["id"], **chat.say(conversation, token, line["question"])[0]})
            with suppress(CandorError):  # where Rasa went down meanwhile, what was answered still counts
                chat.forget(conversation, token)
        write_lines(out, answered)


@app.command()
def chat(
    company: Annotated[str, typer.Option(help="The company's id, such as clevra.")],
    url: Annotated[str, typer.Option(help="A running Candor.")] = "",
) -> None:
    """Talk to a running Candor in the terminal; an empty line ends it, and the conversation is forgotten."""
    from asking import show
    from client import ChatClient
    from reply import Reply

    with plainly(), ChatClient(url or own_address()) as talk:
        conversation, token, greeting = talk.begin(company)
        typer.echo(greeting["text"])
        while text := typer.prompt("you", default="", show_default=False).strip():
            for reply in talk.say(conversation, token, text):
                typer.echo(show(Reply.model_validate(reply)))
        talk.forget(conversation, token)


@app.command("eval")
def evaluate(
    answers: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="Replies to score; without it the knowledge alone is asked."),
    ] = None,
    misses: Annotated[bool, typer.Option(help="Show each question that failed, and why.")] = False,
) -> None:
    """Score answers to the gold questions."""
    from asking import ask_reply
    from evaluation.questions import read_gold
    from evaluation.scoring import score

    with plainly():
        gold = read_gold()
        if answers:
            given = read_lines(answers, ("id", "kind"))
        else:
            given = [{"id": g["id"], **ask_reply(services(), g["question"], g["company"]).model_dump()} for g in gold]
        catalogue = services().catalogue
        texts = {c: catalogue.document(c, catalogue.current_version(c)).text for c in catalogue.companies}
        sheet = score(gold, given, texts)
    if misses:
        for miss in sheet.misses:
            typer.echo(miss)
    typer.echo(json.dumps({"n": sheet.counts, "median_quoted": sheet.median_quoted}))
    typer.echo(json.dumps(sheet.figures))


app.add_typer(desk_work.requests, name="requests")
app.add_typer(desk_work.keys, name="keys")
app.command()(desk_work.deliver)
training = typer.Typer(help="Train what finds the answers; docs/evaluation.md says how.", no_args_is_help=True)
app.add_typer(training, name="train")


@training.command("ranker")
def train_ranker() -> None:
    """Fit the ranker on the gold questions, and print how it does on companies that it has not seen."""
    from evaluation.questions import read_gold
    from knowledge.ranking import Ranker
    from knowledge.retrieval import Retrieval
    from training.ranker import cases_of, train

    with plainly():
        parts = services()
        retrieval = Retrieval(parts.encoder, parts.bank, Ranker.untrained())
        cases = cases_of(read_gold(), parts.catalogue.build(), parts.catalogue, retrieval, parts.bank)
        train(cases, typer.echo).save()


@training.command("encoder")
def train_encoder(
    policyqa: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="PolicyQA's dev.json, see docs/evaluation.md.")],
    out: Annotated[Path, typer.Option(help="Where the LoRA weights go.")] = Path("knowledge/encoder_adapter"),
    epochs: Annotated[float, typer.Option(help="Times through all pairs.")] = 2.0,
) -> None:
    """Tune the encoder on the aspect bank and PolicyQA: under an hour on two cores.

    Then run `make setup` and `candor train ranker`.
    """
    if find_spec("datasets") is None:
        typer.secho("training needs more packages: uv pip install --python .venv/bin/python -r requirements/train.txt", err=True)
        raise typer.Exit(1)
    from knowledge.aspects import read_aspects
    from knowledge.embedding import weights_folder
    from training.encoder import tune
    from training.pairs import bank_pairs, policyqa_pairs

    with plainly():
        pairs = [*bank_pairs(read_aspects()), *policyqa_pairs(policyqa)]
        typer.echo(f"{len(pairs)} pairs of a question and an answer")
        tune(weights_folder(), pairs, out, epochs=epochs)


@app.command()
def doctor() -> None:
    """Look at each part and name the cure of each fault; exit 1 if there is one."""
    from doctor import examine

    findings = examine(services())
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.well else 'FAIL'} {finding.part}: {finding.what}")
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


@app.command()
def serve() -> None:
    """Start web, Rasa and action server, and stop them all on Ctrl-C."""
    from settings import Settings
    from supervisor import serve as run

    with plainly():
        raise typer.Exit(run(Settings()))


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


if __name__ == "__main__":
    configure_logs()
    sys.exit(app())
