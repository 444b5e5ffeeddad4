"""The PostgreSQL server of the tests."""

from postgresql_server import programs, running_server, unprivileged, wait_for

__all__ = ["programs", "running_server", "unprivileged", "wait_for"]
