"""Requests through the staff API: worked as in the console, once under each key, and only as far as the token goes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from candor.services import Services
from tests.candor.console.api.conftest import Connect
from tests.candor.console.opened_requests import events, letters, opened


def test_a_request_is_taken_proved_and_completed(connect: Connect, parts: Services) -> None:
    """With the letter that the console would send, under the token's name."""
    number, program = opened(parts, proven=False), connect()

    assert program.step(number, "assign", assignee="me").json()["assignee_name"] == "Jira (API)"
    assert program.step(number, "prove", proof="account", words="Signed in to their account today.").json()["state"] == "open"
    done = program.step(number, "complete", words="We have deleted your account.")

    assert (done.status_code, done.json()["state"]) == (200, "completed")
    assert events(parts, number)[-3:] == ["assigned", "start", "complete"]
    assert letters(parts, number)[-1] == "completed"
    audited = {entry.action: entry.actor for entry in parts.staff.audit.entries(subject=f"request {number}")}
    assert audited["request.complete"] == audited["request.prove"] == program.actor


def test_the_same_key_twice_does_it_once(connect: Connect, parts: Services) -> None:
    """The second call gets the first one's answer."""
    number, program = opened(parts), connect()

    first = program.step(number, "note", "a-key", words="Asked the warehouse.")
    again = program.step(number, "note", "a-key", words="Asked the warehouse.")

    assert (again.status_code, again.json()) == (200, first.json())
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert events(parts, number).count("note") == 1


def test_a_key_with_another_body_is_a_conflict(connect: Connect, parts: Services) -> None:
    """Nothing is done."""
    number, program = opened(parts), connect()
    program.step(number, "note", "a-key", words="Asked the warehouse.")

    other = program.step(number, "note", "a-key", words="Asked the shop.")

    assert (other.status_code, other.headers["content-type"]) == (409, "application/problem+json")
    assert events(parts, number).count("note") == 1


def test_two_calls_at_once_with_one_key_do_it_once(connect: Connect, parts: Services) -> None:
    """The slower one is told to ask again, or gets the same answer."""
    number, program = opened(parts), connect()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: program.step(number, "note", "one", words="Once.").status_code, range(4)))

    assert set(answers) <= {200, 409}
    assert 200 in answers
    assert events(parts, number).count("note") == 1


def test_a_call_that_failed_may_be_made_again_with_its_key(connect: Connect, parts: Services) -> None:
    """It did nothing."""
    number, program = opened(parts), connect()

    refused = program.step(number, "note", "a-key")

    assert refused.status_code == 422
    assert program.step(number, "note", "a-key", words="Now with words.").status_code == 200


def test_a_step_whose_process_died_before_it_answered_is_not_taken_twice(connect: Connect, parts: Services) -> None:
    """The event itself remembers the key."""
    number, program = opened(parts), connect()
    program.step(number, "note", "a-key", words="Once.")
    parts.staff.kept_answers.drop_before(parts.staff.kept_answers._now().replace(year=2100))

    again = program.step(number, "note", "a-key", words="Once.")

    assert again.status_code == 200
    assert events(parts, number).count("note") == 1


