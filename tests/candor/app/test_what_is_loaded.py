"""The serving processes load only what they use: memory is counted per process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from candor.settings import ROOT

ANSWERS_ONLY = ("onnxruntime", "tokenizers", "torch", "sentence_transformers", "spacy")  # what the action server answers with


@pytest.mark.parametrize("module", ["candor.app.web", "candor.app.worker", "candor.cli.main"])
def test_only_what_answers_loads_what_that_takes(module: str) -> None:
    """The web and the worker ask the action server; neither encodes or ranks anything itself."""
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & {set(ANSWERS_ONLY)!r}))"

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True, timeout=120)

    assert ran.stdout.split() == []


def test_slack_that_is_not_set_up_loads_no_bolt() -> None:
    """Most have no Slack; its libraries would be a tenth of what the web holds."""
    code = (
        "import sys; from candor.channels.slack.channel import SlackChannel; from candor.services import Services; "
        "from candor.settings import Settings; SlackChannel().connect(Services(Settings(slack_bot_token=None)), None); "
        "print(*sorted({'slack_bolt', 'aiohttp'} & set(sys.modules)))"
    )

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True, timeout=120)

    assert ran.stdout.split() == []
