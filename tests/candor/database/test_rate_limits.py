"""Limits: a person never meets them, a script does; in this process and in a real Redis."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from candor.app.web import make_app
from candor.database import rate_limits
from candor.database.rate_limits import BlockingRateLimits, LimitKind, RateLimits, check_redis
from candor.errors import TooManyError
from candor.services import Services
from candor.settings import Settings
from tests.candor.channels.web.test_api import Talk, assert_problem
from tests.fakes import FakeRasa
from tests.redis_server import free_port, redis_keys, redis_server

if TYPE_CHECKING:
    from httpx2 import Response

THREE: dict[LimitKind, str] = {"messages": "3/minute"}
VISITOR = ("203.0.113.7", 40_000)


def visitor(parts: Services, *, address: tuple[str, int] = VISITOR, **changed: Any) -> TestClient:
    """A browser at an address, and the application with these settings."""
    parts.settings = Settings(**{**parts.settings.model_dump(), **changed})
    return TestClient(make_app(parts, FakeRasa()), client=address)


def say(talk: Talk, times: int) -> list[int]:
    return [talk.post({"text": "hello"}).status_code for _ in range(times)]


def test_a_fourth_of_three_has_to_wait(parts: Services) -> None:
    """429 as a problem, with the seconds in header and document; nothing of the message is kept."""
    with visitor(parts, limit_messages="3/minute") as web:
        talk = Talk(web)
        codes = say(talk, 3)
        answer: Response = talk.post({"text": "sentinelword"})
        past = web.get(talk.place, headers=talk.bearer).json()

    document = assert_problem(answer, 429)
    assert codes == [200, 200, 200]
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert document["retry_after"] == int(answer.headers["retry-after"])
    assert "try again in" in document["detail"]
    assert len(past["turns"]) == 3


def test_one_conversation_does_not_use_up_anothers(parts: Services) -> None:
    """Two visitors of one office, with one address."""
    with visitor(parts, limit_messages="2/minute") as web:
        first, second = Talk(web), Talk(web)
        assert say(first, 3) == [200, 200, 429]
        assert say(second, 2) == [200, 200]


def test_one_address_begins_only_so_many_conversations(parts: Services) -> None:
    """Else a script would take a fresh one for each message."""
    with visitor(parts, limit_conversations="2/minute") as web:
        codes = [web.post("/api/conversations", json={"company": "acme"}).status_code for _ in range(3)]

    assert codes == [201, 201, 429]


def test_every_call_of_the_api_counts_for_its_address(parts: Services) -> None:
    """Reading too; pages do not, and health never."""
    with visitor(parts, limit_calls="2/minute") as web:
        codes = [web.get("/api/companies").status_code for _ in range(3)]
        others = [web.get(path).status_code for path in ("/policies/acme/2026-01-15", "/livez")]

    assert codes == [200, 200, 429]
    assert others == [200, 200]


def test_a_company_has_a_limit_over_all_its_visitors(parts: Services) -> None:
    """One busy site does not take everything; another company is still answered."""
    with visitor(parts, limit_site="2/minute") as web:
        assert [say(Talk(web), 1) for _ in range(3)] == [[200], [200], [429]]
        other = web.post("/api/conversations", json={"company": "globex"}).json()
        answer = web.post(
            f"/api/conversations/{other['conversation']}/messages", json={"text": "hello"},
            headers={"Authorization": f"Bearer {other['token']}"},
        )  # fmt: skip

    assert answer.status_code == 200


def test_a_person_who_types_fast_meets_no_limit(parts: Services) -> None:
    """With the limits as they come: a message every two seconds for a minute, and all that a chat page asks besides."""
    with visitor(parts) as web:
        talk = Talk(web)
        codes = [web.get("/api/companies/acme").status_code, web.get(talk.place, headers=talk.bearer).status_code]
        codes += say(talk, 30)

    assert set(codes) == {200}


def test_a_script_meets_them(parts: Services) -> None:
    """With the limits as they come, as fast as it can."""
    with visitor(parts) as web:
        assert 429 in say(Talk(web), 70)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_itself_is_not_limited(parts: Services, address: str) -> None:
    """`candor replay`, the bench and the stack's tests ask as fast as they can."""
    with visitor(
        parts, address=(address, 40_000), limit_messages="1/minute", limit_calls="1/minute", limit_site="1/minute"
    ) as web:
        assert say(Talk(web), 4) == [200] * 4


