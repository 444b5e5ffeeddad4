"""The PostgreSQL server of the tests, and databases on it."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count

from sqlalchemy import create_engine, text

from benchmarks.postgresql import programs, running_server, unprivileged, wait_for
from candor.database.engine import make_engine, upgrade

__all__ = ["Databases", "programs", "running_server", "unprivileged", "wait_for"]


class Databases:
    """Databases of one server, which starts when the first of them is asked for and runs until the stack is closed."""

    def __init__(self, stack: ExitStack, *, with_vectors: bool = False) -> None:
        """with_vectors: on a server that has pgvector."""
        self._stack, self._with_vectors = stack, with_vectors
        self._server, self._full, self._names = "", "", count(1)

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._make("template1")

    def with_tables(self) -> str:
        """The URL of a new database with all tables: a copy of one that was upgraded once, which takes a tenth of the time."""
        if not self._full:
            url = self.empty()
            made = make_engine(url)
            upgrade(made)
            made.dispose()
            self._full = url.rsplit("/", 1)[1]
        return self._make(self._full)

    def _make(self, template: str) -> str:
        if not self._server:
            self._server = self._stack.enter_context(running_server(with_vectors=self._with_vectors))
        name = f"candor_{next(self._names)}"
        admin = create_engine(f"{self._server}/postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        admin.dispose()
        return f"{self._server}/{name}"
