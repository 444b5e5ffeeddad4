"""Files through the pages of the console, from the upload to the requester's page."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.app.web import make_app
from candor.services import Services
from candor.settings import Settings
from candor.tickets.agent_authority import AgentAuthority
from candor.tickets.models import FileLinkRow, TicketRow
from tests.candor.console.conftest import Desk, SignIn
from tests.candor.console.opened_requests import events, opened, row, seen
from tests.fakes import FakeRasa

PDF = b"%PDF-1.7\n" + b"their data " * 500
PART = {"HX-Request": "true"}
NO_FILE = ("file", ("", b""))  # as browsers send a field that is left empty


def put(desk: Desk, number: str, *files: tuple[str, bytes], csrf: str | None = None, **headers: str) -> tuple[int, str]:
    """The status and the page that an upload of these files is answered with."""
    form = {"csrf": desk.csrf if csrf is None else csrf, "to": "complete"}
    sent = [("file", (name, content, "application/pdf")) for name, content in files]
    answer = desk.post(f"requests/{number}/files", data=form, files=sent, headers={**PART, **headers})
    return answer.status_code, answer.text


def names(parts: Services, number: str) -> list[str]:
    return [file.name for file in parts.requests.files.of(number)]


def on_disk(parts: Services) -> list[Path]:
    return list((parts.settings.var_dir / "files").glob("*"))


def actions(parts: Services) -> list[str]:
    entries = parts.staff.audit.entries(action="request.")
    return [entry.action for entry in entries if entry.action.startswith("request.file")][::-1]


def letter(parts: Services, desk: Desk) -> str:
    """The newest letter that lies in the folder of mail."""
    folder = parts.settings.var_dir / "outbox"
    newest = max(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return newest.read_text(encoding="utf-8")


def test_several_files_are_put_looked_at_and_removed(parts: Services, sign_in: SignIn) -> None:
    """Each is recorded; nothing of them is readable on the disk."""
    number, desk = opened(parts), sign_in("agent")

    status, page = put(desk, number, ("Copy of data.pdf", PDF), ("orders.csv", b"a;b\n1;2\n"))

    assert status == 200
    assert "Copy of data.pdf" in page
    assert names(parts, number) == ["Copy of data.pdf", "orders.csv"]
    first, second = parts.requests.files.of(number)
    looked = desk.get(f"requests/{number}/files/{first.id}")
    assert (looked.content, looked.headers["content-length"]) == (PDF, str(len(PDF)))
    assert "attachment" in looked.headers["content-disposition"]
    assert all(b"their data" not in path.read_bytes() for path in on_disk(parts))
    desk.submit(f"requests/{number}/files/{second.id}/remove")
    assert names(parts, number) == ["Copy of data.pdf"]
    assert len(on_disk(parts)) == 1
    assert actions(parts) == ["request.file_put", "request.file_put", "request.file_read", "request.file_removed"]
    assert desk.get(f"requests/{number}/files/{second.id}").status_code == 404


def test_what_the_requester_sent_is_not_offered_to_be_handed_over(parts: Services, sign_in: SignIn) -> None:
    """It came with a mail; staff look at it and may remove it."""
    number, desk = opened(parts, request_type="access"), sign_in("agent")
    theirs, copy = (
        parts.requests.files.add(number, name, PDF, who) for name, who in (("invoice.pdf", "requester"), ("copy.pdf", "staff:bo"))
    )

    page = desk.get(f"requests/{number}/complete").text

    assert f'name="files" value="{copy}"' in page
    assert f'name="files" value="{theirs}"' not in page
    assert "sent by the requester" in page
    assert desk.get(f"requests/{number}/files/{theirs}").content == PDF


def test_what_is_not_what_its_name_says_is_refused_by_name(parts: Services, sign_in: SignIn) -> None:
    """The good ones that came before it stay."""
    number, desk = opened(parts), sign_in("agent")

    status, page = put(desk, number, ("good.pdf", PDF), ("invoice.pdf", b"MZ\x90\x00" + bytes(500)), ("late.pdf", PDF))

    assert status == 422
    assert "“invoice.pdf” is no PDF file, though its name says so: it looks like a program." in page
    assert names(parts, number) == ["good.pdf"]
    assert len(on_disk(parts)) == 1


def test_a_file_of_101_mb_is_refused_while_it_arrives(parts: Services, sign_in: SignIn) -> None:
    """With the limit named, and without a trace."""
    number, desk = opened(parts), sign_in("agent")

    status, page = put(desk, number, ("film.pdf", PDF + bytes(101_000_000)))

    assert status == 422
    assert "“film.pdf” is larger than 100 MB" in page
    assert (names(parts, number), on_disk(parts)) == ([], [])
    assert desk.post(f"requests/{number}/files", content=b"x", headers={"content-length": "600000000"}).status_code == 413
    assert desk.post(f"requests/{number}/note", content=b"x" * 70_000).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nx\r\n--b--\r\n", b"--b--\r\n",
    ],
    ids=["a file first", "no token", "nothing"],
)  # fmt: skip
def test_no_file_is_begun_before_the_token_was_checked(parts: Services, sign_in: SignIn, body: bytes) -> None:
    """Another site can make a browser send files, but cannot know the token."""
    number, desk = opened(parts), sign_in("agent")

    answer = desk.post(f"requests/{number}/files", content=body, headers={"content-type": "multipart/form-data; boundary=b"})

    assert answer.status_code == 403
    assert put(desk, number, ("a.pdf", PDF), csrf="0" * 64)[0] == 403
    assert names(parts, number) == []


def test_a_form_of_endless_fields_is_refused_while_it_arrives(parts: Services, sign_in: SignIn) -> None:
    """A body may be as large as five files, and would have room for millions of them, each of which takes time and memory."""
    number, desk = opened(parts), sign_in("agent")

    answer = desk.post(f"requests/{number}/files", data={"csrf": desk.csrf} | {f"f{n}": "" for n in range(300)}, files=[NO_FILE])

    assert answer.status_code == 422
    assert "more than 200 fields" in answer.text


def test_a_boundary_longer_than_any_is_no_form(parts: Services, sign_in: SignIn) -> None:
    """The parser refuses it before anything is read."""
    number, desk = opened(parts), sign_in("agent")

    answer = desk.post(
        f"requests/{number}/files", content=b"x", headers={"content-type": f"multipart/form-data; boundary={'b' * 60_000}"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("cut", [10, 150, 400])
def test_a_form_that_breaks_off_leaves_nothing(parts: Services, sign_in: SignIn, cut: int) -> None:
    """The connection ended, or a proxy cut the body."""
    number, desk = opened(parts), sign_in("agent")
    token = f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{desk.csrf}\r\n'.encode()
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF + b"\r\n--b--\r\n"

    answer = desk.post(
        f"requests/{number}/files", content=token + file[:cut], headers={"content-type": "multipart/form-data; boundary=b"}
    )

    assert answer.status_code in {403, 422}
    assert (names(parts, number), on_disk(parts)) == ([], [])


def test_of_two_agents_who_complete_one_wins_and_the_files_go_once(parts: Services, sign_in: SignIn) -> None:
    """The other sees what was faster; and a file that was removed meanwhile stops the letter."""
    number, ada, bea = opened(parts), sign_in("agent", name="Ada"), sign_in("agent", name="Bea")
    put(ada, number, ("copy.pdf", PDF))
    (file,) = parts.requests.files.of(number)
    form = seen(parts, number)

    first = ada.submit(f"requests/{number}/complete", words="Here it is.", files=file.id, go="send", **form)
    second = bea.submit(f"requests/{number}/complete", words="Here it is!", files=file.id, go="send", **form | {"form": "other"})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Somebody was faster" in second.text
    assert "Here it is!" in second.text
    assert len(parts.requests.files.links(number)) == 1
    gone = opened(parts)
    put(ada, gone, ("copy.pdf", PDF))
    (file,) = parts.requests.files.of(gone)
    bea.submit(f"requests/{gone}/files/{file.id}/remove")
    stopped = ada.submit(f"requests/{gone}/complete", words="Here it is.", files=file.id, go="send", **seen(parts, gone))
    assert stopped.status_code == 409
    assert "removed meanwhile" in stopped.text
    assert row(parts, gone).status == "open"


async def test_the_requester_follows_the_letter_to_the_files(parts: Services, sign_in: SignIn, nobody: TestClient) -> None:
    """Code, files, download; and after it was taken back a page that says what to do."""
    number, desk = opened(parts, email="ada@example.com"), sign_in("agent")
    put(desk, number, ("copy.pdf", PDF))
    (file,) = parts.requests.files.of(number)
    shown = desk.submit(f"requests/{number}/complete", words="Here it is.", files=file.id, **seen(parts, number))
    assert "copy.pdf (PDF, 6 KB)" in shown.text
    assert f'name="files" value="{file.id}"' in shown.text
    desk.submit(f"requests/{number}/complete", words="Here it is.", files=file.id, go="send", **seen(parts, number))
    await parts.requests.outbox_worker.deliver()
    token = re.search(r"/files/([\w-]{32})", letter(parts, desk))
    assert token
    phone = TestClient(nobody.app, base_url="http://testserver/files/", follow_redirects=True)

    first = phone.get(token[1])
    assert "copy.pdf" not in first.text
    assert number not in first.text
    phone.post(f"{token[1]}/code")
    await parts.requests.outbox_worker.deliver()
    code = re.search(r"Your code is (\d{6})", letter(parts, desk))
    assert code
    assert phone.post(token[1], data={"code": "12"}).status_code == 422
    opened_page = phone.post(token[1], data={"code": f" {code[1][:3]} {code[1][3:]}"})
    assert "copy.pdf" in opened_page.text
    assert phone.get(f"{token[1]}/{file.id}").content == PDF
    assert "with 1 file to download" in desk.get(f"requests/{number}").text
    assert "A file was downloaded" in desk.get(f"requests/{number}").text
    (link,) = parts.requests.files.links(number)
    desk.submit(f"requests/{number}/links/{link.id}/take-back")
    ended = phone.get(token[1])
    assert (ended.status_code, "taken them back" in ended.text) == (410, True)
    assert "privacy@acme.example" in ended.text
    assert on_disk(parts) == []


def test_links_that_lead_nowhere_say_what_to_do(parts: Services, nobody: TestClient) -> None:
    """No error of a program, and nothing about whose they were."""
    somebody = TestClient(nobody.app, base_url="http://testserver/files/")

    for path in ("nosuch", "nosuch/1", "x" * 300):
        answer = somebody.get(path)
        assert answer.status_code == 404
        assert "copied whole" in answer.text
    assert somebody.post("nosuch/code").status_code == 404
    assert somebody.post("nosuch", data={"code": "123456"}).status_code == 404


def test_codes_count_only_in_the_browser_that_asked_for_them(parts: Services, sign_in: SignIn, nobody: TestClient) -> None:
    """Also the name of a conversation is nobody's key."""
    number, desk = opened(parts, conversation="c_theirs"), sign_in("agent")
    put(desk, number, ("copy.pdf", PDF))
    (file,) = parts.requests.files.of(number)
    desk.submit(f"requests/{number}/complete", words="Here it is.", files=file.id, go="send", **seen(parts, number))
    (link,) = parts.requests.files.links(number)
    assert link.ended_at is None
    stranger = TestClient(nobody.app, base_url="http://testserver/files/", cookies={"candor_files": "c_theirs"})

    assert stranger.get(f"{_token(parts, number)}/{file.id}", follow_redirects=False).status_code == 303
    assert "no code was asked for" in stranger.post(_token(parts, number), data={"code": "123456"}).text
    assert "copy.pdf" not in stranger.get(_token(parts, number)).text


