"""Conversations of many turns through the running stack: the floor of those that hold, and no request without consent.

All 350 take six minutes, so each half is walked at an even share; `candor journeys` walks them all.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from candor.settings import ROOT
from evaluation.journeys import FOLDER
from tests.stack.conftest import Stack

SHARE, FLOOR = 0.4, 0.9


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_journeys_hold(stack: Stack, half: str) -> None:
    """People stop, doubt, correct themselves, ask in between, and mistype; nothing is opened that they did not agree to."""
    command = ["journeys", str(FOLDER / f"{half}.jsonl"), "--url", stack.url, "--share", str(SHARE)]

    ended = subprocess.run([sys.executable, "-m", "candor", *command], cwd=ROOT, capture_output=True, text=True, check=False)

    figures = json.loads(ended.stdout.splitlines()[-1])
    assert figures["opened_without_consent"] == 0, ended.stdout
    assert figures["hold"] >= FLOOR, ended.stdout
