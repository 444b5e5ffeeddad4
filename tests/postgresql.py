"""The PostgreSQL server of the tests."""

from benchmarks.postgresql import programs, running_server, unprivileged, wait_for

__all__ = ["programs", "running_server", "unprivileged", "wait_for"]
