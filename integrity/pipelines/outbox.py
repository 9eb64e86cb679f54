"""The outbox of a pipeline: keys of changed rows of its watched table, kept until followed.

Statement triggers write them in the transaction that changes the rows, so nothing is lost while
nobody listens; a notification wakes who does. They write as the owner of the toolkit's tables: a
writer needs no privilege there. Key texts are those of links, whatever the writer's session says
of dates and zones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from integrity.database.connect import SESSION, Connection
from integrity.errors import ConfigFailure, Problem, nearest
from integrity.mapping.layout import OUTBOX_PREFIX
from integrity.model import Column, Name
from integrity.operations.toolkit_tables import statements_of
from integrity.pipeline_model import Pipeline
from integrity.pipelines.live import live_table
from integrity.pipelines.toolkit import toolkit_name
from integrity.run.locks import LOCK_NOT_AVAILABLE, Retry, with_retry
from integrity.sql.quote import cut, ident, literal, qualified
from integrity.sql.template import render

_EVENTS = ("insert", "update", "delete")
_TEXTS = ("TimeZone", "DateStyle", "IntervalStyle", "extra_float_digits", "bytea_output")
_PATIENCE = Retry(budget=30.0)  # seconds: writers wait behind each attempt, lock_timeout long


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """The outbox of one pipeline: ``key`` are columns of ``table``, the one that is watched."""

    schema: str
    pipeline: str
    table: Name
    key: tuple[str, ...]

    @property
    def channel(self) -> str:
        """Where notifications are sent."""
        return cut(OUTBOX_PREFIX + self.pipeline)

    @property
    def function(self) -> Name:
        """The function of its triggers."""
        return Name(self.schema, cut(OUTBOX_PREFIX + self.pipeline))

    @property
    def triggers(self) -> dict[str, str]:
        """Event -> name of its trigger."""
        return {event: cut(f"{OUTBOX_PREFIX}{self.pipeline}_{event}") for event in _EVENTS}

    @property
    def entries(self) -> Name:
        """The table that holds the keys, of all pipelines."""
        return toolkit_name(self.schema, "pipeline_outbox")

    # --- triggers ----------------------------------------------------------------------------

    def install(self, conn: Connection[Any]) -> bool:
        """Make the triggers where they are missing or other than they should be; whether any was.

        The tables of the toolkit stand. Waits for transactions that write the table, each attempt
        for lock_timeout. Raises LockedFailure when they do not end.
        """
        if self._function_stands(conn) and not list(self._bare(conn)):
            return False
        with_retry(
            lambda: self._make(conn),
            what=f"triggers on {self.table}",
            policy=_PATIENCE,
            transient=frozenset({LOCK_NOT_AVAILABLE}),
        )
        return True

    def _make(self, conn: Connection[Any]) -> None:
        with conn.transaction():
            if not self._function_stands(conn):
                self._make_function(conn)
            for table in self._bare(conn):
                facts = {"triggers": self.triggers, "function": self.function}
                script = render("outbox.triggers.sql", table=table, pipeline=self.pipeline, **facts)
                for statement in statements_of(script):
                    conn.execute(statement.encode())

    def _make_function(self, conn: Connection[Any]) -> None:
        """Entries that an earlier one wrote may spell keys otherwise: a pass over all follows."""
        function = qualified(self.function)
        sql = render(
            "outbox.function.sql",
            function=self.function,
            settings=[(name, SESSION[name]) for name in _TEXTS],
            body=self._body,
        )
        conn.execute(sql.encode())
        conn.execute(f"revoke execute on function {function}() from public".encode())
        comment = f"Trigger that writes keys of changed rows into the outbox of {self.pipeline}."
        conn.execute(f"comment on function {function}() is {literal(comment)}".encode())
        self._forget(conn)

    def remove(self, conn: Connection[Any]) -> int:
        """Take the triggers and the entries away; the number of tables that had any."""
        sql = render("outbox.standing.sql", function=self.function)
        with conn.transaction():
            found = conn.execute(sql.encode()).fetchall()
            for schema, table, trigger in found:
                place = qualified(Name(schema, table))
                conn.execute(f"drop trigger if exists {ident(trigger)} on {place}".encode())
            conn.execute(f"drop function if exists {qualified(self.function)}()".encode())
            self._forget(conn)
        return len({(schema, table) for schema, table, _ in found})

    def sign(self, conn: Connection[Any], target: Name) -> str:
        """A sign that changes when one of both tables does: its columns, rules or triggers."""
        sql = render("outbox.sign.sql", tables=[target, self.table])
        row = conn.execute(sql.encode()).fetchone()
        return str(row[0]) if row else ""

    def _forget(self, conn: Connection[Any]) -> None:
        sql = f"delete from {qualified(self.entries)} where pipeline = %s"  # noqa: S608
        conn.execute(sql.encode(), [self.pipeline])

    def _bare(self, conn: Connection[Any]) -> Iterable[Name]:
        """Tables that lack one of the triggers."""
        names = self.triggers
        sql = render(
            "outbox.members.sql",
            table=self.table,
            triggers=list(names.values()),
            function=self.function,
        )
        for schema, table, standing in conn.execute(sql.encode()).fetchall():
            if standing < len(names):
                yield Name(schema, table)

    def _function_stands(self, conn: Connection[Any]) -> bool:
        sql = "select prosrc from pg_catalog.pg_proc where oid = pg_catalog.to_regproc(%s)"
        row = conn.execute(sql, [qualified(self.function)]).fetchone()
        return bool(row and row[0] == self._body)

    @property
    def _body(self) -> str:
        return render(
            "outbox.body.sql",
            outbox=self.entries,
            pipeline=self.pipeline,
            key=self.key,
            channel=self.channel,
        )


def outbox_of(schema: str, pipeline: Pipeline) -> Outbox:
    """The outbox of a pipeline. Raises ConfigFailure when it names no table to watch."""
    (source, *others) = pipeline.sources
    extract = source.extract
    if extract.watch is None or others:
        message = f"pipeline {pipeline.name} cannot be followed: it does not say which table wakes"
        hint = "add watch: SCHEMA.TABLE to extract, the table whose columns its key is"
        raise ConfigFailure([Problem(extract.location, f"{message} its follower", hint)])
    return Outbox(schema=schema, pipeline=pipeline.name, table=extract.watch, key=extract.key)


def require_watchable(
    conn: Connection[Any], outbox: Outbox, pipeline: Pipeline, key: Iterable[Column]
) -> None:
    """Raises ConfigFailure when the ``key`` of the extract is none of the watched table."""
    place = pipeline.sources[0].extract.location
    table = live_table(conn, outbox.table, written=False)
    for wanted in key:
        column = table.column(wanted.name)
        if column is None:
            said = f"has no column {wanted.name!r}, which is the key of the extract"
            hint = nearest(wanted.name, (one.name for one in table.columns))
        elif column.type != wanted.type:
            said = f"has a column {wanted.name!r} of {column.type}, the extract of {wanted.type}"
            hint = "select the key as it stands in the watched table"
        else:
            continue
        message = f"pipeline {pipeline.name} cannot be followed: watch: {outbox.table} {said}"
        raise ConfigFailure([Problem(place, message, hint)])
