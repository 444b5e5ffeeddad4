"""Many companies: `python -m benchmarks.companies` asks a few among ten thousand, and compares with five.

All companies have their rows; `--files` of them have artefacts, of the size that 100 passages of the shipped policies have, and
only those are asked: far more than are kept open, so that most views are read anew. The policies' texts and vectors are those of
shipped policies, cut to the asked number of passages, under made-up names.

CPU is told beside the clock, because other work on the machine changes the clock's figures more than anything here does.

hot: the same five companies again and again; warm: any of them, its file in the system's memory; cold: the system was told to
forget the file first. Each size is measured in a process of its own.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from candor.services import Services
from candor.services.knowledge import encoder_id
from candor.settings import ROOT, Settings
from knowledge.answering import Answers
from knowledge.artefact import PolicyArtefact, VersionMap
from knowledge.aspect_map import AspectMap
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.comparing import companies_named
from knowledge.ingestion import ingest
from knowledge.policy_library import PolicyLibrary, library_in
from knowledge.releases import PolicyPlan, VersionRecord
from knowledge.suggestions import PLAINEST
from knowledge.words import Words

VERSION = "2026-01-15"
FEW = 5
SEED = 7
QUESTIONS = [question for _, question in PLAINEST]
NAMES = ("north", "river", "stone", "amber", "cedar", "delta", "ember", "falcon", "harbor", "juniper")


def main(
    companies: Annotated[int, typer.Option(help="How many there are.")] = 10_000,
    passages: Annotated[int, typer.Option(help="Of each.")] = 100,
    files: Annotated[int, typer.Option(help="How many of them have artefacts, and are asked.")] = 120,
    asked: Annotated[int, typer.Option(help="Questions of each kind.")] = 100,
    folder: Annotated[Path | None, typer.Option(help="Where the companies are made, and found again the next time.")] = None,
    fill_only: Annotated[bool, typer.Option("--fill-only", help="Only make the companies.")] = False,
    measure: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Make the companies, ask a few of them, ingest one more."""
    if measure is not None:
        print(json.dumps(measured(measure, asked)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        few, many = ((folder or Path(temporary)) / name for name in ("few", "many"))
        for place, count, with_files in ((few, FEW, FEW), (many, companies, files)):
            if not place.is_dir():
                fill(place, count, passages, with_files)
        if fill_only:
            return
        print(f"{companies} companies × {passages} passages, {files} of them asked; beside {FEW}")
        print(f"load of the machine: {' '.join(f'{one:.1f}' for one in os.getloadavg())}, {os.cpu_count()} cores")
        small, large = in_own_process(few, asked), in_own_process(many, asked)
        for name in small:
            print(f"{name:34} {small[name]:10.1f} {large[name]:10.1f} {large[name] / small[name] if small[name] else 0:8.2f} ×")
        took, cpu = one_more(many)
        print(f"one more company ingested, encoders loaded anew: {took:.1f} s, of CPU {cpu:.1f} s")


def fill(folder: Path, count: int, passages: int, files: int) -> None:
    """Write a library of so many companies, of which the first `files` have artefacts."""
    library = library_in(folder)
    shipped = [one for one in Services(Settings()).knowledge.catalogue.every() if len(one.passages) >= passages]
    for number in range(count):
        like, name = shipped[number % len(shipped)], f"{number:040x}"
        if number < files:
            library.keep(artefact_for(like, number, name, passages))
        record = VersionRecord(VERSION, name, like.encoder, passages, content=name)
        library.releases.put(PolicyPlan(company_for(number), [record], VERSION))


def company_for(number: int) -> Company:
    """A made-up company."""
    name = f"{NAMES[number % 10]} {NAMES[number // 10 % 10]} {number}".title()
    return Company(f"company-{number}", name, f"privacy@company-{number}.example")


def artefact_for(shipped: PolicyArtefact, number: int, name: str, passages: int) -> PolicyArtefact:
    """A shipped policy's first passages, as if they were this company's."""
    company = company_for(number).id
    held = tuple(replace(one, company=company, version=VERSION) for one in shipped.passages[:passages])
    found = shipped.map
    cut = None
    if found is not None:
        said = {
            aspect: tuple(one for one in mentions if one.passage < passages) for aspect, mentions in found.found.mentions.items()
        }
        kept = AspectMap(company, VERSION, {aspect: mentions for aspect, mentions in said.items() if mentions})
        cut = VersionMap(found.made_by, found.aspects, kept, found.near[:, :passages], found.spoken[:, :passages])
    return replace(
        shipped, name=name, document=replace(shipped.document, company=company, version=VERSION), passages=held,
        readings=shipped.readings[:passages], large=shipped.large[:passages],
        tokens=shipped.tokens.of_rows(np.arange(passages)), map=cut, words=Words.of(held),
    )  # fmt: skip


def in_own_process(folder: Path, asked: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.companies", "--measure", str(folder), "--asked", str(asked)]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found


def measured(folder: Path, asked: int) -> dict[str, float]:
    """What asking costs in a process of its own: milliseconds and megabytes."""
    parts = Services(Settings())
    library = library_in(folder)
    parts.knowledge.retrieval.question(QUESTIONS[0])  # loads encoder, bank and models: the same for any number of companies
    start, start_cpu = time.perf_counter(), time.process_time()
    catalogue = PolicyCatalogue(library, encoder_id(parts.settings), look_every=0.5)
    companies = list(catalogue.companies)
    found: dict[str, float] = {"start: releases read, ms": 1000 * (time.perf_counter() - start)}
    found["of CPU, ms"] = 1000 * (time.process_time() - start_cpu)
    answers = Answers(catalogue, parts.knowledge.retrieval, parts.knowledge.ranker)
    with_files = [company for company in companies if library.store.has(catalogue.release(company).served.artefact)]
    rng = random.Random(SEED)  # noqa: S311  (no secrets here)
    hot = with_files[:FEW]

    def ask(company: str) -> tuple[float, float]:
        cpu = time.process_time()
        took = timed(lambda: answers.answer(rng.choice(QUESTIONS), company))
        return took, 1000 * (time.process_time() - cpu)

    for company in hot:
        ask(company)
    kinds: dict[str, Callable[[], str]] = {
        "hot": lambda: rng.choice(hot),
        "warm": lambda: rng.choice(with_files),
        "cold": lambda: forgotten(library, catalogue, rng.choice(with_files)),
    }
    for kind, choose in kinds.items():
        times, cpu = zip(*(ask(choose()) for _ in range(asked)), strict=True)
        found |= {f"ask, {kind}, p50 ms": quantile(times, 0.5), f"ask, {kind}, p95 ms": quantile(times, 0.95)}
        found |= {f"of CPU, {kind}, p50 ms": quantile(cpu, 0.5), f"of CPU, {kind}, p95 ms": quantile(cpu, 0.95)}
    misses = []
    for company in with_files[:60]:
        artefact_of = catalogue.release(company).served.artefact
        misses.append(timed(lambda name=artefact_of: parts.knowledge.retrieval.view(library.artefact(name))))  # type: ignore[misc]
    found |= {"view read anew, p50 ms": quantile(misses, 0.5), "view read anew, p95 ms": quantile(misses, 0.95)}
    companies_named("hello", catalogue.companies)
    named = [timed(lambda: companies_named("how long does it keep my invoices, and who sees them", catalogue.companies))
             for _ in range(20)]  # fmt: skip
    found["names looked for, p95 ms"] = quantile(named, 0.95)
    return found | memory()


def forgotten(library: PolicyLibrary, catalogue: PolicyCatalogue, company: str) -> str:
    """The company, whose file the system no longer has in its memory, unless another mapping holds it there."""
    name = catalogue.release(company).served.artefact
    path = library.folder / "artefacts" / name[:2] / f"{name}.safetensors"
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return company


def one_more(folder: Path) -> tuple[float, float]:
    """Seconds to ingest one more company beside all others, with everything that has to be loaded for it; and those of CPU."""
    settings = Settings()
    with tempfile.TemporaryDirectory() as policies:
        new = Path(policies) / f"newcomer-{uuid.uuid4().hex[:8]}"  # the folder may be found again, with the one before
        new.mkdir()
        (new / "company.toml").write_text('name = "Newcomer"\ncontact = "privacy@newcomer.example"\n', encoding="utf-8")
        (source,) = (settings.policies_dir / "cleverbox").glob("*.txt")
        shutil.copy(source, new / f"{VERSION}.txt")
        parts = Services(settings)
        known = encoder_id(settings)
        start, start_cpu = time.perf_counter(), time.process_time()
        knowledge = parts.knowledge
        report = ingest(
            Path(policies), library_in(folder), lambda: knowledge.passage_encoder, known, lambda _: None, knowledge.mapper,
            only=[new.name], openings=knowledge.opening_judge,
        )  # fmt: skip
        took, cpu = time.perf_counter() - start, time.process_time() - start_cpu
        if not report.changed:
            raise RuntimeError("nothing was ingested")
        return took, cpu


def memory() -> dict[str, float]:
    """Megabytes of this process: all that it has in memory, and what of it no other process can share."""
    sizes: dict[str, Any] = {}
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, _, size = line.partition(":")
        sizes[name] = int(size.split()[0]) / 1000
    own = sizes["Private_Clean"] + sizes["Private_Dirty"]
    return {"memory, resident, MB": sizes["Rss"], "memory, private, MB": own, "memory, anonymous, MB": sizes["Anonymous"]}


def timed(do: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - start)


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    typer.run(main)
