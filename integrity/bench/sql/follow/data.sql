-- Fixtures that all have a row among the scores; the first half have their result already.
insert into league.fixtures (fixture_id, code, played_on, status)
select n, 'M' || n, date '2024-01-01' + n % 300, 'final'
from generate_series(1, current_setting('bench.rows')::integer) as n;

insert into league.scores (code, played_on, home, away)
select code, played_on,
    case when fixture_id * 2 <= current_setting('bench.rows')::integer then fixture_id % 9 end,
    case when fixture_id * 2 <= current_setting('bench.rows')::integer then fixture_id % 7 end
from league.fixtures
order by fixture_id;

insert into league.results (id, fixture_id, home, away)
select fixture_id, fixture_id, fixture_id % 9, fixture_id % 7
from league.fixtures
where fixture_id * 2 <= current_setting('bench.rows')::integer;