def _token(parts: Services, number: str) -> str:
    """The token of a request's link, as its letter gives it."""
    with Session(parts.engine) as session:
        query = select(FileLinkRow.token).join(TicketRow).where(TicketRow.number == number)
        return parts.cipher.decrypt(session.scalars(query).one())


def test_what_candor_holds_is_added_in_both_forms(parts: Services, sign_in: SignIn) -> None:
    """Their requests and what they said, with their own values; not what another has opened under their address."""
    number = opened(parts, email="ada@example.com", details="=cmd() My old account")
    unproven = opened(parts, email="ada@example.com", proven=False, details="a stranger's words")
    desk = sign_in("agent")

    assert desk.submit(f"requests/{number}/copy", to="complete").status_code == 303

    assert names(parts, number) == [f"candor-{number}.json", f"candor-{number}.csv"]
    first, second = parts.requests.files.of(number)
    held = json.loads(desk.get(f"requests/{number}/files/{first.id}").content)
    assert (held["about"], [one["number"] for one in held["requests"]]) == ("ada@example.com", [number])
    assert held["requests"][0]["events"][0]["text"] == "=cmd() My old account"
    sheet = desk.get(f"requests/{number}/files/{second.id}").content.decode("utf-8-sig")
    assert "'=cmd() My old account" in sheet
    assert "stranger" not in sheet
    refused = desk.post(f"requests/{unproven}/copy", data={"csrf": desk.csrf}, headers=PART)
    assert (refused.status_code, "Nobody has proven" in refused.text) == (422, True)


