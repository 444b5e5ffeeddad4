"""Files of a request: handed over, downloaded with a code, taken back, and gone with their period."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.tickets.cipher import FieldCipher
from candor.tickets.delivery.file_kinds import FileRefusedError
from candor.tickets.delivery.file_page import (
    CodeWanted,
    DownloadsUsedError,
    FilePage,
    FilesOpen,
    LinkClosedError,
    LinkEnded,
    NoSuchLinkError,
)
from candor.tickets.delivery.file_store import FileStore
from candor.tickets.delivery.request_files import (
    LONGEST_ARRIVAL,
    MOST_DOWNLOADS,
    MOST_FILES,
    ClosedToFilesError,
    FilesChangedError,
    NoSuchFileError,
    RequestFiles,
)
from candor.tickets.erasure import TicketErasure
from candor.tickets.identity import FILE_VISITOR, NewCodeSent, RightCode, TooManyCodes, WrongCode
from candor.tickets.key_rotation import rotate
from candor.tickets.models import FileLinkRow, RequestFileRow
from candor.tickets.retention import Retention
from candor.tickets.staff import NobodyToHandToError, NothingAttachedError
from tests.candor.tickets.conftest import Office

PDF = b"%PDF-1.7\n" + b"their data " * 1000
PHONE, STRANGER = f"{FILE_VISITOR}phone", f"{FILE_VISITOR}stranger"


class Counter:
    """The office's counter for files: what staff put there, and the page at which requesters get it."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder = office, folder
        self.files = RequestFiles(office.engine, office.cipher, FileStore(folder), 1_000_000, now=office.now)
        self.page = FilePage(office.engine, office.request_events, self.files, now=office.now)

    async def handed(self, *names: str) -> tuple[str, str]:
        """The number of a request that was completed with files of these names, and the token of its link."""
        number = await self.office.verified(request_type="access")
        files = [self.files.add(number, name, PDF, "staff:bo") for name in names]
        self.office.staff.complete(number, "Here is your copy.", "staff:bo", files=files)
        return number, await self.token()

    async def token(self) -> str:
        await self.office.deliver()
        found = re.search(r"files/(\S+)", self.office.mailer.sent[-1].get_content())
        assert found
        return found[1]

    async def opened(self, token: str, visitor: str = PHONE) -> FilesOpen:
        self.page.send_code(token, visitor)
        assert self.page.give_code(token, visitor, await self.office.code()) == RightCode()
        found = self.page.look(token, visitor)
        assert isinstance(found, FilesOpen)
        return found

    @property
    def on_disk(self) -> int:
        return len(list(self.folder.glob("*"))) if self.folder.is_dir() else 0


@pytest.fixture
def counter(office: Office, tmp_path: Path) -> Counter:
    return Counter(office, tmp_path / "files")


async def test_a_requester_gets_their_files_with_a_code(counter: Counter) -> None:
    """The letter names each file and the last day; the page asks for a code that comes by mail."""
    number, token = await counter.handed("copy.pdf", "letters.pdf")
    letter = counter.office.mailer.sent[-1].get_content()

    assert "- copy.pdf (PDF, 11 KB)" in letter
    assert "until 29 January 2026" in letter
    closed = counter.page.look(token, PHONE)
    assert isinstance(closed, CodeWanted)
    assert (closed.company.name, closed.sent) == ("Acme", False)
    found = await counter.opened(token)
    assert "type it into the page" in counter.office.mailer.sent[-1].get_content()
    assert [file.name for file in found.files] == ["copy.pdf", "letters.pdf"]
    assert found.number == number
    file, blocks = counter.page.fetch(token, PHONE, found.files[0].id)
    assert (file.name, b"".join(blocks)) == ("copy.pdf", PDF)
    assert counter.files.links(number)[0].downloads == 1
    assert counter.office.events(number)[-1] == "files_downloaded"


async def test_a_stranger_with_the_link_gets_nothing(counter: Counter) -> None:
    """Nor a code of another browser, nor endless tries: wrong codes are limited as everywhere."""
    _, token = await counter.handed("copy.pdf")
    found = await counter.opened(token)

    assert isinstance(counter.page.look(token, STRANGER), CodeWanted)
    with pytest.raises(LinkClosedError):
        counter.page.fetch(token, STRANGER, found.files[0].id)
    counter.page.send_code(token, PHONE)
    theirs = await counter.office.code()
    assert isinstance(counter.page.give_code(token, STRANGER, theirs), NewCodeSent)
    wrong = "000000" if await counter.office.code() != "000000" else "111111"
    outcomes = [counter.page.give_code(token, STRANGER, wrong) for _ in range(20)]
    assert isinstance(outcomes[0], WrongCode)
    assert isinstance(outcomes[-1], TooManyCodes)
    assert isinstance(counter.page.look(token, STRANGER), CodeWanted)