def test_a_proxy_on_this_machine_is_told_apart(parts: Services, caplog: pytest.LogCaptureFixture) -> None:
    """Not trusted, its visitors count as one sender, and a log line, once, says how to mend that."""
    with visitor(parts, address=("127.0.0.1", 1), limit_calls="2/minute") as web:
        codes = [web.get("/api/companies", headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code for number in range(3)]

    assert codes == [200, 200, 429]
    assert caplog.text.count("CANDOR_TRUSTED_PROXIES") == 1


def test_a_trusted_proxy_names_its_visitors(parts: Services) -> None:
    """Each has a limit of their own; what a visitor wrote into the header before the proxy is not believed."""
    with visitor(parts, address=("127.0.0.1", 1), limit_calls="1/minute", trusted_proxies="127.0.0.1") as web:
        codes = [
            web.get("/api/companies", headers={"X-Forwarded-For": forwarded}).status_code
            for forwarded in ("203.0.113.1", "203.0.113.2", "198.51.100.9, 203.0.113.2")
        ]

    assert codes == [200, 200, 429]


def test_nobody_is_believed_by_default(parts: Services) -> None:
    """A visitor's own header changes nothing."""
    with visitor(parts, limit_calls="1/minute") as web:
        codes = [
            web.get("/api/companies", headers={"X-Forwarded-For": forwarded}).status_code for forwarded in ("127.0.0.1", "::1")
        ]

    assert codes == [200, 429]


def test_a_network_of_version_six_is_one_sender(parts: Services) -> None:
    """A household has billions of such addresses."""
    parts.settings = Settings(**{**parts.settings.model_dump(), "limit_calls": "1/minute"})
    app = make_app(parts, FakeRasa())
    ends = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:3::1")

    codes = [TestClient(app, client=(end, 1)).get("/api/companies").status_code for end in ends]

    assert codes == [200, 429, 200]


@pytest.mark.parametrize(
    "wrong", [{"limit_site": "often"}, {"trusted_proxies": "*"}, {"trusted_proxies": "127.0.0.1, proxy.example"}]
)
def test_a_setting_that_says_nothing_is_refused(wrong: dict[str, str]) -> None:
    """At the start, not at the first visitor."""
    with pytest.raises(ValidationError, match=r"such as|like 30/minute"):
        Settings(**wrong)  # type: ignore[arg-type]


@pytest.fixture
def port() -> int:
    return free_port()


def test_two_processes_count_together_in_redis(tmp_path: Path, port: int) -> None:
    """What one has taken the other does not give again; and Redis learns no address."""

    async def both(url: str) -> None:
        first, second = (RateLimits(THREE, "a secret", url) for _ in range(2))
        for limits in (first, second, first):
            await limits.take("messages", "203.0.113.7")
        with pytest.raises(TooManyError) as refused:
            await second.take("messages", "203.0.113.7")
        assert 1 <= refused.value.retry_after <= 60
        await second.take("messages", "203.0.113.8")
        await first.close()
        await second.close()

    with redis_server(tmp_path, port) as url:
        asyncio.run(both(url))
        kept = redis_keys(port)

    assert kept
    assert "203.0.113" not in kept


def test_without_redis_each_process_counts_for_itself(port: int, caplog: pytest.LogCaptureFixture) -> None:
    """Visitors are answered, limits hold, and a log line, once a minute, says so."""

    async def hits() -> None:
        limits = RateLimits(THREE, "a secret", f"redis://127.0.0.1:{port}/0")
        for _ in range(3):
            await limits.take("messages", "c_1")
        with pytest.raises(TooManyError):
            await limits.take("messages", "c_1")
        await limits.close()

    asyncio.run(hits())

    assert caplog.text.count("Redis does not answer") == 1
    assert not asyncio.run(check_redis(f"redis://127.0.0.1:{port}/0"))


def test_there_is_room_again_when_it_was_said() -> None:
    """A shorter wait would send people into the same refusal."""

    async def waits() -> None:
        limits = RateLimits({"messages": "2/second"}, "a secret")
        await limits.take("messages", "c_1")
        await limits.take("messages", "c_1")
        with pytest.raises(TooManyError) as refused:
            await limits.take("messages", "c_1")
        await asyncio.sleep(refused.value.retry_after)
        await limits.take("messages", "c_1")

    asyncio.run(waits())


def test_ever_new_addresses_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun first is forgotten; who calls now is counted as ever."""
    monkeypatch.setattr(rate_limits, "MOST_WINDOWS", 100)
    limits, blocking = RateLimits(THREE, "a secret"), BlockingRateLimits(THREE, "a secret")

    async def call_from_everywhere() -> None:
        for number in range(500):
            await limits.take("messages", f"address {number}")
            blocking.count("messages", f"address {number}")

    asyncio.run(call_from_everywhere())

    kept = [limits._counter._own.storage, blocking._counter._own._limiter.storage]  # type: ignore[attr-defined]
    assert [len(one.storage) <= 100 for one in kept] == [True, True]
    assert [len(one.expirations) <= 100 for one in kept] == [True, True]
    for _ in range(2):
        blocking.count("messages", "address 499")
    with pytest.raises(TooManyError):
        blocking.check("messages", "address 499")
