"""Which kind of test each one is, and in which order two workers take them."""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

HERE = Path(__file__).parent
# Fixtures that bring a database along; what asks for none of these, for no browser and for no running stack is a unit test.
DATABASES = {"databases", "engine", "house", "parts", "site"}
SERVERS = {"redis_server", "running_server"}  # what a file imports that starts a real server
# Files that start Rasa, or train it: minutes each, so they begin first, and the other workers are not kept waiting at the end.
LONG = ("evaluation/test_intents.py", "bot/test_training_data.py", "stack/")


def kind_of(item: pytest.Item) -> str:
    """unit, database, browser or stack."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if is_long(item):
        return "stack"
    if "browser" in fixtures:
        return "browser"
    if fixtures & DATABASES or any(hasattr(getattr(item, "module", None), name) for name in SERVERS):
        return "database"
    return "unit"


def is_long(item: pytest.Item) -> bool:
    return item.path.relative_to(HERE).as_posix().startswith(LONG)


def opens_a_browser(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ())


def in_order(items: list[pytest.Item]) -> None:
    """Long files first; those with a browser last, because below Playwright's loop no asynchronous test runs any more.

    Whole files move, so that what their tests share is made once. Otherwise the order stays as it is, also a shuffled one.
    """
    browsers = {item.path for item in items if opens_a_browser(item)}
    items.sort(key=lambda item: (item.path in browsers, not is_long(item)))


class ByFile(LoadScopeScheduling):
    """A worker takes whole files, because their tests share what is slow to make.

    One worker takes all long files: beside each other, two Rasas would slow each other until a test runs out of time.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "long" if file.removeprefix("tests/").startswith(LONG) else file
