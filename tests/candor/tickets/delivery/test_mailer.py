"""What a mailer keeps on this machine can be deleted, whichever mailer is configured."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from candor.tickets.delivery.mailer import FolderMailer, Mailer, SmtpMailer, envelope
from candor.tickets.delivery.templates import Letter

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


async def send_to(mailer: Mailer, address: str, key: str) -> None:
    await mailer.send(
        envelope(Letter("Hello", "Text\n"), to=address, sender="candor@acme.example", name="Acme", key=key, at=NOON)
    )


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize("mailer", [SmtpMailer("smtp://localhost"), FolderMailer(Path("no-such-folder"))])
def test_where_nothing_is_kept_nothing_is_deleted(mailer: Mailer) -> None:
    """Whoever erases a person asks every mailer in the same way."""
    assert mailer.delete_to("ada@example.com") == 0
    assert mailer.delete_before(NOON) == 0


async def test_mail_to_one_address_is_deleted_however_it_is_capitalised(tmp_path: Path) -> None:
    """And nobody else's."""
    mailer = FolderMailer(tmp_path)
    await send_to(mailer, "ada@example.com", "k-1")
    await send_to(mailer, "Ada@Example.com", "k-2")
    await send_to(mailer, "bo@example.com", "k-3")

    assert mailer.delete_to("ADA@example.com") == 2

    assert names_in(tmp_path) == ["k-3.eml"]


async def test_mail_from_before_a_moment_is_deleted(tmp_path: Path) -> None:
    """By when its file was written."""
    mailer = FolderMailer(tmp_path)
    for key, age in (("old", timedelta(days=91)), ("new", timedelta(days=89))):
        await send_to(mailer, "ada@example.com", key)
        written = (NOON - age).timestamp()
        os.utime(tmp_path / f"{key}.eml", (written, written))

    assert mailer.delete_before(NOON - timedelta(days=90)) == 1

    assert names_in(tmp_path) == ["new.eml"]