def test_a_copy_tells_who_made_the_request_and_what_the_browser_sent(parts: Services, sign_in: SignIn) -> None:
    """An agent is not the person, and a signal that was kept is held about somebody too."""
    agent = parts.requests.agents.add("SLIP", "Permission Slip", base64.b64encode(bytes(32)).decode(), "cli:ada")
    talk = parts.conversations.transcripts.begin(company="acme", channel="web", gpc=True).id
    authority = AgentAuthority("c789ff35", agent.id, "SLIP", "Permission Slip", "access")
    number = opened(parts, request_type="access", conversation=talk, authority=authority)
    desk = sign_in("agent")

    desk.submit(f"requests/{number}/copy", to="complete")

    held = json.loads(desk.get(f"requests/{number}/files/{parts.requests.files.of(number)[0].id}").content)
    (made,) = (event for event in held["requests"][0]["events"] if event["what"] == "agent authority")
    assert made["who"] == "Permission Slip, an agent that acts for you"
    assert held["conversations"][0]["global_privacy_control"] is True


def test_settings_say_how_large_and_how_long(parts: Services, rasa: FakeRasa, sign_in: SignIn) -> None:
    """Both are named where files are put."""
    parts.settings = Settings(**{**parts.settings.model_dump(), "largest_file": 2_000_000, "file_keep_days": 3})
    make_app(parts, rasa)
    number, desk = opened(parts), sign_in("agent")

    assert put(desk, number, ("copy.pdf", PDF))[0] == 200
    page = desk.get(f"requests/{number}/complete").text

    assert "Each up to 2 MB" in page
    assert "for 3 days" in page
    assert events(parts, number)[-1] == "verify"
