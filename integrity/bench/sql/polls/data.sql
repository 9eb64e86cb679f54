-- Deterministic observations. Of every 10 rows three repeat the row before them; of every 1,000 five
-- do not make a pair, two name an unknown race, and one is a rehearsal.
insert into polling.races (race_id, code)
select i, 'R' || lpad(i::text, 5, '0')
from generate_series(1, 4000) as i;

insert into polling.outlets (outlet_id, code)
select i, 'outlet ' || i
from generate_series(1, 12) as i;

insert into raw.polls (
    id, race, question, outlet, source, observed_at, created_at, yes_share, no_share, yes_weight, no_weight
)
select
    i,
    case i % 1000
        when 7 then 'unknown ' || i
        when 507 then 'unknown ' || i
        when 333 then 'test ' || i
        else 'R' || lpad((1 + n * 7919 % 4000)::text, 5, '0')
    end,
    (array['winner', 'margin', 'turnout'])[1 + n % 3],
    case when n % 4 > 0 then 'outlet ' || 1 + n % 12 end,
    case n % 2 when 0 then 'Panel' else 'Phone' end,
    timestamptz '2024-01-01 00:00+00' + n * interval '17 seconds',
    timestamptz '2024-01-01 00:00+00' + i * interval '17 seconds',
    yes.share,
    case when i % 200 = 11 then 60 else 100 - yes.share end,
    yes.weight,
    100 - yes.weight
from generate_series(1, current_setting('bench.rows')::bigint) as i
cross join lateral (select case when i % 10 in (4, 5, 9) then i - 1 - (i % 10 = 5)::integer else i end as n) as shifted
cross join lateral (
    select (5000 + n * 13 % 3000) / 100.0 as share, (4000 + n * 29 % 5000) / 100.0 as weight
) as yes;
