"""What is forgotten is gone from Rasa's own file too, and not only from its tables."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.stack.conftest import Stack

NAME = "Zebulon Quixwhistle"


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
    """Every byte of both databases, with their logs and journals."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if ".db" in path.name and path.is_file())


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


def test_a_forgotten_conversation_is_in_no_file_of_either_database(stack: Stack) -> None:
    """Rasa overwrites what it deletes, as we do; another conversation stays."""
    kept, _ = said(stack, "do you sell my data?")
    talk, headers = said(stack, f"I am {NAME}. Do you sell my data?")
    rasas = stack.settings.tracker_db.read_bytes()
    assert NAME.encode() in rasas
    assert {talk, kept} <= senders(stack)

    gone = httpx.delete(f"{stack.url}/api/conversations/{talk}", headers=headers, timeout=30)

    assert gone.status_code == 204
    rasas = stack.settings.tracker_db.read_bytes()
    assert NAME.encode() not in rasas
    assert talk.encode() not in rasas
    assert talk not in senders(stack)
    assert kept in senders(stack)
    from candor.database import make_engine
    from candor.storage import scrub

    engine = make_engine(stack.settings.database)
    scrub(engine)
    engine.dispose()
    assert NAME.encode() not in files(stack.settings.var_dir)