async def test_an_hour_after_the_code_it_is_asked_for_again(counter: Counter) -> None:
    """A phone that lies around opens nothing."""
    _, token = await counter.handed("copy.pdf")
    found = await counter.opened(token)
    counter.office.wait(hours=1)

    with pytest.raises(LinkClosedError):
        counter.page.fetch(token, PHONE, found.files[0].id)
    assert isinstance(counter.page.look(token, PHONE), CodeWanted)


async def test_downloads_are_counted_and_bounded(counter: Counter) -> None:
    """Each file by itself."""
    _, token = await counter.handed("copy.pdf", "letters.pdf")
    first, second = (await counter.opened(token)).files

    for _ in range(MOST_DOWNLOADS):
        counter.page.fetch(token, PHONE, first.id)
    with pytest.raises(DownloadsUsedError):
        counter.page.fetch(token, PHONE, first.id)
    counter.page.fetch(token, PHONE, second.id)


async def test_after_the_last_day_the_link_has_ended_and_the_bytes_are_gone(counter: Counter) -> None:
    """To the second, even before the job has run."""
    number, token = await counter.handed("copy.pdf")
    found = await counter.opened(token)
    counter.office.wait(days=14, hours=11, minutes=59)
    assert isinstance(counter.page.look(token, PHONE), CodeWanted)
    assert counter.files.end_over(counter.office.now()) == 0

    counter.office.wait(minutes=1)

    ended = counter.page.look(token, PHONE)
    assert isinstance(ended, LinkEnded)
    assert ended.why == "over"
    with pytest.raises(LinkClosedError):
        counter.page.fetch(token, PHONE, found.files[0].id)
    with pytest.raises(LinkClosedError):
        counter.page.send_code(token, PHONE)
    assert counter.files.end_over(counter.office.now()) == 1
    assert (counter.files.of(number), counter.on_disk) == ((), 0)
    assert isinstance(counter.page.look(token, PHONE), LinkEnded)


async def test_a_link_is_taken_back_at_once(counter: Counter) -> None:
    """With its bytes; the page says so."""
    number, token = await counter.handed("copy.pdf")
    (link,) = counter.files.links(number)

    counter.files.take_back(number, link.id, "staff:bo")

    ended = counter.page.look(token, PHONE)
    assert isinstance(ended, LinkEnded)
    assert ended.why == "taken_back"
    assert counter.on_disk == 0
    with pytest.raises(NoSuchFileError):
        counter.files.take_back(number, link.id, "staff:bo")


async def test_a_newer_letter_replaces_the_older_link(counter: Counter) -> None:
    """What is handed over once more moves; the rest is gone."""
    number, token = await counter.handed("copy.pdf", "wrong.pdf")
    counter.office.staff.reopen(number, "One file was wrong.", "staff:bo")
    first = counter.files.of(number)[0]

    counter.office.staff.complete(number, "Now it is right.", "staff:bo", files=[first.id])

    newer = await counter.token()
    old = counter.page.look(token, PHONE)
    assert isinstance(old, LinkEnded)
    assert old.why == "replaced"
    assert [file.name for file in (await counter.opened(newer)).files] == ["copy.pdf"]
    counter.files.sweep()
    assert counter.on_disk == 1


async def test_what_was_not_handed_over_goes_when_the_request_closes(counter: Counter) -> None:
    """A file that somebody put there and did not tick."""
    number = await counter.office.verified()
    ticked, _ = (counter.files.add(number, name, PDF, "staff:bo") for name in ("a.pdf", "b.pdf"))

    counter.office.staff.complete(number, "Done.", "staff:bo", files=[ticked])
    counter.files.end_over(counter.office.now())

    assert [file.name for file in counter.files.of(number)] == ["a.pdf"]
    assert counter.on_disk == 1
    with pytest.raises(ClosedToFilesError):
        counter.files.begin(number, "late.pdf", "staff:bo")


@pytest.mark.parametrize("how", ["retention", "erasure"])
async def test_who_is_erased_loses_their_files_too(counter: Counter, how: str) -> None:
    """Rows, keys and bytes; the link then leads nowhere."""
    office = counter.office
    number, token = await counter.handed("copy.pdf")
    if how == "retention":
        office.wait(days=731)
        Retention(office.engine, 730, sweep=counter.files.sweep).erase(office.now())
    else:
        erasure = TicketErasure(office.engine, office.cipher, now=office.now, sweep=counter.files.sweep)
        erasure.erase(erasure.find("ada@example.com", [], None))

    assert office.row(number).erased_at is not None
    assert counter.on_disk == 0
    with Session(office.engine) as session:
        assert not session.scalars(select(FileLinkRow)).all()
        assert not session.scalars(select(RequestFileRow)).all()
    with pytest.raises(NoSuchLinkError):
        counter.page.look(token, PHONE)


