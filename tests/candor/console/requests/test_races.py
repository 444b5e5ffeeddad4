"""Two agents on one request at the same moment: one is done, the other keeps their words. On both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from pydantic import SecretStr

from candor.services import Services
from candor.settings import Settings
from candor.tickets.queue import PAGE_SIZE
from knowledge.catalogue import PolicyCatalogue
from tests.candor.console.conftest import SignIn
from tests.candor.console.opened_requests import events, letters, opened, row, seen
from tests.postgresql import Databases

AGENTS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def parts(
    request: pytest.FixtureRequest, tmp_path: Path, policies: Path, catalogue: PolicyCatalogue, databases: Databases
) -> Iterator[Services]:
    """Real services, on each of the two databases."""
    made = Services(
        Settings(
            var_dir=tmp_path / "var", policies_dir=policies, secret_key=SecretStr("a secret"), actions_port=1,
            database_url=databases.with_tables() if request.param == "postgresql" else "", _env_file=None,
        )  # type: ignore[call-arg]  # pydantic-settings' own parameter
    )  # fmt: skip
    made.knowledge.catalogue = catalogue
    yield made
    made.engine.dispose()


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Their answers; all start together, each in a thread of its own."""
    start = Barrier(len(calls))

    def call(one: Callable[[], Any]) -> Any:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(call, calls))


def test_of_agents_who_answer_at_once_one_does_and_the_others_keep_their_words(parts: Services, sign_in: SignIn) -> None:
    """One letter goes out; everybody else sees what was faster."""
    number = opened(parts)
    newest = parts.requests.staff_desk.details(number).newest
    desks = [sign_in("agent", name=f"Agent {letter}") for letter in "abcdef"]
    steps = ["complete", "refuse", "extend", "ask_requester", "complete", "refuse"]

    answers = at_once([
        lambda desk=desk, step=step, place=place: desk.submit(  # type: ignore[misc]
            f"requests/{number}/{step}", words=f"Words of agent {place}.", go="send", seen=newest, form=f"form{place}"
        )
        for place, (desk, step) in enumerate(zip(desks, steps, strict=True))
    ])  # fmt: skip

    assert Counter(answer.status_code for answer in answers) == {303: 1, 409: AGENTS - 1}
    for place, answer in enumerate(answers):
        assert answer.status_code == 303 or (f"Words of agent {place}." in answer.text and "Somebody was faster" in answer.text)
    assert len(events(parts, number)) == 4  # received, asked for identity, proven, and the one step
    assert len(letters(parts, number)) == 2
    assert len([entry for entry in parts.staff.audit.entries(action="request.") if entry.action != "request.read"]) == 1
    assert parts.staff.audit.verify().broken_at is None


def test_a_form_that_is_sent_many_times_at_once_counts_once(parts: Services, sign_in: SignIn) -> None:
    """A trembling hand, or a proxy that tries again: each gets the answer of success."""
    number, desk = opened(parts), sign_in("agent")
    form = seen(parts, number)
    desks = [sign_in("agent") for _ in range(AGENTS)]

    answers = at_once([
        lambda desk=desk: desk.submit(f"requests/{number}/complete", words="Deleted.", go="send", **form)  # type: ignore[misc]
        for desk in desks
    ])  # fmt: skip

    assert [answer.status_code for answer in answers] == [303] * AGENTS
    assert (events(parts, number).count("complete"), len(letters(parts, number))) == (1, 2)
    assert {answer.headers["location"] for answer in answers} == {f"/console/requests/{number}?done=complete"}
    assert desk.get(f"requests/{number}").status_code == 200


def test_previews_beside_a_step_leave_nothing_behind(parts: Services, sign_in: SignIn) -> None:
    """A rehearsal takes its turn like a change, and is taken back whole."""
    number = opened(parts)
    newest = parts.requests.staff_desk.details(number).newest
    desks = [sign_in("agent") for _ in range(AGENTS)]

    answers = at_once([
        lambda desk=desk, place=place: desk.submit(  # type: ignore[misc]
            f"requests/{number}/refuse", words="Our grounds.", seen=newest, form=f"form{place}"
        )
        for place, desk in enumerate(desks)
    ])  # fmt: skip

    assert [answer.status_code for answer in answers] == [200] * AGENTS
    assert (row(parts, number).status, len(events(parts, number)), len(letters(parts, number))) == ("open", 3, 1)


def test_two_bulk_steps_over_the_same_requests_share_them_out(parts: Services, sign_in: SignIn) -> None:
    """Each request is completed or refused, never both, and each report tells the truth."""
    numbers = [opened(parts) for _ in range(8)]
    picks = [f"{number}:{parts.requests.staff_desk.details(number).newest}" for number in numbers]
    desks = [sign_in("agent", name="Ada"), sign_in("agent", name="Bea")]
    steps = ["complete", "refuse"]

    answers = at_once([
        lambda desk=desk, step=step: desk.submit(  # type: ignore[misc]
            "requests/bulk", pick=picks if step == "complete" else picks[::-1], step=step, words="The same.", go="send", form=step
        )
        for desk, step in zip(desks, steps, strict=True)
    ])  # fmt: skip

    done = [answer.text.count(">Done<") for answer in answers]
    assert sum(done) == len(numbers)
    assert [answer.text.count(">Not done<") for answer in answers] == [len(numbers) - each for each in done]
    assert Counter(row(parts, number).status for number in numbers) == Counter(
        {state: number for state, number in zip(("completed", "refused"), done, strict=True) if number}
    )
    assert all(len(letters(parts, number)) == 2 for number in numbers)


def test_queue_filters_pages_and_files_read_the_same_on_both(parts: Services, sign_in: SignIn) -> None:
    """Today by zone, places in a list, sums and exports are the database's work."""
    late, silent = opened(parts, days_ago=45), opened(parts, proven=False, residence="US-CA")
    closed = [opened(parts) for _ in range(PAGE_SIZE + 1)]
    for number in closed:
        parts.requests.staff_desk.complete(number, "Done.", "staff:bo")
    desk = sign_in("privacy_officer")

    first = desk.get("requests?closed=1").text
    second = desk.get(first.split('rel="next" href="/console/')[1].split('"')[0].replace("&amp;", "&")).text

    assert [sum(number in page for number in closed) for page in (first, second)] == [PAGE_SIZE, 1]
    queue = {due: desk.get(f"requests?due={due}").text for due in ("overdue", "acknowledge", "today", "soon")}
    assert [late in page for page in queue.values()] == [True, False, False, False]
    assert [silent in page for page in queue.values()] == [False, True, False, False]
    assert '1<span class="unseen"> due today or overdue</span>' in desk.get("./").text
    assert len(desk.submit("requests/export", format="jsonl").text.splitlines()) == PAGE_SIZE + 3
    assert '<th scope="row">delete</th>' in desk.get("requests/figures").text
