"""Failures of one address: counted in this process, and by several processes in a real Redis."""

from __future__ import annotations

from pathlib import Path

import pytest

from candor.accounts.login_throttle import LoginThrottle
from candor.errors import TooManyError
from tests.redis_server import free_port, redis_keys, redis_server

ADDRESS, OTHER = "203.0.113.7", "203.0.113.8"


def fail(throttle: LoginThrottle, times: int, sender: str = ADDRESS) -> None:
    for _ in range(times):
        throttle.check(sender)
        throttle.failed(sender)


def test_after_so_many_failures_an_address_waits() -> None:
    """Until there is room again, within the rule's time; another address is not concerned, nor is this machine itself."""
    throttle = LoginThrottle("3/minute", "a secret")
    fail(throttle, 3)

    with pytest.raises(TooManyError) as refused:
        throttle.check(ADDRESS)

    assert 1 <= refused.value.retry_after <= 60
    fail(throttle, 3, OTHER)
    fail(throttle, 9, "")


def test_two_processes_count_failures_together_in_redis(tmp_path: Path) -> None:
    """Whoever failed at one worker does not begin anew at the other; and Redis learns no address."""
    port = free_port()
    with redis_server(tmp_path, port) as url:
        one, other = (LoginThrottle("3/minute", "a secret", url) for _ in range(2))
        fail(one, 2)
        fail(other, 1)
        with pytest.raises(TooManyError) as refused:
            one.check(ADDRESS)
        with pytest.raises(TooManyError):
            other.check(ADDRESS)
        other.check(OTHER)
        kept = redis_keys(port)

    assert 1 <= refused.value.retry_after <= 60
    assert kept
    assert "203.0.113" not in kept


def test_without_redis_each_process_counts_failures_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    """Staff can sign in, the limit holds, and a log line, once a minute, says so without the address."""
    throttle = LoginThrottle("3/minute", "a secret", f"redis://127.0.0.1:{free_port()}/0")
    fail(throttle, 3)

    with pytest.raises(TooManyError):
        throttle.check(ADDRESS)

    assert caplog.text.count("Redis does not answer") == 1
    assert "203.0.113" not in caplog.text