async def test_files_go_only_to_who_has_proven_who_they_are(counter: Counter) -> None:
    """A skipped check proves nothing, and an identity document that was seen does."""
    office = counter.office
    skipped = office.opened("yes-2", conversation="c_2").ticket.number
    office.staff.start(skipped, "Urgent.", "staff:bo")
    shown = office.opened("yes-3", conversation="c_3", email="bo@example.com").ticket.number
    office.staff.prove(shown, "document", "Passport seen.", "staff:bo")

    with pytest.raises(NobodyToHandToError):
        office.staff.complete(skipped, "Here.", "staff:bo", files=[counter.files.add(skipped, "a.pdf", PDF, "staff:bo")])
    assert office.row(skipped).status == "open"
    office.staff.complete(shown, "Here.", "staff:bo", files=[counter.files.add(shown, "a.pdf", PDF, "staff:bo")])


async def test_a_text_about_an_attachment_goes_only_with_files(counter: Counter) -> None:
    """Nothing speaks of a file that is not there."""
    number = await counter.office.verified()

    with pytest.raises(NothingAttachedError):
        counter.office.staff.complete(number, "Your copy is attached.", "staff:bo")
    file = counter.files.add(number, "a.pdf", PDF, "staff:bo")
    counter.files.remove(number, file)
    with pytest.raises(FilesChangedError):
        counter.office.staff.complete(number, "Your copy is attached.", "staff:bo", files=[file])
    assert counter.office.row(number).status == "open"


async def test_the_shown_letter_hints_at_the_link_and_gives_none(counter: Counter) -> None:
    """What is rehearsed is stored nowhere, so its link would lead nowhere."""
    number = await counter.office.verified()
    file = counter.files.add(number, "a.pdf", PDF, "staff:bo")

    shown = counter.office.staff.preview(number, "complete", "staff:bo", words="Here.", files=[file])

    assert shown.letter
    assert "files/…" in shown.letter.text
    assert counter.files.links(number) == ()


async def test_a_file_that_grows_too_large_leaves_nothing(counter: Counter) -> None:
    """It is refused while it arrives, and the limit is named."""
    number = await counter.office.verified()
    arriving = counter.files.begin(number, "big.pdf", "staff:bo")
    for _ in range(90):
        arriving.write(PDF)

    with pytest.raises(FileRefusedError) as refused:
        arriving.write(PDF)
    arriving.abandon()

    assert refused.value.public == "“big.pdf” is larger than 1 MB, the most that one file may have."
    assert (counter.files.of(number), counter.on_disk) == ((), 0)


async def test_what_a_dying_process_left_behind_is_swept(counter: Counter) -> None:
    """Half a file, and bytes whose row is gone."""
    number = await counter.office.verified()
    half = counter.files.begin(number, "half.pdf", "staff:bo")
    half.write(PDF)
    half._writer.close()  # as the end of a process closes it
    (counter.folder / ("a" * 32)).write_bytes(b"nobody's")

    counter.files.sweep()
    assert counter.on_disk == 1  # it may still be arriving
    counter.office.wait(seconds=LONGEST_ARRIVAL / timedelta(seconds=1) + 1)
    counter.files.end_over(counter.office.now())

    assert counter.on_disk == 0


async def test_a_request_takes_so_many_files_and_no_more(counter: Counter) -> None:
    """The next is refused with the way out."""
    number = await counter.office.verified()
    for place in range(MOST_FILES):
        counter.files.add(number, f"{place}.csv", b"a;b\n", "staff:bo")

    with pytest.raises(FileRefusedError, match="refused") as refused:
        counter.files.add(number, "more.csv", b"a;b\n", "staff:bo")
    assert "ZIP" in refused.value.public


async def test_keys_are_rotated_and_the_files_stay_readable(counter: Counter) -> None:
    """Their bytes are not touched; the letter that waits still finds its link."""
    office = counter.office
    number = await office.verified()
    office.staff.complete(number, "Here.", "staff:bo", files=[counter.files.add(number, "a.pdf", PDF, "staff:bo")])
    before = {path.name: path.read_bytes() for path in counter.folder.iterdir()}

    rotate(office.engine, FieldCipher("a newer secret", ("a secret",)))
    newer = Counter(Office(office.engine, "a newer secret"), counter.folder)
    newer.office.at = office.at
    token = await newer.token()

    found = await newer.opened(token)
    assert b"".join(newer.page.fetch(token, PHONE, found.files[0].id)[1]) == PDF
    assert {path.name: path.read_bytes() for path in counter.folder.iterdir()} == before
