"""What the policy does not say: by role and company, with its CSV; and answers whose quote has changed."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from candor.services import Services
from knowledge.catalogue import PolicyCatalogue
from tests.candor.console.conftest import SignIn
from tests.candor.console.live_chats import a_question, begin, say


def silent(
    parts: Services, text: str = "do you fly drones?", company: str = "acme", kind: str = "not_in_policy", aspect: Any = None
) -> str:  # fmt: skip
    """A conversation in which the policy did not say it."""
    conversation = begin(parts, company)
    say(parts, conversation, text, {"kind": kind, "text": "It does not say.", "answer_id": "a_1"}, evidence={"aspect": aspect})
    return conversation


def test_what_was_asked_is_counted_and_exemplified(sign_in: SignIn, parts: Services) -> None:
    """By aspect, masked, with a link to the conversation; doubt stands apart. That it was read is recorded."""
    conversation = silent(parts, "am I 16 enough, ada@example.com?", aspect="children.minimum_age")
    silent(parts, "is that so?", kind="unsure")

    page = sign_in("agent", company="acme").get("silence").text

    assert "children.minimum_age" in page
    assert "ada@example.com" not in page
    assert "&lt;email_1&gt;" in page
    assert f"/console/conversations/{conversation}#turn-" in page
    assert page.index("am I 16") < page.index("Answered with doubt") < page.index("is that so?")
    assert parts.staff.audit.entries(action="silence.read")[0].details == {}


def test_another_companys_silence_is_not_shown(sign_in: SignIn, parts: Services) -> None:
    """Not on the page, not in the CSV, not by address."""
    silent(parts, "globex question", company="globex")
    desk = sign_in("privacy_officer", company="acme")

    assert "globex question" not in desk.get("silence").text
    assert "globex" not in desk.get("silence.csv").text
    for path in ("silence?company=globex", "silence.csv?company=globex", "silence/changed?company=globex"):
        assert desk.get(path).status_code == 403
    assert desk.submit("silence/mark", company="globex", mark="told").status_code == 403


@pytest.mark.parametrize(("role", "report", "file", "mark"), [
    ("reviewer", 200, 403, 303), ("agent", 200, 403, 403), ("privacy_officer", 200, 200, 303), ("admin", 403, 403, 403),
])  # fmt: skip
def test_each_role_does_what_is_its_own(sign_in: SignIn, parts: Services, role: Any, report: int, file: int, mark: int) -> None:
    """And the page offers no more."""
    silent(parts)
    desk = sign_in(role)

    page = desk.get("silence")
    codes = (page.status_code, desk.get("silence.csv").status_code, desk.submit("silence/mark", company="acme").status_code)

    assert codes == (report, file, mark)
    assert ("silence.csv" in page.text) == (file == 200)
    assert ("silence/mark" in page.text) == (mark == 303 and report == 200)


def test_a_mark_and_its_note_are_seen_by_everybody(sign_in: SignIn, parts: Services) -> None:
    """And are recorded without the note."""
    silent(parts, aspect="selling.sold")
    desk = sign_in("privacy_officer")

    moved = desk.submit("silence/mark", company="acme", aspect="selling.sold", mark="to_add", note="<b>in May</b>", back_days=90)

    assert moved.headers["location"] == "/console/silence?company=&days=90&done=marked"
    page = sign_in("agent", name="Ann").get("silence").text
    assert "Will be added" in page
    assert "&lt;b&gt;in May&lt;/b&gt;" in page
    (entry,) = parts.staff.audit.entries(action="silence.mark")
    assert "May" not in str(entry.details)


@pytest.mark.parametrize(("fields", "status"), [
    ({"company": "acme", "aspect": "no.such", "mark": "told"}, 422), ({"company": "acme", "mark": "burnt"}, 422),
    ({"company": "no-such", "mark": "told"}, 404), ({}, 422),
])  # fmt: skip
def test_a_mark_of_nothing_is_refused(sign_in: SignIn, parts: Services, fields: dict[str, str], status: int) -> None:
    """A page says so, and nothing is kept."""
    assert sign_in("privacy_officer").submit("silence/mark", **fields).status_code == status
    assert parts.staff.silences.decisions(["acme"]) == {}


def test_the_csv_holds_every_line_and_no_formula(sign_in: SignIn, parts: Services) -> None:
    """A note that a spreadsheet would calculate is text in it; no question is in it."""
    silent(parts, "sentinelword?", aspect="selling.sold")
    desk = sign_in("privacy_officer")
    desk.submit("silence/mark", company="acme", aspect="selling.sold", mark="told", note='=HYPERLINK("http://evil.example")')

    answer = desk.get("silence.csv")

    (line,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (line["aspect"], line["asked"], line["decided"]) == ("selling.sold", "1", "Privacy team told")
    assert line["note"].startswith("'=")
    assert "sentinelword" not in answer.text
    assert parts.staff.audit.entries(action="silence.export")[0].details["lines"] == 1


def test_answers_whose_quote_has_changed_are_told_with_both_texts(
    sign_in: SignIn, parts: Services, mapped: PolicyCatalogue
) -> None:
    """How often given, what it says now; what still stands word for word is not there."""
    conversation = begin(parts)
    a_question(parts, conversation)
    a_question(parts, conversation)
    changed = sign_in("reviewer", company="acme").get("silence/changed").text
    parts.knowledge.catalogue = mapped

    page = sign_in("reviewer", company="acme").get("silence/changed").text

    assert "Every quote still stands" in changed
    assert "quoted in 2 answers" in page
    assert re.search(r"<ins>\s*to\s*</ins>|<ins>\s*to advertisers\s*</ins>", page)
    assert f"/console/conversations/{conversation}#turn-" in page


def test_a_quote_that_is_gone_is_told_so(sign_in: SignIn, parts: Services, mapped: PolicyCatalogue) -> None:
    """There is nothing like it in the newer version."""
    from tests.candor.console.live_chats import quote_of

    conversation = begin(parts)
    gone = quote_of(parts, "We collect your name and your email address.")
    say(
        parts,
        conversation,
        "what do you collect",
        {"kind": "answer", "text": "It says:", "answer_id": "a_1", "citations": [gone]},
    )
    parts.knowledge.catalogue = mapped

    page = sign_in("reviewer").get("silence/changed").text

    assert "Not in the policy any more" in page
    assert "There is nothing like it in this version." in page


@pytest.mark.parametrize("query", ["days=0", "days=999999999999", "company=no-such"])
def test_strange_spans_and_companies_are_no_faults(sign_in: SignIn, parts: Services, query: str) -> None:
    """A default, or a page that says what is wrong."""
    assert sign_in("reviewer").get(f"silence?{query}").status_code in {200, 404}
