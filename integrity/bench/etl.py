"""An ETL of observations against one statement by hand, and a service that goes row by row.

The statement by hand does the same accounting: which row each observation became, with a hash of
its values, rejects with their reasons and rows, counts, and the watermark. The service is written
as such services are: prepared statements, lookups held in memory, a commit per 1,000 rows.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from time import monotonic
from typing import Any

from integrity.bench import place as at
from integrity.bench.figure import Figure, compared
from integrity.bench.place import Place
from integrity.database.connect import Connection, connect
from integrity.errors import UnprovenFailure
from integrity.model import Project
from integrity.pipeline_model import Pipeline
from integrity.pipelines.etl import INCREMENT
from integrity.pipelines.options import Options
from integrity.pipelines.run import run_pipeline

ROWS = 1_000_000
_COMMIT = 1_000  # rows between the commits of the service
_CHECK = """
select count(*), sum(repeats), md5(string_agg(t::text, ';')) from (
    select race_id, question, source, outlet_id, observed_at, yes_share, no_weight, lean, strength,
        repeats
    from polling.shares
    order by race_id, question, source, outlet_id, observed_at
) as t
"""


def etl(place: Place, rows: int = ROWS) -> list[Figure]:
    """The figures of ``rows`` observations. Raises UnprovenFailure when contestants differ."""
    given = at.project("polls")
    pipeline = at.pipeline("polls", given)
    ours: list[float] = []
    hand: list[float] = []
    service: list[float] = []
    with place.database() as template:
        at.fill(template, given, "polls/data.sql", rows)
        name = at.name_of(template)
        for _ in range(place.rounds):
            seconds, wanted = _ours(place, name, given, pipeline)
            ours.append(seconds)
            hand.append(_by_hand(place, name, wanted))
            service.append(_service(place, name, wanted))
    size = f"{rows:,} observations"
    facts = {"size": size, "server": place.server}
    against = "one statement by hand, same accounting"
    return [
        compared("etl", ours, against, hand, at_most=1.3, **facts),
        compared("etl", ours, "a service row by row", service, at_most=0.2, **facts),
    ]


def _ours(
    place: Place, template: str, given: Project, pipeline: Pipeline
) -> tuple[float, tuple[object, object]]:
    with place.database(template) as url:
        begin = monotonic()
        result = run_pipeline(url, given, pipeline, Options(mode=INCREMENT))
        seconds = monotonic() - begin
        figures = result.figures
        counts = (figures.found, figures.created, figures.repeated, figures.dropped)
        return seconds, (_table(url), (*counts, figures.quarantined))


def _by_hand(place: Place, template: str, wanted: tuple[object, object]) -> float:
    with place.database(template) as url, connect(url) as conn:
        conn.execute(at.script("polls/byhand/tables.sql"))
        begin = monotonic()
        conn.execute(at.script("polls/byhand/load.sql"))
        seconds = monotonic() - begin
        query = "select found, created, repeated, dropped, rejected from polling.runs"
        _same("by hand", wanted, (_table(url), conn.execute(query).fetchone()))
    return seconds


def _service(place: Place, template: str, wanted: tuple[object, object]) -> float:
    with place.database(template) as url, connect(url) as conn, connect(url) as reader:
        conn.execute(at.script("polls/byhand/tables.sql"))
        begin = monotonic()
        counts = _Service(conn).load(reader)
        seconds = monotonic() - begin
        ends = ("found", "created", "repeated", "dropped", "rejected")
        _same("the service", wanted, (_table(url), tuple(counts[end] for end in ends)))
    return seconds


def _table(url: str) -> object:
    with connect(url) as conn:
        return conn.execute(_CHECK.encode()).fetchone()


def _same(who: str, wanted: object, found: object) -> None:
    if found != wanted:
        raise UnprovenFailure(f"{who} ends with {found}, ours with {wanted}")


_READ = """
select id, race, question, outlet, lower(source), observed_at,
    yes_share, no_share, yes_weight, no_weight
from raw.polls
order by id
"""
_WRITE = """
insert into polling.shares (
    race_id, question, source, outlet_id, observed_at, yes_share, no_share, yes_weight, no_weight,
    lean, strength
)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (race_id, question, source, outlet_id, observed_at) do update
set repeats = shares.repeats + 1
returning share_id, repeats
"""
_LINK = "insert into polling.loaded (id, share_id, hash) values (%s, %s, sha256(%s))"
_REJECT = """
insert into polling.rejected (id, reason, raw)
select %s, %s, to_jsonb(p) from raw.polls as p where id = %s
"""


class _Service:
    """Loads observations one after the other."""

    def __init__(self, conn: Connection[Any]) -> None:
        self.conn = conn
        self.races = dict(conn.execute("select code, race_id from polling.races").fetchall())
        self.outlets = dict(conn.execute("select code, outlet_id from polling.outlets").fetchall())
        self.counts: Counter[str] = Counter()

    def load(self, reader: Connection[Any]) -> Counter[str]:
        """Reads by a cursor of the server, writes and commits now and then."""
        with reader.transaction(), reader.cursor("rows") as cursor:
            cursor.execute(_READ.encode())
            while rows := cursor.fetchmany(_COMMIT):
                with self.conn.transaction():
                    for row in rows:
                        self.counts["found"] += 1
                        self.counts[self._end_of(row)] += 1
        return self.counts

    def _end_of(self, row: tuple[Any, ...]) -> str:
        key, race, question, outlet, source, at_, yes, no, yes_weight, no_weight = row
        if race.startswith("test"):
            return "dropped"
        if reason := self._wrong(race, yes + no, yes_weight + no_weight):
            self.conn.execute(_REJECT.encode(), [key, reason, key], prepare=True)
            return "rejected"
        values = (yes, no, yes_weight, no_weight, *_lean(yes_weight - yes))
        given = [self.races[race], question, source, self.outlets.get(outlet), at_, *values]
        written = self.conn.execute(_WRITE.encode(), given, prepare=True).fetchone()
        assert written is not None
        self.conn.execute(_LINK.encode(), [key, written[0], repr(values).encode()], prepare=True)
        return "repeated" if written[1] else "created"

    def _wrong(self, race: str, shares: Decimal, weights: Decimal) -> str:
        if race not in self.races:
            return "no race"
        if not 98 <= shares <= 102:
            return "shares_of_pair"
        return "" if 98 <= weights <= 102 else "weights_of_pair"


def _lean(difference: Decimal) -> tuple[str | None, str | None]:
    if abs(difference) < 15:
        return None, None
    strength = (
        "strong" if abs(difference) >= 25 else "moderate" if abs(difference) >= 20 else "weak"
    )
    return ("yes" if difference > 0 else "no"), strength