@pytest.mark.parametrize("scope", ["conversations:read", "figures:read", "policies:write", "webhooks:write"])
def test_a_token_without_the_scope_gets_403(connect: Connect, parts: Services, scope: str) -> None:
    """In words that name what is missing."""
    number, program = opened(parts), connect(scope)

    answers = [
        program.get("requests"), program.get(f"requests/{number}"), program.get(f"requests/{number}/events"),
        program.step(number, "note", words="x"), program.post(f"requests/{number}/reveal", json={"reason": "to answer"}),
        program.get(f"requests/{number}/files"), program.get("requests/R-0000-0000"),
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {403}
    assert "requests:read" in answers[0].json()["detail"]
    assert "note" not in events(parts, number)


def test_who_may_read_may_not_write(connect: Connect, parts: Services) -> None:
    """And who may write may read."""
    number = opened(parts)

    assert connect("requests:read").step(number, "note", words="x").status_code == 403
    assert connect("requests:write").get(f"requests/{number}").status_code == 200


def test_a_token_of_one_company_sees_no_other(connect: Connect, parts: Services) -> None:
    """Neither in lists nor by number."""
    ours, theirs = opened(parts), opened(parts, company="globex")
    program = connect(company="acme")

    assert [one["number"] for one in program.get("requests").json()["requests"]] == [ours]
    assert program.get(f"requests/{theirs}").status_code == 403
    assert program.get("requests", params={"company": "globex"}).status_code == 403


def test_an_address_is_masked_until_somebody_gives_a_reason(connect: Connect, parts: Services) -> None:
    """Which the audit log keeps."""
    number, program = opened(parts, email="ada@example.com"), connect()

    shown, revealed = program.get(f"requests/{number}"), program.post(f"requests/{number}/reveal", json={"reason": "to call her"})

    assert "ada@example.com" not in shown.text
    assert shown.json()["masked_email"] == "a…@example.com"
    assert revealed.json() == {"email": "ada@example.com"}
    assert program.post(f"requests/{number}/reveal", json={"reason": "x"}).status_code == 422
    (entry,) = parts.staff.audit.entries(action="request.reveal")
    assert (entry.actor, entry.details["reason"]) == (program.actor, "to call her")


def test_a_reveal_is_never_kept_under_a_key(connect: Connect, parts: Services) -> None:
    """Each showing of an address is an entry of its own."""
    number, program = opened(parts), connect()

    for _ in range(2):
        program.post(f"requests/{number}/reveal", json={"reason": "to call her"}, headers={"Idempotency-Key": "k"})

    assert len(parts.staff.audit.entries(action="request.reveal")) == 2


def test_pages_follow_each_other(connect: Connect, parts: Services) -> None:
    """Each request stands on one of them."""
    numbers = {opened(parts) for _ in range(53)}
    program = connect()

    first = program.get("requests").json()
    second = program.get("requests", params={"after": first["next"]}).json()

    assert (len(first["requests"]), second["next"]) == (50, None)
    assert {one["number"] for page in (first, second) for one in page["requests"]} == numbers
    assert program.get("requests", params={"after": "yesterday"}).status_code == 422


def test_a_step_on_an_old_view_is_a_conflict(connect: Connect, parts: Services) -> None:
    """As in the console."""
    number, program = opened(parts), connect()
    seen = program.get(f"requests/{number}").json()["newest_event"]
    program.step(number, "note", words="Somebody was faster.")

    late = program.step(number, "complete", words="Done.", seen=seen)

    assert late.status_code == 409
    assert "complete" not in events(parts, number)


def test_what_the_state_does_not_allow_is_a_conflict(connect: Connect, parts: Services) -> None:
    """And the request says what it does allow."""
    number, program = opened(parts), connect()

    assert program.step(number, "reopen", words="Again.").status_code == 409
    assert "complete" in program.get(f"requests/{number}").json()["can"]


@pytest.mark.parametrize(
    "body",
    [
        {"step": "prove", "words": "x"},
        {"step": "note", "words": "x", "proof": "account"},
        {"step": "note", "words": "x", "files": [1]},
        {"step": "assign", "assignee": "nobody@nowhere.example"},
        {"step": "fly"},
        {"step": "note", "words": "x", "surprise": 1},
        {"step": "refuse", "words": "x", "ground": "no such ground"},
        {"step": "complete", "words": "Your copy is attached."},
    ],
)  # fmt: skip
def test_a_step_that_makes_no_sense_is_refused(connect: Connect, parts: Services, body: dict[str, object]) -> None:
    """In plain words, and nothing happens."""
    number, program = opened(parts), connect()
    before = events(parts, number)

    answered = program.post(f"requests/{number}/steps", json=body)

    assert (answered.status_code, answered.headers["content-type"]) == (422, "application/problem+json")
    assert events(parts, number) == before


def test_the_letter_can_be_read_before_it_is_sent(connect: Connect, parts: Services) -> None:
    """Nothing is stored."""
    number, program = opened(parts), connect()
    before = events(parts, number)

    found = program.post(f"requests/{number}/steps/preview", json={"step": "complete", "words": "We have deleted it."}).json()

    assert "We have deleted it." in found["letter"]["text"]
    assert events(parts, number) == before


def test_a_file_is_put_read_handed_over_and_taken_back(connect: Connect, parts: Services) -> None:
    """As bytes, without a form around them."""
    number, program = opened(parts, request_type="access"), connect()
    put = program.post(f"requests/{number}/files", params={"name": "copy.csv"}, content=b"a;b\n1;2\n")

    file = put.json()["id"]
    read = program.get(f"requests/{number}/files/{file}")
    done = program.step(number, "complete", words="Here is your copy.", files=[file])
    (link,) = program.get(f"requests/{number}/files").json()["links"]
    after = program.post(f"requests/{number}/links/{link['id']}/take-back").json()

    assert (put.status_code, read.content, done.json()["state"]) == (201, b"a;b\n1;2\n", "completed")
    assert (link["files"], after["links"][0]["ended_at"] is not None) == ([file], True)


def test_a_file_that_is_not_what_it_says_leaves_nothing(connect: Connect, parts: Services) -> None:
    """A program called .pdf; the same key may come again."""
    number, program = opened(parts), connect()
    path, headers = f"requests/{number}/files", {"Idempotency-Key": "file-1"}

    refused = program.post(path, params={"name": "copy.pdf"}, content=b"MZ" + bytes(2000), headers=headers)

    assert refused.status_code == 422
    assert program.get(path).json()["files"] == []
    assert program.post(path, params={"name": "a.csv"}, content=b"a;b", headers=headers).status_code == 201
    assert program.post(path, params={"name": "a.csv"}, content=b"a;b", headers=headers).headers["Idempotent-Replayed"] == "true"
    assert program.post(path, params={"name": "a.csv"}, content=b"a;c", headers=headers).status_code == 409
    assert len(program.get(path).json()["files"]) == 1


def test_the_checklist_is_heeded_as_in_the_console(connect: Connect, parts: Services) -> None:
    """Open points want a reason or a tick."""
    number, program = opened(parts, checked=False), connect()
    points = program.get(f"requests/{number}").json()["checklist"]

    refused = program.step(number, "complete", words="Done.")
    for point in points:
        program.put(f"requests/{number}/checklist/{point['place']}", json={"done": True})

    assert refused.status_code == 422
    assert program.step(number, "complete", words="Done.").status_code == 200


def test_who_asks_now_and_then_hears_of_everything_once(connect: Connect, parts: Services) -> None:
    """Of the token's companies, without what anybody wrote."""
    program = connect(company="acme")
    number, _ = opened(parts, details="my own words"), opened(parts, company="globex")

    first = program.get("events").json()
    connect().step(number, "note", words="more words")
    second = program.get("events", params={"after": first["next"]}).json()
    third = program.get("events", params={"after": second["next"]}).json()

    assert {event["number"] for event in first["events"]} == {number}
    assert [event["what"] for event in second["events"]] == ["note"]
    assert (third["events"], third["next"]) == ([], second["next"])
    assert "words" not in str(first) + str(second)
