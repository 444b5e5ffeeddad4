"""What stands beside Candor in `make bench`: how it is asked, counted, and installed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.peers import environments
from benchmarks.peers.environments import PINS, PYTHONS, PeerMissingError, python_of
from benchmarks.peers.knowledge import Asking, GoldAnswers
from candor.errors import UnavailableError

ECHOES = """
from asked import answer_on_stdin

def search(company, question):
    print("a library says hello")
    return [company, question, "third", "fourth"]

answer_on_stdin(search)
"""


def test_a_process_answers_each_line_with_its_first_three_and_the_time() -> None:
    """What libraries print while it answers stands elsewhere; an empty line asks for its memory."""
    with subprocess.Popen(
        [sys.executable, "-c", ECHOES], cwd=PINS, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        asking = Asking("echo", process)
        ready = asking.said()
        answer = asking.ask(json.dumps({"company": "acme", "question": "why?"}))
        held = asking.ask()
        process.terminate()

    assert ready == {"ready": True}
    assert answer["quotes"] == ["acme", "why?", "third"]
    assert answer["cpu"] >= 0
    assert 0 < answer["seconds"] < 60
    assert 1 < held["megabytes"] < 1000


def test_a_process_that_has_ended_is_named() -> None:
    """Its silence is no answer."""
    with (
        subprocess.Popen([sys.executable, "-c", ""], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
        pytest.raises(UnavailableError, match="txtai has ended"),
    ):
        Asking("txtai", process).said()


def test_a_hit_is_a_quote_of_the_evidence_and_only_answerable_questions_count() -> None:
    """As the gold questions are scored; the time counts of all."""
    evidence = "we keep invoices for ten years because the law asks for it"
    gold = {"kind": "answerable", "evidence": [evidence]}
    asked = GoldAnswers("txtai", megabytes=200.0)

    asked.note({"seconds": 0.1, "cpu": 0.05, "quotes": [evidence, "x"]}, gold)
    asked.note({"seconds": 0.1, "cpu": 0.05, "quotes": ["x", "y", evidence]}, gold)
    asked.note({"seconds": 0.1, "cpu": 0.05, "quotes": ["x"]}, {"kind": "unanswerable"})

    assert asked.hits == [(True, True), (False, True)]
    assert asked.as_row().split() == ["txtai", "10", "100.0", "100.0", "50.0", "200", "0.500", "1.000"]


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pins and environments of their own, and a uv that only makes folders."""
    tools = tmp_path / "bin"
    tools.mkdir()
    uv = tools / "uv"
    uv.write_text('#!/bin/sh\necho "$@" >> "$(dirname "$0")/asked"\n[ "$1" = pip ] && [ -e "$(dirname "$0")/no-network" ] && '
                  '{ echo "no such host" >&2; exit 2; }\n[ "$1" = venv ] && for at; do :; done && /bin/mkdir -p "$at/bin" && '
                  ': > "$at/bin/python"\nexit 0\n')  # fmt: skip
    uv.chmod(0o755)
    (tmp_path / "requirements-txtai.txt").write_text("txtai==1.0\n")
    monkeypatch.setenv("PATH", f"{tools}:/bin:/usr/bin")
    monkeypatch.setattr(environments, "PEERS", tmp_path / "peers")
    monkeypatch.setattr(environments, "PINS", tmp_path)
    return tmp_path


def test_an_environment_is_made_once_for_its_pins(pins: Path) -> None:
    """Another pin makes it anew."""
    made = [python_of("txtai"), python_of("txtai")]
    once = (pins / "bin" / "asked").read_text().count("pip install")
    (pins / "requirements-txtai.txt").write_text("txtai==2.0\n")
    python_of("txtai")

    assert made == [pins / "peers" / "txtai" / "bin" / "python"] * 2
    assert once == 1
    assert (pins / "bin" / "asked").read_text().count("pip install") == 2


def test_rasa_gets_its_pins_and_nothing_else(pins: Path) -> None:
    """Its metadata refuse the Python that Candor runs it on: a resolver that reads them installs nothing."""
    (pins / "requirements-rasa.txt").write_text("rasa==1.0\n")
    python_of("rasa")

    assert f"pip sync --require-hashes {pins / 'requirements-rasa.txt'}" in (pins / "bin" / "asked").read_text()


def test_what_cannot_be_installed_says_why_and_is_tried_again(pins: Path) -> None:
    """The other figures do not wait for it."""
    (pins / "bin" / "no-network").touch()
    with pytest.raises(PeerMissingError, match=r"txtai could not be installed.*no such host"):
        python_of("txtai")
    (pins / "bin" / "no-network").unlink()

    assert python_of("txtai").exists()


@pytest.mark.parametrize("peer", sorted(PYTHONS))
def test_each_peer_has_pins_with_hashes(peer: str) -> None:
    """Of its own; torch alone has no hash, because its builds differ. It is pinned in the version that the product has."""
    named = (PINS / f"requirements-{peer}.in").read_text().split()
    pinned = re.findall(r"^(\S+)==(\S+)(.*(?:\n[ \t].*)*)", (PINS / f"requirements-{peer}.txt").read_text(), re.M)

    assert {name.partition("==")[0] for name in named} <= {name for name, _, _ in pinned}
    assert {name for name, _, rest in pinned if "--hash" not in rest} <= {"torch"}
    assert not any(name.startswith("nvidia") for name, _, _ in pinned)
