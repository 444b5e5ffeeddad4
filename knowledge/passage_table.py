"""Vectors of what every company is answered from, in PostgreSQL: searched by its own vector engine, pgvector.

The table is derived from releases and artefacts, and nothing that is answered depends on it. So it is made here rather than by a
migration: its columns follow what the server offers (half precision from pgvector 0.7 on) and how long the encoder's vectors are,
and it is made anew when either changes. It lies in a schema of its own, which no backup holds.

Up to FLAT_UP_TO passages every row is compared, so that nothing is missed; beyond, an HNSW index finds the nearest approximately.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from candor.errors import CandorError, IndexUnusableError, UnavailableError
from knowledge.artefact import search_vectors
from knowledge.finding import PlacedPassage, is_quotable
from knowledge.policy_library import PolicyLibrary
from knowledge.releases import Release
from knowledge.vectors import FLAT_UP_TO

if TYPE_CHECKING:
    from psycopg import Cursor

SCHEMA = "candor_vectors"  # backup and restore know it by this name
HALF_FROM = (0, 7)  # pgvector's first version with half precision
RESUMES_FROM = (0, 8)  # its first version that goes on searching where the first pass found too few
WIDEST_PASS = 1000  # neighbours that one pass of HNSW can find
BREADTH = 4  # neighbours looked for, for each that is wanted
GRAPH = "m = 24, ef_construction = 128"  # of HNSW: pgvector's defaults lose more where policies share whole sentences
COLUMNS = "company text NOT NULL, artefact text NOT NULL, place integer NOT NULL"
KEY = "PRIMARY KEY (company, place)"
WAITS = text("SET LOCAL lock_timeout = 0")  # whoever fills the table for the first time may need minutes
LOCK = 20261130  # any number, but always the same: one process at a time makes the schema
log = logging.getLogger("candor.knowledge")


class VectorsUnavailableError(UnavailableError):
    """The database cannot search vectors; str(error) says the cure."""


class PassageTable:
    """The vectors of one library's current releases. Safe to share between threads and processes."""

    def __init__(self, library: PolicyLibrary, encoder_id: str) -> None:
        """library: its releases lie in the same database, on PostgreSQL."""
        self._library, self._encoder_id = library, encoder_id

    @property
    def _engine(self) -> Engine:
        return self._library.releases.engine

    def nearest(self, vector: np.ndarray, most: int) -> list[PlacedPassage]:
        """See NearestPassages.nearest. Raises: VectorsUnavailableError."""
        self.catch_up()
        with self._engine.begin() as connection:
            version, kind = _vectors_of(connection)
            if self._state(connection).passages <= FLAT_UP_TO or (most > WIDEST_PASS and version < RESUMES_FROM):
                connection.execute(text("SET LOCAL enable_indexscan = off"))  # every row, which is exact
            else:
                connection.execute(text(f"SET LOCAL hnsw.ef_search = {min(BREADTH * most, WIDEST_PASS)}"))
                if version >= RESUMES_FROM:
                    connection.execute(text("SET LOCAL hnsw.iterative_scan = strict_order"))
            wanted = f"CAST(:vector AS {kind}({len(vector)}))"
            near = f"vector <#> {wanted}"
            columns = f"company, artefact, place, {near} AS distance"
            nearest = f"SELECT {columns} FROM candor_vectors.passage ORDER BY {near} LIMIT :most"  # noqa: S608  (names of ours)
            rows = connection.execute(text(nearest), {"vector": _written(vector), "most": most}).all()
        # pgvector's distance is the negative inner product, so that less is nearer.
        found = [PlacedPassage(row.company, row.artefact, row.place, -float(row.distance)) for row in rows]
        return sorted(found, key=lambda one: (-one.score, one.company, one.place))

    def follow(self) -> None:
        """Bring the table in step after a release. Whatever hinders it is logged: the next search tries again."""
        try:
            self.catch_up()
        except (SQLAlchemyError, CandorError) as error:
            log.warning("the search across companies is not in step yet: %s", type(error).__name__)

    def catch_up(self) -> int:
        """Write the vectors of what was released since the last time, and remove those of what was retired; returns how many
        companies that concerned. Processes that want it at once wait for each other, and the later finds nothing to do. A release
        that cannot be read is left out, and tried again the next time.

        Raises: VectorsUnavailableError.
        """
        releases = self._library.releases
        with self._engine.begin() as connection:
            state = self._state(connection)
            if self._is_in_step(connection, state):
                return 0
        with self._engine.begin() as connection:
            connection.execute(WAITS)
            state = self._state(connection, hold=True)
            if self._is_in_step(connection, state):  # another process was first
                return 0
            stamp = releases.stamp()
            afresh = state.made_for != self._made_for(connection) or state.stamp > stamp
            changed = {one.company.id: one for one in releases.since(0 if afresh else state.stamp)}
            if not afresh:
                changed |= {company: releases.of(company) for company in state.missing if company not in changed}
            seen = max((stamp, *(one.serial for one in changed.values())))
            artefacts, missing = self._artefacts(changed.values())
            if afresh:
                self._begin_anew(connection, artefacts)
            else:
                gone = text("DELETE FROM candor_vectors.passage WHERE company = ANY(:companies)")
                connection.execute(gone, {"companies": list(changed)})
            self._write(connection, artefacts)
            if afresh:  # an index of many rows is made sooner at once than row by row
                _, kind = _vectors_of(connection)
                connection.execute(
                    text(f"CREATE INDEX ON candor_vectors.passage USING hnsw (vector {kind}_ip_ops) WITH ({GRAPH})")
                )
            connection.execute(
                text(
                    "UPDATE candor_vectors.state SET made_for = :made_for, stamp = :stamp, missing = :missing, "
                    "passages = (SELECT count(*) FROM candor_vectors.passage)"
                ),
                {"made_for": self._made_for(connection), "stamp": seen, "missing": missing},
            )
            return len(changed)

    def about(self) -> str:
        """What searches here, and how much. Raises: VectorsUnavailableError."""
        with self._engine.begin() as connection:
            self._state(connection)
            version, kind = _vectors_of(connection)
            counts = text("SELECT count(*), count(DISTINCT company) FROM candor_vectors.passage")
            passages, companies = connection.execute(counts).one()
        precision = "half" if kind == "halfvec" else "single"
        written = ".".join(map(str, version))
        return f"pgvector {written}, {precision} precision: {passages} passages of {companies} companies"

    def _made_for(self, connection: Connection) -> str:
        """What the table's columns and content follow from, besides the releases."""
        return f"{self._encoder_id} {_vectors_of(connection)[1]}"

    def _is_in_step(self, connection: Connection, state: Any) -> bool:
        there = (state.made_for, state.stamp, state.missing)
        return there == (self._made_for(connection), self._library.releases.stamp(), [])

    def _state(self, connection: Connection, *, hold: bool = False) -> Any:
        """The row that says what the table holds; held until the transaction ends. Raises: VectorsUnavailableError."""
        if connection.scalar(text("SELECT to_regclass('candor_vectors.state')")) is None:
            _prepare(connection)
        state = "SELECT made_for, stamp, missing, passages FROM candor_vectors.state"
        return connection.execute(text(f"{state} FOR UPDATE" if hold else state)).one()

    def _artefacts(self, releases: Iterable[Release]) -> tuple[list[str], list[str]]:
        """The artefacts to search in, by name, and the companies whose artefact cannot be read."""
        names, missing = [], []
        for one in releases:
            if one.retired:
                continue
            try:
                artefact = self._library.artefact(one.served.artefact)
            except IndexUnusableError as error:
                log.warning("%s is not searched across companies: %s", one.company.id, error)
                missing.append(one.company.id)
            else:
                if artefact.encoder == self._encoder_id and artefact.passages:  # else nobody is answered from it
                    names.append(artefact.name)
        return names, missing

    def _begin_anew(self, connection: Connection, artefacts: Sequence[str]) -> None:
        dim = search_vectors(self._library.artefact(artefacts[0]).readings).shape[1] if artefacts else 1
        _, kind = _vectors_of(connection)
        connection.execute(text("DROP TABLE candor_vectors.passage"))
        connection.execute(text(f"CREATE TABLE candor_vectors.passage ({COLUMNS}, vector {kind}({dim}) NOT NULL, {KEY})"))

    def _write(self, connection: Connection, artefacts: Iterable[str]) -> None:
        cursor = cast("Cursor[Any]", connection.connection.cursor())
        with cursor.copy("COPY candor_vectors.passage (company, artefact, place, vector) FROM STDIN") as copy:
            for artefact in map(self._library.artefact, artefacts):  # one after the other: all would not fit into memory
                vectors = search_vectors(artefact.readings)
                for place, passage in enumerate(artefact.passages):
                    if is_quotable(passage):
                        copy.write_row((artefact.company, artefact.name, place, _written(vectors[place])))


