"""The Redis server of the tests."""

from benchmarks.redis_server import free_port, redis_keys, redis_server

__all__ = ["free_port", "redis_keys", "redis_server"]
