"""Machines are upgraded one at a time: the schema is the new one while old processes still run, and start again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from candor.database.engine import MIGRATIONS, is_known, is_newest, known_revisions, number_of, upgrade

NEWEST_BEFORE_THE_RULE = "0020"
# What an old process would stumble over. A column that it does not know must have a default.
BREAKING = re.compile(r"op\.(drop_table|drop_column|rename_table|alter_column)\b")


def upgrade_part(path: Path) -> str:
    """The text of a revision without its downgrade."""
    return path.read_text(encoding="utf-8").partition("\ndef downgrade(")[0]


REVISIONS = sorted((MIGRATIONS / "versions").glob("*_*.py"))


def test_an_old_process_starts_beside_a_newer_schema(engine: Engine) -> None:
    """One that dies in the middle of the upgrade must not stay down; it neither upgrades nor complains."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9998_of_the_next_release'"))

    upgrade(engine)

    assert is_newest(engine)
    assert not is_known("9998_of_the_next_release")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9998_of_the_next_release"


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem)
def test_a_revision_only_adds(path: Path) -> None:
    """Expand, migrate, contract: what is no longer used is dropped one release later, by a revision that says so."""
    if number_of(path.name) <= NEWEST_BEFORE_THE_RULE:
        return
    content = upgrade_part(path)
    added = re.findall(r"op\.add_column\((.*?)\)\n", content, re.DOTALL)

    assert "contract" in content.lower() or not BREAKING.search(content)
    assert [column for column in added if "nullable=False" in column and "server_default" not in column] == []


def test_revisions_follow_their_numbers() -> None:
    """The number of a file is its place: `is_newest` compares numbers."""
    chain = {}
    for path in REVISIONS:
        content = path.read_text(encoding="utf-8")
        found = [
            re.search(rf'^{name}(?:: [^=]+)? = (?:"([^"]*)"|None)', content, re.MULTILINE)
            for name in ("revision", "down_revision")
        ]
        chain[number_of(path.name)] = [number_of(match[1] or "") if match else "" for match in found]

    numbers = sorted(known_revisions())
    assert [chain[number][0] for number in numbers] == numbers
    assert [chain[number][1] for number in numbers] == ["", *numbers[:-1]]