def _vectors_of(connection: Connection) -> tuple[tuple[int, ...], str]:
    """The version of pgvector, and which of its types is used."""
    written = connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
    version = tuple(int(part) for part in str(written or "0").split(".") if part.isdigit())
    return version, "halfvec" if version >= HALF_FROM else "vector"


def _prepare(connection: Connection) -> None:
    """Make the schema. Raises: VectorsUnavailableError."""
    connection.execute(WAITS)
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS candor_vectors"))
    except SQLAlchemyError as error:
        raise VectorsUnavailableError(_cure(connection)) from error
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS candor_vectors.passage ({COLUMNS}, {KEY})"))
    columns = "made_for text NOT NULL, stamp bigint NOT NULL, missing text[] NOT NULL, passages bigint NOT NULL"
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS candor_vectors.state ({columns})"))
    nothing = "INSERT INTO candor_vectors.state SELECT '', 0, '{}', 0 WHERE NOT EXISTS (SELECT FROM candor_vectors.state)"
    connection.execute(text(nothing))


def _cure(connection: Connection) -> str:
    there = connection.scalar(text("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"))
    if not there:
        return "PostgreSQL has no pgvector: install it on its machine (Debian: postgresql-NN-pgvector, NN being its version)"
    return "PostgreSQL has pgvector, but Candor may not enable it: have an administrator run CREATE EXTENSION vector there"


def _written(vector: np.ndarray) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{number:.7g}" for number in vector.tolist()) + "]"
