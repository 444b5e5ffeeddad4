"""What is forgotten is gone from Rasa's own file too, and not only from its tables."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.stack.conftest import Stack

WORDS = "quixwhisting glimmerfogs"  # in no text of ours, and like no name, which would be masked


def said(stack: Stack, text: str) -> tuple[str, dict[str, str]]:
    """A conversation in which this was said; its id, and the header that opens it."""
    begun = httpx.post(f"{stack.url}/api/conversations", json={"company": "clevra"}, timeout=30).json()
    headers = {"Authorization": f"Bearer {begun['token']}"}
    answered = httpx.post(
        f"{stack.url}/api/conversations/{begun['conversation']}/messages", json={"text": text}, headers=headers, timeout=60
    )
    assert answered.status_code == 200
    return begun["conversation"], headers


def files(folder: Path) -> bytes:
    """Every byte below the folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def tracker_files(stack: Stack) -> bytes:
    """Every byte of Rasa's database, with its log."""
    database = stack.settings.tracker_db
    return b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))


def senders(stack: Stack) -> set[str]:
    """Whose events Rasa says that it keeps."""
    kept: set[str] = set()
    last = ""
    while True:
        answered = httpx.post(
            f"http://127.0.0.1:{stack.settings.rasa_port}/webhooks/candor/senders", json={"after": last},
            headers={"Authorization": f"Bearer {stack.secret}"}, timeout=30,
        )  # fmt: skip
        some = [name for name, _ in answered.json()["senders"]]
        if not some:
            return kept
        kept |= set(some)
        last = some[-1]


def test_a_forgotten_conversation_is_in_no_file(stack: Stack) -> None:
    """At once, and without a run of anything else: in no database, log of a database, search index or other file."""
    kept, _ = said(stack, "do you sell my data?")
    forgotten, headers = said(stack, f"My dog likes {WORDS} soup. Do you sell my data?")
    assert all(word.encode() in files(stack.settings.var_dir) for word in WORDS.split())
    assert WORDS.encode() in tracker_files(stack)
    assert {forgotten, kept} <= senders(stack)

    gone = httpx.delete(f"{stack.url}/api/conversations/{forgotten}", headers=headers, timeout=30)

    assert gone.status_code == 204
    assert forgotten.encode() not in tracker_files(stack)
    assert forgotten not in senders(stack)
    assert kept in senders(stack)
    left = files(stack.settings.var_dir)
    assert [word for word in WORDS.split() if word.encode() in left] == []
