"""What operators see of the web port: figures, ids and lines, and never what people wrote."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from candor.app.web import make_app
from candor.services import Services
from candor.settings import Settings
from candor.telemetry.logs import JsonLines
from tests.fakes import FakeRasa

TOKEN = "a token that is long enough"
WORDS = ("Grace Hopper", "grace@navy.example", "cobolsecret")


@pytest.fixture
def watched(parts: Services, rasa: FakeRasa) -> Iterator[TestClient]:
    """The web port with figures and lines of JSON."""
    given = {**parts.settings.model_dump(), "metrics_token": SecretStr(TOKEN), "log_format": "json"}
    parts.settings = Settings(**given)
    with TestClient(make_app(parts, rasa), raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def figures(web: TestClient) -> dict[tuple[str, tuple[str, ...]], float]:
    """(name, values of its labels) → value."""
    answer = web.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(each.name, tuple(each.labels.values())): each.value for family in families for each in family.samples}


def talk(web: TestClient) -> str:
    """Begin a conversation, and say something that nobody else may read. Returns its id."""
    begun = web.post("/api/conversations", json={"company": "acme"}).json()
    said = f"I am {WORDS[0]}, {WORDS[1]}, {WORDS[2]}"
    headers = {"Authorization": f"Bearer {begun['token']}"}
    assert web.post(f"/api/conversations/{begun['conversation']}/messages", json={"text": said}, headers=headers).is_success
    return str(begun["conversation"])


def test_figures_are_not_open_to_the_world(web: TestClient, watched: TestClient) -> None:
    """Without a token in the settings there is no such page; with one, it is asked for."""
    assert web.get("/metrics").status_code == 404
    assert watched.get("/metrics").status_code == 401
    assert watched.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_turn_is_counted_by_its_kind_and_measured_by_its_parts(watched: TestClient) -> None:
    """And the call by the template of its route, not by its address."""
    before = figures(watched)

    conversation = talk(watched)
    after = figures(watched)

    def grown(name: str, *labels: str) -> float:
        return after.get((name, labels), 0) - before.get((name, labels), 0)

    assert sum(grown(*key[:1], *key[1]) for key in after if key[0] == "candor_turns_total") == 1
    assert [grown("candor_part_seconds_count", part) for part in ("turn", "masking", "rasa", "record")] == [1, 1, 1, 1]
    assert grown("candor_http_seconds_count", "POST", "/api/conversations/{id}/messages", "200") == 1
    assert not any(conversation in label for _, labels in after for label in labels)


def test_the_state_is_told_by_its_groups(watched: TestClient) -> None:
    """Everything that an alarm stands on."""
    found = figures(watched)

    assert found["candor_requests", ("overdue",)] == 0
    assert found["candor_outbox_messages", ("dead",)] == 0
    assert found["candor_companies", ()] == 2
    assert found["candor_part_up", ("database",)] == 1
    assert found["candor_part_up", ("actions",)] == 0
    assert {value for (name, _), value in found.items() if name == "candor_unread"} == {0}
    assert found["candor_index_made_timestamp_seconds", ()] > 0
    assert found["candor_backup_timestamp_seconds", ()] == 0  # never: an alarm that compares it with now rings


def test_a_group_that_cannot_be_read_is_named_and_the_others_stand(watched: TestClient, parts: Services) -> None:
    """A table that is broken must not take the alarms of all others with it."""
    with parts.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE outbox RENAME TO elsewhere")

    found = figures(watched)

    assert found["candor_unread", ("outbox",)] == 1
    assert ("candor_requests", ("overdue",)) in found


def test_a_refusal_is_counted_by_its_limit(watched: TestClient, parts: Services, rasa: FakeRasa) -> None:
    """Whoever raises a limit sees for which kind."""
    parts.settings = parts.settings.model_copy(update={"limit_calls": "1/minute"})
    with TestClient(make_app(parts, rasa), client=("192.0.2.7", 5000)) as stranger:
        before = figures(stranger).get(("candor_refusals_total", ("calls",)), 0)
        statuses = [stranger.get("/api/companies").status_code for _ in range(3)]
        after = figures(stranger)["candor_refusals_total", ("calls",)]

    assert statuses[-1] == 429
    assert after - before == statuses.count(429)


def test_no_label_holds_what_strangers_send(watched: TestClient) -> None:
    """Neither an address that does not exist nor a method that nobody knows."""
    watched.get(f"/{WORDS[2]}?q={WORDS[2]}")
    watched.request(WORDS[2].upper(), "/")

    text = watched.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text

    assert WORDS[2] not in text.lower()


def test_lines_have_ids_and_never_a_persons_words(watched: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """A whole conversation, calls that fail, and a Rasa that is down: every line is searched."""
    lines: list[str] = []
    handler = logging.Handler()
    form = JsonLines("web")
    handler.addFilter(lambda record: not record.name.startswith("httpx"))  # the visitor's own client, here in one process
    handler.emit = lambda record: lines.append(form.format(record))  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "candor.access")  # whatever level another test has left above it
    try:
        conversation = talk(watched)
        watched.app.state.rasa.down = True  # type: ignore[attr-defined]
        begun = watched.post("/api/conversations", json={"company": "acme"}).json()
        headers = {"Authorization": f"Bearer {begun['token']}"}
        address = f"/api/conversations/{begun['conversation']}/messages"
        watched.post(address, json={"text": " ".join(WORDS)}, headers=headers)
        watched.post(address, json={"text": [*WORDS], WORDS[2]: WORDS[0]}, headers=headers)
        watched.get(f"/acme/nothing/{WORDS[2]}?q={WORDS[1]}", headers={"X-Request-Id": WORDS[2]})
    finally:
        logging.getLogger().removeHandler(handler)

    calls = [json.loads(line) for line in lines if json.loads(line)["logger"] == "candor.access"]
    assert [call["status"] for call in calls] == [201, 200, 201, 503, 422, 404]
    assert len({call["request"] for call in calls}) == len(calls)
    assert any(json.loads(line).get("conversation") == begun["conversation"] for line in lines)
    assert conversation  # its lines are at the level of information or above only where something is wrong
    assert [line for line in lines for word in WORDS if word.lower() in line.lower()] == []


def test_an_answer_names_its_request(watched: TestClient) -> None:
    """The proxy's id where it can be one, else one of ours: a visitor's own words are never taken for it."""
    given = "4bf92f3577b34da6a3ce929d0e0e4736"

    taken = watched.get("/livez", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    made = watched.get("/livez", headers={"X-Request-Id": "my name is Grace"}).headers["X-Request-Id"]

    assert taken == given
    assert "Grace" not in made
    assert len(made) == 16
