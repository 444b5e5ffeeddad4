"""More companies than Slack shows at once: each can be chosen, and the question that waits is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from candor.services import Services
from knowledge.companies import Company
from tests.candor.channels.slack.conftest import Candor
from tests.candor.channels.slack.fake import ADA, TEAM, FakeSlack, action_body, message
from tests.candor.channels.slack.people import ada, answer, elements, shown
from tests.fakes import FakeRasa


class Counted(dict[str, Company]):
    """Companies, of which it counts how many were unpacked."""

    unpacked = 0

    def __getitem__(self, company: str) -> Company:
        self.unpacked += 1
        return super().__getitem__(company)


@pytest.fixture
def parts(parts: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """A hundred and thirty companies more; acme is the last one."""
    known = parts.knowledge.catalogue.companies
    many = {f"firm{n:03}": Company(f"firm{n:03}", f"Firm {n:03}", f"privacy@firm{n:03}.example") for n in range(130)}
    served = Counted({**many, "acme": known["acme"]})
    monkeypatch.setattr(type(parts.knowledge.catalogue), "companies", property(lambda _: served))
    return parts


async def test_the_question_waits_on_every_page_of_companies(candor: Candor, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Page by page in the place of the one before, until the company is there; then it is answered."""
    rasa.messages = [answer()]
    await candor.event(message("do you sell my data?"))
    await candor.settled()
    page, pages = slack.posted[-1], 1
    while all(button["text"]["text"] != "Acme" for button in elements(page, "button")):
        more = elements(page, "button")[-1]
        pressed = {"action_id": more["action_id"], "value": more["value"]}
        await candor.form(action_body(slack, pressed, at=f"1700.{pages}"))
        await candor.settled()
        page, pages = slack.of("hook")[-1], pages + 1
        assert page.body["replace_original"] is True
    acme = next(button for button in elements(page, "button") if button["text"]["text"] == "Acme")

    await candor.form(action_body(slack, {"action_id": acme["action_id"], "value": acme["value"]}))
    await candor.settled()

    assert pages == 6
    assert [sent["text"] for sent in rasa.sent] == ["do you sell my data?"]
    assert "We never sell personal data." in shown(slack.posted[-1])


async def test_the_home_tab_and_the_form_let_a_name_be_typed(candor: Candor, slack: FakeSlack) -> None:
    """Slack asks which companies fit; what is chosen is remembered."""
    await candor.event({"type": "app_home_opened", "user": ADA, "channel": "D0ADA", "tab": "home"})
    await candor.settled()
    button = {"action_id": "request_form", "value": json.dumps({"company": ""})}
    await candor.form(action_body(slack, button, at="1700.9"))
    await candor.settled()

    asked = await candor.form({**suggestion("firm 12"), "view": {"type": "home"}})
    chosen = {"action_id": "company:0", "type": "external_select", "selected_option": {"value": "firm120"}}
    await candor.form(action_body(slack, chosen))
    await candor.settled()

    [home], [modal] = slack.of("views.publish"), slack.of("views.open")
    assert [each["type"] for each in elements(home, "external_select")] == ["external_select"]
    assert "external_select" in [block.get("element", {}).get("type") for block in modal.blocks]
    assert [option["value"] for option in asked.json()["options"]] == [f"firm{n}" for n in range(120, 130)]
    assert candor.slack.places.chosen(ada) == "firm120"


async def test_what_shows_some_companies_unpacks_no_others(parts: Services, candor: Candor, slack: FakeSlack) -> None:
    """Else each of ten thousand would keep the event loop from everybody."""
    served = parts.knowledge.catalogue.companies
    assert isinstance(served, Counted)
    assert parts.knowledge.catalogue.names  # made once

    await candor.event({"type": "app_home_opened", "user": ADA, "channel": "D0ADA", "tab": "home"})
    await candor.settled()
    of_home = served.unpacked
    await candor.event(message("do you sell my data?"))
    await candor.settled()

    assert of_home == len(elements(slack.of("views.publish")[0], "external_select")) * 26
    assert served.unpacked == of_home


def suggestion(typed: str) -> dict[str, Any]:
    """Somebody types into a select."""
    return {
        "type": "block_suggestion", "team": {"id": TEAM}, "user": {"id": ADA, "team_id": TEAM}, "api_app_id": "A0CANDOR",
        "action_id": "company:0", "block_id": "b", "value": typed, "container": {"type": "view", "view_id": "V1"},
    }  # fmt: skip
