"""What every command says when the machine is at fault."""

from __future__ import annotations

import errno
import sqlite3

import pytest
import typer
from sqlalchemy.exc import OperationalError

from candor.cli.terminal import plainly


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/backup.1/candor.db"), "no room for /data/backup.1/candor.db"),
        (OperationalError("SELECT 'Ada'", {}, sqlite3.OperationalError("database is locked")), "database is locked"),
    ],
)
def test_a_full_disk_or_a_locked_database_is_one_line(
    fault: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    """Without a trace of the code, and without the statement, which may hold what a person wrote."""
    with pytest.raises(typer.Exit) as ended, plainly():
        raise fault

    told = capsys.readouterr().err
    assert ended.value.exit_code == 1
    assert said in told
    assert "Ada" not in told
    assert told.count("\n") == 1


def test_any_other_fault_is_not_hidden() -> None:
    """Whoever mends it needs to see where it happened."""
    with pytest.raises(OSError, match="nothing there"), plainly():
        raise OSError(errno.ENOENT, "nothing there")
