"""A sync of a tenth of new rows, and of nothing new, against one statement by hand.

The statement by hand matches as the pipeline does, and keeps what it keeps: links with a hash, old
values, rejects with their reasons, counts.
"""

from __future__ import annotations

from time import monotonic

from integrity.bench import place as at
from integrity.bench.figure import Figure, compared, limited
from integrity.bench.place import Place
from integrity.database.connect import connect
from integrity.errors import UnprovenFailure
from integrity.pipelines.figures import Result
from integrity.pipelines.options import Options
from integrity.pipelines.run import run_pipeline

ROWS = 100_000
_CHECK = """
select count(*), md5(string_agg(t::text, ';' order by t::text)) from (
    select coalesce(lab_code, foreign_code, place || taken_on || number), first_value, second_value,
        line, winner, quality
    from clinic.reports
) as t
"""
_COUNTS = "select found, updated, created, rejected from clinic.runs order by run limit 1"


def sync(place: Place, rows: int = ROWS) -> list[Figure]:
    """The figures of ``rows``, of which a tenth is new.

    Raises UnprovenFailure when the contestants end with other rows.
    """
    given = at.project("reports")
    pipeline = at.pipeline("reports", given)
    ours: list[float] = []
    idle: list[float] = []
    hand: list[float] = []

    def run(url: str, mode: str) -> tuple[float, Result]:
        begin = monotonic()
        result = run_pipeline(url, given, pipeline, Options(mode=mode))
        return monotonic() - begin, result

    with place.database() as template:
        at.fill(template, given, "reports/data.sql", rows)
        run(template, "all")
        with connect(template) as conn:
            conn.execute(at.script("reports/new.sql"))
            conn.execute("vacuum (analyze)")
        name = at.name_of(template)
        for _ in range(place.rounds):
            with place.database(name) as url:
                seconds, result = run(url, "missing")
                ours.append(seconds)
                wanted = (_table(url), _counts(result))
                idle.append(run(url, "missing")[0])
            hand.append(_by_hand(place, name, wanted))
    size = f"{rows:,} rows"
    facts = {"size": f"{size}, a tenth new", "server": place.server}
    against = "one statement by hand, same accounting"
    return [
        compared("sync", ours, against, hand, at_most=1.3, **facts),
        limited("sync, nothing new", idle, size=size, server=place.server, at_most=0.3),
    ]


def _counts(result: Result) -> tuple[int, ...]:
    figures = result.figures
    return figures.found, figures.updated, figures.created, figures.quarantined


def _by_hand(place: Place, template: str, wanted: tuple[object, object]) -> float:
    with place.database(template) as url, connect(url) as conn:
        for statement in at.script("reports/byhand/tables.sql").split(b";\n"):
            conn.execute(statement)
        begin = monotonic()
        conn.execute(at.script("reports/byhand/sync.sql"))
        seconds = monotonic() - begin
        found = (_table(url), conn.execute(_COUNTS.encode()).fetchone())
        if found != wanted:
            raise UnprovenFailure(f"by hand ends with {found}, ours with {wanted}")
    return seconds


def _table(url: str) -> object:
    with connect(url) as conn:
        return conn.execute(_CHECK.encode()).fetchone()
